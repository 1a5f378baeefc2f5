"""Errands for neighbours, and messages to them and to subscribers, for when a change is complete.

An errand reaches only services that do not call back. It is done before the lock is let go, so that
it is done when others see the changed world. A message may reach a program, which may take its
time, call back, or wait for a thread that does. It is told without the lock.
"""

from __future__ import annotations

import logging
from collections import deque
from functools import partial
from threading import Lock, RLock, get_ident
from typing import TYPE_CHECKING, Any, TypeVar

from imagebuilder_mock.domain.records import Record, fresh

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

T = TypeVar("T")

_log = logging.getLogger("imagebuilder_mock")


class Message(Record):
    """A message or an errand; ``subject`` names it in log entries."""

    subject: str
    deliver: Callable[[], object]
    is_loud: bool = False
    """Whether its exception is raised where the lock is released, since it is the test's own."""
    thread: int = fresh(factory=get_ident)
    """The thread whose change of the world caused it."""


class Outbox:
    """Errands and messages in the order in which they came up.

    What a change of the world puts here stays its own until ``end_change``.
    """

    def __init__(self) -> None:
        self._errands: deque[Message] = deque()
        self._messages: list[Message] = []
        self._gathered: dict[Hashable, list[Any]] = {}
        self._waiting: deque[Message] = deque()
        # The thread that tells holds it; no thread waits for it.
        self._telling = Lock()

    def entrust(self, errand: Message) -> None:
        self._errands.append(errand)

    def put(self, message: Message) -> None:
        self._messages.append(message)

    def gather(
        self, key: Hashable, item: T, subject: str, deliver: Callable[[list[T]], object]
    ) -> None:
        """Put an item into one message with the other items of its key in the same change."""
        items = self._gathered.get(key)
        if items is None:
            items = self._gathered[key] = []
            self.put(Message(subject, partial(deliver, items)))
        items.append(item)

    def errands_count(self) -> int:
        """How many errands wait, to come back to with ``take_back``."""
        return len(self._errands)

    def take_back(self, count: int) -> None:
        """Drop the errands after the first ``count``: what they were for has not happened."""
        while len(self._errands) > count:
            self._errands.pop()

    def do_errands(self) -> None:
        """Do the errands so far, for a change that is about to ask neighbours for the result."""
        while self._errands:
            errand = self._errands.popleft()
            error = self._refusal_of(errand)
            if error is not None:
                _warn(errand, error)

    def end_change(self) -> None:
        """Do the errands of the change, and release its messages."""
        self.do_errands()
        if self._messages:
            self._waiting.extend(self._messages)
            self._messages.clear()
            self._gathered.clear()

    def deliver(self) -> None:
        """Tell all that waits, or leave it to the thread that is telling already.

        So everything is told in order, one message at a time, and no thread waits while another
        tells. What a message brings about is told after it. A message that fails does not keep the
        others from being told. Of the errors of loud messages one is raised: the first that this
        thread caused, else the first that another thread left behind.
        """
        failed: list[tuple[Message, Exception]] = []
        # The thread that tells may miss what is put here as it ends: so this looks again.
        while self._waiting and self._telling.acquire(blocking=False):
            try:
                failed += self._tell()
            finally:
                self._telling.release()
        if failed:
            here = get_ident()
            raised = next((each for each in failed if each[0].thread == here), failed[0])
            for each in failed:
                if each is not raised:
                    _warn(*each)
            raise raised[1]

    def forget(self) -> None:
        """Drop everything: the world that it was about is gone."""
        self._errands.clear()
        self._messages.clear()
        self._waiting.clear()
        self._gathered.clear()

    def _tell(self) -> Iterator[tuple[Message, Exception]]:
        """Deliver what waits; yield the loud messages that failed, with their errors."""
        while (message := self._next()) is not None:
            error = self._refusal_of(message)
            if error is None:
                continue
            if message.is_loud:
                yield message, error
            else:
                _warn(message, error)

    def _next(self) -> Message | None:
        try:
            return self._waiting.popleft()
        except IndexError:
            return None

    def _refusal_of(self, message: Message) -> Exception | None:
        try:
            message.deliver()
        except Exception as error:  # noqa: BLE001 - whatever it is, the others' messages must arrive
            return error
        return None


def _warn(message: Message, error: Exception) -> None:
    _log.warning("%s: %s: %s", message.subject, type(error).__name__, error)


class TellingLock:
    """A re-entrant lock that serves an outbox: errands before it becomes free, messages after."""

    def __init__(self, outbox: Outbox) -> None:
        self._lock = RLock()
        self._depth = 0
        self._outbox = outbox

    def acquire(self, *, timeout: float = -1) -> bool:
        """As ``RLock.acquire``; releasing the lock with ``release`` delivers nothing."""
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        self._lock.release()

    def pause(self) -> None:
        """Release the lock for a moment between two changes, unless an outer block holds it too."""
        try:
            self.__exit__()
        finally:
            self.__enter__()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        is_last = self._depth == 1
        try:
            if is_last:
                self._outbox.end_change()
        finally:
            self._depth -= 1
            self._lock.release()
        if is_last:
            self._outbox.deliver()
