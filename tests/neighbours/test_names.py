"""Names of other services' resources: when they are looked up, and what is said of the missing."""

from __future__ import annotations

import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from tests.beside_moto import aws
from tests.build_views import the_image
from tests.builders import (
    DOCUMENT,
    a_build,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.container_builders import a_container_build, a_container_recipe
from tests.model import needs_member
from tests.refusals import invalid_value, refusal_of

ACCOUNT = "123456789012"
TRUST = '{"Version": "2012-10-17", "Statement": []}'
NO_PROFILE = (
    "The provided instance profile does not exist. Please specify a different instance profile "
    "and try again."
)
NO_ROLE = "The provided role does not exist or does not have sufficient permissions."
HINT = " imagebuilder_mock looks it up in moto: switch moto's mock_aws on."


def a_role(name="role"):
    return aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]


def a_subnet():
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="build", Description="build", VpcId=vpc)["GroupId"]
    return subnet, group


def a_key():
    return aws("kms").create_key()["KeyMetadata"]["Arn"]


class TestInstanceProfiles:
    """Seen: aws-cdk#11441."""

    def test_one_that_is_there_is_taken(self, imagebuilder):
        aws("iam").create_instance_profile(InstanceProfileName="builder")

        assert an_infrastructure(imagebuilder, instanceProfileName="builder")

    @pytest.mark.parametrize("made", ["role", "profile"])
    def test_once_the_test_has_made_a_role_or_a_profile_a_missing_one_is_refused(
        self, imagebuilder, made
    ):
        if made == "role":
            a_role()
        else:
            aws("iam").create_instance_profile(InstanceProfileName="other")

        assert refusal_of(
            imagebuilder.create_infrastructure_configuration,
            name="web",
            instanceProfileName="builder",
        ) == invalid_value("instanceProfileName", NO_PROFILE)

    def test_an_update_is_checked_too(self, imagebuilder):
        arn = an_infrastructure(imagebuilder)
        a_role()

        assert refusal_of(
            imagebuilder.update_infrastructure_configuration,
            infrastructureConfigurationArn=arn,
            instanceProfileName="builder",
        ) == invalid_value("instanceProfileName", NO_PROFILE)
        found = imagebuilder.get_infrastructure_configuration(infrastructureConfigurationArn=arn)
        assert "dateUpdated" not in found["infrastructureConfiguration"]

    def test_as_long_as_it_has_made_none_every_name_is_taken(self, imagebuilder):
        aws("iam").create_user(UserName="somebody")
        aws("s3").create_bucket(Bucket="other-services-do-not-count")

        assert an_infrastructure(imagebuilder, instanceProfileName="builder")

    def test_what_another_account_made_does_not_count(self, mock):
        a_role()

        stranger = mock.client(account_id="111122223333")

        assert an_infrastructure(stranger, instanceProfileName="builder")

    @pytest.mark.usefixtures("moto")
    def test_strict_looks_up_always(self):
        with mock_imagebuilder(neighbours="strict") as mock:
            assert refusal_of(
                mock.client().create_infrastructure_configuration,
                name="web",
                instanceProfileName="builder",
            ) == invalid_value("instanceProfileName", NO_PROFILE)

    def test_strict_without_moto_finds_nothing_and_says_why(self):
        with mock_imagebuilder(neighbours="strict") as mock:
            assert refusal_of(
                mock.client().create_infrastructure_configuration,
                name="web",
                instanceProfileName="builder",
            ) == invalid_value("instanceProfileName", NO_PROFILE + HINT)

    @pytest.mark.usefixtures("moto")
    def test_off_looks_nothing_up(self):
        a_role()
        with mock_imagebuilder(neighbours="off") as mock:
            assert an_infrastructure(mock.client(), instanceProfileName="builder")


