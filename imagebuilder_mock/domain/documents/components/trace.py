"""What a component would run, step by step, with its values filled in; nothing is executed.

Loops are unrolled and parameters, constants and loop variables replaced. What only the instance
knows stays as it is written: the output of a step, whether a file exists. A condition over such
things is taken to let the step run, and an assertion about them to hold. Sources, all of the user
guide: toe-use-documents, toe-looping-constructs, toe-conditional-constructs,
toe-comparison-operators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.builds import PHASES_OF_STAGE
from imagebuilder_mock.domain.documents.members import text_of

from .conditions import Logical, parse_expression
from .document import parse_component_document
from .loops import DelimitedLoop, ForLoop
from .variables import chained_phases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .conditions import Comparison, Condition, Expression, StepAction
    from .document import ComponentDocument, Step
    from .loops import Loop

MAX_ITERATIONS = 1000
"""Of one loop: the rest is not shown."""

_EXPRESSION = re.compile(r"\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}")
_UNKNOWN = re.compile(r"\{\{[^{}]*\}\}")
"""What is left when everything that has a value here is filled in: ``build.Step.inputs[0].x``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedStep:
    """A step, or one round of its loop."""

    phase: str
    step: Step
    decision: StepAction
    """What its condition says: Skip it, Execute it, or Abort the document."""
    round: int | None = None
    inputs: tuple[object, ...] = ()
    error: str | None = None
    """Why it fails whatever it finds on the instance."""


@lru_cache(maxsize=256)
def document_of(text: str) -> ComponentDocument:
    """The document of a component that was accepted when it was created."""
    return parse_component_document(text)


def trace(
    document: ComponentDocument, phase: str, given: Mapping[str, str]
) -> Iterator[TracedStep]:
    """The steps of a phase in their order; ``given`` are the recipe's values of parameters."""
    variables = {
        **{known.name: known.default or "" for known in document.parameters},
        **{constant.name: constant.value for constant in document.constants},
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
    """An assertion that does not hold, or a value that another stage had."""
    stage = next((names for names in PHASES_OF_STAGE.values() if phase in names), (phase,))
    for expression, other in chained_phases(inputs):
        if other not in stage:
            return f"The reference '{expression}' could not be resolved."
    if step.action == "Assert":
        for condition in step.inputs:
            if _holds(parse_expression(condition), variables) is False:
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


def filled(value: object, variables: Mapping[str, str]) -> object:
    """A value with the references that have a value here replaced."""
    if isinstance(value, str):
        return _EXPRESSION.sub(lambda found: variables.get(found[1], found[0]), value)
    if isinstance(value, dict):
        return {key: filled(member, variables) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [filled(member, variables) for member in value]
    return value


def _decide(condition: Condition, variables: Mapping[str, str]) -> StepAction:
    holds = _holds(condition.expression, variables)
    if holds is None:
        return "Execute"
    return condition.then if holds else condition.otherwise


def _holds(expression: Expression, variables: Mapping[str, str]) -> bool | None:
    """True, False, or None where only the instance knows."""
    if not isinstance(expression, Logical):
        return _compare(expression, variables)
    results = [_holds(operand, variables) for operand in expression.operands]
    if expression.operator == "not":
        return None if results[0] is None else not results[0]
    decisive = expression.operator == "or"
    if decisive in results:
        return decisive
    return None if None in results else not decisive


_ALONE: Mapping[str, Callable[[str], bool]] = {
    "stringIsEmpty": lambda text: not text,
    "stringIsWhitespace": str.isspace,
}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "stringEquals": lambda left, right: left == right,
    "stringLessThan": lambda left, right: left < right,
    "stringLessThanEquals": lambda left, right: left <= right,
    "stringGreaterThan": lambda left, right: left > right,
    "stringGreaterThanEquals": lambda left, right: left >= right,
    "patternMatches": fnmatchcase,
}
_NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "numberEquals": lambda left, right: left == right,
    "numberLessThan": lambda left, right: left < right,
    "numberLessThanEquals": lambda left, right: left <= right,
    "numberGreaterThan": lambda left, right: left > right,
    "numberGreaterThanEquals": lambda left, right: left >= right,
}


def _compare(comparison: Comparison, variables: Mapping[str, str]) -> bool | None:
    operand = "" if comparison.operand is None else comparison.operand
    baseline, value = (
        str(filled(text_of(side, "The operand"), variables))
        for side in (comparison.baseline, operand)
    )
    if _UNKNOWN.search(baseline) or _UNKNOWN.search(value):
        return None
    if comparison.operator in _ALONE:
        return _ALONE[comparison.operator](baseline)
    if comparison.operator in _TEXTS:
        return _TEXTS[comparison.operator](value, baseline)
    compare = _NUMBERS.get(comparison.operator)
    try:
        return None if compare is None else compare(float(value), float(baseline))
    except ValueError:
        return False
