"""What is configured with distributed AMIs, seen in moto: launch templates, parameters, exports."""

from __future__ import annotations

import re

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.build_views import the_image
from tests.builders import a_build, a_distribution
from tests.model import needs_member
from tests.workflow_builders import BUILD_IMAGE, DISTRIBUTE_IMAGE, a_run, a_step, a_workflow


@pytest.fixture
def mock(moto):  # noqa: ARG001 - on around ours
    with mock_imagebuilder(builds="instant") as mock:
        yield mock


def the_ami(client, arn):
    [ami] = the_image(client, arn)["outputResources"]["amis"]
    return ami["image"]


def a_launch_template():
    ec2 = aws("ec2")
    parent = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    data = {"ImageId": parent, "InstanceType": "t3.micro"}
    made = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)
    return made["LaunchTemplate"]["LaunchTemplateId"]


OTHER = "210987654321"


def aws_of_other(service):
    """A client with another account's credentials."""
    keys = aws("sts").assume_role(
        RoleArn=f"arn:aws:iam::{OTHER}:role/images", RoleSessionName="images"
    )["Credentials"]
    return aws(
        service,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def an_export(client, **settings):
    """A build whose AMI is exported to a bucket."""
    export = {
        "roleName": "vmimport",
        "diskImageFormat": "VMDK",
        "s3Bucket": "exports",
        **settings,
    }
    distribution = {"region": "us-east-1", "s3ExportConfiguration": export}
    return a_build(
        client, distributionConfigurationArn=a_distribution(client, distributions=[distribution])
    )


class TestConfiguration:
    def test_a_launch_template_gets_a_version(self, imagebuilder):
        template = a_launch_template()
        distribution = {
            "region": "us-east-1",
            "launchTemplateConfigurations": [
                {"launchTemplateId": template, "setDefaultVersion": True}
            ],
        }
        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
        )

        versions = aws("ec2").describe_launch_template_versions(LaunchTemplateId=template)
        newest = versions["LaunchTemplateVersions"][-1]["LaunchTemplateData"]
        assert newest["ImageId"] == the_ami(imagebuilder, arn)
        assert newest["InstanceType"] == "t3.micro"

    def test_a_workflow_that_distributes_configures_alone(self, imagebuilder):
        """User guide, wfdoc-step-actions: its own settings take the place of those attached."""
        template = a_launch_template()
        attached = a_distribution(
            imagebuilder,
            distributions=[
                {
                    "region": "us-east-1",
                    "launchTemplateConfigurations": [{"launchTemplateId": template}],
                }
            ],
        )
        distributes = a_step("Distribute", "DistributeImage")
        applies = a_step(
            "Apply",
            "ApplyImageConfigurations",
            inputs={
                "distributedImages.$": "$.stepOutputs.Distribute.distributedImages",
                "configurations": [
                    {
                        "region": "us-east-1",
                        "ssmParameterConfigurations": [{"parameterName": "/golden/web"}],
                    }
                ],
            },
        )
        mine = a_workflow(imagebuilder, distributes, applies, type="DISTRIBUTION")

        def versions_after(workflow):
            arn = a_run(imagebuilder, BUILD_IMAGE, workflow, distributionConfigurationArn=attached)
            assert the_image(imagebuilder, arn)["state"] == {"status": "AVAILABLE"}
            [kept] = aws("ec2").describe_launch_templates(LaunchTemplateIds=[template])[
                "LaunchTemplates"
            ]
            return kept["LatestVersionNumber"]

        assert versions_after(DISTRIBUTE_IMAGE) == 2
        assert versions_after(mine) == 2
        assert aws("ssm").get_parameter(Name="/golden/web")["Parameter"]["Value"]

    @pytest.mark.parametrize(
        ("settings", "default"),
        [({}, 2), ({"setDefaultVersion": True}, 2), ({"setDefaultVersion": False}, 1)],
        ids=["unset", "yes", "no"],
    )
    def test_the_new_version_is_the_default_unless_it_shall_not_be(
        self, imagebuilder, settings, default, caplog
    ):
        """Source: API reference, LaunchTemplateConfiguration."""
        template = a_launch_template()
        distribution = {
            "region": "us-east-1",
            "launchTemplateConfigurations": [{"launchTemplateId": template, **settings}],
        }
        a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
        )

        if "NobodyToAskError" in caplog.text:
            pytest.skip("this moto cannot set a default version")
        [kept] = aws("ec2").describe_launch_templates(LaunchTemplateIds=[template])[
            "LaunchTemplates"
        ]
        assert (kept["LatestVersionNumber"], kept["DefaultVersionNumber"]) == (2, default)

    def test_one_that_is_not_there_keeps_nothing_from_the_others(self, imagebuilder):
        template = a_launch_template()
        templates = ["lt-0123456789abcdef0", template]
        distribution = {
            "region": "us-east-1",
            "launchTemplateConfigurations": [{"launchTemplateId": each} for each in templates],
        }

        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
        )

        assert the_image(imagebuilder, arn)["state"]["status"] == "FAILED"
        found = aws("ec2").describe_launch_template_versions(LaunchTemplateId=template)
        assert len(found["LaunchTemplateVersions"]) == 2

    def test_one_that_is_not_there_fails_the_integration(self, imagebuilder):
        """User guide, image-failure-context (the sentence)."""
        a_launch_template()
        distribution = {
            "region": "us-east-1",
            "launchTemplateConfigurations": [{"launchTemplateId": "lt-0123456789abcdef0"}],
        }
        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
        )

        image = the_image(imagebuilder, arn)
        assert image["state"]["status"] == "FAILED"
        sentence = "The launch-template ID 'lt-0123456789abcdef0' does not exist"
        assert sentence in image["state"]["reason"]
        assert len(image["outputResources"]["amis"]) == 1
        if "failureContext" in image["state"]:  # in the models that have it
            distribution = image["state"]["failureContext"]["distributionFailure"]
            [failure] = distribution["regionFailures"]
            assert failure["imageConfigurationStep"] == "UPDATE_LAUNCH_TEMPLATES"

    def test_a_template_of_another_account_gets_the_source_accounts_ami(self, imagebuilder):
        """Seen: aws-samples, cross-account-amis."""
        ec2 = aws_of_other("ec2")
        data = {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro"}
        template = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)[
            "LaunchTemplate"
        ]["LaunchTemplateId"]
        distribution = {
            "region": "us-east-1",
            "amiDistributionConfiguration": {"targetAccountIds": [OTHER]},
            "launchTemplateConfigurations": [{"launchTemplateId": template, "accountId": OTHER}],
        }

        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
        )

        source, copy = the_image(imagebuilder, arn)["outputResources"]["amis"]
        assert (source["accountId"], copy["accountId"]) == ("123456789012", OTHER)
        versions = ec2.describe_launch_template_versions(LaunchTemplateId=template)
        newest = versions["LaunchTemplateVersions"][-1]["LaunchTemplateData"]
        assert newest["ImageId"] == source["image"]

    @needs_member("CreateDistributionConfiguration", "distributions.ssmParameterConfigurations")
    def test_a_parameter_of_another_account_holds_its_own_copy(self, imagebuilder):
        """Seen: aws-samples, cross-account-amis."""
        parameter = {"parameterName": "/golden/web", "amiAccountId": OTHER}
        distribution = {
            "region": "us-east-1",
            "amiDistributionConfiguration": {"targetAccountIds": [OTHER]},
            "ssmParameterConfigurations": [parameter],
        }

        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
        )

        _, copy = the_image(imagebuilder, arn)["outputResources"]["amis"]
        found = aws_of_other("ssm").get_parameter(Name="/golden/web")["Parameter"]
        assert found["Value"] == copy["image"]

    @needs_member("CreateDistributionConfiguration", "distributions.ssmParameterConfigurations")
    def test_a_parameter_holds_the_ami(self, imagebuilder):
        distribution = {
            "region": "us-east-1",
            "ssmParameterConfigurations": [{"parameterName": "/imagebuilder/web"}],
        }
        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
        )

        found = aws("ssm").get_parameter(Name="/imagebuilder/web")["Parameter"]
        assert found["Value"] == the_ami(imagebuilder, arn)

    def test_an_exported_disk_is_in_the_bucket(self, imagebuilder):
        """VM Import/Export user guide, start-image-export (the key)."""
        aws("s3").create_bucket(Bucket="exports")
        an_export(imagebuilder, s3Prefix="disks/")

        [found] = aws("s3").list_objects_v2(Bucket="exports")["Contents"]
        assert re.fullmatch(r"disks/export-ami-[0-9a-f]{17}\.vmdk", found["Key"])

    @pytest.mark.parametrize(
        ("settings", "sentence"),
        [
            ({"s3Bucket": "absent"}, "'The specified bucket does not exist'"),
            (
                {"roleName": "absent"},
                (
                    "'The service role absent provided does not exist or does not have sufficient "
                    "permissions'"
                ),
            ),
        ],
        ids=["bucket", "role"],
    )
    def test_what_an_export_needs_and_is_not_there_fails_it(self, imagebuilder, settings, sentence):
        aws("s3").create_bucket(Bucket="exports")
        iam = aws("iam")
        iam.create_role(RoleName="vmimport", AssumeRolePolicyDocument="{}")
        iam.create_instance_profile(InstanceProfileName="builder")
        an_export(imagebuilder)

        state = the_image(imagebuilder, an_export(imagebuilder, **settings))["state"]

        assert state["status"] == "FAILED"
        assert state["reason"].endswith(f"In region 'us-east-1' - 'EC2 Client Error: {sentence}'")
        if "failureContext" in state:  # in the models that have it
            [failure] = state["failureContext"]["distributionFailure"]["regionFailures"]
            assert failure["imageConfigurationStep"] == "EXPORT_AMI"
