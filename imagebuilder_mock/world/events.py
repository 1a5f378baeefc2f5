"""What the service would tell others: the events, in the order in which they happen."""

from __future__ import annotations

from collections import Counter, deque
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import TYPE_CHECKING, Any, Generic, Literal, cast, get_args, overload

from imagebuilder_mock.domain.ordered import InOrder
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.domain.suggestions import Suggesting, did_you_mean

from .published import published

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from typing_extensions import TypeVar

    from .event_bodies import (
        BuildMessage,
        EventBridgeBody,
        LogBody,
        LogFileBody,
        StepWaitingMessage,
    )

    Body_co = TypeVar("Body_co", covariant=True, default=Mapping[str, Any])
else:
    from typing import TypeVar

    Body_co = TypeVar("Body_co", covariant=True)

Destination = Literal["EventBridge", "SNS", "Lambda", "CloudWatchLogs", "S3"]

KEPT = 10_000

_SHOWN = 120


class Event(Value, Generic[Body_co], kw_only=True):
    """One message of the service."""

    destination: Destination
    name: str
    """EventBridge's detail type, the ARN of the SNS topic, the function, log group or bucket."""
    body: Body_co
    """What is sent: ``world.event_bodies`` has a type for each destination."""
    time: datetime
    region: str
    account_id: str
    step_execution_id: str | None = None
    """The step of a workflow that a line in CloudWatch Logs is about, if it is about one."""

    def __str__(self) -> str:
        said = str(dict(cast("Mapping[str, Any]", self.body)))
        shown = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
        return f"{self.time:%H:%M:%S} {self.region} {self.destination} {self.name!r}: {shown}"

    def __repr__(self) -> str:
        return f"<Event {self}>"


class Events(InOrder[Event], Suggesting):
    """``mock.events``: the newest 10,000 events, the oldest first, to read as a list is read."""

    __slots__ = ("_dropped", "_events", "_subscribers")

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=KEPT)
        """Only a copy is gone through: other threads add to it meanwhile."""
        self._dropped = 0
        self._subscribers: list[Callable[[Event], object]] = []

    def __repr__(self) -> str:
        counts = Counter(event.destination for event in self)
        held = ", ".join(f"{counts[each]:,} for {each}" for each in counts) or "none"
        return f"<mock.events: {held}>"

    def _in_order(self) -> deque[Event]:
        return self._events

    @overload
    def sent_to(self, destination: Literal["EventBridge"]) -> list[Event[EventBridgeBody]]: ...
    @overload
    def sent_to(
        self, destination: Literal["SNS"]
    ) -> list[Event[BuildMessage | StepWaitingMessage]]: ...
    @overload
    def sent_to(self, destination: Literal["Lambda"]) -> list[Event[StepWaitingMessage]]: ...
    @overload
    def sent_to(self, destination: Literal["CloudWatchLogs"]) -> list[Event[LogBody]]: ...
    @overload
    def sent_to(self, destination: Literal["S3"]) -> list[Event[LogFileBody]]: ...
    @overload
    def sent_to(self, destination: Destination) -> list[Event]: ...
    @published(destination="SNS")
    def sent_to(self, destination: Destination) -> list[Any]:
        """The events for one destination, the oldest first; ValueError if it is unknown."""
        if destination not in get_args(Destination):
            known = get_args(Destination)
            hint = did_you_mean(str(destination), known)
            msg = f"There is no destination {destination!r}.{hint} There are: {', '.join(known)}."
            raise ValueError(msg)
        return [event for event in self if event.destination == destination]

    @published(number=12)
    def since(self, number: int = 0) -> list[Event]:
        """The events after the first ``number`` ones, the oldest first, as far as they are kept.

        A program that asks again and again gives the number of the events that it has seen.
        """
        return self[max(number - self._dropped, 0) :]

    def subscribe(self, subscriber: Callable[[Event], object]) -> Callable[[], None]:
        """Call ``subscriber`` with each event from now on, in order; return what unsubscribes it.

        It is called when the change that caused the event is complete, so it may use clients and
        the mock, or wait for a thread that does. Events are delivered one at a time. An event that
        happens meanwhile, in the subscriber or in another thread, is delivered next, by the thread
        that is delivering; the other thread does not wait for it.

        An exception of a subscriber is raised by the call that caused the event, after all
        subscribers were called; by the call that delivers it, if the other call has returned. If
        several fail, the first exception is raised, and the others are logged as warnings.

        TypeError if it cannot be called, or is a coroutine function, which nobody would await.
        """
        if not runs_when_called(subscriber):
            msg = (
                f"subscribe({subscriber!r}): give a function that takes an event, and is not async."
            )
            raise TypeError(msg)
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def add(self, event: Event) -> list[Callable[[Event], object]]:
        """Keep an event, and return its subscribers."""
        self._dropped += len(self._events) == KEPT
        self._events.append(event)
        return list(self._subscribers)

    def clear(self) -> None:
        self._dropped = 0
        self._events.clear()

    def emptied(self) -> Events:
        """No events yet, with the same subscribers."""
        events = Events()
        events._subscribers.extend(self._subscribers)
        return events


def runs_when_called(function: object) -> bool:
    """Whether a call runs it, and does not only make a coroutine or a generator."""
    return callable(function) and not (
        iscoroutinefunction(function)
        or isgeneratorfunction(function)
        or isasyncgenfunction(function)
    )
