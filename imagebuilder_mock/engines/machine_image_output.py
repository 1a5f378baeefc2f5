"""What EC2 gets to know of the AMIs that a build makes: their tags, snapshots and permissions.

Sources: a captured answer of 2023, for the two tags; API reference, AmiDistributionConfiguration
and LaunchPermissionConfiguration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.machine_images import MachineImage

if TYPE_CHECKING:
    from imagebuilder_mock.domain.resources.image import Ami, Image
    from imagebuilder_mock.domain.world import World


def registered(world: World, image: Image, ami: Ami, settings: Mapping[str, object] | None) -> Ami:
    """Make an output AMI known; ``settings`` are those of its distribution."""
    permission = _mapping(settings, "launchPermission")
    recipe = image.image_recipe
    world.state.machine_images.add(
        MachineImage(
            image_id=ami.image,
            account_id=ami.account_id,
            region=ami.region,
            name=ami.name,
            description=ami.description,
            platform=image.platform,
            architecture="arm64" if recipe and "arm64" in recipe.parent_image else "x86_64",
            creation_date=world.clock.now(),
            snapshots=tuple(world.ids.snapshot() for _ in range(_volumes(image))),
            tags={
                **_texts(recipe.ami_tags if recipe else None),
                **_texts(_mapping(settings, "amiTags")),
                "CreatedBy": "EC2 Image Builder",
                "Ec2ImageBuilderArn": image.arn,
            },
            public="all" in _list(permission, "userGroups"),
            shared_with=frozenset(_list(permission, "userIds")),
        )
    )
    return ami


def _volumes(image: Image) -> int:
    """Each mapped EBS volume has a snapshot; the root's is there without a mapping too."""
    mappings = (image.image_recipe.block_device_mappings if image.image_recipe else None) or ()
    return max(1, sum("ebs" in mapping for mapping in mappings))


def _mapping(settings: Mapping[str, object] | None, member: str) -> Mapping[str, object]:
    value = (settings or {}).get(member)
    return value if isinstance(value, Mapping) else {}


def _list(settings: Mapping[str, object], member: str) -> list[str]:
    value = settings.get(member)
    return value if isinstance(value, list) else []


def _texts(tags: Mapping[str, object] | Mapping[str, str] | None) -> dict[str, str]:
    return {key: str(value) for key, value in (tags or {}).items()}
