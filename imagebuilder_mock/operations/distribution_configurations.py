"""Distribution configurations: create, get, list, update, delete."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import already_exists
from imagebuilder_mock.domain.resources.configurations import DistributionConfiguration

from .distribution_rules import check_distributions
from .listing import listed
from .registry import operation

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from .context import Context
    from .registry import Result


@operation
def create_distribution_configuration(
    ctx: Context, params: wire.CreateDistributionConfigurationRequestTypeDef
) -> Result:
    check_distributions(ctx, params["distributions"])
    arn = str(ctx.store.arn_for(DistributionConfiguration.kind, params["name"]))
    if arn in ctx.store:
        raise already_exists(DistributionConfiguration.label, arn)
    ctx.add(
        DistributionConfiguration(
            arn=arn,
            name=params["name"],
            date_created=ctx.now,
            tags=dict(params.get("tags", {})),
            distributions=params["distributions"],
            description=params.get("description"),
        )
    )
    return {"distributionConfigurationArn": arn}


@operation
def get_distribution_configuration(
    ctx: Context, params: wire.GetDistributionConfigurationRequestTypeDef
) -> Result:
    arn = params["distributionConfigurationArn"]
    return {"distributionConfiguration": ctx.own(DistributionConfiguration, arn)}


@operation
def list_distribution_configurations(
    ctx: Context, params: wire.ListDistributionConfigurationsRequestTypeDef
) -> Result:
    return listed(
        ctx,
        params,
        "distributionConfigurationSummaryList",
        ctx.store.order(DistributionConfiguration.kind),
        view=lambda configuration: configuration,
        filters={"name": lambda configuration: configuration.name},
    )


@operation
def update_distribution_configuration(
    ctx: Context, params: wire.UpdateDistributionConfigurationRequestTypeDef
) -> Result:
    """Replaces everything: what is left out is gone (API reference)."""
    before = ctx.own(DistributionConfiguration, params["distributionConfigurationArn"])
    check_distributions(ctx, params["distributions"])
    ctx.replace(
        replace(
            before,
            distributions=params["distributions"],
            description=params.get("description"),
            date_updated=ctx.now,
        )
    )
    return {"distributionConfigurationArn": before.arn}


@operation
def delete_distribution_configuration(
    ctx: Context, params: wire.DeleteDistributionConfigurationRequestTypeDef
) -> Result:
    configuration = ctx.own(DistributionConfiguration, params["distributionConfigurationArn"])
    ctx.remove(configuration)
    return {"distributionConfigurationArn": configuration.arn}
