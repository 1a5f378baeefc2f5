"""Workflow executions: a workflow that runs, or ran, for an image, and each of its steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.states import ImageStatus, WorkflowType


WorkflowExecutionStatus = Literal[
    "PENDING",
    "SKIPPED",
    "RUNNING",
    "COMPLETED",
    "FAILED",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_COMPLETED",
    "CANCELLED",
]
StepStatus = Literal["PENDING", "SKIPPED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"]
RollbackStatus = Literal["RUNNING", "COMPLETED", "SKIPPED", "FAILED"]

ENDED: frozenset[WorkflowExecutionStatus] = frozenset(
    ("SKIPPED", "COMPLETED", "FAILED", "ROLLBACK_COMPLETED", "CANCELLED")
)
"""API reference, GetWorkflowExecution."""
_UNSUCCESSFUL: frozenset[WorkflowExecutionStatus] = frozenset(("FAILED", "ROLLBACK_COMPLETED"))

WAIT_FOR_ACTION = "WaitForAction"


@dataclass(slots=True, kw_only=True, eq=False)
class WorkflowStepExecution:
    """One step, begun or still to come; ``inputs`` and ``outputs`` are JSON."""

    label: ClassVar[str] = "WorkflowStepExecution"

    step_execution_id: str
    image_build_version_arn: str
    workflow_execution_id: str
    workflow_build_version_arn: str
    name: str
    action: str
    description: str | None = None
    status: StepStatus = "RUNNING"
    rollback_status: RollbackStatus | None = None
    message: str | None = None
    inputs: str | None = None
    outputs: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    on_failure: str = "Abort"
    timeout_seconds: int
    attempt_number: int = 1
    max_attempts: int = 1
    due: datetime | None = None
    """When it goes on by itself, in mock time."""
    ticket: int | None = None
    """The scheduler's entry for that."""
    sequence: int = 0

    @property
    def has_begun(self) -> bool:
        """Whether it was reached, if only to wait for its turn to come or to be skipped."""
        return self.start_time is not None

    @property
    def is_open(self) -> bool:
        return self.has_begun and self.status in ("PENDING", "RUNNING")

    @property
    def is_waiting(self) -> bool:
        """Whether it goes on only when somebody says so."""
        return self.status == "RUNNING" and self.action == WAIT_FOR_ACTION


@dataclass(slots=True, kw_only=True, eq=False)
class WorkflowExecution:
    """One run of a workflow; ``total_step_count`` is known before any step runs."""

    label: ClassVar[str] = "WorkflowExecution"

    workflow_execution_id: str
    image_build_version_arn: str
    workflow_build_version_arn: str
    type: WorkflowType
    status: WorkflowExecutionStatus = "RUNNING"
    message: str | None = None
    total_step_count: int
    start_time: datetime
    end_time: datetime | None = None
    parallel_group: str | None = None
    retried: bool = False
    steps: list[WorkflowStepExecution] = field(default_factory=list)
    """All of the document, from the start on."""
    transition: int = 0
    """Which of the image's transitions led to the stage that it runs in."""
    continues_on_failure: bool = False
    parameters: dict[str, object] = field(default_factory=dict)
    step_outputs: dict[str, dict[str, object]] = field(default_factory=dict)
    """What the steps that ended gave, by their names, for those that come after."""
    failure_context: ImageFailureContext | None = None
    """Where it failed, as the image will show it."""
    due: datetime | None = None
    """When its rollback ends, in mock time."""
    ticket: int | None = None
    sequence: int = 0

    @property
    def total_steps_succeeded(self) -> int:
        return self._count("COMPLETED")

    @property
    def total_steps_failed(self) -> int:
        return self._count("FAILED")

    @property
    def total_steps_skipped(self) -> int:
        return self._count("SKIPPED")

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def has_failed(self) -> bool:
        return self.status in _UNSUCCESSFUL

    @property
    def open_step(self) -> WorkflowStepExecution | None:
        """The step that runs now: steps run one after another."""
        return next((step for step in self.steps if step.is_open), None)

    @property
    def begun_steps(self) -> list[WorkflowStepExecution]:
        return [step for step in self.steps if step.has_begun]

    def _count(self, status: StepStatus) -> int:
        return sum(step.status == status for step in self.steps)


class ImageFailureContext(NamedTuple):
    """Where a build went wrong; every member may be absent (user guide, image-failure-context)."""

    image_status: ImageStatus
    workflow_execution_id: str | None = None
    workflow_arn: str | None = None
    step_execution_id: str | None = None
    failed_step: str | None = None
    component_failure: wire.ComponentFailureContextTypeDef | None = None
    distribution_failure: wire.DistributionFailureContextTypeDef | None = None
