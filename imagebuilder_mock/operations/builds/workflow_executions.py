"""Workflow executions and their steps: get, list, answer steps that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import invalid_value, not_found
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.engines.builds import stages
from imagebuilder_mock.operations.handler import operation
from imagebuilder_mock.operations.listing import listed

from .images import note_looked_at

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.workflow_executions import (
        WorkflowExecution,
        WorkflowStepExecution,
    )
    from imagebuilder_mock.operations.handler import Context, Result


@operation
def list_workflow_executions(
    ctx: Context, params: wire.ListWorkflowExecutionsRequestTypeDef
) -> Result:
    """In the order in which they began; ``message`` says why the image failed."""
    image = ctx.own(Image, params["imageBuildVersionArn"])
    result = listed(
        ctx,
        params,
        "workflowExecutions",
        OrderedIndex(image.executions),
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
    """All steps of the run in their order. Listing them moves no build on."""
    execution = _execution(ctx, params["workflowExecutionId"])
    result = listed(
        ctx,
        params,
        "steps",
        OrderedIndex(execution.steps),
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
    """The list is about all builds of the account, so all of them move on after it."""
    result = listed(
        ctx,
        params,
        "steps",
        ctx.store.executions.waiting,
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


def _execution(ctx: Context, execution_id: str) -> WorkflowExecution:
    execution = ctx.store.executions.workflows.get(execution_id)
    if execution is None:
        raise not_found("WorkflowExecution", execution_id)
    return execution


def _step(ctx: Context, execution_id: str) -> WorkflowStepExecution:
    step = ctx.store.executions.steps.get(execution_id)
    if step is None:
        raise not_found("WorkflowStepExecution", execution_id)
    return step
