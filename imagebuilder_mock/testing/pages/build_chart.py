"""The chart of a build, with a bar for each stage, workflow and step."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, TypedDict

from .frame import SHADES, legend, readable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class TimelineRow(TypedDict):
    """A stage, a workflow or a step, whichever of the three is not empty."""

    stage: str
    workflow: str
    step: str
    action: str
    status: str
    start: datetime | None
    end: datetime | None
    duration: timedelta | None
    message: str | None
    log: list[str]
    """What a step has written to the log of the build."""


_AFTERWARDS = frozenset(("DEPRECATED", "DISABLED", "DELETED"))
_PASSED_OVER = "SKIPPED"

_NOTE = (
    "No mock time passed in the steps, so all bars have the same width. Durations are those of the "
    'program that looked at the build; with builds="clock" they are those of builds.'
)

_WORDS: Mapping[str, str] = {
    "good": "succeeded",
    "bad": "failed or rolled back",
    "warning": "skipped or cancelled",
    "plain": "stages, and what runs",
}


def chart(rows: Sequence[TimelineRow]) -> list[str]:
    """The parts of the chart: a legend, a note if widths mean nothing, and the rows with bars."""
    is_timed = _has_time_passed(rows)
    built = of_the_build(rows)
    places = [
        *(_by_time(built) if is_timed else _by_number(built)),
        *[None] * (len(rows) - len(built)),
    ]
    shades = dict.fromkeys(_shade(row) for row in rows)
    lines = "\n".join(_line(row, place) for row, place in zip(rows, places, strict=True))
    return [
        legend((shade, word) for shade, word in _WORDS.items() if shade in shades),
        "" if is_timed else f'<p class="soft">{escape(_NOTE)}</p>',
        f'<ol class="chart">\n{lines}\n</ol>',
    ]


def _has_time_passed(rows: Sequence[TimelineRow]) -> bool:
    """Whether steps took mock time; if calls alone move the build, they take none."""
    ended = [
        row["duration"]
        for row in rows
        if row["step"] and row["duration"] is not None and row["status"] != _PASSED_OVER
    ]
    took = sum(ended, timedelta())
    if not ended and any(row["step"] for row in rows):
        moments = _moments(of_the_build(rows))
        took = max(moments) - min(moments)
    return took >= timedelta(seconds=1)


def of_the_build(rows: Sequence[TimelineRow]) -> Sequence[TimelineRow]:
    """The rows of the build, without what lifecycle management did to the image later."""
    for number, row in enumerate(rows):
        if row["stage"] in _AFTERWARDS:
            return rows[:number]
    return rows


def _moments(rows: Sequence[TimelineRow]) -> list[datetime]:
    return [each for row in rows for each in (row["start"], row["end"]) if each is not None]


def _by_time(rows: Sequence[TimelineRow]) -> list[tuple[float, float] | None]:
    """Where each bar begins, and its width, as parts of the whole; None has no bar.

    A row that has not ended goes on to the last moment that is known.
    """
    moments = _moments(rows)
    first, last = min(moments), max(moments)
    whole = max(last - first, timedelta(microseconds=1))
    return [
        None
        if row["start"] is None
        else ((row["start"] - first) / whole, ((row["end"] or last) - row["start"]) / whole)
        for row in rows
    ]


def _by_number(rows: Sequence[TimelineRow]) -> list[tuple[float, float]]:
    """The same where no time passed: what has nothing below it has equal widths."""
    levels = [_level(row) for row in rows]
    is_leaf = [level >= following for level, following in pairwise((*levels, 0))]
    width = 1 / max(sum(is_leaf), 1)
    places = []
    for number, level in enumerate(levels):
        after = (at for at in range(number + 1, len(levels)) if levels[at] <= level)
        leaves = sum(is_leaf[number : next(after, len(levels))])
        places.append((sum(is_leaf[:number]) * width, leaves * width))
    return places


def _level(row: TimelineRow) -> int:
    return 0 if row["stage"] else 1 if row["workflow"] else 2


def _line(row: TimelineRow, place: tuple[float, float] | None) -> str:
    name = row["stage"] or row["workflow"] or row["step"]
    kind = ("stage", "workflow", "step")[_level(row)]
    action = f"<small>{escape(row['action'])}</small>" if row["action"] else ""
    took = "" if row["duration"] is None else readable(row["duration"])
    status = escape("" if row["stage"] == row["status"] else row["status"])
    began = "" if row["start"] is None else f"from {row['start']:%Y-%m-%d %H:%M:%S}"
    bar = ""
    if place is not None:
        left, width = place
        bar = (
            f'<div class="bar" title="{escape(began)}" '
            f'style="left:{left:.2%};width:{width:.2%}"></div>'
        )
    return (
        f'<li class="{kind} {_shade(row)}"><div class="name">{escape(name)}{action}</div>'
        f'<div class="status">{status.replace("_", "_<wbr>")}</div>'
        f'<div class="took">{escape(took)}</div>'
        f'<div class="track">{bar}</div>{_more(row)}</li>'
    )


def _more(row: TimelineRow) -> str:
    # What is said of the build as a whole stands above the chart.
    said = row["message"] if not row["stage"] else None
    message = f"<p>{escape(said)}</p>" if said else ""
    lines = row["log"]
    log = ""
    if lines:
        noun = "line" if len(lines) == 1 else "lines"
        log = (
            f"<details><summary>{len(lines):,} {noun} of the log</summary>"
            f"<pre>{escape(chr(10).join(lines))}</pre></details>"
        )
    return f'<div class="more">{message}{log}</div>' if message or log else ""


def _shade(row: TimelineRow) -> str:
    return SHADES.get(row["status"], "plain")
