"""What builds and lifecycle actions leave in moto, seen with the user's own clients."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.build_views import the_image
from tests.builders import (
    DOCUMENT,
    a_build,
    a_component,
    a_distribution,
    a_recipe,
    an_infrastructure,
)
from tests.container_builders import a_container_recipe
from tests.threads import ends_in_a_thread
from tests.workflow_builders import AN_AMI, LAUNCH, a_run, a_workflow


@pytest.fixture
def mock(moto):  # noqa: ARG001 - on around ours
    with mock_imagebuilder(builds="instant") as mock:
        yield mock


def the_ami(client, arn, region="us-east-1"):
    amis = the_image(client, arn)["outputResources"]["amis"]
    return next(ami["image"] for ami in amis if ami["region"] == region)


def described(ami_id, region="us-east-1"):
    filters = [{"Name": "image-id", "Values": [ami_id]}]
    found = aws("ec2", region).describe_images(Filters=filters)["Images"]
    return found[0] if found else None


def moto_shows_devices():
    """Older versions make up the size of the only device that they show."""
    moto = pytest.importorskip("moto")
    return tuple(map(int, moto.__version__.split(".")[:2])) >= (5, 1)


class TestAmis:
    def test_an_output_ami_is_in_every_region_and_account_it_went_to(self, imagebuilder):
        distributions = [
            {
                "region": "us-east-1",
                "amiDistributionConfiguration": {
                    "amiTags": {"team": "images"},
                    "launchPermission": {"userIds": ["210987654321"]},
                },
            },
            {"region": "eu-west-1", "amiDistributionConfiguration": {}},
        ]
        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=distributions),
        )

        here = described(the_ami(imagebuilder, arn))
        tags = {tag["Key"]: tag["Value"] for tag in here["Tags"]}
        assert tags == {
            "team": "images",
            "CreatedBy": "EC2 Image Builder",
            "Ec2ImageBuilderArn": arn,
        }
        assert here["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"].startswith("snap-")
        assert described(the_ami(imagebuilder, arn, "eu-west-1"), "eu-west-1") is not None

    def test_instances_run_from_it(self, imagebuilder):
        ami = the_ami(imagebuilder, a_build(imagebuilder))

        run = aws("ec2").run_instances(ImageId=ami, MinCount=1, MaxCount=1)

        assert run["Instances"][0]["ImageId"] == ami

    def test_the_devices_are_those_of_the_recipe(self, imagebuilder):
        mappings = [
            {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20, "volumeType": "gp2"}},
            {"deviceName": "/dev/xvdb", "ebs": {"volumeSize": 100}},
        ]
        recipe = a_recipe(imagebuilder, blockDeviceMappings=mappings)

        image = described(the_ami(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe)))

        device = image["BlockDeviceMappings"][0]
        assert device["DeviceName"] == "/dev/xvda"
        if moto_shows_devices():
            assert device["Ebs"]["VolumeSize"] == 20

    def test_a_volume_besides_the_root_does_not_take_its_place(self, imagebuilder):
        mappings = [{"deviceName": "/dev/sdb", "ebs": {"volumeSize": 100}}]
        recipe = a_recipe(imagebuilder, blockDeviceMappings=mappings)

        image = described(the_ami(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe)))

        assert image["RootDeviceName"] == "/dev/xvda"
        if moto_shows_devices():
            names = [device["DeviceName"] for device in image["BlockDeviceMappings"]]
            assert names == ["/dev/xvda", "/dev/sdb"]

    def test_the_root_is_that_of_the_ami_that_was_built_on(self, imagebuilder):
        """EC2's API reference, CreateImage: the volumes are the instance's."""
        images = aws("ec2").describe_images(Owners=["amazon"])["Images"]
        parent = next(
            each
            for each in images
            if each.get("RootDeviceName") == "/dev/sda1" and "Platform" not in each
        )
        recipe = a_recipe(imagebuilder, parentImage=parent["ImageId"])

        image = described(the_ami(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe)))

        assert image["RootDeviceName"] == "/dev/sda1"
        [device], [base] = image["BlockDeviceMappings"], parent["BlockDeviceMappings"]
        assert device["DeviceName"] == "/dev/sda1"
        if moto_shows_devices():
            assert device["Ebs"]["VolumeSize"] == base["Ebs"]["VolumeSize"]
            assert device["Ebs"]["SnapshotId"] != base["Ebs"]["SnapshotId"]

    def test_copies_are_encrypted_with_the_key_of_the_distribution(self, imagebuilder):
        """API reference, AmiDistributionConfiguration: the AMI of the source Region is not."""
        if not moto_shows_devices():
            pytest.skip("this moto does not show whether a device is encrypted")
        key = "arn:aws:kms:{}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        regions = ["us-east-1", "eu-west-1"]
        distributions = [
            {"region": region, "amiDistributionConfiguration": {"kmsKeyId": key.format(region)}}
            for region in regions
        ]
        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=distributions),
        )

        here, there = (
            described(the_ami(imagebuilder, arn, region), region)["BlockDeviceMappings"][0]["Ebs"]
            for region in regions
        )
        assert here["Encrypted"] is False
        assert (there["Encrypted"], there["KmsKeyId"]) == (True, key.format("eu-west-1"))

    def test_a_parent_that_is_gone_fails_the_build_before_any_workflow(self, moto):  # noqa: ARG002
        with mock_imagebuilder(builds="held") as mock:
            client = mock.client()
            images = aws("ec2").describe_images(Owners=["amazon"])["Images"]
            parent = next(each["ImageId"] for each in images if "Platform" not in each)
            component = a_component(client)
            recipe = a_recipe(client, parentImage=parent, components=[component])
            arn = a_build(client, imageRecipeArn=recipe)
            aws("ec2").deregister_image(ImageId=parent)
            # EC2 has been used, so names are looked up.
            aws("ec2").create_security_group(GroupName="builders", Description="builders")

            mock.builds.finish_all()

            state = the_image(client, arn)["state"]
        assert state["status"] == "FAILED"
        assert parent in state["reason"]
        context = state.get("failureContext", {"imageStatus": "CREATING"})
        assert context == {"imageStatus": "CREATING"}


class TestMessages:
    def test_subscribers_of_the_topic_get_the_message_at_the_end(self, imagebuilder):
        topic = aws("sns").create_topic(Name="done")["TopicArn"]
        sqs = aws("sqs")
        queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        aws("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=attributes["Attributes"]["QueueArn"]
        )
        arn = a_build(
            imagebuilder,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder, snsTopicArn=topic),
        )

        [received] = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
        message = json.loads(json.loads(received["Body"])["Message"])
        assert (message["arn"], message["state"]) == (arn, {"status": "AVAILABLE"})
        assert message["outputResources"]["amis"][0]["image"] == the_ami(imagebuilder, arn)

    def test_the_lines_of_a_build_are_in_its_stream(self, imagebuilder):
        recipe = a_recipe(imagebuilder, name="web")
        arn = a_build(imagebuilder, imageRecipeArn=recipe)

        events = aws("logs").get_log_events(
            logGroupName="/aws/imagebuilder/web", logStreamName="1.0.0/1", startFromHead=True
        )["events"]
        line = f"Image transitioned to BUILDING state for Image ARN: {arn}"
        assert line in [event["message"] for event in events]

    @pytest.mark.usefixtures("moto")
    def test_the_log_group_is_there_before_its_first_event(self):
        """User guide, monitor-cwlogs."""
        with mock_imagebuilder(builds="held") as mock:
            client = mock.client()
            a_build(client, imageRecipeArn=a_recipe(client, name="early"))
            assert not mock.events.sent_to("CloudWatchLogs")

        [group] = aws("logs").describe_log_groups()["logGroups"]
        assert group["logGroupName"] == "/aws/imagebuilder/early"

    def test_the_logs_are_in_the_bucket_of_the_infrastructure(self, imagebuilder):
        aws("s3").create_bucket(Bucket="build-logs")
        component = a_component(imagebuilder, data=DOCUMENT)
        logs = {"s3Logs": {"s3BucketName": "build-logs", "s3KeyPrefix": "web"}}
        a_build(
            imagebuilder,
            imageRecipeArn=a_recipe(imagebuilder, components=[component]),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder, logging=logs),
        )

        found = aws("s3").list_objects_v2(Bucket="build-logs")["Contents"]
        assert len(found) == 3
        assert all(entry["Key"].startswith("web/") for entry in found)


class TestOtherThreads:
    """A subscriber waits for a thread of its own, at the first event."""

    @pytest.fixture
    def subscribe(self, mock):
        def subscribe(work):
            ended: list[bool] = []

            def listen(event):
                if event == mock.events[before]:
                    ended.append(ends_in_a_thread(work))

            before = len(mock.events)
            mock.events.subscribe(listen)
            return ended

        return subscribe

    def test_one_can_run_a_lifecycle_policy(self, mock, imagebuilder, subscribe):
        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="web"))
        policy = imagebuilder.create_lifecycle_policy(name="tidy", **deleting(amis=True))
        mock.clock.advance(days=2)
        ended = subscribe(lambda: mock.lifecycle.run(policy["lifecyclePolicyArn"]))

        a_build(imagebuilder)

        assert ended == [True]
        assert builds_left(imagebuilder, arn) == []

    def test_one_finds_the_ami_that_it_has_built_at_once(self, imagebuilder, subscribe):
        found = []

        def build():
            found.append(described(the_ami(imagebuilder, a_build(imagebuilder))))

        subscribe(build)
        a_build(imagebuilder)

        assert found
        assert None not in found


class TestContainers:
    def test_a_container_image_is_in_its_repository(self, imagebuilder):
        aws("ecr").create_repository(repositoryName="hello")
        arn = imagebuilder.create_image(
            containerRecipeArn=a_container_recipe(imagebuilder, name="web"),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
        )["imageBuildVersionArn"]

        [found] = aws("ecr").describe_images(repositoryName="hello")["imageDetails"]
        assert the_image(imagebuilder, arn)["state"]["status"] == "AVAILABLE"
        assert set(found["imageTags"]) == {"1.0.0-1", "web-1.0.0-1"}

    @pytest.mark.parametrize(
        ("mutability", "statuses"),
        [("MUTABLE", ["AVAILABLE", "AVAILABLE"]), ("IMMUTABLE", ["AVAILABLE", "FAILED"])],
    )
    def test_a_tag_that_an_immutable_repository_has_fails_the_build(
        self, imagebuilder, mutability, statuses
    ):
        """aws-samples, containers: two recipes of one version share `1.0.0-1`."""
        aws("ecr").create_repository(repositoryName="hello", imageTagMutability=mutability)

        images = [
            the_image(
                imagebuilder,
                imagebuilder.create_image(
                    containerRecipeArn=a_container_recipe(imagebuilder, name=name),
                    infrastructureConfigurationArn=an_infrastructure(imagebuilder),
                )["imageBuildVersionArn"],
            )
            for name in ("web", "app")
        ]

        assert [image["state"]["status"] for image in images] == statuses
        tag = "The image tag '1.0.0-1' already exists in the 'hello' repository"
        assert (tag in images[1]["state"].get("reason", "")) == (mutability == "IMMUTABLE")


def builds_left(client, arn):
    listed = client.list_image_build_versions(imageVersionArn=arn.rpartition("/")[0])
    return listed["imageSummaryList"]


def deleting(**included):
    return {
        "executionRole": "arn:aws:iam::123456789012:role/lifecycle",
        "resourceType": "AMI_IMAGE",
        "policyDetails": [
            {
                "action": {"type": "DELETE", "includeResources": included},
                "filter": {"type": "AGE", "value": 1, "unit": "DAYS"},
            }
        ],
        "resourceSelection": {"recipes": [{"name": "web", "semanticVersion": "1.0.0"}]},
    }


class TestLifecycle:
    def run(self, mock, client, **policy):
        arn = client.create_lifecycle_policy(name="tidy", **policy)["lifecyclePolicyArn"]
        mock.clock.advance(days=2)
        execution = mock.lifecycle.run(arn)
        return client.get_lifecycle_execution(lifecycleExecutionId=execution)["lifecycleExecution"]

    def test_an_ami_and_its_snapshots_go_with_their_image(self, mock, imagebuilder):
        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="web"))
        ami = the_ami(imagebuilder, arn)
        [snapshot] = [
            mapping["Ebs"]["SnapshotId"] for mapping in described(ami)["BlockDeviceMappings"]
        ]

        self.run(mock, imagebuilder, **deleting(amis=True, snapshots=True))

        assert described(ami) is None
        left = aws("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
        assert snapshot not in [each["SnapshotId"] for each in left]
        assert builds_left(imagebuilder, arn) == []

    def test_an_ami_that_the_same_change_has_made_goes_too(self, mock, imagebuilder):
        a_recipe(imagebuilder, name="web")
        policy = imagebuilder.create_lifecycle_policy(name="tidy", **deleting(amis=True))
        long_ago = mock.clock.now() - timedelta(days=2)

        with mock._active_world("test").lock:
            arn = mock.images.add(recipe="web", created=long_ago)
            [ami] = mock.images.amis(arn)
            mock.lifecycle.run(policy["lifecyclePolicyArn"])

        assert described(ami.image_id) is None

    def test_one_without_the_services_tag_goes_all_the_same(self, mock, imagebuilder):
        """In aws-samples the managed policy refuses it; no policies are evaluated here."""
        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="web"))
        ami = the_ami(imagebuilder, arn)
        aws("ec2").delete_tags(Resources=[ami], Tags=[{"Key": "CreatedBy"}])

        self.run(mock, imagebuilder, **deleting(amis=True))

        assert (described(ami), builds_left(imagebuilder, arn)) == (None, [])

    def test_one_that_the_user_deregistered_is_a_success(self, mock, imagebuilder):
        """User guide, lifecycle-policy-execution (externally modified resources)."""
        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="web"))
        aws("ec2").deregister_image(ImageId=the_ami(imagebuilder, arn))

        self.run(mock, imagebuilder, **deleting(amis=True))

        assert builds_left(imagebuilder, arn) == []

    def test_a_launch_protects_an_ami(self, mock, imagebuilder):
        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="web"))
        ami = the_ami(imagebuilder, arn)
        aws("ec2").run_instances(ImageId=ami, MinCount=1, MaxCount=1)
        policy = deleting(amis=True)
        policy["policyDetails"][0]["exclusionRules"] = {
            "amis": {"lastLaunched": {"unit": "WEEKS", "value": 4}}
        }

        self.run(mock, imagebuilder, **policy)

        assert described(ami) is not None
        with pytest.raises(imagebuilder.exceptions.ResourceNotFoundException):
            the_image(imagebuilder, arn)

    def test_tags_that_the_user_set_in_ec2_count(self, mock, imagebuilder):
        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="web"))
        ami = the_ami(imagebuilder, arn)
        aws("ec2").create_tags(Resources=[ami], Tags=[{"Key": "keep", "Value": "yes"}])
        policy = deleting(amis=True)
        policy["policyDetails"][0]["exclusionRules"] = {"amis": {"tagMap": {"keep": "yes"}}}

        self.run(mock, imagebuilder, **policy)

        assert described(ami) is not None

    def test_a_test_sees_what_became_of_an_ami_in_ec2(self, mock, imagebuilder):
        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="web"))
        ami = the_ami(imagebuilder, arn)
        aws("ec2").create_tags(Resources=[ami], Tags=[{"Key": "keep", "Value": "yes"}])
        [tagged] = mock.images.amis(arn)
        assert tagged.tags["keep"] == "yes"

        aws("ec2").deregister_image(ImageId=ami)

        assert mock.images.ami(ami).state == "deregistered"

    def test_disabling_takes_the_sharing_away(self, mock, imagebuilder):
        distribution = {
            "region": "us-east-1",
            "amiDistributionConfiguration": {"launchPermission": {"userIds": ["210987654321"]}},
        }
        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
        )
        imagebuilder.start_resource_state_update(
            resourceArn=arn,
            state={"status": "DISABLED"},
            executionRole="arn:aws:iam::123456789012:role/lifecycle",
            includeResources={"amis": True},
        )
        mock.clock.advance(hours=1)

        permission = aws("ec2").describe_image_attribute(
            ImageId=the_ami(imagebuilder, arn), Attribute="launchPermission"
        )["LaunchPermissions"]
        assert permission == []
        assert the_image(imagebuilder, arn)["state"]["status"] == "DISABLED"


class TestAdoptedAmis:
    """The output ``ImageId`` names an AMI that somebody else made."""

    def built(self, client, ami, **params):
        outputs = [{"name": "ImageId", "value": ami}]
        workflow = a_workflow(client, LAUNCH, type="BUILD", outputs=outputs)
        return a_run(client, workflow, imageRecipeArn=a_recipe(client), **params)

    def test_it_is_tagged_in_ec2_when_it_is_distributed(self, imagebuilder):
        """Source: aws-samples, packer-build."""
        ami = aws("ec2").register_image(Name="packed")["ImageId"]
        settings = {"amiTags": {"Build": "{{ imagebuilder:buildVersion }}"}}
        distribution = a_distribution(
            imagebuilder,
            distributions=[{"region": "us-east-1", "amiDistributionConfiguration": settings}],
        )

        self.built(imagebuilder, ami, distributionConfigurationArn=distribution)

        assert described(ami)["Tags"] == [{"Key": "Build", "Value": "1"}]

    def test_it_keeps_its_name_and_its_snapshots_are_known(self, mock, imagebuilder):
        ec2 = aws("ec2")
        [instance] = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"]
        ami = ec2.create_image(InstanceId=instance["InstanceId"], Name="packed")["ImageId"]

        arn = self.built(imagebuilder, ami)

        assert the_ami(imagebuilder, arn) == ami
        assert described(ami)["Name"] == "packed"
        [known] = mock.images.amis(arn)
        assert (known.name, known.is_in_ec2) == ("packed", True)
        assert len(known.snapshots) == 1

    def test_one_that_is_not_there_fails_the_image(self, imagebuilder):
        aws("ec2").create_key_pair(KeyName="made")

        arn = self.built(imagebuilder, AN_AMI)

        state = the_image(imagebuilder, arn)["state"]
        assert (state["status"], state["reason"]) == (
            "FAILED",
            f"The image id '[{AN_AMI}]' does not exist",
        )
