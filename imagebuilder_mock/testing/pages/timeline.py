"""What ran in a build, and when: its stages, workflows and steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, TypedDict

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.states import IN_PROGRESS

from .table import SHADES, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.workflow_executions import WorkflowExecution

_CHART = """\
<style>
.chart {{ display: grid; grid-template-columns: max-content 1fr; gap: 2px 1rem; margin: 1rem 0; }}
.chart span {{ white-space: nowrap; }}
.chart .step {{ padding-left: 1.5rem; }}
.track {{ position: relative; overflow: visible; background: #8882; min-width: 30rem;
  border-right: 3px solid #0000; }}
.bar {{ position: absolute; top: 15%; bottom: 15%; min-width: 3px; background: #4878a8; }}
.bar.good {{ background: #2e7d32; }}
.bar.bad {{ background: #d3302f; }}
.bar.warning {{ background: #e08200; }}
</style>
<div class="chart">
{bars}
</div>"""


_COLOURS = {**SHADES, "ROLLBACK_COMPLETED": "bad"}


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


class Timeline(Table[TimelineRow]):
    """A row for each stage, workflow and step of a build, in the order in which they started."""

    __slots__ = ()

    def figure(self) -> str:
        """A bar for each row, on the time from the first start to the last end."""
        # A row that has not ended has just its beginning.
        spans = [
            (row, row["start"], row["end"] or row["start"])
            for row in self.rows
            if row["start"] is not None
        ]
        first = min((start for _, start, _ in spans), default=None)
        if first is None:
            return ""
        whole = max(max(end for *_, end in spans) - first, timedelta(microseconds=1))
        bars = (
            _bar(row, left=(start - first) / whole, width=(end - start) / whole)
            for row, start, end in spans
        )
        return _CHART.format(bars="\n".join(bars))


def timeline_of(image: Image) -> Timeline:
    """The timeline of a build; a row that has not ended has no ``end``."""
    return Timeline(f"Build of {image.arn}", list(_rows(image)), marked_by="status")


def _rows(image: Image) -> Iterator[TimelineRow]:
    following = [*(stage.moment for stage in image.transitions[1:]), None]
    for number, (stage, end) in enumerate(zip(image.transitions, following, strict=True)):
        is_end = stage.status not in IN_PROGRESS
        yield _row(
            stage=stage.status,
            status=stage.status if is_end else "",
            span=(stage.moment, stage.moment if is_end else end),
            message=image.state.reason if is_end and end is None else None,
        )
        for execution in image.executions:
            if execution.transition == number:
                yield from _execution_rows(execution)


def _execution_rows(execution: WorkflowExecution) -> Iterator[TimelineRow]:
    workflow = Arn.parse(execution.workflow_build_version_arn)
    yield _row(
        workflow=f"{workflow.slug}/{workflow.version}/{workflow.build}",
        status=execution.status,
        span=(execution.start_time, execution.end_time),
        message=execution.message,
    )
    for step in execution.begun_steps:
        yield _row(
            step=step.name,
            action=step.action,
            status=step.status,
            span=(step.start_time, step.end_time),
            message=step.message,
        )


def _row(
    *,
    status: str,
    span: tuple[datetime | None, datetime | None],
    message: str | None,
    stage: str = "",
    workflow: str = "",
    step: str = "",
    action: str = "",
) -> TimelineRow:
    start, end = span
    return {
        "stage": stage,
        "workflow": workflow,
        "step": step,
        "action": action,
        "status": status,
        "start": start,
        "end": end,
        "duration": None if start is None or end is None else end - start,
        "message": message,
    }


def _bar(row: TimelineRow, *, left: float, width: float) -> str:
    name = str(row["stage"] or row["workflow"] or row["step"])
    kind = "step" if row["step"] else "whole"
    colour = _COLOURS.get(str(row["status"]), "")
    title = escape(f"{name}: {row['status']} {row['duration'] or ''}")
    return (
        f'<span class="{kind}">{escape(name)}</span>'
        f'<div class="track"><div class="bar {colour}" title="{title}" '
        f'style="left:{left:.2%};width:{width:.2%}"></div></div>'
    )
