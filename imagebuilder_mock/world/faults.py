"""Rules that make requests fail: what each matches, how often it fires, and what happens then.

Whether a rule with a probability fires is worked out from the seed and the count of its matches,
so the same program with the same seed fails in the same places, and ids do not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.records import Record, Value

from .orders import Orders
from .record import holds

if TYPE_CHECKING:
    from .orders import Placed

EVERY_OPERATION = "*"

Condition: TypeAlias = Mapping[str, object] | Callable[[Mapping[str, object]], bool]

_DRAW_BYTES = 8


class FaultError(ImageBuilderError):
    """The service refuses, and does nothing."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self._code = code
        self.status = status

    @property
    def code(self) -> str:
        return self._code

    def anew(self) -> FaultError:
        """The same error, without the traceback of a request that it has ended."""
        return FaultError(self._code, self.message, self.status)


class LostRequestError(ImageBuilderError):
    """The connection breaks before the service has the request.

    ``error`` is what the client raises instead.
    """

    def __init__(self, error: type[Exception], message: str | None) -> None:
        super().__init__(message or "The request was lost by a fault rule.")
        self.error = error

    @property
    def code(self) -> str:
        return self.error.__name__

    def anew(self) -> LostRequestError:
        return LostRequestError(self.error, self.message)


class CutAnswer(Value):
    """The service does what was asked, and the connection breaks in the middle of the answer."""


Outcome: TypeAlias = FaultError | LostRequestError | CutAnswer


class FaultRule(Record, kw_only=True):
    """One rule, as ``mock.faults.add()`` returns it. ``fired`` counts the requests that failed."""

    operation: str
    outcome: Outcome | None = None
    """None if the answer is only late."""
    times: int | None = 1
    """How often it fires at most; None for no limit."""
    probability: float | None = None
    latency: timedelta = timedelta()
    region: str | None = None
    when: Condition | None = None
    number: int = 0
    """1 for the first rule that was added, and so on."""
    matched: int = 0
    fired: int = 0

    @property
    def is_spent(self) -> bool:
        return self.times is not None and self.fired >= self.times

    def concerns(self, operation: str) -> bool:
        """Whether it can still fire for requests of the operation."""
        return not self.is_spent and self.operation in {operation, EVERY_OPERATION}

    def matches(self, operation: str, params: Mapping[str, object], region: str) -> bool:
        if not self.concerns(operation) or self.region not in {None, region}:
            return False
        if self.when is None:
            return True
        return holds(self.when, params) if isinstance(self.when, Mapping) else self.when(params)

    def fires(self, seed: int) -> bool:
        """Count a matching request; return whether it fails."""
        self.matched += 1
        if self.probability is not None and self._draw(seed) >= self.probability:
            return False
        self.fired += 1
        return True

    def __str__(self) -> str:
        """The call of ``add`` that made the rule."""
        said = [repr(self.operation)]
        if isinstance(self.outcome, FaultError):
            said.append(f"error={self.outcome.code!r}")
        elif isinstance(self.outcome, LostRequestError):
            said.append(f"error={self.outcome.code}")
        elif isinstance(self.outcome, CutAnswer):
            said.append("truncated=True")
        if self.latency:
            said.append(f"latency={self.latency.total_seconds():g}")
        said += [
            f"{name}={value!r}"
            for name, value in (
                ("times", self.times),
                ("probability", self.probability),
                ("region", self.region),
                ("when", self.when),
            )
            if value is not None
        ]
        return f"add({', '.join(said)})"

    def _draw(self, seed: int) -> float:
        text = f"{seed}/{self.number}/{self.matched}".encode()
        drawn = blake2b(text, digest_size=_DRAW_BYTES).digest()
        return int.from_bytes(drawn, "big") / (1 << 8 * _DRAW_BYTES)


class Fault(Value):
    """What the rules do to one request."""

    latency: timedelta = timedelta()
    outcome: Outcome | None = None

    @property
    def cuts_the_answer(self) -> bool:
        return isinstance(self.outcome, CutAnswer)


NO_FAULT = Fault()


class FaultRules(Orders[FaultRule]):
    """The rules in the order in which they were added."""

    __slots__ = ("_added", "_counts", "_seed")

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed
        self._added = 0
        self._counts: dict[FaultRule, tuple[int, int]] = {}
        """What the rules had matched and fired when the list was copied."""

    def add(self, order: FaultRule, placed: Placed | None = None) -> None:
        self._added += 1
        order.number = self._added
        super().add(order, placed)

    def clear(self) -> None:
        for rule in self:
            self.remove(rule)

    def copy(self) -> FaultRules:
        """A list with the same rules, for as long as this one is put aside."""
        self._counts = {rule: (rule.matched, rule.fired) for rule in self}
        twin = FaultRules(self._seed)
        twin._ordered, twin._notes = self._ordered.copy(), self._notes.copy()
        twin._added = self._added
        return twin

    def count_on(self) -> None:
        """Go on from the counts that the rules had when the list was put aside."""
        for rule, counts in self._counts.items():
            rule.matched, rule.fired = counts

    def concern(self, operation: str) -> bool:
        """Whether a request of the operation could fail."""
        return bool(self._ordered) and any(rule.concerns(operation) for rule in self._ordered)

    def meet(self, operation: str, params: Mapping[str, object], region: str) -> Fault:
        """What happens to a request: delays add up, and the first rule with an outcome ends it."""
        if not self._ordered:
            return NO_FAULT
        latency = timedelta()
        for rule in self._ordered:
            if rule.matches(operation, params, region) and rule.fires(self._seed):
                self._settle(rule)
                latency += rule.latency
                if rule.outcome is not None:
                    return Fault(latency, rule.outcome)
        return Fault(latency)
