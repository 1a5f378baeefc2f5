"""Schedules of one expression, and when they run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.schedules.schedule import parse_schedule

if TYPE_CHECKING:
    from datetime import datetime

    from imagebuilder_mock.domain.schedules.schedule import Schedule

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def cron(text: str, zone: str | None = None) -> Schedule:
    return parse_schedule(f"cron({text})", zone)


def first_runs(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    runs: list[datetime] = []
    run = schedule.next_after(after)
    while run is not None and len(runs) < count:
        runs.append(run)
        run = schedule.next_after(run)
    return runs


def days_run(text: str, after: datetime, count: int) -> list[str]:
    return [f"{run:%Y-%m-%d}" for run in first_runs(cron(text), after, count)]
