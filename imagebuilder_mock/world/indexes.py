"""Indexes: one for each question that would otherwise be a search of the stores.

Each is kept up to date beside the resources, and equals one that is built from them anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.ordered import Numbering, OrderedIndex
from imagebuilder_mock.domain.resources.scans import ImagePackage, ImageScanFinding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.resources.lifecycle import LifecycleExecution
    from imagebuilder_mock.domain.resources.workflow_executions import (
        WorkflowExecution,
        WorkflowStepExecution,
    )


class References:
    """For each ARN that is referred to, as it was written, the resources that do."""

    __slots__ = ("_referrers",)

    def __init__(self) -> None:
        self._referrers: dict[str, dict[str, None]] = {}

    def add(self, resource: Resource) -> None:
        for arn in resource.refers_to():
            self._referrers.setdefault(arn, {})[resource.arn] = None

    def remove(self, resource: Resource) -> None:
        for arn in resource.refers_to():
            referrers = self._referrers.get(arn, {})
            referrers.pop(resource.arn, None)
            if not referrers:
                self._referrers.pop(arn, None)

    def to(self, arn: str) -> Iterator[str]:
        """The references, as written, that can mean this resource.

        A build is meant by its own ARN, by its version's, and by the wildcards above that.
        """
        for reference in _meanings(Arn.parse(arn)):
            if str(reference) in self._referrers:
                yield str(reference)


def _meanings(arn: Arn) -> Iterator[Arn]:
    yield arn
    if arn.version is None:
        return
    major, minor, _ = arn.version.split(".")
    if arn.build is not None:
        yield arn.at(arn.version)
    yield arn.at(f"{major}.{minor}.x")
    yield arn.at(f"{major}.x.x")
    yield arn.at("x.x.x")


class Executions:
    """The runs of the images, which hold them, by their ids."""

    __slots__ = ("steps", "waiting", "workflows")

    def __init__(self) -> None:
        self.workflows: dict[str, WorkflowExecution] = {}
        self.steps: dict[str, WorkflowStepExecution] = {}
        self.waiting: OrderedIndex[WorkflowStepExecution] = OrderedIndex()
        """The steps that wait for SendWorkflowStepAction, in the order in which they began."""

    def add(self, execution: WorkflowExecution) -> None:
        """A run, with the steps that it has so far."""
        self.workflows[execution.workflow_execution_id] = execution
        for step in execution.steps:
            self.steps[step.step_execution_id] = step
            if step.is_waiting:
                self.waiting.add(step)

    def forget(self, execution: WorkflowExecution) -> None:
        """The image is gone, and its runs with it."""
        self.workflows.pop(execution.workflow_execution_id, None)
        for step in execution.steps:
            self.steps.pop(step.step_execution_id, None)


Key: TypeAlias = "tuple[str, str]"
"""A filter's name and its value; the two empty texts are all of the account."""

EVERYTHING: Key = ("", "")
_ON_DEMAND: str = "onDemand"
_COUNTED = ("CRITICAL", "HIGH", "MEDIUM")


class Findings:
    """Findings in the order in which they were made, and the packages that a test supplied."""

    def __init__(self, numbering: Numbering) -> None:
        self.packages: dict[str, OrderedIndex[ImagePackage]] = {}
        """By image, in place of the sample's."""
        self.settled: set[str] = set()
        """The images whose scan adds no more findings: it has ended, or a test set them."""
        self._numbering = numbering
        self._orders: dict[Key, OrderedIndex[ImageScanFinding]] = defaultdict(OrderedIndex)
        self._counts: dict[Key, Counter[str]] = defaultdict(Counter)

    def of(self, key: Key) -> OrderedIndex[ImageScanFinding]:
        return self._orders.get(key) or OrderedIndex()

    def on_demand(self, image_arn: str) -> OrderedIndex[ImageScanFinding]:
        """Those of an image's on-demand scan, which are not in Image Builder's lists."""
        return self.of((_ON_DEMAND, image_arn))

    def severity_counts(self, key: Key) -> dict[str, int]:
        """``all``, and those of medium severity and higher (API reference, SeverityCounts)."""
        counts = self._counts.get(key) or Counter()
        return {
            "all": counts.total(),
            **{severity.lower(): counts[severity] for severity in _COUNTED},
        }

    def add(self, finding: ImageScanFinding, *, on_demand: bool = False) -> None:
        finding.sequence = self._numbering.next()
        self.readmit(finding, on_demand=on_demand)

    def readmit(self, finding: ImageScanFinding, *, on_demand: bool = False) -> None:
        """Enter a finding in the place that it was given."""
        for key in _keys(finding, on_demand=on_demand):
            self._orders[key].add(finding)
            self._counts[key][finding.severity] += 1

    def all_on_demand(self) -> Iterator[ImageScanFinding]:
        """Every image's findings of on-demand scans."""
        for (name, _), findings in self._orders.items():
            if name == _ON_DEMAND:
                yield from findings

    def set_packages(self, image_arn: str, packages: Iterable[tuple[str, str]]) -> None:
        self.packages[image_arn] = index_of_packages(packages)

    def clear(self, image_arn: str) -> None:
        """Remove the findings of an image, and have its scan add none."""
        self.settled.add(image_arn)
        for is_on_demand in (False, True):
            name = _ON_DEMAND if is_on_demand else "imageBuildVersionArn"
            for finding in list(self.of((name, image_arn))):
                for key in _keys(finding, on_demand=is_on_demand):
                    self._orders[key].remove(finding)
                    self._counts[key][finding.severity] -= 1
                    if not self._orders[key]:
                        del self._orders[key], self._counts[key]

    def forget(self, image_arn: str) -> None:
        """All that is known of an image, which is deleted."""
        self.clear(image_arn)
        self.settled.discard(image_arn)
        self.packages.pop(image_arn, None)


