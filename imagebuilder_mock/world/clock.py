"""Mock time: it follows the real time, stands still, or is moved; it never runs backwards."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UTC = timezone.utc


class Clock:
    """The time of a world, in aware UTC, to the millisecond the service shows.

    ``real`` gives the process's time; it is asked at each look, so that freezegun and
    time-machine are followed. ``starts_at`` makes the clock stand still there; else it is ahead of
    real time by ``offset``.
    """

    __slots__ = ("_last", "_late", "_offset", "_real", "_still")

    def __init__(
        self,
        real: Callable[[], datetime],
        *,
        starts_at: datetime | None = None,
        offset: timedelta = timedelta(),
    ) -> None:
        self._real = real
        self._offset = offset
        self._still = None if starts_at is None else aware(starts_at, "now=")
        self._late: datetime | None = None
        self._last = self._read()

    @property
    def stands_still(self) -> bool:
        return self._still is not None

    @property
    def offset(self) -> timedelta:
        """How far ahead of real time it is, if it runs."""
        return self._offset

    def now(self) -> datetime:
        if self._late is not None:
            return self._late
        moment = self._read()
        # Real time can be set back, by the system or by freezegun; mock time cannot.
        if moment < self._last:
            return self._last
        self._last = moment
        return moment

    def set_forward(self, moment: datetime) -> None:
        """Go to ``moment`` if it lies ahead; do nothing otherwise."""
        ahead = moment - self.now()
        if ahead <= timedelta():
            return
        if self._still is not None:
            self._still = moment
        else:
            self._offset = moment - self._real_utc()
        self._last = moment

    @contextmanager
    def as_of(self, moment: datetime) -> Iterator[None]:
        """Return this moment from ``now`` meanwhile, for what should have happened then."""
        self._late = moment
        try:
            yield
        finally:
            self._late = None

    def _read(self) -> datetime:
        if self._still is not None:
            return self._still
        return self._real_utc() + self._offset

    def _real_utc(self) -> datetime:
        return self._real().astimezone(UTC)


def moment_of(text: str) -> datetime:
    """Read ISO text, which may end in ``Z``; ValueError if it is malformed."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def aware(moment: datetime, what: str) -> datetime:
    """``moment`` in UTC; ValueError, saying what to write instead, if it has no time zone."""
    if moment.tzinfo is None:
        msg = (
            f"{what} needs a datetime with a time zone, and {moment!r} has none: write "
            "datetime(2024, 1, 31, tzinfo=timezone.utc)."
        )
        raise ValueError(msg)
    return moment.astimezone(UTC)
