"""The preview of a lifecycle policy: a table of what becomes of images, and a chart."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, Literal, TypedDict, get_args

from .frame import legend, summary
from .table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SHADES: Mapping[str, str] = {
    "KEEP": "good",
    "SKIP": "plain",
    "DEPRECATE": "deprecate",
    "DISABLE": "warning",
    "DELETE": "bad",
}

FateName = Literal["KEEP", "SKIP", "DEPRECATE", "DISABLE", "DELETE"]

_DONE: Mapping[FateName, str] = {
    "DEPRECATE": "deprecated",
    "DISABLE": "disabled",
    "DELETE": "deleted",
}
_TOLD_APART = 4
"""How many runs the summary has at most; of more it has the sum."""


class PreviewResource(TypedDict):
    """What becomes of an AMI or a container image that an image made."""

    resource: str
    region: str
    fate: str
    reason: str | None


class PreviewRow(TypedDict):
    """What becomes of an image in a run; None in ``run`` and ``at`` if it stays in all runs."""

    image: str
    state: str
    created: datetime
    run: int | None
    at: datetime | None
    fate: FateName
    rule: str | None
    reason: str
    resources: list[PreviewResource]
    obstacle: str | None


class Preview(Table[PreviewRow]):
    """A row for each image, from the newest to the oldest; the page has a chart of them.

    With several runs, an image has a row for each in which something new becomes of it.
    """

    __slots__ = ("_moment", "_nothing", "_policy", "_runs")

    def __init__(
        self,
        title: str,
        rows: Sequence[PreviewRow],
        *,
        policy: str,
        moment: datetime,
        runs: int | str = 1,
        nothing: str | None = None,
    ) -> None:
        """``policy`` is its name (it may have none), and ``moment`` the time of the first run.

        ``nothing`` says why there are no rows.
        """
        super().__init__(title, rows, marked_by="fate")
        self._policy = policy
        self._moment = moment
        self._runs = runs
        self._nothing = nothing

    @property
    def headline(self) -> str:
        policy = f"the lifecycle policy {self._policy}".rstrip()
        return f"What {policy} would do"

    @property
    def summary(self) -> str:
        """``12 deprecated, then 5 deleted, 3 kept``: the sum of what becomes of the images."""
        if not self.rows:
            return self._nothing or "no images"
        done: dict[int, list[PreviewRow]] = defaultdict(list)
        for row in self.rows:
            if row["run"] is not None and row["fate"] != "SKIP":
                done[row["run"]].append(row)
        acted_on = {row["image"] for row in chain.from_iterable(done.values())}
        rest = [row for row in self.rows if row["image"] not in acted_on]
        # One that is excluded from one rule after the other has a row of each.
        skipped = len({row["image"] for row in rest if row["fate"] == "SKIP"})
        kept = sum(row["fate"] == "KEEP" for row in rest)
        parts = [*self._sums(done)]
        parts += [f"{skipped:,} excluded"] * (skipped > 0)
        parts += [f"{kept:,} kept"] * (kept > 0)
        return ", ".join(parts)

    def data(self) -> dict[str, object]:
        return {"title": self.title, "summary": self.summary, "rows": self.rows}

    @property
    def columns(self) -> list[str]:
        """The names of the columns that say something: of one run, neither its number nor time."""
        said = {"run": self._runs != 1, "at": self._runs not in {1, "settled"}}
        return [name for name in super().columns if said.get(name, True)]

    def _sums(self, done: Mapping[int, Sequence[PreviewRow]]) -> Iterable[str]:
        if len(done) > _TOLD_APART:
            yield f"{_sum(chain.from_iterable(done.values()))} in {len(done):,} runs"
        elif done:
            yield ", then ".join(
                f"{_sum(rows)}{self._when(rows[0])}" for _, rows in sorted(done.items())
            )

    def _when(self, row: PreviewRow) -> str:
        is_daily = self._runs not in {1, "settled"} and row["at"] is not None
        return f" on {row['at']:%Y-%m-%d}" if is_daily else ""

    def parts(self) -> Iterable[str]:
        yield summary(self.summary)
        yield f'<p class="soft">{escape(self.title)}</p>'
        yield self._chart()
        said = [name for name in self.columns if name not in {"run", "at"}]
        runs: dict[int, list[PreviewRow]] = defaultdict(list)
        for row in self.rows:
            runs[row["run"] or 0].append(row)
        for number, rows in sorted(runs.items(), key=lambda run: run[0] or len(self.rows) + 1):
            yield f"<h2>{escape(self._heading(number, rows))}</h2>"
            yield self.html(rows, [name for name in said if any(self.shown(r, name) for r in rows)])

    def shown(self, row: PreviewRow, name: str) -> Sequence[str]:
        if name == "image":
            return [row["image"].partition("/")[2]]
        if name == "created":
            return [f"{row['created']:%Y-%m-%d %H:%M}"]
        return super().shown(row, name)

    def shade(self, row: PreviewRow) -> str | None:
        return _SHADES[row["fate"]]

    def _heading(self, number: int, rows: Sequence[PreviewRow]) -> str:
        """``Run 2 on 2026-11-21: 1 deleted``; what is kept is in no run."""
        if not number:
            return f"Kept: {len(rows):,}"
        done = [row for row in rows if row["fate"] != "SKIP"]
        sums = [_sum(done)] if done else []
        sums += [f"{len(rows) - len(done):,} excluded"] * (len(done) < len(rows))
        run = "The run" if self._runs == 1 else f"Run {number:,}"
        return f"{run}{self._when(rows[0])}: {', '.join(sums)}"

    def _chart(self) -> str:
        """A lane for each recipe version, with a mark where each of its images was created."""
        # Of an image with several rows, the last has what becomes of it in the end.
        rows = list({row["image"]: row for row in self.rows}.values())
        if not rows:
            return ""
        moments = [row["created"] for row in rows]
        first, last = min(moments), max(self._moment, *moments)
        whole = max(last - first, timedelta(microseconds=1))
        lanes: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            lane = row["image"].partition("/")[2].rpartition("/")[0]
            lanes[lane].append(_mark(row, left=(row["created"] - first) / whole))
        drawn = "\n".join(
            f'<span>{escape(lane)}</span><div class="track">{"".join(marks)}</div>'
            for lane, marks in sorted(lanes.items())
        )
        ends = f"<span>{first:%Y-%m-%d}</span><span>{last:%Y-%m-%d}</span>"
        return (
            f"{_legend(row['fate'] for row in rows)}\n"
            f'<div class="lanes">\n{drawn}\n<div class="ends">{ends}</div>\n</div>'
        )


def _sum(rows: Iterable[PreviewRow]) -> str:
    """``2 deprecated, 1 cannot be deleted``."""
    counts = Counter(
        f"cannot be {_DONE[row['fate']]}" if row["obstacle"] else _DONE[row["fate"]] for row in rows
    )
    words = [f"{before}{done}" for before in ("", "cannot be ") for done in _DONE.values()]
    return ", ".join(f"{counts[word]:,} {word}" for word in words if counts[word])


def _mark(row: PreviewRow, *, left: float) -> str:
    title = escape(f"{row['image']}: {row['fate']} ({row['reason']})")
    return (
        f'<div class="mark {_SHADES[row["fate"]]}" title="{title}" style="left:{left:.2%}"></div>'
    )


def _legend(fates: Iterable[FateName]) -> str:
    counts = Counter(fates)
    return legend(
        (_SHADES[fate], f"{fate} {counts[fate]:,}") for fate in get_args(FateName) if counts[fate]
    )
