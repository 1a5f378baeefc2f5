"""Lifecycle executions: get, list, list their resources, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import invalid_value, not_found
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.lifecycle import LifecyclePolicy
from imagebuilder_mock.engines.lifecycle import executions
from imagebuilder_mock.operations.handler import operation
from imagebuilder_mock.operations.listing import listed

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.lifecycle import LifecycleExecution
    from imagebuilder_mock.operations.handler import Context, Result


@operation
def get_lifecycle_execution(
    ctx: Context, params: wire.GetLifecycleExecutionRequestTypeDef
) -> Result:
    execution = _own(ctx, params["lifecycleExecutionId"])
    ctx.executions_looked_at.append(execution)
    return {"lifecycleExecution": execution}


@operation
def list_lifecycle_executions(
    ctx: Context, params: wire.ListLifecycleExecutionsRequestTypeDef
) -> Result:
    """The newest first; a resource that was deleted still has its executions."""
    arn = params["resourceArn"]
    parsed = Arn.parse(arn)
    is_build = parsed.kind == Image.kind and parsed.build is not None
    if parsed.kind != LifecyclePolicy.kind and not is_build:
        raise invalid_value(
            "resourceArn",
            "The resource must be a lifecycle policy or an image build version.",
        )
    known = ctx.world.state.lifecycle_executions.of(arn)

    def view(execution: LifecycleExecution) -> LifecycleExecution:
        ctx.executions_looked_at.append(execution)
        return execution

    return listed(
        ctx,
        params,
        "lifecycleExecutions",
        known if ctx.store.is_home_of(parsed) else OrderedIndex(),
        view=view,
        newest_first=True,
        scope=arn,
    )


@operation
def list_lifecycle_execution_resources(
    ctx: Context, params: wire.ListLifecycleExecutionResourcesRequestTypeDef
) -> Result:
    """The images, or the outputs of one of them; none for an image that is not among them."""
    execution = _own(ctx, params["lifecycleExecutionId"])
    parent = params.get("parentResourceId")
    page = listed(
        ctx,
        params,
        "resources",
        execution.listed(parent),
        scope=f"{execution.lifecycle_execution_id} {parent}",
    )
    return {
        "lifecycleExecutionId": execution.lifecycle_execution_id,
        "lifecycleExecutionState": execution.state,
        **page,
    }


@operation
def cancel_lifecycle_execution(
    ctx: Context, params: wire.CancelLifecycleExecutionRequestTypeDef
) -> Result:
    execution = _own(ctx, params["lifecycleExecutionId"])
    if execution.is_over:
        raise invalid_value(
            "lifecycleExecutionId",
            f"The lifecycle execution is in the state '{execution.state.status}', in which it "
            "cannot be cancelled.",
        )
    executions.cancel(ctx.world, execution)
    return {"lifecycleExecutionId": execution.lifecycle_execution_id}


def _own(ctx: Context, execution_id: str) -> LifecycleExecution:
    execution = ctx.world.state.lifecycle_executions.get(execution_id)
    home = (ctx.store.account, ctx.store.region)
    if execution is None or (execution.account_id, execution.region) != home:
        raise not_found("LifecycleExecution", execution_id)
    return execution
