"""What Image Builder does to AMIs and container images that its builds made.

Each is done to our own record first, which refuses what a test has ordered to be refused, then in
EC2 or ECR beside us. What is gone there already counts as done (user guide,
lifecycle-policy-execution).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.records import replace
from imagebuilder_mock.world.log import logger

from .account import AbsentError, NeighbourError, Place, account_at
from .contents import described_ami

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.world.world import World

    from .account import Account


class ActionRefused(Exception):
    """EC2 or ECR does not do it."""


def find(world: World, account_id: str, region: str, image_id: str) -> MachineImage | None:
    """The AMI as it is now; None if no build made it there.

    What became of it in EC2 beside us counts: tags, sharing, launches, or that it is gone.
    """
    ami = world.state.machine_images.get(image_id)
    if ami is None or (ami.account_id, ami.region) != (account_id, region):
        return None
    ec2 = _ec2_with(world, ami)
    if ec2 is not None:
        with suppress(NeighbourError):
            _renew(ami, ec2)
    return ami


def start_again(world: World) -> None:
    """Empty the cloud around us, if it is ours, and put the AMIs of our own record back."""
    if world.neighbours is not None and world.neighbours.is_ours:
        world.neighbours.reset()
        put_back(world)


def made_elsewhere(world: World, ami: MachineImage) -> MachineImage:
    """A new AMI under the id that EC2 beside us gives it; under ours if EC2 does not choose ids."""
    account = account_at(world, Place(ami.account_id, ami.region))
    if account is None or not account.around.chooses_ami_ids:
        return ami
    root = ami.devices[0]["DeviceName"]
    asked: list[dict[str, Any]] = [
        {"DeviceName": device["DeviceName"], "Ebs": _as_parameter(device)} for device in ami.devices
    ]
    try:
        made = account.ask(
            "ec2",
            "register_image",
            Name=ami.name,
            Architecture=ami.architecture,
            RootDeviceName=root,
            VirtualizationType="hvm",
            BlockDeviceMappings=asked,
            **({"Description": ami.description} if ami.description else {}),
        )
        return replace(ami, image_id=made["ImageId"], is_in_ec2=True)
    except NeighbourError as error:
        logger.warning("EC2: register %s in %s: %s", ami.name, ami.region, error)
        return ami


# What RegisterImage takes of a volume; the snapshots are ours.
_ASKED_OF_VOLUMES = ("VolumeSize", "VolumeType", "Iops", "Throughput", "DeleteOnTermination")


def _as_parameter(device: Mapping[str, Any]) -> dict[str, Any]:
    return {name: device["Ebs"][name] for name in _ASKED_OF_VOLUMES if name in device["Ebs"]}


def put_back(world: World) -> None:
    """Make the AMIs of our own record, and the snapshots that are left, exist in an EC2 of ours."""
    if world.neighbours is None or not world.neighbours.is_ours:
        return
    for ami in list(world.state.machine_images):
        ami.is_in_ec2 = False
        account, devices = account_at(world, Place(ami.account_id, ami.region)), _devices_left(ami)
        if account is None or not devices:
            continue
        with suppress(NeighbourError):
            account.around.register(ami, devices)
            ami.is_in_ec2 = True
            _make_as_it_was(account, ami)


# Of AMIs that were captured the snapshots are known, and not their volumes: these are of the size
# of Amazon Linux's root.
_UNKNOWN_VOLUME: Mapping[str, Any] = {"VolumeSize": 8, "Encrypted": False}
_DEVICE_NAMES = ("/dev/xvda", *(f"/dev/sd{letter}" for letter in "bcdefghijklmnopqrstuvwxyz"))


def _devices_left(ami: MachineImage) -> list[dict[str, Any]]:
    """Its volumes whose snapshots are there."""
    known: list[dict[str, Any]] = list(ami.devices) or [
        {"DeviceName": name, "Ebs": {**_UNKNOWN_VOLUME, "SnapshotId": snapshot}}
        for name, snapshot in zip(_DEVICE_NAMES, ami.snapshots, strict=False)
    ]
    return [device for device in known if device["Ebs"]["SnapshotId"] in ami.snapshots]


def _make_as_it_was(ec2: Account, ami: MachineImage) -> None:
    def do(operation: str, **params: object) -> None:
        ec2.ask("ec2", operation, ImageId=ami.image_id, **params)

    if ami.state == "deregistered":
        do("deregister_image")  # which leaves the snapshots
        return
    sharing = {"Attribute": "launchPermission", "OperationType": "add"}
    if ami.shared_with:
        do("modify_image_attribute", **sharing, UserIds=sorted(ami.shared_with))
    if ami.public:
        do("modify_image_attribute", **sharing, UserGroups=["all"])
    if ami.deprecation_time is not None:
        do("enable_image_deprecation", DeprecateAt=ami.deprecation_time)
    if ami.state == "disabled":
        do("disable_image")


def adopt(world: World, ami: MachineImage) -> None:
    """Take an AMI that somebody else made into our own record, as EC2 beside us has it."""
    account = account_at(world, Place(ami.account_id, ami.region))
    if account is not None:
        with suppress(NeighbourError):
            _learn(ami, account)
    world.state.machine_images.add(ami)


def _learn(ami: MachineImage, ec2: Account) -> None:
    image = described_ami(ec2, ami.image_id)
    if image is not None:
        volumes = [each.get("Ebs", {}) for each in image.get("BlockDeviceMappings", ())]
        ami.snapshots = tuple(each["SnapshotId"] for each in volumes if "SnapshotId" in each)
        ami.is_in_ec2 = True
        _renew(ami, ec2)


def _renew(ami: MachineImage, ec2: Account) -> None:
    _forget_deleted_snapshots(ami, ec2)
    image = described_ami(ec2, ami.image_id)
    if image is None:
        ami.state = "deregistered"
        return
    ami.state = "disabled" if image["State"] == "disabled" else "available"
    ami.tags = {tag["Key"]: tag["Value"] for tag in image.get("Tags", ())}
    permissions = _attribute(ec2, ami, "launchPermission")["LaunchPermissions"]
    launched = _attribute(ec2, ami, "lastLaunchedTime").get("LastLaunchedTime", {}).get("Value")
    ami.public = any(each.get("Group") == "all" for each in permissions)
    ami.shared_with = frozenset(each["UserId"] for each in permissions if "UserId" in each)
    if launched is not None:
        moment = datetime.strptime(launched, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
        ami.last_launched = max(moment, ami.last_launched or moment)


def _forget_deleted_snapshots(ami: MachineImage, ec2: Account) -> None:
    # An EC2 that chooses the ids of AMIs never had the snapshots that we chose.
    if not ami.snapshots or ec2.around.chooses_ami_ids:
        return
    found = ec2.ask(
        "ec2",
        "describe_snapshots",
        Filters=[{"Name": "snapshot-id", "Values": list(ami.snapshots)}],
    )
    there = {each["SnapshotId"] for each in found["Snapshots"]}
    ami.snapshots = tuple(each for each in ami.snapshots if each in there)


def _attribute(ec2: Account, ami: MachineImage, name: str) -> Any:
    return ec2.ask("ec2", "describe_image_attribute", ImageId=ami.image_id, Attribute=name)


def deprecate(world: World, ami: MachineImage, at: datetime) -> None:
    _check(world, ami.image_id, "DEPRECATE")
    ami.deprecation_time = at
    _do(world, ami, "enable_image_deprecation", ImageId=ami.image_id, DeprecateAt=at)


def cancel_deprecation(world: World, ami: MachineImage) -> None:
    _check(world, ami.image_id, "AVAILABLE")
    ami.deprecation_time = None
    _do(world, ami, "disable_image_deprecation", ImageId=ami.image_id)


def disable(world: World, ami: MachineImage) -> None:
    """It becomes private, and launches nothing."""
    _check(world, ami.image_id, "DISABLE")
    ami.state = "disabled"
    ami.public, ami.shared_with = False, frozenset()
    _do(world, ami, "disable_image", ImageId=ami.image_id)


def enable(world: World, ami: MachineImage) -> None:
    _check(world, ami.image_id, "AVAILABLE")
    ami.state = "available"
    _do(world, ami, "enable_image", ImageId=ami.image_id)


def deregister(world: World, ami: MachineImage) -> None:
    """Take the AMI away, not its snapshots."""
    _check(world, ami.image_id, "DELETE")
    ami.state = "deregistered"
    _do(world, ami, "deregister_image", ImageId=ami.image_id)


def delete_snapshot(world: World, ami: MachineImage, snapshot_id: str) -> None:
    _check(world, snapshot_id, "DELETE")
    ami.snapshots = tuple(each for each in ami.snapshots if each != snapshot_id)
    _do(world, ami, "delete_snapshot", SnapshotId=snapshot_id)


def tag(world: World, ami: MachineImage, tags: Mapping[str, str]) -> None:
    ami.tags = {**ami.tags, **tags}
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    _do(world, ami, "create_tags", Resources=[ami.image_id], Tags=listed)


def untag(world: World, ami: MachineImage, key: str) -> None:
    ami.tags = {known: value for known, value in ami.tags.items() if known != key}
    _do(world, ami, "delete_tags", Resources=[ami.image_id], Tags=[{"Key": key}])


def delete_container_image(world: World, place: Place, uri: str) -> None:
    """Take a container image out of its repository; nothing happens if it is not there."""
    _check(world, uri, "DELETE")
    account = account_at(world, place)
    if account is not None:
        world.outbox.do_errands()
        repository, _, name = uri.partition("/")[2].rpartition(":")
        images = [{"imageTag": name}]
        _ask(account, "ecr", "batch_delete_image", repositoryName=repository, imageIds=images)


def _check(world: World, resource_id: str, action: str) -> None:
    refusal = world.state.machine_images.refusal_of(resource_id, action)
    if refusal is not None:
        raise ActionRefused(refusal)


def _do(world: World, ami: MachineImage, operation: str, **params: object) -> None:
    ec2 = _ec2_with(world, ami)
    if ec2 is not None:
        _ask(ec2, "ec2", operation, **params)


def _ec2_with(world: World, ami: MachineImage) -> Account | None:
    """EC2 beside us, if it has the AMI; the AMIs of the current change are registered first."""
    account = account_at(world, Place(ami.account_id, ami.region))
    if account is not None:
        world.outbox.do_errands()
    return account if ami.is_in_ec2 else None


def _ask(account: Account, service: str, operation: str, **params: object) -> None:
    try:
        with suppress(AbsentError):
            account.ask(service, operation, **params)
    except NeighbourError as error:
        logger.warning("%s of %s: %s", operation, service, error)
        raise ActionRefused(str(error)) from None
