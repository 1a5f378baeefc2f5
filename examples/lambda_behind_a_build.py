"""A build ends, EventBridge calls a Lambda function, and a parameter names the new AMI.

    imagebuilder-mock run --moto lambda_behind_a_build.py

The function is `parameter_handler.py`, as it would be deployed. Image Builder is mocked here, and
moto answers for the parameters of Systems Manager.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from rich.console import Console
from rich.table import Table

from imagebuilder_mock import mock_imagebuilder

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagebuilder_mock import Event

REGION = "us-east-1"
REGIONS = (REGION, "eu-central-1")
CHANGED = "EC2 Image Builder Image State Change"
console = Console()


def main() -> None:
    say("No AWS account is used: Image Builder is mocked, and the parameters are moto's.")
    os.environ.setdefault("AWS_REGION", REGION)  # as Lambda does
    with mock_imagebuilder() as mock:
        # As Lambda does too, the module is loaded where its clients can be made.
        import parameter_handler  # noqa: PLC0415

        mock.events.subscribe(rule(parameter_handler.handler))
        pipeline = mock.pipelines.add(regions=REGIONS[1:], region=REGION).arn
        client = boto3.client("imagebuilder", region_name=REGION)

        table = Table("Build", "State", *REGIONS, title="/images/web/newest after each build")
        for fails in (False, True, False):
            if fails:  # which is to change no parameter
                mock.builds.fail_next(component="web")
            arn = client.start_image_pipeline_execution(
                imagePipelineArn=pipeline, clientToken=str(uuid4())
            )["imageBuildVersionArn"]
            mock.clock.advance(hours=1)
            image = client.get_image(imageBuildVersionArn=arn)["image"]
            table.add_row(image["version"], image["state"]["status"], *map(newest, REGIONS))
        console.print(table)
    say("The second build was made to fail, and the parameters stayed as they were.")


def rule(handler: Callable[[dict[str, Any], object], object]) -> Callable[[Event], None]:
    """What a rule of EventBridge does: call the function with the events that match."""

    def match(event: Event) -> None:
        if event.destination != "EventBridge" or event.name != CHANGED:
            return
        if event.body["detail"]["state"]["status"] == "AVAILABLE":
            handler(dict(event.body), None)

    return match


def newest(region: str) -> str:
    ssm: Any = boto3.client("ssm", region_name=region)
    value: str = ssm.get_parameter(Name="/images/web/newest")["Parameter"]["Value"]
    return value


def say(text: str) -> None:
    console.print(text, highlight=False)


if __name__ == "__main__":
    main()
