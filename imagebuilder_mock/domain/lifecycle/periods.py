"""Periods of time: days and weeks have a fixed length, months and years follow the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

from imagebuilder_mock.domain.records import Value

PeriodUnit = Literal["DAYS", "WEEKS", "MONTHS", "YEARS"]

_DAYS = {"DAYS": 1, "WEEKS": 7}
_MONTHS = {"MONTHS": 1, "YEARS": 12}
_MONTHS_OF_A_YEAR = 12
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


class Period(Value):
    """A period of a lifecycle rule, such as ``6 MONTHS``."""

    value: int
    unit: PeriodUnit

    def __str__(self) -> str:
        unit = self.unit.lower()
        return f"{self.value} {unit.removesuffix('s') if self.value == 1 else unit}"

    def after(self, moment: datetime) -> datetime:
        """The end of the period that begins at ``moment``.

        Months and years end on the day of the month on which they began, or on the last one of a
        shorter month: a month after 31 January is 29 February in a leap year.
        """
        try:
            if self.unit in _DAYS:
                return moment + timedelta(days=self.value * _DAYS[self.unit])
            months = moment.year * _MONTHS_OF_A_YEAR + moment.month - 1
            year, month = divmod(months + self.value * _MONTHS[self.unit], _MONTHS_OF_A_YEAR)
            day = min(moment.day, monthrange(year, month + 1)[1])
            return moment.replace(year=year, month=month + 1, day=day)
        except (OverflowError, ValueError):  # after the last year that Python knows
            return _NEVER

    def has_passed(self, since: datetime, now: datetime) -> bool:
        """Whether the period that began at ``since`` is over; at its very end it is."""
        elapsed = now - since
        shortest, longest = _bounds(self)
        if shortest <= elapsed < longest:
            return self.after(since) <= now
        return elapsed >= longest


@lru_cache(maxsize=64)
def _bounds(period: Period) -> tuple[timedelta, timedelta]:
    """The shortest and the longest time it can take; only in between the calendar decides."""
    if period.unit in _DAYS:
        span = timedelta(days=period.value * _DAYS[period.unit])
        return span, span
    months = period.value * _MONTHS[period.unit]
    return timedelta(days=28 * months), timedelta(days=31 * months)
