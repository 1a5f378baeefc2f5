"""Work that a test does in another thread."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE = 60
"""Seconds after which a thread is taken to hang."""


def ends_in_a_thread(work: Callable[[], object]) -> bool:
    """Do it elsewhere and wait for it: whether it came to an end."""
    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return not thread.is_alive()
