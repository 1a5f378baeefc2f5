"""Schedules: AWS's cron and rate grammar, time zones, and what is refused with which words.

Sources: user guide, page cron-expressions; EventBridge, pages eb-scheduled-rule-pattern and
schedule-types. The laws compare with a scan by a second reading of the grammar, and with cronsim.
"""

from __future__ import annotations

import copy
import re
from datetime import date, datetime, timedelta, timezone
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from imagebuilder_mock.domain.schedules import (
    CronSchedule,
    RateSchedule,
    ScheduleError,
    TimezoneError,
    parse_schedule,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagebuilder_mock.domain.schedules import Schedule

utc = partial(datetime, tzinfo=timezone.utc)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


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


def refusal_of(expression: str) -> str:
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(expression)
    assert caught.value.parameter == "schedule.scheduleExpression"
    return caught.value.detail


def test_five_fields_are_refused_in_the_words_that_aws_was_seen_to_use() -> None:
    # cron(0 0 * * *): hashicorp/terraform-provider-aws#17396, buildkite/image-builder#7
    assert refusal_of("cron(0 0 * * *)") == (
        "Invalid schedule expression. Details: Invalid CRON expression: "
        "error at position 9, details: Unexpected end of expression."
    )


END = "Unexpected end of expression."
SPACE = "Unexpected white space."
QUESTION_MARK = "'?' can only be specified for Day-of-Month or Day-of-Week."
NTH = "A numeric value between 1 and 5 must follow the '#' option"


@pytest.mark.parametrize(
    ("text", "position", "details"),
    [
        pytest.param("", 0, END, id="nothing"),
        pytest.param("0", 1, END, id="one field"),
        pytest.param("0 0 * * ?", 9, END, id="five fields"),
        pytest.param("0 0 * * ? ", 10, END, id="a space instead of the year"),
        pytest.param("0 0 * * ? * *", 11, SPACE, id="seven fields"),
        pytest.param(" 0 0 * * ? *", 0, SPACE, id="a leading space"),
        pytest.param("0 0 * * ? * ", 11, SPACE, id="a trailing space"),
        pytest.param("0 0  * * ? *", 4, SPACE, id="two spaces"),
        pytest.param("0 0\t* * ? *", 3, "Unexpected character: \t", id="a tab"),
        pytest.param(
            "0 0 * * SUN *",
            8,
            "Support for specifying both a day-of-week AND a day-of-month parameter "
            "is not implemented.",
            id="no question mark",
        ),
        pytest.param(
            "0 0 ? * ? *",
            8,
            "'?' can only be specified for Day-of-Month -OR- Day-of-Week.",
            id="two question marks",
        ),
        pytest.param("? 0 * * ? *", 0, QUESTION_MARK, id="a question mark for the minute"),
        pytest.param("0 0 * ? 1 *", 6, QUESTION_MARK, id="a question mark for the month"),
        pytest.param("0 0 ?,1 * ? *", 5, "Unexpected character: ,", id="a question mark listed"),
        pytest.param(
            "60 0 * * ? *", 0, "Minute and Second values must be between 0 and 59", id="minute 60"
        ),
        pytest.param("0 24 * * ? *", 2, "Hour values must be between 0 and 23", id="hour 24"),
        pytest.param("0 0 0 * ? *", 4, "Day of month values must be between 1 and 31", id="day 0"),
        pytest.param(
            "0 0 1,32 * ? *", 6, "Day of month values must be between 1 and 31", id="day 32"
        ),
        pytest.param(
            "0 0 32W * ? *", 4, "Day of month values must be between 1 and 31", id="weekday 32W"
        ),
        pytest.param("0 0 * 0 ? *", 6, "Month values must be between 1 and 12", id="month 0"),
        pytest.param("0 0 * 1-13 ? *", 8, "Month values must be between 1 and 12", id="month 13"),
        pytest.param("0 0 ? * 0 *", 8, "Day-of-Week values must be between 1 and 7", id="day 0"),
        pytest.param(
            "0 0 ? * 8L *", 8, "Day-of-Week values must be between 1 and 7", id="last day 8"
        ),
        pytest.param(
            "0 0 * * ? 1969", 10, "Year values must be between 1970 and 2199", id="year 1969"
        ),
        pytest.param(
            "0 0 * * ? 2200", 10, "Year values must be between 1970 and 2199", id="year 2200"
        ),
        pytest.param(
            "0 0 * * ? 2030-2029", 15, "Start year must be less than stop year", id="years back"
        ),
        pytest.param("0 0 ? * FOO *", 8, "Invalid Day-of-Week value: 'FOO'", id="no such weekday"),
        pytest.param("0 0 ? mon * *", 6, "Invalid Month value: 'MON'", id="a weekday for a month"),
        pytest.param(
            "0 noon * * ? *", 2, "Illegal characters for this position: 'NOO'", id="a name for hour"
        ),
        pytest.param("0 0 ? * FRIDAY *", 11, "Unexpected character: DAY", id="a long name"),
        pytest.param("0 0 ? * fr *", 8, "Unexpected character: F", id="a short name"),
        pytest.param("0 0 ? * \u0663 *", 8, "Unexpected character: \u0663", id="a foreign digit"),
        pytest.param("0 0 1, * ? *", 6, SPACE, id="nothing after the comma"),
        pytest.param("0 0 ,1 * ? *", 4, "Unexpected character: ,", id="nothing before the comma"),
        pytest.param("0 0 1- * ? *", 6, SPACE, id="nothing after the dash"),
        pytest.param("0 0 -1 * ? *", 4, "Unexpected character: -", id="nothing before the dash"),
        pytest.param("0 0 1-2-3 * ? *", 7, "Unexpected character: -", id="two dashes"),
        pytest.param("0 0 *-3 * ? *", 5, "Unexpected character: -", id="a dash after the asterisk"),
        pytest.param("0.5 0 * * ? *", 1, "Unexpected character: .", id="a fraction"),
        pytest.param("/5 0 * * ? *", 0, "Unexpected character: /", id="a step from nowhere"),
        pytest.param("0/ 0 * * ? *", 2, "'/' must be followed by an integer.", id="no step"),
        pytest.param("0/x 0 * * ? *", 2, "'/' must be followed by an integer.", id="a step by x"),
        pytest.param("*/0 0 * * ? *", 2, "Increment < 1 : 0", id="a step by none"),
        pytest.param("0/60 0 * * ? *", 2, "Increment > 60 : 60", id="a step over the hour"),
        pytest.param("0 0 1/32 * ? *", 6, "Increment > 31 : 32", id="a step over the month"),
        pytest.param("0 0 ? * 2/2 *", 9, "Unexpected character: /", id="a step over weekdays"),
        pytest.param("0 0 ? * */2 *", 9, "Unexpected character: /", id="a step over all weekdays"),
        pytest.param("0 L * * ? *", 2, "Unexpected character: L", id="a last hour"),
        pytest.param("0 0 1,L * ? *", 6, "Unexpected character: L", id="the last day listed"),
        pytest.param("0 0 L,1 * ? *", 5, "Unexpected character: ,", id="a day after the last"),
        pytest.param("0 0 5L * ? *", 5, "Unexpected character: L", id="L after a day of month"),
        pytest.param("0 0 L-3 * ? *", 5, "Unexpected character: -", id="L-3"),
        pytest.param("0 0 LW * ? *", 5, "Unexpected character: W", id="LW"),
        pytest.param("0 0 W * ? *", 4, "Unexpected character: W", id="W alone"),
        pytest.param("0 0 1,3W * ? *", 7, "Unexpected character: W", id="W in a list"),
        pytest.param("0 0 ? * 3W *", 9, "Unexpected character: W", id="W after a weekday"),
        pytest.param("0 0 ? * 1,6L *", 11, "Unexpected character: L", id="a last weekday listed"),
        pytest.param("0 0 1#2 * ? *", 5, "Unexpected character: #", id="# after a day of month"),
        pytest.param("0 0 ? * #2 *", 8, "Unexpected character: #", id="# after nothing"),
        pytest.param("0 0 ? * *#2 *", 8, "Unexpected character: *", id="# after the asterisk"),
        pytest.param("0 0 ? * fri#0 *", 12, NTH, id="week 0"),
        pytest.param("0 0 ? * fri#6 *", 12, NTH, id="week 6"),
        pytest.param("0 0 ? * fri# *", 12, NTH, id="week left out"),
        pytest.param("0 0 ? * sat#2,4 *", 13, "Unexpected character: ,", id="two weeks"),
        pytest.param("0 0 ? * 3#1,6#3 *", 11, "Unexpected character: ,", id="two weekdays' weeks"),
    ],
)
def test_a_cron_expression_outside_the_grammar_is_refused_where_it_leaves_it(
    text: str, position: int, details: str
) -> None:
    assert refusal_of(f"cron({text})") == (
        "Invalid schedule expression. Details: Invalid CRON expression: "
        f"error at position {position}, details: {details}"
    )


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "0 0 * * ? *",
        "cron(0 0 * * ? *",
        "cron 0 0 * * ? *",
        "CRON(0 0 * * ? *)",
        " cron(0 0 * * ? *)",
        "cron(0 0 * * ? *) ",
        "at(2030-01-01T00:00:00)",
        "@daily",
        "rate",
    ],
)
def test_what_is_neither_cron_nor_rate_is_refused(expression: str) -> None:
    assert refusal_of(expression) == (
        "Invalid schedule expression. Details: Schedule expressions must have the following "
        r"syntax: rate(<number>\s?(minutes?|hours?|days?)) or cron(<cron_expression>)."
    )


