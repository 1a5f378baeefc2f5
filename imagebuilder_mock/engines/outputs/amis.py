"""The AMIs that a build makes: their names, where they go, and what EC2 is told of them.

Sources: a captured answer of 2023, for the two tags and the default name; API reference,
AmiDistributionConfiguration and LaunchPermissionConfiguration. For the placeholders in names and
tags: a captured SNS message of 2024; user guide, tag-resources; and wfdoc-step-actions, whose
sample has a date with a format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from imagebuilder_mock.domain.machine_image import MachineImage
from imagebuilder_mock.domain.records import replace
from imagebuilder_mock.domain.resources.images import Ami
from imagebuilder_mock.engines.parents import carried
from imagebuilder_mock.neighbours import machine_images, telling
from imagebuilder_mock.neighbours.account import Place

from .devices import built_devices, encrypted, snapshotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.configurations import DistributionConfiguration
    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.engines.one_build import Build
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

    Settings = wire.AmiDistributionConfigurationUnionTypeDef

_MADE_FOR = "Ec2ImageBuilderArn"
"""A tag that the service gives to the AMIs that it makes, and that no other AMI has."""


class AmiTarget(NamedTuple):
    """A place that gets an AMI, and the settings for it."""

    place: Place
    settings: Settings


def source_ami(build: Build) -> Ami:
    """Make the AMI that every build makes, in the account and Region in which it builds."""
    world, store, image = build
    recipe, settings = image.recipe, settings_at_home(build)
    return _registered(
        build,
        AmiTarget(build.home, settings),
        description=settings.get("description") or (recipe.description if recipe else None),
        devices=built_devices(build),
        watermarks=carried(world, store, image.image_recipe),
    )


def copied_ami(build: Build, target: AmiTarget) -> Ami:
    """Copy the output AMI to another Region or account.

    The copy is encrypted with the key of the settings, or without one as its source is.
    """
    source, devices = _source(build), source_devices(build)
    key = target.settings.get("kmsKeyId")
    return _registered(
        build,
        target,
        description=target.settings.get("description"),
        devices=encrypted(devices, key) if key else devices,
        watermarks=source.watermarks if source else (),
    )


def source_devices(build: Build) -> Sequence[Mapping[str, Any]]:
    """The volumes of the AMI that is copied."""
    source = _source(build)
    return (source.devices if source else ()) or built_devices(build)


def _source(build: Build) -> MachineImage | None:
    """What is known of the AMI that is copied; None if it was not made here."""
    known = build.world.state.machine_images
    return next(filter(None, (known.get(ami.image) for ami in build.image.amis)), None)


def _registered(
    build: Build,
    target: AmiTarget,
    *,
    description: str | None,
    devices: Sequence[Mapping[str, Any]],
    watermarks: tuple[str, ...],
) -> Ami:
    """Make an output AMI, and tell its account's EC2 of it."""
    world, _, image = build
    (account, region), settings = target
    recipe = image.image_recipe
    image_id, volumes = world.ids.ami(), snapshotted(world, devices)
    planned = MachineImage(
        image_id=image_id,
        account_id=account,
        region=region,
        name=name_of(image, settings),
        description=description,
        platform=image.platform,
        architecture=image.architecture or "x86_64",
        creation_date=world.clock.now(),
        snapshots=tuple(device["Ebs"]["SnapshotId"] for device in volumes),
        tags={
            **_tags(image, recipe.ami_tags if recipe else None),
            **_tags(image, settings.get("amiTags")),
            "CreatedBy": "EC2 Image Builder",
            _MADE_FOR: image.arn,
        },
        watermarks=watermarks,
        devices=tuple(volumes),
    )
    known = machine_images.made_elsewhere(world, planned)
    world.state.machine_images.add(known)
    telling.tell_of_ami(world, known, volumes)
    return Ami(
        region=region,
        image=known.image_id,
        name=known.name,
        account_id=account,
        description=description,
    )


def name_of(image: Image, settings: Settings) -> str:
    """The name that an output AMI gets."""
    template = settings.get("name")
    return filled(template, image) if template else _default_name(image)


def place_of(ami: Ami) -> Place:
    """The account and the Region of an output AMI."""
    return Place(ami.owner, ami.region)


