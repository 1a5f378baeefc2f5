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
    error: ImageBuilderError | None

    @property
    def parameters(self) -> Mapping[str, object]:
        """What the request held, as a copy that may be changed."""
        return deepcopy(self.received)


class Record:
    """The calls in order; the newest 10,000 are kept, ``count`` knows of all."""

    __slots__ = ("_calls", "_counts")

    def __init__(self) -> None:
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

    def clear(self) -> None:
        self._calls.clear()
        self._counts.clear()

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls))

    def __getitem__(self, position: int) -> Call:
        return self._calls[position]