@pytest.mark.parametrize(
    ("text", "position", "details"),
    [
        pytest.param("", 0, "The value must be a positive number.", id="nothing"),
        pytest.param("0 minutes", 0, "The value must be a positive number.", id="zero"),
        pytest.param("-5 minutes", 0, "The value must be a positive number.", id="negative"),
        pytest.param("1.5 hours", 0, "The value must be a positive number.", id="a fraction"),
        pytest.param("one day", 0, "The value must be a positive number.", id="a word"),
        pytest.param("5", 1, END, id="no unit"),
        pytest.param("5 ", 2, END, id="a space instead of the unit"),
        pytest.param("2 weeks", 2, "Invalid unit value: 'weeks'", id="weeks"),
        pytest.param("2 Hours", 2, "Invalid unit value: 'Hours'", id="upper case"),
        pytest.param("2  hours", 2, "Invalid unit value: ' hours'", id="two spaces"),
        pytest.param("2 hours ", 2, "Invalid unit value: 'hours '", id="a trailing space"),
        pytest.param("5minutes", 0, "The value must be a positive number.", id="no space"),
        pytest.param(
            "1 hours", 2, "The unit is singular for 1 and plural for more than 1.", id="1 hours"
        ),
        pytest.param(
            "5 hour", 2, "The unit is singular for 1 and plural for more than 1.", id="5 hour"
        ),
    ],
)
def test_a_rate_outside_the_grammar_is_refused(text: str, position: int, details: str) -> None:
    assert refusal_of(f"rate({text})") == (
        "Invalid schedule expression. Details: Invalid RATE expression: "
        f"error at position {position}, details: {details}"
    )


