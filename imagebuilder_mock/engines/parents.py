"""What a build is based on: AMIs, the parameters that name them, and watermarks they pass on.

Sources for watermarks: user guide, ami-watermarks; API reference, CreateImageRecipe.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import AMAZON
from imagebuilder_mock.domain.errors import InvalidParameterValueException, invalid_value
from imagebuilder_mock.domain.machine_image import AmiFacts
from imagebuilder_mock.domain.records import Value, replace
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.neighbours import machine_images
from imagebuilder_mock.neighbours.account import AbsentError, Place, explained
from imagebuilder_mock.neighbours.contents import ami_facts, parameter_value
from imagebuilder_mock.world.managed import image_published_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.resources.recipes import ImageRecipe
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


# Compiled when one is met, as the other patterns of what few recipes say.
_AMI = r"ami-(?:[0-9a-f]{8}|[0-9a-f]{17})"
_AMI_ADDRESS = rf"{_AMI}|ssm:[^\s]+"
_PARAMETER_ARN = r"arn:[^:]+:ssm:([^:]+):([0-9]{12}):parameter/(.+)"
_PUBLIC_PARAMETER = "/aws/service/"
_PREFIX = "ssm:"


class Source(Value):
    """The id of an AMI, and what EC2 says of it, as far as EC2 and SSM can be asked."""

    ami_id: str | None
    facts: AmiFacts


def is_ami_id(text: str) -> bool:
    return re.fullmatch(_AMI, text) is not None


def source_of(world: World, store: Store, address: str, *, parameter: str) -> Source:
    """What an AMI ID, or ``ssm:`` and a parameter, means now to an account in a Region.

    InvalidParameterValueException names ``parameter`` if it was looked up and is not there.
    """
    if not address.startswith(_PREFIX):
        return Source(address, _facts(world, store, address, parameter, address))
    name = address.removeprefix(_PREFIX)
    value = _value(world, store, name, parameter)
    if value is None:
        return Source(None, AmiFacts())
    if re.fullmatch(_AMI, value) is None:
        raise invalid_value(
            parameter, f"The SSM parameter '{name}' does not hold an AMI ID: '{value}'."
        )
    if name.startswith(_PUBLIC_PARAMETER):
        # AWS publishes it, whether or not the EC2 beside us has it.
        facts = ami_facts(world, Place(store.account, store.region), value)
        return Source(value, facts or AmiFacts())
    return Source(value, _facts(world, store, value, parameter, address))


def resolved_address(world: World, store: Store, address: str) -> str:
    """The AMI ID that a parameter holds now; any other address, or an unknown one, as it is."""
    if not address.startswith(_PREFIX):
        return address
    try:
        return source_of(world, store, address, parameter="parentImage").ami_id or address
    except InvalidParameterValueException:
        return address


def parent_ami_id(world: World, store: Store, address: str) -> str | None:
    """The ID of the AMI that a build starts from, if it is known."""
    return next(_ami_ids(world, store, address), None)


def parent_facts(world: World, store: Store, address: str) -> AmiFacts:
    """What is known of the AMI that a build starts from.

    InvalidParameterValueException if it was looked up and does not exist any more.
    """
    if is_ami_address(address):
        return source_of(world, store, address, parameter="parentImage").facts
    if not address.startswith("arn:"):
        return AmiFacts()
    image = world.find(store, Image, address, parameter="parentImage")
    if image is None:
        return AmiFacts()
    made = [world.state.machine_images.get(ami.image) for ami in image.amis]
    here = [ami for ami in made if ami is not None and ami.region == store.region]
    if here and all(is_gone(world, ami) for ami in here):
        raise _absent(world, store, here[0].image_id, "parentImage", address)
    return AmiFacts(image.platform, image.architecture)


def is_ami_address(text: str) -> bool:
    """Whether it is an AMI ID, or an SSM parameter that holds one."""
    return re.fullmatch(_AMI_ADDRESS, text) is not None


def _value(world: World, store: Store, name: str, parameter: str) -> str | None:
    account, region, names = store.account, store.region, [name]
    arn = re.fullmatch(_PARAMETER_ARN, name)
    if arn is not None:
        region, account, path = arn.groups()
        # An ARN leaves out the slash at the beginning of a path.
        names = [f"/{path}", path]
    for each in names:
        with suppress(AbsentError):
            return parameter_value(world, Place(account, region), each)
    raise invalid_value(parameter, f"The SSM parameter '{name}' does not exist.")


def _facts(world: World, store: Store, ami_id: str, parameter: str, address: str) -> AmiFacts:
    published = image_published_as(world.managed(AMAZON, store.region), ami_id)
    if published is not None:
        return AmiFacts(published.platform, published.architecture, published.name)
    own = world.state.machine_images.get(ami_id)
    facts = ami_facts(world, Place(store.account, store.region), ami_id)
    if facts is None or (own is not None and is_gone(world, own)):
        raise _absent(world, store, ami_id, parameter, address)
    if own is not None and replace(facts, devices=()) == AmiFacts():
        return AmiFacts(own.platform, own.architecture, own.name)
    return facts


def is_gone(world: World, ami: MachineImage) -> bool:
    """Whether an output AMI is deregistered, in our own record or in the EC2 beside us."""
    machine_images.find(world, ami.account_id, ami.region, ami.image_id)
    return ami.state == "deregistered"


def _absent(
    world: World, store: Store, ami_id: str, parameter: str, address: str
) -> InvalidParameterValueException:
    named = "" if address == ami_id else f", which '{address}' holds,"
    detail = f"The AMI '{ami_id}'{named} does not exist in the Region '{store.region}'."
    return invalid_value(parameter, explained(world, detail))


MOST_WATERMARKS = 5


def carried(world: World, store: Store, recipe: ImageRecipe | None) -> tuple[str, ...]:
    """The watermarks that an AMI built from the recipe now would have, each once."""
    if recipe is None:
        return ()
    base = base_of(world, store, recipe.parent_image)
    inherited = () if base is None else base.watermarks
    return tuple(dict.fromkeys((*inherited, *(recipe.ami_watermarks or ()))))


def base_of(world: World, store: Store, parent_image: str) -> MachineImage | None:
    """The parent AMI, if a build of this mock has made it."""
    ami_ids = _ami_ids(world, store, parent_image)
    return next(filter(None, map(world.state.machine_images.get, ami_ids)), None)


def _ami_ids(world: World, store: Store, address: str) -> Iterator[str]:
    """The IDs of a parent's AMIs: an image can have one for each of several accounts."""
    if is_ami_address(address):
        found = resolved_address(world, store, address)
        if not found.startswith(_PREFIX):
            yield found
    elif address.startswith("arn:"):
        image = world.find(store, Image, address, parameter="parentImage")
        for ami in image.amis if image else ():
            if ami.region == store.region:
                yield ami.image
