"""Build a golden image with EC2 Image Builder, release a second version, remove the first.

    python golden_image.py --region us-east-1 --poll-seconds 30

An ordinary boto3 program. With AWS credentials it builds on AWS, where a build takes the better
part of an hour and costs money; `imagebuilder-mock run golden_image.py` builds in memory.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import ImagebuilderClient
    from mypy_boto3_imagebuilder.type_defs import FilterTypeDef, ImageTypeDef, ScheduleTypeDef

NAME = "golden"
AMI_NAME = "golden {{ imagebuilder:buildDate }}"
REGIONS = ("us-east-1", "eu-central-1", "ap-northeast-1")
DOCUMENTS = Path(__file__).parent / "components"
TAGS = {"team": "platform", "cost-center": "4711"}
SUNDAY_NIGHT: ScheduleTypeDef = {
    "scheduleExpression": "cron(30 2 ? * SUN *)",
    "timezone": "Europe/Berlin",
    "pipelineExecutionStartCondition": "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE",
}
IN_PROGRESS = ("PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING")
console = Console()


def main() -> None:
    parser = argparse.ArgumentParser(description="Build a golden image, and then the next one.")
    parser.add_argument("--region", default="us-east-1", help="where to build")
    parser.add_argument("--poll-seconds", type=float, default=0.2, help="on AWS, 30 is right")
    given = parser.parse_args()
    client = boto3.client("imagebuilder", region_name=given.region)

    console.rule("First release")
    hardening = ensure_component(client, "hardening", "1.0.0")
    recipe = make_recipe(client, hardening, ssh_attempts=4)
    pipeline = ensure_pipeline(client, recipe)
    build(client, pipeline, given.poll_seconds)

    console.rule("Second release")
    next_hardening = ensure_component(client, "hardening", "1.1.0")
    ensure_pipeline(client, make_recipe(client, next_hardening, ssh_attempts=3))
    build(client, pipeline, given.poll_seconds)

    console.rule("Removing the first release")
    images = builds_of(client, recipe.replace(":image-recipe/", ":image/"))
    delete_all(client, [hardening, recipe, *images])


def ensure_component(client: ImagebuilderClient, name: str, version: str) -> str:
    """The newest build of a component's version; a changed document makes a new one."""
    try:
        arn = client.create_component(
            name=name,
            semanticVersion=version,
            platform="Linux",
            supportedOsVersions=["Amazon Linux 2023"],
            data=(DOCUMENTS / f"{name}.yml").read_text(encoding="utf-8"),
            tags=TAGS,
            clientToken=str(uuid4()),
        )["componentBuildVersionArn"]
    except client.exceptions.ResourceAlreadyExistsException:
        found = client.list_components(filters=where(name=name, version=version))
        [entry] = found["componentVersionList"]
        builds = client.list_component_build_versions(componentVersionArn=entry["arn"])
        arn = builds["componentSummaryList"][0]["arn"]  # the newest comes first
    say("component", arn)
    return arn


def make_recipe(client: ImagebuilderClient, hardening: str, ssh_attempts: int) -> str:
    amazon = f"arn:aws:imagebuilder:{client.meta.region_name}:aws"
    arn = client.create_image_recipe(
        name=NAME,
        semanticVersion="1.0.x",  # the service counts: 1.0.0, 1.0.1, ...
        parentImage=f"{amazon}:image/amazon-linux-2023-x86/x.x.x",
        components=[
            {"componentArn": f"{amazon}:component/amazon-cloudwatch-agent-linux/x.x.x"},
            {
                "componentArn": hardening,
                "parameters": [{"name": "SshMaxAuthTries", "value": [str(ssh_attempts)]}],
            },
            {"componentArn": ensure_component(client, "smoke-test", "1.0.0")},
        ],
        blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20}}],
        clientToken=str(uuid4()),
    )["imageRecipeArn"]
    say("recipe", arn)
    return arn


def ensure_infrastructure(client: ImagebuilderClient) -> str:
    try:
        return client.create_infrastructure_configuration(
            name=NAME,
            instanceProfileName="EC2InstanceProfileForImageBuilder",
            instanceTypes=["m6i.large", "m5.large"],
            instanceMetadataOptions={"httpTokens": "required"},
            clientToken=str(uuid4()),
        )["infrastructureConfigurationArn"]
    except client.exceptions.ResourceAlreadyExistsException:
        found = client.list_infrastructure_configurations(filters=where(name=NAME))
        return found["infrastructureConfigurationSummaryList"][0]["arn"]


