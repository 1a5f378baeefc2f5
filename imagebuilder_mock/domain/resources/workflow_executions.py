"""Workflow executions: one run of a workflow for an image, and its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from imagebuilder_mock.domain.records import Record, Value, fresh

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


class WorkflowStepExecution(Record, kw_only=True):
    """One step, whether it has begun or not; ``inputs`` and ``outputs`` are JSON."""

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
        """Whether the run has reached it, even if it was skipped or has to wait."""
        return self.start_time is not None

    @property
    def is_open(self) -> bool:
        return self.has_begun and self.status in ("PENDING", "RUNNING")

    @property
    def is_waiting(self) -> bool:
        """Whether it goes on only when somebody answers it (SendWorkflowStepAction)."""
        return self.status == "RUNNING" and self.action == WAIT_FOR_ACTION


class WorkflowExecution(Record, kw_only=True):
    """One run of a workflow; ``total_step_count`` is known before any step runs."""

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
    steps: list[WorkflowStepExecution] = fresh(factory=list)
    """All steps of the document, also those that have not begun."""
    transition: int = 0
    """The index of the image's transition to the stage in which it runs."""
    continues_on_failure: bool = False
    parameters: dict[str, object] = fresh(factory=dict)
    step_outputs: dict[str, dict[str, object]] = fresh(factory=dict)
    """The outputs of the steps that have ended, by the steps' names, for those that come after."""
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


class ImageFailureContext(Value):
    """Where a build went wrong; every member may be absent (user guide, image-failure-context)."""

    image_status: ImageStatus
    workflow_execution_id: str | None = None
    workflow_arn: str | None = None
    step_execution_id: str | None = None
    failed_step: str | None = None
    component_failure: wire.ComponentFailureContextTypeDef | None = None
    distribution_failure: wire.DistributionFailureContextTypeDef | None = None
