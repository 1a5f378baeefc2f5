"""What a build makes: AMIs, in which Regions and accounts, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from imagebuilder_mock.domain.resources.image import Ami

from .machine_image_output import registered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.resources.image import Image
    from imagebuilder_mock.domain.store import Store
    from imagebuilder_mock.domain.world import World

# A date can have a format: {{imagebuilder:buildDate:yyyyMMHHss}} (user guide, workflow documents).
_BUILD_DATE = re.compile(r"\{\{\s*imagebuilder:buildDate(?::([A-Za-z._-]+))?\s*\}\}")
_BUILD_VERSION = re.compile(r"\{\{\s*imagebuilder:buildVersion\s*\}\}")
_DATE_PARTS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


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
    return registered(world, image, ami, target.settings)


def ami_name(template: str, *, build_date: datetime, build_number: int) -> str:
    """The name with its placeholders filled; ``:`` cannot stand in an AMI's name."""
    name = _BUILD_VERSION.sub(str(build_number), template)
    return _BUILD_DATE.sub(lambda found: build_date_text(build_date, found.group(1)), name)


def has_build_date(template: str) -> bool:
    """Whether the names made from it differ from build to build."""
    return _BUILD_DATE.search(template) is not None


def build_date_text(moment: datetime, form: str | None = None) -> str:
    """``2022-10-26T22-30-05.912619Z``, as AMI names of real builds have it, or in a format."""
    if form is None:
        return f"{moment:%Y-%m-%dT%H-%M-%S.%f}Z"
    parts = re.compile("|".join(_DATE_PARTS))
    return parts.sub(lambda found: moment.strftime(_DATE_PARTS[found.group()]), form)


def _name(image: Image, settings: Mapping[str, object] | None) -> str:
    template = _text(settings, "name") or f"{image.name} {{{{ imagebuilder:buildDate }}}}"
    began = next(
        (step.moment for step in image.transitions if step.status == "BUILDING"),
        image.date_created,
    )
    return ami_name(template, build_date=began, build_number=image.build_number)


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
