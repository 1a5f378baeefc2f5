"""Infrastructure and distribution configurations: create, update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import invalid_combination
from imagebuilder_mock.domain.resources.configurations import (
    DistributionConfiguration,
    InfrastructureConfiguration,
)
from imagebuilder_mock.neighbours import names

from .handler import operation
from .rules.distributions import check_distributions, refuse_reserved
from .rules.neighbours import check_name

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from .handler import Context, Result

    Settings = (
        wire.CreateInfrastructureConfigurationRequestTypeDef
        | wire.UpdateInfrastructureConfigurationRequestTypeDef
    )


@operation
def create_infrastructure_configuration(
    ctx: Context, params: wire.CreateInfrastructureConfigurationRequestTypeDef
) -> Result:
    _check(ctx, params)
    created = ctx.create(InfrastructureConfiguration, params)
    return {"infrastructureConfigurationArn": created.arn}


@operation
def update_infrastructure_configuration(
    ctx: Context, params: wire.UpdateInfrastructureConfigurationRequestTypeDef
) -> Result:
    """Replaces everything: members that are left out go back to their defaults (API reference)."""
    before = ctx.own(InfrastructureConfiguration, params["infrastructureConfigurationArn"])
    _check(ctx, params)
    ctx.update(before, params)
    return {"infrastructureConfigurationArn": before.arn}


def _check(ctx: Context, params: Settings) -> None:
    """Sources: API reference and user guide, create-infra-config."""
    if "subnetId" in params and not params.get("securityGroupIds"):
        raise invalid_combination(
            "subnetId", "You must specify at least one security group with a subnet."
        )
    refuse_reserved(params.get("resourceTags", {}), "resourceTags", also=("Name", "Tags"))
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
    check_name(ctx, names.INSTANCE_PROFILE, params["instanceProfileName"], "instanceProfileName")
    check_name(ctx, names.SUBNET, params.get("subnetId"), "subnetId")
    for position, group in enumerate(params.get("securityGroupIds", ())):
        check_name(ctx, names.SECURITY_GROUP, group, f"securityGroupIds[{position}]")
    check_name(ctx, names.KEY_PAIR, params.get("keyPair"), "keyPair")
    check_name(ctx, names.TOPIC, params.get("snsTopicArn"), "snsTopicArn")


@operation
def create_distribution_configuration(
    ctx: Context, params: wire.CreateDistributionConfigurationRequestTypeDef
) -> Result:
    check_distributions(ctx, params["distributions"])
    created = ctx.create(DistributionConfiguration, params)
    return {"distributionConfigurationArn": created.arn}


@operation
def update_distribution_configuration(
    ctx: Context, params: wire.UpdateDistributionConfigurationRequestTypeDef
) -> Result:
    """Replaces everything: members that are left out are removed (API reference)."""
    before = ctx.own(DistributionConfiguration, params["distributionConfigurationArn"])
    check_distributions(ctx, params["distributions"])
    ctx.update(before, params)
    return {"distributionConfigurationArn": before.arn}
