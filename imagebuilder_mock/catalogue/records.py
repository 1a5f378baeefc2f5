"""What Amazon, and others through it, offer to every account: images, components and workflows.

The names are those of the user guide (pages ib-stig, mgdcomponent-distributor-win,
create-image-recipes), of the AWS CDK library aws-imagebuilder-alpha and of public recipes. The
versions, dates and documents in ``data/`` are samples in the form of AWS's own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, TypedDict

from imagebuilder_mock.domain.arn import slugify

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder.literals import (
        ComponentTypeType,
        ImageTypeType,
        OwnershipType,
        PlatformType,
        WorkflowTypeType,
    )

_OWNERS: Final[dict[str, OwnershipType]] = {
    "aws": "Amazon",
    "aws-marketplace": "AWSMarketplace",
    "third-party": "ThirdParty",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedImage:
    """A name under which base images are published, with the dated versions of it."""

    account: str
    name: str
    type: ImageTypeType
    platform: PlatformType
    os_version: str
    versions: tuple[tuple[str, datetime], ...]
    """Each version, written as its release day, and when it was made; the oldest first."""

    @property
    def slug(self) -> str:
        return slugify(self.name)

    @property
    def owner(self) -> OwnershipType:
        return _OWNERS[self.account]

    @property
    def architecture(self) -> str:
        """As EC2 calls it; the name tells."""
        processor = "arm64" if "arm64" in self.slug.split("-") else "x86_64"
        return f"{processor}_mac" if self.platform == "macOS" else processor


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedComponent:
    """A ready-made component; its document is read when it is asked for."""

    account: str
    name: str
    platform: PlatformType
    type: ComponentTypeType
    description: str
    supported_os_versions: tuple[str, ...]
    """What the base image's ``os_version`` may begin with; nothing is excluded if empty."""
    versions: tuple[tuple[str, datetime], ...]
    """Each version and when it was made; the oldest first."""
    product_code: str | None = None
    """What a product of AWS Marketplace is billed under."""
    publisher: str | None = None

    @property
    def slug(self) -> str:
        return slugify(self.name)

    @property
    def owner(self) -> OwnershipType:
        return _OWNERS[self.account]

    def document(self) -> str:
        """The YAML text that GetComponent returns as ``data``, the same for every version."""
        return component_documents()[self.slug]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedWorkflow:
    """A ready-made workflow; its document is read when it is asked for."""

    account: str
    name: str
    type: WorkflowTypeType
    description: str
    versions: tuple[tuple[str, datetime], ...]
    """Each version and when it was made; the oldest first."""

    def document(self) -> str:
        """The YAML text that GetWorkflow returns as ``data``, the same for every version."""
        return _workflow_document(self.type, slugify(self.name))


@cache
def managed_images() -> tuple[ManagedImage, ...]:
    """Every managed image, in the order of the data file."""
    return tuple(
        ManagedImage(
            account=record["account"],
            name=record["name"],
            type=record["type"],
            platform=record["platform"],
            os_version=record["os_version"],
            versions=_dated(record["versions"]),
        )
        for record in _records()["images"]
    )


@cache
def managed_components() -> tuple[ManagedComponent, ...]:
    """Every managed component, in the order of the data file."""
    return tuple(
        ManagedComponent(
            account=record["account"],
            name=record["name"],
            platform=record["platform"],
            type=record["type"],
            description=record["description"],
            supported_os_versions=tuple(record["supported_os_versions"]),
            versions=_dated(record["versions"]),
            product_code=record.get("product_code"),
            publisher=record.get("publisher"),
        )
        for record in _records()["components"]
    )


@cache
def managed_workflows() -> tuple[ManagedWorkflow, ...]:
    """Every managed workflow, in the order of the data file."""
    return tuple(
        ManagedWorkflow(
            account=record["account"],
            name=record["name"],
            type=record["type"],
            description=record["description"],
            versions=_dated(record["versions"]),
        )
        for record in _records()["workflows"]
    )


class _ImageRecord(TypedDict):
    account: str
    name: str
    type: ImageTypeType
    platform: PlatformType
    os_version: str
    versions: list[tuple[str, str]]


class _EveryComponentRecord(TypedDict):
    account: str
    name: str
    platform: PlatformType
    type: ComponentTypeType
    description: str
    supported_os_versions: list[str]
    versions: list[tuple[str, str]]


class _WorkflowRecord(TypedDict):
    account: str
    name: str
    type: WorkflowTypeType
    description: str
    versions: list[tuple[str, str]]


class _ComponentRecord(_EveryComponentRecord, total=False):
    product_code: str
    publisher: str


class _Records(TypedDict):
    images: list[_ImageRecord]
    components: list[_ComponentRecord]
    workflows: list[_WorkflowRecord]


@cache
def _records() -> _Records:
    records: _Records = json.loads(_text("catalogue.json"))
    return records


@cache
def component_documents() -> dict[str, str]:
    """The YAML text of each managed component by its slug, which is the name on its first line."""
    _, *documents = _text("components.yml").split("---\n")
    return {text.partition("\n")[0].removeprefix("name: "): text for text in documents}


@cache
def _workflow_document(workflow_type: str, slug: str) -> str:
    return _text(f"workflows/{workflow_type.lower()}/{slug}.yml")


def _text(path: str) -> str:
    return files("imagebuilder_mock.catalogue").joinpath(f"data/{path}").read_text(encoding="utf-8")


def _dated(versions: list[tuple[str, str]]) -> tuple[tuple[str, datetime], ...]:
    # Before 3.11, fromisoformat() does not know the Z of the service's dates.
    return tuple(
        (number, datetime.fromisoformat(f"{made[:-1]}+00:00")) for number, made in versions
    )
