"""AMIs in moto's EC2: the one place that knows moto's own classes.

moto's RegisterImage keeps neither architecture nor devices nor tags, and chooses the id, so an AMI
of ours is an object of moto's ``Ami``. What EC2's API can do with it afterwards, and moto cannot
in all its versions, ``Ec2`` does. Held to moto 5.0.0 and 5.2.5 by
tests/contracts/test_moto_machine_images.py.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami
from moto.ec2.models.elastic_block_store import Snapshot

from imagebuilder_mock.neighbours.account import AbsentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imagebuilder_mock.domain.machine_image import MachineImage

# What a permission is called where it is described, and where it is changed.
_PERMISSION_PARAMETERS = {
    "UserId": "UserIds",
    "Group": "UserGroups",
    "OrganizationArn": "OrganizationArns",
    "OrganizationalUnitArn": "OrganizationalUnitArns",
}


class _Ami(Ami):
    """An AMI with the devices that its recipe asked for; moto's own has always the same one.

    moto's answers are made of its attributes from 5.1 on; older ones show the first device alone,
    and neither deprecation nor launches.
    """

    block_device_mappings: Any = ()
    deprecation_time: str | None = None
    platform_details: str | None = None
    creation_date: Any

    @property
    def last_launched_time(self) -> str | None:
        return _last_launch(self.ec2_backend.region_name, self.id)


def register(image: MachineImage, devices: Sequence[Mapping[str, Any]]) -> None:
    """Make the AMI exist, with a snapshot for each of its devices, the root's first.

    KeyError for a Region that moto does not know.
    """
    _register(ec2_backends[image.account_id][image.region], image, devices)


def publish(backend: Any, images: Iterable[MachineImage]) -> None:
    """Make AMIs of Amazon's exist for the account of a backend, unless they do already."""
    for image in images:
        if image.image_id not in backend.amis and image.image_id not in backend.deleted_amis:
            _register(backend, image, image.devices, is_amazons=True)


def _register(
    backend: Any,
    image: MachineImage,
    devices: Sequence[Mapping[str, Any]],
    *,
    is_amazons: bool = False,
) -> None:
    before = set(backend.snapshots)
    is_windows = image.platform == "Windows"
    zone = f"{image.region}a"
    # As EC2 describes the snapshots that CreateImage takes; the instance is long gone.
    description = f"Created by CreateImage for {image.image_id}"
    ami = _Ami(
        backend,
        image.image_id,
        name=image.name,
        description=image.description,
        owner_id=image.account_id,
        virtualization_type="hvm",
        architecture=image.architecture,
        platform="windows" if is_windows else None,
        image_location=f"{image.account_id}/{image.name}",
        hypervisor="xen",
        root_device_type="ebs",
        root_device_name=devices[0]["DeviceName"],
        public=image.public and is_amazons,
        region_name=zone,
        snapshot_description=description,
    )
    # Text in older versions, a naive time in newer ones.
    if isinstance(ami.creation_date, str):
        ami.creation_date = _iso(image.creation_date)
        ami.description = image.description or ""
    else:
        ami.creation_date = image.creation_date.astimezone(timezone.utc).replace(tzinfo=None)
    ami.platform_details = "Windows" if is_windows else "Linux/UNIX"
    ami.block_device_mappings = devices
    for snapshot_id in set(backend.snapshots) - before:
        del backend.snapshots[snapshot_id]
    made: list[Snapshot] = []
    for device in devices:
        ebs = device["Ebs"]
        # Only its size is asked of the snapshot; moto checks the rest as for a volume in use.
        volume = backend.create_volume(size=ebs["VolumeSize"], zone_name=zone)
        snapshot = Snapshot(
            backend,
            ebs["SnapshotId"],
            volume,
            description,
            encrypted=ebs["Encrypted"],
            owner_id=image.account_id,
            from_ami=image.image_id,
        )
        snapshot.kms_key_id = ebs.get("KmsKeyId")
        made.append(snapshot)
        if not is_amazons:  # whose snapshots nobody else sees
            backend.snapshots[snapshot.id] = snapshot
        backend.delete_volume(volume.id)
    ami.ebs_snapshot = made[0]
    ami.add_tags(dict(image.tags))
    if is_amazons:
        ami.owner_alias = "amazon"
    backend.amis[image.image_id] = ami


class Ec2:
    """A client of moto's EC2, with operations that not all versions of moto have."""

    def __init__(self, client: Any, account: str, region: str) -> None:
        self._client = client
        self._account = account
        self._region = region

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def enable_image_deprecation(self, **params: Any) -> None:
        self._ami(params).deprecation_time = _iso(params["DeprecateAt"])

    def disable_image_deprecation(self, **params: Any) -> None:
        self._ami(params).deprecation_time = None

    def disable_image(self, **params: Any) -> None:
        """EC2 ends its sharing with that (DisableImage)."""
        ami = self._ami(params)
        permission = {**params, "Attribute": "launchPermission"}
        found = self._client.describe_image_attribute(**permission)
        for each in found["LaunchPermissions"]:
            for name, value in each.items():
                self._client.modify_image_attribute(
                    **permission, OperationType="remove", **{_PERMISSION_PARAMETERS[name]: [value]}
                )
        ami.state = "disabled"

    def enable_image(self, **params: Any) -> None:
        self._ami(params).state = "available"

    def describe_image_attribute(self, **params: Any) -> Any:
        if params["Attribute"] != "lastLaunchedTime":
            return self._client.describe_image_attribute(**params)
        launched = _last_launch(self._region, params["ImageId"])
        return {} if launched is None else {"LastLaunchedTime": {"Value": launched}}

    def _ami(self, params: Mapping[str, Any]) -> Any:
        ami = ec2_backends[self._account][self._region].amis.get(params["ImageId"])
        if ami is None:
            msg = f"The image ID '{params['ImageId']}' does not exist"
            raise AbsentError(msg)
        return ami


def _last_launch(region: str, ami_id: str) -> str | None:
    """When any account last launched an instance from the AMI."""
    backends = [dict.get(regions, region) for regions in list(ec2_backends.values())]
    launches = (
        instance.launch_time
        for backend in backends
        if backend is not None
        for reservation in list(backend.reservations.values())
        for instance in reservation.instances
        if instance.image_id == ami_id
    )
    return max((_text(launch) for launch in launches), default=None)


def _iso(moment: datetime) -> str:
    moment = moment.astimezone(timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _text(moment: datetime | str) -> str:
    """A time of moto's: naive UTC, or text, by its version."""
    if isinstance(moment, str):
        return moment
    return _iso(moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc))
