"""What Amazon, and others through it, offer to every account: images, components and workflows.

The names are those of the user guide (pages ib-stig, mgdcomponent-distributor-win,
create-image-recipes), of the AWS CDK library aws-imagebuilder-alpha and of public recipes. The
versions, dates and documents in ``data/`` are samples in the form of AWS's own.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from imagebuilder_mock.domain.arn import OWNERS, Arn, slugify
from imagebuilder_mock.domain.records import Record
from imagebuilder_mock.domain.resources.components import Component, ProductCodeListItem
from imagebuilder_mock.domain.resources.images import Ami, Image, ImageState, OutputResources
from imagebuilder_mock.domain.resources.workflows import Workflow, workflow_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.resources.documents import ParameterDetail
    from imagebuilder_mock.domain.states import ComponentType, Platform, WorkflowType


class Managed(Record, kw_only=True):
    """A name under which something is published, with the versions of it."""

    account: str
    name: str
    type: str
    versions: tuple[tuple[str, datetime], ...]
    """Each version and when it was made; the oldest first. An image's is its release day."""

    @property
    def slug(self) -> str:
        return slugify(self.name)

    @property
    def owner(self) -> str:
        return OWNERS[self.account]


class ManagedImage(Managed, kw_only=True):
    """A base image."""

    platform: Platform
    os_version: str

    @property
    def kind(self) -> str:
        return Image.kind

    @property
    def architecture(self) -> str:
        """As EC2 calls it; the name tells."""
        processor = "arm64" if "arm64" in self.slug.split("-") else "x86_64"
        return f"{processor}_mac" if self.platform == "macOS" else processor

    def as_resource(self, arn: Arn, created: datetime) -> Image:
        """One of the versions, in a Region."""
        return Image(
            arn=str(arn),
            name=self.name,
            date_created=created,
            owner=self.owner,
            type=self.type,
            platform=self.platform,
            os_version=self.os_version,
            state=ImageState("AVAILABLE"),
            enhanced_image_metadata_enabled=True,
            output_resources=published_output(self.type, arn),
            architecture=self.architecture,
        )


class ManagedComponent(Managed, kw_only=True):
    """A ready-made component; its document is read when it is asked for."""

    type: ComponentType
    platform: Platform
    description: str
    supported_os_versions: tuple[str, ...]
    """What the base image's ``os_version`` may begin with; nothing is excluded if empty."""
    product_code: str | None = None
    """What a product of AWS Marketplace is billed under."""
    publisher: str | None = None

    @property
    def kind(self) -> str:
        return Component.kind

    def document(self) -> str:
        """The YAML text that GetComponent returns as ``data``, the same for every version."""
        return component_documents()[self.slug]

    def declared(self) -> tuple[ParameterDetail, ...] | None:
        """The parameters of the document."""
        return _declared(self.slug)

    def as_resource(self, arn: Arn, created: datetime) -> Component:
        """One of the versions, in a Region."""
        code = self.product_code
        return Component(
            arn=str(arn),
            name=self.name,
            date_created=created,
            owner=self.owner,
            platform=self.platform,
            type=self.type,
            description=self.description,
            supported_os_versions=self.supported_os_versions or None,
            document=self.document,
            declared=self.declared,
            product_codes=None if code is None else (ProductCodeListItem(code),),
            publisher=self.publisher,
            obfuscate=True if code else None,
        )


class ManagedWorkflow(Managed, kw_only=True):
    """A ready-made workflow; its document is read when it is asked for."""

    type: WorkflowType
    description: str

    @property
    def kind(self) -> str:
        return workflow_kind(self.type)

    def document(self) -> str:
        """The YAML text that GetWorkflow returns as ``data``, the same for every version."""
        return _workflow_document(self.type, self.slug)

    def as_resource(self, arn: Arn, created: datetime) -> Workflow:
        """One of the versions, in a Region."""
        return Workflow(
            arn=str(arn),
            name=self.name,
            date_created=created,
            owner=self.owner,
            type=self.type,
            description=self.description,
            document=self.document,
        )


def published_output(image_type: str, arn: Arn) -> OutputResources | None:
    """The AMI of an image in a Region; its id is a sample, and it has nothing behind it.

    Seen: terraform-provider-aws, image_data_source_test.go; aws-parallelcluster reads it.
    """
    if image_type != "AMI":
        return None
    digest = blake2b(str(arn).encode(), digest_size=8).hexdigest()
    return OutputResources(amis=(Ami(region=arn.region, image=f"ami-0{digest}"),))


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


@cache
def managed_images() -> tuple[ManagedImage, ...]:
    """Every managed image, in the order of the data file."""
    return _read(ManagedImage, "images")


@cache
def managed_components() -> tuple[ManagedComponent, ...]:
    """Every managed component, in the order of the data file."""
    return _read(ManagedComponent, "components")


@cache
def managed_workflows() -> tuple[ManagedWorkflow, ...]:
    """Every managed workflow, in the order of the data file."""
    return _read(ManagedWorkflow, "workflows")


@cache
def component_documents() -> dict[str, str]:
    """The YAML text of each managed component by its slug, which is the name on its first line."""
    _, *documents = text_of("components.yml").split("---\n")
    return {text.partition("\n")[0].removeprefix("name: "): text for text in documents}


def text_of(path: str) -> str:
    """A file of ``data/``."""
    return files("imagebuilder_mock.catalogue").joinpath(f"data/{path}").read_text(encoding="utf-8")


def moment_of(text: str) -> datetime:
    """Read the service's form of dates: before 3.11, fromisoformat() does not know its Z."""
    return datetime.fromisoformat(f"{text[:-1]}+00:00")


M = TypeVar("M", bound=Managed)


def _read(cls: type[M], of: str) -> tuple[M, ...]:
    found = []
    for record in _records()[of]:
        dated = tuple((number, moment_of(made)) for number, made in record["versions"])
        lists = {name: tuple(each) for name, each in record.items() if isinstance(each, list)}
        found.append(cls(**{**record, **lists, "versions": dated}))
    return tuple(found)


@cache
def _records() -> dict[str, list[dict[str, Any]]]:
    records: dict[str, list[dict[str, Any]]] = json.loads(text_of("catalogue.json"))
    return records


@cache
def _workflow_document(workflow_type: str, slug: str) -> str:
    return text_of(f"workflows/{workflow_type.lower()}/{slug}.yml")


@cache
def _declared(slug: str) -> tuple[ParameterDetail, ...] | None:
    # YAML is loaded with the first document that somebody asks for.
    from imagebuilder_mock.domain.documents.components.document import parse_component_document  # noqa: PLC0415

    return parse_component_document(component_documents()[slug]).parameters or None
