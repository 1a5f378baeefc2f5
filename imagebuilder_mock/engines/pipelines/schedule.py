"""When a pipeline runs next, and what a build changes on the pipeline that started it.

Sources: user guide, cron-expressions and schedule-pipeline; API reference, ImagePipeline
(``consecutiveFailures``) and AutoDisablePolicy.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.domain.schedules.schedule import parse_schedule
from imagebuilder_mock.engines import notices

if TYPE_CHECKING:
    from datetime import datetime

    from imagebuilder_mock.domain.schedules.schedule import Schedule
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

ACTION: Final = "run-pipeline"

DEFAULT_FAILURE_LIMIT = 5
"""How many scheduled builds fail in a row until a pipeline is disabled that has no policy."""

_parse = lru_cache(maxsize=256)(parse_schedule)


def schedule_of(pipeline: ImagePipeline) -> Schedule | None:
    """The schedule of a pipeline, if it has one."""
    settings = pipeline.schedule or {}
    if "scheduleExpression" not in settings:
        return None
    return _parse(settings["scheduleExpression"], settings.get("timezone"))


def plan_next_run(world: World, pipeline: ImagePipeline) -> None:
    """Schedule the next run of an enabled pipeline, in place of the one scheduled before.

    A rate counts from the last update of the pipeline.
    """
    forget_next_run(world, pipeline)
    schedule = schedule_of(pipeline)
    if schedule is None or pipeline.status != "ENABLED":
        return
    pipeline.date_next_run = schedule.next_after(world.clock.now(), anchor=pipeline.date_updated)
    if pipeline.date_next_run is not None:
        pipeline.schedule_ticket = world.state.scheduler.enter(
            pipeline.date_next_run, ACTION, pipeline.arn
        )


def run_after(world: World, arn: str, moment: datetime) -> datetime | None:
    """When a pipeline, as it is now, runs after ``moment``."""
    pipeline = world.home_of(arn).get(ImagePipeline, arn)
    schedule = None if pipeline is None else schedule_of(pipeline)
    if pipeline is None or schedule is None:
        return None
    return schedule.next_after(moment, anchor=pipeline.date_updated)


def forget_next_run(world: World, pipeline: ImagePipeline) -> None:
    world.state.scheduler.withdraw(pipeline.schedule_ticket)
    pipeline.schedule_ticket = None
    pipeline.date_next_run = None


def last_run(store: Store, pipeline: ImagePipeline) -> Image | None:
    """The image of a pipeline with the newest date: history may have been added after it."""
    images = store.order(Image, pipeline.arn)
    for image in images.before(None):
        if image.date_created == pipeline.date_last_run:
            return image
    return max(images, key=lambda image: image.date_created, default=None)


def note_state(world: World, image: Image) -> None:
    """Note the new state of an image on the pipeline that started it.

    History that is older than the last run is not noted, and no history disables a pipeline.
    """
    if image.source_pipeline_arn is None:
        return
    store = world.home_of(image.source_pipeline_arn)
    pipeline = store.get(ImagePipeline, image.source_pipeline_arn)
    if pipeline is None:
        return
    if pipeline.date_last_run is None or image.date_created >= pipeline.date_last_run:
        pipeline.date_last_run = image.date_created
        if last_run(store, pipeline) is image:
            pipeline.last_run_status = image.state.status
    elif world.is_in_the_past:
        return
    if image.state.status == "AVAILABLE":
        pipeline.consecutive_failures = 0
    elif image.state.status == "FAILED" and image.build_type == "SCHEDULED":
        _count_failure(world, pipeline)


def _count_failure(world: World, pipeline: ImagePipeline) -> None:
    pipeline.consecutive_failures = (pipeline.consecutive_failures or 0) + 1
    policy = (pipeline.schedule or {}).get("autoDisablePolicy")
    limit = DEFAULT_FAILURE_LIMIT if policy is None else policy["failureCount"]
    if pipeline.consecutive_failures >= limit and not world.is_in_the_past:
        pipeline.status = "DISABLED"
        forget_next_run(world, pipeline)
        notices.pipeline_disabled(world, pipeline)
