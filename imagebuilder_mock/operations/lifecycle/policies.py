"""Lifecycle policies: create, update, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import invalid_combination
from imagebuilder_mock.domain.resources.lifecycle import LifecyclePolicy
from imagebuilder_mock.engines.lifecycle.policies import forget_next_run, plan_next_run, stop
from imagebuilder_mock.operations.handler import operation
from imagebuilder_mock.operations.rules.lifecycle import check_policy, completed_details
from imagebuilder_mock.operations.rules.neighbours import check_lifecycle_role

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.operations.handler import Context, Result

    Settings = wire.CreateLifecyclePolicyRequestTypeDef | wire.UpdateLifecyclePolicyRequestTypeDef


@operation
def create_lifecycle_policy(
    ctx: Context, params: wire.CreateLifecyclePolicyRequestTypeDef
) -> Result:
    _check(params)
    check_lifecycle_role(ctx, params["executionRole"])
    policy = ctx.create(LifecyclePolicy, params, **_completed(params))
    plan_next_run(ctx.world, policy)
    return {"lifecyclePolicyArn": policy.arn}


@operation
def update_lifecycle_policy(
    ctx: Context, params: wire.UpdateLifecyclePolicyRequestTypeDef
) -> Result:
    """Replaces everything: members that are left out go back to their defaults, also the status."""
    before = ctx.own(LifecyclePolicy, params["lifecyclePolicyArn"])
    _check(params)
    if params["resourceType"] != before.resource_type:
        raise invalid_combination(
            "resourceType",
            f"The resource type of the lifecycle policy is '{before.resource_type}', and cannot "
            "be changed.",
        )
    check_lifecycle_role(ctx, params["executionRole"])
    last_run = before.date_last_run
    policy = ctx.update(before, params, date_last_run=last_run, **_completed(params))
    if policy.status == "ENABLED":
        forget_next_run(ctx.world, before)
        plan_next_run(ctx.world, policy)
    else:
        stop(ctx.world, before)
    return {"lifecyclePolicyArn": policy.arn}


@operation
def delete_lifecycle_policy(
    ctx: Context, params: wire.DeleteLifecyclePolicyRequestTypeDef
) -> Result:
    """A run that is under way is cancelled; what it did stays (API reference)."""
    policy = ctx.own(LifecyclePolicy, params["lifecyclePolicyArn"])
    ctx.remove(policy)
    stop(ctx.world, policy)
    return {"lifecyclePolicyArn": policy.arn}


def _check(params: Settings) -> None:
    check_policy(params["resourceType"], params["policyDetails"], params["resourceSelection"])


def _completed(params: Settings) -> dict[str, object]:
    """The members that are not kept as the request gives them."""
    return {
        "status": params.get("status", "ENABLED"),
        "policy_details": completed_details(params["policyDetails"]),
    }