def ensure_distribution(client: ImagebuilderClient) -> str:
    """Three Regions get the image, the one that builds it first."""
    regions = list(dict.fromkeys((client.meta.region_name, *REGIONS)))[:3]
    try:
        return client.create_distribution_configuration(
            name=NAME,
            distributions=[
                {
                    "region": region,
                    "amiDistributionConfiguration": {"name": AMI_NAME, "amiTags": TAGS},
                }
                for region in regions
            ],
            clientToken=str(uuid4()),
        )["distributionConfigurationArn"]
    except client.exceptions.ResourceAlreadyExistsException:
        found = client.list_distribution_configurations(filters=where(name=NAME))
        return found["distributionConfigurationSummaryList"][0]["arn"]


def ensure_pipeline(client: ImagebuilderClient, recipe: str) -> str:
    """The pipeline with this recipe. An update replaces everything, so it says everything."""
    infrastructure, distribution = ensure_infrastructure(client), ensure_distribution(client)
    try:
        arn = client.create_image_pipeline(
            name=NAME,
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=infrastructure,
            distributionConfigurationArn=distribution,
            schedule=SUNDAY_NIGHT,
            tags=TAGS,
            clientToken=str(uuid4()),
        )["imagePipelineArn"]
    except client.exceptions.ResourceAlreadyExistsException:
        found = client.list_image_pipelines(filters=where(name=NAME))
        arn = client.update_image_pipeline(
            imagePipelineArn=found["imagePipelineList"][0]["arn"],
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=infrastructure,
            distributionConfigurationArn=distribution,
            schedule=SUNDAY_NIGHT,
            clientToken=str(uuid4()),
        )["imagePipelineArn"]
    pipeline = client.get_image_pipeline(imagePipelineArn=arn)["imagePipeline"]
    say("pipeline", arn)
    say("next run", pipeline["dateNextRun"])
    return arn


def build(client: ImagebuilderClient, pipeline: str, poll_seconds: float) -> None:
    """Run the pipeline and tell how it went; exit if there is no image in the end."""
    arn = client.start_image_pipeline_execution(
        imagePipelineArn=pipeline, clientToken=str(uuid4())
    )["imageBuildVersionArn"]
    say("build", arn)
    image, timeline = wait_for(client, arn, poll_seconds)

    table = Table("State", "Seen at", "After", title="Timeline")
    begin = min(timeline.values())
    for status, seen in timeline.items():
        table.add_row(status, f"{seen:%H:%M:%S}", f"{(seen - begin).total_seconds():.1f} s")
    console.print(table)
    if image["state"]["status"] != "AVAILABLE":
        sys.exit(f"The build {arn} failed: {image['state'].get('reason')}")

    table = Table("Region", "AMI", "Name", title=f"AMIs of {image['name']} {image['version']}")
    for ami in image["outputResources"]["amis"]:
        table.add_row(ami["region"], ami["image"], ami["name"])
    console.print(table)


def wait_for(
    client: ImagebuilderClient, arn: str, poll_seconds: float
) -> tuple[ImageTypeDef, dict[str, datetime]]:
    """Look at a build until it has ended: the image, and when each state was first seen."""
    timeline: dict[str, datetime] = {}
    with console.status("Building") as line:
        while True:
            image = client.get_image(imageBuildVersionArn=arn)["image"]
            status = image["state"]["status"]
            timeline.setdefault(status, datetime.now(timezone.utc))
            if status not in IN_PROGRESS:
                return image, timeline
            line.update(f"Building: {status}")
            time.sleep(poll_seconds)


def builds_of(client: ImagebuilderClient, version: str) -> list[str]:
    pages = client.get_paginator("list_image_build_versions").paginate(imageVersionArn=version)
    return [image["arn"] for page in pages for image in page["imageSummaryList"]]


def delete_all(client: ImagebuilderClient, arns: list[str]) -> None:
    """Delete; what something still needs is tried again when the others are gone.

    AMIs stay: deleting an image deletes Image Builder's record of it only.
    """
    while arns:
        needed = []
        for arn in arns:
            try:
                delete(client, arn)
                say("deleted", arn)
            except client.exceptions.ResourceDependencyException:
                say("in use", arn)
                needed.append(arn)
        if needed == arns:
            sys.exit("What is left is needed by somebody else.")
        arns = needed


def delete(client: ImagebuilderClient, arn: str) -> None:
    if ":component/" in arn:
        client.delete_component(componentBuildVersionArn=arn)
    elif ":image-recipe/" in arn:
        client.delete_image_recipe(imageRecipeArn=arn)
    else:
        client.delete_image(imageBuildVersionArn=arn)


def where(**values: str) -> list[FilterTypeDef]:
    return [{"name": name, "values": [value]} for name, value in values.items()]


def say(what: str, text: str) -> None:
    # Without what all ARNs begin with, a line fits a terminal.
    text = text.partition(":imagebuilder:")[2] or text
    console.print(f"{what:<10} {text}", soft_wrap=True, highlight=False)


if __name__ == "__main__":
    main()
