"""What Amazon offers: the catalogue's records, as the resources of a Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn, slugify

from .records import managed_components, managed_images, managed_workflows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.resources.base import Resource

    from .records import ManagedComponent, ManagedImage, ManagedWorkflow


def offered(name: str) -> tuple[str, str, str] | None:
    """Account, kind and slug of what Amazon offers under a name; None if it offers nothing."""
    slug = slugify(name)
    found = (each for each in _everything() if each.slug == slug)
    return next(((each.account, each.kind, slug) for each in found), None)


def offered_names() -> list[str]:
    """Everything that Amazon offers, by name."""
    return [each.name for each in _everything()]


def offer(partition: str, region: str, account: str, slug: str | None) -> Iterator[Resource]:
    """What Amazon offers under one of its accounts in a Region: everything, or one name."""
    for each in _everything():
        if each.account == account and slug in (None, each.slug):
            base = Arn(partition, region, account, each.kind, each.slug)
            for version, created in each.versions:
                yield each.as_resource(base.at(version, 1), created)


def _everything() -> Iterator[ManagedImage | ManagedComponent | ManagedWorkflow]:
    yield from managed_images()
    yield from managed_components()
    yield from managed_workflows()
