"""What Amazon offers: the catalogue's records, as the resources of a Region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

from imagebuilder_mock.domain.arn import Arn, slugify
from imagebuilder_mock.domain.resources.components import Component, ProductCodeListItem
from imagebuilder_mock.domain.resources.images import Image, ImageState
from imagebuilder_mock.domain.resources.workflows import Workflow, workflow_kind

from .records import managed_components, managed_images, managed_workflows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.resources.documents import ParameterDetail
    from imagebuilder_mock.domain.resources.images import OutputResources

    from .records import ManagedComponent


OWNERS: Mapping[str, str] = {
    "aws": "Amazon",
    "third-party": "ThirdParty",
    "aws-marketplace": "AWSMarketplace",
}
"""The account part of a managed ARN, and the ``owner`` that the resource shows."""


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
def _declared(component: ManagedComponent) -> tuple[ParameterDetail, ...] | None:
    # YAML is loaded with the first document that somebody asks for.
    from imagebuilder_mock.domain.documents.components.document import parse_component_document  # noqa: PLC0415

    return parse_component_document(component.document()).parameter_details


def _product_codes(component: ManagedComponent) -> tuple[ProductCodeListItem, ...] | None:
    code = component.product_code
    return None if code is None else (ProductCodeListItem(code),)
