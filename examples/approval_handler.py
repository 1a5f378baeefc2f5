"""Approve what waits, or stop it: a Lambda function for EventBridge.

A rule with this pattern calls it whenever a step of a workflow waits for an action:

    {"source": ["aws.imagebuilder"], "detail-type": ["EC2 Image Builder Workflow Step Waiting"]}

A build of a release branch may go on; others stop. The branch is a tag of the recipe.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import ImagebuilderClient
    from mypy_boto3_imagebuilder.literals import WorkflowStepActionTypeType

log = logging.getLogger(__name__)
imagebuilder: ImagebuilderClient = boto3.client(
    "imagebuilder", region_name=os.environ["AWS_REGION"]
)


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """What became of each step of the build that waits."""
    [build] = (arn for arn in event["resources"] if ":image/" in arn)
    steps = imagebuilder.list_waiting_workflow_steps()["steps"]
    return {
        step["name"]: answer(build, step["stepExecutionId"])
        for step in steps
        if step["imageBuildVersionArn"] == build
    }


def answer(build: str, step: str) -> str:
    image = imagebuilder.get_image(imageBuildVersionArn=build)["image"]
    branch = image["imageRecipe"].get("tags", {}).get("branch", "")
    action: WorkflowStepActionTypeType = "RESUME" if branch.startswith("release/") else "STOP"
    imagebuilder.send_workflow_step_action(
        stepExecutionId=step,
        imageBuildVersionArn=build,
        action=action,
        reason=f"built from {branch or 'no branch'}",
        clientToken=str(uuid4()),
    )
    log.info("%s: %s, as it is built from %s", build, action, branch or "no branch")
    return action
