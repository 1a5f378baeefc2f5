"""What is told to neighbours: kept in order while the world changes, delivered when it is done.

A neighbour may take its time, and may call back: so nobody holds the world's lock meanwhile.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from threading import RLock, local
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from types import TracebackType

REMEMBERED = 10_000

T = TypeVar("T")

_log = logging.getLogger("imagebuilder_mock")


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell: ``subject`` says what in a few words, ``deliver`` tells it."""

    subject: str
    deliver: Callable[[], object]
    is_loud: bool = False
    """Whether what it raises comes out where the lock was let go: it is the test's own."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What a neighbour did not take, and why."""

    subject: str
    error: Exception


class Outbox:
    """Messages in the order in which they came up; ``undelivered`` keeps what was refused."""

    def __init__(self) -> None:
        self.undelivered: deque[Undelivered] = deque(maxlen=REMEMBERED)
        self._waiting: deque[Message] = deque()
        self._gathered: dict[Hashable, list[Any]] = {}
        self._one_at_a_time = RLock()
        self._here = local()

    @property
    def is_waiting(self) -> bool:
        return bool(self._waiting)

    def put(self, message: Message) -> None:
        self._waiting.append(message)

    def gather(
        self, key: Hashable, item: T, subject: str, deliver: Callable[[list[T]], object]
    ) -> None:
        """Put an item that is told together with the others of its key, in one message."""
        items = self._gathered.setdefault(key, [])
        items.append(item)
        if len(items) == 1:
            self.put(Message(subject, lambda: deliver(self._gathered.pop(key))))

    def deliver(self) -> None:
        """Tell all that waits. One neighbour's refusal keeps nothing from the others.

        What a message brings about, in the same thread, is told behind it.
        """
        if not self._waiting or getattr(self._here, "is_delivering", False):
            return
        with self._one_at_a_time:
            self._here.is_delivering = True
            errors: list[Exception] = []
            try:
                while self._waiting:
                    message = self._waiting.popleft()
                    error = self._tell(message)
                    if error is not None and message.is_loud:
                        errors.append(error)
            finally:
                self._here.is_delivering = False
        if errors:
            raise errors[0]

    def forget(self) -> None:
        """Empty it: what waits is about a world that is gone."""
        self._waiting.clear()
        self._gathered.clear()
        self.undelivered.clear()

    def _tell(self, message: Message) -> Exception | None:
        try:
            message.deliver()
        except Exception as error:  # noqa: BLE001 - whatever it is, the others' messages must arrive
            self.undelivered.append(Undelivered(message.subject, error))
            if not message.is_loud:
                _log.warning("%s: %s: %s", message.subject, type(error).__name__, error)
            return error
        return None


class TellingLock:
    """A re-entrant lock that delivers an outbox each time that it has become free again."""

    def __init__(self, outbox: Outbox) -> None:
        self._lock = RLock()
        self._depth = 0
        self._outbox = outbox

    def acquire(self, *, timeout: float = -1) -> bool:
        """As ``RLock.acquire``; to hold it so, between two changes, tells nobody anything."""
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        self._lock.release()

    def pause(self) -> None:
        """Let go for a moment, if something is to be told and the caller alone holds the lock."""
        if self._depth != 1 or not self._outbox.is_waiting:
            return
        self._depth = 0
        self._lock.release()
        try:
            self._outbox.deliver()
        finally:
            self._lock.acquire()
            self._depth = 1

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._depth -= 1
        is_free = self._depth == 0
        self._lock.release()
        if is_free:
            self._outbox.deliver()
