"""The volumes of output AMIs: those of the parent, changed by the recipe's mappings.

Source: EC2's API reference, CreateImage, which takes the volumes of the instance. The name of the
root device by operating system was seen in EC2, and in tools that build on its AMIs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.errors import InvalidParameterValueException
from imagebuilder_mock.domain.machine_image import AmiFacts
from imagebuilder_mock.engines.parents import base_of, parent_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.engines.one_build import Build
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

    Device = Mapping[str, Any]
    """In the form of EC2's ``BlockDeviceMappings``."""

ROOT_DEVICES = frozenset(("/dev/sda1", "/dev/xvda"))
"""The names that are reserved for the root of an instance (EC2 user guide, device_naming)."""
_SYSTEMS_ON_SDA1 = ("CentOS", "Red Hat", "SLES", "SUSE", "Ubuntu")
"""How the names of Linux systems with this root begin; Amazon Linux has ``/dev/xvda``."""
_DEFAULT_VOLUME: Mapping[str, object] = {
    "VolumeSize": 8,
    "VolumeType": "gp3",
    "DeleteOnTermination": True,
    "Encrypted": False,
}
"""What neither the parent nor the recipe says."""


def built_devices(build: Build) -> Sequence[Device]:
    """The volumes of the AMI that a build makes, the root first."""
    world, store, image = build
    recipe = image.image_recipe
    parent = AmiFacts() if recipe is None else _parent(world, store, recipe.parent_image)
    volumes = {
        device["DeviceName"]: {**_DEFAULT_VOLUME, **device["Ebs"]} for device in parent.devices
    }
    root = next(iter(volumes), None)
    for mapping in (recipe.block_device_mappings if recipe else None) or ():
        name = mapping.get("deviceName", "")
        if "ebs" in mapping:
            given = {f"{key[0].upper()}{key[1:]}": value for key, value in mapping["ebs"].items()}
            volumes[name] = {**volumes.get(name, _DEFAULT_VOLUME), **given}
        elif "noDevice" in mapping and name != root:
            volumes.pop(name, None)
    if root is None:
        named = (name for name in volumes if name in ROOT_DEVICES)
        system = image.parent_os_version or parent.name or ""
        root = next(named, None) or _root_of(image.platform, system)
    root_volume = volumes.pop(root, _DEFAULT_VOLUME)
    return [
        {"DeviceName": name, "Ebs": ebs} for name, ebs in ((root, root_volume), *volumes.items())
    ]


def encrypted(devices: Iterable[Device], key: str) -> list[Device]:
    """The volumes, encrypted with a key."""
    encryption = {"Encrypted": True, "KmsKeyId": key}
    return [{**device, "Ebs": {**device["Ebs"], **encryption}} for device in devices]


def is_under_managed_key(devices: Iterable[Device]) -> bool:
    """Whether a volume is encrypted with the key that AWS manages for EBS."""
    return any(
        device["Ebs"]["Encrypted"] and is_managed_key(device["Ebs"].get("KmsKeyId"))
        for device in devices
    )


def is_managed_key(key: str | None) -> bool:
    """Whether it is the key that AWS manages, which EC2 takes if none is given."""
    return key is None or key.endswith("alias/aws/ebs")


def snapshotted(world: World, devices: Iterable[Device]) -> list[dict[str, Any]]:
    """The volumes, each with a new snapshot."""
    return [
        {**device, "Ebs": {**device["Ebs"], "SnapshotId": world.ids.snapshot()}}
        for device in devices
    ]


def _parent(world: World, store: Store, parent_image: str) -> AmiFacts:
    """What is known of the parent: nothing if it has been deregistered since the launch."""
    base = base_of(world, store, parent_image)
    if base is not None and base.devices:
        return AmiFacts(devices=base.devices)
    try:
        return parent_facts(world, store, parent_image)
    except InvalidParameterValueException:
        return AmiFacts()


def published_device(image: Image, snapshot_id: str) -> dict[str, Any]:
    """The volume of a managed image."""
    root = _root_of(image.platform, image.os_version or "")
    return {"DeviceName": root, "Ebs": {**_DEFAULT_VOLUME, "SnapshotId": snapshot_id}}


def _root_of(platform: str | None, system: str) -> str:
    is_on_sda1 = platform in {"Windows", "macOS"} or system.startswith(_SYSTEMS_ON_SDA1)
    return "/dev/sda1" if is_on_sda1 else "/dev/xvda"
