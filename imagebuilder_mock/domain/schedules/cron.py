"""The six fields between the parentheses of ``cron(...)``, and the wall-clock minutes they name.

Source: user guide, page cron-expressions. What that page leaves open is read as EventBridge's pages
eb-scheduled-rule-pattern and schedule-types say: ``10/15`` steps from 10 to the end of the field,
``20-2`` goes on past the end, ``6L`` is the month's last Friday. What no page says is inferred:
``L``, ``W`` and ``#`` cannot be in a list or range; AWS does not have ``LW`` and ``L-3``; ``W``
stays in its month, and a month without that day has no run.

Refusals have the words of Quartz where it has some, because the two that were seen are Quartz's:
"Unexpected end of expression." (Image Builder, hashicorp/terraform-provider-aws#17396) and "Invalid
Month value: 'MON'" (Application Auto Scaling, #13995). The others are inferred from that, and so
are the positions, except that of a missing field.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from calendar import SATURDAY, SUNDAY, monthrange
from datetime import date, datetime, time
from functools import partial
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    Days: TypeAlias = Callable[[int, int], Sequence[int]]
    """Returns the days that a field means in a month of a year, in ascending order."""


class CronSyntaxError(ValueError):
    """The text is not a cron expression; the message has the index of the error in the text."""

    def __init__(self, position: int, details: str) -> None:
        super().__init__(f"error at position {position}, details: {details}")


class CronExpression(Value):
    """The values of the six fields, in ascending order."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: Days
    months: tuple[int, ...]
    years: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> CronExpression:
        """Read ``0 10 * * ? *``; CronSyntaxError if AWS would refuse it."""
        reader = _Reader(text)
        minutes = _read_values(reader, _MINUTE)
        reader.expect(" ")
        hours = _read_values(reader, _HOUR)
        reader.expect(" ")
        days_of_month = _read_days_of_month(reader)
        reader.expect(" ")
        months = _read_values(reader, _MONTH)
        reader.expect(" ")
        day_of_week_at = reader.position
        days_of_week = _read_days_of_week(reader)
        reader.expect(" ")
        years = _read_values(reader, _YEAR)
        reader.expect("")
        if days_of_month and days_of_week:
            raise CronSyntaxError(day_of_week_at, _BOTH_DAYS)
        days = days_of_month or days_of_week
        if not days:
            raise CronSyntaxError(day_of_week_at, _NEITHER_DAY)
        return cls(minutes, hours, days, months, years)

    def minutes_from(self, start: datetime) -> Iterator[datetime]:
        """The matching minutes from ``start`` on, in order, as naive datetimes of a wall clock."""
        for day in self._dates_from(start.date()):
            earliest = start.time() if day == start.date() else time.min
            for hour in _at_least(self.hours, earliest.hour):
                first = earliest.minute if hour == earliest.hour else 0
                for minute in _at_least(self.minutes, first):
                    yield datetime.combine(day, time(hour, minute))

    def _dates_from(self, start: date) -> Iterator[date]:
        for year in _at_least(self.years, start.year):
            for month in _at_least(self.months, start.month if year == start.year else 1):
                for number in self.days(year, month):
                    day = date(year, month, number)
                    if day >= start:
                        yield day


def _at_least(values: tuple[int, ...], lowest: int) -> tuple[int, ...]:
    return values[bisect_left(values, lowest) :]


class _Field(Value):
    """One row of AWS's table; ``label`` is its name in a refusal."""

    label: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()
    has_steps: bool = True
    runs_over: bool = True


_MINUTE = _Field("Minute and Second", 0, 59)
_HOUR = _Field("Hour", 0, 23)
_DAY_OF_MONTH = _Field("Day of month", 1, 31)
_MONTH = _Field(
    "Month",
    1,
    12,
    ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
)
_DAY_OF_WEEK = _Field(
    "Day-of-Week", 1, 7, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), has_steps=False
)
_YEAR = _Field("Year", 1970, 2199, runs_over=False)

_LETTERS = 3
"""A name has three letters, and any three letters are read as a name."""

_TOKEN = re.compile(rf"[0-9]+|[A-Z]{{{_LETTERS}}}|.", re.DOTALL)
_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)

_BOTH_DAYS = (
    "Support for specifying both a day-of-week AND a day-of-month parameter is not implemented."
)
_NEITHER_DAY = "'?' can only be specified for Day-of-Month -OR- Day-of-Week."
_UNEXPECTED = {
    "": "Unexpected end of expression.",
    " ": "Unexpected white space.",
    "?": "'?' can only be specified for Day-of-Month or Day-of-Week.",
}


class _Reader:
    """The tokens of a text (numbers, names, single characters), and the next one to read."""

    __slots__ = ("_index", "_tokens")

    def __init__(self, text: str) -> None:
        upper = text.translate(_UPPER)
        self._tokens = [(found.start(), found[0]) for found in _TOKEN.finditer(upper)]
        # Two tokens for the end, because two tokens can be looked at.
        self._tokens += [(len(text), "")] * 2
        self._index = 0

    @property
    def position(self) -> int:
        return self._tokens[self._index][0]

    @property
    def coming(self) -> str:
        return self._tokens[self._index][1]

    @property
    def following(self) -> str:
        return self._tokens[self._index + 1][1]

    @property
    def number(self) -> int | None:
        return int(self.coming) if "0" <= self.coming[:1] <= "9" else None

    def advance(self) -> None:
        self._index += 1

    def take(self, token: str) -> bool:
        """Skip the next token if it is this one, and return whether it was."""
        if self.coming != token:
            return False
        self.advance()
        return True

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise self.refusal()

    def refusal(self, details: str | None = None) -> CronSyntaxError:
        """The error about the next token; without details, that it was not expected."""
        unexpected = _UNEXPECTED.get(self.coming, f"Unexpected character: {self.coming}")
        return CronSyntaxError(self.position, details or unexpected)


