"""The AMIs that a build makes: their names, where they go, and what EC2 gets to know of them.

Sources: a captured answer of 2023, for the two tags; API reference, AmiDistributionConfiguration
and LaunchPermissionConfiguration; for the placeholders that a build fills in names and tags also
the user guide, tag-resources, and wfdoc-step-actions, whose sample has a date with a format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.machine_image import MachineImage
from imagebuilder_mock.domain.resources.images import Ami
from imagebuilder_mock.engines.parents import carried
from imagebuilder_mock.neighbours import telling
from imagebuilder_mock.neighbours.ports import BlockDevice, LaunchPermission, OutputAmi

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


DEFAULT_ARCHITECTURE = "x86_64"
ROOT_DEVICES = frozenset(("/dev/sda1", "/dev/xvda"))
"""The names that are reserved for the root of an instance (EC2 user guide, device_naming)."""
DEFAULT_SIZE, DEFAULT_TYPE = 8, "gp3"
"""Of a volume of which the recipe says nothing: GiB, and the type."""


def registered(
    world: World,
    image: Image,
    ami: Ami,
    settings: Mapping[str, object] | None,
    *,
    key: str | None = None,
) -> Ami:
    """Make an output AMI known, to its own account; ``settings`` are those of its distribution.

    With a ``key`` it is encrypted with that, else as the recipe has it.
    """
    recipe = image.image_recipe
    devices = _devices(world, image)
    if key is not None:
        devices = [replace(device, encrypted=True, kms_key_id=key) for device in devices]
    known = MachineImage(
        image_id=ami.image,
        account_id=ami.owner,
        region=ami.region,
        name=ami.name or ami.image,
        description=ami.description,
        platform=image.platform,
        architecture=image.architecture or DEFAULT_ARCHITECTURE,
        creation_date=world.clock.now(),
        snapshots=tuple(device.snapshot_id for device in devices),
        tags={
            **_tags(image, recipe.ami_tags if recipe else None),
            **_tags(image, _mapping(settings, "amiTags")),
            "CreatedBy": "EC2 Image Builder",
            "Ec2ImageBuilderArn": image.arn,
        },
        watermarks=_watermarks(world, image),
    )
    world.state.machine_images.add(known)
    _tell_ec2(world, known, devices)
    return ami


def permit(world: World, ami: Ami, settings: Mapping[str, object]) -> None:
    """Let others launch from an output AMI, as the ``launchPermission`` of the settings says."""
    permission = _mapping(settings, "launchPermission")
    known = world.state.machine_images.get(ami.image)
    if not permission or known is None:
        return
    accounts, groups = _list(permission, "userIds"), _list(permission, "userGroups")
    known.shared_with |= frozenset(accounts)
    known.public = known.public or "all" in groups
    telling.tell_of_permission(
        world,
        telling.Place(ami.owner, ami.region),
        ami.image,
        LaunchPermission(
            user_ids=accounts,
            user_groups=groups,
            organization_arns=_list(permission, "organizationArns"),
            organizational_unit_arns=_list(permission, "organizationalUnitArns"),
        ),
    )


def _watermarks(world: World, image: Image) -> tuple[str, ...]:
    if image.image_recipe is None:
        return ()
    home = Arn.parse(image.arn)
    return carried(world, world.store(home.account, home.region), image.image_recipe)


def _tell_ec2(world: World, known: MachineImage, devices: Sequence[BlockDevice]) -> None:
    telling.tell_of_ami(
        world,
        telling.Place(known.account_id, known.region),
        OutputAmi(
            image_id=known.image_id,
            name=known.name,
            creation_date=known.creation_date,
            description=known.description,
            architecture=known.architecture,
            platform=known.platform,
            block_devices=devices,
            tags=known.tags,
        ),
        then=known.enter_ec2,
    )


def _devices(world: World, image: Image) -> list[BlockDevice]:
    """Each mapped EBS volume has a snapshot; the root, which is first, without a mapping too."""
    mappings = (image.image_recipe.block_device_mappings if image.image_recipe else None) or ()
    devices = [
        _device(world, str(mapping.get("deviceName")), ebs)
        for mapping in mappings
        if isinstance(ebs := mapping.get("ebs"), Mapping)
    ]
    if not any(device.device_name in ROOT_DEVICES for device in devices):
        root = "/dev/sda1" if image.platform == "Windows" else "/dev/xvda"
        devices.append(_device(world, root, {}))
    return sorted(devices, key=lambda device: device.device_name not in ROOT_DEVICES)


def _device(world: World, name: str, ebs: Mapping[str, Any]) -> BlockDevice:
    return BlockDevice(
        device_name=name,
        snapshot_id=world.ids.snapshot(),
        volume_size=ebs.get("volumeSize", DEFAULT_SIZE),
        volume_type=ebs.get("volumeType", DEFAULT_TYPE),
        delete_on_termination=ebs.get("deleteOnTermination", True),
        encrypted=ebs.get("encrypted", False),
        iops=ebs.get("iops"),
        throughput=ebs.get("throughput"),
        kms_key_id=ebs.get("kmsKeyId"),
    )


def _mapping(settings: Mapping[str, object] | None, member: str) -> Mapping[str, object]:
    value = (settings or {}).get(member)
    return value if isinstance(value, Mapping) else {}


def _list(settings: Mapping[str, object], member: str) -> list[str]:
    value = settings.get(member)
    return list(map(str, value)) if isinstance(value, list) else []


def _tags(image: Image, tags: Mapping[str, object] | Mapping[str, str] | None) -> dict[str, str]:
    return {key: filled(str(value), image) for key, value in (tags or {}).items()}


class AmiTarget(NamedTuple):
    """One place that gets an AMI: a Region, an account, and what is said for it there."""

    region: str
    account: str
    settings: Mapping[str, object]


def source_ami(world: World, store: Store, image: Image) -> Ami:
    """The AMI that every build makes, in the Region and account in which it builds."""
    settings = _settings_for(image, store.region)
    recipe = image.recipe
    ami = Ami(
        region=store.region,
        image=world.ids.ami(),
        name=_name(image, settings),
        account_id=store.account,
        description=_text(settings, "description") or (recipe.description if recipe else None),
    )
    return registered(world, image, ami, settings)


def ami_targets(store: Store, distributions: Sequence[Mapping[str, object]]) -> Iterator[AmiTarget]:
    """Where copies go: one for each Region and target account, but where the source is."""
    for distribution in distributions:
        settings = distribution.get("amiDistributionConfiguration")
        if not isinstance(settings, Mapping):
            continue
        region = str(distribution["region"])
        for account in settings.get("targetAccountIds") or (store.account,):
            if (region, account) != (store.region, store.account):
                yield AmiTarget(region, str(account), settings)


def copied_ami(world: World, image: Image, target: AmiTarget) -> Ami:
    """The copy of the output AMI in another Region or account."""
    ami = Ami(
        region=target.region,
        image=world.ids.ami(),
        name=_name(image, target.settings),
        account_id=target.account,
        description=_text(target.settings, "description"),
    )
    return registered(world, image, ami, target.settings, key=_text(target.settings, "kmsKeyId"))


def _name(image: Image, settings: Mapping[str, object] | None) -> str:
    template = _text(settings, "name") or f"{image.name} {{{{ imagebuilder:buildDate }}}}"
    return filled(template, image)


def _settings_for(image: Image, region: str) -> Mapping[str, object] | None:
    configuration = image.distribution_configuration
    for distribution in configuration.distributions if configuration else ():
        settings = distribution.get("amiDistributionConfiguration")
        if distribution["region"] == region and isinstance(settings, Mapping):
            return settings
    return None


def _text(settings: Mapping[str, object] | None, member: str) -> str | None:
    value = None if settings is None else settings.get(member)
    return value if isinstance(value, str) else None


_BUILD_DATE = re.compile(r"\{\{\s*imagebuilder:buildDate(?::([A-Za-z._-]+))?\s*\}\}")
_BUILD_VERSION = re.compile(r"\{\{\s*imagebuilder:buildVersion\s*\}\}")
_DATE_PARTS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


def filled(template: str, image: Image) -> str:
    """The text of an image's build."""
    began = next(
        (step.moment for step in image.transitions if step.status == "BUILDING"),
        image.date_created,
    )
    return filled_text(template, build_date=began, build_number=image.build_number)


def filled_text(template: str, *, build_date: datetime, build_number: int) -> str:
    """The text with its placeholders filled; ``:`` cannot stand in an AMI's name."""
    text = _BUILD_VERSION.sub(str(build_number), template)
    return _BUILD_DATE.sub(lambda found: build_date_text(build_date, found.group(1)), text)


def has_build_date(template: str) -> bool:
    """Whether the texts made from it differ from build to build."""
    return _BUILD_DATE.search(template) is not None


def build_date_text(moment: datetime, form: str | None = None) -> str:
    """``2022-10-26T22-30-05.912619Z``, as AMI names of real builds have it, or in a format."""
    if form is None:
        return f"{moment:%Y-%m-%dT%H-%M-%S.%f}Z"
    parts = re.compile("|".join(_DATE_PARTS))
    return parts.sub(lambda found: moment.strftime(_DATE_PARTS[found.group()]), form)
