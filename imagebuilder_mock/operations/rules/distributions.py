"""Rules of the distribution settings of a Region.

Resources that a distribution names are looked up when an image is distributed, except for keys.
Sources: API reference, Distribution and its members; user guide, cr-upd-ami-distribution-settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.engines.outputs.amis import has_build_date

from .neighbours import check_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.operations.handler import Context

    _Ami = wire.AmiDistributionConfigurationTypeDef | wire.AmiDistributionConfigurationOutputTypeDef

_RESERVED_TAGS = frozenset(("CreatedBy", "Ec2ImageBuilderArn"))
_AMI = "amiDistributionConfiguration"
# A Region alone is not an output, and neither is an empty list.
_OUTPUTS = frozenset(
    (
        _AMI,
        "containerDistributionConfiguration",
        "licenseConfigurationArns",
        "launchTemplateConfigurations",
        "s3ExportConfiguration",
        "fastLaunchConfigurations",
        "ssmParameterConfigurations",
    )
)


def check_distributions(
    ctx: Context, distributions: Sequence[wire.DistributionUnionTypeDef]
) -> None:
    """Refuse settings that the service would refuse; the message has the path of the member."""
    regions: set[str] = set()
    accounts: set[str] = set()
    for position, distribution in enumerate(distributions):
        path = f"distributions[{position}]"
        if not _OUTPUTS & {name for name, value in distribution.items() if value != []}:
            raise invalid_value(
                path,
                "One or more outputs should be provided for each region in a distribution "
                "configuration.",
            )
        if distribution["region"] in regions:
            raise invalid_value(
                f"{path}.region",
                f"The Region '{distribution['region']}' is specified more than once.",
            )
        regions.add(distribution["region"])
        ami = ami_settings(distribution)
        accounts.update(ami.get("targetAccountIds", ()))
        _check_ami(ami, f"{path}.amiDistributionConfiguration")
        check_key(
            ctx,
            ami.get("kmsKeyId"),
            parameter=f"{path}.{_AMI}.kmsKeyId",
            region=distribution["region"],
        )
        _check_fast_launch(distribution, path)
        _check_parameters(ctx, distribution, path)
        ctx.world.quotas.check(
            "launch templates per distribution Region",
            len(distribution.get("launchTemplateConfigurations", ())),
        )
    ctx.world.quotas.check("target accounts per distribution configuration", len(accounts))


def refuse_reserved(keys: Iterable[str], parameter: str, also: Collection[str] = ()) -> None:
    """Refuse tags that Image Builder sets itself."""
    for key in keys:
        if key in _RESERVED_TAGS or key in also:
            raise invalid_value(parameter, f"The tag key '{key}' is reserved by Image Builder.")


def _check_ami(ami: _Ami, path: str) -> None:
    name = ami.get("name")
    if name is not None and not has_build_date(name):
        raise invalid_value(
            f"{path}.name",
            # Seen: terraform-provider-aws#36610.
            "The EC2 AMI name must contain '{{ imagebuilder:buildDate }}' to ensure that the name "
            "will be unique.",
        )
    for group in user_groups(ami):
        if group != "all":
            raise invalid_value(f"{path}.launchPermission.userGroups", "The only group is 'all'.")


def ami_settings(distribution: wire.DistributionUnionTypeDef) -> _Ami:
    return distribution["amiDistributionConfiguration"] if _AMI in distribution else {}


def user_groups(ami: _Ami) -> Sequence[str]:
    return ami["launchPermission"].get("userGroups", ()) if "launchPermission" in ami else ()


def _check_fast_launch(distribution: wire.DistributionUnionTypeDef, path: str) -> None:
    for position, fast in enumerate(distribution.get("fastLaunchConfigurations", ())):
        template = fast.get("launchTemplate", {})
        if template and ("launchTemplateId" in template) == ("launchTemplateName" in template):
            raise invalid_combination(
                f"{path}.fastLaunchConfigurations[{position}].launchTemplate",
                "You must specify exactly one of 'launchTemplateId' and 'launchTemplateName'.",
            )


def _check_parameters(ctx: Context, distribution: wire.DistributionUnionTypeDef, path: str) -> None:
    parameters = distribution.get("ssmParameterConfigurations", ())
    ctx.world.quotas.check("SSM parameters per distribution Region", len(parameters))
    ami = ami_settings(distribution)
    targets = {ctx.store.account, *ami.get("targetAccountIds", ())}
    for position, parameter in enumerate(parameters):
        account = parameter.get("amiAccountId")
        if account is not None and account not in targets:
            raise invalid_combination(
                f"{path}.ssmParameterConfigurations[{position}].amiAccountId",
                f"The account '{account}' is not a target account of the Region.",
            )
