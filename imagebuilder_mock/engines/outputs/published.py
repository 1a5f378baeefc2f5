"""AMIs that Amazon publishes as managed images: EC2 has those that a test has been told of.

Source for their owners: EC2's DescribeImages; moto's own AMIs have the same owners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.machine_image import MachineImage
from imagebuilder_mock.domain.resources.images import Image

from .devices import published_device

if TYPE_CHECKING:
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

_OWNER = "137112412989"
_OWNER_OF_WINDOWS = "801119661308"


def publish(world: World, image: Image) -> None:
    """Have the AMIs of a managed image exist in EC2; nothing is done for other images."""
    known = world.state.machine_images
    if image.owner != "Amazon":
        return
    for ami in image.amis:
        if not known.is_published(ami.image):
            snapshot = ami.image.replace("ami-", "snap-")
            known.publish(
                MachineImage(
                    image_id=ami.image,
                    account_id=_OWNER_OF_WINDOWS if image.platform == "Windows" else _OWNER,
                    region=ami.region,
                    name=f"{image.name} {image.version}",
                    platform=image.platform,
                    architecture=image.architecture or "x86_64",
                    creation_date=image.date_created,
                    snapshots=(snapshot,),
                    devices=(published_device(image, snapshot),),
                    public=True,
                )
            )


def publish_parent(world: World, store: Store, parent_image: str) -> None:
    """Publish the AMIs of the parent that a build starts from, if it is a managed image."""
    if parent_image.startswith("arn:"):
        image = world.find(store, Image, parent_image, parameter="parentImage")
        if image is not None:
            publish(world, image)
