"""When a server saves: now and then, at the first signal, and once more if something came after."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .surroundings import world_of

if TYPE_CHECKING:
    from imagebuilder_mock.mock import ImageBuilderMock
    from imagebuilder_mock.transports.http.serving import Served

    from .ending import Ending
    from .state_files import OwnFile

LINGER = 0.5
"""Seconds for the requests that are being answered at the end."""

_PATIENCE = 0.75
"""Seconds in which a request has to let go of the mock, so that it can be saved."""


class Saving:
    """Saves the state of a mock that is served, and says in a line if that fails."""

    def __init__(self, own: OwnFile, mock: ImageBuilderMock, ending: Ending) -> None:
        self._own = own
        self._world = world_of(mock)
        self._ending = ending
        self._served: Served | None = None
        self._seen = 0
        self._said = ""
        self.status = 0
        """The exit status: 1 if the last attempt to save has failed."""

    def of(self, served: Served) -> None:
        """Whose requests are counted."""
        self._served = served

    def now_and_then(self) -> None:
        """Save if there have been requests since it was saved."""
        if self._answered() != self._seen:
            self._save(_PATIENCE)

    def first(self, status: int) -> None:
        """Save before anything else is done about the end, which comes in time from now on.

        ``status`` is what the process ends with if nothing is wrong with saving.
        """
        self._ending.enforce(lambda: self._own.is_being_written, lambda: status or self.status)
        self._save(_PATIENCE)

    def last(self) -> None:
        """Save what requests have changed that were answered since."""
        if self.status or self._answered() != self._seen:
            self._save(self._ending.time_left)

    def _answered(self) -> int:
        return 0 if self._served is None else self._served.connections.answered

    def _save(self, patience: float) -> None:
        seen = self._answered()
        try:
            self._own.save(self._world, patience=patience)
        except OSError as error:
            self.status = 1
            self._say(f"imagebuilder-mock: The state could not be saved: {error}")
            return
        self._seen, self.status, self._said = seen, 0, ""

    def _say(self, message: str) -> None:
        """Say something, unless it is what was said last."""
        if message != self._said:
            print(message, file=sys.stderr, flush=True)
        self._said = message