def _read_days_of_month(reader: _Reader) -> Days | None:
    """None for ``?``."""
    if reader.take("?"):
        return None
    if reader.take("L"):
        return _last_day
    if reader.following == "W":
        day = _read_value(reader, _DAY_OF_MONTH)
        reader.advance()
        return partial(_nearest_working_day, day)
    return partial(_days_of_month, _read_values(reader, _DAY_OF_MONTH))


def _read_days_of_week(reader: _Reader) -> Days | None:
    """None for ``?``."""
    if reader.take("?"):
        return None
    if reader.take("L"):
        # "The last day: ... or Sunday, for the day of the week" (cron-expressions).
        return partial(_days_of_week, (_SUNDAY,))
    if reader.following == "L":
        weekday = _read_value(reader, _DAY_OF_WEEK)
        reader.advance()
        return partial(_last_of_weekday, weekday)
    if reader.following == "#":
        weekday = _read_value(reader, _DAY_OF_WEEK)
        reader.advance()
        return partial(_nth_of_weekday, weekday, _read_nth(reader))
    return partial(_days_of_week, _read_values(reader, _DAY_OF_WEEK))


def _read_values(reader: _Reader, field: _Field) -> tuple[int, ...]:
    values = set(_read_item(reader, field))
    while reader.take(","):
        values.update(_read_item(reader, field))
    return tuple(sorted(values))


def _read_item(reader: _Reader, field: _Field) -> Sequence[int]:
    """``*``, a value or a range, with a step or without."""
    first, last = field.lowest, field.highest
    if not reader.take("*"):
        first = last = _read_value(reader, field)
        if reader.take("-"):
            last = _read_range_end(reader, field, first)
        elif reader.coming == "/":
            last = field.highest
    step = _read_step(reader, field) if field.has_steps and reader.take("/") else 1
    if first <= last:
        return range(first, last + 1, step)
    return [*range(first, field.highest + 1), *range(field.lowest, last + 1)][::step]


def _read_value(reader: _Reader, field: _Field) -> int:
    """A number or a name."""
    value = reader.number
    if value is None:
        value = _read_name(reader, field)
    elif not field.lowest <= value <= field.highest:
        raise reader.refusal(
            f"{field.label} values must be between {field.lowest} and {field.highest}"
        )
    reader.advance()
    return value


def _read_name(reader: _Reader, field: _Field) -> int:
    name = reader.coming
    if name in field.names:
        return field.lowest + field.names.index(name)
    if len(name) != _LETTERS:
        raise reader.refusal()
    if not field.names:
        raise reader.refusal(f"Illegal characters for this position: '{name}'")
    raise reader.refusal(f"Invalid {field.label} value: '{name}'")


def _read_range_end(reader: _Reader, field: _Field, first: int) -> int:
    position = reader.position
    last = _read_value(reader, field)
    if last < first and not field.runs_over:
        raise CronSyntaxError(position, "Start year must be less than stop year")
    return last


def _read_step(reader: _Reader, field: _Field) -> int:
    step = reader.number
    if step is None:
        raise reader.refusal("'/' must be followed by an integer.")
    if step < 1:
        raise reader.refusal(f"Increment < 1 : {step}")
    if step > field.highest:
        raise reader.refusal(f"Increment > {field.highest - field.lowest + 1} : {step}")
    reader.advance()
    return step


def _read_nth(reader: _Reader) -> int:
    nth = reader.number
    if nth is None or not 1 <= nth <= _MOST_WEEKS:
        raise reader.refusal(
            f"A numeric value between 1 and {_MOST_WEEKS} must follow the '#' option"
        )
    reader.advance()
    return nth


_SUNDAY = 1
"""AWS counts the days of the week from Sunday = 1, ``calendar`` from Monday = 0."""

_MOST_WEEKS = 5


def _days_of_month(days: tuple[int, ...], year: int, month: int) -> Sequence[int]:
    return days[: bisect_right(days, monthrange(year, month)[1])]


def _last_day(year: int, month: int) -> Sequence[int]:
    return (monthrange(year, month)[1],)


def _nearest_working_day(day: int, year: int, month: int) -> Sequence[int]:
    first_weekday, last_day = monthrange(year, month)
    if day > last_day:
        return ()
    weekday = (first_weekday + day - 1) % 7
    if weekday == SATURDAY:
        return (day - 1 if day > 1 else day + 2,)
    if weekday == SUNDAY:
        return (day + 1 if day < last_day else day - 2,)
    return (day,)


def _days_of_week(weekdays: tuple[int, ...], year: int, month: int) -> Sequence[int]:
    return sorted(day for weekday in weekdays for day in _weekly(weekday, year, month))


def _last_of_weekday(weekday: int, year: int, month: int) -> Sequence[int]:
    return _weekly(weekday, year, month)[-1:]


def _nth_of_weekday(weekday: int, nth: int, year: int, month: int) -> Sequence[int]:
    return _weekly(weekday, year, month)[nth - 1 : nth]


def _weekly(weekday: int, year: int, month: int) -> range:
    first_weekday, last_day = monthrange(year, month)
    ahead = (weekday - _SUNDAY - 1 - first_weekday) % 7
    return range(1 + ahead, last_day + 1, 7)
