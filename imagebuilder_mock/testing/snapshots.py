"""How a world was at a moment, to go back to."""

from __future__ import annotations

from copy import copy, deepcopy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagebuilder_mock.domain.world import World


class Snapshot:
    """What ``mock.snapshot()`` gives and ``mock.restore()`` takes; it does not change."""

    __slots__ = ("_clock", "_ids", "_page_tokens", "_state", "taken_at")

    def __init__(self, world: World) -> None:
        with world.lock:
            self.taken_at = world.clock.now()
            self._state = deepcopy(world.state)
            self._clock = copy(world.clock)
            self._ids = deepcopy(world.ids)
            self._page_tokens = world.page_tokens

    def __repr__(self) -> str:
        return f"<Snapshot of {self.taken_at.isoformat()}>"

    def restore(self, world: World) -> None:
        with world.lock:
            world.state = deepcopy(self._state)
            world.clock = copy(self._clock)
            world.ids = deepcopy(self._ids)
            world.page_tokens = self._page_tokens
