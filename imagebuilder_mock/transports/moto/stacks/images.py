"""Images in stacks: they are created when their build ends, and deleted with their outputs.

Source: the handlers of aws-cloudformation-resource-providers-imagebuilder, image/; for pipelines
that are started and for deletion settings, the descriptions in the resource provider schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.states import IN_PROGRESS

from .calls import StackFailure, operation_failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .calls import StackOperations

EXECUTION = "ImagePipelineExecutionSettings"
_DELETION = "DeletionSettings"
_BUILT = "AVAILABLE"
# aws-parallelcluster#3995 and AWS's own handler.
_CANCELLED = "Image creation is cancelled."
_OVER = frozenset(("CANCELLED", "FAILED", "SUCCESS"))


def start_pipeline(
    operations: StackOperations, settings: Mapping[str, Any], deployments: Mapping[str, str]
) -> str:
    """Start an execution of the pipeline and return the ARN of its build."""
    deployment = settings.get("DeploymentId")
    pipeline = None if deployment is None else deployments.get(deployment)
    if pipeline is None:
        raise StackFailure(
            f"No image pipeline of a stack has the deployment ID '{deployment}': take it from "
            "Fn::GetAtt with the pipeline's attribute DeploymentId."
        )
    answer = operations.call("StartImagePipelineExecution", {"imagePipelineArn": pipeline})
    return str(answer["imageBuildVersionArn"])


def is_started_again(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a changed pipeline is to make a new image."""
    settings = now.get(EXECUTION, {})
    is_changed = settings.get("DeploymentId") != before.get(EXECUTION, {}).get("DeploymentId")
    return is_changed and str(settings.get("OnUpdate", "false")).lower() == "true"


def built(operations: StackOperations, arn: str) -> dict[str, Any] | None:
    """The image of a build that has ended; None if looking at the build moves it no further.

    StackFailure, with the build's reason, if there will be none.
    """
    before = None
    while True:
        image: dict[str, Any] = _image(operations, arn)
        state = image["state"]
        if state["status"] == _BUILT:
            return image
        if state["status"] not in IN_PROGRESS:
            is_cancelled = state["status"] == "CANCELLED"
            reason = _CANCELLED if is_cancelled else state.get("reason", "")
            raise operation_failed(reason, operations.new_id())
        if state["status"] == before:
            return None
        before = state["status"]


def output_attributes(operations: StackOperations, image: Mapping[str, Any]) -> dict[str, str]:
    """The AMI in the stack's Region, or the container image there with the tag of the version."""
    output = image.get("outputResources", {})
    # my-image/1.0.0/1 is tagged 1.0.0-1.
    tag = "-".join(str(image["arn"]).rsplit("/", 2)[1:])
    found = {
        "ImageId": [
            ami["image"] for ami in output.get("amis", ()) if ami["region"] == operations.region
        ],
        "ImageUri": [
            uri
            for container in output.get("containers", ())
            if container["region"] == operations.region
            for uri in container["imageUris"]
            if uri.endswith(tag)
        ],
    }
    return {name: values[0] for name, values in found.items() if values}


def delete(operations: StackOperations, arn: str, properties: Mapping[str, Any]) -> None:
    """Cancel a running build, and delete the image; its outputs too if the template says so."""
    if _image(operations, arn)["state"]["status"] in IN_PROGRESS:
        operations.call("CancelImageCreation", {"imageBuildVersionArn": arn})
    if _DELETION in properties:
        _delete_outputs(operations, arn, properties[_DELETION])
    operations.call("DeleteImage", {"imageBuildVersionArn": arn})


def _delete_outputs(operations: StackOperations, arn: str, settings: Mapping[str, Any]) -> None:
    is_container = _image(operations, arn)["type"] == "DOCKER"
    kinds = ["containers"] if is_container else ["amis", "snapshots"]
    execution = operations.call(
        "StartResourceStateUpdate",
        {
            "resourceArn": arn,
            "state": {"status": "DELETED"},
            "executionRole": settings.get("ExecutionRole"),
            "includeResources": dict.fromkeys(kinds, True),
        },
    )["lifecycleExecutionId"]
    before = None
    while before not in _OVER:
        found = operations.call("GetLifecycleExecution", {"lifecycleExecutionId": execution})
        state = found["lifecycleExecution"]["state"]
        if state["status"] == "FAILED":
            raise operation_failed(state.get("reason", ""), operations.new_id())
        if state["status"] == before:
            return
        before = state["status"]


def _image(operations: StackOperations, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = operations.call("GetImage", {"imageBuildVersionArn": arn})["image"]
    return found
