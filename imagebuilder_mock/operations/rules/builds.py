"""What a pipeline and ``CreateImage`` have in common: the recipe, tests, scanning, workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import (
    ResourceDependencyException,
    invalid_combination,
    invalid_value,
)
from imagebuilder_mock.domain.resources.configurations import (
    DistributionConfiguration,
    InfrastructureConfiguration,
)
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.domain.resources.scans import ON_DEMAND_SCAN
from imagebuilder_mock.engines.builds.starting import (
    AMAZON,
    DEFAULT_TESTS,
    NEWEST,
    planned_workflows,
)
from imagebuilder_mock.engines.parents import carried

from .distributions import ami_settings, user_groups
from .neighbours import check_role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.operations.handler import Context

    BuildSettings = (
        wire.CreateImageRequestTypeDef
        | wire.CreateImagePipelineRequestTypeDef
        | wire.UpdateImagePipelineRequestTypeDef
    )

_TEST_WORKFLOW = "workflow/test"
OPEN_LOG_GROUPS = "/aws/imagebuilder/"


def referenced_recipe(ctx: Context, params: BuildSettings) -> Recipe:
    """The recipe to build; exactly one of the two kinds must be named."""
    image_recipe, container_recipe = params.get("imageRecipeArn"), params.get("containerRecipeArn")
    if (image_recipe is None) == (container_recipe is None):
        raise invalid_combination(
            "imageRecipeArn",
            "You must specify exactly one of 'imageRecipeArn' and 'containerRecipeArn'.",
        )
    if container_recipe is not None:
        return ctx.reference(ContainerRecipe, container_recipe, parameter="containerRecipeArn")
    return ctx.reference(ImageRecipe, image_recipe or "", parameter="imageRecipeArn")


def referenced_infrastructure(
    ctx: Context, params: BuildSettings | wire.ImportDiskImageRequestTypeDef
) -> InfrastructureConfiguration:
    return ctx.reference(
        InfrastructureConfiguration,
        params["infrastructureConfigurationArn"],
        parameter="infrastructureConfigurationArn",
    )


def referenced_distribution(
    ctx: Context, params: BuildSettings
) -> DistributionConfiguration | None:
    arn = params.get("distributionConfigurationArn")
    if arn is None:
        return None
    return ctx.reference(DistributionConfiguration, arn, parameter="distributionConfigurationArn")


def tests_configuration(params: BuildSettings) -> Mapping[str, object]:
    """What is not given is filled in (seen live for pipelines)."""
    return {**DEFAULT_TESTS, **params.get("imageTestsConfiguration", {})}


def check_settings(
    ctx: Context,
    params: BuildSettings,
    recipe: Recipe,
    distribution: DistributionConfiguration | None,
) -> None:
    """Refuse what does not go together with the recipe, the role and the account."""
    _check_scanning(ctx, params)
    _check_watermarks(ctx, recipe, distribution)
    _check_workflows(ctx, params, recipe)
    check_logging(params.get("loggingConfiguration", {}), params.get("executionRole"))
    check_role(ctx, params.get("executionRole"))


def check_logging(logging: Mapping[str, object], role: str | None) -> None:
    """Log groups of the caller's own need a role that may write to them."""
    for member, group in logging.items():
        if not str(group).startswith(OPEN_LOG_GROUPS) and role is None:
            raise invalid_combination(
                f"loggingConfiguration.{member}",
                f"A log group outside of '{OPEN_LOG_GROUPS}' needs an execution role.",
            )


def _check_scanning(ctx: Context, params: BuildSettings) -> None:
    scanning: Mapping[str, object] = params.get("imageScanningConfiguration", {})
    types = scanning.get("imageScanningTypes")
    is_on_demand = isinstance(types, list) and ON_DEMAND_SCAN in types
    if "scanResultCondition" in scanning and not is_on_demand:
        raise invalid_combination(
            "imageScanningConfiguration.scanResultCondition",
            f"A condition for the results needs the scan type '{ON_DEMAND_SCAN}'.",
        )
    if is_on_demand and "containerRecipeArn" in params:
        raise invalid_combination(
            "imageScanningConfiguration.imageScanningTypes",
            f"The scan type '{ON_DEMAND_SCAN}' is for AMIs only.",
        )
    if "ecrConfiguration" in scanning and "containerRecipeArn" not in params:
        raise invalid_combination(
            "imageScanningConfiguration.ecrConfiguration",
            "A repository for scanning is for container images only.",
        )
    if not scanning.get("imageScanningEnabled"):
        return
    if not tests_configuration(params)["imageTestsEnabled"]:
        raise invalid_combination(
            "imageScanningConfiguration.imageScanningEnabled",
            "Scans run during image tests, which are not enabled.",
        )
    if not is_on_demand and not ctx.world.settings.inspector:
        # Seen for 'ecr'; AMIs are scanned on the instance, as 'ec2' resources.
        scanned = "ecr" if "containerRecipeArn" in params else "ec2"
        raise ResourceDependencyException(
            f"Resource dependency error: Amazon Inspector is not enabled for '{scanned}' "
            f"resources in account '{ctx.store.account}'."
        )


def _check_watermarks(
    ctx: Context, recipe: Recipe, distribution: DistributionConfiguration | None
) -> None:
    if not isinstance(recipe, ImageRecipe) or distribution is None:
        return
    if not carried(ctx.world, ctx.store, recipe):
        return
    for position, settings in enumerate(distribution.distributions):
        if user_groups(ami_settings(settings)):
            raise invalid_combination(
                "distributionConfigurationArn",
                f"'distributions[{position}]' makes the AMI public, and an AMI with watermarks "
                "cannot be public.",
            )


def _check_workflows(ctx: Context, params: BuildSettings, recipe: Recipe) -> None:
    workflows, role = params.get("workflows", ()), params.get("executionRole")
    if not workflows:
        return
    if role is None:
        raise invalid_combination("workflows", "Workflows need an 'executionRole'.")
    ctx.world.quotas.check("workflows per image", len(workflows))
    kinds = [Arn.parse(workflow["workflowArn"]).kind for workflow in workflows]
    for position, workflow in enumerate(workflows):
        arn = Arn.parse(workflow["workflowArn"])
        if arn.account == AMAZON and arn.version != NEWEST:
            # The braces are the service's own.
            raise invalid_value(
                "workflows",
                "AWS managed workflows must have latest version 'x.x.x' for '{workflow_arn_str}'",
            )
        for parameter in workflow.get("parameters", ()):
            for value in parameter["value"]:
                ctx.world.quotas.check("workflow parameter length", len(value))
        if arn.kind == _TEST_WORKFLOW:
            continue
        if "parallelGroup" in workflow or "onFailure" in workflow:
            raise invalid_combination(
                f"workflows[{position}]",
                "'parallelGroup' and 'onFailure' are for test workflows only.",
            )
        if kinds.count(arn.kind) > 1:
            raise invalid_combination(
                f"workflows[{position}]",
                "An image has at most one build workflow and one distribution workflow.",
            )
    planned_workflows(ctx.world, ctx.store, workflows, output_type=recipe.output_type)
