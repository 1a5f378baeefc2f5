"""Workflows: versioned documents of the steps that build, test or distribute an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.records import Value

from .base import ResourceVersion
from .documents import Document

if TYPE_CHECKING:
    from imagebuilder_mock.domain.states import WorkflowType

    from .documents import ParameterDetail


def workflow_kind(workflow_type: WorkflowType) -> str:
    """The resource type in the ARN, with the stage in lower case: ``workflow/build``."""
    return f"{Workflow.kind}/{workflow_type.lower()}"


class WorkflowState(Value):
    """The model has only DEPRECATED; a workflow that is not deprecated has no state."""

    status: str
    reason: str | None = None


class Workflow(Document, kw_only=True):
    """One build of a workflow version."""

    kind: ClassVar[str] = "workflow"
    quota: ClassVar[str | None] = "workflows"

    type: WorkflowType
    parameters: tuple[ParameterDetail, ...] | None = None
    state: WorkflowState | None = None

    @property
    def data(self) -> str:
        return self.text

    @property
    def listed_under(self) -> str | None:
        """The ARN of the name: a list can show the builds of several of its versions."""
        return str(Arn.parse(self.arn).of_name())


class WorkflowVersion(ResourceVersion, kw_only=True):
    """A version of a workflow, or its name, as ListWorkflows shows it."""

    description: str | None
