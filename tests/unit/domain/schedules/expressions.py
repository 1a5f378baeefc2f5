"""Schedules of one expression, and when they run."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.schedules.schedule import parse_schedule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from imagebuilder_mock.domain.schedules.schedule import Schedule

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def cron(text: str, zone: str | None = None) -> Schedule:
    return parse_schedule(f"cron({text})", zone)


def runs_after(schedule: Schedule, moment: datetime) -> Iterator[datetime]:
    while (run := schedule.next_after(moment)) is not None:
        yield run
        moment = run


def first_runs(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    return list(islice(runs_after(schedule, after), count))


def runs_between(schedule: Schedule, start: datetime, end: datetime) -> list[datetime]:
    """Those after the start, up to the end and at it."""
    return list(takewhile(lambda run: run <= end, runs_after(schedule, start)))


def days_run(text: str, after: datetime, count: int) -> list[str]:
    return [f"{run:%Y-%m-%d}" for run in first_runs(cron(text), after, count)]
