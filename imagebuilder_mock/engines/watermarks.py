"""Watermarks of AMIs: the recipe's, and those that come with the AMI it builds on.

Source: user guide, ami-watermarks; API reference, CreateImageRecipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.resources.images import Image

from .parent_images import is_ami_address, resolved_address

if TYPE_CHECKING:
    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.resources.recipes import ImageRecipe
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

MOST_WATERMARKS = 5


def carried(world: World, store: Store, recipe: ImageRecipe) -> tuple[str, ...]:
    """Those that an AMI built from the recipe now would have, each once."""
    base = _base(world, store, recipe.parent_image)
    inherited = () if base is None else base.watermarks
    return tuple(dict.fromkeys((*inherited, *(recipe.ami_watermarks or ()))))


def _base(world: World, store: Store, parent_image: str) -> MachineImage | None:
    """The AMI that is built on, if a build of this world has made it."""
    known = world.state.machine_images
    if is_ami_address(parent_image):
        return known.get(resolved_address(world, store, parent_image))
    if not parent_image.startswith("arn:"):
        return None
    image = world.find(store, Image, parent_image, parameter="parentImage")
    output = image.output_resources if image else None
    here = (
        ami.image for ami in (output.amis if output else None) or () if ami.region == store.region
    )
    return next(filter(None, map(known.get, here)), None)
