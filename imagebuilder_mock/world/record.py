"""The calls a mock has answered: the newest ones in full, all of them counted.

Parameters and answers are kept as bytes. So the record shares no object with the program or the
world, nothing that happens afterwards changes it, and its size is known.
"""

from __future__ import annotations

import pickle
from collections import Counter, deque
from collections.abc import Mapping
from sys import getsizeof
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.ordered import InOrder
from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from imagebuilder_mock.domain.errors import ImageBuilderError


KEPT = 10_000

_SHOWN = 120

_BARE_SIZE = 450
"""About how many bytes a call takes without parameters, result and message."""


class UnexpectedCallError(AssertionError):
    """An operation was called that the test did not expect (``mock.calls.expect_only``)."""

    @property
    def code(self) -> str:
        return type(self).__name__

    @property
    def message(self) -> str:
        return str(self)


class CallError(Value):
    """The error of a call that failed."""

    code: str
    """The service's error code. It is the name of the exception that the client raised if a fault
    rule lost the request, and ``UnexpectedCallError`` if ``expect_only`` refused it."""
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Call(Value):
    """One call. It has either a ``result`` or an ``error``."""

    operation: str
    """AWS's spelling: ``CreateImage``."""
    region: str
    account_id: str
    time: datetime
    error: CallError | None
    _parameters: bytes
    _result: bytes | None

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters of the request, as a copy."""
        return _unpacked(self._parameters)

    @property
    def result(self) -> dict[str, object] | None:
        """The members of the answer, as a copy; None if the call failed."""
        return None if self._result is None else _unpacked(self._result)

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes, as ``calls_kept_bytes`` counts them."""
        size = _BARE_SIZE + len(self._parameters)
        if self._result is not None:
            size += len(self._result)
        if self.error is not None:
            size += getsizeof(self.error.message)
        return size

    @property
    def is_unexpected(self) -> bool:
        """Whether ``expect_only`` refused it."""
        return self.error is not None and self.error.code == UnexpectedCallError.__name__

    def __str__(self) -> str:
        given = ", ".join(
            f"{name}={value!r}" for name, value in self.parameters.items() if name != "clientToken"
        )
        said = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
        failed = "" if self.error is None else f" -> {self.error.code}"
        return f"{self.time:%H:%M:%S} {self.region} {self.operation}({said}){failed}"

    def __repr__(self) -> str:
        return f"<Call {self}>"


class Record(InOrder[Call]):
    """The newest calls, in order; ``count`` counts all.

    There are at most 10,000, which take at most ``most_bytes`` together. A call that takes more by
    itself is not kept, and drives no other out.
    """

    __slots__ = ("_bytes", "_calls", "_counts", "expected", "most_bytes", "unexpected")

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.expected: frozenset[str] | None = None
        """The only operations that may be called; None lets everything through."""
        self.unexpected = 0
        """How many calls were refused because they were not expected."""
        self._calls: deque[Call] = deque()
        self._bytes = 0
        self._counts: Counter[str] = Counter()

    def add(
        self,
        operation: str,
        parameters: Mapping[str, object],
        outcome: Mapping[str, object] | ImageBuilderError | UnexpectedCallError,
        *,
        place: tuple[str, str],
        time: datetime,
    ) -> None:
        """Count a call from an account in a Region, and keep a copy of it if it fits."""
        self._counts[operation] += 1
        account_id, region = place
        error, result = None, None
        try:
            if isinstance(outcome, Exception):
                error = CallError(outcome.code, str(outcome.message))
            else:
                result = _packed(outcome)
            asked = _packed(parameters)
        except RecursionError:
            # JSON can be nested deeper than pickle goes.
            return
        call = Call(
            operation=operation,
            region=region,
            account_id=account_id,
            time=time,
            error=error,
            _parameters=asked,
            _result=result,
        )
        size = call.size
        if size > self.most_bytes:
            return
        self._calls.append(call)
        self._bytes += size
        while self._bytes > self.most_bytes or len(self._calls) > KEPT:
            self._bytes -= self._calls.popleft().size

    def count(self, operation: str | None = None) -> int:
        """How many calls there were, of one operation or of all."""
        return self._counts.total() if operation is None else self._counts[operation]

    def dropped(self, operation: str | None = None) -> int:
        """How many of them are not kept."""
        if operation is None:
            return self.count() - len(self)
        return self.count(operation) - sum(call.operation == operation for call in self)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many calls there were of each operation."""
        return dict(self._counts)

    def check_expected(self, operation: str) -> None:
        """UnexpectedCallError for an operation that is not among those expected."""
        if self.expected is not None and operation not in self.expected:
            self.unexpected += 1
            listed = ", ".join(sorted(self.expected)) or "no operation"
            raise UnexpectedCallError(
                f"{operation} was called, and the test expects only {listed} "
                "(mock.calls.expect_only)."
            )

    def emptied(self) -> Record:
        """An empty record with the same expectation."""
        twin = Record(self.most_bytes)
        twin.expected = self.expected
        return twin

    def clear(self) -> None:
        self.expected = None
        self.unexpected = 0
        self._calls.clear()
        self._bytes = 0
        self._counts.clear()

    def _in_order(self) -> deque[Call]:
        return self._calls


def _packed(members: Mapping[str, object]) -> bytes:
    return pickle.dumps(members, pickle.HIGHEST_PROTOCOL)


def _unpacked(packed: bytes) -> dict[str, object]:
    members: dict[str, object] = pickle.loads(packed)  # noqa: S301 - written by _packed
    return members


def holds(expected: object, found: object) -> bool:
    """Whether ``found`` is as expected; a mapping may have other members too."""
    return next(differences(expected, found), None) is None


def differences(expected: object, found: object, path: str = "") -> Iterator[str]:
    """A sentence for each difference, in the order of what was expected."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name, value in expected.items():
            place = f"{path}.{name}" if path else str(name)
            if name in found:
                yield from differences(value, found[name], place)
            else:
                yield f"{place}: expected {value!r}, and there was none"
    elif (
        isinstance(expected, (list, tuple))
        and isinstance(found, (list, tuple))
        and len(expected) == len(found)
    ):
        for position, (value, item) in enumerate(zip(expected, found, strict=True)):
            yield from differences(value, item, f"{path}[{position}]")
    elif expected != found:
        yield f"{path}: expected {expected!r}, and it was {found!r}"
