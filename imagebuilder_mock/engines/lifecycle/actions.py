"""What a lifecycle action does to an image, its AMIs with their snapshots, and its containers.

Sources: user guide, image-lifecycle-rules ("How lifecycle actions affect associated resources",
"Allowed resource state transitions") and lifecycle-policy-execution ("externally modified
resources": what is gone, or already in the wanted state, is a success).

The image's output comes first, the image last: if EC2 or ECR refuses something, the image stays as
it was, and the next run finds it again.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import dependency_error
from imagebuilder_mock.domain.resources.images import Image, ImageState
from imagebuilder_mock.domain.resources.lifecycle import SUCCESS, LifecycleExecutionResourceState
from imagebuilder_mock.neighbours import machine_images
from imagebuilder_mock.neighbours.account import Place
from imagebuilder_mock.neighbours.machine_images import ActionRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.resources.lifecycle import (
        LifecycleActionName,
        LifecycleExecution,
        LifecycleExecutionResource,
    )
    from imagebuilder_mock.domain.states import ImageStatus
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

TARGETS: Mapping[LifecycleActionName, ImageStatus] = {
    "AVAILABLE": "AVAILABLE",
    "DELETE": "DELETED",
    "DEPRECATE": "DEPRECATED",
    "DISABLE": "DISABLED",
}

_DEPRECATED_BY = "DeprecatedBy"
_SERVICE = "EC2 Image Builder"


def act_on(
    world: World, execution: LifecycleExecution, resource: LifecycleExecutionResource
) -> None:
    """Do the action on an image and its output, and note the outcomes in the execution."""
    now = world.clock.now()
    home = world.store(execution.account_id, execution.region)
    image = home.get(Image, resource.resource_id)
    action = resource.action.name
    obstacle = None if image is None else obstacle_to(world, image, action)
    outputs = list(execution.outputs_of(resource.resource_id))
    for output in outputs:
        output.end(_failed(obstacle) if obstacle else _outcome_of(world, output))
    outcome = _failed(obstacle) if obstacle else _outcome_for_image(resource, outputs)
    if outcome == SUCCESS and image is not None:
        change_state(world, home, image, action)
        image.lifecycle_execution_id = execution.lifecycle_execution_id
    elif action == "DEPRECATE" and image is not None:
        _forget_deprecation(image, now)
    resource.end(outcome)
    for each in (resource, *outputs):
        each.start_time = each.end_time = now


def obstacle_to(world: World, image: Image, action: LifecycleActionName) -> str | None:
    """Why the action cannot be done on an image as it is now; None if it can."""
    status, target = image.state.status, TARGETS[action]
    if image.is_in_progress or not (status == target or image.may_enter(target)):
        return f"An image in the state '{status}' cannot be moved to the state '{target}'."
    if action == "DELETE" and (image.shared_with or world.is_needed(image)):
        return dependency_error(image.arn)
    return None


def change_state(world: World, home: Store, image: Image, action: LifecycleActionName) -> None:
    """Move the image itself to the action's state, unless it is in that state already."""
    target = TARGETS[action]
    if image.state.status == target:
        return
    image.enter(ImageState(target), world.clock.now())
    if action == "DEPRECATE":
        now = world.clock.now()
        image.deprecation_time = min(image.deprecation_time or now, now)
    elif action == "AVAILABLE":
        image.deprecation_time = None
    elif action == "DELETE":
        world.remove(home, image)


def schedule_deprecation(
    world: World, execution: LifecycleExecution, image: Image, moment: datetime
) -> None:
    """Set the time of a future deprecation on the image, and in EC2 (API reference, ``updateAt``).

    What EC2 refuses now is tried again when the time has come, and fails then.
    """
    image.deprecation_time = moment
    for output in execution.outputs_of(image.arn):
        ami = _ami_of(world, output)
        if ami is not None and ami.state != "deregistered" and output.exclusion is None:
            with suppress(ActionRefused):
                machine_images.deprecate(world, ami, moment)


def _forget_deprecation(image: Image, now: datetime) -> None:
    """Clear the time of a deprecation that has failed; a time in the future stays."""
    if image.state.status != "DEPRECATED" and (image.deprecation_time or now) <= now:
        image.deprecation_time = None


def _outcome_of(
    world: World, output: LifecycleExecutionResource
) -> LifecycleExecutionResourceState:
    if output.exclusion is not None:
        return LifecycleExecutionResourceState("SKIPPED", output.exclusion)
    try:
        if output.image_uris is None:
            _change_ami(world, output)
        else:
            place = Place(output.account_id, output.region)
            for uri in output.image_uris:
                machine_images.delete_container_image(world, place, uri)
    except ActionRefused as refusal:
        return _failed(str(refusal))
    return SUCCESS


def _outcome_for_image(
    resource: LifecycleExecutionResource, outputs: Sequence[LifecycleExecutionResource]
) -> LifecycleExecutionResourceState:
    if any(output.has_failed for output in outputs):
        return _failed("The action failed for one or more of the resources that the image made.")
    if resource.exclusion is not None:
        return LifecycleExecutionResourceState("SKIPPED", resource.exclusion)
    return SUCCESS


def _failed(reason: str) -> LifecycleExecutionResourceState:
    return LifecycleExecutionResourceState("FAILED", reason)


def _ami_of(world: World, output: LifecycleExecutionResource) -> MachineImage | None:
    return machine_images.find(world, output.account_id, output.region, output.resource_id)


def _change_ami(world: World, output: LifecycleExecutionResource) -> None:
    ami = _ami_of(world, output)
    if ami is None:
        return
    if output.action.name == "DELETE":
        _delete(world, ami, output)
    elif ami.state != "deregistered":
        _CHANGES[output.action.name](world, ami, world.clock.now())


def _deprecate(world: World, ami: MachineImage, now: datetime) -> None:
    if ami.deprecation_time is None or ami.deprecation_time > now:
        machine_images.deprecate(world, ami, now)
    machine_images.tag(world, ami, {_DEPRECATED_BY: _SERVICE})


def _disable(world: World, ami: MachineImage, _: datetime) -> None:
    if ami.state != "disabled":
        machine_images.disable(world, ami)
    machine_images.untag(world, ami, _DEPRECATED_BY)


def _restore(world: World, ami: MachineImage, _: datetime) -> None:
    if ami.state == "disabled":
        machine_images.enable(world, ami)
    if ami.deprecation_time is not None:
        machine_images.cancel_deprecation(world, ami)
    machine_images.untag(world, ami, _DEPRECATED_BY)


_CHANGES: Mapping[str, Callable[[World, MachineImage, datetime], None]] = {
    "AVAILABLE": _restore,
    "DEPRECATE": _deprecate,
    "DISABLE": _disable,
}


def _delete(world: World, ami: MachineImage, output: LifecycleExecutionResource) -> None:
    if ami.state != "deregistered":
        machine_images.deregister(world, ami)
    for snapshot in output.snapshots or ():
        try:
            if snapshot.snapshot_id in ami.snapshots:
                machine_images.delete_snapshot(world, ami, snapshot.snapshot_id)
            snapshot.state = SUCCESS
        except ActionRefused as refusal:
            snapshot.state = _failed(str(refusal))
