"""Keep the id of the newest AMI in a parameter: a Lambda function for EventBridge.

A rule with this pattern calls it whenever an image is finished:

    {"source": ["aws.imagebuilder"],
     "detail-type": ["EC2 Image Builder Image State Change"],
     "detail": {"state": {"status": ["AVAILABLE"]}}}

The event has the image's ARN and nothing of its AMIs, so the function asks for them. Each Region
that has an AMI gets the parameter.
"""

from __future__ import annotations

import os
from typing import Any

import boto3

imagebuilder = boto3.client("imagebuilder", region_name=os.environ["AWS_REGION"])


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """The AMI of each Region, as the parameters have them now."""
    [build] = (arn for arn in event["resources"] if ":image/" in arn)
    image = imagebuilder.get_image(imageBuildVersionArn=build)["image"]
    amis = {ami["region"]: ami["image"] for ami in image["outputResources"]["amis"]}
    for region, ami in amis.items():
        boto3.client("ssm", region_name=region).put_parameter(
            Name=f"/images/{image['name']}/newest", Value=ami, Type="String", Overwrite=True
        )
    return amis
