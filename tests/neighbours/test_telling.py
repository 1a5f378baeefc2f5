"""What a build tells: it is in moto, where the user's own clients find it."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.machine_image import MachineImage
from imagebuilder_mock.domain.records import replace
from imagebuilder_mock.neighbours import names, telling
from imagebuilder_mock.neighbours.account import Place
from imagebuilder_mock.neighbours.contents import S3Uri, ami_facts
from imagebuilder_mock.neighbours.machine_images import delete_container_image
from imagebuilder_mock.world.events import Event
from tests.beside_moto import aws

ACCOUNT = "123456789012"
HERE = Place(ACCOUNT, "us-east-1")
NOW = datetime(2026, 9, 9, 19, 19, 8, 103000, tzinfo=timezone.utc)
IMAGE = f"arn:aws:imagebuilder:us-east-1:{ACCOUNT}:image/web/1.0.0/1"
AMI = "ami-0123456789abcdef0"
DEVICES = [
    {
        "DeviceName": "/dev/xvda",
        "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8, "Encrypted": False},
    }
]


def an_ami(place=HERE):
    return MachineImage(
        image_id=AMI,
        account_id=place.account,
        region=place.region,
        name="web 2026-09-09T19-19-08.103000Z",
        creation_date=NOW,
        platform="Linux",
        tags={"CreatedBy": "EC2 Image Builder", "Ec2ImageBuilderArn": IMAGE},
    )


def an_event(destination, name, body):
    return Event(
        destination=destination,
        name=name,
        body=body,
        time=NOW,
        region=HERE.region,
        account_id=HERE.account,
    )


@pytest.fixture
def world(mock):
    return mock._active_world("test")


def a_queue(region="us-east-1"):
    sqs = aws("sqs", region)
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, attributes["Attributes"]["QueueArn"]


def received(url, region="us-east-1"):
    found = aws("sqs", region).receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in found.get("Messages", ())]


def test_an_ami_is_there_when_the_lock_is_free(world):
    with world.lock:
        telling.tell_of_ami(world, an_ami(), DEVICES)
        telling.tell_of_permission(
            world,
            HERE,
            AMI,
            {"userIds": ["111122223333"], "userGroups": ["all"]},
        )
        assert aws("ec2").describe_images(Owners=["self"])["Images"] == []

    [image] = aws("ec2").describe_images(
        Owners=["self"], Filters=[{"Name": "tag:Ec2ImageBuilderArn", "Values": [IMAGE]}]
    )["Images"]
    assert (image["ImageId"], image["Public"]) == (AMI, True)
    permission = aws("ec2").describe_image_attribute(ImageId=AMI, Attribute="launchPermission")
    assert {"UserId": "111122223333"} in permission["LaunchPermissions"]


def test_an_ami_of_another_account_and_region_is_there(world):
    with world.lock:
        telling.tell_of_ami(world, an_ami(Place("111122223333", "eu-west-1")), DEVICES)

    keys = aws("sts").assume_role(
        RoleArn="arn:aws:iam::111122223333:role/reader", RoleSessionName="test"
    )["Credentials"]
    there = aws(
        "ec2",
        "eu-west-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    [image] = there.describe_images(Owners=["self"])["Images"]
    assert image["OwnerId"] == "111122223333"
    assert aws("ec2").describe_images(Owners=["self"])["Images"] == []


def test_an_output_ami_does_not_make_names_be_looked_up(world):
    with world.lock:
        telling.tell_of_ami(world, an_ami(), DEVICES)

    assert names.can_take(world, HERE, names.SUBNET, "subnet-1")
    facts = ami_facts(world, HERE, AMI)
    assert facts is not None
    assert (facts.platform, facts.architecture) == ("Linux", "x86_64")
    assert facts.name == an_ami().name


@pytest.mark.parametrize("set_default", [True, False])
def test_a_launch_template_gets_a_version_of_its_latest_one(world, set_default, caplog):
    ec2 = aws("ec2")
    template = ec2.create_launch_template(
        LaunchTemplateName="web",
        LaunchTemplateData={"ImageId": "ami-12345678", "InstanceType": "t3.micro"},
    )["LaunchTemplate"]["LaunchTemplateId"]
    with world.lock:
        assert names.failure_without(world, HERE, names.LAUNCH_TEMPLATE, template) is None
        telling.tell_of_launch_template(world, HERE, template, AMI, set_default=set_default)

    found = ec2.describe_launch_template_versions(LaunchTemplateId=template)
    newest = max(found["LaunchTemplateVersions"], key=lambda each: each["VersionNumber"])
    assert newest["LaunchTemplateData"]["ImageId"] == AMI
    assert newest["LaunchTemplateData"]["InstanceType"] == "t3.micro"
    if "NobodyToAskError" in caplog.text:
        pytest.skip("this moto cannot set a default version")
    [kept] = ec2.describe_launch_templates(LaunchTemplateIds=[template])["LaunchTemplates"]
    assert kept["DefaultVersionNumber"] == (2 if set_default else 1)


def test_a_launch_template_that_is_gone_is_refused_beforehand(world):
    """The words are the user guide's, image-failure-context."""
    aws("ec2").create_key_pair(KeyName="counts")
    template = "lt-0123456789abcdef0"

    assert names.failure_without(world, HERE, names.LAUNCH_TEMPLATE, template) == (
        f"EC2 Client Error: 'The launch-template ID '{template}' does not exist'"
    )


