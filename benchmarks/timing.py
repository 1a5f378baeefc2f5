"""How a call is timed: medians of interleaved rounds, so that a slow moment hits all alike."""

from __future__ import annotations

import gc
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROUNDS = 9


def interleaved(
    calls: Mapping[str, Callable[[], object]], *, repeat: int, rounds: int = ROUNDS
) -> dict[str, float]:
    """Microseconds per call: the median over rounds in which each call is repeated in turn."""
    for call in calls.values():
        call()
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            gc.collect()
            started = perf_counter()
            for _ in range(repeat):
                call()
            samples[name].append((perf_counter() - started) / repeat * 1e6)
    return {name: median(times) for name, times in samples.items()}


class Table:
    """Rows of text under a title, each column as wide as it needs to be."""

    def __init__(self, title: str, *columns: str) -> None:
        self._title = title
        self._rows: list[tuple[str, ...]] = [columns]

    def row(self, *cells: str) -> None:
        self._rows.append(cells)

    def show(self) -> None:
        widths = [max(map(len, column)) for column in zip(*self._rows, strict=True)]
        print(f"\n{self._title}")
        for position, cells in enumerate(self._rows):
            name, *figures = zip(cells, widths, strict=True)
            aligned = [cell.rjust(width) for cell, width in figures]
            print("  " + "   ".join([name[0].ljust(name[1]), *aligned]))
            if position == 0:
                print("  " + "   ".join("-" * width for width in widths))


def microseconds(value: float) -> str:
    return f"{value:,.0f} µs"


def within(value: float, limit: float) -> str:
    return f"{value:.2f} {'≤' if value <= limit else 'OVER'} {limit:g}"


def at_least(value: float, limit: float) -> str:
    return f"{value:.2f} {'≥' if value >= limit else 'UNDER'} {limit:g}"