@pytest.mark.parametrize("expression", ["cron(0 0 * * ? *)", "rate(1 day)"])
@pytest.mark.parametrize("zone", ["Mars/Phobos", "Europe", "../Europe/Berlin", "PST", ""])
def test_a_time_zone_that_does_not_exist_is_refused_as_such(expression: str, zone: str) -> None:
    with pytest.raises(TimezoneError) as caught:
        parse_schedule(expression, zone)

    assert caught.value.parameter == "schedule.timezone"
    assert caught.value.detail == f"Invalid timezone: '{zone}'."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("0 10 * * ? *", "2024-03-02 10:00", id="daily at 10:00 AM"),
        pytest.param("15 12 * * ? *", "2024-03-01 12:15", id="daily at 12:15 PM"),
        pytest.param("0 0 * * ? *", "2024-03-02 00:00", id="daily at midnight"),
        pytest.param("0 10 ? * 2-6 *", "2024-03-04 10:00", id="every weekday morning"),
        pytest.param("0 18 ? * mon-fri *", "2024-03-01 18:00", id="every weekday evening"),
        pytest.param("0 8 1 * ? *", "2024-04-01 08:00", id="first day of every month"),
        pytest.param("30 22 ? * tue#2 *", "2024-03-12 22:30", id="second Tuesday"),
        pytest.param("0 9 ? * SUN *", "2024-03-03 09:00", id="every Sunday"),
    ],
)
def test_the_guides_own_examples_run_as_it_says(text: str, expected: str) -> None:
    # 2024-03-01 is a Friday.
    run = cron(text).next_after(utc(2024, 3, 1, 12))

    assert run is not None
    assert f"{run:%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        pytest.param("5 0", [5], id="a value"),
        pytest.param("05 00", [5], id="a leading zero"),
        pytest.param("7,3,5 0", [3, 5, 7], id="a list"),
        pytest.param("3-5 0", [3, 4, 5], id="a range"),
        pytest.param("4-4 0", [4], id="a range of one"),
        pytest.param("*/20 0", [0, 20, 40], id="a step over all"),
        pytest.param("0/15 0", [0, 15, 30, 45], id="a step from a value to the end"),
        pytest.param("10-40/10 0", [10, 20, 30, 40], id="a step in a range"),
        pytest.param("58-2 0", [0, 1, 2, 58, 59], id="a range past the end"),
        pytest.param("55-5/5 0", [0, 5, 55], id="a step in a range past the end"),
        pytest.param("1,10-12,40/10 0", [1, 10, 11, 12, 40, 50], id="a list of all sorts"),
        pytest.param("0/59 0", [0, 59], id="the widest step"),
    ],
)
def test_lists_ranges_and_steps_name_these_minutes(text: str, minutes: list[int]) -> None:
    runs = cron(f"{text} * * ? *").runs_between(utc(2023, 12, 31, 23, 59), utc(2024, 1, 1, 23))

    assert [run.hour * 60 + run.minute for run in runs] == minutes


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param("31 * ?", ["2024-01-31", "2024-03-31", "2024-05-31"], id="31"),
        pytest.param("*/15 feb ?", ["2024-02-01", "2024-02-16", "2025-02-01"], id="*/15"),
        pytest.param("30-1 2-3 ?", ["2024-02-01", "2024-03-01", "2024-03-30"], id="30-1"),
        pytest.param("L 2 ?", ["2024-02-29", "2025-02-28", "2026-02-28"], id="L"),
        pytest.param("l Feb ?", ["2024-02-29", "2025-02-28", "2026-02-28"], id="l"),
        pytest.param("3W 2-4 ?", ["2024-02-02", "2024-03-04", "2024-04-03"], id="3W"),
        pytest.param("1w 6,9 ?", ["2024-06-03", "2024-09-02", "2025-06-02"], id="1W not before"),
        pytest.param("31W 3,8 ?", ["2024-03-29", "2024-08-30", "2025-03-31"], id="31W not after"),
        pytest.param("31W 2-5 ?", ["2024-03-29", "2024-05-31", "2025-03-31"], id="31W not 30"),
        pytest.param("? 1 1", ["2024-01-07", "2024-01-14", "2024-01-21"], id="1 is Sunday"),
        pytest.param("? 1 7", ["2024-01-06", "2024-01-13", "2024-01-20"], id="7 is Saturday"),
        pytest.param("? 1 L", ["2024-01-07", "2024-01-14", "2024-01-21"], id="L is Sunday"),
        pytest.param("? 1 fri-MON", ["2024-01-01", "2024-01-05", "2024-01-06"], id="fri-mon"),
        pytest.param("? 1 mon,wed", ["2024-01-01", "2024-01-03", "2024-01-08"], id="mon,wed"),
        pytest.param("? * 6L", ["2024-01-26", "2024-02-23", "2024-03-29"], id="6L"),
        pytest.param("? * friL", ["2024-01-26", "2024-02-23", "2024-03-29"], id="friL"),
        pytest.param("? * fri#2", ["2024-01-12", "2024-02-09", "2024-03-08"], id="fri#2"),
        pytest.param("? * 2#5", ["2024-01-29", "2024-04-29", "2024-07-29"], id="2#5"),
        pytest.param("? 2 mon#5", ["2044-02-29", "2072-02-29", "2112-02-29"], id="mon#5 in Feb"),
        pytest.param("29 2 ?", ["2024-02-29", "2028-02-29", "2032-02-29"], id="leap days"),
    ],
)
def test_the_day_fields_name_these_days(days: str, expected: list[str]) -> None:
    assert days_run(f"0 0 {days} *", utc(2023, 12, 31), 3) == expected


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        pytest.param("2030", ["2030"], id="one"),
        pytest.param("2030,2026", ["2026", "2030"], id="a list"),
        pytest.param("2019-2026", ["2025", "2026"], id="a range begun"),
        pytest.param("2024/80", ["2104", "2184"], id="a step"),
        pytest.param("2020", [], id="a year that is over"),
        pytest.param("2199", ["2199"], id="the last year"),
    ],
)
def test_the_year_field_names_these_years_and_then_there_is_no_run(
    years: str, expected: list[str]
) -> None:
    runs = first_runs(cron(f"0 0 1 7 ? {years}"), utc(2024, 7, 1), 9)

    assert [f"{run:%Y}" for run in runs] == expected


