"""Workflows: versioned documents of the steps that build, test or distribute an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from imagebuilder_mock.domain.arn import Arn

from .base import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from imagebuilder_mock.domain.states import WorkflowType


def workflow_kind(workflow_type: WorkflowType) -> str:
    """The resource type in the ARN: the stage is a node of it, in lower case."""
    return f"{Workflow.kind}/{workflow_type.lower()}"


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """The model knows DEPRECATED alone; a workflow in use has no state."""

    status: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WorkflowParameterDetail:
    """A parameter that the document declares."""

    name: str
    type: str
    default_value: tuple[str, ...] | None = None
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Workflow(Resource):
    """One build of a workflow version; its content never changes."""

    kind: ClassVar[str] = "workflow"
    label: ClassVar[str] = "Workflow"
    quota: ClassVar[str | None] = "workflows"
    has_builds: ClassVar[bool] = True

    owner: str
    type: WorkflowType
    document: str | Callable[[], str]
    """The text, or what reads it: Amazon's own documents are read when they are asked for."""
    description: str | None = None
    change_description: str | None = None
    kms_key_id: str | None = None
    parameters: tuple[WorkflowParameterDetail, ...] | None = None
    state: WorkflowState | None = None

    @property
    def version(self) -> str | None:
        return Arn.parse(self.arn).version

    @property
    def data(self) -> str:
        return self.document if isinstance(self.document, str) else self.document()

    @property
    def listed_under(self) -> str | None:
        """A list can ask for the builds of several versions of the name."""
        return name_arn(Arn.parse(self.arn))

    def content(self) -> Mapping[str, object]:
        """What makes two builds of a version the same."""
        return {
            "data": self.data,
            "description": self.description,
            "kmsKeyId": self.kms_key_id,
        }


def name_arn(arn: Arn) -> str:
    """The ARN of a workflow's name, without version."""
    return f"arn:{arn.partition}:imagebuilder:{arn.region}:{arn.account}:{arn.kind}/{arn.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowVersion:
    """All builds of a workflow's version, or all versions of its name, as a list shows them."""

    arn: str
    name: str
    version: str | None
    description: str | None
    type: WorkflowType
    owner: str
    date_created: datetime

    @classmethod
    def of(cls, newest: Workflow, *, by_name: bool = False) -> WorkflowVersion:
        arn = Arn.parse(newest.arn)
        return cls(
            arn=str(arn.at("x.x.x" if by_name else arn.version or "")),
            name=newest.name,
            version=newest.version,
            description=newest.description,
            type=newest.type,
            owner=newest.owner,
            date_created=newest.date_created,
        )
