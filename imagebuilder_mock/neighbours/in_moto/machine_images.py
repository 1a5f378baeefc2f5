"""AMIs in moto's EC2: the one place that knows moto's own classes.

moto's RegisterImage keeps neither architecture nor devices nor tags, and chooses the id, so an AMI
of ours is an object of moto's ``Ami``. Everything that EC2's API can do with it afterwards is done
through boto3. Held to moto 5.0.0 and 5.2.5 by tests/contracts/test_moto_machine_images.py.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami
from moto.ec2.models.elastic_block_store import Snapshot

from imagebuilder_mock.neighbours.ports import (
    AbsentError,
    ActionRefused,
    BlockDevice,
    NeighbourError,
    NobodyToAskError,
    OutputAmi,
)

from .account import MotoAccount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.neighbours.nobody import OwnMachineImages
    from imagebuilder_mock.neighbours.ports import LaunchPermission


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

    devices: Sequence[BlockDevice] = ()
    deprecation_time: str | None = None
    platform_details: str | None = None
    creation_date: Any

    @property
    def block_device_mappings(self) -> list[dict[str, Any]]:
        return [{"DeviceName": each.device_name, "Ebs": _ebs(each)} for each in self.devices]

    @property
    def last_launched_time(self) -> str | None:
        launched = _last_launch(self.ec2_backend.region_name, self.id)
        return None if launched is None else _iso(launched)


class MotoMachineImages:
    """The AMIs of an account in a Region."""

    def __init__(self, account: str, region: str) -> None:
        self._account = account
        self._region = region
        self._moto = MotoAccount(account, region, is_strict=False)

    def register(self, image: OutputAmi) -> None:
        """Make the AMI exist, with a snapshot for each of its devices.

        KeyError for a Region that moto does not know.
        """
        backend: Any = ec2_backends[self._account][self._region]
        before = set(backend.snapshots)
        ami = _Ami(
            backend,
            image.image_id,
            name=image.name,
            description=image.description,
            owner_id=self._account,
            virtualization_type="hvm",
            architecture=image.architecture,
            platform="windows" if image.platform == "Windows" else None,
            image_location=f"{self._account}/{image.name}",
            hypervisor="xen",
            root_device_type="ebs",
            root_device_name=image.root_device_name,
            region_name=f"{self._region}a",
            snapshot_description=_description_of_snapshots(image),
        )
        # Text in older versions, a naive time in newer ones.
        if isinstance(ami.creation_date, str):
            ami.creation_date = _iso(image.creation_date)
            ami.description = image.description or ""
        else:
            ami.creation_date = _naive(image.creation_date)
        ami.platform_details = "Windows" if image.platform == "Windows" else "Linux/UNIX"
        if image.block_devices:
            for snapshot_id in set(backend.snapshots) - before:
                del backend.snapshots[snapshot_id]
            snapshots = [
                self._snapshot(backend, image, device, f"{self._region}a")
                for device in image.block_devices
            ]
            ami.ebs_snapshot = snapshots[0]
            ami.devices = tuple(image.block_devices)
        else:
            ami.devices = (
                BlockDevice(device_name=image.root_device_name, snapshot_id=ami.ebs_snapshot.id),
            )
        ami.add_tags(dict(image.tags))
        backend.amis[image.image_id] = ami

    def find(self, ami_id: str) -> OutputAmi | None:
        """What EC2 has under the id now; None if it is not, or no longer, there.

        NobodyToAskError in a Region that moto does not know.
        """
        found = self._moto.finds("ec2", "describe_images", ImageIds=[ami_id])
        if not found or not found["Images"]:
            return None
        image = found["Images"][0]
        permissions = self._permissions(ami_id)
        ami = ec2_backends[self._account][self._region].amis[ami_id]
        deprecation = getattr(ami, "deprecation_time", None)
        return OutputAmi(
            image_id=ami_id,
            name=image["Name"],
            creation_date=_parsed(image["CreationDate"]),
            description=image.get("Description"),
            architecture=image.get("Architecture", "x86_64"),
            platform="Windows" if image.get("Platform") == "windows" else "Linux",
            block_devices=_devices(ami, image),
            tags={tag["Key"]: tag["Value"] for tag in image.get("Tags", ())},
            state=image["State"],
            deprecation_time=None if deprecation is None else _parsed(deprecation),
            public=any(each.get("Group") == "all" for each in permissions),
            shared_with=frozenset(each["UserId"] for each in permissions if "UserId" in each),
        )

    def set_tags(self, ami_id: str, tags: Mapping[str, str], *, remove: Iterable[str] = ()) -> None:
        """Add tags, and take others away. AbsentError if there is no such AMI."""
        if tags:
            self._moto.ask(
                "ec2",
                "create_tags",
                Resources=[ami_id],
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )
        removed = [{"Key": key} for key in remove]
        if removed:
            self._moto.ask("ec2", "delete_tags", Resources=[ami_id], Tags=removed)

    def share(self, ami_id: str, permission: LaunchPermission) -> None:
        """Let others launch from it. AbsentError if there is no such AMI.

        Older versions of moto know neither organizations nor their units.
        """
        accounts, groups = list(permission.user_ids), list(permission.user_groups)
        if accounts or groups:
            self._permit(ami_id, "add", UserIds=accounts, UserGroups=groups)
        # moto reads the first of several.
        for arn in permission.organization_arns:
            self._permit(ami_id, "add", OrganizationArns=[arn])
        for arn in permission.organizational_unit_arns:
            self._permit(ami_id, "add", OrganizationalUnitArns=[arn])

    def deprecate(self, ami_id: str, at: datetime | None) -> None:
        """Set the time of its deprecation, or with None take it away."""
        self._own(ami_id).deprecation_time = None if at is None else _iso(at)

    def disable(self, ami_id: str) -> None:
        """Nobody launches from it any more; EC2 ends its sharing with that (DisableImage)."""
        ami = self._own(ami_id)
        for permission in self._permissions(ami_id):
            for name, value in permission.items():
                self._permit(ami_id, "remove", **{_PERMISSION_PARAMETERS[name]: [value]})
        ami.state = "disabled"

    def enable(self, ami_id: str) -> None:
        self._own(ami_id).state = "available"

    def deregister(self, ami_id: str) -> bool:
        """Take the AMI away, not its snapshots; whether it was there."""
        try:
            self._moto.ask("ec2", "deregister_image", ImageId=ami_id)
        except AbsentError:
            return False
        return True

    def delete_snapshot(self, snapshot_id: str) -> bool:
        """Whether it was there. NeighbourError while an AMI needs it."""
        try:
            self._moto.ask("ec2", "delete_snapshot", SnapshotId=snapshot_id)
        except AbsentError:
            return False
        return True

    def last_launched(self, ami_id: str) -> datetime | None:
        """When any account last launched an instance from it."""
        return _last_launch(self._region, ami_id)

    def _own(self, ami_id: str) -> Any:
        ami = ec2_backends[self._account][self._region].amis.get(ami_id)
        if ami is None:
            msg = f"The image ID '{ami_id}' does not exist"
            raise AbsentError(msg)
        return ami

    def _permissions(self, ami_id: str) -> list[dict[str, str]]:
        found = self._moto.ask(
            "ec2", "describe_image_attribute", ImageId=ami_id, Attribute="launchPermission"
        )
        return list(found["LaunchPermissions"])

    def _permit(self, ami_id: str, change: str, **permissions: list[str]) -> None:
        self._moto.ask(
            "ec2",
            "modify_image_attribute",
            ImageId=ami_id,
            Attribute="launchPermission",
            OperationType=change,
            **{name: values for name, values in permissions.items() if values},
        )

    def _snapshot(self, backend: Any, image: OutputAmi, device: BlockDevice, zone: str) -> Snapshot:
        # Only its size is asked of the snapshot; moto checks the rest as for a volume in use.
        volume = backend.create_volume(size=device.volume_size, zone_name=zone)
        snapshot = Snapshot(
            backend,
            device.snapshot_id,
            volume,
            _description_of_snapshots(image),
            encrypted=device.encrypted,
            owner_id=self._account,
            from_ami=image.image_id,
        )
        snapshot.kms_key_id = device.kms_key_id
        backend.snapshots[device.snapshot_id] = snapshot
        backend.delete_volume(volume.id)
        return snapshot


def _ebs(device: BlockDevice) -> dict[str, object]:
    members = {
        "SnapshotId": device.snapshot_id,
        "VolumeSize": device.volume_size,
        "VolumeType": device.volume_type,
        "DeleteOnTermination": device.delete_on_termination,
        "Encrypted": device.encrypted,
        "Iops": device.iops,
        "Throughput": device.throughput,
        "KmsKeyId": device.kms_key_id,
    }
    return {name: value for name, value in members.items() if value is not None}


def _devices(ami: Any, image: Mapping[str, Any]) -> Sequence[BlockDevice]:
    if isinstance(ami, _Ami):
        return ami.devices
    return [
        BlockDevice(
            device_name=mapping["DeviceName"],
            snapshot_id=mapping["Ebs"]["SnapshotId"],
            volume_size=mapping["Ebs"]["VolumeSize"],
            volume_type=mapping["Ebs"]["VolumeType"],
        )
        for mapping in image.get("BlockDeviceMappings", ())
        if mapping.get("Ebs", {}).get("SnapshotId")
    ]


def _description_of_snapshots(image: OutputAmi) -> str:
    """As EC2 describes the snapshots that CreateImage takes; the instance is long gone."""
    return f"Created by CreateImage for {image.image_id}"


def _last_launch(region: str, ami_id: str) -> datetime | None:
    backends = [dict.get(regions, region) for regions in list(ec2_backends.values())]
    return max(
        (
            _parsed(instance.launch_time)
            for backend in backends
            if backend is not None
            for reservation in list(backend.reservations.values())
            for instance in reservation.instances
            if instance.image_id == ami_id
        ),
        default=None,
    )


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def _iso(moment: datetime) -> str:
    moment = moment.astimezone(timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _parsed(moment: datetime | str) -> datetime:
    """A time of moto's: naive UTC, or text, by its version."""
    if isinstance(moment, str):
        moment = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%f%z")
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


