"""CloudWatch Logs: the group of an image's builds, a stream for each, and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class LogLine(NamedTuple):
    """A line and its time."""

    time: datetime
    text: str


class CloudWatchLogs(Protocol):
    """CloudWatch Logs as an account sees it in a Region."""

    def write(self, group: str, stream: str, lines: Sequence[LogLine]) -> None:
        """Add lines, in the order of their times; group and stream are made where missing.

        NeighbourError if it is refused.
        """
        ...


class NoCloudWatchLogs:
    """Without CloudWatch Logs nobody reads the lines."""

    __slots__ = ()

    def write(self, group: str, stream: str, lines: Sequence[LogLine]) -> None:
        """Nobody is there to take them."""