class TestRoles:
    """Seen: terraform-provider-aws, lifecycle_policy.go."""

    @pytest.mark.parametrize("form", ["name", "ARN"])
    def test_one_that_is_there_is_taken(self, imagebuilder, form):
        arn = a_role("build")
        aws("iam").create_instance_profile(InstanceProfileName="builder")

        assert a_build(imagebuilder, executionRole=arn if form == "ARN" else "build")

    @pytest.mark.parametrize(
        "role",
        ["missing", f"arn:aws:iam::{ACCOUNT}:role/missing", "arn:aws:iam::111122223333:role/build"],
        ids=["name", "ARN", "another account's"],
    )
    def test_a_missing_one_is_refused(self, imagebuilder, role):
        recipe, infrastructure = a_recipe(imagebuilder), an_infrastructure(imagebuilder)
        a_role("build")
        settings = {
            "imageRecipeArn": recipe,
            "infrastructureConfigurationArn": infrastructure,
            "executionRole": role,
        }

        refusal = invalid_value("executionRole", NO_ROLE)
        assert refusal_of(imagebuilder.create_image, **settings) == refusal
        create = imagebuilder.create_image_pipeline
        assert refusal_of(create, name="nightly", **settings) == refusal

    def test_the_service_linked_one_need_not_be_made(self, imagebuilder):
        """Seen: terraform-provider-aws pull request 37317."""
        infrastructure = an_infrastructure(imagebuilder)
        a_role("build")
        path = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/imagebuilder.amazonaws.com/"

        assert a_pipeline(
            imagebuilder,
            infrastructureConfigurationArn=infrastructure,
            executionRole=f"{path}AWSServiceRoleForImageBuilder",
        )

    def test_a_pipeline_that_is_updated_to_a_missing_one_is_refused(self, imagebuilder):
        recipe, infrastructure = a_recipe(imagebuilder), an_infrastructure(imagebuilder)
        pipeline = a_pipeline(
            imagebuilder, imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure
        )
        a_role()

        assert refusal_of(
            imagebuilder.update_image_pipeline,
            imagePipelineArn=pipeline,
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=infrastructure,
            executionRole="missing",
        ) == invalid_value("executionRole", NO_ROLE)

    def test_without_one_the_services_own_is_used(self, imagebuilder):
        recipe, infrastructure = a_recipe(imagebuilder), an_infrastructure(imagebuilder)
        a_role()

        assert a_build(
            imagebuilder, imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure
        )


