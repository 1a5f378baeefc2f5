"""Rules that pipelines and CreateImage have in common: tests, scanning, workflows, logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import AMAZON, Arn
from imagebuilder_mock.domain.errors import (
    ResourceDependencyException,
    invalid_combination,
    invalid_value,
)
from imagebuilder_mock.domain.resources.build_settings import LOG_GROUP
from imagebuilder_mock.domain.resources.recipes import ImageRecipe
from imagebuilder_mock.domain.resources.scans import ON_DEMAND_SCAN, is_on_demand
from imagebuilder_mock.engines.builds.starting import NEWEST, planned_workflows
from imagebuilder_mock.engines.parents import carried

from .distributions import ami_settings, user_groups
from .neighbours import check_role

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.engines.builds.starting import BuildRequest, Settings
    from imagebuilder_mock.operations.handler import Context

    Logging = wire.ImageLoggingConfigurationTypeDef | wire.PipelineLoggingConfigurationTypeDef

_TEST_WORKFLOW = "workflow/test"


def check_settings(ctx: Context, params: Settings, request: BuildRequest) -> None:
    """Refuse settings that do not go with the recipe, the role or the account."""
    _check_scanning(ctx, params)
    _check_watermarks(ctx, request)
    _check_workflows(ctx, params, request.recipe)
    check_logging(params.get("loggingConfiguration", {}), params.get("executionRole"))
    check_role(ctx, params.get("executionRole"))


def check_logging(logging: Logging, role: str | None) -> None:
    """Refuse the caller's own log groups without a role that may write to them."""
    for member, group in logging.items():
        if not str(group).startswith(LOG_GROUP) and role is None:
            raise invalid_combination(
                f"loggingConfiguration.{member}",
                f"A log group outside of '{LOG_GROUP}' needs an execution role.",
            )


def _check_scanning(ctx: Context, params: Settings) -> None:
    scanning = params.get("imageScanningConfiguration")
    if scanning is None:
        return
    on_demand = is_on_demand(scanning)
    if "scanResultCondition" in scanning and not on_demand:
        raise invalid_combination(
            "imageScanningConfiguration.scanResultCondition",
            f"A condition for the results needs the scan type '{ON_DEMAND_SCAN}'.",
        )
    if on_demand and "containerRecipeArn" in params:
        raise invalid_combination(
            "imageScanningConfiguration.imageScanningTypes",
            f"The scan type '{ON_DEMAND_SCAN}' is for AMIs only.",
        )
    if not scanning.get("imageScanningEnabled"):
        return
    if params.get("imageTestsConfiguration", {}).get("imageTestsEnabled") is False:
        raise invalid_combination(
            "imageScanningConfiguration.imageScanningEnabled",
            "Scans run during image tests, which are not enabled.",
        )
    if not on_demand and not ctx.world.settings.inspector:
        # Seen for 'ecr'. AMIs are scanned on the build instance, so as 'ec2' resources.
        scanned = "ecr" if "containerRecipeArn" in params else "ec2"
        raise ResourceDependencyException(
            f"Resource dependency error: Amazon Inspector is not enabled for '{scanned}' "
            f"resources in account '{ctx.store.account}'."
        )


def _check_watermarks(ctx: Context, request: BuildRequest) -> None:
    recipe, distribution = request.recipe, request.distribution
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


def _check_workflows(ctx: Context, params: Settings, recipe: Recipe) -> None:
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
