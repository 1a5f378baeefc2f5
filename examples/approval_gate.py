"""A gate before an image is finished: its build waits until a Lambda function has answered.

    imagebuilder-mock run --timeline build/timelines approval_gate.py

The function is `approval_handler.py`, as it would be deployed. The mock calls it with the event
that EventBridge would send; two builds wait, one goes on, and the other is stopped.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
from rich.console import Console
from rich.table import Table

from imagebuilder_mock import mock_imagebuilder

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from mypy_boto3_imagebuilder import ImagebuilderClient

    from imagebuilder_mock import Event

REGION = "us-east-1"
AMAZON = f"arn:aws:imagebuilder:{REGION}:aws"
WAITING = "EC2 Image Builder Workflow Step Waiting"
WORKFLOW = """
schemaVersion: 1.0
steps:
  - name: Approve
    action: WaitForAction
"""
console = Console()


def main() -> None:
    say("No AWS account is used: Image Builder is mocked. One build will be stopped.")
    os.environ.setdefault("AWS_REGION", REGION)  # as Lambda does
    with mock_imagebuilder() as mock:
        # As Lambda does too, the module is loaded where its clients can be made.
        import approval_handler  # noqa: PLC0415

        mock.events.subscribe(rule(approval_handler.handler))
        client = boto3.client("imagebuilder", region_name=REGION)
        workflow = client.create_workflow(
            name="approval",
            semanticVersion="1.0.0",
            type="TEST",
            data=WORKFLOW,
            clientToken=str(uuid4()),
        )["workflowBuildVersionArn"]
        builds = [start(client, workflow, branch) for branch in ("release/7", "wip")]
        mock.clock.advance(hours=1)

        table = Table("Image", "State", "Reason", title="After the function has answered")
        for arn in builds:
            image = client.get_image(imageBuildVersionArn=arn)["image"]
            state = image["state"]
            name = f"{image['name']} {image['version']}"
            table.add_row(name, state["status"], state.get("reason", ""))
        console.print(table)
    say("With --timeline DIR each build gets a page, which shows where it waited.")


def rule(handler: Callable[[dict[str, Any], object], object]) -> Callable[[Event], None]:
    """What a rule of EventBridge does: call the function with the events that match."""

    def match(event: Event) -> None:
        if event.destination == "EventBridge" and event.name == WAITING:
            console.print(f"The function is called and answers {handler(dict(event.body), None)}")

    return match


def start(client: ImagebuilderClient, workflow: str, branch: str) -> str:
    """A build of a branch, which the recipe has as a tag."""
    recipe = client.create_image_recipe(
        name=branch.replace("/", "-"),
        semanticVersion="1.0.0",
        parentImage=f"{AMAZON}:image/amazon-linux-2023-x86/x.x.x",
        components=[{"componentArn": f"{AMAZON}:component/update-linux/x.x.x"}],
        tags={"branch": branch},
        clientToken=str(uuid4()),
    )["imageRecipeArn"]
    infrastructure = client.create_infrastructure_configuration(
        name=branch.replace("/", "-"),
        instanceProfileName="EC2InstanceProfileForImageBuilder",
        clientToken=str(uuid4()),
    )["infrastructureConfigurationArn"]
    return client.create_image(
        imageRecipeArn=recipe,
        infrastructureConfigurationArn=infrastructure,
        executionRole="arn:aws:iam::123456789012:role/builder",
        workflows=[
            {"workflowArn": f"{AMAZON}:workflow/build/build-image/x.x.x"},
            {"workflowArn": workflow},
        ],
        clientToken=str(uuid4()),
    )["imageBuildVersionArn"]


def say(text: str) -> None:
    console.print(text, highlight=False)


if __name__ == "__main__":
    main()
