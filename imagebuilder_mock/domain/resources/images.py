"""Images: one build of a recipe, and the states it goes through."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.builds import FINISHED, BuildPlan
from imagebuilder_mock.domain.records import Value, fresh
from imagebuilder_mock.domain.states import AHEAD, ENDED_EARLY, IN_PROGRESS, ImageStatus

from .base import ResourceVersion
from .build_settings import LOG_GROUP, BuildSettings
from .scans import is_on_demand, scan_state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from imagebuilder_mock.domain.builds import PlannedWorkflow

    from .configurations import DistributionConfiguration, InfrastructureConfiguration
    from .recipes import ContainerRecipe, ImageRecipe, Recipe
    from .scans import ImageScanState
    from .workflow_executions import ImageFailureContext, WorkflowExecution


class IllegalTransitionError(Exception):
    """An image was sent to a state that cannot follow the one it is in."""


class ImageState(Value):
    """The status, and for a failure the reason."""

    status: ImageStatus
    reason: str | None = None
    failure_context: ImageFailureContext | None = None


PENDING = ImageState("PENDING")


class Ami(Value):
    """One output AMI. The service shows only the id of an AMI that Amazon has published."""

    region: str
    image: str
    name: str | None = None
    account_id: str | None = None
    description: str | None = None

    @property
    def owner(self) -> str:
        """The account that has it; "" for Amazon's AMIs, whose account is not shown."""
        return self.account_id or ""


class Container(Value):
    """The output container images of one Region."""

    region: str
    image_uris: tuple[str, ...]


class OutputResources(Value):
    """The AMIs or container images that a build has made so far."""

    amis: tuple[Ami, ...] | None = None
    containers: tuple[Container, ...] | None = None


NONE_YET: Mapping[str, OutputResources] = {
    "AMI": OutputResources(amis=()),
    "DOCKER": OutputResources(containers=()),
}
"""What a build has made at first, by what its recipe makes."""


class Transition(Value):
    """A status, and when the image entered it."""

    status: ImageStatus
    moment: datetime


