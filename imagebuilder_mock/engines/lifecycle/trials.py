"""What runs of a policy would do, one after the other, tried on a copy of the world.

The engine itself runs on the copy, so the trial does what a run would do. Between the runs nothing
is built, and no other policy runs.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from imagebuilder_mock.domain.records import Record, Value, replace
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.neighbours import machine_images

from . import executions, policies
from .actions import obstacle_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.lifecycle.rules import Fate, Selection
    from imagebuilder_mock.domain.resources.lifecycle import (
        LifecycleExecution,
        LifecycleExecutionResource,
    )
    from imagebuilder_mock.domain.states import ImageStatus
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

Runs: TypeAlias = "int | Literal['settled']"
"""The number of daily runs; or as many runs at one moment as it takes until one changes nothing."""

_BY_NOBODY = "preview"


class Draft(NamedTuple):
    """A policy that is tried, whether it has been created or not, and where."""

    home: Store
    selection: Selection
    details: Sequence[wire.LifecyclePolicyDetailUnionTypeDef]


class Prospect(Record, kw_only=True):
    """What becomes of an image in one run."""

    fate: Fate
    state: ImageStatus
    """The state in which the run finds the image."""
    outputs: Sequence[LifecycleExecutionResource]
    """The output of the image that the action includes."""
    obstacle: str | None
    """Why the action fails, if it does."""


class Trial(Value, kw_only=True):
    """One run: what becomes of each selected image, from the newest to the oldest."""

    number: int
    moment: datetime
    prospects: Sequence[Prospect]


def trials(world: World, draft: Draft, *, at: datetime, runs: Runs) -> Iterator[Trial]:
    """Try the runs, the first of them ``at`` a moment; of "settled", the last changes nothing."""
    home, selection, details = draft
    if runs == 1 and not any(world.state.machine_images.refusals()):
        # What a single run does is known without doing it, so no copy is needed.
        fates = policies.fates(world, home, selection, details, at)
        prospects = [_prospect(world, home, fate) for fate in fates]
        yield Trial(number=1, moment=at, prospects=prospects)
        return
    # EC2 is asked about the AMIs now, since the copy cannot ask it.
    for ami in world.state.machine_images:
        machine_images.find(world, ami.account_id, ami.region, ami.image_id)
    twin = world.twin(at)
    store = twin.store(home.account, home.region)
    standing = _standing(twin, store)
    for number in count(1) if runs == "settled" else range(1, runs + 1):
        moment = at if runs == "settled" else at + timedelta(days=number - 1)
        twin.clock.set_forward(moment)
        fates = policies.fates(twin, store, selection, details, moment)
        prospects = [_prospect(twin, store, fate) for fate in fates]
        execution = executions.begin(twin, store, _BY_NOBODY, fates)
        executions.complete(twin, execution)
        for prospect in prospects:
            prospect.obstacle = prospect.obstacle or _failure(execution, prospect.fate.image.arn)
        yield Trial(number=number, moment=moment, prospects=prospects)
        before, standing = standing, _standing(twin, store)
        if runs == "settled" and before == standing:
            return


def _prospect(world: World, home: Store, fate: Fate) -> Prospect:
    action = None if fate.is_skipped else fate.action
    return Prospect(
        fate=fate,
        state=fate.image.state.status,
        outputs=executions.resources_of(world, home, fate, fate.rule)[1] if fate.rule else (),
        obstacle=None if action is None else obstacle_to(world, fate.image, action),
    )


def _failure(execution: LifecycleExecution, image_arn: str) -> str | None:
    """The reason of the first failure among an image's outputs, or None."""
    for output in execution.outputs_of(image_arn):
        failed = [(output.resource_id, output.state)]
        failed += [(each.snapshot_id, each.state) for each in output.snapshots or ()]
        for resource_id, state in failed:
            if state.status == "FAILED":
                return f"{resource_id}: {state.reason}"
    return None


def _standing(world: World, home: Store) -> object:
    """Everything that a run can change, except its own record."""
    images = {image.arn: image.state.status for image in home.order(Image)}
    return images, [replace(ami) for ami in world.state.machine_images]
