"""Updates of an image's state by hand, outside of any lifecycle policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagebuilder_mock.domain.errors import (
    ResourceInUseException,
    invalid_combination,
    invalid_value,
)
from imagebuilder_mock.domain.lifecycle.exclusions import AmiExclusions
from imagebuilder_mock.domain.lifecycle.rules import IMAGE_TYPES, Rule, fate_by_hand, included_in
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.states import ENDED_EARLY
from imagebuilder_mock.engines.lifecycle import executions
from imagebuilder_mock.engines.lifecycle.actions import TARGETS, change_state
from imagebuilder_mock.engines.lifecycle.policies import describing
from imagebuilder_mock.operations.handler import operation
from imagebuilder_mock.operations.rules.lifecycle import check_included
from imagebuilder_mock.operations.rules.neighbours import check_lifecycle_role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.lifecycle import LifecycleActionName
    from imagebuilder_mock.operations.handler import Context, Result

_ACTIONS: Mapping[str, LifecycleActionName] = {target: action for action, target in TARGETS.items()}
_RESOURCE_TYPES = {output: resource for resource, output in IMAGE_TYPES.items()}


@operation
def start_resource_state_update(
    ctx: Context, params: wire.StartResourceStateUpdateRequestTypeDef
) -> Result:
    """Changes the image's state at once, unless AMIs or containers are included or it is scheduled.

    Then a lifecycle execution does it.
    """
    image = ctx.own(Image, params["resourceArn"])
    action = _checked_action(image, params)
    _check_resources(image, action, params)
    update_at = _checked_time(ctx, action, params)
    check_lifecycle_role(ctx, params.get("executionRole"))
    included = included_in(params.get("includeResources"))
    if not included and update_at is None:
        change_state(ctx.world, ctx.store, image, action)
        return {"resourceArn": image.arn}
    known = ctx.world.state.lifecycle_executions
    if known.is_busy(image.arn):
        raise ResourceInUseException(
            f"The image '{image.arn}' has a lifecycle execution in progress."
        )
    under_way = known.updates_under_way(ctx.store.account, ctx.store.region)
    ctx.world.quotas.check("concurrent resource state updates", under_way + 1)
    rule = Rule(
        action=action,
        included=included,
        amis=AmiExclusions.parse(params.get("exclusionRules", {}).get("amis")),
    )
    reason = "The update was requested with StartResourceStateUpdate."
    fate = fate_by_hand(image, rule, ctx.now, describing(ctx.world), reason)
    if update_at is None:
        execution = executions.begin(ctx.world, ctx.store, image.arn, [fate])
    else:
        execution = executions.begin_at(ctx.world, ctx.store, fate, update_at)
    return {
        "lifecycleExecutionId": execution.lifecycle_execution_id,
        "resourceArn": image.arn,
    }


def _checked_action(
    image: Image, params: wire.StartResourceStateUpdateRequestTypeDef
) -> LifecycleActionName:
    """The action that takes the image to the wanted state, if that can follow its current one."""
    target = params["state"].get("status")
    if target is None:
        raise invalid_value("state.status", "You must specify the state to move the image to.")
    status = image.state.status
    if image.is_in_progress:
        raise invalid_value(
            "resourceArn",
            f"The image is in the state '{status}', in which its state cannot be updated.",
        )
    if image.type != "AMI" and target != "DELETED":
        raise invalid_value(
            "state.status", "The only state supported for container images is 'DELETED'."
        )
    if status in ENDED_EARLY and target != "DELETED":
        raise invalid_value(
            "state.status", f"An image in the state '{status}' can be moved only to 'DELETED'."
        )
    if not image.may_enter(target):
        raise invalid_value(
            "state.status",
            f"An image in the state '{status}' cannot be moved to the state '{target}'.",
        )
    return _ACTIONS[target]


def _check_resources(
    image: Image,
    action: LifecycleActionName,
    params: wire.StartResourceStateUpdateRequestTypeDef,
) -> None:
    given = params.get("includeResources")
    if (given is None) != ("executionRole" not in params):
        raise invalid_combination(
            "includeResources" if given is None else "executionRole",
            "You must specify 'executionRole' and 'includeResources' together.",
        )
    if action == "DELETE" and not included_in(given):
        raise invalid_combination(
            "includeResources",
            "The state 'DELETED' needs at least one type of resources to include. To delete only "
            "the image, use DeleteImage.",
        )
    check_included(given or {}, _RESOURCE_TYPES[image.type], action, "includeResources")


def _checked_time(
    ctx: Context, action: LifecycleActionName, params: wire.StartResourceStateUpdateRequestTypeDef
) -> datetime | None:
    # The stubs have all that a caller may write; the check of the form has made a datetime of it.
    update_at = cast("datetime | None", params.get("updateAt"))
    if update_at is None:
        return None
    if action != "DEPRECATE":
        raise invalid_combination(
            "updateAt", "A time can be specified only for the state 'DEPRECATED'."
        )
    if update_at <= ctx.now:
        raise invalid_value("updateAt", "The time must be in the future.")
    return update_at
