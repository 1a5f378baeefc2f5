"""A build that fails, and what the person on call wants to know about it.

    imagebuilder-mock run --timeline build/timelines failing_build.py

`report` is ordinary boto3 code, as a Lambda function would run it when a build has failed. `main`
makes a build fail, which is the mock's part.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
from rich.console import Console
from rich.table import Table

from imagebuilder_mock import mock_imagebuilder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_imagebuilder import ImagebuilderClient
    from mypy_boto3_imagebuilder.type_defs import ComponentConfigurationOutputTypeDef

NAME = "checkout"
REGION = "us-east-1"
PARENT = f"arn:aws:imagebuilder:{REGION}:aws:image/amazon-linux-2023-x86/x.x.x"
HARDENING = Path(__file__).parent / "components" / "hardening.yml"
console = Console()


def main() -> None:
    say("No AWS account is used: Image Builder is mocked, and the failure below is meant.")
    # This switches a mock on, or is a view of the one that `imagebuilder-mock run` switched on.
    with mock_imagebuilder() as mock:
        client = boto3.client("imagebuilder", region_name=REGION)
        pipeline = make_pipeline(client)
        start(client, pipeline)
        mock.clock.advance(hours=1)

        mock.builds.fail_next(
            component="hardening",
            step="ReadSshSettings",
            message="10-baseline.conf line 1: integer value none out of range",
        )
        build = start(client, pipeline)
        mock.clock.advance(hours=1)
        report(client, build)
    say("With --timeline DIR each build gets a page; open that of checkout-1.0.0-2.")


def report(client: ImagebuilderClient, build: str) -> None:
    """Why it failed, with what, where to look further, and what to use meanwhile."""
    image = client.get_image(imageBuildVersionArn=build)["image"]
    state, recipe, pipeline = image["state"], image["imageRecipe"], image["sourcePipelineArn"]
    context = state.get("failureContext", {})
    failure = context.get("componentFailure", {})

    table = Table(title=f"{image['name']} {image['version']}: {state['status']}", show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Reason", state.get("reason", "none given"))
    table.add_row("State at failure", context.get("imageStatus", "not told"))
    table.add_row("Step of the workflow", context.get("failedStep", "not told"))
    if "componentArn" in failure:
        arn = failure["componentArn"]
        component = client.get_component(componentBuildVersionArn=arn)["component"]
        table.add_row("Component", f"{component['name']} {component['version']}")
        table.add_row("What it does", component.get("description", ""))
        table.add_row("Its phase and step", f"{failure['phaseName']}, {failure['stepName']}")
        table.add_row("Its error", failure.get("errorMessage", "not told"))
        table.add_row("Its parameters", parameters_of(recipe["components"], arn))
    table.add_row("Parent image", recipe["parentImage"].rpartition(":image/")[2])
    table.add_row("Began", image["dateCreated"])
    table.add_row("Log group", f"/aws/imagebuilder/{recipe['name']}")
    table.add_row("Log stream", image["version"])
    table.add_row("Last good image", newest_good(client, pipeline))
    console.print(table)


def parameters_of(components: Sequence[ComponentConfigurationOutputTypeDef], arn: str) -> str:
    """What the recipe gives the component, as far as it does not leave the defaults."""
    given = (
        f"{parameter['name']}={','.join(parameter['value'])}"
        for component in components
        if component["componentArn"] == arn
        for parameter in component.get("parameters", [])
    )
    return " ".join(given) or "the defaults"


def newest_good(client: ImagebuilderClient, pipeline: str) -> str:
    """The newest image of the pipeline that can be launched."""
    pages = client.get_paginator("list_image_pipeline_images").paginate(imagePipelineArn=pipeline)
    good = [
        image
        for page in pages
        for image in page["imageSummaryList"]
        if image["state"]["status"] == "AVAILABLE"
    ]
    if not good:
        return "nothing"
    newest = max(good, key=lambda image: image["dateCreated"])
    [ami] = (a for a in newest["outputResources"]["amis"] if a["region"] == REGION)
    return f"{newest['version']}: {ami['image']}"


def make_pipeline(client: ImagebuilderClient) -> str:
    """A pipeline without schedule."""
    component = client.create_component(
        name="hardening",
        semanticVersion="1.0.0",
        platform="Linux",
        description="The baseline that every team's servers start from",
        data=HARDENING.read_text(encoding="utf-8"),
        clientToken=str(uuid4()),
    )["componentBuildVersionArn"]
    recipe = client.create_image_recipe(
        name=NAME,
        semanticVersion="1.0.0",
        parentImage=PARENT,
        components=[
            {
                "componentArn": component,
                "parameters": [{"name": "SshMaxAuthTries", "value": ["none"]}],
            }
        ],
        clientToken=str(uuid4()),
    )["imageRecipeArn"]
    infrastructure = client.create_infrastructure_configuration(
        name=NAME,
        instanceProfileName="EC2InstanceProfileForImageBuilder",
        clientToken=str(uuid4()),
    )["infrastructureConfigurationArn"]
    return client.create_image_pipeline(
        name=NAME,
        imageRecipeArn=recipe,
        infrastructureConfigurationArn=infrastructure,
        clientToken=str(uuid4()),
    )["imagePipelineArn"]


def start(client: ImagebuilderClient, pipeline: str) -> str:
    return client.start_image_pipeline_execution(
        imagePipelineArn=pipeline, clientToken=str(uuid4())
    )["imageBuildVersionArn"]


def say(text: str) -> None:
    console.print(text, highlight=False)


if __name__ == "__main__":
    main()
