"""Image pipelines: create, update, delete, start, and the images they made."""

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
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.engines.builds.starting import BuildRequest

    from .handler import Context, Result

    Params = wire.CreateImagePipelineRequestTypeDef | wire.UpdateImagePipelineRequestTypeDef

_START_CONDITION: Final = "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE"


@operation
def create_image_pipeline(ctx: Context, params: wire.CreateImagePipelineRequestTypeDef) -> Result:
    request = _checked_request(ctx, params)
    pipeline = ctx.create(
        ImagePipeline, request.settings, date_updated=ctx.now, **_completed(params, request)
    )
    plan_next_run(ctx.world, pipeline)
    return {"imagePipelineArn": pipeline.arn}


@operation
def update_image_pipeline(ctx: Context, params: wire.UpdateImagePipelineRequestTypeDef) -> Result:
    """Replaces everything: members that are left out go back to their defaults, also the status."""
    before = ctx.own(ImagePipeline, params["imagePipelineArn"])
    request = _checked_request(ctx, params)
    if ("imageRecipeArn" in params) != (before.image_recipe_arn is not None):
        member = "imageRecipeArn" if "imageRecipeArn" in params else "containerRecipeArn"
        raise invalid_combination(
            member, "The recipe must be of the same type as the pipeline's current recipe."
        )
    pipeline = ctx.update(
        before,
        request.settings,
        date_last_run=before.date_last_run,
        last_run_status=before.last_run_status,
        consecutive_failures=None if before.consecutive_failures is None else 0,
        **_completed(params, request),
    )
    forget_next_run(ctx.world, before)
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


def _completed(params: Params, request: BuildRequest) -> dict[str, object]:
    """The members that are not kept as the request gives them."""
    schedule = params.get("schedule")
    return {
        "platform": request.recipe.platform,
        "schedule": {"pipelineExecutionStartCondition": _START_CONDITION, **schedule}
        if schedule
        else None,
    }
