"""What is known of moto's own classes holds for the moto that is installed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.machine_image import AmiFacts, MachineImage
from imagebuilder_mock.domain.records import replace
from imagebuilder_mock.neighbours import machine_images, telling
from imagebuilder_mock.neighbours.account import Place
from imagebuilder_mock.neighbours.contents import ami_facts
from imagebuilder_mock.neighbours.machine_images import ActionRefused
from tests.beside_moto import aws

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

CREATED = datetime(2026, 9, 9, 19, 19, 8, tzinfo=timezone.utc)
HERE = Place("123456789012", "us-east-1")
AMI = "ami-0123456789abcdef0"
SNAPSHOTS = ("snap-0123456789abcdef0", "snap-1123456789abcdef0")


def a_device(name, snapshot, **members):
    ebs = {"SnapshotId": snapshot, "VolumeSize": 20, "VolumeType": "gp3", "Encrypted": False}
    return {"DeviceName": name, "Ebs": {**ebs, **members}}


DEVICES = [
    a_device("/dev/xvda", SNAPSHOTS[0]),
    a_device("/dev/sdb", SNAPSHOTS[1], VolumeSize=100, VolumeType="io2", Iops=1000, Encrypted=True),
]


class Amis:
    """What is asked for an AMI in moto's EC2, as builds and lifecycle runs ask it."""

    def __init__(self, world):
        self.world = world
        self.ami = MachineImage(
            image_id=AMI,
            account_id=HERE.account,
            region=HERE.region,
            name="web 2026-09-09",
            creation_date=CREATED,
            description="The web",
            architecture="arm64",
            snapshots=SNAPSHOTS,
            tags={"CreatedBy": "EC2 Image Builder"},
        )

    def register(self, devices=DEVICES):
        self.world.state.machine_images.add(self.ami)
        with self.world.lock:
            telling.tell_of_ami(self.world, self.ami, devices)

    def find(self):
        return machine_images.find(self.world, *HERE, AMI)

    def do(self, change, *arguments):
        change(self.world, self.ami, *arguments)


@pytest.fixture
def amis():
    moto = pytest.importorskip("moto")
    with moto.mock_aws(), mock_imagebuilder() as mock:
        yield Amis(mock._active_world("test"))


@pytest.fixture
def registered(amis):
    amis.register()
    return amis


def described(ami_id=AMI):
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
    before = replace(registered.ami)
    assert registered.find() == before


@pytest.mark.usefixtures("registered")
def test_its_devices_are_those_of_the_recipe():
    root, *others = described()["BlockDeviceMappings"]

    assert root["Ebs"]["SnapshotId"] == "snap-0123456789abcdef0"
    if answers_are_made_of_attributes():
        [other] = others
        assert other["DeviceName"] == "/dev/sdb"
        assert (other["Ebs"]["VolumeSize"], other["Ebs"]["Iops"]) == (100, 1000)
        assert (root["Ebs"]["VolumeSize"], other["Ebs"]["Encrypted"]) == (20, True)


