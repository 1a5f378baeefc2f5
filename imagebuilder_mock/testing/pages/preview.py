"""What a lifecycle policy would do: the fates of images, by their creation."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, Literal, TypedDict, get_args

from .table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_CHART = """\
<style>
.chart {{ display: grid; grid-template-columns: max-content 1fr; gap: 2px 1rem; margin: 1rem 0; }}
.chart span {{ white-space: nowrap; }}
.lane {{ position: relative; background: #8882; min-width: 30rem; border-right: 6px solid #0000; }}
.ends {{ display: flex; justify-content: space-between; }}
.mark {{ position: absolute; top: 10%; bottom: 10%; width: 6px; }}
.legend .mark {{ position: static; display: inline-block; width: 1em; height: 1em;
  margin: 0 .4em 0 1em; vertical-align: -.15em; }}
.keep {{ background: #2e7d32; }}
.skip {{ background: #4878a8; }}
.deprecate {{ background: #e0b400; }}
.disable {{ background: #e06500; }}
.delete {{ background: #d3302f; }}
</style>
<p class="legend">{legend}</p>
<div class="chart">
{lanes}
<span></span><div class="ends"><span>{first}</span><span>{last}</span></div>
</div>"""


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

    __slots__ = ("_moment", "_nothing", "_runs")

    def __init__(
        self,
        title: str,
        rows: Sequence[PreviewRow],
        *,
        moment: datetime,
        runs: int | str = 1,
        nothing: str | None = None,
    ) -> None:
        """``moment`` is the time of the first run; ``nothing`` says why there are no rows."""
        super().__init__(title, rows, marked_by="fate")
        self._moment = moment
        self._runs = runs
        self._nothing = nothing

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

    def figure(self) -> str:
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
        return _CHART.format(
            legend=_legend(row["fate"] for row in rows),
            lanes="\n".join(
                f'<span>{escape(lane)}</span><div class="lane">{"".join(marks)}</div>'
                for lane, marks in sorted(lanes.items())
            ),
            first=f"{first:%Y-%m-%d}",
            last=f"{last:%Y-%m-%d}",
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
    shade = row["fate"].lower()
    return f'<div class="mark {shade}" title="{title}" style="left:{left:.2%}"></div>'


def _legend(fates: Iterable[FateName]) -> str:
    counts = Counter(fates)
    return "".join(
        f'<span class="mark {fate.lower()}"></span>{fate} {counts[fate]:,}'
        for fate in get_args(FateName)
        if counts[fate]
    )