@pytest.mark.parametrize(
    "text",
    ["0 0 30 2 ? *", "0 0 31 2,4,6,9,11 ? *", "0 0 30W 2 ? *", "0 0 ? 2 1#5 2025-2031"],
)
def test_a_schedule_that_never_runs_is_accepted_and_has_no_next_run(text: str) -> None:
    assert cron(text).next_after(utc(1970, 1, 1)) is None


def test_the_next_run_is_after_the_moment_never_at_it() -> None:
    daily = cron("0 10 * * ? *")

    assert daily.next_after(utc(2024, 3, 1, 9, 59, 59, 999_999)) == utc(2024, 3, 1, 10)
    assert daily.next_after(utc(2024, 3, 1, 10)) == utc(2024, 3, 2, 10)
    assert daily.next_after(utc(2024, 3, 1, 10, 0, 30)) == utc(2024, 3, 2, 10)


def test_runs_between_leaves_out_the_start_and_takes_in_the_end() -> None:
    runs = cron("0 10 * * ? *").runs_between(utc(2024, 3, 1, 10), utc(2024, 3, 3, 10))

    assert list(runs) == [utc(2024, 3, 2, 10), utc(2024, 3, 3, 10)]


@pytest.mark.parametrize("zone", [None, "Etc/GMT+12", "Etc/GMT-14"])
def test_the_first_and_the_last_minute_of_the_grammar_are_run(zone: str | None) -> None:
    every_minute = cron("* * * * ? *", zone)
    local = ZoneInfo(zone or "UTC")
    first = datetime(1970, 1, 1, 0, 0, tzinfo=local)
    last = datetime(2199, 12, 31, 23, 59, tzinfo=local)

    assert every_minute.next_after(datetime.min.replace(tzinfo=timezone.utc)) == first
    assert every_minute.next_after(last - MINUTE) == last
    assert every_minute.next_after(last) is None
    assert every_minute.next_after(datetime.max.replace(tzinfo=timezone.utc)) is None


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    tokyo = utc(2024, 3, 1, 12).astimezone(ZoneInfo("Asia/Tokyo"))

    run = cron("0 10 * * ? *").next_after(tokyo)

    assert run == utc(2024, 3, 2, 10)
    assert run.tzinfo is timezone.utc


