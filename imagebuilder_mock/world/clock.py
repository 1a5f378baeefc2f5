"""Mock time: the process's time with what a test has added to it, or a moment that stands still."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UTC = timezone.utc

_NOTHING = timedelta()

_UNNOTICED = 0.1
"""By how many seconds the process's time may differ from the steady time between two looks."""
_DRIFT = 0.001
"""By which share of the time between them they may differ too: systems correct their clocks."""
_ATTEMPTS = 10
"""How often both times are read until the thread was not interrupted in between."""
_STEPS = 1000
"""How many steps may lie between two of our looks, of a clock that steps at every look."""


class Clock:
    """The time of a world, in aware UTC, to the millisecond the service shows.

    ``real`` gives the process's time, as freezegun or time-machine have it now, and ``steady``
    gives seconds that nobody sets. ``starts_at`` makes the clock stand still there. Otherwise it is
    ahead of the process's time by ``offset`` until that time jumps, that is, moves on by another
    span than the steady time. Then a test has frozen it, moved it or let it go, and the clock is
    where the process is. Without ``steady``, no jump is noticed.
    """

    __slots__ = ("_floor", "_late", "_offset", "_real", "_seen", "_steady", "_still")

    def __init__(
        self,
        real: Callable[[], datetime],
        *,
        steady: Callable[[], float] | None = None,
        starts_at: datetime | None = None,
        offset: timedelta = _NOTHING,
    ) -> None:
        self._real = real
        self._steady = steady
        self._offset = offset
        self._still = None if starts_at is None else aware(starts_at, "now=")
        self._late: datetime | None = None
        self._floor: datetime | None = None
        self._seen = self._look()

    @property
    def stands_still(self) -> bool:
        return self._still is not None

    @property
    def offset(self) -> timedelta:
        """How far ahead of the process's time it is, if it runs."""
        return self._offset

    def process_time(self) -> datetime:
        """The time of the process, as other code in it sees it."""
        return self._read()

    def now(self) -> datetime:
        moment = self._late or self._present()
        return moment if self._floor is None or moment >= self._floor else self._floor

    def set_forward(self, moment: datetime) -> None:
        """Go to ``moment`` if it lies ahead; do nothing otherwise."""
        if moment <= self._present():
            return
        if self._still is not None:
            self._still = moment
        else:
            self._seen = self._look()
            self._offset = moment - self._seen[0]

    @contextmanager
    def as_of(self, moment: datetime) -> Iterator[None]:
        """Return this moment from ``now`` meanwhile, for what should have happened then."""
        before, self._late = self._late, moment
        try:
            yield
        finally:
            self._late = before

    @contextmanager
    def not_before(self, moment: datetime) -> Iterator[None]:
        """Return no earlier moment from ``now`` meanwhile, for what goes on since then.

        The process's time can be set back, and nothing ends before it has begun.
        """
        before = self._floor
        self._floor = moment if before is None else max(before, moment)
        try:
            yield
        finally:
            self._floor = before

    def _present(self) -> datetime:
        if self._still is not None:
            return self._still
        moment = self._read()
        # This is on the way of every call: nothing more is read than has to be.
        if not self._offset:
            return moment
        if self._steady is not None:
            steady = self._steady()
            if self._differs(moment, steady):
                # The thread may have been interrupted between the two.
                moment, steady = self._look()
                if self._differs(moment, steady) and not self._steps_by_itself(moment):
                    self._offset = _NOTHING
            self._seen = moment, steady
        return moment + self._offset

    def _differs(self, moment: datetime, steady: float) -> bool:
        """Whether the process's time has not moved on as the steady time has, nor stood still."""
        seen, seen_steady = self._seen
        passed, elapsed = (moment - seen).total_seconds(), steady - seen_steady
        return passed != 0 and abs(passed - elapsed) > _UNNOTICED + _DRIFT * elapsed

    def _look(self) -> tuple[datetime, float]:
        """The process's time and the steady time at one instant."""
        if self._steady is None:
            return self._read(), 0.0
        before, moment, after = self._steady(), self._read(), self._steady()
        for _ in range(_ATTEMPTS):
            if after - before < _UNNOTICED / 4:
                break
            before, moment, after = after, self._read(), self._steady()
        return moment, after

    def _steps_by_itself(self, moment: datetime) -> bool:
        """Whether it is each look that moves the clock (freezegun's ``auto_tick_seconds``)."""
        passed, step = moment - self._seen[0], self._read() - moment
        is_step = step.total_seconds() > _UNNOTICED
        return is_step and _NOTHING < passed <= _STEPS * step and not passed % step

    def _read(self) -> datetime:
        moment = self._real()
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def moment_of(text: str) -> datetime:
    """Read ISO text, which may end in ``Z``; ValueError if it is malformed."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def aware(moment: datetime, what: str) -> datetime:
    """``moment`` in UTC.

    ValueError if it has no time zone, TypeError if it is not a datetime; both say what to write.
    """
    given: object = moment
    is_moment = isinstance(given, datetime)
    if is_moment and moment.tzinfo:
        return moment.astimezone(UTC)
    but = f"and {given!r} has none" if is_moment else f"not {given!r}"
    msg = (
        f"{what} needs a datetime with a time zone, {but}: write datetime(2024, 1, 31, "
        "tzinfo=timezone.utc)."
    )
    raise ValueError(msg) if is_moment else TypeError(msg)
