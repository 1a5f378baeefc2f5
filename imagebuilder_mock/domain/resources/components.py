"""Components: versioned documents of build and test steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imagebuilder_mock.domain.records import Value

from .base import ResourceVersion
from .documents import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imagebuilder_mock.domain.states import ComponentType

    from .documents import ParameterDetail


class ComponentState(Value):
    """ACTIVE, DEPRECATED or DISABLED."""

    status: str
    reason: str | None = None


class ProductCodeListItem(Value):
    """The code under which a product of AWS Marketplace is billed."""

    product_code_id: str
    product_code_type: str = "marketplace"


ACTIVE = ComponentState("ACTIVE")


class Component(Document, kw_only=True):
    """One build of a component version."""

    kind: ClassVar[str] = "component"
    quota: ClassVar[str | None] = "components"

    platform: str
    type: ComponentType
    supported_os_versions: Sequence[str] | None = None
    declared: (
        tuple[ParameterDetail, ...] | Callable[[], tuple[ParameterDetail, ...] | None] | None
    ) = None
    """The parameters, or a function that reads them from the document."""
    state: ComponentState = ACTIVE
    publisher: str | None = None
    product_codes: tuple[ProductCodeListItem, ...] | None = None
    obfuscate: bool | None = None
    encrypted: bool = True

    @property
    def data(self) -> str | None:
        """The document; None for a product of AWS Marketplace, which hides it."""
        return None if self.obfuscate else self.text

    @property
    def parameters(self) -> tuple[ParameterDetail, ...] | None:
        return self.declared() if callable(self.declared) else self.declared

    @property
    def status(self) -> str:
        return self.state.status

    @property
    def is_selectable(self) -> bool:
        return self.status == "ACTIVE"

    @property
    def is_deprecated(self) -> bool:
        return self.status == "DEPRECATED"

    def content(self) -> tuple[object, ...]:
        return *Document.content(self), self.platform, self.supported_os_versions


class ComponentVersion(ResourceVersion, kw_only=True):
    """A version of a component, or its name, as ListComponents shows it."""

    description: str | None
    platform: str
    supported_os_versions: Sequence[str] | None
    status: str
    product_codes: tuple[ProductCodeListItem, ...] | None
