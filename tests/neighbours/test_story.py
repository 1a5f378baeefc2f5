"""A program as people write it: Image Builder and five other services in one function."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.builders import DOCUMENT
from tests.model import needs_optional

TRUST = '{"Version": "2012-10-17", "Statement": []}'


def build_a_golden_image(version):
    """Everything that a team's deployment script makes, in the order in which it makes it."""
    account = aws("sts").get_caller_identity()["Account"]
    ec2, iam, s3, ssm = aws("ec2"), aws("iam"), aws("s3"), aws("ssm")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="build", Description="build", VpcId=vpc)["GroupId"]
    base = ec2.register_image(Name="hardened base")["ImageId"]
    ssm.put_parameter(Name="/golden/base", Value=base, Type="String")
    iam.create_role(RoleName="build", AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName="build")
    iam.add_role_to_instance_profile(InstanceProfileName="build", RoleName="build")
    s3.create_bucket(Bucket=f"documents-{account}")
    s3.put_object(Bucket=f"documents-{account}", Key="web.yml", Body=DOCUMENT)

    client = aws("imagebuilder")
    component = client.create_component(
        name="web",
        semanticVersion=version,
        platform="Linux",
        uri=f"s3://documents-{account}/web.yml",
    )["componentBuildVersionArn"]
    recipe = client.create_image_recipe(
        name="web",
        semanticVersion=version,
        parentImage="ssm:/golden/base",
        components=[{"componentArn": component}],
    )["imageRecipeArn"]
    infrastructure = client.create_infrastructure_configuration(
        name="web",
        instanceProfileName="build",
        subnetId=subnet,
        securityGroupIds=[group],
    )["infrastructureConfigurationArn"]
    build = client.create_image(
        imageRecipeArn=recipe,
        infrastructureConfigurationArn=infrastructure,
        executionRole=f"arn:aws:iam::{account}:role/build",
    )["imageBuildVersionArn"]
    return base, build


@needs_optional("CreateImageRecipe", "components")
@pytest.mark.parametrize("outer", ["ours", "theirs"])
def test_it_runs_in_either_order(outer):
    moto = pytest.importorskip("moto")
    mocks = [mock_imagebuilder(builds="instant"), moto.mock_aws()]
    first, second = mocks if outer == "ours" else reversed(mocks)
    with first, second:
        base, build = build_a_golden_image("1.0.0")

        image = aws("imagebuilder").get_image(imageBuildVersionArn=build)["image"]
        assert image["state"]["status"] == "AVAILABLE"
        assert image["platform"] == "Linux"
        assert image["imageRecipe"]["parentImage"] == base


def test_what_it_forgot_is_what_the_service_says():
    moto = pytest.importorskip("moto")
    with moto.mock_aws(), mock_imagebuilder():
        build_a_golden_image("1.0.0")
        client = aws("imagebuilder")

        with pytest.raises(ClientError, match="instance profile does not exist"):
            client.create_infrastructure_configuration(name="app", instanceProfileName="builds")
        with pytest.raises(ClientError, match="could not be read"):
            client.create_component(
                name="app",
                semanticVersion="1.0.0",
                platform="Linux",
                uri="s3://documents-123456789012/app.yml",
            )
