"""Events, for a program that asks for them again and again."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from imagebuilder_mock.world.events import KEPT, Event, Events


def test_the_events_since_a_number_are_those_after_it_as_far_as_they_are_kept():
    time = datetime(2024, 2, 29, tzinfo=timezone.utc)
    events = Events()
    for number in range(KEPT + 2):
        events.add(
            Event(
                destination="SNS",
                name=str(number),
                body={},
                time=time,
                region="us-east-1",
                account_id="123456789012",
            )
        )

    assert len(events.since(0)) == len(events.since(2)) == KEPT
    assert [event.name for event in events.since(KEPT)] == [str(KEPT), str(KEPT + 1)]
    assert events.since(KEPT + 3) == []
    assert events[-2:] == [events[-2], events[-1]]
    assert events.emptied().since() == []


def test_a_position_without_an_event_is_explained():
    with pytest.raises(IndexError, match=r"^mock\.events\[0\]: 0 event\(s\) are kept\.$"):
        Events()[0]


@pytest.mark.parametrize(("given", "hint"), [("sns", " Did you mean 'SNS'?"), ("Kafka", "")])
def test_a_destination_that_is_none_is_no_empty_list(given, hint):
    with pytest.raises(ValueError, match="no destination") as caught:
        Events().sent_to(given)

    assert str(caught.value) == (
        f"There is no destination {given!r}.{hint} "
        "There are: EventBridge, SNS, Lambda, CloudWatchLogs, S3."
    )
