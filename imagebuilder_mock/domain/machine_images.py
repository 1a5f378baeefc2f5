"""The AMIs that builds made: what EC2 knows of them, and what a test made them refuse.

Image Builder itself keeps only where an AMI is and what it is called (``Ami`` of an image). What
lifecycle rules look at and change is here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MachineImageState = Literal["available", "disabled", "deregistered"]


@dataclass(slots=True, kw_only=True)
class MachineImage:
    """One AMI, in one Region of one account. A test may change what it likes of it."""

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
    tags: dict[str, str] = field(default_factory=dict)
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

    def enter_ec2(self) -> None:
        """An EC2 beside us has got it."""
        self.is_in_ec2 = True


class MachineImages:
    """The AMIs of a world by id; an id is given once in all accounts and Regions."""

    __slots__ = ("_by_id", "_refusals")

    def __init__(self) -> None:
        self._by_id: dict[str, MachineImage] = {}
        self._refusals: dict[str, dict[str | None, str]] = {}

    def __iter__(self) -> Iterator[MachineImage]:
        return iter(self._by_id.values())

    def add(self, machine_image: MachineImage) -> None:
        self._by_id[machine_image.image_id] = machine_image

    def get(self, image_id: str) -> MachineImage | None:
        return self._by_id.get(image_id)

    def refuse(self, resource_id: str, action: str | None, message: str) -> None:
        """From now on, refuse one lifecycle action, or all (None), on an AMI, snapshot or URI."""
        self._refusals.setdefault(resource_id, {})[action] = message

    def refusals(self) -> Iterator[tuple[str, str | None, str]]:
        """What is refused: resource, action or None for all of them, and the message."""
        for resource_id, messages in self._refusals.items():
            for action, message in messages.items():
                yield resource_id, action, message

    def allow(self, resource_id: str) -> None:
        """Take back what was refused."""
        self._refusals.pop(resource_id, None)

    def refusal_of(self, resource_id: str, action: str) -> str | None:
        """The message with which an action is refused, or None."""
        refusals = self._refusals.get(resource_id, {})
        return refusals.get(action, refusals.get(None))
