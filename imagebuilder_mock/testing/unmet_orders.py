"""The orders of a test that nothing has met, and what came nearest to each."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from imagebuilder_mock.domain.arn import Arn, slugify
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.world.faults import EVERY_OPERATION, FaultRule
from imagebuilder_mock.world.orders import BuildFailure, StepOutputs, is_meant
from imagebuilder_mock.world.record import differences

from .arguments import images_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.workflow_executions import (
        WorkflowExecution,
        WorkflowStepExecution,
    )
    from imagebuilder_mock.world.orders import Placed
    from imagebuilder_mock.world.world import World

_LISTED = 8
"""How many names are listed at most."""
_CLOSE = 0.8
"""How alike a name has to be for a slip of the pen: two Regions are no such thing."""


@dataclass(frozen=True, slots=True)
class UnmetOrder:
    """An order of ``mock.builds`` or ``mock.faults`` that nothing has met."""

    order: str
    """The call: ``mock.builds.fail_next(component='hardning')``."""
    nearest: str
    """What came nearest, in a sentence or two."""

    def __str__(self) -> str:
        return f"{self.order}\n    {self.nearest}"


class UnmetOrdersError(AssertionError):
    """Nothing has met some orders of a test; ``orders`` are these."""

    def __init__(self, orders: list[UnmetOrder]) -> None:
        super().__init__(described(orders))
        self.orders = orders


def described(orders: list[UnmetOrder]) -> str:
    """The orders, a paragraph each, and how to say that one need not be met."""
    number = "1 order" if len(orders) == 1 else f"{len(orders)} orders"
    return "\n".join(
        [
            f"Nothing has met {number} of this test:",
            *(f"  {order}" for order in orders),
            "An order that need not be met takes optional=True.",
        ]
    )


def unmet_orders(world: World) -> list[UnmetOrder]:
    """What a test has ordered in vain so far, in its order."""
    with world.lock:
        return [UnmetOrder(each.said, _nearest(world, each)) for each in world.placed.unmet()]


def _nearest(world: World, placed: Placed) -> str:
    if isinstance(placed.order, FaultRule):
        return _nearest_call(world, placed.order, placed.noted)
    builds = [_Build(world, image) for image in images_in(world) if image.transitions]
    if not builds:
        return "No build has started."
    if isinstance(placed.order, BuildFailure):
        found = _nearest_failure(placed.order, builds)
    else:
        assert isinstance(placed.order, StepOutputs)  # noqa: S101 - there are no others
        found = _nearest_step(placed.order, builds)
    running = [build.image for build in builds if build.image.is_in_progress]
    if running:
        still = f"The build {running[-1].arn} is still {running[-1].state.status}."
        return still if found is None else f"{found} {still}"
    if found is not None:
        return found
    if all(build.image.sequence <= placed.noted for build in builds):
        return "No build has started since, and those before have ended."
    return "Builds have run since, and none came to a place where all of it fits."


# Requests


def _nearest_call(world: World, rule: FaultRule, before: int) -> str:
    record = world.record
    operation = None if rule.operation == EVERY_OPERATION else rule.operation
    called = record.count(operation)
    if not called:
        counts = [f"{name} ({count})" for name, count in sorted(record.counts.items())]
        name = operation or "No operation"
        return f"{name} was {'not ' if operation else ''}called. {_there_were('Calls', counts)}"
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


class _Build:
    """A build as orders name its parts."""

    def __init__(self, world: World, image: Image) -> None:
        self.image = image
        self._world = world

    @property
    def recipes(self) -> list[str]:
        recipe = self.image.recipe
        return [] if recipe is None else [recipe.arn]

    @property
    def components(self) -> list[str]:
        return [component.arn for component in self._components()]

    @property
    def steps(self) -> list[str]:
        """Of its workflows, as far as they have come."""
        return [step.name for _, step in self.begun_steps()]

    @property
    def component_steps(self) -> list[str]:
        from imagebuilder_mock.domain.documents.components.trace import document_of  # noqa: PLC0415

        phases = [
            phase
            for component in self._components()
            for phase in document_of(component.text).phases
        ]
        return [step.name for phase in phases for step in phase.steps]

    @property
    def regions(self) -> list[str]:
        configuration = self.image.distribution_configuration
        distributions = () if configuration is None else configuration.distributions
        named = [str(each["region"]) for each in distributions]
        return named or [Arn.parse(self.image.arn).region]

    def _components(self) -> Iterator[Component]:
        home, recipe = self._world.home_of(self.image.arn), self.image.recipe
        for arn in () if recipe is None else recipe.component_arns:
            found = self._world.find(home, Component, arn, parameter="components")
            if found is not None:
                yield found

    def begun_steps(self) -> Iterator[tuple[WorkflowExecution, WorkflowStepExecution]]:
        for execution in self.image.executions:
            for step in execution.begun_steps:
                yield execution, step


class _Part(NamedTuple):
    """An argument of an order, and what the builds have of the kind."""

    noun: str
    wanted: str | None
    had: list[str]


def _nearest_failure(order: BuildFailure, builds: list[_Build]) -> str | None:
    """The first argument that no build has anything for; None if there is something for each."""
    of_component = order.component is not None or order.phase is not None
    steps = "component_steps" if of_component else "steps"
    parts = [
        _Part("recipe", order.recipe, _all(build.recipes for build in builds)),
        _Part("component", order.component, _all(build.components for build in builds)),
        _Part("region", order.region, _all(build.regions for build in builds)),
    ]
    if not order.is_of_place:
        parts.append(_Part("step", order.step, _all(getattr(build, steps) for build in builds)))
    for part in parts:
        if part.wanted is not None and not any(_is(part.wanted, name) for name in part.had):
            return f"No build has {_named(part)}"
    return None


def _nearest_step(order: StepOutputs, builds: list[_Build]) -> str | None:
    runs = [run for build in builds for run in build.begun_steps()]
    part = _Part("step", order.step, _all([step.name] for _, step in runs))
    if order.step not in part.had:
        return f"No workflow has run {_named(part)}"
    workflows = _all([run.workflow_build_version_arn] for run, step in runs)
    of_step = [run.workflow_build_version_arn for run, step in runs if step.name == order.step]
    if order.workflow is not None and not any(_is(order.workflow, arn) for arn in of_step):
        part = _Part("workflow", order.workflow, workflows)
        return f"The step {order.step!r} has not run in {_named(part)}"
    return None


def _all(names: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for some in names for name in some))


def _is(wanted: str, had: str) -> bool:
    if had.startswith("arn:"):
        return is_meant(wanted, had, Arn.parse(had).slug)
    return wanted == had


def _named(part: _Part) -> str:
    """``a component 'hardning'.``, and which was meant, or what there was."""
    known = _all([Arn.parse(had).slug if had.startswith("arn:") else had] for had in part.had)
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
