"""Runs of lifecycle policies: what one would do, the daily one, and the end of a policy.

The service runs an enabled policy once a day, at a time of its own choice (user guide,
lifecycle-policy-execution). Here it is a full hour, UTC, worked out from the policy's ARN.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zlib import crc32

from imagebuilder_mock.domain.lifecycle.rules import Rule, Selection, evaluate
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.lifecycle import LifecyclePolicy
from imagebuilder_mock.neighbours import machine_images

from . import executions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.lifecycle.rules import Describe, Fate
    from imagebuilder_mock.domain.resources.lifecycle import LifecycleExecution
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

ACTION: Final = "run-lifecycle-policy"

_HOURS_OF_A_DAY = 24


def fates(
    world: World,
    home: Store,
    selection: Selection,
    details: Sequence[wire.LifecyclePolicyDetailUnionTypeDef],
    at: datetime,
) -> list[Fate]:
    """What ``policyDetails`` would do at a moment to the images as they are now."""
    rules = [Rule.parse(each) for each in details]
    return evaluate(home.order(Image), selection, rules, at, describing(world))


def describing(world: World) -> Describe:
    """The function by which the evaluation asks EC2 about an AMI."""
    return lambda ami: machine_images.find(world, ami.owner, ami.region, ami.image)


def run(world: World, policy: LifecyclePolicy) -> LifecycleExecution:
    """Start a run now, or go on with the last one if it has not ended."""
    known = world.state.lifecycle_executions
    unfinished = known.unfinished_of(policy.arn)
    if unfinished is not None:
        executions.resume(world, unfinished)
        return unfinished
    home = world.home_of(policy.arn)
    policy.date_last_run = world.clock.now()
    selection = Selection.parse(policy.resource_type, policy.resource_selection)
    due = fates(world, home, selection, policy.policy_details, world.clock.now())
    return executions.begin(world, home, policy.arn, due, policy_arn=policy.arn)


def run_on_schedule(world: World, arn: str) -> None:
    """What the scheduler calls at the policy's hour."""
    policy = world.home_of(arn).get(LifecyclePolicy, arn)
    if policy is not None:
        policy.run_ticket = None
        plan_next_run(world, policy)
        run(world, policy)


def plan_next_run(world: World, policy: LifecyclePolicy) -> None:
    """Schedule the next run of an enabled policy."""
    if policy.status == "ENABLED":
        due = next_run(policy.arn, world.clock.now())
        policy.run_ticket = world.state.scheduler.enter(due, ACTION, policy.arn)


def next_run(arn: str, now: datetime) -> datetime:
    """The first time after ``now`` at which the clock shows the policy's hour, UTC."""
    hour = crc32(arn.encode()) % _HOURS_OF_A_DAY
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def forget_next_run(world: World, policy: LifecyclePolicy) -> None:
    world.state.scheduler.withdraw(policy.run_ticket)
    policy.run_ticket = None


def stop(world: World, policy: LifecyclePolicy) -> None:
    """End the runs of a policy that is disabled or deleted; one under way is cancelled."""
    forget_next_run(world, policy)
    unfinished = world.state.lifecycle_executions.unfinished_of(policy.arn)
    if unfinished is not None:
        executions.cancel(world, unfinished)