class TestNetwork:
    def test_what_is_there_is_taken(self, imagebuilder):
        subnet, group = a_subnet()
        aws("ec2").create_key_pair(KeyName="debug")

        assert an_infrastructure(
            imagebuilder, subnetId=subnet, securityGroupIds=[group], keyPair="debug"
        )

    @pytest.mark.parametrize(
        ("missing", "parameter", "detail"),
        [
            (
                {"subnetId": "subnet-0123456789abcdef0"},
                "subnetId",
                "The provided subnet does not exist: 'subnet-0123456789abcdef0'.",
            ),
            (
                {"securityGroupIds": ["sg-0123456789abcdef0"]},
                "securityGroupIds[0]",
                "The provided security group does not exist: 'sg-0123456789abcdef0'.",
            ),
            (
                {"keyPair": "debug"},
                "keyPair",
                "The provided key pair does not exist: 'debug'.",
            ),
        ],
        ids=["subnet", "security group", "key pair"],
    )
    def test_what_is_missing_is_refused(self, imagebuilder, missing, parameter, detail):
        subnet, group = a_subnet()
        given = {"subnetId": subnet, "securityGroupIds": [group], **missing}

        assert refusal_of(
            imagebuilder.create_infrastructure_configuration,
            name="web",
            instanceProfileName="builder",
            **given,
        ) == invalid_value(parameter, detail)

    def test_motos_default_network_does_not_count(self, imagebuilder):
        assert aws("ec2").describe_subnets()["Subnets"]

        assert an_infrastructure(
            imagebuilder, subnetId="subnet-1", securityGroupIds=["sg-1"], keyPair="debug"
        )

    def test_one_of_the_default_network_can_be_named(self, imagebuilder):
        subnet = aws("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        group = aws("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
        aws("ec2").create_key_pair(KeyName="counts")

        assert an_infrastructure(imagebuilder, subnetId=subnet, securityGroupIds=[group])

    def test_another_region_is_another_network(self, mock):
        a_subnet()

        elsewhere = mock.client(region="eu-west-1")

        assert an_infrastructure(elsewhere, subnetId="subnet-1", securityGroupIds=["sg-1"])


class TestTopics:
    def test_one_that_is_there_is_taken(self, imagebuilder):
        topic = aws("sns").create_topic(Name="builds")["TopicArn"]

        assert an_infrastructure(imagebuilder, snsTopicArn=topic)

    def test_a_missing_one_is_refused(self, imagebuilder):
        aws("sns").create_topic(Name="other")
        topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:builds"

        assert refusal_of(
            imagebuilder.create_infrastructure_configuration,
            name="web",
            instanceProfileName="builder",
            snsTopicArn=topic,
        ) == invalid_value("snsTopicArn", f"The provided SNS topic does not exist: '{topic}'.")

    def test_a_fifo_topic_is_refused(self, imagebuilder):
        """Source: API reference, CreateInfrastructureConfiguration."""
        topic = aws("sns").create_topic(Name="builds.fifo", Attributes={"FifoTopic": "true"})

        assert (
            "'snsTopicArn' must match pattern"
            in refusal_of(
                imagebuilder.create_infrastructure_configuration,
                name="web",
                instanceProfileName="builder",
                snsTopicArn=topic["TopicArn"],
            ).message
        )

    def test_without_any_topic_every_arn_is_taken(self, imagebuilder):
        assert an_infrastructure(
            imagebuilder, snsTopicArn=f"arn:aws:sns:us-east-1:{ACCOUNT}:builds"
        )


class TestRepositories:
    def test_one_that_is_there_is_taken(self, imagebuilder):
        aws("ecr").create_repository(repositoryName="team/app")

        assert a_container_recipe(
            imagebuilder, targetRepository={"service": "ECR", "repositoryName": "team/app"}
        )

    def test_a_missing_one_is_refused(self, imagebuilder):
        aws("ecr").create_repository(repositoryName="other")
        repository = {"service": "ECR", "repositoryName": "app"}
        detail = "The provided ECR repository does not exist: 'app'."

        with pytest.raises(imagebuilder.exceptions.InvalidParameterValueException) as caught:
            a_container_recipe(imagebuilder, targetRepository=repository)
        assert caught.value.response["Error"]["Message"].endswith(detail)

    def test_a_missing_one_of_a_distribution_fails_the_image(self, imagebuilder):
        """Source: terraform-provider-aws pull request 35492, whose tests name one."""
        aws("ecr").create_repository(repositoryName="hello")
        aws("ecr", "eu-west-1").create_repository(repositoryName="other")
        repository = {"service": "ECR", "repositoryName": "app"}
        settings = {"containerDistributionConfiguration": {"targetRepository": repository}}
        distribution = a_distribution(
            imagebuilder, distributions=[{"region": "eu-west-1", **settings}]
        )

        arn = a_container_build(imagebuilder, distributionConfigurationArn=distribution)
        current_mock().builds.complete(arn)

        state = the_image(imagebuilder, arn)["state"]
        assert state["status"] == "FAILED"
        assert "The repository with name 'app' does not exist in the registry" in state["reason"]
        assert state["reason"].endswith("in Region eu-west-1.'")


class TestKeys:
    def test_a_key_or_an_alias_that_is_there_is_taken(self, imagebuilder):
        key = a_key()
        aws("kms").create_alias(AliasName="alias/build", TargetKeyId=key)

        assert a_component(imagebuilder, kmsKeyId=key)
        alias = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/build"
        assert a_component(imagebuilder, kmsKeyId=alias)

    def test_a_missing_one_is_refused(self, imagebuilder):
        a_key()
        key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
        detail = f"The provided KMS key does not exist: '{key}'."

        assert refusal_of(
            imagebuilder.create_component,
            name="hello",
            semanticVersion="1.0.0",
            platform="Linux",
            data=DOCUMENT,
            kmsKeyId=key,
        ) == invalid_value("kmsKeyId", detail)
        assert refusal_of(
            imagebuilder.create_distribution_configuration,
            name="encrypted",
            distributions=[
                {"region": "us-east-1", "amiDistributionConfiguration": {"kmsKeyId": key}}
            ],
        ) == invalid_value("distributions[0].amiDistributionConfiguration.kmsKeyId", detail)

    def test_a_missing_one_of_a_device_is_refused(self, imagebuilder):
        a_key()
        key = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/missing"

        with pytest.raises(imagebuilder.exceptions.InvalidParameterValueException) as caught:
            a_recipe(
                imagebuilder,
                blockDeviceMappings=[
                    {"deviceName": "/dev/xvda"},
                    {"deviceName": "/dev/sdb", "ebs": {"encrypted": True, "kmsKeyId": key}},
                ],
            )
        assert "'blockDeviceMappings[1].ebs.kmsKeyId'" in str(caught.value)

    def test_another_accounts_is_not_looked_up(self, imagebuilder):
        a_key()

        assert a_component(imagebuilder, kmsKeyId="arn:aws:kms:us-east-1:111122223333:alias/build")

    def test_the_keys_that_aws_manages_do_not_count(self, imagebuilder):
        aws("kms").describe_key(KeyId="alias/aws/ebs")

        assert a_component(imagebuilder, kmsKeyId=f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/missing")


@needs_member("CreateInfrastructureConfiguration", "dryRun")
def test_a_dry_run_looks_names_up(imagebuilder):
    a_role()

    assert refusal_of(
        imagebuilder.create_infrastructure_configuration,
        name="web",
        instanceProfileName="builder",
        dryRun=True,
    ) == invalid_value("instanceProfileName", NO_PROFILE)


@pytest.mark.parametrize(
    ("parameter", "given"),
    [
        ("subnetId", {"subnetId": "subnet-1", "securityGroupIds": ["sg-1"]}),
        ("securityGroupIds[0]", {"securityGroupIds": ["sg-1"]}),
        ("keyPair", {"keyPair": "debug"}),
        ("snsTopicArn", {"snsTopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:builds"}),
    ],
)
def test_strict_finds_nothing_where_moto_has_nothing(parameter, given):
    module = pytest.importorskip("moto")
    with module.mock_aws(), mock_imagebuilder(neighbours="strict") as mock:
        aws("iam").create_instance_profile(InstanceProfileName="builder")
        refusal = refusal_of(
            mock.client().create_infrastructure_configuration,
            name="web",
            instanceProfileName="builder",
            **given,
        )

    assert f"'{parameter}' is not valid" in refusal.message
    assert "imagebuilder_mock" not in refusal.message


def test_strict_takes_no_name_that_moto_cannot_tell_of():
    module = pytest.importorskip("moto")
    passing = {"core": {"passthrough": {"services": ["iam"], "urls": []}}}
    with module.mock_aws(config=passing), mock_imagebuilder(neighbours="strict") as mock:
        assert refusal_of(
            mock.client().create_infrastructure_configuration,
            name="web",
            instanceProfileName="builder",
        ) == invalid_value("instanceProfileName", NO_PROFILE)


def test_a_service_that_moto_lets_pass_is_not_asked(moto):
    with (
        moto.mock_aws(config={"core": {"passthrough": {"services": ["iam"], "urls": []}}}),
        mock_imagebuilder() as mock,
    ):
        assert an_infrastructure(mock.client())


def test_a_region_that_moto_does_not_know_has_nothing(mock):
    elsewhere = mock.client(region="us-mars-1")

    assert an_infrastructure(elsewhere, subnetId="subnet-1", securityGroupIds=["sg-1"])
