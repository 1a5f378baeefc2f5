"""How commands end: a server saves at the first signal and exits soon after, whatever hangs."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

TIME_TO_END = 2.0
"""Seconds from the first signal to the end of the process, but for a state that is saved."""

_PIPE_IS_CLOSED = 141  # what a shell reports of a program that SIGPIPE has ended
_RESERVE = 0.25
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_GLANCE = 0.5
_POLL = 0.02


class Ending:
    """Waits for the signal that ends the process, and limits how long the end takes."""

    def __init__(self) -> None:
        # What a handler of signals may use at any moment, other than an Event.
        self._signals: SimpleQueue[int] = SimpleQueue()
        self._is_told = False
        self.deadline = float("inf")
        self.is_of_the_process = True
        """Whether the process ends with the server; not so where a program calls ``main``."""

    def note(self, number: int, _: object) -> None:
        """Handle the first signal; the next ends the process at once."""
        if self._is_told:  # it came before the first had replaced its handler
            _end_at_once(number, _)
            return
        self._is_told = True
        for each in _numbers():
            # Not SIG_DFL: a signal that has come already would be lost.
            signal.signal(each, _end_at_once)
        self.begin()
        self._signals.put(number)

    def begin(self) -> None:
        """Begin to count the time that the end may take."""
        self.deadline = monotonic() + TIME_TO_END

    def wait(self, every: float | None, then: Callable[[], None]) -> None:
        """Wait for the signal, and call ``then`` at intervals of ``every`` seconds meanwhile."""
        interval = float("inf") if every is None else every
        next_time = monotonic() + interval
        while True:
            # With a time-out, because a signal does not end a wait without one everywhere.
            try:
                self._signals.get(timeout=max(0.0, min(_GLANCE, next_time - monotonic())))
            except Empty:
                if monotonic() >= next_time:
                    then()
                    next_time = monotonic() + interval
            else:
                return

    @property
    def time_left(self) -> float:
        """The seconds that are left for what is still to be done, less a reserve."""
        return max(0.0, self.deadline - _RESERVE - monotonic())

    def enforce(self, is_busy: Callable[[], bool], status: Callable[[], int]) -> None:
        """End the process when its time is up, but not while the state is saved."""
        if not self.is_of_the_process:
            return

        def watch() -> None:
            sleep(max(0.0, self.deadline - _RESERVE / 2 - monotonic()))
            while is_busy():
                sleep(_POLL)
            os._exit(status())

        threading.Thread(target=watch, daemon=True, name="imagebuilder_mock.cli.ending").start()


@contextmanager
def until_a_signal() -> Iterator[Ending]:
    """Handle SIGINT and SIGTERM in the block, and SIGHUP unless it is ignored, as under nohup."""
    ending = Ending()
    with handled(_numbers(), ending.note):
        yield ending


@contextmanager
def handled(
    numbers: Iterable[int], handler: Callable[[int, FrameType | None], None]
) -> Iterator[None]:
    """Handle the signals in the block, and restore what handled them before."""
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler_before in before.items():
            signal.signal(number, handler_before)


@contextmanager
def quiet_interrupts() -> Iterator[None]:
    """Have Ctrl-C end the process without a traceback, while no code of the user runs yet."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def quiet_pipe() -> Iterator[None]:
    """Have no traceback if whoever reads what is printed has gone, such as ``head``."""
    try:
        yield
        print(end="", flush=True)
    except BrokenPipeError:
        # At its end Python writes the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_PIPE_IS_CLOSED)


def _end_at_once(number: int, _: object) -> None:
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _numbers() -> list[int]:
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    return [
        number
        for number in numbers
        if number != getattr(signal, "SIGHUP", None) or signal.getsignal(number) != signal.SIG_IGN
    ]
