"""The orders of a test that nothing has met, and what came nearest to each."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn, slugify
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.world.faults import EVERY_OPERATION, FaultRule
from imagebuilder_mock.world.orders import BuildFailure, StepOutputs, is_meant
from imagebuilder_mock.world.record import differences

from .arguments import counts_of, every

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagebuilder_mock.domain.resources.workflow_executions import (
        WorkflowExecution,
        WorkflowStepExecution,
    )
    from imagebuilder_mock.world.orders import Placed
    from imagebuilder_mock.world.world import World

_LISTED = 8
"""How many names are listed at most."""
_CLOSE = 0.8
"""How alike names have to be for a typing error; the names of two Regions are less so."""


class UnmetOrder(Value):
    """An order of ``mock.builds`` or ``mock.faults`` that nothing has met."""

    order: str
    """The call: ``mock.builds.fail_next(component='hardning')``."""
    nearest: str
    """What came nearest, in a sentence or two."""

    def __str__(self) -> str:
        return f"{self.order}\n    {self.nearest}"


class UnmetOrdersError(AssertionError):
    """Nothing has met some orders of a test, which the attribute ``orders`` lists."""

    def __init__(self, orders: list[UnmetOrder]) -> None:
        super().__init__(described(orders))
        self.orders = orders

    def __reduce__(self) -> tuple[type[UnmetOrdersError], tuple[list[UnmetOrder]]]:
        # Of the text, which is what an exception is made of again, nothing could be made.
        return type(self), (self.orders,)


def described(orders: list[UnmetOrder]) -> str:
    """The orders, a paragraph for each, and how to mark one that need not be met."""
    number = "1 order" if len(orders) == 1 else f"{len(orders)} orders"
    return "\n".join(
        [
            f"Nothing has met {number} of this test:",
            *(f"  {order}" for order in orders),
            "An order that need not be met takes optional=True.",
        ]
    )


def unmet_orders(world: World) -> list[UnmetOrder]:
    """The orders that nothing has met so far, in the order in which the test placed them."""
    with world.lock:
        return [UnmetOrder(each.said, _nearest(world, each)) for each in world.placed.unmet()]


def _nearest(world: World, placed: Placed) -> str:
    if isinstance(placed.order, FaultRule):
        return _nearest_call(world, placed.order, placed.noted)
    images = [image for image in every(Image, world) if image.transitions]
    if not images:
        return "No build has started."
    if isinstance(placed.order, BuildFailure):
        found = _nearest_failure(world, placed.order, images)
    else:
        assert isinstance(placed.order, StepOutputs)  # noqa: S101 - there are no others
        found = _nearest_step(placed.order, images)
    running = [image for image in images if image.is_in_progress]
    if running:
        still = f"The build {running[-1].arn} is still {running[-1].state.status}."
        return still if found is None else f"{found} {still}"
    if found is not None:
        return found
    if all(image.sequence <= placed.noted for image in images):
        return "No build has started since, and those before have ended."
    return "Builds have run since, and none came to a place where all of it fits."


# Requests


def _nearest_call(world: World, rule: FaultRule, before: int) -> str:
    record = world.record
    operation = None if rule.operation == EVERY_OPERATION else rule.operation
    called = record.count(operation)
    if not called:
        said = f"{operation} was not called." if operation else "No operation was called."
        return f"{said} {_there_were('Calls', counts_of(record))}"
    if called == before:
        return f"{operation or 'Everything'} was called before the rule was added, and not since."
    newest = [call for call in record if operation in {None, call.operation}][before - called :]
    wanted: dict[str, object] = {} if rule.region is None else {"region": rule.region}
    asked = rule.when if isinstance(rule.when, dict) else {}
    nearest: list[str] = min(
        (
            [
                *differences(wanted, {"region": call.region}),
                *differences(asked, call.parameters),
            ]
            for call in newest
        ),
        key=len,
        default=[],
    )
    said = f"{operation or 'Something'} was called {called - before} time(s) since"
    if nearest:
        return f"{said}, and the nearest call differs. {'. '.join(islice(nearest, _LISTED))}."
    return f"{said}, and no call fits the rule or got as far as it."


# Builds


class _Part(Value):
    """An argument of an order, and what the builds have of the kind."""

    noun: str
    wanted: str | None
    had: list[str]

    @property
    def is_had(self) -> bool:
        return any(_is(str(self.wanted), name) for name in self.had)


def _nearest_failure(world: World, order: BuildFailure, images: list[Image]) -> str | None:
    """The first argument that no build has anything for; None if there is something for each."""
    components = [each for image in images for each in _components(world, image)]
    parts = [
        _Part("recipe", order.recipe, [each.recipe.arn for each in images if each.recipe]),
        _Part("component", order.component, [each.arn for each in components]),
        _Part("region", order.region, [region for each in images for region in _regions(each)]),
    ]
    if order.component is not None or order.phase is not None:
        parts.append(_Part("step", order.step, _component_steps(components)))
    elif not order.is_of_place:
        parts.append(_Part("step", order.step, [step.name for _, step in _begun_steps(images)]))
    for part in parts:
        if part.wanted is not None and not part.is_had:
            return f"No build has {_named(part)}"
    return None


def _nearest_step(order: StepOutputs, images: list[Image]) -> str | None:
    begun = _begun_steps(images)
    steps = _Part("step", order.step, [step.name for _, step in begun])
    if order.step not in steps.had:
        return f"No workflow has run {_named(steps)}"
    of_step = [run.workflow_build_version_arn for run, step in begun if step.name == order.step]
    if order.workflow is not None and not _Part("", order.workflow, of_step).is_had:
        workflows = [run.workflow_build_version_arn for run, _ in begun]
        part = _Part("workflow", order.workflow, workflows)
        return f"The step {order.step!r} has not run in {_named(part)}"
    return None


def _components(world: World, image: Image) -> Iterator[Component]:
    for arn in () if image.recipe is None else image.recipe.component_arns:
        found = world.find(world.home_of(image.arn), Component, arn, parameter="components")
        if found is not None:
            yield found


def _component_steps(components: Iterable[Component]) -> list[str]:
    from imagebuilder_mock.domain.documents.components.trace import document_of  # noqa: PLC0415

    documents = [document_of(each.text) for each in components]
    return [step.name for each in documents for phase in each.phases for step in phase.steps]


def _begun_steps(images: Iterable[Image]) -> list[tuple[WorkflowExecution, WorkflowStepExecution]]:
    """The steps that their workflows have begun, each with its workflow's run."""
    runs = [execution for image in images for execution in image.executions]
    return [(execution, step) for execution in runs for step in execution.begun_steps]


def _regions(image: Image) -> list[str]:
    configuration = image.distribution_configuration
    distributions = () if configuration is None else configuration.distributions
    named = [each["region"] for each in distributions]
    return named or [Arn.parse(image.arn).region]


def _is(wanted: str, had: str) -> bool:
    if had.startswith("arn:"):
        return is_meant(wanted, had, Arn.parse(had).slug)
    return wanted == had


def _named(part: _Part) -> str:
    """``a component 'hardning'.``, and the name that may have been meant, or all names."""
    known = list(
        dict.fromkeys(Arn.parse(had).slug if had.startswith("arn:") else had for had in part.had)
    )
    wanted = str(part.wanted)
    by_slug = {slugify(name): name for name in known}
    close = get_close_matches(slugify(wanted), by_slug, n=1, cutoff=_CLOSE)
    said = f"a {part.noun} {wanted!r}."
    if close:
        return f"{said} Did you mean {part.noun} {by_slug[close[0]]!r}?"
    return f"{said} {_there_were(f'{part.noun.capitalize()}s', [*map(repr, known)])}"


def _there_were(what: str, names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{what} were: {', '.join(names[:_LISTED]) or 'none'}{more}."
