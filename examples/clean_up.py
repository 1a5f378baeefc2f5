"""Delete old images, with their AMIs and the snapshots of these.

    python clean_up.py golden --keep 2 --region us-east-1

An ordinary boto3 program. Deleting an image deletes Image Builder's record of it only, so the AMIs
are deregistered first, in every Region that has them, and their snapshots deleted after that.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_imagebuilder import ImagebuilderClient
    from mypy_boto3_imagebuilder.type_defs import AmiTypeDef, ImageSummaryTypeDef

# What has not ended yet is left alone.
ENDED = ("AVAILABLE", "CANCELLED", "DEPRECATED", "FAILED", "DISABLED")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Delete old images, their AMIs and snapshots.")
    parser.add_argument("name", help="of the images")
    parser.add_argument("--region", default="us-east-1", help="where they were built")
    parser.add_argument("--keep", type=int, default=3, help="how many of the newest stay")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    given = parser.parse_args(arguments)
    client = boto3.client("imagebuilder", region_name=given.region)

    newest_first = sorted(
        builds_of(client, given.name), key=lambda build: build["dateCreated"], reverse=True
    )
    for build in newest_first[given.keep :]:
        print(f"{build['arn']} of {build['dateCreated'][:10]}")
        for ami in build.get("outputResources", {}).get("amis", []):
            delete_ami(ami, dry_run=given.dry_run)
        if not given.dry_run:
            client.delete_image(imageBuildVersionArn=build["arn"])


def builds_of(client: ImagebuilderClient, name: str) -> Iterator[ImageSummaryTypeDef]:
    """All builds that have ended, of all versions."""
    versions = client.get_paginator("list_images").paginate(
        owner="Self", filters=[{"name": "name", "values": [name]}]
    )
    for page in versions:
        for version in page["imageVersionList"]:
            builds = client.get_paginator("list_image_build_versions").paginate(
                imageVersionArn=version["arn"]
            )
            for summaries in builds:
                for build in summaries["imageSummaryList"]:
                    if build["state"]["status"] in ENDED:
                        yield build


def delete_ami(ami: AmiTypeDef, *, dry_run: bool) -> None:
    ec2: Any = boto3.client("ec2", region_name=ami["region"])
    found = ec2.describe_images(
        Filters=[{"Name": "image-id", "Values": [ami["image"]]}], Owners=["self"]
    )["Images"]
    if not found:
        print(f"  {ami['region']} {ami['image']} is gone already")
        return
    print(f"  {ami['region']} {ami['image']}")
    if dry_run:
        return
    # A snapshot cannot be deleted while an AMI needs it, and is not known once that is gone.
    snapshots = [
        mapping["Ebs"]["SnapshotId"]
        for mapping in found[0]["BlockDeviceMappings"]
        if "SnapshotId" in mapping.get("Ebs", {})
    ]
    ec2.deregister_image(ImageId=ami["image"])
    for snapshot in snapshots:
        try:
            ec2.delete_snapshot(SnapshotId=snapshot)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidSnapshot.NotFound":
                raise


if __name__ == "__main__":
    main()
