"""What the service would tell others about what happens, in the order in which it would."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

Destination = Literal["EventBridge", "SNS", "Lambda", "CloudWatchLogs", "S3"]

KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One message.

    ``name`` is EventBridge's detail type, the ARN of the SNS topic, the function, the log group, or
    the bucket; ``body`` what is sent there.
    """

    destination: Destination
    name: str
    body: Mapping[str, object]
    time: datetime
    region: str
    account_id: str


class Events:
    """The newest of them; those who subscribed are told each one."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._subscribers: list[Callable[[Event], object]] = []

    def __iter__(self) -> Iterator[Event]:
        return iter(tuple(self._events))

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, position: int) -> Event:
        return self._events[position]

    def sent_to(self, destination: Destination) -> list[Event]:
        """Those for one destination, the oldest first."""
        return [event for event in self._events if event.destination == destination]

    def subscribe(self, subscriber: Callable[[Event], object]) -> Callable[[], None]:
        """Call ``subscriber`` with each event from now on, in order; the answer ends that.

        It is called once what caused the event is over, so it may use clients and the mock, or wait
        for a thread that does. One event is told at a time. An event that comes up meanwhile, there
        or in another thread, is told next: by the thread that is telling, while the other one's
        call returns at once.

        What a subscriber raises comes out of the call that caused the event, once all others are
        told, or out of the call that tells it if the other one has returned. If several fail, the
        first error is raised, and the others are logged as warnings.
        """
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def add(self, event: Event) -> list[Callable[[Event], object]]:
        """Keep an event; the answer is who is to be told."""
        self._events.append(event)
        return list(self._subscribers)

    def clear(self) -> None:
        self._events.clear()

    def emptied(self) -> Events:
        """Those of another time, for the same subscribers."""
        events = Events()
        events._subscribers.extend(self._subscribers)
        return events