class MachineImagesInMoto:
    """Each action is our own first, which refuses what a test wants refused, then moto's."""

    __slots__ = ("_own",)

    def __init__(self, own: OwnMachineImages) -> None:
        self._own = own

    def find(self, account_id: str, region: str, image_id: str) -> MachineImage | None:
        """The AMI with what became of it in EC2: tags, sharing, launches, or that it is gone."""
        ami = self._own.find(account_id, region, image_id)
        if ami is None or not ami.is_in_ec2:
            return ami
        amis = MotoMachineImages(account_id, region)
        try:
            there = amis.find(image_id)
        except NobodyToAskError:
            return ami
        if there is None:
            ami.state = "deregistered"
            return ami
        ami.state = "disabled" if there.state == "disabled" else "available"
        ami.tags = dict(there.tags)
        ami.public, ami.shared_with = there.public, there.shared_with
        launches = (amis.last_launched(image_id), ami.last_launched)
        ami.last_launched = max((each for each in launches if each is not None), default=None)
        return ami

    def deprecate(self, ami: MachineImage, at: datetime) -> None:
        self._own.deprecate(ami, at)
        _do(ami, lambda amis: amis.deprecate(ami.image_id, at))

    def cancel_deprecation(self, ami: MachineImage) -> None:
        self._own.cancel_deprecation(ami)
        _do(ami, lambda amis: amis.deprecate(ami.image_id, None))

    def disable(self, ami: MachineImage) -> None:
        self._own.disable(ami)
        _do(ami, lambda amis: amis.disable(ami.image_id))

    def enable(self, ami: MachineImage) -> None:
        self._own.enable(ami)
        _do(ami, lambda amis: amis.enable(ami.image_id))

    def deregister(self, ami: MachineImage) -> None:
        self._own.deregister(ami)
        _do(ami, lambda amis: amis.deregister(ami.image_id))

    def delete_snapshot(self, ami: MachineImage, snapshot_id: str) -> None:
        self._own.delete_snapshot(ami, snapshot_id)
        _do(ami, lambda amis: amis.delete_snapshot(snapshot_id))

    def tag(self, ami: MachineImage, tags: Mapping[str, str]) -> None:
        self._own.tag(ami, tags)
        _do(ami, lambda amis: amis.set_tags(ami.image_id, tags))

    def untag(self, ami: MachineImage, key: str) -> None:
        self._own.untag(ami, key)
        _do(ami, lambda amis: amis.set_tags(ami.image_id, {}, remove=[key]))


def _do(ami: MachineImage, change: Callable[[MotoMachineImages], object]) -> None:
    if not ami.is_in_ec2:
        return
    try:
        change(MotoMachineImages(ami.account_id, ami.region))
    except NeighbourError as error:
        raise ActionRefused(str(error)) from None
