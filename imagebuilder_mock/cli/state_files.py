"""The state files that requests of control may name: those of a folder, and the server's own."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from imagebuilder_mock.world.saved.files import (
    is_state_file,
    read_stream,
    remove_unfinished,
    write_state,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.world.saved.document import SavedState

SIZE_LIMIT = 1 << 30
"""In bytes. A larger file is not read for control."""

# Do not wait for the other end of a pipe, and do not follow a link that was put there meanwhile.
_TO_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


class StateFiles:
    """The files that requests may save to and load from.

    They are in ``folder``, and requests name them by their paths below it. ``own`` is the file of
    the server, for requests that name none. NotADirectoryError if there is no such folder.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        own: str | os.PathLike[str] | None = None,
    ) -> None:
        self._folder = None if folder is None else Path(os.path.realpath(folder))
        self._own = None if own is None else Path(os.path.realpath(own))
        if self._folder is not None:
            if not self._folder.is_dir():
                msg = f"There is no folder {folder} to save to and load from."
                raise NotADirectoryError(msg)
            remove_unfinished(self._folder)

    def save(self, state: SavedState, name: str | None) -> None:
        """Write a state. PermissionError for a file that must not be written."""
        with _named(name):
            path = self._path(name)
            if path.exists():
                if not path.is_file():
                    raise _refused(name, "it is not a regular file")
                if path.stat().st_size > SIZE_LIMIT or not is_state_file(path):
                    raise _refused(name, "it holds something other than a state, which is kept")
            write_state(state, path)

    def load(self, name: str | None) -> SavedState:
        """Read a state. PermissionError if the file must not be read, StateError if it has none."""
        with _named(name):
            path = self._path(name)
            file = os.fdopen(os.open(path, _TO_READ), "rb")
        with file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise _refused(name, "it is not a regular file")
            if about.st_size > SIZE_LIMIT:
                size = f"it has {about.st_size:,} bytes, and may have {SIZE_LIMIT:,}"
                raise _refused(name, size)
            return read_stream(file, name or path.name)

    def _path(self, name: str | None) -> Path:
        if name is None or (self._own is not None and name == self._own.name and not self._folder):
            if self._own is not None:
                return self._own
            msg = (
                "Which file? The server has none of its own: start it with --state FILE. "
                "GET state answers the state, and PUT state takes one."
            )
            raise PermissionError(msg)
        if self._folder is None:
            raise _refused(
                name, "files are named only if the server is started with --files DIR (files=)"
            )
        path = Path(name)
        if path.is_absolute() or path.drive or ".." in path.parts or "\0" in name or not path.parts:
            raise _refused(name, "give a path below the folder of --files, without '..'")
        real = Path(os.path.realpath(self._folder / path))
        if self._folder not in real.parents:
            raise _refused(name, "it leads out of the folder of --files")
        return real


@contextmanager
def _named(name: str | None) -> Iterator[None]:
    """Have the system's errors name the file as the request did, and not where it is."""
    try:
        yield
    except UnicodeEncodeError:
        raise _refused(name, "no file can have that name") from None
    except OSError as error:
        if error.errno is None:  # one of ours
            raise
        raise type(error)(f"{_shown(name)}: {error.strerror}.") from None


def _refused(name: str | None, reason: str) -> PermissionError:
    return PermissionError(f"{_shown(name)} is refused: {reason}.")


def _shown(name: str | None) -> str:
    return "The file of the server" if name is None else repr(name)
