"""When schedules run: AWS's cron and rate grammar, and time zones.

Sources: user guide, page cron-expressions; EventBridge, pages eb-scheduled-rule-pattern and
schedule-types.
"""

from __future__ import annotations

import copy
from datetime import datetime, timedelta, timezone
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from imagebuilder_mock.domain.schedules.schedule import CronSchedule, RateSchedule, parse_schedule
from tests.unit.domain.schedules.expressions import (
    DAY,
    MINUTE,
    cron,
    days_run,
    first_runs,
    runs_between,
)

utc = partial(datetime, tzinfo=timezone.utc)


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
    runs = runs_between(cron(f"{text} * * ? *"), utc(2023, 12, 31, 23, 59), utc(2024, 1, 1, 23))

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
    assert runs_between(rate, utc(2024, 3, 1, 12), utc(2024, 3, 1, 17)) == [
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
