"""The AMI that a build workflow says it made, by itself or by whatever it had called.

Source: aws-samples, packer-build and attestable image. The AMI keeps its own name and tags in EC2;
GetImage shows the name that the service would have given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.builds import IMAGE_ID
from imagebuilder_mock.domain.machine_image import MachineImage
from imagebuilder_mock.domain.resources.images import Ami, OutputResources
from imagebuilder_mock.engines.one_build import BuildFailedError
from imagebuilder_mock.engines.parents import is_ami_id
from imagebuilder_mock.neighbours import machine_images
from imagebuilder_mock.neighbours.contents import ami_facts

from .amis import name_of, settings_at_home, source_ami

if TYPE_CHECKING:
    from imagebuilder_mock.engines.one_build import Build


def take_image_id(build: Build, value: object) -> None:
    """Make the image's AMI the one that the output ``ImageId`` names.

    BuildFailedError if it is no AMI id, or EC2 beside us does not have it. In a build of the past
    no order of the test says what steps gave: there it is an AMI as the service makes one.
    """
    image = build.image
    made = (image.output_resources or OutputResources()).amis or ()
    if not (isinstance(value, str) and is_ami_id(value)):
        if not build.world.is_in_the_past:
            raise BuildFailedError("Invalid ImageId output value, must be AMI ID as a string.")
        made = made[:1] or (source_ami(build),)
        value = image.workflow_outputs[IMAGE_ID] = made[0].image
    ours = next((ami for ami in made if ami.image == value), None)
    image.output_resources = OutputResources((ours or _adopted(build, value),))


def _adopted(build: Build, image_id: str) -> Ami:
    world, store, image = build
    place = build.home
    if world.state.machine_images.get(image_id) is None:
        facts = ami_facts(world, place, image_id)
        if facts is None:
            raise BuildFailedError(f"The image id '[{image_id}]' does not exist")
        machine_images.adopt(
            world,
            MachineImage(
                image_id=image_id,
                account_id=place.account,
                region=place.region,
                name=facts.name or image_id,
                platform=facts.platform or image.platform,
                architecture=facts.architecture or image.architecture or "x86_64",
                creation_date=world.clock.now(),
            ),
        )
    settings, recipe = settings_at_home(store, image), image.recipe
    return Ami(
        region=place.region,
        image=image_id,
        name=name_of(image, settings),
        account_id=place.account,
        description=settings.get("description") or (recipe.description if recipe else None),
    )
