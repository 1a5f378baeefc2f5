"""Beside moto: what is added of the past is where lifecycle policies look, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.builders import a_distribution, a_pipeline
from tests.workflow_builders import a_step, a_workflow

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:pack"
TRUST = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture
def ago(mock):
    return lambda days: mock.clock.now() - timedelta(days=days)


def own_amis(region="us-east-1"):
    return {ami["ImageId"] for ami in aws("ec2", region).describe_images(Owners=["self"])["Images"]}


def test_ec2_has_its_amis(mock, ago):
    mock.pipelines.add(regions=["eu-west-1"])

    arns = mock.images.add(pipeline="web", created=[ago(3), ago(30)], shared_with=["111122223333"])

    amis = [ami for arn in arns for ami in mock.images.amis(arn)]
    assert {ami.image_id for ami in amis} == own_amis() | own_amis("eu-west-1")
    for ami in amis:
        client = aws("ec2", ami.region)
        found = client.describe_image_attribute(ImageId=ami.image_id, Attribute="launchPermission")
        assert found["LaunchPermissions"] == [{"UserId": "111122223333"}]


def test_ec2_has_the_amis_that_other_programs_made_for_a_workflow(mock, imagebuilder, ago):
    """What a step gave then is said by no order, so it was an AMI as any other."""
    outputs = [{"name": "ImageId", "value": "$.stepOutputs.Pack.output"}]
    pack = a_step("Pack", "ExecuteStateMachine", inputs={"stateMachineArn": MACHINE})
    packer = a_workflow(imagebuilder, pack, type="BUILD", outputs=outputs)
    mock.pipelines.add(workflows=[packer], regions=["eu-west-1"])

    arns = mock.images.add(pipeline="web", created=[ago(3), ago(30)])

    amis = [ami.image_id for arn in arns for ami in mock.images.amis(arn)]
    assert sorted(amis) == sorted(own_amis() | own_amis("eu-west-1"))
    assert len(amis) == 4


def test_a_lifecycle_policy_deletes_them_there(mock, imagebuilder, ago):
    mock.pipelines.add()
    mock.images.add(pipeline="web", created=[ago(days) for days in (3, 300, 600)])
    policy = imagebuilder.create_lifecycle_policy(
        name="tidy",
        executionRole="lifecycle",
        resourceType="AMI_IMAGE",
        policyDetails=[
            {
                "action": {"type": "DELETE", "includeResources": {"amis": True}},
                "filter": {"type": "AGE", "value": 90, "unit": "DAYS"},
            }
        ],
        resourceSelection={"recipes": [{"name": "web", "semanticVersion": "1.0.0"}]},
    )["lifecyclePolicyArn"]

    mock.lifecycle.run(policy)

    assert len(own_amis()) == len(imagebuilder.list_images()["imageVersionList"]) == 1


def test_ecr_has_its_container_images(mock, ago, caplog):
    """The repositories are made, also where nothing is looked up: images have to go somewhere."""
    mock.pipelines.add(container=True, regions=["eu-west-1"])

    mock.images.add(pipeline="web", created=[ago(3), ago(30)])

    assert caplog.records == []
    assert aws("ecr", "eu-west-1").list_images(repositoryName="web")["imageIds"]
    images = aws("ecr").list_images(repositoryName="web")["imageIds"]
    # Older versions of moto keep the last tag of an image alone.
    assert {"web-1.0.0-1", "web-1.0.0-2"} <= {image["imageTag"] for image in images}


def test_parameters_templates_topics_and_logs_have_nothing(mock, imagebuilder, ago):
    template = aws("ec2").create_launch_template(
        LaunchTemplateName="web", LaunchTemplateData={"ImageId": "ami-12345678"}
    )["LaunchTemplate"]["LaunchTemplateId"]
    arn = a_pipeline(
        imagebuilder,
        distributionConfigurationArn=a_distribution(
            imagebuilder,
            distributions=[
                {
                    "region": "us-east-1",
                    "launchTemplateConfigurations": [{"launchTemplateId": template}],
                }
            ],
        ),
    )

    mock.images.add(pipeline=arn, created=ago(3))

    versions = aws("ec2").describe_launch_template_versions(LaunchTemplateId=template)
    assert len(versions["LaunchTemplateVersions"]) == 1
    assert aws("logs").describe_log_groups()["logGroups"] == []


def test_a_pipeline_has_its_instance_profile_where_it_is_looked_up(mock, imagebuilder):
    """Once the test has made something in IAM, as a role for a function, names are looked up."""
    aws("iam").create_role(RoleName="function", AssumeRolePolicyDocument=TRUST)

    web = mock.pipelines.add()

    found = imagebuilder.get_infrastructure_configuration(
        infrastructureConfigurationArn=web.infrastructure_arn
    )["infrastructureConfiguration"]
    profiles = aws("iam").list_instance_profiles()["InstanceProfiles"]
    assert [each["InstanceProfileName"] for each in profiles] == [found["instanceProfileName"]]


@pytest.mark.usefixtures("moto")
def test_without_look_ups_no_instance_profile_is_made_there():
    with mock_imagebuilder() as mock:
        mock.pipelines.add()

        assert aws("iam").list_instance_profiles()["InstanceProfiles"] == []


def test_a_build_that_could_not_have_ended_so_leaves_no_ami(mock, imagebuilder):
    settings = {"targetAccountIds": ["111111111111"], "kmsKeyId": "alias/aws/ebs"}
    arn = a_pipeline(
        imagebuilder,
        distributionConfigurationArn=a_distribution(
            imagebuilder,
            distributions=[{"region": "eu-west-1", "amiDistributionConfiguration": settings}],
        ),
    )

    with pytest.raises(ValueError, match="No image can be made"):
        mock.images.add(pipeline=arn)

    assert own_amis() == set()
