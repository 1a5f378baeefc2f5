"""Builds: from the recipe to the AMIs, stage by stage.

A stage is one image status. What moves a build from stage to stage is the mode
(``settings.builds``): a look at it, mock time, or the test itself; what happens at the end of a
stage is the same in all.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resources.image import (
    IN_PROGRESS,
    ImageFailureContext,
    ImageState,
    OutputResources,
    Transition,
)

from . import image_scans, pipeline_schedule
from .container_output import pushed_containers
from .output import distributed_amis, source_ami

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagebuilder_mock.domain.resources.image import Image, ImageStatus
    from imagebuilder_mock.domain.store import Store
    from imagebuilder_mock.domain.world import World

ACTION = "end-stage"

# A real build in 2023 took 10 seconds to its first step, 10 minutes 15 to build, 4 minutes 45 to
# test; the other stages were not seen apart.
STAGE_DURATIONS: Mapping[ImageStatus, timedelta] = {
    "PENDING": timedelta(seconds=1),
    "CREATING": timedelta(seconds=10),
    "BUILDING": timedelta(minutes=10, seconds=15),
    "TESTING": timedelta(minutes=4, seconds=45),
    "DISTRIBUTING": timedelta(minutes=5),
    "INTEGRATING": timedelta(seconds=30),
}


def begin(world: World, store: Store, image: Image) -> None:
    """Store a new image, which is PENDING, and set its build going."""
    now = world.clock.now()
    image.transitions.append(Transition(image.state.status, now))
    world.add(store, image)
    store.running[image.arn] = image
    pipeline_schedule.note_state(world, image)
    if world.settings.builds == "instant":
        complete(world, image)
    else:
        _plan_end_of_stage(world, image)


def look_at(world: World, images: Iterable[Image]) -> None:
    """In the observed mode, what was just reported moves one stage on."""
    if world.settings.builds == "observed":
        for image in images:
            advance(world, image)


def advance(world: World, image: Image) -> None:
    """One stage on; nothing happens to a build that has ended."""
    if not image.is_in_progress:
        return
    _finish_stage(world, image)
    too_severe = image_scans.failed_condition(_home(world, image), image)
    if too_severe is not None:
        fail(world, image, too_severe)
    else:
        _enter(world, image, ImageState(image.plan.after(image.state.status)))


def complete(world: World, image: Image) -> None:
    """All stages that are left."""
    while image.is_in_progress:
        advance(world, image)


def fail(
    world: World, image: Image, reason: str, *, context: ImageFailureContext | None = None
) -> None:
    """End a build here, with the reason that ``GetImage`` shows; its AMIs so far stay."""
    failure = context or ImageFailureContext(image_status=image.state.status)
    _enter(world, image, ImageState("FAILED", reason, failure))


def cancel(world: World, image: Image) -> None:
    """End a build here; what it made so far stays (API reference, CancelImageCreation)."""
    _enter(world, image, ImageState("CANCELLED"))


def retry(world: World, image: Image) -> None:
    """Go on where a build ended, at the same build number (API reference, RetryImage).

    What had been completed by then is not done again.
    """
    ended_in = next(
        step.status for step in reversed(image.transitions) if step.status in IN_PROGRESS
    )
    image.resume(ended_in, world.clock.now())
    _home(world, image).running[image.arn] = image
    pipeline_schedule.note_state(world, image)
    if world.settings.builds == "instant":
        complete(world, image)
    else:
        _plan_end_of_stage(world, image)


def end_stage(world: World, arn: str) -> None:
    """The scheduler's entry: the time of the stage is over."""
    parsed = Arn.parse(arn)
    image = world.store(parsed.account, parsed.region).running.get(arn)
    if image is not None:
        image.stage_ticket = None
        advance(world, image)


def _finish_stage(world: World, image: Image) -> None:
    store = _home(world, image)
    stage = image.state.status
    if stage == "BUILDING" and image.enhanced_image_metadata_enabled:
        image.os_version = image.parent_os_version
    if image.container_recipe is not None:
        if stage == "DISTRIBUTING":
            containers = pushed_containers(store, image, image.container_recipe)
            image.output_resources = OutputResources(containers=containers)
    elif stage == image.plan.ami_made_in:
        image.output_resources = OutputResources((source_ami(world, store, image),))
    elif stage == "DISTRIBUTING":
        made = image.output_resources.amis if image.output_resources else None
        image.output_resources = OutputResources(
            (*(made or ()), *distributed_amis(world, store, image))
        )


def _enter(world: World, image: Image, state: ImageState) -> None:
    image.enter(state, world.clock.now())
    world.state.scheduler.withdraw(image.stage_ticket)
    image.stage_ticket = None
    if image.is_in_progress:
        _plan_end_of_stage(world, image)
    else:
        del _home(world, image).running[image.arn]
    image_scans.note_state(_home(world, image), image, world.clock.now())
    pipeline_schedule.note_state(world, image)


def _home(world: World, image: Image) -> Store:
    return world.store(image.owner, Arn.parse(image.arn).region)


def _plan_end_of_stage(world: World, image: Image) -> None:
    # A held build waits for the test; no time ends its stage.
    if world.settings.builds != "held":
        due = world.clock.now() + STAGE_DURATIONS[image.state.status]
        image.stage_ticket = world.state.scheduler.enter(due, ACTION, image.arn)
