"""The conditions of a component document's steps: what stands under ``if`` and in ``Assert``.

Sources, all of the user guide: toe-conditional-constructs, toe-comparison-operators,
toe-logical-operators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import list_of, members_of, required, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

StepAction = Literal["Abort", "Execute", "Skip"]
Scalar: TypeAlias = str | int | float | bool

MAX_NESTED_OPERATORS = 4

_STEP_ACTIONS: Mapping[object, StepAction] = {
    "Abort": "Abort",
    "Execute": "Execute",
    "Skip": "Skip",
}
_NUMBER_COMPARISONS = (
    "numberEquals",
    "numberLessThan",
    "numberLessThanEquals",
    "numberGreaterThan",
    "numberGreaterThanEquals",
)
# What each operator compares with: the member beside it, or nothing.
COMPARISONS: Mapping[str, Literal["value", "path"] | None] = {
    **dict.fromkeys(("stringIsEmpty", "stringIsWhitespace")),
    **dict.fromkeys(
        (
            "stringEquals",
            "stringLessThan",
            "stringLessThanEquals",
            "stringGreaterThan",
            "stringGreaterThanEquals",
            "patternMatches",
        ),
        "value",
    ),
    **dict.fromkeys(_NUMBER_COMPARISONS, "value"),
    **dict.fromkeys(("binaryExists", "fileExists", "folderExists")),
    **dict.fromkeys(
        ("fileMD5Equals", "fileSHA1Equals", "fileSHA256Equals", "fileSHA512Equals"),
        "path",
    ),
}
_LOGICAL: Mapping[str, Literal["and", "or", "not"]] = {"and": "and", "or": "or", "not": "not"}
_OPERATORS = (*COMPARISONS, *_LOGICAL)
# In quotes, a number has digits on both sides of its point; without them it need not (.5, 1e3).
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_REFERENCE = re.compile(r"\{\{[^{}]*\}\}")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One test; ``operand`` is its ``value`` or ``path``, None for an operator that has neither."""

    operator: str
    baseline: Scalar
    operand: Scalar | None


@dataclass(frozen=True, slots=True)
class Logical:
    """Tests joined by ``and`` or ``or``, or one that ``not`` turns round."""

    operator: Literal["and", "or", "not"]
    operands: tuple[Expression, ...]


Expression: TypeAlias = Comparison | Logical


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether a step runs: what to do when the expression is true, and when it is not."""

    expression: Expression
    then: StepAction = "Execute"
    otherwise: StepAction = "Skip"


def parse_condition(value: object) -> Condition:
    """What stands under a step's ``if``."""
    members = members_of(value, "The 'if' condition", known=_known("then", "else"))
    then = _step_action(members.pop("then", "Execute"), "then")
    otherwise = _step_action(members.pop("else", "Skip"), "else")
    return Condition(parse_expression(members), then, otherwise)


def parse_expression(value: object, *, level: int = 1) -> Expression:
    """A mapping with exactly one operator, and what belongs to it.

    That logical operators nest four deep at most is documented for ``if``; for ``Assert``, which
    takes the same expressions, it is inferred.
    """
    members = members_of(value, "A condition", known=_known())
    operators = [key for key in members if key in _OPERATORS]
    if len(operators) != 1:
        found = ", ".join(f"'{operator}'" for operator in operators) or "none"
        raise DocumentError(f"A condition must have exactly one operator; found {found}.")
    operator = operators[0]
    logical = _LOGICAL.get(operator)
    if logical is None:
        return _comparison(operator, members)
    members_of(members, f"Operator '{operator}'", known=(operator,))
    if level > MAX_NESTED_OPERATORS:
        raise DocumentError(
            f"Logical operators must not be nested more than {MAX_NESTED_OPERATORS} levels deep.",
        )
    operands = _operands(logical, required(members, operator, "A condition"))
    return Logical(
        logical,
        tuple(parse_expression(operand, level=level + 1) for operand in operands),
    )


def _known(*more: str) -> Collection[str]:
    return {*_OPERATORS, "value", "path", *more}


def _step_action(value: object, key: str) -> StepAction:
    action = _STEP_ACTIONS.get(value) if isinstance(value, str) else None
    if action is None:
        raise DocumentError(
            f"Invalid value '{value}' for '{key}'. Valid values are: Abort, Execute, Skip.",
        )
    return action


def _operands(operator: Literal["and", "or", "not"], value: object) -> list[object]:
    """The list of an operator; ``not`` is also written with the one condition itself."""
    if operator != "not":
        return list_of(value, f"Operator '{operator}'")
    operands = value if isinstance(value, list) else [value]
    if len(operands) != 1:
        raise DocumentError("Operator 'not' must have exactly one condition.")
    return operands


def _comparison(operator: str, members: Mapping[str, object]) -> Comparison:
    subject = f"Operator '{operator}'"
    beside = COMPARISONS[operator]
    members_of(members, subject, known=(operator, beside or operator))
    baseline = _scalar(members[operator], subject)
    if operator in _NUMBER_COMPARISONS and not _is_number(baseline):
        raise DocumentError(f"{subject} must have a number; found '{baseline}'.")
    if beside is None:
        return Comparison(operator, baseline, None)
    operand = _scalar(required(members, beside, subject), f"The {beside} of operator '{operator}'")
    return Comparison(operator, baseline, operand)


def _scalar(value: object, subject: str) -> Scalar:
    return value if isinstance(value, (bool, int, float)) else text_of(value, subject)


def _is_number(value: Scalar) -> bool:
    """A number, the text of one, or a reference whose value is not known yet."""
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value) or _REFERENCE.search(value))
    return not isinstance(value, bool)
