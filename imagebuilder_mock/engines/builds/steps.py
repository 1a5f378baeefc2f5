"""The steps of a workflow as it runs: each begins, ends, fails, waits, and leads to the next.

A workflow that fails undoes what can be undone. What a step does is in ``actions``; what follows
from the end of a workflow, for its group and stage, in ``workflows`` and ``stages``. Sources: user
guide, manage-image-workflows and image-workflow-create-document.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from imagebuilder_mock.domain.builds import IMAGE_ID
from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS
from imagebuilder_mock.domain.documents.workflows.variables import (
    UnresolvedReferenceError,
    is_reference,
    look_up,
    resolve,
)
from imagebuilder_mock.domain.resources.workflow_executions import (
    WAIT_FOR_ACTION,
    WorkflowStepExecution,
)
from imagebuilder_mock.engines import notices
from imagebuilder_mock.engines.one_build import BuildFailedError, StepFailedError
from imagebuilder_mock.engines.outputs.adoption import take_image_id

from . import actions

if TYPE_CHECKING:
    from typing import Literal

    from imagebuilder_mock.domain.documents.workflows.document import WorkflowStep
    from imagebuilder_mock.domain.resources.workflow_executions import WorkflowExecution
    from imagebuilder_mock.engines.one_build import Build, Run

ACTION: Final = "end-step"
MAX_MESSAGE = 500


def go_on(run: Run) -> None:
    """Begin the next step that is not skipped; if there is none, complete the workflow."""
    _list_steps(run)
    for planned, step in zip(run.workflow_document.steps, run.execution.steps, strict=True):
        if step.has_begun:
            continue
        step.start_time = run.build.world.clock.now()
        try:
            is_skipped = actions.is_skipped(run, planned)
        except StepFailedError as error:
            # The step has not begun, so it is not tried again.
            step.inputs = _as_written(planned)
            _give_up(run, step, error)
            return
        if not is_skipped and planned.wait_seconds:
            _wait(run, step, timedelta(seconds=planned.wait_seconds))
            return
        if not is_skipped:
            _run_step(run, planned, step)
            return
        step.status, step.end_time = "SKIPPED", step.start_time
        step.inputs = _as_written(planned)
    _end(run, "COMPLETED")


def move(run: Run) -> None:
    """Do what comes next: begin or end a step, or end a rollback.

    A step that still waits for an action has waited too long. BuildFailedError if that ends the
    build.
    """
    step = run.execution.open_step
    if step is None:
        withdraw(run.build, run.execution)
        end_rollback(run.execution)
        _end(run, "ROLLBACK_COMPLETED")
        return
    withdraw(run.build, step)
    planned = run.planned(step)
    if step.status == "PENDING":
        _run_step(run, planned, step)
    elif step.is_waiting:
        answer(run, step, None)
    else:
        _end_step(run, planned, step)


def answer(
    run: Run,
    step: WorkflowStepExecution,
    action: Literal["RESUME", "STOP"] | None,
    reason: str | None = None,
) -> None:
    """Let a step that waited go on, or fail; without an action it has waited too long.

    BuildFailedError if that ends the build.
    """
    # This raises if the document is gone; then the step goes on waiting.
    planned = run.planned(step)
    run.build.store.executions.waiting.remove(step)
    withdraw(run.build, step)
    if action == "RESUME":
        given = {} if reason is None else {"reason": reason}
        try:
            outputs = actions.as_ordered(run, planned, {"action": action, **given})
        except StepFailedError as error:
            _give_up(run, step, error)
        else:
            _complete(run, step, outputs)
    elif action == "STOP":
        detail = f"The step was stopped: {reason}" if reason else "The step was stopped."
        run.execution.step_outputs[step.name] = {"action": action, "reason": reason or ""}
        _give_up(run, step, StepFailedError(detail))
    else:
        _give_up(run, step, _timed_out(step))


def withdraw(build: Build, waiting: WorkflowExecution | WorkflowStepExecution) -> None:
    """Take back the scheduler's entry for a step or a rollback."""
    build.world.state.scheduler.withdraw(waiting.ticket)
    waiting.ticket = None


def parse_key(key: str) -> tuple[str, str]:
    """The image's ARN and the workflow execution's id in a key of the scheduler's."""
    arn, _, execution_id = key.partition(" ")
    return arn, execution_id


def _list_steps(run: Run) -> None:
    """Add the steps that the run does not have yet: all of them when it starts."""
    world, execution = run.build.world, run.execution
    for planned in run.workflow_document.steps[len(execution.steps) :]:
        step = WorkflowStepExecution(
            step_execution_id=f"step-{world.ids.uuid()}",
            image_build_version_arn=execution.image_build_version_arn,
            workflow_execution_id=execution.workflow_execution_id,
            workflow_build_version_arn=execution.workflow_build_version_arn,
            name=planned.name,
            action=planned.action,
            description=planned.description,
            status="PENDING",
            on_failure=planned.on_failure,
            timeout_seconds=planned.timeout_seconds,
            max_attempts=planned.max_attempts,
            sequence=world.state.numbering.next(),
        )
        execution.steps.append(step)
        run.build.store.executions.steps[step.step_execution_id] = step


