"""An AMI as EC2 has it: what a build registers, and what is found there later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_ROOT_DEVICES = {"Windows": "/dev/sda1"}
_ROOT_DEVICE = "/dev/xvda"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDevice:
    """One device of an AMI, with the snapshot that was taken of it."""

    device_name: str
    snapshot_id: str
    volume_size: int = 8
    """In GiB."""
    volume_type: str = "gp3"
    delete_on_termination: bool = True
    encrypted: bool = False
    iops: int | None = None
    throughput: int | None = None
    kms_key_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputAmi:
    """An AMI of one account in one Region."""

    image_id: str
    name: str
    creation_date: datetime
    description: str | None = None
    architecture: str = "x86_64"
    platform: str | None = "Linux"
    """As Image Builder calls it: ``Linux``, ``Windows`` or ``macOS``."""
    block_devices: Sequence[BlockDevice] = ()
    """The root device first; without any, EC2 makes up one."""
    tags: Mapping[str, str] = field(default_factory=dict)
    state: str = "available"
    deprecation_time: datetime | None = None
    public: bool = False
    shared_with: frozenset[str] = frozenset()
    """The accounts that may launch it."""

    @property
    def snapshots(self) -> tuple[str, ...]:
        return tuple(device.snapshot_id for device in self.block_devices)

    @property
    def root_device_name(self) -> str:
        if self.block_devices:
            return self.block_devices[0].device_name
        return _ROOT_DEVICES.get(self.platform or "", _ROOT_DEVICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPermission:
    """Who else may launch from an AMI: the members of ``launchPermission``."""

    user_ids: Sequence[str] = ()
    user_groups: Sequence[str] = ()
    organization_arns: Sequence[str] = ()
    organizational_unit_arns: Sequence[str] = ()
