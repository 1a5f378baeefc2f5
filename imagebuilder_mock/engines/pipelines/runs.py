"""Runs of a pipeline: by hand, and on its schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import (
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    ServiceQuotaExceededException,
    invalid_value,
    missing_reference,
)
from imagebuilder_mock.domain.resources.base import Resource
from imagebuilder_mock.domain.resources.configurations import (
    DistributionConfiguration,
    InfrastructureConfiguration,
)
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.engines import notices
from imagebuilder_mock.engines.builds.starting import BuildRequest, resolved_recipe, start_build

from .schedule import plan_next_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

R = TypeVar("R", bound=Resource)

_ALWAYS = "EXPRESSION_MATCH_ONLY"


def run(
    world: World, store: Store, pipeline: ImagePipeline, *, tags: Mapping[str, str], build_type: str
) -> Image:
    """Start a build of the pipeline's recipe.

    InvalidParameterValueException if a wildcard means nothing any more, or a recipe is no longer
    shared; InvalidParameterCombinationException if a newer workflow declares other parameters;
    ServiceQuotaExceededException if too many builds are running.
    """
    image = start_build(world, store, _request(world, store, pipeline, tags, build_type))
    pipeline.date_last_run = image.date_created
    notices.pipeline_log(world, pipeline, f"The execution has started: {image.arn}")
    return image


def run_on_schedule(world: World, arn: str) -> None:
    """The scheduler's entry: a pipeline's time has come."""
    parsed = Arn.parse(arn)
    store = world.store(parsed.account, parsed.region)
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
        # Nobody is there to be told: the service skips such a run, as it skips one without news.
        notices.pipeline_log(world, pipeline, f"The execution is skipped: {error.message}")


def _is_due(world: World, store: Store, pipeline: ImagePipeline) -> bool:
    """Whether the start condition holds: always, or if there is news since the last build.

    News is a newer match for a wildcard of the recipe; a pipeline that never built has all news.
    """
    schedule = pipeline.schedule or {}
    if schedule.get("pipelineExecutionStartCondition") == _ALWAYS:
        return True
    last = next(store.order(Image, pipeline.arn).before(None), None)
    before = last.recipe if last is not None else None
    if before is None:
        return True
    now, _ = resolved_recipe(world, store, _recipe(world, store, pipeline))
    known = _what_it_means(before)
    news = [arn for arn in _what_it_means(now) if arn not in known]
    for arn in news:
        notices.pipeline_log(world, pipeline, f"There is a dependency update: {arn}")
    return bool(news)


def _what_it_means(resolved: Recipe) -> list[str]:
    """The recipe, and everything that goes into what is built of it."""
    return [resolved.arn, resolved.parent_image, *resolved.component_arns]


def _request(
    world: World, store: Store, pipeline: ImagePipeline, tags: Mapping[str, str], build_type: str
) -> BuildRequest:
    distribution_arn = pipeline.distribution_configuration_arn
    logging = pipeline.logging_configuration or {}
    log_group = logging.get("imageLogGroupName")
    return BuildRequest(
        recipe=_recipe(world, store, pipeline),
        infrastructure=_configuration(
            store,
            InfrastructureConfiguration,
            pipeline.infrastructure_configuration_arn,
            "infrastructureConfigurationArn",
        ),
        distribution=(
            None
            if distribution_arn is None
            else _configuration(
                store, DistributionConfiguration, distribution_arn, "distributionConfigurationArn"
            )
        ),
        build_type=build_type,
        image_tests_configuration=pipeline.image_tests_configuration,
        enhanced_image_metadata_enabled=pipeline.enhanced_image_metadata_enabled,
        tags=tags,
        image_scanning_configuration=pipeline.image_scanning_configuration,
        execution_role=pipeline.execution_role,
        workflows=pipeline.workflows,
        logging_configuration=None if log_group is None else {"logGroupName": log_group},
        source_pipeline_arn=pipeline.arn,
    )


def _recipe(world: World, store: Store, pipeline: ImagePipeline) -> Recipe:
    """The recipe that the pipeline builds; a wildcard means the newest version.

    InvalidParameterValueException if its owner, another account, no longer shares it.
    """
    kind: type[Recipe]
    if pipeline.container_recipe_arn is not None:
        kind, arn, parameter = ContainerRecipe, pipeline.container_recipe_arn, "containerRecipeArn"
    else:
        kind, arn, parameter = ImageRecipe, pipeline.image_recipe_arn or "", "imageRecipeArn"
    found = world.find(store, kind, arn, parameter=parameter)
    if found is None:
        raise invalid_value(parameter, missing_reference(kind.label, arn))
    return found


def _configuration(store: Store, kind: type[R], arn: str, parameter: str) -> R:
    """It cannot be deleted as long as the pipeline is there, but a state file can be without it."""
    found = store.get(kind, arn)
    if found is None:
        raise invalid_value(parameter, missing_reference(kind.label, arn))
    return found
