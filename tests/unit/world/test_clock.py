"""Mock time follows the process's, stands still, or is moved on."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock.world.clock import Clock, aware

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


class RealTime:
    def __init__(self):
        self.now = NOON
        self.step = timedelta()

    def __call__(self):
        self.now += self.step
        return self.now


class SteadyTime:
    def __init__(self, real):
        self.now = 0.0
        self.interruptions = 0
        self.pause = 0.0
        self._real = real

    def __call__(self):
        if self.interruptions:
            self.interruptions -= 1
            self.pass_by(self.pause)
        return self.now

    def pass_by(self, seconds):
        """Time passes, by both clocks of the process."""
        self.now += seconds
        self._real.now += timedelta(seconds=seconds)


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


@pytest.fixture
def steady(real):
    return SteadyTime(real)


@pytest.fixture
def moved(real, steady):
    """A clock that a test has moved by an hour."""
    clock = Clock(real, steady=steady)
    clock.set_forward(NOON + HOUR)
    return clock


@pytest.mark.parametrize("jump", [-2 * HOUR, -timedelta(seconds=1), HOUR / 2, 9 * HOUR])
def test_where_the_process_jumps_what_was_added_is_dropped(moved, real, jump):
    assert moved.now() == NOON + HOUR

    real.now += jump

    assert moved.now() == NOON + jump
    assert moved.offset == timedelta()


def test_time_that_passes_in_the_process_is_no_jump(moved, real, steady):
    real.now += HOUR
    steady.now += HOUR.total_seconds() + 1

    assert moved.now() == NOON + 2 * HOUR


def test_a_process_whose_time_stands_still_has_not_jumped(moved, steady):
    steady.now += 60
    assert moved.now() == NOON + HOUR
    steady.now += 60

    assert moved.now() == NOON + HOUR


def test_a_clock_that_steps_at_every_look_has_not_jumped(real, steady):
    real.step = timedelta(seconds=15)
    clock = Clock(real, steady=steady)
    clock.set_forward(NOON + HOUR)

    assert NOON + HOUR < clock.now() < clock.now() < NOON + HOUR + timedelta(minutes=2)

    real.now -= HOUR
    assert clock.now() < NOON


@pytest.mark.parametrize(("interruptions", "pause"), [(3, 5), (1000, 0.05)], ids=["long", "always"])
def test_a_thread_that_is_interrupted_between_two_times_has_not_jumped(
    moved, real, steady, interruptions, pause
):
    steady.interruptions, steady.pause = interruptions, pause
    for _ in range(3):
        steady.pass_by(60)
        before = real.now

        assert before + HOUR <= moved.now() <= real.now + HOUR

    moved.set_forward(NOON + 9 * HOUR)
    assert NOON + 9 * HOUR <= moved.now() <= real.now + moved.offset


def test_without_anything_added_it_is_the_process_that_tells_the_time(real, steady):
    clock = Clock(real, steady=steady)
    real.now -= HOUR

    assert clock.now() == NOON - HOUR


def test_what_goes_on_since_a_moment_has_no_earlier_one(real):
    clock = Clock(real)

    with clock.not_before(NOON + HOUR):
        assert clock.now() == NOON + HOUR
        with clock.not_before(NOON):
            assert clock.now() == NOON + HOUR
        real.now += 2 * HOUR
        assert clock.now() == NOON + 2 * HOUR


def test_what_is_late_is_dated_when_it_should_have_been(real):
    clock = Clock(real)

    with clock.as_of(NOON - HOUR):
        assert clock.now() == NOON - HOUR

    assert clock.now() == NOON


def test_a_moment_without_time_zone_is_refused_with_what_to_write():
    with pytest.raises(ValueError, match=r"now= needs a datetime with a time zone.*tzinfo=timez"):
        aware(NOON.replace(tzinfo=None), "now=")
