"""What components and workflows have in common: a document, and a new build for each change."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imagebuilder_mock.domain.records import Value

from .base import Resource

if TYPE_CHECKING:
    from collections.abc import Callable


class ParameterDetail(Value):
    """A parameter that a document declares, whose value a recipe or a build can give."""

    name: str
    type: str
    default_value: tuple[str, ...] | None = None
    """A string has one text; None if a value must be given."""
    description: str | None = None
    allowed_values: tuple[str, ...] | None = None
    """The service does not show them."""


class Document(Resource, kw_only=True):
    """One build of a version; its content never changes."""

    has_builds: ClassVar[bool] = True

    owner: str
    document: str | Callable[[], str]
    """The text, or a function that reads it: Amazon's own documents are read when they are used."""
    description: str | None = None
    change_description: str | None = None
    kms_key_id: str | None = None

    @property
    def text(self) -> str:
        """The document."""
        return self.document if isinstance(self.document, str) else self.document()

    def content(self) -> tuple[object, ...]:
        """Two builds of a version with equal content are the same build."""
        return self.text, self.description, self.kms_key_id
