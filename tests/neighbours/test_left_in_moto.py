"""What is in moto of parents and outputs: Amazon's AMIs, sizes, snapshots, lines of logs."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from botocore.exceptions import ClientError

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.build_views import the_image
from tests.builders import a_build, a_recipe

MANAGED = "arn:aws:imagebuilder:{}:aws:image/{}/x.x.x"
OTHER = "210987654321"


@pytest.fixture
def mock(moto):  # noqa: ARG001 - on around ours
    with mock_imagebuilder(builds="instant") as mock:
        yield mock


def told_of(client, name="ubuntu-server-24-lts-x86", region="us-east-1"):
    """The id that GetImage tells of one of Amazon's images."""
    image = client.get_image(imageBuildVersionArn=MANAGED.format(region, name))["image"]
    [ami] = image["outputResources"]["amis"]
    return ami["image"]


def the_output(client, **settings):
    arn = a_build(client, imageRecipeArn=a_recipe(client, **settings))
    [ami] = the_image(client, arn)["outputResources"]["amis"]
    return arn, ami["image"]


class TestAmisOfAmazon:
    def test_one_is_described_as_amazons_once_its_id_is_told(self, imagebuilder):
        ec2 = aws("ec2")
        before = {each["ImageId"] for each in ec2.describe_images(Owners=["amazon"])["Images"]}

        ami_id = told_of(imagebuilder)
        [ami] = ec2.describe_images(ImageIds=[ami_id])["Images"]
        amazons = {each["ImageId"] for each in ec2.describe_images(Owners=["amazon"])["Images"]}

        assert amazons - before == {ami_id}
        assert ami["ImageOwnerAlias"] == "amazon"
        assert ami["Public"] is True
        assert ami["RootDeviceName"] == "/dev/sda1"
        assert ami["BlockDeviceMappings"][0]["DeviceName"] == "/dev/sda1"
        assert ec2.describe_images(Owners=["self"])["Images"] == []

    def test_the_log_of_a_build_on_it_tells_it_too(self, imagebuilder, mock):
        a_build(imagebuilder)
        [line] = (
            each.body["message"]
            for each in mock.events
            if each.destination == "CloudWatchLogs" and "Resolved" in each.body["message"]
        )
        ami_id = line.rpartition(" ")[2].rstrip(".")

        [ami] = aws("ec2").describe_images(ImageIds=[ami_id])["Images"]
        assert ami["ImageOwnerAlias"] == "amazon"

    def test_every_account_sees_it_in_its_region(self, imagebuilder, mock):
        ami_id = told_of(imagebuilder)

        theirs = aws("ec2", **mock.credentials(OTHER)).describe_images(ImageIds=[ami_id])["Images"]

        assert [each["ImageId"] for each in theirs] == [ami_id]
        with pytest.raises(ClientError, match="InvalidAMIID"):
            aws("ec2", "eu-west-1").describe_images(ImageIds=[ami_id])

    def test_instances_run_from_it_and_copies_are_built_on(self, imagebuilder):
        ami_id = told_of(imagebuilder)
        ec2 = aws("ec2")

        [instance] = ec2.run_instances(ImageId=ami_id, MinCount=1, MaxCount=1)["Instances"]
        copy = ec2.copy_image(Name="mine", SourceImageId=ami_id, SourceRegion="us-east-1")

        assert instance["ImageId"] == ami_id
        assert a_recipe(imagebuilder, parentImage=copy["ImageId"])
        assert a_recipe(imagebuilder, parentImage=ami_id)

    def test_a_reset_takes_it_back(self, imagebuilder, mock):
        ami_id = told_of(imagebuilder)
        mock.reset()

        with pytest.raises(ClientError, match="InvalidAMIID"):
            aws("ec2").describe_images(ImageIds=[ami_id])

    def test_without_neighbours_moto_is_left_alone(self, moto):  # noqa: ARG002
        with mock_imagebuilder(neighbours="off"):
            ami_id = told_of(aws("imagebuilder"))

            with pytest.raises(ClientError, match="InvalidAMIID"):
                aws("ec2").describe_images(ImageIds=[ami_id])