def test_a_schedule_can_be_copied() -> None:
    schedule = cron("0 10 3W * ? *", "Europe/Berlin")

    twin = copy.deepcopy(schedule)

    assert twin.next_after(utc(2024, 3, 1)) == schedule.next_after(utc(2024, 3, 1))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param(None, utc(2024, 7, 1, 9), id="UTC by default"),
        pytest.param("Etc/UTC", utc(2024, 7, 1, 9), id="UTC"),
        pytest.param("America/Los_Angeles", utc(2024, 7, 1, 16), id="summer time"),
        pytest.param("Asia/Kolkata", utc(2024, 7, 1, 3, 30), id="half an hour"),
        pytest.param("Pacific/Kiritimati", utc(2024, 7, 1, 19), id="a day ahead"),
    ],
)
def test_a_cron_is_meant_in_its_time_zone(zone: str | None, expected: datetime) -> None:
    assert cron("0 9 * * ? *", zone).next_after(utc(2024, 7, 1, 1)) == expected


def test_the_local_time_stays_when_the_offset_changes() -> None:
    runs = first_runs(cron("0 9 * * ? *", "Europe/Berlin"), utc(2024, 3, 29, 12), 3)

    assert runs == [utc(2024, 3, 30, 8), utc(2024, 3, 31, 7), utc(2024, 4, 1, 7)]


# schedule-types: "your schedule invocation is skipped"
@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        pytest.param(
            "30 2 * * ? *",
            "America/Los_Angeles",
            utc(2024, 3, 9, 12),
            [utc(2024, 3, 11, 9, 30), utc(2024, 3, 12, 9, 30)],
            id="AWS's own example",
        ),
        pytest.param(
            "*/30 * * * ? *",
            "America/Los_Angeles",
            utc(2024, 3, 10, 9),
            [utc(2024, 3, 10, 9, 30), utc(2024, 3, 10, 10), utc(2024, 3, 10, 10, 30)],
            id="every half hour goes on without a pause",
        ),
        pytest.param(
            "0 0 * * ? *",
            "America/Sao_Paulo",
            utc(2018, 11, 3, 4),
            [utc(2018, 11, 5, 2)],
            id="midnight itself",
        ),
        pytest.param(
            "15 2 * * ? *",
            "Australia/Lord_Howe",
            utc(2024, 10, 5),
            [utc(2024, 10, 6, 15, 15)],
            id="half an hour",
        ),
        pytest.param(
            "0 12 * * ? *",
            "Pacific/Apia",
            utc(2011, 12, 29, 12),
            [utc(2011, 12, 29, 22), utc(2011, 12, 30, 22)],
            id="a whole day: 30 December 2011",
        ),
        pytest.param(
            "30 2 10 3 ? 2024",
            "America/Los_Angeles",
            utc(2024, 1, 1),
            [],
            id="the only run",
        ),
    ],
)
def test_a_run_at_a_local_time_that_does_not_exist_is_skipped(
    text: str, zone: str, after: datetime, expected: list[datetime]
) -> None:
    assert first_runs(cron(text, zone), after, len(expected) or 1) == expected