@pytest.mark.usefixtures("registered")
def test_each_device_has_its_snapshot_and_no_other_is_left():
    found = aws("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
    ours = {each["SnapshotId"]: each for each in found if AMI in each["Description"]}

    assert set(ours) == set(SNAPSHOTS)
    assert ours["snap-1123456789abcdef0"]["VolumeSize"] == 100
    assert ours["snap-1123456789abcdef0"]["Encrypted"] is True
    assert aws("ec2").describe_volumes()["Volumes"] == []


def test_one_for_windows_has_its_root_device(amis):
    amis.ami.platform = "Windows"
    amis.register([a_device("/dev/sda1", SNAPSHOTS[0])])

    image = described()
    assert (image["Platform"], image["RootDeviceName"]) == ("windows", "/dev/sda1")
    [device] = image["BlockDeviceMappings"]
    assert device["Ebs"]["SnapshotId"] == SNAPSHOTS[0]


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

    assert image["ImageId"] == AMI


@pytest.mark.usefixtures("registered")
def test_it_can_be_copied_to_another_region():
    elsewhere = aws("ec2", "eu-west-1")

    copy = elsewhere.copy_image(Name="copy", SourceImageId=AMI, SourceRegion="us-east-1")["ImageId"]

    [image] = elsewhere.describe_images(ImageIds=[copy])["Images"]
    assert image["Architecture"] == "arm64"


def test_launches_are_known(registered):
    before = registered.find().last_launched
    [instance] = aws("ec2").run_instances(ImageId=AMI, MinCount=1, MaxCount=1)["Instances"]

    launched = registered.find().last_launched
    assert before is None
    assert abs(launched - instance["LaunchTime"]) <= timedelta(minutes=1)
    assert instance["Architecture"] == "arm64"
    if answers_are_made_of_attributes():
        assert described()["LastLaunchedTime"].startswith(f"{launched:%Y-%m-%dT%H:%M}")


def test_tags_are_added_and_taken_away(registered):
    registered.do(machine_images.tag, {"team": "web"})
    registered.do(machine_images.untag, "CreatedBy")

    assert described()["Tags"] == [{"Key": "team", "Value": "web"}]
    assert registered.find().tags == {"team": "web"}


def test_it_is_shared_and_disabling_it_ends_that(registered):
    permission: wire.LaunchPermissionConfigurationTypeDef = {
        "userIds": ["111122223333", "444455556666"],
        "userGroups": ["all"],
        "organizationArns": ["arn:aws:organizations::123456789012:organization/o-abcdefghij"],
        "organizationalUnitArns": [
            "arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-abcd-12345678"
        ],
    }
    with registered.world.lock:
        telling.tell_of_permission(registered.world, HERE, AMI, permission)
    shared = replace(registered.find())
    registered.do(machine_images.disable)
    disabled = replace(registered.find())
    registered.do(machine_images.enable)

    assert (shared.public, shared.shared_with) == (True, {"111122223333", "444455556666"})
    assert (disabled.state, disabled.public, disabled.shared_with) == ("disabled", False, set())
    assert (registered.find().state, described()["State"]) == ("available", "available")


def test_it_is_deprecated_and_that_is_taken_back(registered):
    registered.do(machine_images.deprecate, datetime(2027, 1, 1, tzinfo=timezone.utc))
    if answers_are_made_of_attributes():
        assert described()["DeprecationTime"] == "2027-01-01T00:00:00.000Z"
    registered.do(machine_images.cancel_deprecation)

    assert "DeprecationTime" not in described()


def test_it_is_deregistered_once(registered):
    for _ in range(2):
        registered.do(machine_images.deregister)
        assert aws("ec2").describe_images(Owners=["self"])["Images"] == []

    assert registered.find().state == "deregistered"


def test_one_that_the_user_deregistered_is_gone(registered):
    aws("ec2").deregister_image(ImageId=AMI)

    assert registered.find().state == "deregistered"
    for change in (machine_images.deregister, machine_images.disable, machine_images.enable):
        registered.do(change)


def test_a_snapshot_is_deleted_after_its_ami(registered):
    with pytest.raises(ActionRefused, match="in use"):
        registered.do(machine_images.delete_snapshot, SNAPSHOTS[0])
    registered.do(machine_images.deregister)

    for _ in range(2):
        registered.do(machine_images.delete_snapshot, SNAPSHOTS[0])
    found = aws("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert {each["SnapshotId"] for each in found}.intersection(SNAPSHOTS) == {SNAPSHOTS[1]}


def test_an_ami_of_the_users_own_is_found_too(amis):
    made = aws("ec2").register_image(Name="by hand")["ImageId"]

    found = ami_facts(amis.world, HERE, made)
    assert found is not None
    assert found.name == "by hand"


def test_accounts_and_regions_are_apart(registered):
    aws("ec2").create_key_pair(KeyName="counts")
    elsewhere = [Place("111122223333", "us-east-1"), Place("123456789012", "eu-west-1")]

    for place in elsewhere:
        assert machine_images.find(registered.world, *place, AMI) is None
        found = ami_facts(registered.world, place, AMI)
        assert found == AmiFacts()
    here = ami_facts(registered.world, HERE, AMI)
    assert here is not None
    assert replace(here, devices=()) == AmiFacts("Linux", "arm64", "web 2026-09-09")
