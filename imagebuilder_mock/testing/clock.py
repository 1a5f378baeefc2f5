"""Mock time in the test's hands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from imagebuilder_mock.engines import passing_time
from imagebuilder_mock.world.clock import aware

if TYPE_CHECKING:
    from datetime import datetime

    from imagebuilder_mock.world.world import World


class MockClock:
    """``mock.clock``: it tells the time and moves it; what falls due on the way is done."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        """The time in the mock: aware, UTC."""
        with self._world.lock:
            return self._world.clock.now()

    def advance(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        limit: int | None = passing_time.RUN_LIMIT,
    ) -> None:
        """Let time pass. ValueError if it is less than nothing.

        RuntimeError if more than ``limit`` scheduled runs fall due; ``limit=None`` lifts it.
        """
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if span < timedelta():
            msg = f"The clock never runs backwards: {span} was asked for."
            raise ValueError(msg)
        with self._world.lock:
            passing_time.move_to(self._world, self._world.clock.now() + span, limit=limit)

    def move_to(self, moment: datetime, *, limit: int | None = passing_time.RUN_LIMIT) -> None:
        """Let time pass until ``moment``, an aware datetime. ValueError if it is in the past."""
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
