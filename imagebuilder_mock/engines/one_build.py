"""One build in its world, and one run of a workflow: what all parts of the engine work with."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from imagebuilder_mock.domain.documents.workflows.system_variables import SystemVariables
from imagebuilder_mock.domain.records import Value, replace
from imagebuilder_mock.domain.resources.workflow_executions import ImageFailureContext
from imagebuilder_mock.domain.resources.workflows import Workflow
from imagebuilder_mock.neighbours.account import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Literal

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.builds import Stage
    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument, WorkflowStep
    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.workflow_executions import (
        WorkflowExecution,
        WorkflowStepExecution,
    )
    from imagebuilder_mock.domain.states import WorkflowType
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


MAX_ERROR = 1024
"""Characters of an error that the failure context shows (API reference)."""


class Build(NamedTuple):
    """An image that is built, with the account and Region in which it is built."""

    world: World
    store: Store
    image: Image

    @classmethod
    def of(cls, world: World, image: Image) -> Build:
        return cls(world, world.home_of(image.arn), image)

    @property
    def home(self) -> Place:
        """The account and the Region in which it is built."""
        return Place(self.store.account, self.store.region)

    @property
    def distributions(self) -> Sequence[wire.DistributionUnionTypeDef]:
        """What the distribution configuration says of each Region."""
        configuration = self.image.distribution_configuration
        return () if configuration is None else configuration.distributions

    @property
    def stage(self) -> Stage | None:
        return self.image.plan.stage(self.image.state.status)

    @property
    def goes_on_by_itself(self) -> bool:
        """Whether time moves it: held builds wait for the test, instant ones for nothing."""
        return self.world.settings.builds in ("observed", "clock")

    def job_id(self, job: Literal["distribution", "integration"]) -> str:
        """The id of a job that distributes the image, or configures what was distributed."""
        return id_of(f"{job} of {self.image.arn}")

    def workflow_at(self, arn: str) -> Workflow:
        """The workflow with an ARN; BuildFailedError if it does not exist any more."""
        found = self.world.find(self.store, Workflow, arn, parameter="workflows")
        if found is None:
            context = ImageFailureContext(image_status=self.image.state.status, workflow_arn=arn)
            raise BuildFailedError(f"The workflow '{arn}' does not exist.", context)
        return found


class StepWork(Value):
    """What a step action works with."""

    build: Build
    stage: WorkflowType
    inputs: Mapping[str, object]
    started: datetime
    """When the step began."""


class Run:
    """One run of a workflow in a build, and the document that it follows."""

    def __init__(self, build: Build, execution: WorkflowExecution) -> None:
        self.build = build
        self.execution = execution

    @cached_property
    def workflow_document(self) -> WorkflowDocument:
        """What the run follows; BuildFailedError if the workflow does not exist any more."""
        return document_of(self.build.workflow_at(self.execution.workflow_build_version_arn))

    def planned(self, step: WorkflowStepExecution) -> WorkflowStep:
        return next(
            planned for planned in self.workflow_document.steps if planned.name == step.name
        )

    @property
    def variables(self) -> Mapping[str, object]:
        """All that a reference (``$.``) can mean."""
        image, execution = self.build.image, self.execution
        now = self.build.world.clock.now()
        return {
            "parameters": execution.parameters,
            "stepOutputs": execution.step_outputs,
            "workflowOutputs": image.workflow_outputs,
            "imagebuilder": SystemVariables(image, execution.type, now),
        }

    def place(self, step: WorkflowStepExecution | None) -> ImageFailureContext:
        """Where the build stands, as a failure shows it."""
        return ImageFailureContext(
            image_status=self.build.image.state.status,
            workflow_execution_id=self.execution.workflow_execution_id,
            workflow_arn=self.execution.workflow_build_version_arn,
            step_execution_id=None if step is None else step.step_execution_id,
            failed_step=None if step is None else step.name,
        )


def id_of(text: str) -> str:
    """A uuid that is always the same for the text."""
    digits = blake2b(text.encode(), digest_size=16).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def document_of(workflow: Workflow) -> WorkflowDocument:
    # The first document loads YAML.
    from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document  # noqa: PLC0415

    return parse_workflow_document(workflow.data, workflow.type)


class BuildFailedError(Exception):
    """The build has failed. ``GetImage`` shows ``reason`` and ``context``, or else the stage."""

    def __init__(self, reason: str, context: ImageFailureContext | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.context = context


class StepFailedError(Exception):
    """A step of a workflow, or the service's own work, has failed; ``detail`` says why."""

    def __init__(
        self,
        detail: str,
        *,
        component_failure: wire.ComponentFailureContextTypeDef | None = None,
        distribution_failure: wire.DistributionFailureContextTypeDef | None = None,
        outputs: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.component_failure = component_failure
        self.distribution_failure = distribution_failure
        self.outputs: Mapping[str, object] = {"errorMessage": detail, **(outputs or {})}
        """What the step shows as its outputs."""

    def at(self, place: ImageFailureContext) -> ImageFailureContext:
        """The place with what has failed there."""
        return replace(
            place,
            component_failure=self.component_failure,
            distribution_failure=self.distribution_failure,
        )

    def of_own_work(self, build: Build) -> BuildFailedError:
        """The same of work that the service does itself: it ends the build."""
        place = ImageFailureContext(image_status=build.image.state.status)
        return BuildFailedError(self.detail, self.at(place))
