"""Amazon-managed images and components: the catalogue's records as resources of a Region."""

from __future__ import annotations

from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

from .catalogue import managed_components, managed_images
from .resources.component import Component, ProductCodeListItem, parameter_details
from .resources.image import Image, ImageState
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .catalogue import ManagedComponent
    from .resources.base import Resource
    from .resources.component import ComponentParameterDetail

OWNERS: Mapping[str, str] = {
    "aws": "Amazon",
    "third-party": "ThirdParty",
    "aws-marketplace": "AWSMarketplace",
}
"""The account part of a managed ARN, and the ``owner`` that the resource shows."""


@lru_cache(maxsize=256)
def managed_store(partition: str, region: str, account: str) -> Store:
    """What Amazon offers in a Region. All worlds share it: nobody can change what is in it."""
    store = Store(partition, region, account)
    for resource in _stock(store):
        store.add(resource)
    return store


def _stock(store: Store) -> Iterator[Resource]:
    owner = OWNERS[store.account]
    for image in managed_images():
        if image.account != store.account:
            continue
        base = store.arn_for(Image.kind, image.name)
        for version, created in image.versions:
            yield Image(
                arn=str(base.at(version, 1)),
                name=image.name,
                date_created=created,
                owner=owner,
                type=image.type,
                platform=image.platform,
                os_version=image.os_version,
                state=ImageState("AVAILABLE"),
                enhanced_image_metadata_enabled=True,
            )
    for component in managed_components():
        if component.account != store.account:
            continue
        base = store.arn_for(Component.kind, component.name)
        for version, created in component.versions:
            yield Component(
                arn=str(base.at(version, 1)),
                name=component.name,
                date_created=created,
                owner=owner,
                platform=component.platform,
                type=component.type,
                description=component.description,
                supported_os_versions=component.supported_os_versions or None,
                document=component.document,
                declared=partial(_declared, component),
                product_codes=_product_codes(component),
                publisher=component.publisher,
                obfuscate=True if component.product_code else None,
            )


@cache
def _declared(component: ManagedComponent) -> tuple[ComponentParameterDetail, ...] | None:
    # YAML is loaded with the first document that somebody asks for.
    from .documents.component_document import parse_component_document  # noqa: PLC0415

    return parameter_details(parse_component_document(component.document()))


def _product_codes(component: ManagedComponent) -> tuple[ProductCodeListItem, ...] | None:
    code = component.product_code
    return None if code is None else (ProductCodeListItem(code),)
