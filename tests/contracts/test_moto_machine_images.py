"""What is known of moto's own classes holds for the moto that is installed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock.neighbours.ports import (
    AbsentError,
    BlockDevice,
    LaunchPermission,
    NeighbourError,
    OutputAmi,
)
from tests.beside_moto import aws

CREATED = datetime(2026, 9, 9, 19, 19, 8, tzinfo=timezone.utc)
AMI = OutputAmi(
    image_id="ami-0123456789abcdef0",
    name="web 2026-09-09",
    creation_date=CREATED,
    description="The web",
    architecture="arm64",
    block_devices=(
        BlockDevice(device_name="/dev/xvda", snapshot_id="snap-0123456789abcdef0", volume_size=20),
        BlockDevice(
            device_name="/dev/sdb",
            snapshot_id="snap-1123456789abcdef0",
            volume_size=100,
            volume_type="io2",
            iops=1000,
            encrypted=True,
        ),
    ),
    tags={"CreatedBy": "EC2 Image Builder"},
)


@pytest.fixture
def amis():
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        from imagebuilder_mock.neighbours.in_moto.machine_images import MotoMachineImages

        yield MotoMachineImages("123456789012", "us-east-1")


@pytest.fixture
def registered(amis):
    amis.register(AMI)
    return amis


def described(ami_id=AMI.image_id):
    [image] = aws("ec2").describe_images(ImageIds=[ami_id])["Images"]
    return image


def answers_are_made_of_attributes():
    from moto.ec2.models.amis import Ami

    return hasattr(Ami, "block_device_mappings")


def test_it_is_described_as_it_was_registered(registered):
    image = described()

    assert image["Name"] == "web 2026-09-09"
    assert image["Description"] == "The web"
    assert image["Architecture"] == "arm64"
    assert image["OwnerId"] == "123456789012"
    assert image["State"] == "available"
    assert image["CreationDate"] == "2026-09-09T19:19:08.000Z"
    assert image["RootDeviceName"] == "/dev/xvda"
    assert image["RootDeviceType"] == "ebs"
    assert image["VirtualizationType"] == "hvm"
    assert image["Tags"] == [{"Key": "CreatedBy", "Value": "EC2 Image Builder"}]
    assert image["Public"] is False
    assert "Platform" not in image
    assert registered.find(AMI.image_id) == AMI


@pytest.mark.usefixtures("registered")
def test_its_devices_are_those_of_the_recipe():
    root, *others = described()["BlockDeviceMappings"]

    assert root["Ebs"]["SnapshotId"] == "snap-0123456789abcdef0"
    if answers_are_made_of_attributes():
        [other] = others
        assert other["DeviceName"] == "/dev/sdb"
        assert (other["Ebs"]["VolumeSize"], other["Ebs"]["Iops"]) == (100, 1000)
        assert (root["Ebs"]["VolumeSize"], other["Ebs"]["Encrypted"]) == (20, True)


def test_each_device_has_its_snapshot_and_no_other_is_left(registered):
    found = aws("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
    ours = {each["SnapshotId"]: each for each in found if AMI.image_id in each["Description"]}

    assert set(ours) == set(AMI.snapshots)
    assert ours["snap-1123456789abcdef0"]["VolumeSize"] == 100
    assert ours["snap-1123456789abcdef0"]["Encrypted"] is True
    assert aws("ec2").describe_volumes()["Volumes"] == []
    assert registered.find(AMI.image_id).snapshots == AMI.snapshots


def test_one_for_windows_without_devices_has_one(amis):
    amis.register(
        OutputAmi(image_id=AMI.image_id, name="desktop", creation_date=CREATED, platform="Windows")
    )

    image = described()
    assert (image["Platform"], image["RootDeviceName"]) == ("windows", "/dev/sda1")
    assert len(amis.find(AMI.image_id).snapshots) == 1


@pytest.mark.parametrize(
    "search",
    [
        {"Owners": ["self"]},
        {"Filters": [{"Name": "name", "Values": ["web *"]}]},
        {"Filters": [{"Name": "tag:CreatedBy", "Values": ["EC2 Image Builder"]}]},
        {"Filters": [{"Name": "architecture", "Values": ["arm64"]}], "Owners": ["self"]},
    ],
    ids=["owner", "name", "tag", "architecture"],
)
@pytest.mark.usefixtures("registered")
def test_it_can_be_searched(search):
    [image] = aws("ec2").describe_images(**search)["Images"]

    assert image["ImageId"] == AMI.image_id


@pytest.mark.usefixtures("registered")
def test_it_can_be_copied_to_another_region():
    elsewhere = aws("ec2", "eu-west-1")

    copy = elsewhere.copy_image(Name="copy", SourceImageId=AMI.image_id, SourceRegion="us-east-1")[
        "ImageId"
    ]

    [image] = elsewhere.describe_images(ImageIds=[copy])["Images"]
    assert image["Architecture"] == "arm64"


def test_launches_are_known(registered):
    before = registered.last_launched(AMI.image_id)
    [instance] = aws("ec2").run_instances(ImageId=AMI.image_id, MinCount=1, MaxCount=1)["Instances"]

    launched = registered.last_launched(AMI.image_id)
    assert before is None
    assert abs(launched - instance["LaunchTime"]) <= timedelta(seconds=1)
    assert instance["Architecture"] == "arm64"
    if answers_are_made_of_attributes():
        assert described()["LastLaunchedTime"].startswith(f"{launched:%Y-%m-%dT%H:%M}")


def test_tags_are_added_and_taken_away(registered):
    registered.set_tags(AMI.image_id, {"team": "web"}, remove=["CreatedBy"])

    assert registered.find(AMI.image_id).tags == {"team": "web"}


def test_it_is_shared_and_disabling_it_ends_that(registered):
    registered.share(
        AMI.image_id,
        LaunchPermission(
            user_ids=["111122223333", "444455556666"],
            user_groups=["all"],
            organization_arns=["arn:aws:organizations::123456789012:organization/o-abcdefghij"],
            organizational_unit_arns=[
                "arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-abcd-12345678"
            ],
        ),
    )
    shared = registered.find(AMI.image_id)
    registered.disable(AMI.image_id)
    disabled = registered.find(AMI.image_id)
    registered.enable(AMI.image_id)

    assert (shared.public, shared.shared_with) == (True, {"111122223333", "444455556666"})
    assert (disabled.state, disabled.public, disabled.shared_with) == ("disabled", False, set())
    assert registered.find(AMI.image_id).state == "available"


def test_it_is_deprecated_and_that_is_taken_back(registered):
    at = datetime(2027, 1, 1, tzinfo=timezone.utc)

    registered.deprecate(AMI.image_id, at)
    assert registered.find(AMI.image_id).deprecation_time == at
    if answers_are_made_of_attributes():
        assert described()["DeprecationTime"] == "2027-01-01T00:00:00.000Z"
    registered.deprecate(AMI.image_id, None)
    assert registered.find(AMI.image_id).deprecation_time is None


def test_it_is_deregistered_once(registered):
    answers = [registered.deregister(AMI.image_id), registered.deregister(AMI.image_id)]

    assert answers == [True, False]
    assert registered.find(AMI.image_id) is None


def test_one_that_the_user_deregistered_is_gone(registered):
    aws("ec2").deregister_image(ImageId=AMI.image_id)

    assert registered.find(AMI.image_id) is None
    assert registered.deregister(AMI.image_id) is False
    for change in (registered.disable, registered.enable):
        with pytest.raises(AbsentError):
            change(AMI.image_id)


def test_a_snapshot_is_deleted_after_its_ami(registered):
    snapshot = AMI.snapshots[0]

    with pytest.raises(NeighbourError, match="in use"):
        registered.delete_snapshot(snapshot)
    registered.deregister(AMI.image_id)

    assert registered.delete_snapshot(snapshot) is True
    assert registered.delete_snapshot(snapshot) is False


def test_an_ami_of_the_users_own_is_found_too(amis):
    made = aws("ec2").register_image(Name="by hand")["ImageId"]

    found = amis.find(made)

    assert (found.name, len(found.snapshots)) == ("by hand", 1)


def test_accounts_and_regions_are_apart(registered):
    from imagebuilder_mock.neighbours.in_moto.machine_images import MotoMachineImages

    elsewhere = [
        MotoMachineImages("111122223333", "us-east-1"),
        MotoMachineImages("123456789012", "eu-west-1"),
    ]

    assert [amis.find(AMI.image_id) for amis in elsewhere] == [None, None]
    assert registered.find(AMI.image_id)
