"""Workflow executions and their steps: get, list, and answer those that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imagebuilder_mock.domain.errors import (
    ResourceNotFoundException,
    invalid_value,
    missing_error,
)
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.workflow_executions import (
    WorkflowExecution,
    WorkflowStepExecution,
)
from imagebuilder_mock.engines.builds import stages
from imagebuilder_mock.operations.handler import operation
from imagebuilder_mock.operations.listing import listed

from .images import note_looked_at

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.operations.handler import Context, Result

T = TypeVar("T")


@operation
def list_workflow_executions(
    ctx: Context, params: wire.ListWorkflowExecutionsRequestTypeDef
) -> Result:
    """In the order in which they began; ``message`` is why the image failed."""
    image = ctx.own(Image, params["imageBuildVersionArn"])
    result = listed(
        ctx,
        params,
        "workflowExecutions",
        OrderedIndex(image.executions),
        view=lambda execution: execution,
        scope=image.arn,
    )
    note_looked_at(ctx, [image])
    return {
        **result,
        "imageBuildVersionArn": image.arn,
        "message": image.state.reason if image.state.status == "FAILED" else None,
    }


@operation
def get_workflow_execution(
    ctx: Context, params: wire.GetWorkflowExecutionRequestTypeDef
) -> WorkflowExecution:
    execution = _execution(ctx, params["workflowExecutionId"])
    note_looked_at(ctx, [ctx.own(Image, execution.image_build_version_arn)])
    return execution


@operation
def list_workflow_step_executions(
    ctx: Context, params: wire.ListWorkflowStepExecutionsRequestTypeDef
) -> Result:
    """All steps of the run, in their order; to list them moves nothing on."""
    execution = _execution(ctx, params["workflowExecutionId"])
    result = listed(
        ctx,
        params,
        "steps",
        OrderedIndex(execution.steps),
        view=lambda step: step,
        scope=execution.workflow_execution_id,
    )
    return {
        **result,
        "workflowBuildVersionArn": execution.workflow_build_version_arn,
        "workflowExecutionId": execution.workflow_execution_id,
        "imageBuildVersionArn": execution.image_build_version_arn,
    }


@operation
def get_workflow_step_execution(
    ctx: Context, params: wire.GetWorkflowStepExecutionRequestTypeDef
) -> WorkflowStepExecution:
    return _step(ctx, params["stepExecutionId"])


@operation
def list_waiting_workflow_steps(
    ctx: Context, params: wire.ListWaitingWorkflowStepsRequestTypeDef
) -> Result:
    """It tells of all builds of the account, so all of them count as looked at."""
    result = listed(
        ctx,
        params,
        "steps",
        ctx.store.executions.waiting,
        view=lambda step: step,
    )
    note_looked_at(ctx, list(ctx.store.running.values()))
    return result


@operation
def send_workflow_step_action(
    ctx: Context, params: wire.SendWorkflowStepActionRequestTypeDef
) -> Result:
    image = ctx.own(Image, params["imageBuildVersionArn"])
    step = _step(ctx, params["stepExecutionId"])
    if step.image_build_version_arn != image.arn:
        raise invalid_value(
            "imageBuildVersionArn",
            f"The step '{step.step_execution_id}' does not belong to the image '{image.arn}'.",
        )
    if not step.is_waiting:
        raise invalid_value(
            "stepExecutionId",
            f"The step '{step.step_execution_id}' is not waiting for an action.",
        )
    stages.answer(ctx.world, image, step, params["action"], params.get("reason"))
    return {"stepExecutionId": step.step_execution_id, "imageBuildVersionArn": image.arn}


def _execution(ctx: Context, workflow_execution_id: str) -> WorkflowExecution:
    found = ctx.store.executions.workflows.get(workflow_execution_id)
    return _known(found, WorkflowExecution.label, workflow_execution_id)


def _step(ctx: Context, step_execution_id: str) -> WorkflowStepExecution:
    found = ctx.store.executions.steps.get(step_execution_id)
    return _known(found, WorkflowStepExecution.label, step_execution_id)


def _known(found: T | None, label: str, name: str) -> T:
    if found is None:
        raise ResourceNotFoundException(missing_error(label, name))
    return found
