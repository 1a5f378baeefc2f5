"""Runs of a pipeline: by hand, and on its schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagebuilder_mock.domain.errors import (
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    ServiceQuotaExceededException,
)
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.engines import notices
from imagebuilder_mock.engines.builds.starting import (
    build_request,
    recipe_of,
    resolved_recipe,
    start_build,
)

from .schedule import last_run, plan_next_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.engines.builds.starting import BuildRequest
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

_ALWAYS = "EXPRESSION_MATCH_ONLY"


def run(
    world: World, store: Store, pipeline: ImagePipeline, *, tags: Mapping[str, str], build_type: str
) -> Image:
    """Start a build of the pipeline's recipe.

    InvalidParameterValueException if nothing matches a wildcard any more, or a recipe is no longer
    shared; InvalidParameterCombinationException if a newer workflow declares other parameters;
    ServiceQuotaExceededException if too many builds are running.
    """
    request = request_of(world, store, pipeline, tags)
    image = start_build(
        world, store, request, build_type=build_type, source_pipeline_arn=pipeline.arn
    )
    notices.pipeline_log(world, pipeline, f"The execution has started: {image.arn}")
    return image


def run_on_schedule(world: World, arn: str) -> None:
    """What the scheduler calls when a run of a pipeline is due."""
    store = world.home_of(arn)
    pipeline = store.get(ImagePipeline, arn)
    if pipeline is None:
        return
    pipeline.schedule_ticket = None
    plan_next_run(world, pipeline)
    try:
        if _is_due(world, store, pipeline):
            run(world, store, pipeline, tags=pipeline.image_tags or {}, build_type="SCHEDULED")
        else:
            notices.pipeline_log(
                world, pipeline, "The execution is skipped: there are no dependency updates."
            )
    except (
        InvalidParameterCombinationException,
        InvalidParameterValueException,
        ServiceQuotaExceededException,
    ) as error:
        # There is no caller to refuse: the run is skipped, as one without news is.
        notices.pipeline_log(world, pipeline, f"The execution is skipped: {error.message}")


def _is_due(world: World, store: Store, pipeline: ImagePipeline) -> bool:
    """Whether the start condition holds: always, or only if there is news since the last build.

    News is a newer match for a wildcard of the recipe. For a pipeline without builds it holds.
    """
    schedule = pipeline.schedule or {}
    if schedule.get("pipelineExecutionStartCondition") == _ALWAYS:
        return True
    last = last_run(store, pipeline)
    before = last.recipe if last is not None else None
    if before is None:
        return True
    recipe = recipe_of(world, store, pipeline.image_recipe_arn, pipeline.container_recipe_arn)
    now, _ = resolved_recipe(world, store, recipe)
    known = _ingredients(before)
    news = [arn for arn in _ingredients(now) if arn not in known]
    for arn in news:
        notices.pipeline_log(world, pipeline, f"There is a dependency update: {arn}")
    return bool(news)


def _ingredients(resolved: Recipe) -> list[str]:
    """The ARNs of the recipe and of everything that goes into a build."""
    return [resolved.arn, resolved.parent_image, *resolved.component_arns]


def request_of(
    world: World, store: Store, pipeline: ImagePipeline, tags: Mapping[str, str]
) -> BuildRequest:
    """What a run of the pipeline asks for, as CreateImage would.

    CreateImage has another name for the member with the log group.
    """
    params = {**pipeline.as_requested(), "tags": tags}
    params.pop("loggingConfiguration", None)
    logging: Mapping[str, object] = pipeline.logging_configuration or {}
    if "imageLogGroupName" in logging:
        params["loggingConfiguration"] = {"logGroupName": logging["imageLogGroupName"]}
    return build_request(world, store, cast("wire.CreateImageRequestTypeDef", params))
