"""What lifecycle actions do to AMIs in moto's EC2, and what they find there.

An AMI that was made while moto was off is our own alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.neighbours.errors import NeighbourError, NobodyToAskError
from imagebuilder_mock.neighbours.lifecycle_outputs import ActionRefused

from .machine_images import MotoMachineImages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.neighbours.lifecycle_outputs import OwnMachineImages


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
