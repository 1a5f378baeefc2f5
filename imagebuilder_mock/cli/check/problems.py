"""What ``check`` reports of a document."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from typing import TypeAlias

DocumentKind = Literal["component", "workflow", "dockerfile", "lifecycle-policy"]
KINDS: tuple[DocumentKind, ...] = get_args(DocumentKind)
TEMPLATE: Final = "template"
"""A CloudFormation template, which holds documents of any kind."""
Content: TypeAlias = "DocumentKind | Literal['template']"
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentProblem:
    """One thing that is wrong with a document, and where that stands; lines count from one."""

    line: int
    column: int
    message: str
    kind: Content
    """``template`` for a CloudFormation template that cannot be read."""
    path: tuple[str | int, ...] = ()
    """The members and indexes that lead to it, from the document's top."""
    resource: str | None = None
    """The logical id of the resource, for a document within a CloudFormation template."""
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"

    def as_json(self) -> dict[str, object]:
        """The members, for ``--format json``."""
        return {**asdict(self), "path": list(self.path)}


class Note(NamedTuple):
    """A document that was passed over, and why."""

    line: int
    column: int
    message: str


class Findings(NamedTuple):
    """All that is reported of a text."""

    problems: tuple[DocumentProblem, ...]
    notes: tuple[Note, ...] = ()
