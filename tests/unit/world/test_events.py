"""Events, for a program that asks for them again and again."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from imagebuilder_mock.world.events import KEPT, Event, Events

if TYPE_CHECKING:
    from collections.abc import Iterator


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


async def _never_awaited(_: object) -> None: ...


def _never_begun(_: object) -> Iterator[None]:
    yield


@pytest.mark.parametrize("subscriber", [None, _never_awaited, _never_begun])
def test_what_no_call_would_run_is_no_subscriber(subscriber):
    with pytest.raises(TypeError, match="give a function that takes an event"):
        Events().subscribe(subscriber)


class _Busy:
    """An event during whose reading another one happens, as in another thread."""

    def __init__(self, events: Events) -> None:
        self._events = events

    @property
    def destination(self) -> str:
        self._events.add(self)  # type: ignore[arg-type] # it has what is read
        return "SNS"


def test_events_that_happen_meanwhile_do_not_disturb():
    events = Events()
    for _ in range(3):
        events.add(_Busy(events))  # type: ignore[arg-type]

    assert len(events.sent_to("SNS")) == 3
    assert repr(events) == "<mock.events: 6 for SNS>"
    assert [event.destination for event in events] == ["SNS"] * 12


@pytest.mark.parametrize(("given", "hint"), [("sns", " Did you mean 'SNS'?"), ("Kafka", "")])
def test_a_destination_that_is_none_is_no_empty_list(given, hint):
    with pytest.raises(ValueError, match="no destination") as caught:
        Events().sent_to(given)

    assert str(caught.value) == (
        f"There is no destination {given!r}.{hint} "
        "There are: EventBridge, SNS, Lambda, CloudWatchLogs, S3."
    )
