"""What is configured with a Region's AMIs after their distribution, in the services beside us.

Sources: API reference, LaunchTemplateConfiguration and SsmParameterConfiguration; the refusal of a
launch template is the user guide's (image-failure-context). The key of an exported disk is in the
user guide of VM Import/Export, start-image-export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from imagebuilder_mock.neighbours import names, telling
from imagebuilder_mock.neighbours.contents import S3Uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mypy_boto3_imagebuilder.literals import ImageConfigurationStepType

    from imagebuilder_mock.engines.one_build import Build
    from imagebuilder_mock.neighbours.account import Place


def _nothing(build: Build, place: Place, entry: object, ami: str | None) -> None:
    """Nobody beside us would notice."""


def _update_launch_template(
    build: Build, place: Place, entry: Mapping[str, Any], ami: str | None
) -> str | None:
    template = entry["launchTemplateId"]
    refusal = names.failure_without(build.world, place, names.LAUNCH_TEMPLATE, template)
    if refusal is None and ami is not None:
        is_default = entry.get("setDefaultVersion") is not False
        telling.tell_of_launch_template(build.world, place, template, ami, set_default=is_default)
    return refusal


def _put_parameter(build: Build, place: Place, entry: Mapping[str, Any], ami: str | None) -> None:
    if ami is not None:
        kind = entry.get("dataType") or "text"
        telling.tell_of_parameter(build.world, place, entry["parameterName"], ami, data_type=kind)


def _export(build: Build, place: Place, entry: Mapping[str, Any], ami: str | None) -> str | None:
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


class Configuration(NamedTuple):
    """What a member of a distribution asks for."""

    member: str
    step: ImageConfigurationStepType
    """As a failure names it."""
    do: Callable[[Build, Place, Mapping[str, Any], str | None], str | None]
    """Do it with the AMI there, if there is one: why it cannot be done, or None."""


CONFIGURATIONS = (
    Configuration("licenseConfigurationArns", "ASSOCIATE_LICENSES", _nothing),
    Configuration(
        "launchTemplateConfigurations", "UPDATE_LAUNCH_TEMPLATES", _update_launch_template
    ),
    Configuration("ssmParameterConfigurations", "PUT_SSM_PARAMETERS", _put_parameter),
    Configuration("fastLaunchConfigurations", "UPDATE_FAST_LAUNCH_CONFIGURATIONS", _nothing),
    Configuration("s3ExportConfiguration", "EXPORT_AMI", _export),
)


def configure(
    build: Build, place: Place, configuration: Configuration, entries: Iterable[Any]
) -> str | None:
    """The first refusal; what can be done is done all the same."""
    output = build.image.output_resources
    amis = (output.amis if output else None) or ()
    here = (ami.image for ami in amis if (ami.owner, ami.region) == place)
    ami = next(here, None)
    refusals = [configuration.do(build, place, entry, ami) for entry in entries]
    return next(filter(None, refusals), None)