def _keys(finding: ImageScanFinding, *, on_demand: bool) -> Iterator[Key]:
    if on_demand:
        yield _ON_DEMAND, finding.image_build_version_arn
        return
    yield EVERYTHING
    yield "imageBuildVersionArn", finding.image_build_version_arn
    yield "vulnerabilityId", finding.vulnerability_id
    yield "severity", finding.severity
    if finding.image_pipeline_arn is not None:
        yield "imagePipelineArn", finding.image_pipeline_arn


class LifecycleExecutions:
    """Every execution, also of what has been deleted since."""

    __slots__ = ("_by_id", "_images", "_of", "unfinished")

    def __init__(self) -> None:
        self._by_id: dict[str, LifecycleExecution] = {}
        self._of: dict[str, OrderedIndex[LifecycleExecution]] = defaultdict(OrderedIndex)
        self._images: Counter[str] = Counter()
        self.unfinished: dict[str, LifecycleExecution] = {}
        """Those that have not ended, by id, in the order of their start."""

    def get(self, execution_id: str) -> LifecycleExecution | None:
        return self._by_id.get(execution_id)

    def of(self, arn: str) -> OrderedIndex[LifecycleExecution]:
        """The runs of a policy, or the updates by hand of an image, in the order of their start."""
        return self._of.get(arn) or OrderedIndex()

    def unfinished_of(self, arn: str) -> LifecycleExecution | None:
        """The last run of a policy, if it has not ended: there is one at a time."""
        last = next(self.of(arn).before(None), None)
        return None if last is None or last.is_over else last

    def is_busy(self, image_arn: str) -> bool:
        """Whether an execution under way is to act on the image."""
        return self._images[image_arn] > 0

    def updates_under_way(self, account: str, region: str) -> int:
        """How many updates by hand have not ended."""
        home = (account, region)
        return sum(
            execution.lifecycle_policy_arn is None
            and (execution.account_id, execution.region) == home
            for execution in self.unfinished.values()
        )

    def add(self, execution: LifecycleExecution) -> None:
        """Enter an execution that begins; its images are busy until it ends."""
        execution.sequence = len(self._by_id) + 1
        self._by_id[execution.lifecycle_execution_id] = execution
        self._of[execution.resource_arn].add(execution)
        self.unfinished[execution.lifecycle_execution_id] = execution
        self._images.update(resource.resource_id for resource in execution.resources)

    def __iter__(self) -> Iterator[LifecycleExecution]:
        return iter(self._by_id.values())

    def readmit(self, execution: LifecycleExecution) -> None:
        """Enter one that was entered before, elsewhere, in the order of their start."""
        self.add(execution)
        if execution.is_over:
            self.end(execution)

    def end(self, execution: LifecycleExecution) -> None:
        """An execution has ended: its images are free."""
        del self.unfinished[execution.lifecycle_execution_id]
        self._images -= Counter(resource.resource_id for resource in execution.resources)


def index_of_packages(packages: Iterable[tuple[str, str]]) -> OrderedIndex[ImagePackage]:
    """Names and versions in their order."""
    return OrderedIndex(
        ImagePackage(name, version, sequence=number)
        for number, (name, version) in enumerate(packages, start=1)
    )


class MachineImages:
    """The AMIs of a world by id; an id is given once in all accounts and Regions."""

    __slots__ = ("_by_id", "_published", "_refusals")

    def __init__(self) -> None:
        self._by_id: dict[str, MachineImage] = {}
        self._published: dict[str, MachineImage] = {}
        self._refusals: dict[tuple[str, str | None], str] = {}

    def __iter__(self) -> Iterator[MachineImage]:
        return iter(self._by_id.values())

    def add(self, machine_image: MachineImage) -> None:
        self._by_id[machine_image.image_id] = machine_image

    def get(self, image_id: str) -> MachineImage | None:
        return self._by_id.get(image_id)

    def take_back(self, image_id: str) -> None:
        """Forget an AMI that was not made after all."""
        self._by_id.pop(image_id, None)

    def publish(self, machine_image: MachineImage) -> None:
        """Have one of Amazon's own AMIs in EC2, since an answer has named it."""
        self._published[machine_image.image_id] = machine_image

    def published_in(self, region: str) -> list[MachineImage]:
        """Amazon's AMIs that answers have named."""
        return [each for each in list(self._published.values()) if each.region == region]

    def is_published(self, image_id: str) -> bool:
        return image_id in self._published

    def refuse(self, resource_id: str, action: str | None, message: str) -> None:
        """From now on, refuse one lifecycle action, or all (None), on an AMI, snapshot or URI."""
        self._refusals[resource_id, action] = message

    def refusals(self) -> list[tuple[str, str | None, str]]:
        """What is refused: resource, action or None for all of them, and the message."""
        return [(*refused, message) for refused, message in self._refusals.items()]

    def allow(self, resource_id: str) -> None:
        """Take back what was refused."""
        for refused in [each for each in self._refusals if each[0] == resource_id]:
            del self._refusals[refused]

    def refusal_of(self, resource_id: str, action: str) -> str | None:
        """The message with which an action is refused, or None."""
        of_all = self._refusals.get((resource_id, None))
        return self._refusals.get((resource_id, action), of_all)
