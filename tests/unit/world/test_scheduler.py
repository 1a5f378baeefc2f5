"""The scheduler: entries fall due in the order of their moments, unless they were withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.world.scheduler import Due, Scheduler

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def at(seconds):
    return START + timedelta(seconds=seconds)


def taken(scheduler, until):
    due = []
    while (entry := scheduler.next_due(until)) is not None:
        due.append(entry.arn)
        scheduler.take()
    return due


def test_an_entry_falls_due_at_its_moment_and_stays_until_it_is_taken():
    scheduler = Scheduler()
    ticket = scheduler.enter(at(5), "run-pipeline", "web")

    assert scheduler.next_due(at(4)) is None
    assert scheduler.next_due(at(5)) == Due(at(5), ticket, "run-pipeline", "web")
    assert scheduler.next_due(at(5)) is not None

    scheduler.take()
    assert scheduler.next_due(at(5)) is None


def test_no_ticket_withdraws_nothing():
    scheduler = Scheduler()
    scheduler.enter(at(5), "run-pipeline", "web")

    scheduler.withdraw(None)

    assert taken(scheduler, at(5)) == ["web"]


@given(
    st.lists(st.integers(0, 5), max_size=20),
    st.sets(st.integers(0, 19)),
    st.lists(st.integers(0, 6), max_size=4),
)
def test_what_was_not_withdrawn_falls_due_in_order(moments, withdrawn, looks):
    scheduler = Scheduler()
    entries = [
        (second, scheduler.enter(at(second), "run-pipeline", str(number)), str(number))
        for number, second in enumerate(moments)
    ]
    left = []
    for number, entry in enumerate(entries):
        if number in withdrawn:
            scheduler.withdraw(entry[1])
        else:
            left.append(entry)

    seen = [arn for until in sorted(looks) for arn in taken(scheduler, at(until))]

    last = max(looks, default=-1)
    assert seen == [arn for second, _, arn in sorted(left) if second <= last]
