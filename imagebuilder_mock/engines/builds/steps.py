"""The steps of a workflow as it runs: each begins, ends, fails, waits, and leads to the next.

What a step does is ``step_actions``' business; what the end of a workflow means for its group and
stage is ``workflow_runs``' and ``builds``'. Sources: user guide, manage-image-workflows and
image-workflow-create-document.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from imagebuilder_mock.domain.documents.workflows.variables import (
    UnresolvedReferenceError,
    is_reference,
    resolve,
)
from imagebuilder_mock.domain.resources.workflow_executions import (
    WAIT_FOR_ACTION,
    ImageFailureContext,
    WorkflowExecution,
    WorkflowStepExecution,
)
from imagebuilder_mock.domain.resources.workflows import Workflow
from imagebuilder_mock.engines import notices
from imagebuilder_mock.engines.one_build import BuildFailedError, StepFailedError

from . import actions, rollback
from .variables import variables_of

if TYPE_CHECKING:
    from typing import Literal

    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument, WorkflowStep
    from imagebuilder_mock.engines.one_build import Build

ACTION: Final = "end-step"
MAX_MESSAGE = 500


def go_on(build: Build, execution: WorkflowExecution, document: WorkflowDocument) -> None:
    """Begin the next step that is not skipped; without one, the workflow is complete."""
    for planned in document.steps[len(execution.steps) :]:
        step = _new_step(build, execution, planned)
        try:
            is_skipped = actions.is_skipped(build, execution, planned)
        except StepFailedError as error:
            # Nothing was begun: there is nothing to try again.
            step.inputs = _as_written(planned)
            _give_up(build, execution, document, step, error)
            return
        if not is_skipped:
            _begin_step(build, execution, document, step)
            return
        step.status, step.end_time = "SKIPPED", step.start_time
        step.inputs = _as_written(planned)
    _end(build, execution, "COMPLETED")


def move(build: Build, execution: WorkflowExecution) -> None:
    """Do what comes next: begin or end a step, or end a rollback.

    A step that still waits for an action has waited too long. BuildFailedError if that ends the
    build.
    """
    step = execution.open_step
    if step is None:
        build.world.state.scheduler.withdraw(execution.ticket)
        execution.ticket = None
        rollback.finish(execution)
        _end(build, execution, "ROLLBACK_COMPLETED")
        return
    build.world.state.scheduler.withdraw(step.ticket)
    step.ticket = None
    document = _document(build, execution)
    if step.status == "PENDING":
        _run_step(build, execution, document, step)
    elif step.is_waiting:
        answer(build, step, None)
    else:
        _end_step(build, execution, document, step)


def answer(
    build: Build,
    step: WorkflowStepExecution,
    action: Literal["RESUME", "STOP"] | None,
    reason: str | None = None,
) -> None:
    """A step that waited goes on, or fails; without an action it has waited too long.

    BuildFailedError if that ends the build.
    """
    execution = build.store.executions.workflow(step.workflow_execution_id)
    if execution is None:
        msg = f"{step.step_execution_id} has no workflow execution"
        raise AssertionError(msg)
    document = _document(build, execution)
    build.store.executions.note_waiting(step, waits=False)
    build.world.state.scheduler.withdraw(step.ticket)
    step.ticket = None
    if action == "RESUME":
        outputs: dict[str, object] = {"action": action}
        if reason is not None:
            outputs["reason"] = reason
        _complete(build, execution, document, step, outputs)
        return
    if action == "STOP":
        detail = f"The step was stopped: {reason}" if reason else "The step was stopped."
        execution.step_outputs[step.name] = {"action": action, "reason": reason or ""}
    else:
        detail = f"The step timed out after {step.timeout_seconds} seconds."
    _fail_step(build, execution, document, step, StepFailedError(detail))


def key_of(execution: WorkflowExecution) -> str:
    """What the scheduler is told; ``parse_key`` reads it."""
    return f"{execution.image_build_version_arn} {execution.workflow_execution_id}"


def parse_key(key: str) -> tuple[str, str]:
    arn, _, execution_id = key.partition(" ")
    return arn, execution_id


def document_of(workflow: Workflow) -> WorkflowDocument:
    # YAML is loaded with the first document that is met.
    from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document  # noqa: PLC0415

    return parse_workflow_document(workflow.data, workflow.type)


def _new_step(
    build: Build, execution: WorkflowExecution, planned: WorkflowStep
) -> WorkflowStepExecution:
    world = build.world
    step = WorkflowStepExecution(
        step_execution_id=f"step-{world.ids.uuid()}",
        image_build_version_arn=execution.image_build_version_arn,
        workflow_execution_id=execution.workflow_execution_id,
        workflow_build_version_arn=execution.workflow_build_version_arn,
        name=planned.name,
        action=planned.action,
        description=planned.description,
        start_time=world.clock.now(),
        on_failure=planned.on_failure,
        timeout_seconds=planned.timeout_seconds,
        max_attempts=planned.max_attempts,
        sequence=world.state.numbering.next(),
    )
    execution.steps.append(step)
    build.store.executions.add_step(step)
    return step


def _begin_step(
    build: Build,
    execution: WorkflowExecution,
    document: WorkflowDocument,
    step: WorkflowStepExecution,
) -> None:
    planned = _planned(document, step.name)
    if planned.wait_seconds:
        step.status = "PENDING"
        _plan(build, execution, step, timedelta(seconds=planned.wait_seconds))
    else:
        _run_step(build, execution, document, step)


def _run_step(
    build: Build,
    execution: WorkflowExecution,
    document: WorkflowDocument,
    step: WorkflowStepExecution,
) -> None:
    planned = _planned(document, step.name)
    step.status = "RUNNING"
    if planned.inputs is not None:
        # A reference that means nothing in this run fails the step at its end, where steps fail.
        step.inputs = json.dumps(actions.inputs_as_shown(build, execution, planned))
    timeout = timedelta(seconds=planned.timeout_seconds)
    if planned.action == WAIT_FOR_ACTION:
        try:
            inputs = actions.inputs_for(build, execution, planned)
        except StepFailedError as error:
            _give_up(build, execution, document, step, error)
            return
        build.store.executions.note_waiting(step, waits=True)
        _plan(build, execution, step, timeout, always=True)
        notices.step_waiting(build, step, inputs)
        return
    duration = build.world.state.durations.of_step(planned.name, planned.action)
    _plan(build, execution, step, min(duration, timeout))


def _plan(
    build: Build,
    execution: WorkflowExecution,
    step: WorkflowStepExecution,
    duration: timedelta,
    *,
    always: bool = False,
) -> None:
    step.due = build.world.clock.now() + duration
    # A held build waits for the test, and an instant one for nothing but an action.
    if always or build.world.settings.builds in ("observed", "clock"):
        scheduler = build.world.state.scheduler
        step.ticket = scheduler.enter(step.due, ACTION, key_of(execution))


def _end_step(
    build: Build,
    execution: WorkflowExecution,
    document: WorkflowDocument,
    step: WorkflowStepExecution,
) -> None:
    planned = _planned(document, step.name)
    try:
        _check_timeout(build, planned)
        outputs = actions.perform(build, execution, planned)
    except StepFailedError as error:
        _fail_step(build, execution, document, step, error)
    else:
        _complete(build, execution, document, step, outputs)


def _check_timeout(build: Build, planned: WorkflowStep) -> None:
    """A step takes too long only if the test says how long it takes: no sample fails a build."""
    given = build.world.state.durations.given_for(planned.name, planned.action)
    if given is not None and given > timedelta(seconds=planned.timeout_seconds):
        detail = f"The step timed out after {planned.timeout_seconds} seconds."
        raise StepFailedError(detail)


def _complete(
    build: Build,
    execution: WorkflowExecution,
    document: WorkflowDocument,
    step: WorkflowStepExecution,
    outputs: dict[str, object],
) -> None:
    step.status, step.end_time = "COMPLETED", build.world.clock.now()
    step.message = None
    if outputs:
        step.outputs = json.dumps(outputs)
        execution.step_outputs[step.name] = outputs
    notices.step_ended(build, step)
    go_on(build, execution, document)


def _fail_step(
    build: Build,
    execution: WorkflowExecution,
    document: WorkflowDocument,
    step: WorkflowStepExecution,
    error: StepFailedError,
) -> None:
    """A step that may be tried again is; one that was answered, or was not, may not."""
    if step.attempt_number < step.max_attempts and step.action != WAIT_FOR_ACTION:
        step.attempt_number += 1
        step.message = error.detail[:MAX_MESSAGE]
        _run_step(build, execution, document, step)
    else:
        _give_up(build, execution, document, step, error)


def _give_up(
    build: Build,
    execution: WorkflowExecution,
    document: WorkflowDocument,
    step: WorkflowStepExecution,
    error: StepFailedError,
) -> None:
    """A step has failed; its ``onFailure`` decides what follows."""
    step.status, step.end_time = "FAILED", build.world.clock.now()
    step.message = error.detail[:MAX_MESSAGE]
    step.outputs = error.detail
    notices.step_ended(build, step)
    if step.on_failure == "Continue":
        go_on(build, execution, document)
        return
    execution.message = error.detail[:MAX_MESSAGE]
    execution.failure_context = ImageFailureContext(
        image_status=build.image.state.status,
        workflow_execution_id=execution.workflow_execution_id,
        workflow_arn=execution.workflow_build_version_arn,
        step_execution_id=step.step_execution_id,
        failed_step=step.name,
        component_failure=error.component_failure,
        distribution_failure=error.distribution_failure,
    )
    if rollback.begin(build, execution, document):
        due = build.world.clock.now() + build.world.state.durations["rollback"]
        execution.due = due
        if build.world.settings.builds in ("observed", "clock"):
            scheduler = build.world.state.scheduler
            execution.ticket = scheduler.enter(due, ACTION, key_of(execution))
    else:
        _end(build, execution, "FAILED")


def _end(
    build: Build,
    execution: WorkflowExecution,
    status: Literal["COMPLETED", "FAILED", "ROLLBACK_COMPLETED"],
) -> None:
    execution.status, execution.end_time = status, build.world.clock.now()
    if status == "COMPLETED":
        _export(build, execution)
    elif execution.failure_context is not None and not execution.continues_on_failure:
        reason = (
            f"Workflow Execution ID: '{execution.workflow_execution_id}' failed with reason: "
            f"{execution.message}"
        )
        raise BuildFailedError(reason, execution.failure_context)


def _export(build: Build, execution: WorkflowExecution) -> None:
    """What later workflows can refer to; an output of a step that was skipped is none."""
    variables = variables_of(build, execution)
    for output in _document(build, execution).outputs:
        with suppress(UnresolvedReferenceError):
            value = {"value.$" if is_reference(output.value) else "value": output.value}
            resolved = resolve(value, variables)
            build.image.workflow_outputs[output.name] = cast("dict[str, object]", resolved)["value"]


def _document(build: Build, execution: WorkflowExecution) -> WorkflowDocument:
    world, store, image = build
    arn = execution.workflow_build_version_arn
    workflow = world.find(store, Workflow, arn, parameter="workflows")
    if workflow is None:
        context = ImageFailureContext(image_status=image.state.status, workflow_arn=arn)
        raise BuildFailedError(f"The workflow '{arn}' does not exist.", context)
    return document_of(workflow)


def _as_written(planned: WorkflowStep) -> str | None:
    return None if planned.inputs is None else json.dumps(planned.inputs)


def _planned(document: WorkflowDocument, name: str) -> WorkflowStep:
    return next(step for step in document.steps if step.name == name)
