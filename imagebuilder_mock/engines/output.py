"""What a build makes: AMIs, in which Regions and accounts, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from imagebuilder_mock.domain.resources.images import Ami

from .machine_image_output import registered
from .output_placeholders import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


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