def permit(world: World, ami: Ami, settings: Settings) -> None:
    """Let others launch from an output AMI, as the ``launchPermission`` of the settings says."""
    permission = settings.get("launchPermission")
    known = world.state.machine_images.get(ami.image)
    if not permission or known is None:
        return
    known.shared_with |= frozenset(permission.get("userIds", ()))
    known.public = known.public or "all" in permission.get("userGroups", ())
    telling.tell_of_permission(world, place_of(ami), ami.image, permission)


def tag_in_place(build: Build, ami: Ami, settings: Settings) -> None:
    """Give an AMI that exists already the tags of the settings; the service's own tags stay."""
    world, _, image = build
    known = world.state.machine_images.get(ami.image)
    tags = _tags(image, settings.get("amiTags"))
    if known is None or not tags:
        return
    if _MADE_FOR in known.tags:
        tags |= {key: known.tags[key] for key in ("CreatedBy", _MADE_FOR)}
    known.tags = {**known.tags, **tags}
    telling.tell_of_tags(world, place_of(ami), ami.image, tags)


def _tags(image: Image, tags: Mapping[str, str] | None) -> dict[str, str]:
    return {key: filled(value, image) for key, value in (tags or {}).items()}


def settings_at_home(build: Build) -> Settings:
    """The settings of the distribution configuration for the Region in which the image is built."""
    settings: Settings = {}
    for distribution in build.distributions:
        if distribution["region"] == build.store.region:
            settings = distribution.get("amiDistributionConfiguration", settings)
    return settings


def ami_targets(
    store: Store, distributions: Sequence[wire.DistributionUnionTypeDef]
) -> Iterator[AmiTarget]:
    """The places that get an AMI: in each Region, each target account."""
    for distribution in distributions:
        settings = distribution.get("amiDistributionConfiguration")
        if settings is None:
            continue
        for account in settings.get("targetAccountIds") or (store.account,):
            yield AmiTarget(Place(account, distribution["region"]), settings)


_BUILD_DATE = r"\{\{\s*imagebuilder:buildDate(?::([A-Za-z._-]+))?\s*\}\}"
_BUILD_VERSION = r"\{\{\s*imagebuilder:buildVersion\s*\}\}"
_DATE_PARTS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


def resolved_distribution(
    configuration: DistributionConfiguration, image: Image
) -> DistributionConfiguration:
    """The copy that an image keeps, with the names of its AMIs filled in."""
    return replace(
        configuration,
        distributions=[
            _with_name_filled(distribution, image) for distribution in configuration.distributions
        ],
    )


def _with_name_filled(
    distribution: wire.DistributionUnionTypeDef, image: Image
) -> wire.DistributionUnionTypeDef:
    settings = distribution.get("amiDistributionConfiguration")
    if not settings or "name" not in settings:
        return distribution
    named = {**settings, "name": filled(settings["name"], image)}
    return {**distribution, "amiDistributionConfiguration": named}  # type: ignore[misc,return-value] # either of two forms


def _default_name(image: Image) -> str:
    """The name without a template: its date is the beginning of the build, with microseconds."""
    began = next(
        (step.moment for step in image.transitions if step.status == "BUILDING"),
        image.date_created,
    )
    return f"{image.name} {began:%Y-%m-%dT%H-%M-%S.%f}Z"


def filled(template: str, image: Image) -> str:
    """The text with its placeholders filled for an image."""
    return filled_text(template, build_date=image.date_created, build_number=image.build_number)


def filled_text(template: str, *, build_date: datetime, build_number: int) -> str:
    """The text with its placeholders filled; ``:`` cannot stand in an AMI's name."""
    text = re.sub(_BUILD_VERSION, str(build_number), template)
    return re.sub(_BUILD_DATE, lambda found: build_date_text(build_date, found.group(1)), text)


def has_build_date(template: str) -> bool:
    """Whether the template has the date, so that its texts differ from build to build."""
    return re.search(_BUILD_DATE, template) is not None


def build_date_text(moment: datetime, form: str | None = None) -> str:
    """A date as in the names of real builds, ``2024-08-27T18-43-22.629Z``, or in a format."""
    if form is None:
        return f"{moment:%Y-%m-%dT%H-%M-%S}.{moment.microsecond // 1000:03}Z"
    parts = re.compile("|".join(_DATE_PARTS))
    return parts.sub(lambda found: moment.strftime(_DATE_PARTS[found.group()]), form)
