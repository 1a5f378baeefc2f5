"""Periods: spans of days and weeks, months and years by the calendar."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.lifecycle.periods import Period

UTC = timezone.utc
NOON = datetime(2024, 1, 31, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "unit", "end"),
    [
        (1, "DAYS", datetime(2024, 2, 1, 12, 30, tzinfo=UTC)),
        (2, "WEEKS", datetime(2024, 2, 14, 12, 30, tzinfo=UTC)),
        (1, "MONTHS", datetime(2024, 2, 29, 12, 30, tzinfo=UTC)),
        (2, "MONTHS", datetime(2024, 3, 31, 12, 30, tzinfo=UTC)),
        (3, "MONTHS", datetime(2024, 4, 30, 12, 30, tzinfo=UTC)),
        (11, "MONTHS", datetime(2024, 12, 31, 12, 30, tzinfo=UTC)),
        (13, "MONTHS", datetime(2025, 2, 28, 12, 30, tzinfo=UTC)),
        (1, "YEARS", datetime(2025, 1, 31, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_period_ends_on_the_day_it_began_or_on_the_last_of_a_shorter_month(value, unit, end):
    assert Period(value, unit).after(NOON) == end


def test_a_year_after_a_leap_day_is_the_last_of_february():
    leap_day = datetime(2024, 2, 29, tzinfo=UTC)

    assert Period(1, "YEARS").after(leap_day) == datetime(2025, 2, 28, tzinfo=UTC)
    assert Period(4, "YEARS").after(leap_day) == datetime(2028, 2, 29, tzinfo=UTC)


def test_a_period_has_passed_at_its_end_and_not_before():
    period, end = Period(1, "MONTHS"), datetime(2024, 2, 29, 12, 30, tzinfo=UTC)

    assert period.has_passed(NOON, end)
    assert not period.has_passed(NOON, end - timedelta(microseconds=1))


@pytest.mark.parametrize("unit", ["DAYS", "WEEKS", "MONTHS", "YEARS"])
def test_what_ends_after_the_last_year_never_passes(unit):
    late = datetime(9999, 12, 31, tzinfo=UTC)

    assert not Period(1000, unit).has_passed(late, late)
    assert Period(1000, unit).after(late) == datetime.max.replace(tzinfo=UTC)


def test_a_month_that_ends_after_the_last_year_is_not_over():
    began = datetime(9999, 12, 1, tzinfo=UTC)

    assert not Period(1, "MONTHS").has_passed(began, began + timedelta(days=29))


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(1, "DAYS", "1 day"), (6, "MONTHS", "6 months")]
)
def test_a_period_reads_as_words(value, unit, text):
    assert str(Period(value, unit)) == text


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds the zone
    st.integers(1, 1000),
    st.sampled_from(["DAYS", "WEEKS", "MONTHS", "YEARS"]),
)
def test_longer_periods_end_later(begin, value, unit):
    assert begin < Period(value, unit).after(begin) < Period(value + 1, unit).after(begin)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds the zone
    st.integers(1, 80),
)
def test_twelve_months_are_a_year(begin, value):
    assert Period(12 * value, "MONTHS").after(begin) == Period(value, "YEARS").after(begin)