# schedule-types: "runs only once ... before the shift occurs"
@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        pytest.param(
            "30 1 * * ? *",
            "America/Los_Angeles",
            utc(2024, 11, 3),
            [utc(2024, 11, 3, 8, 30), utc(2024, 11, 4, 9, 30)],
            id="once a day",
        ),
        pytest.param(
            "0/30 * * * ? *",
            "America/Los_Angeles",
            utc(2024, 11, 3, 8),
            [utc(2024, 11, 3, 8, 30), utc(2024, 11, 3, 10), utc(2024, 11, 3, 10, 30)],
            id="every half hour pauses",
        ),
        pytest.param(
            "30 1 * * ? *",
            "America/Los_Angeles",
            utc(2024, 11, 3, 9, 15),
            [utc(2024, 11, 4, 9, 30)],
            id="asked in the repeated hour, before the repetition",
        ),
        pytest.param(
            "45 1 * * ? *",
            "Australia/Lord_Howe",
            utc(2024, 4, 6),
            [utc(2024, 4, 6, 14, 45), utc(2024, 4, 7, 15, 15)],
            id="half an hour",
        ),
    ],
)
def test_a_run_at_a_local_time_that_occurs_twice_happens_the_first_time(
    text: str, zone: str, after: datetime, expected: list[datetime]
) -> None:
    assert first_runs(cron(text, zone), after, len(expected)) == expected


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("1 minute", MINUTE),
        ("5 minutes", 5 * MINUTE),
        ("1 hour", 60 * MINUTE),
        ("36 hours", 36 * 60 * MINUTE),
        ("1 day", DAY),
        ("07 days", 7 * DAY),
    ],
)
def test_a_rate_runs_one_period_after_the_schedule_was_made_and_so_on(
    text: str, period: timedelta
) -> None:
    rate = parse_schedule(f"rate({text})")
    made = utc(2024, 3, 1, 12, 0, 30, 250_000)

    assert rate.next_after(made, anchor=made) == made + period
    assert rate.next_after(made + period, anchor=made) == made + 2 * period
    assert rate.next_after(made + 2.5 * period, anchor=made) == made + 3 * period
    assert rate.next_after(made - period, anchor=made) == made + period


def test_a_rate_without_an_anchor_counts_from_the_moment() -> None:
    rate = parse_schedule("rate(2 hours)")

    assert rate.next_after(utc(2024, 3, 1, 12)) == utc(2024, 3, 1, 14)
    assert list(rate.runs_between(utc(2024, 3, 1, 12), utc(2024, 3, 1, 17))) == [
        utc(2024, 3, 1, 14),
        utc(2024, 3, 1, 16),
    ]


def test_a_rates_day_is_24_hours_in_every_time_zone() -> None:
    made = datetime(2024, 3, 9, 12, tzinfo=ZoneInfo("America/Los_Angeles"))

    run = parse_schedule("rate(1 day)", "America/Los_Angeles").next_after(made)

    assert run == utc(2024, 3, 10, 20)
    assert run.tzinfo is timezone.utc


@pytest.mark.parametrize("days", ["70000", "9" * 900])
def test_a_rate_beyond_the_end_of_the_grammar_has_no_run(days: str) -> None:
    assert parse_schedule(f"rate({days} days)").next_after(utc(2024, 1, 1)) is None


def test_the_two_kinds_can_be_told_apart() -> None:
    assert isinstance(cron("0 0 * * ? *"), CronSchedule)
    assert isinstance(parse_schedule("rate(1 day)"), RateSchedule)


# Laws: a second reading of the grammar, by what each wildcard says about one value


def item_allows(item: str, value: int, lowest: int, highest: int, names: Sequence[str]) -> bool:
    span, _, step = item.partition("/")
    size = highest - lowest + 1
    if span == "*":
        first, last = lowest, highest
    else:
        ends = [lowest + names.index(end) if end in names else int(end) for end in span.split("-")]
        first = ends[0]
        last = highest if step and len(ends) == 1 else ends[-1]
    offset = (value - first) % size
    return (
        lowest <= value <= highest
        and offset <= (last - first) % size
        and offset % int(step or 1) == 0
    )


def allows(text: str, value: int, lowest: int, highest: int, names: Sequence[str] = ()) -> bool:
    return any(item_allows(item, value, lowest, highest, names) for item in text.split(","))


def weekday_number(text: str) -> int:
    return WEEKDAYS.index(text) + 1 if text in WEEKDAYS else int(text)


def day_of_month_allows(text: str, day: date) -> bool:
    month = [d for n in range(31) if (d := day.replace(day=1) + n * DAY).month == day.month]
    if text == "L":
        return day == month[-1]
    if text.endswith("W"):
        wanted = int(text[:-1])
        working = [d for d in month if d.isoweekday() <= 5]
        nearest = min(working, key=lambda d: abs(d.day - wanted))
        return wanted <= len(month) and day == nearest
    return allows(text, day.day, 1, 31)