def _run_step(run: Run, planned: WorkflowStep, step: WorkflowStepExecution) -> None:
    step.status = "RUNNING"
    notices.step_started(run.build, step, has_condition=planned.condition is not None)
    if planned.inputs is not None:
        # A reference without a value fails the step when it ends, as all failures do.
        step.inputs = json.dumps(actions.inputs_as_shown(run, planned))
    timeout = timedelta(seconds=planned.timeout_seconds)
    if planned.action != WAIT_FOR_ACTION:
        duration = run.build.world.state.durations.of_step(
            planned.name, planned.action, is_idle=actions.is_idle(run, planned)
        )
        _wait(run, step, min(duration, timeout))
        return
    try:
        inputs = actions.inputs_for(run, planned)
    except StepFailedError as error:
        _give_up(run, step, error)
        return
    run.build.store.executions.waiting.add(step)
    _wait(run, step, timeout, always=True)
    notices.step_waiting(run.build, step, inputs)


def _wait(
    run: Run,
    waiting: WorkflowExecution | WorkflowStepExecution,
    duration: timedelta,
    *,
    always: bool = False,
) -> None:
    """Have the scheduler go on with the run after a time; ``always`` means in all modes.

    Only the wait for an action ends by itself in all modes.
    """
    world, execution = run.build.world, run.execution
    waiting.due = world.clock.now() + duration
    if always or run.build.goes_on_by_itself:
        key = f"{execution.image_build_version_arn} {execution.workflow_execution_id}"
        waiting.ticket = world.state.scheduler.enter(waiting.due, ACTION, key)


def _end_step(run: Run, planned: WorkflowStep, step: WorkflowStepExecution) -> None:
    # Only a duration that the test has set can be too long: the mock's own fail no build.
    given = run.build.world.state.durations.given_for(planned.name, planned.action)
    try:
        if given is not None and given > timedelta(seconds=planned.timeout_seconds):
            raise _timed_out(step)
        with notices.at_work(run.build, step):
            outputs = actions.perform(run, planned)
    except StepFailedError as error:
        if step.attempt_number >= step.max_attempts:
            _give_up(run, step, error)
            return
        step.attempt_number += 1
        step.message = error.detail[:MAX_MESSAGE]
        _run_step(run, planned, step)
    else:
        _complete(run, step, outputs)


def _timed_out(step: WorkflowStepExecution) -> StepFailedError:
    return StepFailedError(f"The step timed out after {step.timeout_seconds} seconds.")


def _complete(run: Run, step: WorkflowStepExecution, outputs: dict[str, object]) -> None:
    step.status, step.end_time = "COMPLETED", run.build.world.clock.now()
    step.message = None
    if outputs:
        step.outputs = json.dumps(outputs)
        run.execution.step_outputs[step.name] = outputs
    notices.step_ended(run.build, step)
    go_on(run)


def _give_up(run: Run, step: WorkflowStepExecution, error: StepFailedError) -> None:
    """Fail a step; its ``onFailure`` decides what follows."""
    execution = run.execution
    step.status, step.end_time = "FAILED", run.build.world.clock.now()
    step.message = error.detail[:MAX_MESSAGE]
    step.outputs = json.dumps(error.outputs)
    notices.step_ended(run.build, step)
    if step.on_failure == "Continue":
        go_on(run)
        return
    execution.message = step.message
    execution.failure_context = error.at(run.place(step))
    if _begin_rollback(run):
        _wait(run, execution, run.build.world.state.durations["rollback"])
    else:
        _end(run, "ROLLBACK_COMPLETED")


def _begin_rollback(run: Run) -> bool:
    """Begin to undo the steps; False if there is nothing to undo."""
    for step in run.execution.steps:
        if STEP_ACTIONS[step.action].undone and step.status in ("COMPLETED", "FAILED"):
            step.rollback_status = "SKIPPED" if _is_kept(run, step) else "RUNNING"
    if not any(step.rollback_status == "RUNNING" for step in run.execution.steps):
        return False
    run.execution.status = "ROLLBACK_IN_PROGRESS"
    return True


def _is_kept(run: Run, step: WorkflowStepExecution) -> bool:
    """Whether a rollback keeps what the step made.

    The document can say so, and for an instance the infrastructure.
    """
    infrastructure = run.build.image.infrastructure_configuration
    if (
        STEP_ACTIONS[step.action].undone == "terminates the instance"
        and infrastructure is not None
        and not infrastructure.terminate_instance_on_failure
    ):
        return True
    enabled: object = run.planned(step).rollback_enabled
    if isinstance(enabled, str):
        try:
            enabled = look_up(enabled, run.variables)
        except UnresolvedReferenceError:
            return False
    return enabled is False


def end_rollback(execution: WorkflowExecution) -> None:
    """Note that everything is undone."""
    for step in execution.steps:
        if step.rollback_status == "RUNNING":
            step.rollback_status = "COMPLETED"


def _end(run: Run, status: Literal["COMPLETED", "ROLLBACK_COMPLETED"]) -> None:
    execution = run.execution
    execution.status, execution.end_time = status, run.build.world.clock.now()
    if status == "COMPLETED":
        _export(run)
    elif execution.failure_context is not None and not execution.continues_on_failure:
        reason = (
            f"Workflow Execution ID: '{execution.workflow_execution_id}' failed with reason: "
            f"{execution.message}"
        )
        raise BuildFailedError(reason, execution.failure_context)


def _export(run: Run) -> None:
    """Keep the workflow's outputs for later ones; what refers to a skipped step has no value."""
    image = run.build.image
    for output in run.workflow_document.outputs:
        name, written = output.name, output.value
        value: object = None
        with suppress(UnresolvedReferenceError):
            value = (look_up if is_reference(written) else resolve)(written, run.variables)
            image.workflow_outputs[name] = value
        if (name, run.execution.type, image.type) == (IMAGE_ID, "BUILD", "AMI"):
            take_image_id(run.build, value)


def _as_written(planned: WorkflowStep) -> str | None:
    return None if planned.inputs is None else json.dumps(planned.inputs)
