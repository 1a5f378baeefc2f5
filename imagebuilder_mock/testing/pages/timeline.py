"""What ran in a build, and when: its stages, workflows and steps."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.domain.states import IN_PROGRESS

from .build_chart import TimelineRow, chart, of_the_build
from .frame import SHADES, box, facts, readable, summary
from .table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.workflow_executions import WorkflowExecution
    from imagebuilder_mock.world.events import Event


class _Told(Value):
    """What the page says about a build above its chart."""

    facts: Mapping[str, Sequence[str]]
    reason: str
    place: Mapping[str, Sequence[str]]
    """Where it failed."""


class Timeline(Table[TimelineRow]):
    """A row for each stage, workflow and step of a build, in the order in which they started."""

    __slots__ = ("_told",)

    def __init__(self, title: str, rows: Sequence[TimelineRow], told: _Told) -> None:
        super().__init__(title, rows, marked_by="status")
        self._told = told

    @property
    def summary(self) -> str:
        """``FAILED after 14 min 43 s``: how the build ended, or where it stands."""
        stages = [row for row in of_the_build(self.rows) if row["stage"]]
        if not stages:
            return ""
        *_, last = stages
        began, ended = stages[0]["start"], last["end"]
        now = self.rows[-1]["stage"]
        later = f", {now} now" if now and now != last["stage"] else ""
        if last["status"] and began is not None and ended is not None:
            # The build of an image that was added to the past took no time.
            after = f" after {readable(ended - began)}" if ended > began else ""
            return f"{last['stage']}{after}{later}"
        return f"{last['stage']}, under way"

    @property
    def columns(self) -> list[str]:
        """The names of the columns of the text, which has no room for the log."""
        return [name for name in super().columns if name != "log"]

    @property
    def headline(self) -> str:
        """``Build web/1.0.0/1``."""
        return f"Build {_short(self.title)}"

    def parts(self) -> Iterable[str]:
        told = self._told
        words = self.summary.replace(",", "").split()
        yield summary(self.summary, SHADES.get(words[0]) if words else None)
        yield f'<p class="soft">{escape(self.title.removeprefix("Build of "))}</p>'
        if told.reason:
            yield box(told.reason, told.place, "bad")
        yield facts(told.facts)
        yield from chart(self.rows)


def timeline_of(image: Image, logs: Mapping[str, list[str]]) -> Timeline:
    """The timeline of a build, with the ``logs_of`` the events.

    A row that has not ended has no ``end``.
    """
    rows = list(_rows(image, logs))
    return Timeline(f"Build of {image.arn}", rows, _told(image))


def logs_of(events: Iterable[Event]) -> Mapping[str, list[str]]:
    """The lines of logs by the ids of their steps, as far as events are kept."""
    lines: dict[str, list[str]] = defaultdict(list)
    for event in events:
        if event.step_execution_id is not None:
            said = f"{event.time:%H:%M:%S} {event.body['message']}"
            lines[event.step_execution_id].append(said)
    return lines


def _told(image: Image) -> _Told:
    recipe, state = image.recipe, image.state
    amis = [f"{ami.region}: {ami.image}" for ami in image.amis]
    if len({ami.owner for ami in image.amis}) > 1:
        amis = [f"{ami.region}: {ami.image} ({ami.owner})" for ami in image.amis]
    outputs = image.output_resources
    containers = [
        f"{each.region}: {uri}"
        for each in (outputs and outputs.containers) or ()
        for uri in each.image_uris
    ]
    began = image.transitions[0].moment if image.transitions else image.date_created
    known = {
        "Recipe": [] if recipe is None else [recipe.arn.rpartition(f":{recipe.kind}/")[2]],
        "Parent image": [] if recipe is None else [_short(recipe.parent_image)],
        "Pipeline": []
        if image.source_pipeline_arn is None
        else [_short(image.source_pipeline_arn)],
        "Began": [f"{began:%Y-%m-%d %H:%M:%S} UTC"],
        "AMIs": amis,
        "Container images": containers,
    }
    return _Told(known, state.reason or "", _place(image))


def _place(image: Image) -> Mapping[str, Sequence[str]]:
    context = image.state.failure_context
    if context is None:
        return {}
    component: Mapping[str, object] = {**(context.component_failure or {})}
    of_component = {
        name: [_short(str(component[member]))] if member in component else []
        for name, member in (
            ("Component", "componentArn"),
            ("Phase", "phaseName"),
            ("Its step", "stepName"),
            ("Error", "errorMessage"),
        )
    }
    distribution = {
        name: [str(value)] for name, value in (context.distribution_failure or {}).items()
    }
    return {
        "Stage": [context.image_status],
        "Workflow": [_short(context.workflow_arn)] if context.workflow_arn else [],
        "Step": [context.failed_step] if context.failed_step else [],
        **of_component,
        **distribution,
    }


def _short(reference: str) -> str:
    """The part of an ARN from its name on; another text as it is."""
    return reference.partition("/")[2] if "arn:" in reference else reference


def _rows(image: Image, logs: Mapping[str, list[str]]) -> Iterator[TimelineRow]:
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
                yield from _execution_rows(execution, logs)


def _execution_rows(
    execution: WorkflowExecution, logs: Mapping[str, list[str]]
) -> Iterator[TimelineRow]:
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
            log=logs.get(step.step_execution_id, []),
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
    log: Sequence[str] = (),
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
        "log": list(log),
    }
