"""Workflows as they run for an image: the groups of a stage, and the executions in them.

Up to five workflows of a group run at once; the steps of a workflow run one after another
(``steps``). What follows from the end of a stage is decided in ``stages``. Sources: user guide,
manage-image-workflows and pipeline-workflows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.resources.workflow_executions import (
    ImageFailureContext,
    WorkflowExecution,
)
from imagebuilder_mock.engines import notices
from imagebuilder_mock.engines.one_build import Run, document_of

from . import steps

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Literal

    from imagebuilder_mock.domain.builds import PlannedWorkflow, Stage
    from imagebuilder_mock.engines.one_build import Build

RUN_AT_ONCE = 5
"""Workflows of one group (user guide, pipeline-workflows)."""


def begin_group(build: Build, stage: Stage, group: int) -> None:
    """Start as many workflows of a group as run at once.

    BuildFailedError if a workflow does not exist any more.
    """
    build.image.group = group
    build.image.queue = list(stage.groups[group])
    _start_queued(build)


def is_done(build: Build, stage: Stage) -> bool:
    """Whether all groups have ended.

    If not, start what waits for its turn in the group, or the next group.
    """
    image = build.image
    _start_queued(build)
    while not image.queue and not image.running_executions:
        if image.group + 1 >= len(stage.groups):
            return True
        begin_group(build, stage, image.group + 1)
    return False


def is_idle(build: Build) -> bool:
    """Whether no workflow runs or waits for its turn."""
    return not build.image.running_executions and not build.image.queue


def next_to_move(build: Build) -> Run | None:
    """The workflow that goes on first; None if all of them wait for an action."""
    ready = [
        execution
        for execution in build.image.running_executions
        if (step := execution.open_step) is None or not step.is_waiting
    ]
    return Run(build, min(ready, key=_when)) if ready else None


def end_all(
    build: Build, status: Literal["CANCELLED", "FAILED"], *, message: str | None = None
) -> None:
    """End all workflows that still run, because the build has ended."""
    for execution in build.image.running_executions:
        step = execution.open_step
        if step is not None and step.is_waiting:
            build.store.executions.waiting.remove(step)
        steps.end_rollback(execution)
        for ended in (execution, step):
            if ended is not None:
                steps.withdraw(build, ended)
                ended.status, ended.end_time = status, build.world.clock.now()
                ended.message = None if message is None else message[: steps.MAX_MESSAGE]
    build.image.queue.clear()


def interrupted(build: Build) -> ImageFailureContext:
    """Where a build stands that a test makes fail."""
    for execution in build.image.running_executions:
        return Run(build, execution).place(execution.open_step)
    return ImageFailureContext(image_status=build.image.state.status)


def mark_retried(build: Build, stage: Stage) -> None:
    """Mark what ran in a stage before as replaced, since the stage is run again."""
    types = {workflow.type for group in stage.groups for workflow in group}
    for execution in build.image.executions:
        if execution.type in types:
            execution.retried = True


def _start_queued(build: Build) -> None:
    image = build.image
    while image.queue and len(image.running_executions) < RUN_AT_ONCE:
        _start(build, image.queue.pop(0))


def _start(build: Build, planned: PlannedWorkflow) -> None:
    world, store, image = build
    workflow = build.workflow_at(planned.arn)
    execution = WorkflowExecution(
        workflow_execution_id=f"wf-{world.ids.uuid()}",
        image_build_version_arn=image.arn,
        workflow_build_version_arn=workflow.arn,
        type=planned.type,
        total_step_count=len(document_of(workflow).steps),
        start_time=world.clock.now(),
        parallel_group=planned.parallel_group,
        transition=len(image.transitions) - 1,
        continues_on_failure=planned.continues_on_failure,
        parameters=dict(planned.parameters),
        sequence=world.state.numbering.next(),
    )
    image.executions.append(execution)
    store.executions.add(execution)
    notices.workflow_started(build, execution)
    steps.go_on(Run(build, execution))


def _when(execution: WorkflowExecution) -> tuple[datetime, int]:
    step = execution.open_step
    due = execution.due if step is None else step.due
    return due or execution.start_time, execution.sequence