def test_a_template_that_goes_meanwhile_is_logged(world, caplog):
    with world.lock:
        telling.tell_of_launch_template(world, HERE, "lt-0123456789abcdef0", AMI, set_default=True)
        telling.tell_of_ami(world, an_ami(), DEVICES)

    [said] = caplog.messages
    assert "does not exist" in said
    assert aws("ec2").describe_images(ImageIds=[AMI])["Images"]


def test_a_parameter_is_created_and_then_overwritten(world, caplog):
    for value in ("ami-0123456789abcdef0", "ami-1123456789abcdef0"):
        with world.lock:
            telling.tell_of_parameter(world, HERE, "/golden/web", value)

        assert aws("ssm").get_parameter(Name="/golden/web")["Parameter"]["Value"] == value
    assert not caplog.messages


def test_a_container_image_has_all_its_tags(world):
    ecr = aws("ecr")
    ecr.create_repository(repositoryName="app")
    with world.lock:
        assert names.failure_without(world, HERE, names.REPOSITORY, "app") is None
        telling.tell_of_container_image(world, HERE, "app", ["1.0.0-1", "latest"], content=IMAGE)
        telling.tell_of_container_image(
            world, HERE, "app", ["1.0.0-2", "latest"], content=IMAGE.replace("/1", "/2")
        )

    found = ecr.describe_images(repositoryName="app")["imageDetails"]
    assert sorted(sorted(image.get("imageTags", ())) for image in found) == [
        ["1.0.0-1"],
        ["1.0.0-2", "latest"],
    ]


def test_a_container_image_can_be_deleted_by_its_tag(world):
    aws("ecr").create_repository(repositoryName="app")
    with world.lock:
        telling.tell_of_container_image(world, HERE, "app", ["1.0.0-1"], content=IMAGE)
    uri = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{{}}:1.0.0-1"

    for _ in range(2):
        delete_container_image(world, HERE, uri.format("app"))
        assert aws("ecr").describe_images(repositoryName="app")["imageDetails"] == []
    delete_container_image(world, HERE, uri.format("missing"))


def test_a_missing_repository_is_refused_beforehand(world):
    aws("ecr").create_repository(repositoryName="other")

    assert names.failure_without(world, HERE, names.REPOSITORY, "app") == (
        f"The repository with name 'app' does not exist in the registry with id '{ACCOUNT}'"
    )


