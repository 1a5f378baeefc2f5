"""The steps that a component would run, with their values filled in; nothing is executed.

Loops are unrolled, and parameters, constants and loop variables are replaced. References to what
only the instance knows, such as the output of a step, stay as they are written. A condition about
such things lets the step run, and an assertion about them holds. Sources, all of the user guide:
toe-use-documents, toe-looping-constructs, toe-conditional-constructs, toe-comparison-operators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.builds import PHASES_OF_STAGE
from imagebuilder_mock.domain.documents.members import Node
from imagebuilder_mock.domain.records import Value

from .conditions import parse_expression
from .document import parse_component_document
from .loops import DelimitedLoop, ForLoop
from .variables import chained_phases, filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .conditions import Condition, StepAction
    from .document import ComponentDocument, Step
    from .loops import Loop

MAX_ITERATIONS = 1000
"""How many rounds of one loop are shown."""


class TracedStep(Value):
    """A step, or one round of its loop."""

    phase: str
    step: Step
    decision: StepAction
    """The result of its condition: Skip the step, Execute it, or Abort the document."""
    round: int | None = None
    inputs: tuple[object, ...] = ()
    error: str | None = None
    """Why it fails on any instance."""


def document_of(text: str) -> ComponentDocument:
    """The document of a component, which was checked when the component was created."""
    return parse_component_document(text)


def trace(
    document: ComponentDocument, phase: str, given: Mapping[str, str]
) -> Iterator[TracedStep]:
    """The steps of a phase in their order; ``given`` are the parameters in the recipe."""
    variables = {
        **{known.name: "".join(known.default_value or ()) for known in document.parameters},
        **document.constants,
        **given,
    }
    for found in document.phases:
        if found.name == phase:
            for step in found.steps:
                yield from _rounds(phase, step, variables)


def _rounds(phase: str, step: Step, variables: Mapping[str, str]) -> Iterator[TracedStep]:
    if step.loop is None:
        yield _traced(phase, step, variables, None)
        return
    names = {"loop", step.loop.name or "loop"}
    for number, value in enumerate(_values(step.loop, variables)):
        if number == MAX_ITERATIONS:
            return
        index = value if isinstance(step.loop, ForLoop) else str(number)
        own = {
            f"{name}.{member}": text
            for name in names
            for member, text in (("index", index), ("value", value))
        }
        yield _traced(phase, step, {**variables, **own}, number)


def _traced(phase: str, step: Step, variables: Mapping[str, str], number: int | None) -> TracedStep:
    inputs = tuple(filled(entry, variables) for entry in step.inputs)
    decision = "Execute" if step.condition is None else _decide(step.condition, variables)
    return TracedStep(
        phase=phase,
        step=step,
        decision=decision,
        round=number,
        inputs=inputs,
        error=_error(phase, step, inputs, variables) if decision == "Execute" else None,
    )


def _error(
    phase: str, step: Step, inputs: tuple[object, ...], variables: Mapping[str, str]
) -> str | None:
    """The error if an assertion does not hold, or a reference is to a step of another stage."""
    stage = next((names for names in PHASES_OF_STAGE.values() if phase in names), (phase,))
    for expression, other in chained_phases(inputs):
        if other not in stage:
            return f"The reference '{expression}' could not be resolved."
    if step.action == "Assert":
        for condition in step.inputs:
            assertion = parse_expression(Node(condition, []))
            if assertion is not None and assertion.holds(variables) is False:
                return "The assertion does not hold."
    return None


def _values(loop: Loop, variables: Mapping[str, str]) -> Iterator[str]:
    if isinstance(loop, ForLoop):
        step = 1 if loop.update_by > 0 else -1
        yield from map(str, range(loop.start, loop.end + step, loop.update_by))
    elif isinstance(loop, DelimitedLoop):
        yield from str(filled(loop.text, variables)).split(loop.delimiter)
    else:
        yield from (str(filled(value, variables)) for value in loop.values)


def _decide(condition: Condition, variables: Mapping[str, str]) -> StepAction:
    holds = condition.expression.holds(variables)
    if holds is None:
        return "Execute"
    return condition.then if holds else condition.otherwise
