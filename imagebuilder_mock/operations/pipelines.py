"""Image pipelines: create, get, list, update, delete, start, and the images they made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.domain.schedules.schedule import ScheduleError, parse_schedule
from imagebuilder_mock.engines.builds.starting import build_request
from imagebuilder_mock.engines.pipelines.runs import run
from imagebuilder_mock.engines.pipelines.schedule import forget_next_run, plan_next_run

from .builds.images import IMAGE_SUMMARY_FILTERS, note_looked_at
from .handler import operation
from .listing import listed
from .rules.builds import check_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.engines.builds.starting import BuildRequest

    from .handler import Context, Result

    Params = wire.CreateImagePipelineRequestTypeDef | wire.UpdateImagePipelineRequestTypeDef

_START_CONDITION: Final = "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE"

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
    request = _checked_request(ctx, params)
    arn = ctx.new_name(ImagePipeline, params["name"])
    pipeline = _pipeline(ctx, params, request, arn, params["name"])
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
    request = _checked_request(ctx, params)
    if ("imageRecipeArn" in params) != (before.image_recipe_arn is not None):
        member = "imageRecipeArn" if "imageRecipeArn" in params else "containerRecipeArn"
        raise invalid_combination(
            member, "The recipe must be of the same type as the pipeline's current recipe."
        )
    forget_next_run(ctx.world, before)
    pipeline = _pipeline(ctx, params, request, before.arn, before.name)
    pipeline.date_created, pipeline.tags = before.date_created, before.tags
    pipeline.date_last_run, pipeline.last_run_status = before.date_last_run, before.last_run_status
    pipeline.consecutive_failures = None if before.consecutive_failures is None else 0
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


def _checked_request(ctx: Context, params: Params) -> BuildRequest:
    request = build_request(ctx.world, ctx.store, params)
    check_settings(ctx, params, request)
    schedule = params.get("schedule", {})
    expression = schedule.get("scheduleExpression")
    if expression is not None:
        try:
            parse_schedule(expression, schedule.get("timezone"))
        except ScheduleError as error:
            raise invalid_value(error.parameter, error.detail) from None
    elif schedule:
        raise invalid_combination("schedule", "A schedule needs a 'scheduleExpression'.")
    return request


def _pipeline(
    ctx: Context, params: Params, request: BuildRequest, arn: str, name: str
) -> ImagePipeline:
    now, schedule = ctx.now, params.get("schedule")
    pipeline = ImagePipeline(
        arn=arn,
        name=name,
        date_created=now,
        date_updated=now,
        platform=request.recipe.platform,
        infrastructure_configuration_arn=request.infrastructure.arn,
    )
    pipeline.take(request.settings)
    pipeline.schedule = (
        {"pipelineExecutionStartCondition": _START_CONDITION, **schedule} if schedule else None
    )
    return pipeline
