"""The services around Image Builder, as an account sees them in a Region at this moment.

Beside moto they are moto's; else there are none, and everything that is asked of them has an
answer all the same. Which of the two is decided at each call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .nobody import NOBODY, NOBODY_STRICT, OwnContainerImages, OwnMachineImages
from .ports import (
    ActionRefused,
    ContainerImageActions,
    MachineImageActions,
    NeighbourError,
    Neighbours,
)
from .presence import moto_is_on

if TYPE_CHECKING:
    from imagebuilder_mock.world.settings import Settings
    from imagebuilder_mock.world.world import World


def neighbours_of(settings: Settings, account: str, region: str) -> Neighbours:
    if settings.neighbours == "off" or not moto_is_on():
        return NOBODY_STRICT if settings.neighbours == "strict" else NOBODY
    # Loaded with the first question beside moto, boto3 with it.
    from .in_moto.services import neighbours_in_moto  # noqa: PLC0415

    return neighbours_in_moto(account, region, is_strict=settings.neighbours == "strict")


def absence(settings: Settings) -> str:
    """Why a name could not be looked up, and what to do about it: one sentence, for a refusal."""
    if settings.neighbours == "off":
        return "imagebuilder_mock looks nothing up with neighbours='off'."
    return "imagebuilder_mock looks it up in moto: switch moto's mock_aws on."


def machine_image_actions(world: World) -> MachineImageActions:
    """EC2 as it is now: beside moto, what moto has counts."""
    own = OwnMachineImages(world.state.machine_images)
    if not _are_in_moto(world):
        return own
    from .in_moto.machine_images import MachineImagesInMoto  # noqa: PLC0415 - loads moto

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
