"""What a neighbour cannot do, or will not."""

from __future__ import annotations


class NeighbourError(Exception):
    """A neighbour's refusal; the text is its own."""


class AbsentError(NeighbourError):
    """What was asked for is not there."""


class NobodyToAskError(NeighbourError):
    """There is no such neighbour: moto is off, or does not have what was asked of it."""
