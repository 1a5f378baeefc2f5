"""What is configured with a Region's AMIs after their distribution, in the services beside us.

Sources: API reference, LaunchTemplateConfiguration and SsmParameterConfiguration; the refusal of a
launch template is the user guide's (image-failure-context).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.neighbours import telling
from imagebuilder_mock.neighbours.ec2 import LaunchTemplateVersion
from imagebuilder_mock.neighbours.ssm import OutputParameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .build import Build

_MADE_BY = "Created by EC2 Image Builder"


def configure(build: Build, distribution: Mapping[str, object], member: str) -> str | None:
    """Do what a member of a distribution asks for: why it cannot be done, or None."""
    if member == "launchTemplateConfigurations":
        return _update_launch_templates(build, distribution)
    if member == "ssmParameterConfigurations":
        _put_parameters(build, distribution)
    return None


def _update_launch_templates(build: Build, distribution: Mapping[str, object]) -> str | None:
    region = str(distribution["region"])
    for entry in _entries(distribution, "launchTemplateConfigurations"):
        place = telling.Place(str(entry.get("accountId") or build.store.account), region)
        template = str(entry["launchTemplateId"])
        refusal = telling.refusal_of_launch_template(build.world, place, template)
        if refusal is not None:
            return refusal
        ami = _ami_of(build, place)
        if ami is not None:
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
    return None


def _put_parameters(build: Build, distribution: Mapping[str, object]) -> None:
    region = str(distribution["region"])
    for entry in _entries(distribution, "ssmParameterConfigurations"):
        place = telling.Place(str(entry.get("amiAccountId") or build.store.account), region)
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


def _entries(distribution: Mapping[str, object], member: str) -> Iterator[Mapping[str, object]]:
    entries = distribution.get(member)
    yield from entries if isinstance(entries, list) else ()


def _ami_of(build: Build, place: telling.Place) -> str | None:
    output = build.image.output_resources
    for ami in (output.amis if output else None) or ():
        if (ami.account_id, ami.region) == place:
            return ami.image
    return None
