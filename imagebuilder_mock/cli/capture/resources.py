"""Objects of the domain from answers, by their fields and type hints; AMIs from EC2."""

from __future__ import annotations

import types
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.builds import WITHOUT_WORKFLOWS
from imagebuilder_mock.domain.machine_image import MachineImage
from imagebuilder_mock.domain.records import is_record, members_of
from imagebuilder_mock.domain.resources.base import member_name
from imagebuilder_mock.domain.resources.images import Image, Transition
from imagebuilder_mock.world.clock import moment_of
from imagebuilder_mock.world.saved.hints import hints_of
from imagebuilder_mock.world.saved.records import codec_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.resources.images import Ami

    from .journal import Journal


# Fields whose member has another name.
_MEMBERS = {"document": "data"}


def resource_from(cls: Any, members: Mapping[str, Any]) -> Resource:
    """The object that an answer shows as these members; Damage says what does not fit."""
    json = _record(cls, members)
    arn = Arn.parse(str(json.get("arn")))
    if not json.get("owner") and "owner" in hints_of(cls):
        json["owner"] = arn.account
    resource: Resource = codec_of(cls).read(json)
    if isinstance(resource, Image) and not resource.transitions:
        resource.transitions.append(Transition("PENDING", resource.date_created))
        if resource.state.status != "PENDING":
            resource.transitions.append(Transition(resource.state.status, resource.date_created))
        if resource.is_in_progress:
            resource.plan = WITHOUT_WORKFLOWS
    return resource


def _record(cls: Any, members: Mapping[str, Any]) -> dict[str, Any]:
    json = {}
    hints = hints_of(cls)
    for each in members_of(cls):
        hint = hints[each.name]
        value = members.get(_MEMBERS.get(each.name) or member_name(each.name))
        if value is not None:
            json[each.name] = _json(hint, value)
        elif each.default is None and type(None) in get_args(hint):
            json[each.name] = None
    return json


def _json(hint: Any, value: Any) -> Any:
    """A member's value as a state file has it."""
    parts = [part for part in get_args(hint) if part is not type(None)]
    if get_origin(hint) in {Union, types.UnionType}:
        return _json(parts[0], value) if len(parts) == 1 else value
    if hint is datetime:
        return str(value)
    if is_record(hint) and isinstance(value, Mapping):
        return _record(hint, value)
    if isinstance(value, Sequence) and not isinstance(value, str) and parts:
        return [_json(parts[0], item) for item in value]
    return value


_AT_ONCE = 200  # the most values that a filter of EC2's may have


def machine_images(
    images: Iterable[Image],
    ec2_in: Callable[[str], Any],
    journal: Journal,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[MachineImage]:
    """The AMIs of the images, deleted ones included; ``ec2_in`` gives the EC2 client of a Region.

    Copies in other accounts are theirs to describe, and are left out.
    """
    regions: dict[str, list[tuple[Image, Ami]]] = defaultdict(list)
    for image in images:
        for ami in image.amis:
            if ami.account_id == image.owner:
                regions[ami.region].append((image, ami))
    count, done = sum(map(len, regions.values())), 0
    for region, found in regions.items():
        ec2 = ec2_in(region)
        for start in range(0, len(found), _AT_ONCE):
            part = found[start : start + _AT_ONCE]
            described = _described(ec2, [ami.image for _, ami in part], journal)
            for image, ami in part:
                yield _machine_image(image, ami, described.get(ami.image, {}))
            done += len(part)
            if progress is not None:
                progress("AMI", done, count)


def _described(ec2: Any, ids: Sequence[str], journal: Journal) -> Mapping[str, dict[str, Any]]:
    described = {ami: known for ami in ids if (known := journal.known(ami)) is not None}
    missing = [ami for ami in ids if ami not in described]
    if missing:
        answer = ec2.describe_images(
            Filters=[{"Name": "image-id", "Values": missing}],
            IncludeDeprecated=True,
            IncludeDisabled=True,
        )
        for members in answer["Images"]:
            permissions = ec2.describe_image_attribute(
                ImageId=members["ImageId"], Attribute="launchPermission"
            )["LaunchPermissions"]
            described[members["ImageId"]] = journal.note(
                members["ImageId"], {**members, "LaunchPermissions": permissions}
            )
    return described


def _machine_image(image: Image, ami: Ami, members: Mapping[str, Any]) -> MachineImage:
    devices = [device.get("Ebs", {}) for device in members.get("BlockDeviceMappings", ())]
    state = members.get("State", "deregistered")
    return MachineImage(
        image_id=ami.image,
        account_id=ami.owner,
        region=ami.region,
        name=members.get("Name") or ami.name or image.name,
        creation_date=_moment(members.get("CreationDate")) or image.date_created,
        description=members.get("Description"),
        platform=image.platform,
        architecture=members.get("Architecture", "x86_64"),
        snapshots=tuple(device["SnapshotId"] for device in devices if "SnapshotId" in device),
        tags={tag["Key"]: tag["Value"] for tag in members.get("Tags", ())},
        public=members.get("Public", False),
        shared_with=frozenset(
            permission["UserId"]
            for permission in members.get("LaunchPermissions", ())
            if "UserId" in permission
        ),
        last_launched=_moment(members.get("LastLaunchedTime")),
        state=state if state in {"disabled", "deregistered"} else "available",
        deprecation_time=_moment(members.get("DeprecationTime")),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moment_of(text)
