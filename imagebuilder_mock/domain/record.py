"""The calls a mock has answered: the newest ones whole, all of them counted."""

from __future__ import annotations

from collections import Counter, deque
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from .errors import ImageBuilderError

KEPT = 10_000


_SHOWN = 120


class UnexpectedCallError(AssertionError):
    """An operation was called that the test had not expected; no client answers it away."""

    @property
    def code(self) -> str:
        return type(self).__name__

    @property
    def message(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its answer. Exactly one of ``result`` and ``error`` is there."""

    operation: str
    """AWS's spelling: ``CreateImage``."""
    received: Mapping[str, object]
    region: str
    account_id: str
    time: datetime
    result: Mapping[str, object] | None
    error: ImageBuilderError | UnexpectedCallError | None

    @property
    def parameters(self) -> Mapping[str, object]:
        """What the request held, as a copy that may be changed."""
        return deepcopy(self.received)

    @property
    def is_unexpected(self) -> bool:
        """Whether ``expect_only`` refused it."""
        return isinstance(self.error, UnexpectedCallError)

    def __str__(self) -> str:
        given = ", ".join(
            f"{name}={value!r}" for name, value in self.received.items() if name != "clientToken"
        )
        said = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
        failed = "" if self.error is None else f" -> {self.error.code}"
        return f"{self.time:%H:%M:%S} {self.region} {self.operation}({said}){failed}"


class Record:
    """The calls in order; the newest 10,000 are kept, ``count`` knows of all."""

    __slots__ = ("_calls", "_counts", "expected")

    def __init__(self) -> None:
        self.expected: frozenset[str] | None = None
        """The only operations that may be called; None lets everything through."""
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self._counts: Counter[str] = Counter()

    def add(self, call: Call) -> None:
        self._calls.append(call)
        self._counts[call.operation] += 1

    def count(self, operation: str | None = None) -> int:
        """How many calls there were, of one operation or of all."""
        return self._counts.total() if operation is None else self._counts[operation]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many calls there were of each operation."""
        return dict(self._counts)

    def check_expected(self, operation: str) -> None:
        """UnexpectedCallError for an operation that is not among those expected."""
        if self.expected is not None and operation not in self.expected:
            listed = ", ".join(sorted(self.expected)) or "no operation"
            raise UnexpectedCallError(
                f"{operation} was called, and the test expects only {listed} "
                "(mock.calls.expect_only)."
            )

    def clear(self) -> None:
        self.expected = None
        self._calls.clear()
        self._counts.clear()

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls))

    def __getitem__(self, position: int) -> Call:
        return self._calls[position]
