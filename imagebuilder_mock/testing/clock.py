"""``mock.clock``: mock time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from imagebuilder_mock.engines import passing_time
from imagebuilder_mock.world.clock import aware
from imagebuilder_mock.world.published import published

from .arguments import Face

if TYPE_CHECKING:
    from datetime import datetime


class MockClock(Face):
    """``mock.clock``: read mock time and move it forward; what falls due on the way happens.

    The methods return the new time, an aware datetime in UTC. ValueError for a time in the past.
    RuntimeError if more than ``limit`` scheduled runs of pipelines and lifecycle policies fall due
    on the way, and then nothing has moved; ``limit=None`` allows any number.
    """

    __slots__ = ()

    def _holds(self) -> str:
        still = ", standing still" if self._world.clock.stands_still else ""
        return f"{self._world.clock.now().isoformat()}{still}"

    @published("now")
    def now(self) -> datetime:
        """Mock time: an aware datetime in UTC."""
        with self._world.lock:
            return self._world.clock.now()

    @published("now", days=1, hours=2)
    def advance(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        limit: int | None = passing_time.RUN_LIMIT,
    ) -> datetime:
        """Move mock time forward by the sum of the arguments."""
        try:
            span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            self.now() + span
        except (OverflowError, ValueError):
            msg = "The calendar ends with the year 9999: the clock goes no further."
            raise ValueError(msg) from None
        if span < timedelta():
            msg = f"The clock never runs backwards: {span} was asked for."
            raise ValueError(msg)
        with self._world.lock:
            passing_time.move_to(self._world, self._world.clock.now() + span, limit=limit)
            return self.now()

    @published("now", moment="2030-01-31T12:00:00+00:00")
    def move_to(self, moment: datetime, *, limit: int | None = passing_time.RUN_LIMIT) -> datetime:
        """Move mock time forward to ``moment``, an aware datetime."""
        target = aware(moment, "move_to()")
        with self._world.lock:
            now = self._world.clock.now()
            if target < now:
                msg = (
                    f"The clock never runs backwards: it is {now.isoformat()}, and "
                    f"{target.isoformat()} was asked for."
                )
                raise ValueError(msg)
            passing_time.move_to(self._world, target, limit=limit)
            return self.now()
