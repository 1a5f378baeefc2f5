"""What the conditions of components and of workflows have in common."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Literal, Protocol

from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LogicalOperator = Literal["and", "or", "not"]

LOGICAL: tuple[LogicalOperator, ...] = ("and", "or", "not")
ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
}
"""What follows ``number`` or ``string`` in the name of a comparison."""


class Expression(Protocol):
    def holds(self, variables: Mapping[str, object]) -> bool | None:
        """Whether it is true; None if that depends on the instance."""


class Logical(Value):
    """Expressions joined by ``and`` or ``or``, or one that is negated by ``not``."""

    operator: LogicalOperator
    operands: tuple[Expression, ...]

    def holds(self, variables: Mapping[str, object]) -> bool | None:
        """Evaluated from the left, up to the operand that decides."""
        if self.operator == "not":
            held = self.operands[0].holds(variables)
            return None if held is None else not held
        decisive = self.operator == "or"
        is_known = True
        for operand in self.operands:
            held = operand.holds(variables)
            if held is decisive:
                return decisive
            is_known = is_known and held is not None
        return not decisive if is_known else None
