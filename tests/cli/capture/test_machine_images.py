"""``imagebuilder-mock capture --amis``: what EC2 knows of the AMIs comes along."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.cli.capture.journal import Journal
from imagebuilder_mock.cli.capture.resources import machine_images
from imagebuilder_mock.cli.command_line import main
from imagebuilder_mock.domain.resources.images import Image
from tests.builders import a_recipe
from tests.lifecycle_builders import a_rule

ACCOUNT = "123456789012"
REGION = "us-east-1"
NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


def an_account(mock):
    """Three old images; the AMI of the second is public, that of the third is elsewhere."""
    recipe = a_recipe(mock.client(region=REGION), name="web")
    old = NOON - timedelta(days=200)
    mock.images.add(recipe=recipe, created=old)
    mock.images.add(recipe=recipe, created=old - timedelta(days=1), public=True)
    mock.images.add(recipe=recipe, created=old - timedelta(days=2), regions=["eu-west-1"])


def previewed(path, **exclusions):
    """The fate of each image, by its build number, and what is said of its AMIs."""
    rule = a_rule("DELETE", 100, include=("amis", "snapshots"), amis=exclusions)
    with mock_imagebuilder(state=path, now=NOON) as mock:
        rows: list[Any] = mock.lifecycle.preview([rule]).rows
        return {
            row["image"][-1]: (row["fate"], {str(each["reason"]) for each in row["resources"]})
            for row in rows
        }


@pytest.fixture
def capture(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")

    def run(*options):
        path = tmp_path / "state.json"
        assert main(["capture", "--region", REGION, "--output", str(path), *options]) == 0
        return path, capsys.readouterr().err

    return run


@pytest.mark.needs("moto")
def test_exclusions_look_at_what_ec2_knows(capture):
    from moto import mock_aws

    with mock_aws(), mock_imagebuilder(now=NOON) as mock:
        an_account(mock)
        [gone] = mock.images.amis(mock.resources()[-3].arn)
        boto3.client("ec2", REGION).deregister_image(ImageId=gone.image_id)
        path, told = capture("--amis", "--account-mask", "000000000001")

    assert told == "captured: 3 Image, 1 ImageRecipe, 4 MachineImage\n"
    assert previewed(path, isPublic=True, regions=["eu-west-1"]) == {
        "1": ("DELETE", {"None"}),
        "2": ("DELETE", {"The AMI is public, and public AMIs are excluded."}),
        "3": ("DELETE", {"None", "The AMI is in the excluded Region 'eu-west-1'."}),
    }
    states = {
        (each["account_id"], each.get("state", "available"))
        for each in json.loads(path.read_text())["machine_images"]
    }
    assert states == {("000000000001", "available"), ("000000000001", "deregistered")}


def test_without_it_a_preview_says_what_it_cannot_know(capture):
    with mock_imagebuilder(now=NOON) as mock:
        an_account(mock)
        path, _ = capture()

    doubt = "(unless it is excluded: what EC2 knows of it is not known here)"
    assert previewed(path, isPublic=True, regions=["eu-west-1"]) == {
        "1": ("DELETE", {doubt}),
        "2": ("DELETE", {doubt}),
        "3": ("DELETE", {doubt, "The AMI is in the excluded Region 'eu-west-1'."}),
    }
    assert previewed(path, regions=["us-east-1"])["1"] == (
        "DELETE",
        {"The AMI is in the excluded Region 'us-east-1'."},
    )
    assert previewed(path, regions=["eu-west-1"])["1"] == ("DELETE", {"None"})


def test_an_ami_is_taken_along_with_all_that_rules_look_at():
    described: dict[str, Any] = {
        "Name": "web 1",
        "CreationDate": "2026-01-01T10:00:00.000Z",
        "LastLaunchedTime": "2026-01-02T10:00:00Z",
        "DeprecationTime": "2027-01-01T10:00:00.000Z",
        "State": "disabled",
        "Tags": [{"Key": "team", "Value": "web"}],
        "BlockDeviceMappings": [{"Ebs": {"SnapshotId": "snap-1"}}, {"VirtualName": "ephemeral0"}],
    }

    class Ec2:
        asked = 0

        def describe_images(self, Filters, **_):  # noqa: N803 - EC2's
            self.asked += 1
            return {"Images": [{"ImageId": Filters[0]["Values"][0], **described}]}

        def describe_image_attribute(self, **_):
            return {"LaunchPermissions": [{"UserId": "111122223333"}, {"Group": "all"}]}

    ec2, journal, told = Ec2(), Journal(), []
    with mock_imagebuilder(now=NOON) as mock:
        an_account(mock)
        images = [each for each in mock.resources() if isinstance(each, Image)][:1]
    for _ in range(2):
        [ami] = machine_images(images, lambda _: ec2, journal, lambda *done: told.append(done))

    assert ec2.asked == 1
    assert told == [("AMI", 1, 1)] * 2
    assert (ami.name, ami.state, ami.tags, ami.snapshots, ami.shared_with) == (
        "web 1",
        "disabled",
        {"team": "web"},
        ("snap-1",),
        frozenset({"111122223333"}),
    )
    assert ami.creation_date == datetime(2026, 1, 1, 10, tzinfo=timezone.utc)
    assert ami.last_launched == datetime(2026, 1, 2, 10, tzinfo=timezone.utc)
    assert ami.deprecation_time == datetime(2027, 1, 1, 10, tzinfo=timezone.utc)
