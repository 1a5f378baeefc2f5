"""Amazon EventBridge: the default event bus, which hears of every change of state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

SOURCE = "aws.imagebuilder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event as Image Builder puts it on the default bus (user guide, integ-eventbridge)."""

    detail_type: str
    resources: Sequence[str]
    detail: Mapping[str, object]
    time: datetime


class EventBridge(Protocol):
    """The default event bus of an account in a Region."""

    def put_event(self, event: Event) -> None:
        """NeighbourError if it is refused."""
        ...


class NoEventBridge:
    """Without EventBridge nobody hears of anything."""

    __slots__ = ()

    def put_event(self, event: Event) -> None:
        """Nobody is there to take it."""