class TestSnapshots:
    def test_one_that_is_deleted_in_ec2_is_gone_from_its_ami(self, imagebuilder, mock):
        devices = [
            {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20}},
            {"deviceName": "/dev/sdb", "ebs": {"volumeSize": 100}},
        ]
        arn, ami_id = the_output(imagebuilder, blockDeviceMappings=devices)
        [ami] = mock.images.amis(arn)
        root, data = ami.snapshots
        ec2 = aws("ec2")

        ec2.deregister_image(ImageId=ami_id)
        ec2.delete_snapshot(SnapshotId=data)

        [ami] = mock.images.amis(arn)
        assert ami.snapshots == (root,)
        assert ami.state == "deregistered"

    def test_they_have_the_sizes_of_the_volumes_of_the_parent(self, imagebuilder, mock):
        _, parent = the_output(
            imagebuilder,
            blockDeviceMappings=[
                {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 40}},
                {"deviceName": "/dev/sdf", "ebs": {"volumeSize": 5}},
            ],
        )

        arn, _ = the_output(imagebuilder, parentImage=parent)

        [ami] = mock.images.amis(arn)
        ids = [device["Ebs"]["SnapshotId"] for device in ami.devices]
        found = aws("ec2").describe_snapshots(SnapshotIds=ids)["Snapshots"]
        assert {each["SnapshotId"]: each["VolumeSize"] for each in found} == dict(
            zip(ids, (40, 5), strict=True)
        )


class TestParents:
    def test_a_deregistered_output_ami_is_none(self, imagebuilder):
        _, ami_id = the_output(imagebuilder)
        aws("ec2").deregister_image(ImageId=ami_id)

        with pytest.raises(
            imagebuilder.exceptions.InvalidParameterValueException, match=f"{ami_id}.*not exist"
        ):
            a_recipe(imagebuilder, parentImage=ami_id)

    def test_nor_is_one_without_moto(self):
        with mock_imagebuilder(builds="instant") as mock:
            client = mock.client()
            arn, ami_id = the_output(client)
            [ami] = mock.images.amis(arn)
            ami.state = "deregistered"

            with pytest.raises(client.exceptions.InvalidParameterValueException, match=ami_id):
                a_recipe(client, parentImage=ami_id)

    def test_a_build_on_an_image_whose_ami_is_deregistered_fails(self, imagebuilder):
        arn, ami_id = the_output(imagebuilder)
        recipe = a_recipe(imagebuilder, parentImage=arn)
        aws("ec2").deregister_image(ImageId=ami_id)

        state = the_image(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe))["state"]

        assert state["status"] == "FAILED"
        assert ami_id in state["reason"]


class TestLogs:
    @pytest.mark.parametrize(
        "ahead", [{"days": 30}, {"hours": 3}, {"days": -20}], ids=["a month", "hours", "long ago"]
    )
    def test_lines_at_times_that_the_logs_refuse_are_delivered_in_their_order(
        self,
        moto,  # noqa: ARG002
        ahead,
        caplog,
    ):
        now = datetime.now(timezone.utc) + timedelta(**ahead)
        with mock_imagebuilder(builds="instant", now=now) as mock:
            client = mock.client()
            arn, _ = the_output(client)
            image = the_image(client, arn)
            told = [
                each.body["message"]
                for each in mock.events
                if each.destination == "CloudWatchLogs" and each.name.endswith(image["name"])
            ]

            found = boto3.client("logs", "us-east-1").get_log_events(
                logGroupName=f"/aws/imagebuilder/{image['name']}",
                logStreamName=f"{image['version']}",
                startFromHead=True,
                limit=10_000,
            )["events"]

        assert [each["message"] for each in found] == told
        assert not caplog.records

    def test_lines_that_are_refused_all_the_same_are_warned_about(self, mock, monkeypatch, caplog):
        from moto.logs.models import LogsBackend

        answer = ("0", {"tooOldLogEventEndIndex": 0})
        monkeypatch.setattr(LogsBackend, "put_log_events", lambda *_args, **_more: answer)

        the_output(mock.client())

        assert "tooOldLogEventEndIndex" in caplog.text
