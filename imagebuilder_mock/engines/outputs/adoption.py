"""The AMI that a build workflow names as its output, whoever has made it.

Source: aws-samples, packer-build and attestable image. The AMI keeps its own name and tags in EC2;
GetImage shows the name that the service would have given it.
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
    """Make the AMI that the output ``ImageId`` names the image's.

    BuildFailedError if it is no AMI ID, or if the EC2 beside us does not have it. In a build of the
    past, where no order of the test sets outputs, it is then an AMI that the service makes.
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
    world, _, image = build
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
    settings, recipe = settings_at_home(build), image.recipe
    return Ami(
        region=place.region,
        image=image_id,
        name=name_of(image, settings),
        account_id=place.account,
        description=settings.get("description") or (recipe.description if recipe else None),
    )