class Image(BuildSettings, kw_only=True):
    """One build of a recipe version, from PENDING to AVAILABLE or to the state in which it failed.

    The recipe and the configurations are copies taken when the build began.
    """

    kind: ClassVar[str] = "image"
    has_builds: ClassVar[bool] = True

    owner: str
    type: str
    platform: str | None
    state: ImageState
    build_type: str | None = None
    image_source: str | None = None
    os_version: str | None = None
    image_recipe: ImageRecipe | None = None
    container_recipe: ContainerRecipe | None = None
    infrastructure_configuration: InfrastructureConfiguration | None = None
    distribution_configuration: DistributionConfiguration | None = None
    source_pipeline_arn: str | None = None
    output_resources: OutputResources | None = None
    deprecation_time: datetime | None = None
    lifecycle_execution_id: str | None = None
    plan: BuildPlan = FINISHED
    parent_os_version: str | None = None
    """The OS version that the build will find."""
    architecture: str | None = None
    """Of the parent image, as EC2 calls it: ``arm64``; None where nobody can tell."""
    transitions: list[Transition] = fresh(factory=list)
    stage_ticket: int | None = None
    """The scheduler's entry for the end of a stage in which no workflow runs."""
    executions: list[WorkflowExecution] = fresh(factory=list)
    """All runs of workflows in the order of their start, also those that a retry replaced."""
    workflow_outputs: dict[str, object] = fresh(factory=dict)
    """The outputs of the workflows that have ended, for those that come after."""
    group: int = 0
    """The index of the group of workflows that runs, among those of the stage."""
    queue: list[PlannedWorkflow] = fresh(factory=list)
    """The workflows of that group that have not started."""
    ended_scan: ImageScanState | None = None
    """How a test made the scan end; by default the scan follows the image's status."""

    @property
    def version(self) -> str | None:
        """``1.0.0/1``: only images show the build number here."""
        arn = Arn.parse(self.arn)
        return f"{arn.version}/{arn.build}"

    @property
    def is_scanned(self) -> bool:
        return bool((self.image_scanning_configuration or {}).get("imageScanningEnabled"))

    @property
    def is_scanned_on_demand(self) -> bool:
        """Whether EC2, and not Image Builder, returns the findings (API reference)."""
        return is_on_demand(self.image_scanning_configuration or {})

    @property
    def scan_state(self) -> ImageScanState | None:
        """What ``GetImage`` shows; None for an image that is not scanned."""
        if not self.is_scanned:
            return None
        statuses = [step.status for step in self.transitions]
        return self.ended_scan or scan_state_of(statuses, self.state.status)

    @property
    def log_group(self) -> str:
        """The log group that was asked for, or the default."""
        group = (self.logging_configuration or {}).get("logGroupName")
        return str(group or f"{LOG_GROUP}{self.name}")

    @property
    def listed_under(self) -> str | None:
        return self.source_pipeline_arn

    @property
    def recipe(self) -> Recipe | None:
        """The copy of the image or container recipe; an imported image has none."""
        return self.image_recipe or self.container_recipe

    @property
    def amis(self) -> tuple[Ami, ...]:
        """The output AMIs so far."""
        return (self.output_resources.amis if self.output_resources else None) or ()

    @property
    def build_number(self) -> int:
        return Arn.parse(self.arn).build or 0

    @property
    def is_in_progress(self) -> bool:
        return self.state.status in IN_PROGRESS

    def runs(self) -> Iterable[WorkflowExecution]:
        return self.executions

    @property
    def running_executions(self) -> list[WorkflowExecution]:
        return [execution for execution in self.executions if not execution.has_ended]

    @property
    def is_waiting(self) -> bool:
        """Whether every running workflow waits for somebody to answer a step."""
        steps = [execution.open_step for execution in self.running_executions]
        return bool(steps) and all(step is not None and step.is_waiting for step in steps)

    @property
    def is_selectable(self) -> bool:
        """Only AVAILABLE builds are (API reference, GetImage)."""
        return self.state.status == "AVAILABLE"

    @property
    def is_deprecated(self) -> bool:
        return self.state.status == "DEPRECATED"

    def take_defaults(self) -> None:
        """Take the role and the workflows of a build that was given none: GetImage shows them.

        An image without a recipe was not built, and has none.
        """
        self.execution_role = self.execution_role or service_linked_role(self)
        if not self.workflows:
            self.workflows = [{"workflowArn": arn} for arn in self.plan.workflow_arns] or None

    def may_enter(self, status: ImageStatus) -> bool:
        return status in AHEAD[self.state.status]

    def enter(self, state: ImageState, moment: datetime) -> None:
        """Go to a state; IllegalTransitionError if it cannot follow the current one."""
        if not self.may_enter(state.status):
            msg = f"{self.arn} cannot go from {self.state.status} to {state.status}"
            raise IllegalTransitionError(msg)
        self._go_to(state, moment)

    def resume(self, status: ImageStatus, moment: datetime) -> None:
        """Go on with a build that ended early, in the status that it was in before that."""
        if self.state.status not in ENDED_EARLY:
            msg = f"{self.arn} is {self.state.status}, and there is nothing to take up again"
            raise IllegalTransitionError(msg)
        self._go_to(ImageState(status), moment)

    @property
    def last_moment(self) -> datetime:
        """The newest of all times that the image and its workflow executions show."""
        moments = [self.date_created, *(step.moment for step in self.transitions[-1:])]
        for execution in self.executions:
            times = [execution.start_time, execution.end_time]
            for step in execution.begun_steps:
                times += [step.start_time, step.end_time]
            moments += [time for time in times if time is not None]
        return max(moments)

    def _go_to(self, state: ImageState, moment: datetime) -> None:
        self.state = state
        # The process's time can be set back, but no state may last a negative time.
        since = self.transitions[-1].moment if self.transitions else moment
        self.transitions.append(Transition(state.status, max(moment, since)))


class ImageVersion(ResourceVersion, kw_only=True):
    """A version of an image, or its name, as ListImages shows it."""

    platform: str | None
    os_version: str | None
    build_type: str | None
    image_source: str | None


def service_linked_role(image: Image) -> str:
    """The ARN of the role that Image Builder has in the account that builds."""
    return service_linked_role_in(Arn.parse(image.arn).partition, image.owner)


@cache
def service_linked_role_in(partition: str, account: str) -> str:
    """The ARN of the role that Image Builder has in every account."""
    return (
        f"arn:{partition}:iam::{account}:role/aws-service-role/imagebuilder.amazonaws.com/"
        "AWSServiceRoleForImageBuilder"
    )
