"""What is configured with a Region's AMIs after their distribution, in the services beside us.

Sources: API reference, LaunchTemplateConfiguration and SsmParameterConfiguration; the refusal of a
launch template is the user guide's (image-failure-context). The key of an exported disk is in the
user guide of VM Import/Export, start-image-export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.neighbours import telling
from imagebuilder_mock.neighbours.ports import LaunchTemplateVersion, OutputParameter, S3Uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imagebuilder_mock.engines.one_build import Build

_MADE_BY = "Created by EC2 Image Builder"


def configure(
    build: Build, place: telling.Place, member: str, entries: Sequence[object]
) -> str | None:
    """Do what a member of a distribution asks for there: why it cannot be done, or None."""
    if member == "launchTemplateConfigurations":
        return _update_launch_templates(build, place, _mappings(entries))
    if member == "ssmParameterConfigurations":
        _put_parameters(build, place, _mappings(entries))
    if member == "s3ExportConfiguration":
        return _export(build, place, _mappings(entries))
    return None


def _update_launch_templates(
    build: Build, place: telling.Place, entries: Iterable[Mapping[str, object]]
) -> str | None:
    """The first refusal; the templates that are there get their versions all the same."""
    refusals: list[str] = []
    for entry in entries:
        template = str(entry["launchTemplateId"])
        refusal = telling.refusal_of_launch_template(build.world, place, template)
        ami = _ami_of(build, place)
        if refusal is not None:
            refusals.append(refusal)
        elif ami is not None:
            telling.tell_of_launch_template(
                build.world,
                place,
                LaunchTemplateVersion(
                    launch_template_id=template,
                    image_id=ami,
                    set_default=entry.get("setDefaultVersion") is not False,
                    description=_MADE_BY,
                ),
            )
    return next(iter(refusals), None)


def _put_parameters(
    build: Build, place: telling.Place, entries: Iterable[Mapping[str, object]]
) -> None:
    for entry in entries:
        ami = _ami_of(build, place)
        if ami is not None:
            telling.tell_of_parameter(
                build.world,
                place,
                OutputParameter(
                    name=str(entry["parameterName"]),
                    value=ami,
                    data_type=str(entry.get("dataType") or "text"),
                    description=_MADE_BY,
                ),
            )


def _export(
    build: Build, place: telling.Place, entries: Iterable[Mapping[str, object]]
) -> str | None:
    for entry in entries:
        bucket, form = str(entry["s3Bucket"]), str(entry["diskImageFormat"])
        refusal = telling.refusal_of_export(build.world, place, str(entry["roleName"]), bucket)
        if refusal is not None:
            return refusal
        ami = _ami_of(build, place)
        if ami is not None:
            task = f"export-ami-0{build.world.ids.hexadecimal(16)}"
            key = f"{entry.get('s3Prefix') or ''}{task}.{form.lower()}"
            body = f"{ami}, exported as {form}. There is no disk behind it."
            telling.tell_bucket(build.world, place, S3Uri(bucket, key), body.encode())
    return None


def _mappings(entries: Sequence[object]) -> Iterator[Mapping[str, object]]:
    yield from (entry for entry in entries if isinstance(entry, dict))


def _ami_of(build: Build, place: telling.Place) -> str | None:
    output = build.image.output_resources
    for ami in (output.amis if output else None) or ():
        if (ami.account_id, ami.region) == place:
            return ami.image
    return None
