"""The plan of a build: its stages, the workflows in each stage, the phases of components.

A stage is one status of the image. Sources: user guide, manage-image-workflows, pipeline-workflows
and toe-use-documents; the API reference for imports and DistributeImage.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .states import ImageStatus, WorkflowType


IMAGE_ID = "ImageId"
"""The output of a build workflow that says which AMI the image is."""


class PlannedWorkflow(Value):
    """A workflow that is to run, with the values of its parameters."""

    arn: str
    """Of a build version: wildcards are resolved when the image is made."""
    type: WorkflowType
    parameters: Mapping[str, object] = {}
    parallel_group: str | None = None
    continues_on_failure: bool = False
    """Whether the build goes on if the workflow fails."""


class Stage(Value):
    """A status, and the groups of workflows that run in it, one group after another.

    In a stage without workflows the service does the work itself.
    """

    status: ImageStatus
    groups: tuple[tuple[PlannedWorkflow, ...], ...] = ()
    makes_ami: bool = False
    """EC2 makes the AMI, and Image Builder waits for it."""


class BuildPlan(Value):
    """The stages of a build in which nothing goes wrong, in their order."""

    stages: tuple[Stage, ...]

    @cached_property
    def workflow_arns(self) -> tuple[str, ...]:
        """The ARNs of all workflows, in the order of their stages."""
        return tuple(workflow.arn for workflow in self.workflows())

    def workflows(self) -> Iterator[PlannedWorkflow]:
        """All workflows, in the order of their stages."""
        for stage in self.stages:
            for group in stage.groups:
                yield from group

    def stage(self, status: ImageStatus) -> Stage | None:
        """The stage of a status; None once the build is over."""
        for stage in self.stages:
            if stage.status == status:
                return stage
        return None

    def after(self, status: ImageStatus) -> ImageStatus:
        """The status that follows; AVAILABLE after the last stage."""
        return self.ahead_of(status)[0]

    def ahead_of(self, status: ImageStatus) -> list[ImageStatus]:
        """The statuses that follow, up to AVAILABLE."""
        known = [stage.status for stage in self.stages]
        return [*known[known.index(status) + 1 :], "AVAILABLE"]


_BEGINNING = (Stage(status="PENDING"), Stage(status="CREATING"))
_INTEGRATION = Stage(status="INTEGRATING")

FINISHED = BuildPlan(())
"""For an image that nobody builds: Amazon's own, and those that a test makes."""
VM_IMPORT = BuildPlan((Stage(status="PENDING", makes_ami=True),))
"""EC2 makes the AMI; Image Builder waits for it (API reference, ImportVmImage)."""
WITHOUT_WORKFLOWS = BuildPlan(
    (
        *_BEGINNING,
        Stage(status="BUILDING", makes_ami=True),
        Stage(status="TESTING"),
        Stage(status="DISTRIBUTING"),
        _INTEGRATION,
    )
)
"""For a build that began elsewhere: its workflows are not known."""
DISTRIBUTION = BuildPlan((*_BEGINNING, Stage(status="DISTRIBUTING"), _INTEGRATION))
"""The AMI is there already (API reference, DistributeImage)."""


def disk_import(workflow: PlannedWorkflow) -> BuildPlan:
    """A disk file becomes an AMI by a workflow (API reference, ImportDiskImage)."""
    return BuildPlan((*_BEGINNING, Stage(status="BUILDING", groups=((workflow,),))))


def build_plan(workflows: Sequence[PlannedWorkflow], *, tests_enabled: bool) -> BuildPlan:
    """The plan of a recipe's build, without the stages that have no workflow.

    Only the distribution needs none: then the service does it itself.
    """
    stages = [*_BEGINNING]
    if builds := _of_type(workflows, "BUILD"):
        stages.append(Stage(status="BUILDING", groups=_groups(builds)))
    if tests_enabled and (tests := _of_type(workflows, "TEST")):
        stages.append(Stage(status="TESTING", groups=_groups(tests)))
    distributions = _of_type(workflows, "DISTRIBUTION")
    stages += [Stage(status="DISTRIBUTING", groups=_groups(distributions)), _INTEGRATION]
    return BuildPlan(tuple(stages))


def _of_type(
    workflows: Sequence[PlannedWorkflow], workflow_type: WorkflowType
) -> list[PlannedWorkflow]:
    return [workflow for workflow in workflows if workflow.type == workflow_type]


def _groups(workflows: Sequence[PlannedWorkflow]) -> tuple[tuple[PlannedWorkflow, ...], ...]:
    """Workflows of one parallel group run together, in the place of the first; others run alone."""
    groups: dict[object, list[PlannedWorkflow]] = {}
    for position, workflow in enumerate(workflows):
        groups.setdefault(workflow.parallel_group or position, []).append(workflow)
    return tuple(map(tuple, groups.values()))


CONTAINER_HOST_TEST = "container-host-test"
"""The phase of tests that run on the instance beside the container that they test."""

PHASES_OF_STAGE: Mapping[str, Sequence[str]] = {
    "BUILD": ("build", "validate"),
    "TEST": ("test", CONTAINER_HOST_TEST),
}
"""By the workflow's type. Phases of one stage cannot refer to those of the other (user guide,
toe-use-documents)."""
