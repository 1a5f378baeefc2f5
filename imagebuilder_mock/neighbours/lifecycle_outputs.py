"""What lifecycle actions do to AMIs and container images: the ports, and EC2 and ECR by ourselves.

A port refuses with ``ActionRefused``, whose text becomes the reason of a failed resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .errors import NeighbourError
from .presence import moto_is_on
from .surroundings import neighbours_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.world.indexes import MachineImages
    from imagebuilder_mock.world.settings import Settings
    from imagebuilder_mock.world.world import World


class ActionRefused(Exception):
    """EC2 or ECR does not do it."""


class MachineImageActions(Protocol):
    """What Image Builder asks of EC2 for an AMI."""

    def find(self, account_id: str, region: str, image_id: str) -> MachineImage | None:
        """The AMI as it is now; None if it is not there."""

    def deprecate(self, ami: MachineImage, at: datetime) -> None: ...

    def cancel_deprecation(self, ami: MachineImage) -> None: ...

    def disable(self, ami: MachineImage) -> None:
        """It becomes private, and launches nothing."""

    def enable(self, ami: MachineImage) -> None: ...

    def deregister(self, ami: MachineImage) -> None: ...

    def delete_snapshot(self, ami: MachineImage, snapshot_id: str) -> None: ...

    def tag(self, ami: MachineImage, tags: Mapping[str, str]) -> None: ...

    def untag(self, ami: MachineImage, key: str) -> None: ...


class ContainerImageActions(Protocol):
    """What Image Builder asks of ECR for a container image."""

    def delete(self, account_id: str, region: str, image_uri: str) -> None:
        """Take it out of its repository; nothing happens if it is not there."""


def machine_image_actions(world: World) -> MachineImageActions:
    """EC2 as it is now: beside moto, what moto has counts."""
    own = OwnMachineImages(world.state.machine_images)
    if not _are_in_moto(world):
        return own
    from .beside_moto.lifecycle_outputs import MachineImagesInMoto  # noqa: PLC0415 - loads moto

    return MachineImagesInMoto(own)


def container_image_actions(world: World) -> ContainerImageActions:
    """ECR as it is now."""
    own = OwnContainerImages(world.state.machine_images)
    if not _are_in_moto(world):
        return own
    return ContainerImagesBeside(world.settings, own)


def _are_in_moto(world: World) -> bool:
    """Whether moto has what builds made; then that of this change is there from now on."""
    if world.settings.neighbours == "off" or not moto_is_on():
        return False
    world.outbox.do_errands()
    return True


class OwnMachineImages:
    """EC2, as far as lifecycle actions need it, over the AMIs that builds made."""

    __slots__ = ("_known",)

    def __init__(self, known: MachineImages) -> None:
        self._known = known

    def find(self, account_id: str, region: str, image_id: str) -> MachineImage | None:
        found = self._known.get(image_id)
        if found is None or (found.account_id, found.region) != (account_id, region):
            return None
        return found

    def deprecate(self, ami: MachineImage, at: datetime) -> None:
        self._ask(ami.image_id, "DEPRECATE")
        ami.deprecation_time = at

    def cancel_deprecation(self, ami: MachineImage) -> None:
        self._ask(ami.image_id, "AVAILABLE")
        ami.deprecation_time = None

    def disable(self, ami: MachineImage) -> None:
        self._ask(ami.image_id, "DISABLE")
        ami.state = "disabled"
        ami.public, ami.shared_with = False, frozenset()

    def enable(self, ami: MachineImage) -> None:
        self._ask(ami.image_id, "AVAILABLE")
        ami.state = "available"

    def deregister(self, ami: MachineImage) -> None:
        self._ask(ami.image_id, "DELETE")
        ami.state = "deregistered"

    def delete_snapshot(self, ami: MachineImage, snapshot_id: str) -> None:
        self._ask(snapshot_id, "DELETE")
        ami.snapshots = tuple(each for each in ami.snapshots if each != snapshot_id)

    def tag(self, ami: MachineImage, tags: Mapping[str, str]) -> None:
        ami.tags = {**ami.tags, **tags}

    def untag(self, ami: MachineImage, key: str) -> None:
        ami.tags = {known: value for known, value in ami.tags.items() if known != key}

    def _ask(self, resource_id: str, action: str) -> None:
        _ask(self._known, resource_id, action)


class OwnContainerImages:
    """Without an ECR there is nothing to delete from; what a test made refuse, refuses."""

    __slots__ = ("_known",)

    def __init__(self, known: MachineImages) -> None:
        self._known = known

    def delete(self, account_id: str, region: str, image_uri: str) -> None:  # noqa: ARG002 - the port's
        _ask(self._known, image_uri, "DELETE")


class ContainerImagesBeside:
    """An ECR beside us: what the test made refuse still does."""

    __slots__ = ("_own", "_settings")

    def __init__(self, settings: Settings, own: OwnContainerImages) -> None:
        self._own = own
        self._settings = settings

    def delete(self, account_id: str, region: str, image_uri: str) -> None:
        self._own.delete(account_id, region, image_uri)
        repository, _, tag = image_uri.partition("/")[2].rpartition(":")
        try:
            neighbours_of(self._settings, account_id, region).ecr.delete_image(repository, tag)
        except NeighbourError as error:
            raise ActionRefused(str(error)) from None


def _ask(known: MachineImages, resource_id: str, action: str) -> None:
    refusal = known.refusal_of(resource_id, action)
    if refusal is not None:
        raise ActionRefused(refusal)
