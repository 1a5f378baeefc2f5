"""A clean-up of old AMIs, against a history of two years that is made in a moment.

    imagebuilder-mock run --moto two_years_of_images.py

The clean-up is `clean_up.py`, an ordinary boto3 program. What it finds is made up here: an image
every twelve days. Image Builder is mocked, and moto answers for EC2.
"""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

import boto3
import clean_up
from rich.console import Console
from rich.table import Table

from imagebuilder_mock import mock_imagebuilder

REGION = "us-east-1"
REGIONS = (REGION, "eu-central-1")
KEPT = 5
TWO_YEARS = timedelta(days=731)
console = Console()


def main() -> None:
    parser = argparse.ArgumentParser(description="Clean up two years of images.")
    parser.add_argument("--days-between", type=int, default=12, help="from one image to the next")
    step = timedelta(days=parser.parse_args().days_between)
    say("No AWS account is used: Image Builder is mocked, and EC2 is moto's.")
    with mock_imagebuilder() as mock:
        now = mock.clock.now()
        mock.pipelines.add(
            name="web",
            regions=REGIONS[1:],
            created=now - TWO_YEARS,
            region=REGION,
        )
        mock.images.add(
            pipeline="web", created=[now - step * number for number in range(TWO_YEARS // step + 1)]
        )
        table = Table("", "Images", "AMIs", "Snapshots", title="Two years of the pipeline web")
        table.add_row("before", *counts())
        clean_up.main(["web", "--keep", str(KEPT), "--region", REGION])
        table.add_row("after", *counts())
        console.print(table)
    say(f"Had it run on AWS, {KEPT} images would be left; here nothing of yours was touched.")


def counts() -> list[str]:
    client = boto3.client("imagebuilder", region_name=REGION)
    amis: list[Any] = []
    for region in REGIONS:
        ec2: Any = boto3.client("ec2", region_name=region)
        amis += ec2.describe_images(Owners=["self"])["Images"]
    snapshots = {
        mapping["Ebs"]["SnapshotId"] for ami in amis for mapping in ami["BlockDeviceMappings"]
    }
    images = len(list(clean_up.builds_of(client, "web")))
    return [str(images), str(len(amis)), str(len(snapshots))]


def say(text: str) -> None:
    console.print(text, highlight=False)


if __name__ == "__main__":
    main()
