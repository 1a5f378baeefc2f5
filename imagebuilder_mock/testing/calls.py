"""The calls in the test's hands: to look through, to assert, to allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.world.record import KEPT, differences, holds

from .arguments import check_operation, check_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.world.record import Call, Record
    from imagebuilder_mock.world.world import World

_SHOWN = 10
"""As many calls are printed at most."""


class Calls:
    """``mock.calls``: the newest calls, oldest first; ``count`` knows of all.

    At most 10,000 are kept, and only as many as fit into ``calls_kept_bytes``; ``dropped`` says how
    many are not. No assertion passes on what is no longer known.

    Operations and parameters have AWS's spelling; for one that does not exist there is a ValueError
    that lists them all.
    """

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    def __iter__(self) -> Iterator[Call]:
        return iter(self._record)

    def __len__(self) -> int:
        return len(self._record)

    def __getitem__(self, position: int) -> Call:
        return self._record[position]

    def __str__(self) -> str:
        """The newest calls, a line for each."""
        lines = [str(call) for call in list(self)[-_SHOWN:]]
        earlier = len(self) - len(lines)
        if earlier:
            lines.insert(0, f"({earlier:,} earlier calls)")
        return "\n".join([*self._forgotten(), *lines])

    @property
    def dropped(self) -> int:
        """How many calls were counted and are not kept."""
        return self._record.dropped()

    def count(self, operation: str | None = None, /, **parameters: object) -> int:
        """How many calls there were, of one operation or of all.

        With parameters: how many had them, among those that are kept.
        """
        if parameters:
            return len(self._matching(operation, parameters))
        if operation is not None:
            check_operation(operation)
        return self._record.count(operation)

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
        """The kept calls of an operation, in a Region, by an account, with an error or without.

        Of the parameters, those that are named must be equal; so it is with the members of a
        mapping in them.
        """
        return [
            call
            for call in self._matching(operation, parameters)
            if region in {None, call.region}
            and account_id in {None, call.account_id}
            and failed in {None, call.error is not None}
        ]

    def assert_called(
        self, operation: str, /, *, times: int | None = None, **parameters: object
    ) -> Call:
        """The newest call of the operation with these parameters.

        AssertionError, with what was called and how it differs, if none is known, or not as many
        as ``times``.
        """
        if times is not None and times < 1:
            msg = f"times={times}: give a whole number from 1 on, or use assert_not_called()."
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
        raise AssertionError("\n".join([said, *self._instead(operation, parameters, matching)]))

    def assert_not_called(self, operation: str, /, **parameters: object) -> None:
        """AssertionError, with the calls, if the operation was called with these parameters."""
        matching = self._matching(operation, parameters)
        known, unknown = self._numbers(operation, parameters, matching)
        if known:
            said = f"{operation} was called {known} time(s){_with(parameters)}:"
            raise AssertionError("\n".join([said, *_listed(matching), *self._forgotten()]))
        if unknown:
            said = f"{operation} was called, and nobody knows whether it was{_with(parameters)}."
            raise AssertionError("\n".join([said, *self._forgotten()]))

    def expect_only(self, *operations: str) -> None:
        """From now on, a call of any other operation raises UnexpectedCallError in the program."""
        for operation in operations:
            check_operation(operation)
        with self._world.lock:
            self._record.expected = frozenset(operations)

    def expect_anything(self) -> None:
        """Take ``expect_only`` back."""
        with self._world.lock:
            self._record.expected = None

    def assert_expected(self) -> None:
        """AssertionError if a call was refused by ``expect_only``, and the program hid that."""
        number = self._record.unexpected
        if number:
            said = f"{number} call(s) were not expected:"
            kept = [call for call in self if call.is_unexpected]
            raise AssertionError("\n".join([said, *_listed(kept), *self._forgotten()]))

    @property
    def _record(self) -> Record:
        return self._world.record

    def _matching(self, operation: str | None, parameters: dict[str, object]) -> list[Call]:
        if operation is not None:
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
        """How many calls had the parameters, and of how many more that is not known."""
        dropped = self._record.dropped(operation)
        return (len(matching), dropped) if parameters else (len(matching) + dropped, 0)

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
            yield from self._forgotten()
            return
        calls = self._matching(operation, {})
        if calls:
            closest = min(
                reversed(calls),
                key=lambda call: len(list(differences(parameters, call.parameters))),
            )
            yield f"The closest of its {len(calls)} call(s), at {closest.time.isoformat()}:"
            yield from (f"  {text}" for text in differences(parameters, closest.parameters))
        counts = sorted(self._record.counts.items())
        called = ", ".join(f"{name} ({count})" for name, count in counts)
        yield f"Called were: {called or 'no operations'}."
        yield from self._forgotten()


def _with(parameters: dict[str, object]) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
    return f" with {given}" if given else ""


def _listed(calls: list[Call]) -> Iterator[str]:
    yield from (f"  {call}" for call in calls[-_SHOWN:])
    if len(calls) > _SHOWN:
        yield f"  and {len(calls) - _SHOWN:,} before"
