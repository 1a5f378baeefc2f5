"""What EC2 knows of an account's AMIs: exclusions of lifecycle rules look at it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.machine_image import MachineImage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imagebuilder_mock.domain.resources.images import Ami, Image

    from .journal import Journal

_AT_ONCE = 200  # the most values that a filter of EC2's may have


def machine_images(
    images: Iterable[Image],
    ec2_in: Callable[[str], Any],
    journal: Journal,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[MachineImage]:
    """The AMIs of the images, those that are gone among them; ``ec2_in`` a Region is its client.

    Copies in other accounts are theirs to describe, and are left out.
    """
    regions: dict[str, list[tuple[Image, Ami]]] = defaultdict(list)
    for image in images:
        for ami in (image.output_resources and image.output_resources.amis) or ():
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
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))
