"""What a person sees at a terminal while something takes longer than a second."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from itertools import count
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def patience(what: str, *, every: float = 1.0) -> Iterator[None]:
    """Say on standard error what is being done, and for how many seconds, until it is over."""
    if not sys.stderr.isatty():
        yield
        return
    is_over = Event()
    teller = Thread(target=_tell, args=(what, every, is_over), daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        teller.join()


def _tell(what: str, every: float, is_over: Event) -> None:
    line = ""
    for number in count(1):
        if is_over.wait(every):
            break
        line = f"{what} … {number} s"
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
    if line:
        print(f"\r{'':{len(line)}}\r", end="", file=sys.stderr, flush=True)
