"""Lifecycle policies, and lifecycle executions: runs of a policy and updates by hand."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Literal

from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.records import Record, Value, fresh

from .base import Resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire


LifecycleExecutionStatus = Literal[
    "IN_PROGRESS", "CANCELLED", "CANCELLING", "FAILED", "SUCCESS", "PENDING"
]
LifecycleActionName = Literal["AVAILABLE", "DELETE", "DEPRECATE", "DISABLE"]

ENDED: frozenset[LifecycleExecutionStatus] = frozenset(("CANCELLED", "FAILED", "SUCCESS"))


class LifecycleExecutionState(Value):
    status: LifecycleExecutionStatus
    reason: str | None = None


class LifecycleExecutionResourceState(Value):
    status: Literal["FAILED", "IN_PROGRESS", "SKIPPED", "SUCCESS"]
    reason: str | None = None


IN_PROGRESS = LifecycleExecutionResourceState("IN_PROGRESS")
SUCCESS = LifecycleExecutionResourceState("SUCCESS")


class LifecycleExecutionResourceAction(Value):
    name: LifecycleActionName
    reason: str | None = None


class LifecycleExecutionSnapshotResource(Record, kw_only=True):
    """A snapshot that goes with its AMI."""

    snapshot_id: str
    state: LifecycleExecutionResourceState = IN_PROGRESS


class LifecycleExecutionResource(Record, kw_only=True):
    """An image that an execution acts on, or one of the AMIs or container images it made."""

    account_id: str
    resource_id: str
    region: str
    action: LifecycleExecutionResourceAction
    state: LifecycleExecutionResourceState = IN_PROGRESS
    snapshots: list[LifecycleExecutionSnapshotResource] | None = None
    image_uris: tuple[str, ...] | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    exclusion: str | None = None
    """Why it will be skipped, if it will."""
    sequence: int = 0

    @property
    def has_failed(self) -> bool:
        states = [self.state, *(snapshot.state for snapshot in self.snapshots or ())]
        return any(state.status == "FAILED" for state in states)

    def end(self, state: LifecycleExecutionResourceState) -> None:
        """Set the final state, also of the snapshots that are still in progress."""
        self.state = state
        for snapshot in self.snapshots or ():
            if snapshot.state.status == "IN_PROGRESS":
                snapshot.state = state


class LifecycleExecution(Record, kw_only=True):
    """One run, with the images that it acts on, and the AMIs or containers of each."""

    lifecycle_execution_id: str
    start_time: datetime
    account_id: str
    region: str
    resource_arn: str
    """The policy, or the image of a StartResourceStateUpdate."""
    lifecycle_policy_arn: str | None = None
    state: LifecycleExecutionState = LifecycleExecutionState("IN_PROGRESS")
    end_time: datetime | None = None
    update_at: datetime | None = None
    """When a scheduled update begins; None once it has."""
    resources: OrderedIndex[LifecycleExecutionResource] = fresh(factory=OrderedIndex)
    outputs: dict[str, OrderedIndex[LifecycleExecutionResource]] = fresh(factory=dict)
    """The AMIs or containers, by the ARN of their image."""
    last_taken: int = 0
    """The sequence number of the last image that ``take`` returned."""
    ticket: int | None = None
    """The scheduler's entry for the next move."""
    sequence: int = 0

    @property
    def is_over(self) -> bool:
        return self.state.status in ENDED

    @property
    def resources_impacted_summary(self) -> Mapping[str, bool]:
        return {"hasImpactedResources": len(self.listed(None)) > 0}

    @property
    def has_failed(self) -> bool:
        return any(resource.has_failed for resource in self.resources)

    @property
    def is_done(self) -> bool:
        """Whether ``take`` has returned every image."""
        return self.last_taken == len(self.resources)

    def listed(self, image_arn: str | None) -> OrderedIndex[LifecycleExecutionResource]:
        """The images, or the outputs of one of them; none for an image that is not among them.

        An execution of a scheduled update that waits shows nothing (awscli,
        list-lifecycle-execution-resources).
        """
        if self.update_at is not None:
            return OrderedIndex()
        return self.resources if image_arn is None else self.outputs_of(image_arn)

    def outputs_of(self, image_arn: str) -> OrderedIndex[LifecycleExecutionResource]:
        return self.outputs.get(image_arn) or OrderedIndex()

    def take(self, count: int) -> list[LifecycleExecutionResource]:
        """The next images to act on. Each is returned once."""
        taken = list(islice(self.resources.after(self.last_taken), count))
        self.last_taken += len(taken)
        return taken

    def add(
        self,
        resource: LifecycleExecutionResource,
        outputs: list[LifecycleExecutionResource],
    ) -> None:
        """Append an image and its outputs."""
        resource.sequence = len(self.resources) + 1
        self.resources.add(resource)
        if outputs:
            for number, output in enumerate(outputs, start=1):
                output.sequence = number
            self.outputs[resource.resource_id] = OrderedIndex(outputs)


class LifecyclePolicy(Resource, kw_only=True):
    """Up to three rules, and which images they apply to."""

    kind: ClassVar[str] = "lifecycle-policy"
    quota: ClassVar[str | None] = "lifecycle policies"

    status: str
    execution_role: str
    resource_type: str
    policy_details: Sequence[wire.LifecyclePolicyDetailUnionTypeDef]
    resource_selection: wire.LifecyclePolicyResourceSelectionUnionTypeDef
    description: str | None = None
    date_updated: datetime | None = None
    date_last_run: datetime | None = None
    run_ticket: int | None = None
    """The scheduler's entry for the next run."""
