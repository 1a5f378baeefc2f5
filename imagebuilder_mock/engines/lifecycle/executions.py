"""Lifecycle executions: they act on one image after the other, until all are done.

As for builds, the mode decides what moves an execution: a read of it, mock time, or the test. A
move acts on a fifth of its images, at least on one; the last move ends it. So an execution of up to
five images can be cancelled before each of them, and one of thousands ends after five reads.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.lifecycle import (
    LifecycleExecution,
    LifecycleExecutionResource,
    LifecycleExecutionResourceAction,
    LifecycleExecutionResourceState,
    LifecycleExecutionSnapshotResource,
    LifecycleExecutionState,
)
from imagebuilder_mock.neighbours import machine_images

from .actions import act_on, schedule_deprecation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.lifecycle.rules import Fate, Rule
    from imagebuilder_mock.domain.resources.images import Ami
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

ACTION: Final = "move-lifecycle-execution"

MOVES = 5
"""How many moves an execution takes at most."""

MOVE_DURATION = timedelta(minutes=1)
"""How long a move takes in mock time; how long the service takes is not known."""


def begin(
    world: World,
    home: Store,
    resource_arn: str,
    fates: Sequence[Fate],
    *,
    policy_arn: str | None = None,
) -> LifecycleExecution:
    """Start an execution that does to images what their fates say."""
    execution = _entered(world, home, resource_arn, fates, policy_arn)
    _set_going(world, execution)
    return execution


def begin_at(world: World, home: Store, fate: Fate, update_at: datetime) -> LifecycleExecution:
    """Schedule an execution that deprecates one image at a later time."""
    execution = _entered(world, home, fate.image.arn, [fate], None)
    execution.update_at = update_at
    schedule_deprecation(world, execution, fate.image, update_at)
    _plan_move(world, execution, update_at)
    return execution


def _entered(
    world: World, home: Store, resource_arn: str, fates: Sequence[Fate], policy_arn: str | None
) -> LifecycleExecution:
    execution = LifecycleExecution(
        lifecycle_execution_id=f"lce-{world.ids.uuid()}",
        start_time=world.clock.now(),
        account_id=home.account,
        region=home.region,
        resource_arn=resource_arn,
        lifecycle_policy_arn=policy_arn,
    )
    for fate in fates:
        if fate.rule is not None:
            execution.add(*resources_of(world, home, fate, fate.rule))
    world.state.lifecycle_executions.add(execution)
    return execution


def look_at(world: World, executions: Iterable[LifecycleExecution]) -> None:
    """In the observed mode, move executions that a read has just reported."""
    if world.settings.builds == "observed":
        for execution in executions:
            advance(world, execution)


def advance(world: World, execution: LifecycleExecution) -> None:
    """Make one move, unless the execution has ended, is paused, or waits for its time."""
    status = execution.state.status
    if status == "CANCELLING":
        _end(world, execution, LifecycleExecutionState("CANCELLED"))
    elif status == "IN_PROGRESS" and execution.update_at is None:
        for resource in execution.take(ceil(len(execution.resources) / MOVES)):
            act_on(world, execution, resource)
        if execution.is_done:
            _end(world, execution, _outcome_of(execution))
        else:
            _plan_next_move(world, execution)


def complete(world: World, execution: LifecycleExecution) -> None:
    """Make all moves that are left, also of an execution that is paused or waits for its time."""
    resume(world, execution)
    execution.update_at = None
    while not execution.is_over:
        advance(world, execution)


def pause(world: World, execution: LifecycleExecution) -> None:
    """Make it PENDING, until the policy's next scheduled run."""
    _withdraw(world, execution)
    execution.state = LifecycleExecutionState("PENDING")


def resume(world: World, execution: LifecycleExecution) -> None:
    """Go on, if the execution is paused."""
    if execution.state.status == "PENDING":
        execution.state = LifecycleExecutionState("IN_PROGRESS")
        _set_going(world, execution)


def cancel(world: World, execution: LifecycleExecution) -> None:
    """Make it CANCELLING, and CANCELLED with the next move; what is done already stays."""
    if execution.is_over or execution.state.status == "CANCELLING":
        return
    execution.state = LifecycleExecutionState("CANCELLING")
    _forget_deprecation(world, execution)
    _set_going(world, execution)


