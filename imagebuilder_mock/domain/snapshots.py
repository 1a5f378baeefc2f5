"""A world's state put aside in memory: frozen once, thawed as often as it is needed."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import State


def frozen(state: State) -> bytes:
    """A copy that no change reaches: several times as fast as a deep copy, and small."""
    return pickle.dumps(state, pickle.HIGHEST_PROTOCOL)


def thawed(copy: bytes) -> State:
    """A new state, from what ``frozen`` gave in this process; files are never read like this."""
    state: State = pickle.loads(copy)  # noqa: S301 - never out of this process's memory
    return state
