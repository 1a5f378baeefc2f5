"""The conditions of a component document's steps, in ``if`` and in ``Assert``.

Sources, all of the user guide: toe-conditional-constructs, toe-comparison-operators,
toe-logical-operators.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from imagebuilder_mock.domain.documents.conditions import LOGICAL, ORDERS, Expression, Logical
from imagebuilder_mock.domain.documents.members import OneOf, as_text, text, written
from imagebuilder_mock.domain.records import Value

from .variables import REFERENCE, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from imagebuilder_mock.domain.documents.conditions import LogicalOperator
    from imagebuilder_mock.domain.documents.members import Node

StepAction = Literal["Abort", "Execute", "Skip"]
Scalar: TypeAlias = str | int | float | bool

MAX_NESTED_OPERATORS = 4

# In quotes, a number has digits on both sides of its point; without them it need not (.5, 1e3).
_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_STEP_ACTION = OneOf[StepAction](
    ("Abort", "Execute", "Skip"),
    "Invalid value '{value}' for '{key}'. Valid values are: {choices}.",
    written,
)


class Operator(Value):
    """What a comparison needs, and how to decide it if that does not depend on the instance."""

    beside: Literal["value", "path"] | None = None
    """The other member of the comparison."""
    compare: Callable[[str, str], bool] | None = None
    """Compares the other member's value with the operator's."""
    is_number: bool = False


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def compare_numbers(value: str, baseline: str) -> bool:
        try:
            return compare(float(value), float(baseline))
        except ValueError:
            return False

    return compare_numbers


COMPARISONS: Mapping[str, Operator] = {
    "stringIsEmpty": Operator(compare=lambda _, baseline: not baseline),
    "stringIsWhitespace": Operator(compare=lambda _, baseline: baseline.isspace()),
    **{f"string{order}": Operator("value", compare) for order, compare in ORDERS.items()},
    "patternMatches": Operator("value", fnmatchcase),
    **{
        f"number{order}": Operator("value", _numbers(compare), is_number=True)
        for order, compare in ORDERS.items()
    },
    **dict.fromkeys(("binaryExists", "fileExists", "folderExists"), Operator()),
    **dict.fromkeys(
        ("fileMD5Equals", "fileSHA1Equals", "fileSHA256Equals", "fileSHA512Equals"),
        Operator("path"),
    ),
}
_MEMBERS = frozenset({*COMPARISONS, *LOGICAL, "value", "path"})


class Comparison(Value):
    """One comparison; ``operand`` is its ``value`` or ``path``, None if it has neither."""

    operator: str
    baseline: Scalar
    operand: Scalar | None

    def holds(self, variables: Mapping[str, object]) -> bool | None:
        baseline, value = (
            str(filled(as_text("" if side is None else side), variables))
            for side in (self.baseline, self.operand)
        )
        compare = COMPARISONS[self.operator].compare
        if compare is None or REFERENCE.search(baseline) or REFERENCE.search(value):
            return None
        return compare(value, baseline)


class Condition(Value):
    """Whether a step runs: what to do if the expression is true, and what if it is not."""

    expression: Expression
    then: StepAction = "Execute"
    otherwise: StepAction = "Skip"


_DEFAULTS: Mapping[str, StepAction] = {"then": "Execute", "else": "Skip"}


def parse_condition(node: Node) -> Condition | None:
    """Read a step's ``if``."""
    given = node.called("The 'if' condition").members({*_MEMBERS, *_DEFAULTS})
    if given is None:
        return None
    then, otherwise = (
        (_STEP_ACTION(node.at(key)) if given.pop(key, None) is not None else default) or default
        for key, default in _DEFAULTS.items()
    )
    expression = _expression(node.called("A condition"), given, level=1)
    return None if expression is None else Condition(expression, then, otherwise)


def parse_expression(node: Node, *, level: int = 1) -> Expression | None:
    """Read a mapping with exactly one operator and its operands.

    That logical operators can be nested at most four levels deep is documented for ``if``, and
    inferred for ``Assert``, which takes the same expressions.
    """
    node = node.called("A condition")
    given = node.members(_MEMBERS)
    return None if given is None else _expression(node, given, level=level)


def _expression(node: Node, given: Collection[str], *, level: int) -> Expression | None:
    operators = [key for key in given if key in COMPARISONS or key in LOGICAL]
    if len(operators) != 1:
        found = ", ".join(f"'{operator}'" for operator in operators) or "none"
        node.refuse(f"A condition must have exactly one operator; found {found}.")
        return None
    [operator] = operators
    whole = node.called(f"Operator '{operator}'")
    beside = COMPARISONS[operator].beside if operator in COMPARISONS else None
    for key in given:
        if key not in (operator, beside):
            whole.unknown(key)
    if operator in COMPARISONS:
        return _comparison(whole, operator)
    if level > MAX_NESTED_OPERATORS:
        node.refuse(
            f"Logical operators must not be nested more than {MAX_NESTED_OPERATORS} levels deep."
        )
        return None
    member = node.required(operator, whole.subject)
    operands = [] if member is None else _operands(member)
    expressions = [parse_expression(operand, level=level + 1) for operand in operands]
    return Logical(cast("LogicalOperator", operator), tuple(filter(None, expressions)))


def _operands(member: Node) -> list[Node]:
    """The conditions in the list of an operator; ``not`` also takes one without a list."""
    if member.key != "not":
        return member.items() or []
    operands = member.items() if isinstance(member.value, list) else [member]
    if operands is None or len(operands) != 1:
        member.must("have exactly one condition")
        return []
    return operands


def _comparison(whole: Node, name: str) -> Comparison | None:
    operator = COMPARISONS[name]
    baseline = _scalar(whole.at(name, whole.subject))
    if operator.is_number and baseline is not None and not _is_number(baseline):
        whole.at(name).refuse(f"{whole.subject} must have a number; found '{baseline}'.")
    beside = whole.required(operator.beside) if operator.beside else None
    operand = None if beside is None else _scalar(beside)
    return None if baseline is None else Comparison(name, baseline, operand)


def _scalar(node: Node) -> Scalar | None:
    return node.value if isinstance(node.value, (bool, int, float)) else text(node)


def _is_number(value: Scalar) -> bool:
    """A number, the text of one, or a reference whose value is not known yet."""
    if isinstance(value, str):
        return bool(re.fullmatch(_NUMBER, value) or REFERENCE.search(value))
    return not isinstance(value, bool)
