"""Mock time follows the real time, stands still, or is moved; it never runs backwards."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock.world.clock import Clock, aware

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


class RealTime:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def real():
    return RealTime()


def test_it_follows_the_real_time(real):
    clock = Clock(real)
    real.now += HOUR

    assert clock.now() == NOON + HOUR


def test_the_real_time_is_read_in_utc(real):
    real.now = NOON.astimezone(timezone(timedelta(hours=2)))

    assert Clock(real).now().utcoffset() == timedelta()


def test_it_stands_still_where_it_was_put(real):
    clock = Clock(real, starts_at=NOON - HOUR)
    real.now += HOUR

    assert clock.now() == NOON - HOUR


def test_it_goes_forward_and_on_from_there(real):
    clock = Clock(real)
    clock.set_forward(NOON + HOUR)
    real.now += HOUR

    assert clock.now() == NOON + 2 * HOUR


def test_one_that_stands_still_goes_forward_and_stands_there(real):
    clock = Clock(real, starts_at=NOON)
    clock.set_forward(NOON + HOUR)
    real.now += HOUR

    assert clock.now() == NOON + HOUR


@pytest.mark.parametrize("starts_at", [None, NOON])
def test_it_is_not_set_back(real, starts_at):
    clock = Clock(real, starts_at=starts_at)
    clock.set_forward(NOON - HOUR)

    assert clock.now() == NOON


def test_it_does_not_run_backwards_with_the_real_time(real):
    clock = Clock(real)
    real.now -= HOUR
    assert clock.now() == NOON

    clock.set_forward(NOON + HOUR)

    assert clock.now() == NOON + HOUR


def test_what_is_late_is_dated_when_it_should_have_been(real):
    clock = Clock(real)

    with clock.as_of(NOON - HOUR):
        assert clock.now() == NOON - HOUR

    assert clock.now() == NOON


def test_a_moment_without_time_zone_is_refused_with_what_to_write():
    with pytest.raises(ValueError, match=r"now= needs a datetime with a time zone.*tzinfo=timez"):
        aware(NOON.replace(tzinfo=None), "now=")
