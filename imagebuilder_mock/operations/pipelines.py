"""Image pipelines: create, get, list, update, delete, start, and the images they made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.domain.schedules.schedule import ScheduleError, parse_schedule
from imagebuilder_mock.engines.pipelines.runs import run
from imagebuilder_mock.engines.pipelines.schedule import forget_next_run, plan_next_run

from .builds.images import IMAGE_SUMMARY_FILTERS, note_looked_at
from .handler import operation
from .listing import listed
from .rules.builds import (
    check_settings,
    referenced_distribution,
    referenced_infrastructure,
    referenced_recipe,
    tests_configuration,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.recipes import Recipe

    from .handler import Context, Result

    Settings = wire.CreateImagePipelineRequestTypeDef | wire.UpdateImagePipelineRequestTypeDef

_START_CONDITION = "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE"

_FILTERS: Mapping[str, Callable[[ImagePipeline], object]] = {
    "description": lambda pipeline: pipeline.description,
    "distributionConfigurationArn": lambda pipeline: pipeline.distribution_configuration_arn,
    "imageRecipeArn": lambda pipeline: pipeline.image_recipe_arn,
    "infrastructureConfigurationArn": lambda pipeline: pipeline.infrastructure_configuration_arn,
    "name": lambda pipeline: pipeline.name,
    "status": lambda pipeline: pipeline.status,
}


@operation
def create_image_pipeline(ctx: Context, params: wire.CreateImagePipelineRequestTypeDef) -> Result:
    recipe = _checked_recipe(ctx, params)
    arn = ctx.new_name(ImagePipeline, params["name"])
    now = ctx.now
    pipeline = _pipeline(params, recipe, arn=arn, name=params["name"], created=now, updated=now)
    pipeline.tags = dict(params.get("tags", {}))
    ctx.add(pipeline)
    plan_next_run(ctx.world, pipeline)
    return {"imagePipelineArn": arn}


@operation
def get_image_pipeline(ctx: Context, params: wire.GetImagePipelineRequestTypeDef) -> Result:
    return {"imagePipeline": ctx.own(ImagePipeline, params["imagePipelineArn"])}


@operation
def list_image_pipelines(ctx: Context, params: wire.ListImagePipelinesRequestTypeDef) -> Result:
    return listed(
        ctx,
        params,
        "imagePipelineList",
        ctx.store.order(ImagePipeline),
        filters=_FILTERS,
    )


@operation
def update_image_pipeline(ctx: Context, params: wire.UpdateImagePipelineRequestTypeDef) -> Result:
    """Replaces everything: what is left out goes back to its default, the status to ENABLED."""
    before = ctx.own(ImagePipeline, params["imagePipelineArn"])
    recipe = _checked_recipe(ctx, params)
    if ("imageRecipeArn" in params) != (before.image_recipe_arn is not None):
        member = "imageRecipeArn" if "imageRecipeArn" in params else "containerRecipeArn"
        raise invalid_combination(
            member, "The recipe must be of the same type as the pipeline's current recipe."
        )
    after = _pipeline(
        params,
        recipe,
        arn=before.arn,
        name=before.name,
        created=before.date_created,
        updated=ctx.now,
    )
    forget_next_run(ctx.world, before)
    pipeline = replace(
        after,
        tags=before.tags,
        date_last_run=before.date_last_run,
        last_run_status=before.last_run_status,
        consecutive_failures=None if before.consecutive_failures is None else 0,
    )
    ctx.replace(pipeline)
    plan_next_run(ctx.world, pipeline)
    return {"imagePipelineArn": pipeline.arn}


@operation
def delete_image_pipeline(ctx: Context, params: wire.DeleteImagePipelineRequestTypeDef) -> Result:
    """The images stay, and running builds go on (API reference)."""
    pipeline = ctx.own(ImagePipeline, params["imagePipelineArn"])
    ctx.remove(pipeline)
    forget_next_run(ctx.world, pipeline)
    return {"imagePipelineArn": pipeline.arn}


@operation
def start_image_pipeline_execution(
    ctx: Context, params: wire.StartImagePipelineExecutionRequestTypeDef
) -> Result:
    """A disabled pipeline can be started by hand too (API reference)."""
    pipeline = ctx.own(ImagePipeline, params["imagePipelineArn"])
    image = run(
        ctx.world,
        ctx.store,
        pipeline,
        tags=params.get("tags", {}),
        build_type="USER_INITIATED",
    )
    return {"imageBuildVersionArn": image.arn}


@operation
def list_image_pipeline_images(
    ctx: Context, params: wire.ListImagePipelineImagesRequestTypeDef
) -> Result:
    """An unknown pipeline has no images, and is no error (API reference)."""
    arn = params["imagePipelineArn"]
    result = listed(
        ctx,
        params,
        "imageSummaryList",
        ctx.store.order(Image, arn) if arn in ctx.store else OrderedIndex(),
        filters={name: IMAGE_SUMMARY_FILTERS[name] for name in ("name", "version")},
        scope=arn,
    )
    note_looked_at(ctx, result["imageSummaryList"])
    return result


def _checked_recipe(ctx: Context, params: Settings) -> Recipe:
    recipe = referenced_recipe(ctx, params)
    referenced_infrastructure(ctx, params)
    check_settings(ctx, params, recipe, referenced_distribution(ctx, params))
    schedule = params.get("schedule", {})
    expression = schedule.get("scheduleExpression")
    if expression is not None:
        try:
            parse_schedule(expression, schedule.get("timezone"))
        except ScheduleError as error:
            raise invalid_value(error.parameter, error.detail) from None
    elif schedule:
        raise invalid_combination("schedule", "A schedule needs a 'scheduleExpression'.")
    return recipe


def _pipeline(
    params: Settings,
    recipe: Recipe,
    *,
    arn: str,
    name: str,
    created: datetime,
    updated: datetime,
) -> ImagePipeline:
    schedule = params.get("schedule")
    return ImagePipeline(
        arn=arn,
        name=name,
        date_created=created,
        date_updated=updated,
        platform=recipe.platform,
        image_recipe_arn=params.get("imageRecipeArn"),
        container_recipe_arn=params.get("containerRecipeArn"),
        infrastructure_configuration_arn=params["infrastructureConfigurationArn"],
        distribution_configuration_arn=params.get("distributionConfigurationArn"),
        image_tests_configuration=tests_configuration(params),
        description=params.get("description"),
        enhanced_image_metadata_enabled=params.get("enhancedImageMetadataEnabled", True),
        schedule={"pipelineExecutionStartCondition": _START_CONDITION, **schedule}
        if schedule
        else None,
        status=params.get("status", "ENABLED"),
        image_scanning_configuration=params.get("imageScanningConfiguration"),
        image_tags=params.get("imageTags"),
        execution_role=params.get("executionRole"),
        workflows=params.get("workflows"),
        logging_configuration=params.get("loggingConfiguration"),
    )
