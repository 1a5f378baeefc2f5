"""Tell everybody which AMI is the newest: a Lambda function for the topic of the builds.

It takes the SNS message of a finished build, writes the AMI's id to a parameter in each Region that
has the AMI, and lets a launch template start from it. Subscribe it to the topic that the
infrastructure configuration names. LAUNCH_TEMPLATE names the template in the function's own Region,
PARAMETER_PREFIX the folder of the parameters.
"""

from __future__ import annotations

import json
import logging
import os
from typing import Any

import boto3

REGION = os.environ["AWS_REGION"]
LAUNCH_TEMPLATE = os.environ["LAUNCH_TEMPLATE"]
PARAMETER_PREFIX = os.environ.get("PARAMETER_PREFIX", "/golden")

log = logging.getLogger(__name__)
ec2: Any = boto3.client("ec2", region_name=REGION)
# Clients are kept from one invocation to the next.
ssm: dict[str, Any] = {}


def handler(event: dict[str, Any], _context: object) -> dict[str, dict[str, str]]:
    """The AMIs by image and Region; a build that failed is logged, and changes nothing."""
    published = {}
    for record in event["Records"]:
        image = json.loads(record["Sns"]["Message"])
        if image["state"]["status"] == "AVAILABLE":
            published[image["arn"]] = publish(image)
        else:
            log.error("%s: %s", image["arn"], image["state"].get("reason", "no reason given"))
    return published


def publish(image: dict[str, Any]) -> dict[str, str]:
    # The account that builds; what was copied to others is theirs to publish.
    amis = {
        ami["region"]: ami["image"]
        for ami in image["outputResources"]["amis"]
        if ami["accountId"] == image["accountId"]
    }
    for region, ami in amis.items():
        if region not in ssm:
            ssm[region] = boto3.client("ssm", region_name=region)
        ssm[region].put_parameter(
            Name=f"{PARAMETER_PREFIX}/{image['name']}/ami",
            Value=ami,
            Type="String",
            Overwrite=True,
        )
    if REGION in amis:
        start_from(amis[REGION], image)
    return amis


def start_from(ami: str, image: dict[str, Any]) -> None:
    """A version of the template that is as the newest one, but for the AMI, and the default."""
    version = ec2.create_launch_template_version(
        LaunchTemplateName=LAUNCH_TEMPLATE,
        SourceVersion="$Latest",
        VersionDescription=f"{image['name']} {image['version']}/{image['buildVersion']}",
        LaunchTemplateData={"ImageId": ami},
    )["LaunchTemplateVersion"]["VersionNumber"]
    ec2.modify_launch_template(LaunchTemplateName=LAUNCH_TEMPLATE, DefaultVersion=str(version))
