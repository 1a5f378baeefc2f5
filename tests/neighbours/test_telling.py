"""What a build tells: it is in moto, where the user's own clients find it."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.neighbours import telling
from imagebuilder_mock.neighbours.ports import (
    AmiFacts,
    BlockDevice,
    Event,
    LaunchPermission,
    LaunchTemplateVersion,
    LogLine,
    Named,
    NobodyToAskError,
    OutputAmi,
    OutputParameter,
    S3Uri,
)
from imagebuilder_mock.neighbours.surroundings import neighbours_of
from imagebuilder_mock.neighbours.telling import Place
from tests.beside_moto import aws

ACCOUNT = "123456789012"
HERE = Place(ACCOUNT, "us-east-1")
NOW = datetime(2026, 9, 9, 19, 19, 8, 103000, tzinfo=timezone.utc)
IMAGE = f"arn:aws:imagebuilder:us-east-1:{ACCOUNT}:image/web/1.0.0/1"
AMI = OutputAmi(
    image_id="ami-0123456789abcdef0",
    name="web 2026-09-09T19-19-08.103000Z",
    creation_date=NOW,
    tags={"CreatedBy": "EC2 Image Builder", "Ec2ImageBuilderArn": IMAGE},
    block_devices=(BlockDevice(device_name="/dev/xvda", snapshot_id="snap-0123456789abcdef0"),),
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
        telling.tell_of_ami(world, HERE, AMI)
        telling.tell_of_permission(
            world,
            HERE,
            AMI.image_id,
            LaunchPermission(user_ids=["111122223333"], user_groups=["all"]),
        )
        assert aws("ec2").describe_images(Owners=["self"])["Images"] == []

    [image] = aws("ec2").describe_images(
        Owners=["self"], Filters=[{"Name": "tag:Ec2ImageBuilderArn", "Values": [IMAGE]}]
    )["Images"]
    assert (image["ImageId"], image["Public"]) == (AMI.image_id, True)
    permission = aws("ec2").describe_image_attribute(
        ImageId=AMI.image_id, Attribute="launchPermission"
    )
    assert {"UserId": "111122223333"} in permission["LaunchPermissions"]


def test_an_ami_of_another_account_and_region_is_there(world):
    with world.lock:
        telling.tell_of_ami(world, Place("111122223333", "eu-west-1"), AMI)

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
        telling.tell_of_ami(world, HERE, AMI)

    ec2 = neighbours_of(world.settings, *HERE).ec2
    assert ec2.first_missing(Named("subnet", "subnet-1")) is None
    assert ec2.ami(AMI.image_id) == AmiFacts("Linux", "x86_64", AMI.name)


@pytest.mark.parametrize("set_default", [True, False])
def test_a_launch_template_gets_a_version_of_its_latest_one(world, set_default):
    ec2 = aws("ec2")
    template = ec2.create_launch_template(
        LaunchTemplateName="web",
        LaunchTemplateData={"ImageId": "ami-12345678", "InstanceType": "t3.micro"},
    )["LaunchTemplate"]["LaunchTemplateId"]
    version = LaunchTemplateVersion(
        launch_template_id=template,
        image_id=AMI.image_id,
        set_default=set_default,
        description="made",
    )

    with world.lock:
        assert telling.refusal_of_launch_template(world, HERE, template) is None
        telling.tell_of_launch_template(world, HERE, version)

    found = ec2.describe_launch_template_versions(LaunchTemplateId=template)
    newest = max(found["LaunchTemplateVersions"], key=lambda each: each["VersionNumber"])
    assert newest["LaunchTemplateData"]["ImageId"] == AMI.image_id
    assert newest["LaunchTemplateData"]["InstanceType"] == "t3.micro"
    if any(isinstance(each.error, NobodyToAskError) for each in world.outbox.undelivered):
        pytest.skip("this moto cannot set a default version")
    [kept] = ec2.describe_launch_templates(LaunchTemplateIds=[template])["LaunchTemplates"]
    assert kept["DefaultVersionNumber"] == (2 if set_default else 1)


def test_a_launch_template_that_is_gone_is_refused_beforehand(world):
    """The words are the user guide's, image-failure-context."""
    aws("ec2").create_key_pair(KeyName="counts")
    template = "lt-0123456789abcdef0"

    assert telling.refusal_of_launch_template(world, HERE, template) == (
        f"EC2 Client Error: 'The launch-template ID '{template}' does not exist'"
    )


def test_a_template_that_goes_meanwhile_is_on_the_record(world):
    version = LaunchTemplateVersion(
        launch_template_id="lt-0123456789abcdef0",
        image_id=AMI.image_id,
        set_default=True,
        description="",
    )
    with world.lock:
        telling.tell_of_launch_template(world, HERE, version)
        telling.tell_of_ami(world, HERE, AMI)

    [kept] = world.outbox.undelivered
    assert "does not exist" in str(kept.error)
    assert aws("ec2").describe_images(ImageIds=[AMI.image_id])["Images"]


