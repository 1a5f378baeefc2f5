"""What is configured in other services with the AMIs of a Region, after their distribution.

Sources: API reference, LaunchTemplateConfiguration and SsmParameterConfiguration; the refusal of a
launch template is the user guide's (image-failure-context). The key of an exported disk is in the
user guide of VM Import/Export, start-image-export. Which AMI a template gets, and what the
service-linked role may not do, was seen in aws-samples/amazon-ec2-image-builder-samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.neighbours import names, telling
from imagebuilder_mock.neighbours.contents import S3Uri

from .amis import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mypy_boto3_imagebuilder import type_defs as wire
    from mypy_boto3_imagebuilder.literals import ImageConfigurationStepType

    from imagebuilder_mock.engines.one_build import Build
    from imagebuilder_mock.neighbours.account import Place


def _update_launch_template(
    build: Build, place: Place, entry: wire.LaunchTemplateConfigurationTypeDef, ami: str | None
) -> str | None:
    template = entry["launchTemplateId"]
    refusal = names.failure_without(build.world, place, names.LAUNCH_TEMPLATE, template)
    if refusal is None and ami is not None:
        is_default = entry.get("setDefaultVersion") is not False
        telling.tell_of_launch_template(build.world, place, template, ami, set_default=is_default)
    return refusal


def _put_parameter(
    build: Build, place: Place, entry: wire.SsmParameterConfigurationTypeDef, ami: str | None
) -> str | None:
    name = entry["parameterName"]
    if _is_of_linked_role(build, place) and not name.startswith(_PARAMETERS_OF_LINKED_ROLE):
        return _not_authorized(
            build,
            "ssm:PutParameter",
            f"ssm:{place.region}:{place.account}:parameter/{name.removeprefix('/')}",
        )
    if ami is not None:
        kind = entry.get("dataType") or "text"
        telling.tell_of_parameter(build.world, place, name, ami, data_type=kind)
    return None


def _enable_fast_launch(
    build: Build, place: Place, entry: wire.FastLaunchConfigurationTypeDef, ami: str | None
) -> str | None:
    del ami
    if entry["enabled"] and _is_of_linked_role(build, place):
        return (
            "Can't enable EC2 Fast Launch. The IAM credentials that you are using do not have "
            "sufficient permissions."
        )
    return None


_PARAMETERS_OF_LINKED_ROLE = "/imagebuilder/"


def _is_of_linked_role(build: Build, place: Place) -> bool:
    """Whether the service-linked role does it; in another account, a role of that account does."""
    role = build.image.execution_role
    is_linked = role is None or names.name_of_role(role).startswith("AWSServiceRoleFor")
    return is_linked and place.account == build.store.account


def _not_authorized(build: Build, action: str, resource: str) -> str:
    """In IAM's words, with the session as it was seen (SummitRoute/aws_managed_policies#6)."""
    store = build.store
    return (
        f"User: arn:{store.partition}:sts::{store.account}:assumed-role/"
        f"AWSServiceRoleForImageBuilder/ImageBuilder is not authorized to perform: {action} on "
        f"resource: arn:{store.partition}:{resource} because no identity-based policy allows the "
        f"{action} action"
    )


def _export(
    build: Build, place: Place, entry: wire.S3ExportConfigurationTypeDef, ami: str | None
) -> str | None:
    world, bucket, form = build.world, entry["s3Bucket"], entry["diskImageFormat"]
    refusal = names.failure_without(
        world, place, names.ROLE, entry["roleName"]
    ) or names.failure_without(world, place, names.BUCKET, bucket)
    if refusal is None and ami is not None:
        task = f"export-ami-0{world.ids.hexadecimal(16)}"
        key = f"{entry.get('s3Prefix') or ''}{task}.{form.lower()}"
        body = f"{ami}, exported as {form}. There is no disk behind it."
        telling.tell_bucket(world, place, S3Uri(bucket, key), body.encode())
    return refusal


class Configuration(Value):
    """What a member of a distribution asks for."""

    member: str
    step: ImageConfigurationStepType
    """As a failure names it."""
    do: Callable[[Build, Place, Any, str | None], str | None]
    """Takes the build, a place, an entry of the member, and the place's AMI, if there is one;
    returns why it cannot be done, or None."""
    is_with_source: bool = False
    """Whether it is done with the AMI of the account that builds, rather than with the copy."""


CONFIGURATIONS = (
    # No service beside us knows License Manager's configurations.
    Configuration("licenseConfigurationArns", "ASSOCIATE_LICENSES", lambda *_: None),
    Configuration(
        "launchTemplateConfigurations",
        "UPDATE_LAUNCH_TEMPLATES",
        _update_launch_template,
        is_with_source=True,
    ),
    Configuration("ssmParameterConfigurations", "PUT_SSM_PARAMETERS", _put_parameter),
    Configuration(
        "fastLaunchConfigurations", "UPDATE_FAST_LAUNCH_CONFIGURATIONS", _enable_fast_launch
    ),
    Configuration("s3ExportConfiguration", "EXPORT_AMI", _export),
)


def configure(
    build: Build, place: Place, configuration: Configuration, entries: Iterable[Any]
) -> str | None:
    """Do all entries that can be done; return the first refusal, or None."""
    amis = {place_of(ami): ami.image for ami in build.image.amis}
    ami = amis.get(place)
    if configuration.is_with_source:
        ami = amis.get(place._replace(account=build.store.account), ami)
    refusals = [configuration.do(build, place, entry, ami) for entry in entries]
    return next(filter(None, refusals), None)
