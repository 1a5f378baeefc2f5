"""Infrastructure and distribution configurations: create, get, list, update, delete."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import already_exists, invalid_combination, invalid_value
from imagebuilder_mock.domain.resources.configurations import (
    DistributionConfiguration,
    InfrastructureConfiguration,
)

from .handler import operation
from .listing import listed
from .rules.distributions import check_distributions
from .rules.neighbours import check_instance_profile, check_network, check_topic

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from .handler import Context, Result

    Settings = (
        wire.CreateInfrastructureConfigurationRequestTypeDef
        | wire.UpdateInfrastructureConfigurationRequestTypeDef
    )


_RESERVED_RESOURCE_TAGS = frozenset(("CreatedBy", "Ec2ImageBuilderArn", "Name", "Tags"))


@operation
def create_infrastructure_configuration(
    ctx: Context, params: wire.CreateInfrastructureConfigurationRequestTypeDef
) -> Result:
    _check(ctx, params)
    arn = str(ctx.store.arn_for(InfrastructureConfiguration.kind, params["name"]))
    if arn in ctx.store:
        raise already_exists(InfrastructureConfiguration.label, arn)
    configuration = _configuration(
        params, arn=arn, name=params["name"], created=ctx.now, tags=dict(params.get("tags", {}))
    )
    ctx.add(configuration)
    return {"infrastructureConfigurationArn": arn}


@operation
def get_infrastructure_configuration(
    ctx: Context, params: wire.GetInfrastructureConfigurationRequestTypeDef
) -> Result:
    arn = params["infrastructureConfigurationArn"]
    return {"infrastructureConfiguration": ctx.own(InfrastructureConfiguration, arn)}


@operation
def list_infrastructure_configurations(
    ctx: Context, params: wire.ListInfrastructureConfigurationsRequestTypeDef
) -> Result:
    return listed(
        ctx,
        params,
        "infrastructureConfigurationSummaryList",
        ctx.store.order(InfrastructureConfiguration.kind),
        view=lambda configuration: configuration,
        filters={"name": lambda configuration: configuration.name},
    )


@operation
def update_infrastructure_configuration(
    ctx: Context, params: wire.UpdateInfrastructureConfigurationRequestTypeDef
) -> Result:
    """Replaces everything: what is left out goes back to its default (API reference)."""
    before = ctx.own(InfrastructureConfiguration, params["infrastructureConfigurationArn"])
    _check(ctx, params)
    after = _configuration(
        params, arn=before.arn, name=before.name, created=before.date_created, tags=before.tags
    )
    ctx.replace(replace(after, date_updated=ctx.now))
    return {"infrastructureConfigurationArn": before.arn}


@operation
def delete_infrastructure_configuration(
    ctx: Context, params: wire.DeleteInfrastructureConfigurationRequestTypeDef
) -> Result:
    configuration = ctx.own(InfrastructureConfiguration, params["infrastructureConfigurationArn"])
    ctx.remove(configuration)
    return {"infrastructureConfigurationArn": configuration.arn}


def _configuration(
    params: Settings, *, arn: str, name: str, created: datetime, tags: dict[str, str]
) -> InfrastructureConfiguration:
    return InfrastructureConfiguration(
        arn=arn,
        name=name,
        date_created=created,
        tags=tags,
        instance_profile_name=params["instanceProfileName"],
        description=params.get("description"),
        instance_types=params.get("instanceTypes"),
        security_group_ids=params.get("securityGroupIds"),
        subnet_id=params.get("subnetId"),
        logging=params.get("logging"),
        key_pair=params.get("keyPair"),
        terminate_instance_on_failure=params.get("terminateInstanceOnFailure", True),
        terminate_instance_on_completion=params.get("terminateInstanceOnCompletion"),
        sns_topic_arn=params.get("snsTopicArn"),
        resource_tags=params.get("resourceTags"),
        instance_metadata_options=params.get("instanceMetadataOptions"),
        placement=params.get("placement"),
        parent_instance=params.get("parentInstance"),
    )


def _check(ctx: Context, params: Settings) -> None:
    """Sources: API reference and user guide, create-infra-config."""
    if "subnetId" in params and not params.get("securityGroupIds"):
        raise invalid_combination(
            "subnetId", "You must specify at least one security group with a subnet."
        )
    for key in params.get("resourceTags", {}):
        if key in _RESERVED_RESOURCE_TAGS:
            raise invalid_value(
                "resourceTags", f"The tag key '{key}' is reserved by Image Builder."
            )
    placement = params.get("placement", {})
    hosts = [name for name in ("hostId", "hostResourceGroupArn") if name in placement]
    if hosts and placement.get("tenancy") != "host":
        raise invalid_combination(
            f"placement.{hosts[0]}", f"'{hosts[0]}' needs the tenancy 'host'."
        )
    if len(hosts) > 1:
        raise invalid_combination(
            "placement", "You must not specify both 'hostId' and 'hostResourceGroupArn'."
        )
    check_instance_profile(ctx, params["instanceProfileName"])
    check_network(
        ctx,
        subnet=params.get("subnetId"),
        security_groups=params.get("securityGroupIds", ()),
        key_pair=params.get("keyPair"),
    )
    check_topic(ctx, params.get("snsTopicArn"))


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