def test_a_parameter_is_created_and_then_overwritten(world):
    for value in ("ami-0123456789abcdef0", "ami-1123456789abcdef0"):
        parameter = OutputParameter(
            name="/golden/web", value=value, data_type="text", description="made"
        )
        with world.lock:
            telling.tell_of_parameter(world, HERE, parameter)

        assert aws("ssm").get_parameter(Name="/golden/web")["Parameter"]["Value"] == value
    assert not world.outbox.undelivered


def test_a_container_image_has_all_its_tags(world):
    ecr = aws("ecr")
    ecr.create_repository(repositoryName="app")
    with world.lock:
        assert telling.refusal_of_repository(world, HERE, "app") is None
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
    ecr = neighbours_of(world.settings, *HERE).ecr

    answers = [ecr.delete_image("app", "1.0.0-1"), ecr.delete_image("app", "1.0.0-1")]

    assert answers == [True, False]
    assert ecr.delete_image("missing", "1.0.0-1") is False


def test_a_missing_repository_is_refused_beforehand(world):
    aws("ecr").create_repository(repositoryName="other")

    assert telling.refusal_of_repository(world, HERE, "app") == (
        f"The repository with name 'app' does not exist in the registry with id '{ACCOUNT}'"
    )


def test_a_topics_subscribers_get_the_message(world):
    url, queue = a_queue()
    sns = aws("sns")
    topic = sns.create_topic(Name="builds")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)

    with world.lock:
        telling.tell_topic(world, topic, json.dumps({"arn": IMAGE}))

    [envelope] = received(url)
    assert json.loads(envelope["Message"]) == {"arn": IMAGE}


@pytest.mark.needs("jsonpath_ng")  # moto matches events with it: moto[events]
def test_an_event_reaches_the_targets_of_a_rule(world):
    url, queue = a_queue()
    events = aws("events")
    events.put_rule(Name="builds", EventPattern=json.dumps({"source": ["aws.imagebuilder"]}))
    events.put_targets(Rule="builds", Targets=[{"Id": "1", "Arn": queue}])
    detail = {"previous-state": {"status": "TESTING"}, "state": {"status": "AVAILABLE"}}

    with world.lock:
        telling.tell_event_bus(
            world,
            HERE,
            Event(
                detail_type="EC2 Image Builder Image State Change",
                resources=[IMAGE],
                detail=detail,
                time=NOW,
            ),
        )

    assert not world.outbox.undelivered
    [event] = received(url)
    assert event["source"] == "aws.imagebuilder"
    assert event["detail-type"] == "EC2 Image Builder Image State Change"
    assert (event["resources"], event["detail"]) == ([IMAGE], detail)


def test_lines_are_in_the_stream_in_the_order_of_their_times(world):
    now = datetime.now(timezone.utc)
    for lines in (["CREATING", "BUILDING"], ["TESTING"]):
        with world.lock:
            for text in lines:
                line = LogLine(now, text)
                telling.tell_log_group(world, HERE, "/aws/imagebuilder/web", "1.0.0/1", line)

    found = aws("logs").get_log_events(
        logGroupName="/aws/imagebuilder/web", logStreamName="1.0.0/1", startFromHead=True
    )
    assert [event["message"] for event in found["events"]] == ["CREATING", "BUILDING", "TESTING"]
    assert not world.outbox.undelivered


def test_a_log_is_written_to_the_bucket(world):
    aws("s3").create_bucket(Bucket="build-logs")
    with world.lock:
        telling.tell_bucket(world, HERE, S3Uri("build-logs", "prefix/web/console.log"), b"hello")
        telling.tell_bucket(world, HERE, S3Uri("missing", "console.log"), b"hello")

    body = aws("s3").get_object(Bucket="build-logs", Key="prefix/web/console.log")["Body"].read()
    [kept] = world.outbox.undelivered
    assert (body, kept.subject) == (b"hello", "S3: write s3://missing/console.log")


def test_without_moto_nobody_is_told():
    with mock_imagebuilder() as mock:
        world = mock._active_world("test")
        with world.lock:
            telling.tell_of_ami(world, HERE, AMI)
            telling.tell_topic(world, f"arn:aws:sns:us-east-1:{ACCOUNT}:builds", "{}")
            assert telling.refusal_of_repository(world, HERE, "app") is None

        assert not world.outbox.undelivered


@pytest.mark.usefixtures("moto")
def test_off_tells_nobody():
    with mock_imagebuilder(neighbours="off") as mock:
        world = mock._active_world("test")
        with world.lock:
            telling.tell_of_ami(world, HERE, AMI)

    assert aws("ec2").describe_images(Owners=["self"])["Images"] == []


def test_moto_that_was_switched_off_meanwhile_is_told_nothing():
    moto = pytest.importorskip("moto")
    with mock_imagebuilder() as mock:
        world = mock._active_world("test")
        with world.lock, moto.mock_aws():
            telling.tell_of_ami(world, HERE, AMI)

        assert not world.outbox.undelivered
