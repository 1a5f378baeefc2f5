"""What EC2 knows of AMIs: all of one that a build made, a little of any other.

Image Builder itself keeps only where an AMI is and what it is called (``Ami`` of an image).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from imagebuilder_mock.domain.records import Record, Value, fresh, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class AmiFacts(Value):
    """What matters of an AMI that is built on; nothing is known of one that nobody looked up."""

    platform: str | None = None
    """As Image Builder calls it: ``Linux``, ``Windows`` or ``macOS``."""
    architecture: str | None = None
    name: str | None = None
    devices: tuple[Mapping[str, Any], ...] = ()
    """Its EBS volumes as EC2 describes them, the root first."""


MachineImageState = Literal["available", "disabled", "deregistered"]


class MachineImage(Record, kw_only=True):
    """One AMI that a build made: what lifecycle rules look at. A test may change it as it likes."""

    image_id: str
    account_id: str
    region: str
    name: str
    creation_date: datetime
    description: str | None = None
    platform: str | None = None
    architecture: str = "x86_64"
    snapshots: tuple[str, ...] = ()
    """The ids of those that are there; what is deleted is taken out."""
    devices: tuple[dict[str, object], ...] = ()
    """Its EBS volumes in the form of EC2's ``BlockDeviceMappings``, the root first."""
    tags: dict[str, str] = fresh(factory=dict)
    watermarks: tuple[str, ...] = ()
    """Its lineage: those of the recipe, and of the AMI that was built on."""
    public: bool = False
    shared_with: frozenset[str] = frozenset()
    """The accounts that may launch it."""
    last_launched: datetime | None = None
    """What EC2 reports: None as long as no launch was recorded."""
    state: MachineImageState = "available"
    deprecation_time: datetime | None = None
    """When it is, or was, deprecated."""
    is_in_ec2: bool = False
    """Whether an EC2 beside us has it too."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MachineImage) and values_of(self) == values_of(other)

    __hash__ = None  # type: ignore[assignment] # it changes
