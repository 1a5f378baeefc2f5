"""Locks on files, which a process has at most for as long as it lives."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PID_LENGTH = 20


class StateInUseError(OSError):
    """Another process has the state file."""


@contextmanager
def held(path: str | os.PathLike[str]) -> Iterator[None]:
    """Keep a state file to this process: others get StateInUseError, as does this if one has it.

    A file beside it is locked, since the state file itself is replaced at each save.
    """
    target = Path(os.path.realpath(path))
    lock = target.with_name(f".{target.name}.lock")
    descriptor = _locked(lock, target)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, b"%d" % os.getpid())
        yield
    finally:
        if sys.platform == "win32":  # where an open file cannot be removed
            os.close(descriptor)
            lock.unlink(missing_ok=True)
        else:
            lock.unlink(missing_ok=True)
            os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Lock an open file until it is closed; False if another process has locked it."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - of this platform

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl  # noqa: PLC0415 - of the other platforms

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked(lock: Path, target: Path) -> int:
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        if not try_lock(descriptor):
            owner = _owner(descriptor)
            os.close(descriptor)
            msg = f"Another server has {target}{owner}. Stop it, or give this one its own file."
            raise StateInUseError(msg)
        if is_still(lock, descriptor):
            return descriptor
        # The process that had it has removed it meanwhile, so a lock on it would keep none out.
        os.close(descriptor)


def _owner(descriptor: int) -> str:
    if sys.platform == "win32":
        return ""  # what is locked cannot be read there
    pid = os.read(descriptor, _PID_LENGTH)
    return f" (process {pid.decode()})" if pid.isdigit() else ""


def is_still(path: Path, descriptor: int) -> bool:
    """Whether an open file is still the one at the path."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
