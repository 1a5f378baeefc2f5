"""Components: versioned documents of build and test steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from imagebuilder_mock.domain.arn import Arn

from .base import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.states import ComponentType


@dataclass(frozen=True, slots=True)
class ComponentState:
    """ACTIVE, DEPRECATED or DISABLED."""

    status: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ComponentParameterDetail:
    """A parameter that the document declares."""

    name: str
    type: str
    default_value: tuple[str, ...] | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ProductCodeListItem:
    """What a product of AWS Marketplace is billed under."""

    product_code_id: str
    product_code_type: str = "marketplace"


@dataclass(slots=True, kw_only=True)
class Component(Resource):
    """One build of a component version; its content never changes."""

    kind: ClassVar[str] = "component"
    label: ClassVar[str] = "Component"
    quota: ClassVar[str | None] = "components"
    has_builds: ClassVar[bool] = True

    owner: str
    platform: str
    type: ComponentType
    document: str | Callable[[], str]
    """The text, or what reads it: Amazon's own documents are read when they are asked for."""
    description: str | None = None
    change_description: str | None = None
    supported_os_versions: Sequence[str] | None = None
    declared: (
        tuple[ComponentParameterDetail, ...]
        | Callable[[], tuple[ComponentParameterDetail, ...] | None]
        | None
    ) = None
    """The parameters, or what reads them."""
    kms_key_id: str | None = None
    state: ComponentState = ComponentState("ACTIVE")
    publisher: str | None = None
    product_codes: tuple[ProductCodeListItem, ...] | None = None
    obfuscate: bool | None = None
    encrypted: bool = True

    @property
    def version(self) -> str | None:
        return Arn.parse(self.arn).version

    @property
    def text(self) -> str:
        """The document."""
        return self.document if isinstance(self.document, str) else self.document()

    @property
    def data(self) -> str | None:
        """The document, which products of AWS Marketplace hide."""
        return None if self.obfuscate else self.text

    @property
    def parameters(self) -> tuple[ComponentParameterDetail, ...] | None:
        return self.declared() if callable(self.declared) else self.declared

    @property
    def is_selectable(self) -> bool:
        return self.state.status == "ACTIVE"

    @property
    def is_deprecated(self) -> bool:
        return self.state.status == "DEPRECATED"

    def content(self) -> Mapping[str, object]:
        """What makes two builds of a version the same."""
        return {
            "data": self.data,
            "platform": self.platform,
            "description": self.description,
            "supportedOsVersions": self.supported_os_versions,
            "kmsKeyId": self.kms_key_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentVersion:
    """All builds of a component's version, or all versions of its name, as a list shows them."""

    arn: str
    name: str
    version: str | None
    description: str | None
    platform: str
    supported_os_versions: Sequence[str] | None
    type: ComponentType
    owner: str
    date_created: datetime
    status: str
    product_codes: tuple[ProductCodeListItem, ...] | None

    @classmethod
    def of(cls, newest: Component, *, by_name: bool = False) -> ComponentVersion:
        arn = Arn.parse(newest.arn)
        return cls(
            arn=str(arn.at("x.x.x" if by_name else arn.version or "")),
            name=newest.name,
            version=newest.version,
            description=newest.description,
            platform=newest.platform,
            supported_os_versions=newest.supported_os_versions,
            type=newest.type,
            owner=newest.owner,
            date_created=newest.date_created,
            status=newest.state.status,
            product_codes=newest.product_codes,
        )
