"""What a lifecycle policy would do: the fates of images, by their creation."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from .table import Table, moment_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

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

_FATES = ("KEEP", "SKIP", "DEPRECATE", "DISABLE", "DELETE")


class Preview(Table):
    """A row for each image, from the newest to the oldest; the page has a chart of them."""

    __slots__ = ("_moment",)

    def __init__(
        self, title: str, rows: Sequence[Mapping[str, object]], *, moment: datetime
    ) -> None:
        """``moment`` is the time that the preview is of."""
        super().__init__(title, rows, marked_by="fate")
        self._moment = moment

    def figure(self) -> str:
        """A lane for each recipe version, with a mark where each of its images was created."""
        moments = [moment_in(row, "created") for row in self.rows]
        if not moments:
            return ""
        first, last = min(moments), max(self._moment, *moments)
        whole = max(last - first, timedelta(microseconds=1))
        lanes: dict[str, list[str]] = defaultdict(list)
        for row, created in zip(self.rows, moments, strict=True):
            lane = str(row["image"]).partition("/")[2].rpartition("/")[0]
            lanes[lane].append(_mark(row, left=(created - first) / whole))
        return _CHART.format(
            legend=_legend(row["fate"] for row in self.rows),
            lanes="\n".join(
                f'<span>{escape(lane)}</span><div class="lane">{"".join(marks)}</div>'
                for lane, marks in sorted(lanes.items())
            ),
            first=f"{first:%Y-%m-%d}",
            last=f"{last:%Y-%m-%d}",
        )


def _mark(row: Mapping[str, object], *, left: float) -> str:
    title = escape(f"{row['image']}: {row['fate']} ({row['reason']})")
    shade = str(row["fate"]).lower()
    return f'<div class="mark {shade}" title="{title}" style="left:{left:.2%}"></div>'


def _legend(fates: Iterable[object]) -> str:
    counts = Counter(fates)
    return "".join(
        f'<span class="mark {fate.lower()}"></span>{fate} {counts[fate]:,}'
        for fate in _FATES
        if counts[fate]
    )
