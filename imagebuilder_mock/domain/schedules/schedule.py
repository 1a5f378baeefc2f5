"""When a pipeline runs: ``cron(...)`` and ``rate(...)`` expressions, and their next runs.

Source: user guide, page cron-expressions. It says nothing about clock changes, so these follow
EventBridge Scheduler's page schedule-types: a run at a local time that does not exist is skipped,
and one at a local time that occurs twice happens only the first time; a day of a rate is 24 hours.

The refusal of a cron expression has the form that was seen for five fields instead of six, ``cron(0
0 * * *)``. The refusal of anything else is that of Application Auto Scaling, which starts with the
same words, without ``at(...)``. The texts for rates and time zones are inferred.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from imagebuilder_mock.domain.records import Value

from .cron import CronExpression, CronSyntaxError

_START = datetime(1969, 12, 31, tzinfo=timezone.utc)
_END = datetime(2200, 1, 2, tzinfo=timezone.utc)
"""The years 1970 to 2199 are between these two in every time zone."""

_EXPRESSION = re.compile(r"(cron|rate)\((.*)\)", re.DOTALL)
_SYNTAX = (
    r"Schedule expressions must have the following syntax: "
    r"rate(<number>\s?(minutes?|hours?|days?)) or cron(<cron_expression>)."
)
_UNITS = {"minute": 60, "hour": 60 * 60, "day": 24 * 60 * 60}


class ScheduleError(ValueError):
    """AWS would refuse the schedule; ``detail`` follows after "is not valid. "."""

    parameter = "schedule.scheduleExpression"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class TimezoneError(ScheduleError):
    """There is no such time zone."""

    parameter = "schedule.timezone"


def parse_schedule(expression: str, timezone: str | None = None) -> Schedule:
    """Read a schedule expression; without a time zone it is in UTC.

    ScheduleError if AWS would refuse the expression, TimezoneError for the time zone.
    """
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        raise _invalid(_SYNTAX)
    kind, text = found.groups()
    zone = _read_zone(timezone)
    return _read_rate(text) if kind == "rate" else _read_cron(text, zone)


class CronSchedule(Value):
    """Runs at the matching minutes of a time zone's wall clock."""

    expression: CronExpression
    zone: tzinfo

    def next_after(
        self,
        moment: datetime,
        *,
        anchor: datetime | None = None,  # noqa: ARG002 - a rate counts from it
    ) -> datetime | None:
        """The first run after an aware moment, in UTC; None if there is none before 2200."""
        if moment >= _END:
            return None
        wall = max(moment, _START).astimezone(self.zone).replace(tzinfo=None)
        for minute in self.expression.minutes_from(wall):
            run = minute.replace(tzinfo=self.zone).astimezone(timezone.utc)
            # In a repeated hour, the minute can be ahead although its first occurrence is over.
            if run > moment and self._shows(minute, run):
                return run
        return None

    def _shows(self, minute: datetime, run: datetime) -> bool:
        """False for a minute that the clocks leave out."""
        return run.astimezone(self.zone).replace(tzinfo=None) == minute


class RateSchedule(Value):
    """Runs one period after the schedule was made, and then after every further period."""

    seconds: int

    def next_after(self, moment: datetime, *, anchor: datetime | None = None) -> datetime | None:
        """The same; the periods are counted from ``anchor``, or else from ``moment``."""
        anchor = (anchor or moment).astimezone(timezone.utc)
        second = timedelta(seconds=1)
        periods = max((moment - anchor) // second // self.seconds, 0) + 1
        elapsed = periods * self.seconds
        if elapsed > (_END - anchor) // second:
            return None
        return anchor + elapsed * second


Schedule: TypeAlias = CronSchedule | RateSchedule


def _read_cron(text: str, zone: tzinfo) -> CronSchedule:
    try:
        return CronSchedule(CronExpression.parse(text), zone)
    except CronSyntaxError as error:
        raise _invalid(f"Invalid CRON expression: {error}") from error


def _read_rate(text: str) -> RateSchedule:
    value, _, unit = text.partition(" ")
    unit_at = len(value) + 1
    if not re.fullmatch("[0-9]*[1-9][0-9]*", value):
        raise _invalid_rate(0, "The value must be a positive number.")
    if not unit:
        raise _invalid_rate(len(text), "Unexpected end of expression.")
    seconds = _UNITS.get(unit.removesuffix("s"))
    if seconds is None:
        raise _invalid_rate(unit_at, f"Invalid unit value: '{unit}'")
    if (int(value) == 1) == unit.endswith("s"):
        raise _invalid_rate(unit_at, "The unit is singular for 1 and plural for more than 1.")
    return RateSchedule(int(value) * seconds)


def _read_zone(name: str | None) -> tzinfo:
    if name is None:
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # A name can also be malformed ("../x") or a folder of the database ("Europe").
        raise TimezoneError(f"Invalid timezone: '{name}'.") from error


def _invalid_rate(position: int, details: str) -> ScheduleError:
    return _invalid(f"Invalid RATE expression: error at position {position}, details: {details}")


def _invalid(details: str) -> ScheduleError:
    return ScheduleError(f"Invalid schedule expression. Details: {details}")
