"""The file of a server, which it starts from and locks against other servers, and when it saves.

It saves now and then, at the first signal, and once more if something came after.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from imagebuilder_mock.world.saved.files import remove_unfinished, write_state
from imagebuilder_mock.world.saved.locks import held
from imagebuilder_mock.world.saved.worlds import saved

from .patience import patience
from .surroundings import world_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagebuilder_mock.mock import ImageBuilderMock

    from .ending import Ending

LINGER = 0.5
"""Seconds for the requests that are being answered at the end."""

_LONGEST_WAIT = 0.75
"""Seconds in which a request has to let go of the mock, so that it can be saved."""


@contextmanager
def locked(path: Path | None) -> Iterator[None]:
    """Lock the file in the block. OSError if another server has it, or if it is no regular file."""
    if path is None:
        yield
        return
    if path.exists() and not path.is_file():
        msg = f"{path} is not a regular file, and cannot be the state of a server."
        raise OSError(msg)
    with held(path):
        remove_unfinished(Path(os.path.realpath(path)))
        yield


class Saving:
    """Saves the state of a mock that is served, and prints a line if that fails."""

    def __init__(
        self,
        path: Path | None,
        mock: ImageBuilderMock,
        ending: Ending,
        answered: Callable[[], int],
    ) -> None:
        """``answered`` is how many requests have been answered so far."""
        self._path = path
        self._is_writing = False
        self._world = world_of(mock)
        self._ending = ending
        self._answered = answered
        self._seen = 0
        self._said = ""
        self.status = 0
        """The exit status: 1 if the last attempt to save has failed."""

    def now_and_then(self) -> None:
        """Save if there have been requests since it was saved."""
        if self._answered() != self._seen:
            self._save(_LONGEST_WAIT)

    def first(self, status: int) -> None:
        """Save before anything else, and from then on end the process when its time is up.

        ``status`` is what the process ends with if nothing is wrong with saving.
        """
        is_tried = Event()
        self._ending.enforce(
            lambda: self._is_writing or not is_tried.is_set(),
            lambda: status or self.status,
        )
        try:
            self._save(_LONGEST_WAIT)
        finally:
            is_tried.set()

    def last(self) -> None:
        """Save again if requests have been answered since."""
        if self.status or self._answered() != self._seen:
            self._save(self._ending.time_left)

    def _save(self, longest_wait: float) -> None:
        seen = self._answered()
        try:
            with patience("saving the state"):
                self._write(longest_wait)
        except OSError as error:
            self.status = 1
            self._say(f"imagebuilder-mock: The state could not be saved: {error}")
            return
        self._seen, self.status, self._said = seen, 0, ""

    def _write(self, longest_wait: float) -> None:
        """OSError if it cannot be written, or if a request keeps the mock that long."""
        if self._path is None:
            return
        if not self._world.lock.acquire(timeout=longest_wait):
            msg = f"a request has kept the mock busy for {longest_wait:g} seconds"
            raise TimeoutError(msg)
        try:
            state = saved(self._world)
        finally:
            self._world.lock.release()
        self._is_writing = True
        try:
            write_state(state, self._path)
        finally:
            self._is_writing = False

    def _say(self, message: str) -> None:
        """Say something, unless it is what was said last."""
        if message != self._said:
            print(message, file=sys.stderr, flush=True)
        self._said = message
