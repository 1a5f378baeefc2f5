"""What the dynamic variables of a workflow mean in a build.

Source: user guide, wfdoc-dynamic-vars. ``imageType`` is written as the managed workflows compare
it, ``DOCKER``; ``platform`` as the API does.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.domain.resources.workflow_execution import WorkflowExecution

    from .build import Build

_PHASES = {"BUILD": "Build", "TEST": "Test", "DISTRIBUTION": "Distribution"}
LOG_GROUP = "/aws/imagebuilder/"


def variables_of(build: Build, execution: WorkflowExecution) -> Mapping[str, object]:
    """All that ``$.`` can lead to."""
    return {
        "parameters": execution.parameters,
        "stepOutputs": execution.step_outputs,
        "workflowOutputs": build.image.workflow_outputs,
        "imagebuilder": _system_variables(build, execution),
    }


def log_group_of(build: Build) -> str:
    """Where the logs of an image go: the group that was asked for, or the default."""
    logging = build.image.logging_configuration or {}
    return str(logging.get("logGroupName") or f"{LOG_GROUP}{build.image.name}")


def log_stream_of(build: Build) -> str:
    return build.image.version or ""


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


def _system_variables(build: Build, execution: WorkflowExecution) -> dict[str, object]:
    world, _, image = build
    arn = Arn.parse(image.arn)
    recipe, infrastructure = image.recipe, image.infrastructure_configuration
    scanning = image.image_scanning_configuration or {}
    found: dict[str, object] = {
        "cloudWatchLogGroup": log_group_of(build),
        "cloudWatchLogStream": log_stream_of(build),
        "collectImageMetadata": image.enhanced_image_metadata_enabled is not False,
        "collectImageScanFindings": scanning.get("imageScanningEnabled") is True,
        "dateTime": f"{world.clock.now():%Y-%m-%dT%H-%M-%SZ}",
        "imageBuildNumber": arn.build,
        "imageId": source_image_id(build),
        "imageName": image.name,
        "imageType": image.type,
        "imageVersionNumber": arn.version,
        "platform": image.platform,
        "sourceImageARN": image.arn,
        "workflowPhase": _PHASES[execution.type],
        "workingDirectory": (None if recipe is None else recipe.working_directory)
        or ("C:/" if image.platform == "Windows" else "/tmp"),  # noqa: S108 - on the instance
    }
    if infrastructure is not None:
        found |= {
            "instanceProfileName": infrastructure.instance_profile_name,
            "securityGroups": list(infrastructure.security_group_ids or ()),
            "subnetId": infrastructure.subnet_id,
            "terminateInstanceOnFailure": infrastructure.terminate_instance_on_failure,
            "s3Logs": (infrastructure.logging or {}).get("s3Logs"),
        }
    return {name: value for name, value in found.items() if value is not None}
