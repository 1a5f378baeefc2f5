"""The ``if`` of a workflow step: comparisons under ``and``, ``or`` and ``not``.

Source: user guide, image-workflow-create-document.
"""

from __future__ import annotations

from functools import partial
from types import NoneType
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.documents.conditions import LOGICAL, ORDERS, Logical
from imagebuilder_mock.domain.records import Value

from .variables import as_text, is_reference, look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagebuilder_mock.domain.documents.conditions import Expression
    from imagebuilder_mock.domain.documents.members import Node

MAX_DEPTH = 10


def _numbers(compare: Callable[[float, float], bool], value: object, operand: object) -> bool:
    return compare(_number(value), _number(operand))


_COMPARISONS: Mapping[str, Callable[[object, object], bool]] = {
    "booleanEquals": lambda value, operand: value is operand,
    **{f"number{order}": partial(_numbers, compare) for order, compare in ORDERS.items()},
    "stringEquals": lambda value, operand: as_text(value) == as_text(operand),
}


class Comparison(Value):
    """``stringEquals: Linux`` with ``value: $.imagebuilder.platform``."""

    operator: str
    operand: object
    value: object

    def holds(self, variables: Mapping[str, object]) -> bool:
        operand = _meant(self.operand, variables)
        return _COMPARISONS[self.operator](_meant(self.value, variables), operand)


def parse_condition(node: Node, *, depth: int = 1) -> Expression | None:
    """Read ``if``; its references get their values in a run."""
    node = node.called("A condition")
    if depth > MAX_DEPTH:
        node.must(f"not be nested deeper than {MAX_DEPTH} levels")
        return None
    members = node.mapping()
    if members is None:
        return None
    operators = [key for key in members if key != "value"]
    if len(operators) != 1:
        node.must("have exactly one operator")
        return None
    operator = str(operators[0])
    below = node.at(operators[0], f"The condition {operator}")
    if operator in _COMPARISONS:
        if members.get("value") is None:
            node.called(below.subject).lacks("value")
        _check_type(operator, below)
        return Comparison(operator, below.value, members.get("value"))
    if operator not in LOGICAL:
        below.refuse(
            f"Unsupported condition '{operator}'. Supported conditions are: "
            f"{', '.join((*LOGICAL, *_COMPARISONS))}."
        )
        return None
    if "value" in members:
        node.at("value").refuse(f"{below.subject} does not support a 'value'.")
    operands = [below] if operator == "not" else below.items()
    if operands == []:
        below.must("not be empty")
    expressions = [parse_condition(operand, depth=depth + 1) for operand in operands or ()]
    return Logical(operator, tuple(filter(None, expressions)))


def references_of(condition: Node) -> Iterator[Node]:
    """The references in a condition; an operator's own comes before that of ``value``."""
    for below in sorted(condition.below(), key=lambda below: below.key == "value"):
        if isinstance(below.key, int) or below.key in LOGICAL:
            yield from references_of(below)
        elif is_reference(below.value):
            yield below


def _check_type(operator: str, operand: Node) -> None:
    value = operand.value
    is_boolean = isinstance(value, bool)
    if is_reference(value):
        return
    if operator == "booleanEquals" and not is_boolean:
        operand.must("have a boolean")
    if operator.startswith("number") and (is_boolean or not isinstance(value, (int, float))):
        operand.must("have a number")
    if operator == "stringEquals" and isinstance(value, (dict, list, NoneType)):
        operand.must("have a string")


def _meant(value: object, variables: Mapping[str, object]) -> object:
    return look_up(str(value), variables) if is_reference(value) else value


def _number(value: object) -> float:
    """A number, also of a text; for any other value NaN, which compares as false."""
    try:
        return float(str(value))
    except ValueError:
        return float("nan")