def day_of_week_allows(text: str, day: date) -> bool:
    weekday = day.isoweekday() % 7 + 1
    if text == "L":
        return weekday == 1
    if text.endswith("L"):
        return weekday == weekday_number(text[:-1]) and (day + 7 * DAY).month != day.month
    if "#" in text:
        name, _, nth = text.partition("#")
        return weekday == weekday_number(name) and (day.day + 6) // 7 == int(nth)
    return allows(text, weekday, 1, 7, WEEKDAYS)


def date_allows(text: str, day: date) -> bool:
    _, _, days, months, weekdays, years = text.split(" ")
    return (
        allows(months, day.month, 1, 12, MONTHS)
        and allows(years, day.year, 1970, 2199)
        and (days == "?" or day_of_month_allows(days, day))
        and (weekdays == "?" or day_of_week_allows(weekdays, day))
    )


def time_allows(text: str, wall: datetime) -> bool:
    minutes, hours, *_ = text.split(" ")
    return allows(minutes, wall.minute, 0, 59) and allows(hours, wall.hour, 0, 23)


def fields(
    lowest: int,
    highest: int,
    names: Sequence[str] = (),
    *,
    has_steps: bool = True,
    runs_over: bool = True,
) -> st.SearchStrategy[str]:
    """Texts of one field, without the wildcards that only the day fields have."""
    numbers = st.integers(lowest, highest)
    values = numbers.map(str)
    if names:
        values |= st.sampled_from(names)
    pairs = st.tuples(numbers, numbers)
    if not runs_over:
        pairs = pairs.map(lambda ends: (min(ends), max(ends)))
    ranges = pairs.map("{0[0]}-{0[1]}".format)
    if names:
        ranges |= st.tuples(st.sampled_from(names), st.sampled_from(names)).map("-".join)
    items = st.just("*") | values | ranges
    if has_steps:
        items |= st.tuples(items, st.integers(1, highest).map(str)).map("/".join)
    return st.just("*") | st.lists(items, min_size=1, max_size=3).map(",".join)


DAYS_OF_MONTH = st.one_of(fields(1, 31), st.just("L"), st.integers(1, 31).map("{}W".format))
DAYS_OF_WEEK = st.one_of(
    fields(1, 7, WEEKDAYS, has_steps=False),
    st.just("L"),
    st.sampled_from(WEEKDAYS).map("{}L".format),
    st.tuples(st.integers(1, 7), st.integers(1, 5)).map("{0[0]}#{0[1]}".format),
)
DAY_FIELDS = st.one_of(
    st.tuples(DAYS_OF_MONTH, fields(1, 12, MONTHS)).map("{0[0]} {0[1]} ?".format),
    st.tuples(fields(1, 12, MONTHS), DAYS_OF_WEEK).map("? {0[0]} {0[1]}".format),
)
YEARS = st.just("*") | fields(1970, 2199, runs_over=False)
TIMES = st.tuples(fields(0, 59), fields(0, 23)).map(" ".join)
EXPRESSIONS = st.tuples(TIMES, DAY_FIELDS, YEARS).map(" ".join)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)).map(  # noqa: DTZ001  made aware
    lambda moment: moment.replace(tzinfo=timezone.utc)
)

quick = settings(max_examples=60, deadline=None)


@quick
@given(EXPRESSIONS, MOMENTS)
def test_law_the_next_run_is_later_and_matches(text: str, moment: datetime) -> None:
    run = cron(text).next_after(moment)

    assert run is None or (run > moment and date_allows(text, run) and time_allows(text, run))
    assert run is None or run.second == run.microsecond == 0


@quick
@given(EXPRESSIONS, MOMENTS, st.lists(st.integers(0, 40), min_size=2, max_size=2))
def test_law_runs_of_two_spans_are_the_runs_of_the_whole(
    text: str, start: datetime, hours: list[int]
) -> None:
    schedule = cron(text)
    middle = start + timedelta(hours=hours[0])
    end = middle + timedelta(hours=hours[1])

    runs = list(schedule.runs_between(start, end))

    assert runs == [*schedule.runs_between(start, middle), *schedule.runs_between(middle, end)]
    assert all(before < after for before, after in pairwise(runs))


@quick
@given(DAY_FIELDS, YEARS, st.dates(date(1970, 1, 1), date(2199, 12, 30)))
def test_law_the_days_run_are_the_days_a_scan_finds(days: str, years: str, start: date) -> None:
    text = f"0 0 {days} {years}"
    midnight = datetime(start.year, start.month, start.day, tzinfo=timezone.utc)

    runs = cron(text).runs_between(midnight, midnight + 100 * DAY)

    assert [run.date() for run in runs] == [
        day for n in range(1, 101) if date_allows(text, day := start + n * DAY)
    ]


