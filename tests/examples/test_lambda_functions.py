"""The Lambda functions in examples/: their clients are made where their module is imported."""

from __future__ import annotations

import boto3
import pytest

from tests.builders import (
    MANAGED_PARENT,
    a_build,
    a_distribution,
    a_full_recipe,
    a_pipeline,
    an_image,
    an_infrastructure,
)
from tests.examples.beside_moto import (
    HOME,
    bodies,
    both,
    program,
    queue_of_rule,
    sns_events,
    subscribed_queue,
)
from tests.model import needs_member, needs_operation

REGIONS = (HOME, "eu-central-1", "ap-northeast-1")
APPROVED = """
schemaVersion: 1.0
steps:
  - name: Approve
    action: WaitForAction
"""
PATTERN = {
    "source": ["aws.imagebuilder"],
    "detail-type": ["EC2 Image Builder Workflow Step Waiting"],
}

both_orders = pytest.mark.parametrize("outer", ["ours", "theirs"])


@pytest.fixture(autouse=True)
def function(monkeypatch):
    """The environment of a Lambda function, and a process that has made no client yet."""
    monkeypatch.setenv("AWS_REGION", HOME)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("LAUNCH_TEMPLATE", "web")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    pytest.importorskip("moto")


class TestNewImage:
    @both_orders
    def test_every_region_and_the_launch_template_get_the_ami(self, outer):
        # The module comes before the mocks, as it does where a test file imports it at its top.
        function = program("new_image_handler")
        with both(outer, builds="instant"):
            ec2 = boto3.client("ec2", HOME)
            ec2.create_launch_template(
                LaunchTemplateName="web",
                LaunchTemplateData={"ImageId": "ami-12345678"},
            )
            topic = boto3.client("sns", HOME).create_topic(Name="builds")["TopicArn"]
            inbox = subscribed_queue(topic)
            client = boto3.client("imagebuilder", HOME)
            image = an_image(
                client,
                imageRecipeArn=a_full_recipe(client, name="web"),
                infrastructureConfigurationArn=an_infrastructure(client, snsTopicArn=topic),
                distributionConfigurationArn=a_distribution(client, *REGIONS),
            )
            [event] = sns_events(inbox)

            try:
                published = function.handler(event, None)
            except NotImplementedError as error:
                pytest.skip(f"this moto cannot set a default version: {error}")

            made = client.get_image(imageBuildVersionArn=image)["image"]["outputResources"]["amis"]
            assert published == {image: {ami["region"]: ami["image"] for ami in made}}
            for ami in made:
                ssm = boto3.client("ssm", ami["region"])
                found = ssm.get_parameter(Name="/golden/web/ami")["Parameter"]
                assert found["Value"] == ami["image"]
                owned = boto3.client("ec2", ami["region"]).describe_images(Owners=["self"])
                assert [each["ImageId"] for each in owned["Images"]] == [ami["image"]]
            [default] = ec2.describe_launch_template_versions(
                LaunchTemplateName="web", Versions=["$Default"]
            )["LaunchTemplateVersions"]
            assert default["LaunchTemplateData"]["ImageId"] == published[image][HOME]
            assert default["VersionDescription"] == "web 1.0.0/1"

    def test_a_failed_build_changes_nothing(self):
        function = program("new_image_handler")
        with both("theirs", builds="instant") as mock:
            topic = boto3.client("sns", HOME).create_topic(Name="builds")["TopicArn"]
            inbox = subscribed_queue(topic)
            client = boto3.client("imagebuilder", HOME)
            mock.builds.fail_next()
            a_build(
                client,
                imageRecipeArn=a_full_recipe(client),
                infrastructureConfigurationArn=an_infrastructure(client, snsTopicArn=topic),
            )
            [event] = sns_events(inbox)

            assert function.handler(event, None) == {}

            assert boto3.client("ssm", HOME).describe_parameters()["Parameters"] == []


@pytest.mark.needs("jsonpath_ng")  # moto matches events with it: moto[events]
@needs_member("CreateImagePipeline", "workflows")
@needs_operation("ListWaitingWorkflowSteps")
class TestApproval:
    @both_orders
    @pytest.mark.parametrize(
        ("branch", "action", "status"),
        [("release/1", "RESUME", "AVAILABLE"), ("wip", "STOP", "FAILED")],
    )
    def test_a_pipelines_build_waits_for_it(self, outer, branch, action, status):
        function = program("approval_handler")
        with both(outer, builds="instant") as mock:
            inbox = queue_of_rule(PATTERN)
            client = boto3.client("imagebuilder", HOME)
            build = client.start_image_pipeline_execution(
                imagePipelineArn=_pipeline_that_waits(client, branch), clientToken="once"
            )["imageBuildVersionArn"]
            assert mock.builds.waiting == [build]
            [event] = bodies(inbox)

            assert function.handler(event, None) == {"Approve": action}

            image = client.get_image(imageBuildVersionArn=build)["image"]
            assert image["state"]["status"] == status
            amis = boto3.client("ec2", HOME).describe_images(Owners=["self"])["Images"]
            assert [ami["ImageId"] for ami in amis] == [
                ami["image"] for ami in image.get("outputResources", {}).get("amis", ())
            ]


def _pipeline_that_waits(client, branch):
    approval = client.create_workflow(
        name="approval", semanticVersion="1.0.0", type="TEST", data=APPROVED
    )["workflowBuildVersionArn"]
    amazon = MANAGED_PARENT.partition(":image/")[0]
    return a_pipeline(
        client,
        imageRecipeArn=a_full_recipe(client, tags={"branch": branch}),
        executionRole="builder",
        workflows=[
            {"workflowArn": f"{amazon}:workflow/build/build-image/x.x.x"},
            {"workflowArn": approval},
        ],
    )
