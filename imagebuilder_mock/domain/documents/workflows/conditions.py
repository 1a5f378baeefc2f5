"""The ``if`` of a workflow step: comparisons under ``and``, ``or`` and ``not``.

Source: user guide, image-workflow-create-document.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Literal, cast

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import list_of, mapping_of

from .variables import as_text, is_reference, look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_DEPTH = 10

_LOGICAL = ("and", "or", "not")
_COMPARISONS: Mapping[str, Callable[[object, object], bool]] = {
    "booleanEquals": lambda value, operand: value is operand,
    "numberEquals": lambda value, operand: _number(value) == _number(operand),
    "numberGreaterThan": lambda value, operand: _number(value) > _number(operand),
    "numberGreaterThanEquals": lambda value, operand: _number(value) >= _number(operand),
    "numberLessThan": lambda value, operand: _number(value) < _number(operand),
    "numberLessThanEquals": lambda value, operand: _number(value) <= _number(operand),
    "stringEquals": lambda value, operand: as_text(value) == as_text(operand),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """``stringEquals: Linux`` with ``value: $.imagebuilder.platform``."""

    operator: str
    operand: object
    value: object

    def holds(self, variables: Mapping[str, object]) -> bool:
        operand = _meant(self.operand, variables)
        return _COMPARISONS[self.operator](_meant(self.value, variables), operand)


@dataclass(frozen=True, slots=True)
class Logical:
    """``and``, ``or``, ``not`` over others."""

    operator: Literal["and", "or", "not"]
    operands: tuple[Expression, ...]

    def holds(self, variables: Mapping[str, object]) -> bool:
        if self.operator == "or":
            return any(operand.holds(variables) for operand in self.operands)
        if self.operator == "and":
            return all(operand.holds(variables) for operand in self.operands)
        return not self.operands[0].holds(variables)


Expression = Comparison | Logical


def parse_condition(raw: object, *, depth: int = 1) -> Expression:
    """What stands under ``if``; UnresolvedReferenceError is for the run, DocumentError for here."""
    if depth > MAX_DEPTH:
        raise DocumentError(f"A condition must not be nested deeper than {MAX_DEPTH} levels.")
    members = mapping_of(raw, "A condition")
    operators = [key for key in members if key != "value"]
    if len(operators) != 1:
        raise DocumentError("A condition must have exactly one operator.")
    operator = str(operators[0])
    if operator in _COMPARISONS:
        if members.get("value") is None:
            raise DocumentError(f"The condition {operator} has no value; it requires a 'value'")
        operand = members[operator]
        _check_type(operator, operand)
        return Comparison(operator, operand, members["value"])
    if operator not in _LOGICAL:
        raise DocumentError(
            f"Unsupported condition '{operator}'. Supported conditions are: "
            f"{', '.join((*_LOGICAL, *_COMPARISONS))}."
        )
    if "value" in members:
        raise DocumentError(f"The condition {operator} does not support a 'value'.")
    below = members[operator]
    if operator == "not":
        operands: list[object] = [below]
    else:
        operands = list_of(below, f"The condition {operator}")
        if not operands:
            raise DocumentError(f"The condition {operator} must not be empty.")
    return Logical(
        cast("Literal['and', 'or', 'not']", operator),
        tuple(parse_condition(entry, depth=depth + 1) for entry in operands),
    )


def references_of(expression: Expression) -> list[str]:
    """Each reference that the condition asks for."""
    if isinstance(expression, Comparison):
        found = (expression.operand, expression.value)
        return [str(value) for value in found if is_reference(value)]
    return [text for operand in expression.operands for text in references_of(operand)]


def _check_type(operator: str, operand: object) -> None:
    if is_reference(operand):
        return
    is_boolean = isinstance(operand, bool)
    if operator == "booleanEquals" and not is_boolean:
        raise DocumentError(f"The condition {operator} must have a boolean.")
    if operator.startswith("number") and (is_boolean or not isinstance(operand, (int, float))):
        raise DocumentError(f"The condition {operator} must have a number.")
    if operator == "stringEquals" and isinstance(operand, (dict, list, NoneType)):
        raise DocumentError(f"The condition {operator} must have a string.")


def _meant(value: object, variables: Mapping[str, object]) -> object:
    return look_up(str(value), variables) if is_reference(value) else value


def _number(value: object) -> float:
    """A number of a parameter may have come as text; text that is none compares as nothing does."""
    try:
        return float(str(value))
    except ValueError:
        return float("nan")