def move_on(world: World, execution_id: str) -> None:
    """What the scheduler calls when a move has taken its time, or a later update is due."""
    execution = world.state.lifecycle_executions.unfinished[execution_id]
    execution.ticket = None
    execution.update_at = None
    if world.settings.builds != "held":
        advance(world, execution)


def _forget_deprecation(world: World, execution: LifecycleExecution) -> None:
    """Clear the time of a deprecation that will not happen; EC2 keeps what it was told."""
    execution.update_at = None
    image = world.store(execution.account_id, execution.region).get(Image, execution.resource_arn)
    if image is None or image.deprecation_time is None:
        return
    # Whoever has deprecated it meanwhile has set an earlier time, which stays.
    if image.state.status == "AVAILABLE" or image.deprecation_time > world.clock.now():
        image.deprecation_time = None


def _set_going(world: World, execution: LifecycleExecution) -> None:
    if world.settings.builds == "instant":
        complete(world, execution)
    else:
        _plan_next_move(world, execution)


def _plan_next_move(world: World, execution: LifecycleExecution) -> None:
    # Only the test moves held executions.
    _withdraw(world, execution)
    if world.settings.builds != "held":
        _plan_move(world, execution, world.clock.now() + MOVE_DURATION)


def _plan_move(world: World, execution: LifecycleExecution, moment: datetime) -> None:
    execution.ticket = world.state.scheduler.enter(moment, ACTION, execution.lifecycle_execution_id)


def _withdraw(world: World, execution: LifecycleExecution) -> None:
    world.state.scheduler.withdraw(execution.ticket)
    execution.ticket = None


def _outcome_of(execution: LifecycleExecution) -> LifecycleExecutionState:
    if execution.has_failed:
        return LifecycleExecutionState(
            "FAILED", "One or more resource actions encountered an error."
        )
    return LifecycleExecutionState("SUCCESS")


def _end(world: World, execution: LifecycleExecution, state: LifecycleExecutionState) -> None:
    _withdraw(world, execution)
    skipped = LifecycleExecutionResourceState("SKIPPED", "The lifecycle execution was cancelled.")
    for resource in execution.take(len(execution.resources)):
        for each in (resource, *execution.outputs_of(resource.resource_id)):
            each.end(skipped)
    execution.state = state
    execution.end_time = max(world.clock.now(), execution.start_time)
    world.state.lifecycle_executions.end(execution)


def resources_of(
    world: World, home: Store, fate: Fate, rule: Rule
) -> tuple[LifecycleExecutionResource, list[LifecycleExecutionResource]]:
    """What executions show of an image that a rule acts on, and of the output that it includes."""
    action = LifecycleExecutionResourceAction(rule.action, fate.reason)
    image = LifecycleExecutionResource(
        account_id=home.account,
        resource_id=fate.image.arn,
        region=home.region,
        action=action,
        exclusion=fate.exclusion,
    )
    outputs = [
        LifecycleExecutionResource(
            account_id=ami.owner,
            resource_id=ami.image,
            region=ami.region,
            action=action,
            exclusion=fate.ami_exclusions.get(ami.image),
            snapshots=_snapshots(world, ami) if "snapshots" in rule.included else None,
        )
        for ami in fate.amis
    ]
    made = fate.image.output_resources
    # An exclusion that keeps the image keeps its containers too.
    if "containers" in rule.included and not fate.is_skipped and made:
        outputs += [
            LifecycleExecutionResource(
                account_id=home.account,
                resource_id=containers.image_uris[0],
                region=containers.region,
                action=action,
                image_uris=containers.image_uris,
            )
            for containers in made.containers or ()
        ]
    return image, outputs


def _snapshots(world: World, ami: Ami) -> list[LifecycleExecutionSnapshotResource] | None:
    known = machine_images.find(world, ami.owner, ami.region, ami.image)
    snapshots = known.snapshots if known else ()
    return [LifecycleExecutionSnapshotResource(snapshot_id=each) for each in snapshots] or None
