"""What the dynamic variables of a workflow mean in a build.

Source: user guide, wfdoc-dynamic-vars. ``imageType`` is written as the managed workflows compare
it, ``DOCKER``; ``platform`` as the API does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.engines.one_build import log_group_of, log_stream_of

if TYPE_CHECKING:
    from imagebuilder_mock.domain.resources.configurations import InfrastructureConfiguration
    from imagebuilder_mock.domain.resources.workflow_executions import WorkflowExecution
    from imagebuilder_mock.engines.one_build import Build


_PHASES = {"BUILD": "Build", "TEST": "Test", "DISTRIBUTION": "Distribution"}


def variables_of(build: Build, execution: WorkflowExecution) -> Mapping[str, object]:
    """All that ``$.`` can lead to."""
    return {
        "parameters": execution.parameters,
        "stepOutputs": execution.step_outputs,
        "workflowOutputs": build.image.workflow_outputs,
        "imagebuilder": SystemVariables(build, execution),
    }


def source_image_id(build: Build) -> str | None:
    """The AMI that instances are launched from; a test runs on the output.

    Of a parent that has none in this mock, as Amazon's own, it is made from the parent's name, so
    that it is the same each time.
    """
    image = build.image
    output = image.output_resources
    if image.state.status != "BUILDING" and output is not None and output.amis:
        return output.amis[0].image
    parent = None if image.recipe is None else image.recipe.parent_image
    if parent is None or image.type != "AMI" or parent.startswith("ami-"):
        return parent
    return f"ami-0{blake2b(parent.encode(), digest_size=8).hexdigest()}"


class SystemVariables(Mapping[str, object]):
    """``$.imagebuilder``: each variable is found when it is asked for; one without value is absent.

    Few of them are asked for in a build, at every step.
    """

    __slots__ = ("_build", "_execution")

    def __init__(self, build: Build, execution: WorkflowExecution) -> None:
        self._build = build
        self._execution = execution

    def __getitem__(self, name: str) -> object:
        value = _VARIABLES[name](self._build, self._execution)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name in _VARIABLES if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _working_directory(build: Build, execution: WorkflowExecution) -> object:
    del execution
    recipe = build.image.recipe
    if recipe is not None and recipe.working_directory is not None:
        return recipe.working_directory
    return "C:/" if build.image.platform == "Windows" else "/tmp"  # noqa: S108 - on the instance


def _infrastructure(
    find: Callable[[InfrastructureConfiguration], object],
) -> Callable[[Build, WorkflowExecution], object]:
    def variable(build: Build, execution: WorkflowExecution) -> object:
        del execution
        infrastructure = build.image.infrastructure_configuration
        return None if infrastructure is None else find(infrastructure)

    return variable


_VARIABLES: Mapping[str, Callable[[Build, WorkflowExecution], object]] = {
    "cloudWatchLogGroup": lambda build, _: log_group_of(build),
    "cloudWatchLogStream": lambda build, _: log_stream_of(build),
    "collectImageMetadata": lambda build, _: (
        build.image.enhanced_image_metadata_enabled is not False
    ),
    "collectImageScanFindings": lambda build, _: (
        (build.image.image_scanning_configuration or {}).get("imageScanningEnabled") is True
    ),
    "dateTime": lambda build, _: f"{build.world.clock.now():%Y-%m-%dT%H-%M-%SZ}",
    "imageBuildNumber": lambda build, _: build.image.build_number,
    "imageId": lambda build, _: source_image_id(build),
    "imageName": lambda build, _: build.image.name,
    "imageType": lambda build, _: build.image.type,
    "imageVersionNumber": lambda build, _: Arn.parse(build.image.arn).version,
    "instanceProfileName": _infrastructure(lambda found: found.instance_profile_name),
    "platform": lambda build, _: build.image.platform,
    "s3Logs": _infrastructure(lambda found: (found.logging or {}).get("s3Logs")),
    "securityGroups": _infrastructure(lambda found: list(found.security_group_ids or ())),
    "sourceImageARN": lambda build, _: build.image.arn,
    "subnetId": _infrastructure(lambda found: found.subnet_id),
    "terminateInstanceOnFailure": _infrastructure(
        lambda found: found.terminate_instance_on_failure
    ),
    "workflowPhase": lambda _, execution: _PHASES[execution.type],
    "workingDirectory": _working_directory,
}