def test_a_topics_subscribers_get_the_message(world):
    url, queue = a_queue()
    sns = aws("sns")
    topic = sns.create_topic(Name="builds")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)

    with world.lock:
        telling.tell(world, an_event("SNS", topic, {"arn": IMAGE}))

    [envelope] = received(url)
    # Indented as in a message that was captured on 2024-08-27.
    assert envelope["Message"] == f'{{\n  "arn": "{IMAGE}"\n}}'


@pytest.mark.needs("jsonpath_ng")  # moto matches events with it: moto[events]
def test_an_event_reaches_the_targets_of_a_rule(world, caplog):
    url, queue = a_queue()
    events = aws("events")
    events.put_rule(Name="builds", EventPattern=json.dumps({"source": ["aws.imagebuilder"]}))
    events.put_targets(Rule="builds", Targets=[{"Id": "1", "Arn": queue}])
    detail = {"previous-state": {"status": "TESTING"}, "state": {"status": "AVAILABLE"}}

    with world.lock:
        telling.tell(
            world,
            an_event(
                "EventBridge",
                "EC2 Image Builder Image State Change",
                {"source": "aws.imagebuilder", "resources": [IMAGE], "detail": detail},
            ),
        )

    assert not caplog.messages
    [event] = received(url)
    assert event["source"] == "aws.imagebuilder"
    assert event["detail-type"] == "EC2 Image Builder Image State Change"
    assert (event["resources"], event["detail"]) == ([IMAGE], detail)


def test_lines_are_in_the_stream_in_the_order_of_their_times(world, caplog):
    now = datetime.now(timezone.utc)
    for lines in (["CREATING", "BUILDING"], ["TESTING"]):
        with world.lock:
            for text in lines:
                body = {"logStreamName": "1.0.0/1", "message": text}
                line = an_event("CloudWatchLogs", "/aws/imagebuilder/web", body)
                telling.tell(world, replace(line, time=now))

    found = aws("logs").get_log_events(
        logGroupName="/aws/imagebuilder/web", logStreamName="1.0.0/1", startFromHead=True
    )
    assert [event["message"] for event in found["events"]] == ["CREATING", "BUILDING", "TESTING"]
    assert not caplog.messages


def test_a_log_is_written_to_the_bucket(world, caplog):
    aws("s3").create_bucket(Bucket="build-logs")
    with world.lock:
        telling.tell_bucket(world, HERE, S3Uri("build-logs", "prefix/web/console.log"), b"hello")
        telling.tell_bucket(world, HERE, S3Uri("missing", "console.log"), b"hello")

    body = aws("s3").get_object(Bucket="build-logs", Key="prefix/web/console.log")["Body"].read()
    [said] = caplog.messages
    assert body == b"hello"
    assert said.startswith("S3: write s3://missing/console.log: ")


def test_without_moto_nobody_is_told(caplog):
    with mock_imagebuilder() as mock:
        world = mock._active_world("test")
        with world.lock:
            telling.tell_of_ami(world, an_ami(), DEVICES)
            telling.tell(world, an_event("SNS", f"arn:aws:sns:us-east-1:{ACCOUNT}:builds", {}))
            assert names.failure_without(world, HERE, names.REPOSITORY, "app") is None

        assert not caplog.messages


@pytest.mark.usefixtures("moto")
def test_off_tells_nobody():
    with mock_imagebuilder(neighbours="off") as mock:
        world = mock._active_world("test")
        with world.lock:
            telling.tell_of_ami(world, an_ami(), DEVICES)

    assert aws("ec2").describe_images(Owners=["self"])["Images"] == []


def test_moto_that_was_switched_off_meanwhile_is_told_nothing(caplog):
    moto = pytest.importorskip("moto")
    with mock_imagebuilder() as mock:
        world = mock._active_world("test")
        with world.lock, moto.mock_aws():
            telling.tell_of_ami(world, an_ami(), DEVICES)

        assert not caplog.messages
