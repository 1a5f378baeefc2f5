"""What a test has ordered: ``mock.builds.fail_next``, and ``mock.builds.set_outputs``.

The orders are part of the state, so snapshots and files hold them. Which of them a test has placed,
and whether something has met them, is noted apart from it (``PlacedOrders``), with the rules of
``mock.faults``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imagebuilder_mock.domain.arn import Arn, slugify
from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.ordered import InOrder
from imagebuilder_mock.domain.records import Record, members_of
from imagebuilder_mock.domain.versions import Version, VersionPattern

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from imagebuilder_mock.domain.resources.images import Image


_ARN = "arn:"

Order = TypeVar("Order")


class Placed:
    """An order as a test has placed it.

    All copies of the order have the same note: one that is met in a restored state is met.
    """

    __slots__ = ("is_settled", "noted", "order", "said")

    def __init__(self, order: object, said: str, noted: int) -> None:
        self.order = order
        self.said = said
        """The call that placed it."""
        self.noted = noted
        """How many calls, or resources, there had been by then."""
        self.is_settled = False
        """Whether something has met it, or the test has taken it back."""

    def __deepcopy__(self, memo: object) -> Placed:
        return self


class PlacedOrders:
    """The orders that a test has placed, and that something has to meet."""

    __slots__ = ("_placed",)

    def __init__(self) -> None:
        self._placed: list[Placed] = []

    def place(self, order: object, said: str, *, noted: int, optional: bool) -> Placed:
        """Note an order; one that is ``optional`` need not be met."""
        placed = Placed(order, said, noted)
        if not optional:
            self._placed = [*self.unmet(), placed]
        return placed

    def unmet(self) -> list[Placed]:
        """Those that nothing has met so far, in the order in which they were placed."""
        return [placed for placed in self._placed if not placed.is_settled]

    def excuse(self, others_than: Collection[Placed] = ()) -> None:
        """Expect none of the orders that were placed so far to be met, except these."""
        self._placed = [placed for placed in self._placed if placed in others_than]

    def emptied(self) -> PlacedOrders:
        return PlacedOrders()


class Orders(InOrder[Order]):
    """The orders of one kind that are still to be met, the oldest first."""

    __slots__ = ("_notes", "_ordered")

    def __init__(self) -> None:
        self._ordered: list[Order] = []
        self._notes: dict[Order, Placed] = {}

    def _in_order(self) -> list[Order]:
        return self._ordered

    def add(self, order: Order, placed: Placed | None = None) -> None:
        """Add an order; one that comes from a state file was placed by no test."""
        self._ordered.append(order)
        if placed is not None:
            self._notes[order] = placed

    def remove(self, order: Order) -> None:
        """Take an order back; ValueError if it is not among them."""
        self._ordered.remove(order)
        self._settle(order)

    def _settle(self, order: Order) -> None:
        """Note that an order was met, or taken back."""
        placed = self._notes.pop(order, None)
        if placed is not None:
            placed.is_settled = True


class BuildFailure(Record, kw_only=True):
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
    def names_nothing(self) -> bool:
        """Whether no component, phase, step or place is named."""
        named = (self.component, self.phase, self.step)
        return named == (None, None, None) and not self.is_of_place

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

    def __str__(self) -> str:
        """The call that made the order."""
        said = [
            f"{member.name}={getattr(self, member.name)!r}"
            for member in members_of(BuildFailure)
            if not member.is_default(getattr(self, member.name))
        ]
        return f"fail_next({', '.join(said)})"


class BuildFailures(Orders[BuildFailure]):
    """The failures that are still to happen."""

    __slots__ = ()

    def first(self, image: Image, fits: Callable[[BuildFailure], bool]) -> BuildFailure | None:
        """The oldest order for the image that fits."""
        return next((each for each in self._ordered if each.fits_image(image) and fits(each)), None)

    def take(self, image: Image, fits: Callable[[BuildFailure], bool]) -> BuildFailure | None:
        """The oldest order for the image that fits, which is counted."""
        failure = self.first(image, fits)
        if failure is not None:
            self.carry_out(failure)
        return failure

    def carry_out(self, failure: BuildFailure) -> None:
        """Count one failure; remove the order if it was the last."""
        self._settle(failure)
        failure.times -= 1
        if failure.times <= 0:
            self._ordered.remove(failure)


class StepOutputs(Record, kw_only=True):
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

    def __str__(self) -> str:
        """The call that made the order."""
        said = [repr(self.step), repr(self.outputs)]
        said += [
            f"{name}={value!r}"
            for name, value in (("workflow", self.workflow), ("times", self.times))
            if value is not None
        ]
        return f"set_outputs({', '.join(said)})"


class OutputOrders(Orders[StepOutputs]):
    """The outputs that are still to be given.

    Those that are given a number of times come first, the oldest before the others. Of those that
    are given every time, the newest counts.
    """

    __slots__ = ()

    def take(self, step: str, workflow_arn: str) -> StepOutputs | None:
        """The order that a step meets, which is counted."""
        fitting = [order for order in self._ordered if order.fits(step, workflow_arn)]
        order = next((each for each in fitting if each.times is not None), None)
        if order is None or order.times is None:
            # The newest is in the place of the others, so these are met too.
            for each in fitting:
                self._settle(each)
            return fitting[-1] if fitting else None
        self._settle(order)
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
        return str(meant) in (arn, str(parsed.of_name()))
    if meant.of_name() != parsed.of_name():
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
