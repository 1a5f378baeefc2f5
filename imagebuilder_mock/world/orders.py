"""What a test has ordered: ``mock.builds.fail_next``, and ``mock.builds.set_outputs``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn, slugify
from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.versions import Version, VersionPattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.resources.images import Image


_ARN = "arn:"


@dataclass(slots=True, kw_only=True, eq=False)
class BuildFailure:
    """One order; None matches anything. ``times`` counts down to 0."""

    recipe: str | None = None
    component: str | None = None
    phase: str | None = None
    step: str | None = None
    region: str | None = None
    account_id: str | None = None
    message: str | None = None
    exit_status: int = 1
    error: str | None = None
    cause: str | None = None
    times: int = 1

    @property
    def is_of_component(self) -> bool:
        """Whether a component fails, rather than a workflow's step or the distribution."""
        named = self.component is not None or self.phase is not None
        return not self.is_of_place and (named or self.step is None)

    @property
    def is_of_place(self) -> bool:
        """Whether what fails is the distribution to a Region, or to an account."""
        return self.region is not None or self.account_id is not None

    def is_of_step(self, name: str, action: str) -> bool:
        """Whether the workflow step fails; an error and a cause are a state machine's."""
        if self.step != name or self.is_of_component or self.is_of_place:
            return False
        return (self.error, self.cause) == (None, None) or action == "ExecuteStateMachine"

    def fits_place(self, region: str, account_id: str) -> bool:
        return self.region in (None, region) and self.account_id in (None, account_id)

    def fits_image(self, image: Image) -> bool:
        recipe = image.recipe
        if self.recipe is None:
            return True
        return recipe is not None and is_meant(self.recipe, recipe.arn, recipe.name)


class BuildFailures:
    """The orders that are still to be carried out, the oldest first."""

    __slots__ = ("_ordered",)

    def __init__(self) -> None:
        self._ordered: list[BuildFailure] = []

    def __iter__(self) -> Iterator[BuildFailure]:
        return iter(tuple(self._ordered))

    def __len__(self) -> int:
        return len(self._ordered)

    def add(self, failure: BuildFailure) -> None:
        self._ordered.append(failure)

    def for_image(self, image: Image) -> list[BuildFailure]:
        return [failure for failure in self._ordered if failure.fits_image(image)]

    def carry_out(self, failure: BuildFailure) -> None:
        """Count one failure; remove the order if it was the last."""
        failure.times -= 1
        if failure.times <= 0:
            self._ordered.remove(failure)


@dataclass(slots=True, kw_only=True, eq=False)
class StepOutputs:
    """What a workflow step is to give; ``times`` counts down to 0, None is without end."""

    step: str
    outputs: dict[str, object]
    workflow: str | None = None
    times: int | None = None

    def fits(self, step: str, workflow_arn: str) -> bool:
        if self.step != step:
            return False
        slug = Arn.parse(workflow_arn).slug
        return self.workflow is None or is_meant(self.workflow, workflow_arn, slug)


class OutputOrders:
    """The outputs that are still to be given: those of some times first, the oldest before others.

    Of those without end the newest counts.
    """

    __slots__ = ("_ordered",)

    def __init__(self) -> None:
        self._ordered: list[StepOutputs] = []

    def __iter__(self) -> Iterator[StepOutputs]:
        return iter(tuple(self._ordered))

    def add(self, order: StepOutputs) -> None:
        self._ordered.append(order)

    def take(self, step: str, workflow_arn: str) -> StepOutputs | None:
        """The order that a step meets, which is counted."""
        fitting = [order for order in self._ordered if order.fits(step, workflow_arn)]
        order = next((each for each in fitting if each.times is not None), None)
        if order is None or order.times is None:
            return fitting[-1] if fitting else None
        order.times -= 1
        if order.times <= 0:
            self._ordered.remove(order)
        return order


def is_meant(reference: str, arn: str, name: str) -> bool:
    """Whether a name or an ARN means the resource; an ARN without build means every build of it."""
    if not reference.startswith(_ARN):
        return slugify(reference) in (slugify(name), Arn.parse(arn).slug)
    meant, parsed = Arn.parse(reference), Arn.parse(arn)
    if meant.build is not None or meant.version is None:
        return str(meant) in (arn, str(parsed._replace(version=None, build=None)))
    if meant._replace(version=None) != parsed._replace(version=None, build=None):
        return False
    return Version.parse(parsed.version or "") in _pattern(meant.version)


def check_reference(reference: str) -> None:
    """ValueError for an ARN that is malformed."""
    if reference.startswith(_ARN):
        version = Arn.parse(reference).version
        try:
            _pattern(version or "x.x.x")
        except ImageBuilderError as error:
            raise ValueError(error.message) from None


def _pattern(version: str) -> VersionPattern:
    return VersionPattern.parse(version, parameter="version")
