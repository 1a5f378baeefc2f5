"""The clean-up script in examples/, beside moto: what it leaves in both."""

from __future__ import annotations

from datetime import datetime, timezone

import boto3
import pytest
from botocore.loaders import Loader

from tests.builders import a_build, a_distribution, a_recipe, an_image, an_infrastructure
from tests.examples.beside_moto import HOME, both, program

REGIONS = (HOME, "eu-central-1")
pytestmark = pytest.mark.skipif(
    "ListImageBuildVersions"
    not in Loader().load_service_model("imagebuilder", "paginators-1")["pagination"],
    reason="this botocore has no paginators for Image Builder",
)


def build_three(client, mock):
    """One build a day, of two versions of a recipe, in two Regions; the oldest first."""
    common = {
        "infrastructureConfigurationArn": an_infrastructure(client),
        "distributionConfigurationArn": a_distribution(client, *REGIONS),
    }
    builds: list[str] = []
    for version in ("1.0.0", "1.1.0", "1.1.0"):
        recipe = f"arn:aws:imagebuilder:{HOME}:123456789012:image-recipe/golden/{version}"
        if not builds or version not in builds[-1]:
            recipe = a_recipe(client, name="golden", semanticVersion=version)
        builds.append(an_image(client, imageRecipeArn=recipe, **common))
        mock.clock.advance(days=1)
    return builds


def left(client):
    """What there is afterwards: builds, and AMIs and snapshots of each Region."""
    builds = [
        build["arn"]
        for version in client.list_images(owner="Self")["imageVersionList"]
        for build in client.list_image_build_versions(imageVersionArn=version["arn"])[
            "imageSummaryList"
        ]
    ]
    found = {}
    for region in REGIONS:
        ec2 = boto3.client("ec2", region)
        amis = ec2.describe_images(Owners=["self"])["Images"]
        snapshots = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
        ours = [each for each in snapshots if each["Description"].startswith("Created by CreateIm")]
        found[region] = (len(amis), len(ours))
    return sorted(builds), found


@pytest.mark.parametrize("outer", ["ours", "theirs"])
def test_the_newest_stay_with_their_amis_and_snapshots(outer):
    now = datetime(2026, 9, 9, tzinfo=timezone.utc)
    with both(outer, builds="instant", now=now) as mock:
        client = boto3.client("imagebuilder", HOME)
        builds = build_three(client, mock)
        assert left(client) == (builds, dict.fromkeys(REGIONS, (3, 3)))

        program("clean_up").main(["golden", "--keep", "1"])

        assert left(client) == ([builds[-1]], dict.fromkeys(REGIONS, (1, 1)))


def test_a_dry_run_says_what_it_would_delete(capsys):
    with both("theirs", builds="instant") as mock:
        client = boto3.client("imagebuilder", HOME)
        builds = build_three(client, mock)

        program("clean_up").main(["golden", "--keep", "2", "--dry-run"])

        assert builds[0] in capsys.readouterr().out
        assert left(client) == (builds, dict.fromkeys(REGIONS, (3, 3)))


def test_what_is_gone_or_not_ended_is_passed_over(capsys):
    with both("theirs", builds="held") as mock:
        client = boto3.client("imagebuilder", HOME)
        recipe, infrastructure = a_recipe(client, name="golden"), an_infrastructure(client)
        given = {"imageRecipeArn": recipe, "infrastructureConfigurationArn": infrastructure}
        first, second = a_build(client, **given), a_build(client, **given)
        mock.builds.complete(first)
        [ami] = client.get_image(imageBuildVersionArn=first)["image"]["outputResources"]["amis"]
        boto3.client("ec2", HOME).deregister_image(ImageId=ami["image"])

        program("clean_up").main(["golden", "--keep", "0"])

        assert f"{ami['image']} is gone already" in capsys.readouterr().out
        assert left(client)[0] == [second]
