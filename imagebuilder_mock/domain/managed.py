"""Amazon-managed resources: the catalogue's records, as they are in a Region."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from .arn import Arn, slugify
from .catalogue import managed_components, managed_images, managed_workflows
from .resources.component import Component, ProductCodeListItem
from .resources.image import Image, ImageState
from .resources.workflow import Workflow, workflow_kind
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from .catalogue import ManagedComponent
    from .resources.base import Resource
    from .resources.component import ComponentParameterDetail
    from .resources.image import OutputResources

OWNERS: Mapping[str, str] = {
    "aws": "Amazon",
    "third-party": "ThirdParty",
    "aws-marketplace": "AWSMarketplace",
}
"""The account part of a managed ARN, and the ``owner`` that the resource shows."""

_IMAGES_BY_AMI: WeakKeyDictionary[Store, Mapping[str, Image]] = WeakKeyDictionary()
"""For each complete offer, so that a recipe on an AMI does not search it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A version that a test lets Amazon publish, of a name that it offers."""

    account: str
    kind: str
    """As in the ARN: ``workflow/build`` for a build workflow."""
    slug: str
    version: str
    created: datetime


@dataclass(frozen=True, slots=True)
class PublishedAmi:
    """The AMI of a managed image in a Region; its id is a sample, and it has nothing behind it."""

    region: str
    image: str


@dataclass(frozen=True, slots=True)
class PublishedResources:
    """What GetImage shows as the output of a managed image, which nobody here has built."""

    amis: tuple[PublishedAmi, ...]
    containers: None = None


@lru_cache(maxsize=256)
def managed_store(partition: str, region: str, account: str) -> Store:
    """What Amazon offers in a Region. All worlds share it: nobody can change what is in it."""
    store = Store(partition, region, account)
    for resource in offer(partition, region, account):
        store.add(resource)
    return store


def store_with(store: Store, publications: Iterable[Publication]) -> Store:
    """The same offer with what was published since."""
    extended = Store(store.partition, store.region, store.account)
    for resource in store:
        extended.add(replace(resource))
    for publication in publications:
        if publication.account == store.account:
            extended.add(_published(extended, publication))
    return extended


def image_published_as(store: Store, ami_id: str) -> Image | None:
    """The managed image whose AMI in the store's Region this is."""
    images = _IMAGES_BY_AMI.get(store)
    if images is None:
        images = _IMAGES_BY_AMI[store] = {
            ami.image: image
            for image in store.order(Image.kind)
            if isinstance(image, Image) and image.output_resources
            for ami in image.output_resources.amis or ()
        }
    return images.get(ami_id)


def offered(name: str) -> tuple[str, str, str] | None:
    """Account, kind and slug of what Amazon offers under a name; None if it offers nothing."""
    slug = slugify(name)
    for image in managed_images():
        if image.slug == slug:
            return image.account, Image.kind, slug
    for component in managed_components():
        if component.slug == slug:
            return component.account, Component.kind, slug
    for workflow in managed_workflows():
        if slugify(workflow.name) == slug:
            return workflow.account, workflow_kind(workflow.type), slug
    return None


def offered_names() -> list[str]:
    """Everything that Amazon offers, by name."""
    return [
        *(image.name for image in managed_images()),
        *(component.name for component in managed_components()),
        *(workflow.name for workflow in managed_workflows()),
    ]


def _published(store: Store, publication: Publication) -> Resource:
    """The newest version of the name, as another version."""
    base = Arn(
        store.partition, store.region, publication.account, publication.kind, publication.slug
    )
    newest = next(store.family(base.kind, base.slug).newest_first())
    arn = base.at(publication.version, 1)
    if isinstance(newest, Image):
        newest = replace(newest, output_resources=published_output(newest.type, arn))
    return replace(newest, arn=str(arn), date_created=publication.created)


def published_output(image_type: str, arn: Arn) -> OutputResources | None:
    """Seen: terraform-provider-aws, image_data_source_test.go; aws-parallelcluster reads it."""
    if image_type != "AMI":
        return None
    digest = blake2b(str(arn).encode(), digest_size=8).hexdigest()
    published = PublishedResources((PublishedAmi(arn.region, f"ami-0{digest}"),))
    # Who distributes, shares or deletes outputs does it to those of builds only.
    return cast("OutputResources", published)


def offer(partition: str, region: str, account: str) -> Iterator[Resource]:
    """All that Amazon offers under one of its accounts, as it is in a Region."""
    owner = OWNERS[account]
    arn_of = partial(_arn_of, partition, region, account)
    for image in managed_images():
        if image.account != account:
            continue
        base = arn_of(Image.kind, image.name)
        for version, created in image.versions:
            arn = base.at(version, 1)
            yield Image(
                arn=str(arn),
                name=image.name,
                date_created=created,
                owner=owner,
                type=image.type,
                platform=image.platform,
                os_version=image.os_version,
                state=ImageState("AVAILABLE"),
                enhanced_image_metadata_enabled=True,
                output_resources=published_output(image.type, arn),
                architecture=image.architecture,
            )
    for component in managed_components():
        if component.account != account:
            continue
        base = arn_of(Component.kind, component.name)
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
    for workflow in managed_workflows():
        if workflow.account != account:
            continue
        base = arn_of(workflow_kind(workflow.type), workflow.name)
        for version, created in workflow.versions:
            yield Workflow(
                arn=str(base.at(version, 1)),
                name=workflow.name,
                date_created=created,
                owner=owner,
                type=workflow.type,
                description=workflow.description,
                document=workflow.document,
            )


def _arn_of(partition: str, region: str, account: str, kind: str, name: str) -> Arn:
    return Arn(partition, region, account, kind, slugify(name))


@cache
def _declared(component: ManagedComponent) -> tuple[ComponentParameterDetail, ...] | None:
    # YAML is loaded with the first document that somebody asks for.
    from .documents.component_document import parse_component_document  # noqa: PLC0415

    return parse_component_document(component.document()).parameter_details


def _product_codes(component: ManagedComponent) -> tuple[ProductCodeListItem, ...] | None:
    code = component.product_code
    return None if code is None else (ProductCodeListItem(code),)
