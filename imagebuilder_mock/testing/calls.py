"""``mock.calls``: look through the calls, assert what was called, and restrict it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.ordered import InOrder
from imagebuilder_mock.world.published import published
from imagebuilder_mock.world.record import KEPT, Call, differences, holds
from imagebuilder_mock.world.settings import check_account_id

from .arguments import (
    Face,
    check_operation,
    check_parameters,
    check_region,
    check_truth,
    counted,
    counts_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagebuilder_mock.world.record import Record

_SHOWN = 10
"""How many calls are printed at most."""


class Calls(InOrder[Call], Face):
    """``mock.calls``: the newest calls, the oldest first, to read as a list is read.

    The newest 10,000 calls are kept, or fewer if they need more memory than ``calls_kept_bytes``;
    ``count`` counts all, and ``dropped`` those that are not kept. An assertion that would need
    these fails.

    Operations and parameters are spelled as in AWS's API. ValueError for an unknown one.
    """

    __slots__ = ()

    def _holds(self) -> str:
        newest = f", the newest {self[-1]}" if len(self) else ""
        return f"{counted(self.count(), 'call')}{newest}"

    def _in_order(self) -> Record:
        return self._record

    def __str__(self) -> str:
        """The newest calls, a line for each."""
        lines = [str(call) for call in self[-_SHOWN:]]
        earlier = len(self) - len(lines)
        if earlier:
            lines.insert(0, f"({earlier:,} earlier calls)")
        return "\n".join([*self._forgotten(), *lines])

    @property
    @published()
    def dropped(self) -> int:
        """How many of the calls are no longer kept."""
        with self._world.lock:  # between counting a call and keeping it, it would seem dropped
            return self._record.dropped()

    @published(operation="GetImage")
    def count(self, operation: str | None = None, /, **parameters: object) -> int:
        """The number of calls of an operation, or of all operations.

        With parameters: the number of kept calls that have them.
        """
        if parameters:
            return len(self._matching(operation, parameters))
        check_operation(operation)
        return self._record.count(operation)

    @published(operation="GetImage", region="us-east-1", failed=True)
    def filter(
        self,
        operation: str | None = None,
        /,
        *,
        region: str | None = None,
        account_id: str | None = None,
        failed: bool | None = None,
        **parameters: object,
    ) -> list[Call]:
        """The kept calls of an operation, in a Region, by an account, that failed or did not.

        A call matches if it has the given parameters; it may have others. The same holds for the
        members of a parameter that is a mapping.
        """
        check_region(region)
        if account_id is not None:
            check_account_id(account_id)
        if failed is not None:
            check_truth(failed=failed)
        return [
            call
            for call in self._matching(operation, parameters)
            if region in {None, call.region}
            and account_id in {None, call.account_id}
            and failed in {None, call.error is not None}
        ]

    @published(operation="CreateImage", times=2)
    def assert_called(
        self, operation: str, /, *, times: int | None = None, **parameters: object
    ) -> Call:
        """Assert that the operation was called with these parameters; return the newest such call.

        With ``times``, the number of these calls must be equal to it. The AssertionError shows what
        was called instead, and how the closest call differs.
        """
        if times is not None and (type(times) is not int or times < 1):
            msg = f"times={times!r}: give a whole number from 1 on, or use assert_not_called()."
            raise ValueError(msg)
        matching = self._matching(operation, parameters)
        known, unknown = self._numbers(operation, parameters, matching)
        if matching and (times is None or (times == known and not unknown)):
            return matching[-1]
        if known and not matching and times in {None, known}:
            said = f"{operation} was called {known} time(s), and none of these calls is kept."
        else:
            wanted = "" if times is None else f" {times} time(s)"
            found = f", but {known} time(s)" if known else ""
            limit = ", as far as its calls are kept" if unknown else ""
            said = f"{operation} was not called{wanted}{_with(parameters)}{found}{limit}."
        raise self._error(said, self._instead(operation, parameters, matching))

    @published(operation="DeleteImage")
    def assert_not_called(self, operation: str, /, **parameters: object) -> None:
        """Assert that the operation was not called with these parameters.

        The AssertionError shows the calls.
        """
        matching = self._matching(operation, parameters)
        known, unknown = self._numbers(operation, parameters, matching)
        if known:
            said = f"{operation} was called {known} time(s){_with(parameters)}:"
            raise self._error(said, _listed(matching))
        if unknown:
            said = f"{operation} was called, perhaps{_with(parameters)}: not all calls are kept."
            raise self._error(said)

    @published(operations=["GetImage", "ListImages"])
    def expect_only(self, *operations: str) -> None:
        """Make calls of all other operations raise UnexpectedCallError, until further notice."""
        for operation in operations:
            check_operation(operation)
        with self._world.lock:
            self._record.expected = frozenset(operations)

    @published()
    def expect_anything(self) -> None:
        """Allow all operations again, after ``expect_only``."""
        with self._world.lock:
            self._record.expected = None

    @published()
    def assert_expected(self) -> None:
        """AssertionError if ``expect_only`` refused a call, even if the program caught that."""
        number = self._record.unexpected
        if number:
            said = f"{number} call(s) were not expected:"
            raise self._error(said, _listed([call for call in self if call.is_unexpected]))

    @property
    def _record(self) -> Record:
        return self._world.record

    def _matching(self, operation: str | None, parameters: dict[str, object]) -> list[Call]:
        check_operation(operation)
        check_parameters(operation, parameters)
        return [
            call
            for call in self
            if operation in {None, call.operation}
            and (not parameters or holds(parameters, call.parameters))
        ]

    def _numbers(
        self, operation: str, parameters: dict[str, object], matching: list[Call]
    ) -> tuple[int, int]:
        """How many kept calls have the parameters, and how many more may have had them."""
        with self._world.lock:
            dropped = self._record.dropped(operation)
        return (len(matching), dropped) if parameters else (len(matching) + dropped, 0)

    def _error(self, said: str, lines: Iterable[str] = ()) -> AssertionError:
        return AssertionError("\n".join([said, *lines, *self._forgotten()]))

    def _forgotten(self) -> Iterator[str]:
        if self.dropped:
            yield (
                f"Not kept: {self.dropped:,} of {self.count():,} calls (at most {KEPT:,} are, "
                f"in calls_kept_bytes={self._record.most_bytes})."
            )

    def _instead(
        self, operation: str, parameters: dict[str, object], matching: list[Call]
    ) -> Iterator[str]:
        if matching:
            yield from _listed(matching)
            return
        calls = self._matching(operation, {})
        if calls:
            closest = min(
                reversed(calls),
                key=lambda call: len(list(differences(parameters, call.parameters))),
            )
            yield f"The closest of its {len(calls)} call(s), at {closest.time.isoformat()}:"
            yield from (f"  {text}" for text in differences(parameters, closest.parameters))
        yield f"Called were: {', '.join(counts_of(self._record)) or 'no operations'}."


def _with(parameters: dict[str, object]) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
    return f" with {given}" if given else ""


def _listed(calls: list[Call]) -> Iterator[str]:
    yield from (f"  {call}" for call in calls[-_SHOWN:])
    if len(calls) > _SHOWN:
        yield f"  and {len(calls) - _SHOWN:,} before"