@quick
@given(TIMES, MOMENTS)
def test_law_the_minutes_run_are_the_minutes_a_scan_finds(times: str, start: datetime) -> None:
    text = f"{times} * * ? *"
    minute = start.replace(second=0, microsecond=0)

    runs = cron(text).runs_between(start, start + 300 * MINUTE)

    assert list(runs) == [
        wall for n in range(1, 301) if time_allows(text, wall := minute + n * MINUTE)
    ]


CLOCK_CHANGES = st.sampled_from(
    [
        ("America/New_York", utc(2024, 3, 10, 7)),
        ("America/New_York", utc(2024, 11, 3, 6)),
        ("Europe/Berlin", utc(2024, 3, 31, 1)),
        ("Europe/Berlin", utc(2150, 10, 25, 1)),
        ("Australia/Lord_Howe", utc(2024, 4, 6, 15)),
        ("Australia/Lord_Howe", utc(2024, 10, 5, 15, 30)),
        ("America/Sao_Paulo", utc(2018, 11, 4, 3)),
        ("Africa/Monrovia", utc(1972, 1, 7, 0, 44, 30)),
        ("Pacific/Apia", utc(2011, 12, 30, 10)),
    ]
)


@quick
@given(TIMES, CLOCK_CHANGES, st.integers(-180, 60))
def test_law_around_a_clock_change_each_local_minute_runs_the_first_time_it_is_shown(
    times: str, change: tuple[str, datetime], minutes: int
) -> None:
    zone, changed = change
    text = f"{times} * * ? *"
    start = changed + minutes * MINUTE

    runs = cron(text, zone).runs_between(start, start + 180 * MINUTE)

    # Half minutes, because Monrovia's offset had some.
    shown = {
        moment: moment.astimezone(ZoneInfo(zone))
        for moment in (start + n * MINUTE / 2 for n in range(1, 361))
    }
    assert list(runs) == [
        moment
        for moment, wall in shown.items()
        if not wall.second and not wall.fold and time_allows(text, wall)
    ]


@quick
@given(
    st.integers(1, 5000),
    st.sampled_from(["minute", "hour", "day"]),
    MOMENTS,
    st.lists(st.integers(0, 10**7), min_size=2, max_size=2),
)
def test_law_a_rates_runs_are_the_multiples_of_its_period_from_the_anchor(
    value: int, unit: str, made: datetime, seconds: list[int]
) -> None:
    rate = parse_schedule(f"rate({value} {unit}{'' if value == 1 else 's'})")
    period = timedelta(**{f"{unit}s": value})
    first, second = (made + timedelta(seconds=n) for n in sorted(seconds))
    assume(second + period < utc(2200, 1, 1))

    run = rate.next_after(first, anchor=made)

    assert run is not None
    assert first < run <= first + period
    assert (run - made) % period == timedelta()
    assert rate.next_after(second, anchor=made) == run or second >= run


# Laws: cronsim, where the two grammars say the same


def as_cronsim(text: str) -> str:
    """Five fields; Sunday is 0, ``?`` is ``*``, no year."""
    minutes, hours, days, months, weekdays, _ = text.split(" ")
    if weekdays[0].isdigit():
        weekdays = ",".join(
            "-".join(str(int(end) - 1) for end in item.split("-")) for item in weekdays.split(",")
        )
    return f"{minutes} {hours} {days} {months} {weekdays}".replace("?", "*")


NARROW_WEEKDAYS = st.one_of(
    st.just("*"),
    st.lists(st.integers(1, 7).map(str), min_size=1, max_size=3).map(",".join),
    st.tuples(st.integers(1, 4), st.integers(4, 7)).map("{0[0]}-{0[1]}".format),
    st.sampled_from(WEEKDAYS),
    st.tuples(st.sampled_from(WEEKDAYS), st.integers(1, 5)).map("{0[0]}#{0[1]}".format),
)
NARROW_DAYS = st.one_of(
    st.tuples(fields(1, 28, runs_over=False) | st.just("L"), fields(1, 12, runs_over=False)).map(
        "{0[0]} {0[1]} ?".format
    ),
    st.tuples(fields(1, 12, runs_over=False), NARROW_WEEKDAYS).map("? {0[0]} {0[1]}".format),
)
NARROW_TIMES = st.tuples(fields(0, 59, runs_over=False), fields(0, 23, runs_over=False))


@quick
@given(NARROW_TIMES.map(" ".join), NARROW_DAYS, MOMENTS)
def test_law_cronsim_finds_the_same_next_run(times: str, days: str, moment: datetime) -> None:
    text = f"{times} {days} *"
    # cronsim reads 3-3/2 as 3/2 and gives up after fifty years.
    assume(not re.search(r"\b([0-9]+)-\1/", text))
    assume(moment.year < 2150)

    assert cron(text).next_after(moment) == next(CronSim(as_cronsim(text), moment))
