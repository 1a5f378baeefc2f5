"""Parents outside of Image Builder: AMIs of moto's EC2, and parameters of its SSM."""

from __future__ import annotations

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.errors import InvalidParameterValueException
from imagebuilder_mock.engines import parents
from tests.beside_moto import aws
from tests.builders import (
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    OWN,
    WINDOWS_PARENT,
    a_build,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.container_builders import a_container_recipe
from tests.model import needs_operation, needs_optional
from tests.refusals import invalid_value, refusal_of

MISSING = "ami-0123456789abcdef0"


def an_ami(name="base", region="us-east-1"):
    """One that the test made: a copy of an instance, as it is for moto."""
    return aws("ec2", region).register_image(Name=name)["ImageId"]


def a_windows_ami():
    found = aws("ec2").describe_images(Filters=[{"Name": "platform", "Values": ["windows"]}])
    return found["Images"][0]["ImageId"]


def a_parameter(name, value):
    aws("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


def platform_of(client, recipe):
    return client.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]["platform"]


def refusal_of_recipe(client, parent):
    return refusal_of(
        client.create_image_recipe,
        name="web",
        semanticVersion="1.0.0",
        parentImage=parent,
        components=[{"componentArn": MANAGED_COMPONENT}],
    )


class TestAmis:
    @needs_optional("CreateImageRecipe", "components")
    def test_the_platform_is_the_one_that_ec2_tells(self, imagebuilder):
        linux, windows = an_ami(), a_windows_ami()

        assert platform_of(imagebuilder, a_recipe(imagebuilder, parentImage=linux)) == "Linux"
        assert platform_of(imagebuilder, a_recipe(imagebuilder, parentImage=windows)) == "Windows"

    def test_what_is_built_on_it_has_its_architecture(self, moto):  # noqa: ARG002
        images = aws("ec2").describe_images(Owners=["amazon"])["Images"]
        arm = next(each for each in images if each.get("Architecture") == "arm64")
        with mock_imagebuilder(builds="instant") as mock:
            client = mock.client()
            recipe = a_recipe(client, parentImage=arm["ImageId"])
            image = client.get_image(imageBuildVersionArn=a_build(client, imageRecipeArn=recipe))[
                "image"
            ]

            [ami] = image["outputResources"]["amis"]
        [made] = aws("ec2").describe_images(ImageIds=[ami["image"]])["Images"]
        assert made["Architecture"] == "arm64"

    def test_a_component_of_another_platform_is_refused(self, imagebuilder):
        assert refusal_of_recipe(imagebuilder, a_windows_ami()).message.endswith(
            "Component ARN does not match the Parent Image Platform."
        )

    def test_a_missing_one_is_refused_once_the_test_has_made_anything_in_ec2(self, imagebuilder):
        an_ami()

        assert refusal_of_recipe(imagebuilder, MISSING) == invalid_value(
            "parentImage", f"The AMI '{MISSING}' does not exist in the Region 'us-east-1'."
        )

    def test_one_of_another_region_is_missing(self, imagebuilder):
        an_ami()
        elsewhere = an_ami(region="eu-west-1")

        assert (
            "does not exist in the Region 'us-east-1'"
            in refusal_of_recipe(imagebuilder, elsewhere).message
        )

    def test_as_long_as_it_has_made_nothing_there_every_id_is_taken(self, imagebuilder):
        assert a_recipe(imagebuilder, parentImage=MISSING)

    @needs_optional("CreateImageRecipe", "components")
    def test_that_of_a_managed_image_is_there_though_ec2_has_none(self, imagebuilder):
        an_ami()
        managed = imagebuilder.get_image(imageBuildVersionArn=WINDOWS_PARENT)["image"]
        [ami] = managed["outputResources"]["amis"]

        recipe = a_recipe(imagebuilder, parentImage=ami["image"])

        assert platform_of(imagebuilder, recipe) == "Windows"

    def test_an_instance_for_containers_is_looked_up_too(self, imagebuilder):
        a_container_recipe(imagebuilder, instanceConfiguration={"image": an_ami()})

        with pytest.raises(imagebuilder.exceptions.InvalidParameterValueException) as caught:
            a_container_recipe(imagebuilder, instanceConfiguration={"image": MISSING})
        assert "'instanceConfiguration.image'" in str(caught.value)

    def test_strict_without_moto_finds_none_and_says_why(self):
        with mock_imagebuilder(neighbours="strict") as mock:
            assert refusal_of_recipe(mock.client(), MISSING) == invalid_value(
                "parentImage",
                f"The AMI '{MISSING}' does not exist in the Region 'us-east-1'. "
                "imagebuilder_mock looks it up in moto: switch moto's mock_aws on.",
            )


class TestParameters:
    @needs_optional("CreateImageRecipe", "components")
    @pytest.mark.parametrize(
        ("name", "parent"),
        [
            ("/golden/base", "ssm:/golden/base"),
            ("golden", "ssm:golden"),
            ("/golden/base", "ssm:/golden/base:1"),
            ("/golden/base", "ssm:arn:aws:ssm:us-east-1:123456789012:parameter/golden/base"),
            ("golden", "ssm:arn:aws:ssm:us-east-1:123456789012:parameter/golden"),
        ],
        ids=["path", "name", "version", "ARN of a path", "ARN of a name"],
    )
    def test_the_platform_is_that_of_the_ami(self, imagebuilder, name, parent):
        a_parameter(name, a_windows_ami())

        recipe = a_recipe(imagebuilder, parentImage=parent)

        assert platform_of(imagebuilder, recipe) == "Windows"
        found = imagebuilder.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]
        assert found["parentImage"] == parent

    def test_a_missing_one_is_refused_always(self, imagebuilder):
        assert refusal_of_recipe(imagebuilder, "ssm:/golden/base") == invalid_value(
            "parentImage", "The SSM parameter '/golden/base' does not exist."
        )

    def test_one_that_holds_no_ami_is_refused(self, imagebuilder):
        a_parameter("/golden/base", "latest")

        assert refusal_of_recipe(imagebuilder, "ssm:/golden/base") == invalid_value(
            "parentImage", "The SSM parameter '/golden/base' does not hold an AMI ID: 'latest'."
        )

    def test_one_that_holds_a_missing_ami_is_refused(self, imagebuilder):
        an_ami()
        a_parameter("/golden/base", MISSING)

        assert refusal_of_recipe(imagebuilder, "ssm:/golden/base") == invalid_value(
            "parentImage",
            f"The AMI '{MISSING}', which 'ssm:/golden/base' holds, does not exist in the Region "
            "'us-east-1'.",
        )

    @needs_optional("CreateImageRecipe", "components")
    def test_what_aws_publishes_is_taken_where_moto_has_no_copy(self, imagebuilder):
        an_ami()
        windows = "ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base"
        linux = "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"

        assert platform_of(imagebuilder, a_recipe(imagebuilder, parentImage=windows)) == "Windows"
        assert platform_of(imagebuilder, a_recipe(imagebuilder, parentImage=linux)) == "Linux"

    def test_without_moto_it_is_taken_as_it_is(self):
        with mock_imagebuilder() as mock:
            assert a_recipe(mock.client(), parentImage="ssm:/golden/base")

    def test_a_build_has_the_ami_that_it_holds_then(self, imagebuilder):
        first, second = an_ami("first"), an_ami("second")
        a_parameter("/golden/base", first)
        recipe = a_recipe(imagebuilder, parentImage="ssm:/golden/base")

        def parent_of_a_build():
            arn = a_build(imagebuilder, imageRecipeArn=recipe)
            image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
            return image["imageRecipe"]["parentImage"]

        before = parent_of_a_build()
        a_parameter("/golden/base", second)

        assert (before, parent_of_a_build()) == (first, second)

    def test_a_changed_value_is_a_dependency_update(self, imagebuilder, mock):
        """Source: API reference, Schedule."""
        a_parameter("/golden/base", an_ami("first"))
        recipe = a_recipe(imagebuilder, parentImage="ssm:/golden/base")
        pipeline = a_pipeline(
            imagebuilder,
            imageRecipeArn=recipe,
            schedule={"scheduleExpression": "rate(1 day)"},
        )

        def builds():
            found = imagebuilder.list_image_pipeline_images(imagePipelineArn=pipeline)
            return len(found["imageSummaryList"])

        mock.clock.advance(days=2)
        unchanged = builds()
        a_parameter("/golden/base", an_ami("second"))
        mock.clock.advance(days=2)

        assert (unchanged, builds()) == (1, 2)


@needs_operation("DistributeImage")
class TestSourcesOfDistribution:
    def test_the_platform_is_the_one_that_ec2_tells(self, imagebuilder):
        made = imagebuilder.distribute_image(
            sourceImage=a_windows_ami(),
            distributionConfigurationArn=a_distribution(imagebuilder),
            executionRole="build",
        )

        image = imagebuilder.get_image(imageBuildVersionArn=made["imageBuildVersionArn"])["image"]
        assert image["platform"] == "Windows"

    def test_the_image_has_the_name_of_the_ami(self, imagebuilder):
        """Source: awscli example, distribute-image."""
        a_parameter("/golden/base", an_ami("second base (v1.2)"))
        distribution = a_distribution(imagebuilder)

        made = [
            imagebuilder.distribute_image(
                sourceImage=source,
                distributionConfigurationArn=distribution,
                executionRole="build",
            )["imageBuildVersionArn"]
            for source in (an_ami("my-example-source-ami"), "ssm:/golden/base")
        ]

        assert made == [
            f"{OWN}image/my-example-source-ami/1.0.0/1",
            f"{OWN}image/second-base--v1-2-/1.0.0/1",
        ]

    def test_a_missing_one_is_refused(self, imagebuilder):
        an_ami()

        assert refusal_of(
            imagebuilder.distribute_image,
            sourceImage=MISSING,
            distributionConfigurationArn=a_distribution(imagebuilder),
            executionRole="build",
        ) == invalid_value(
            "sourceImage", f"The AMI '{MISSING}' does not exist in the Region 'us-east-1'."
        )

    def test_a_missing_role_is_refused(self, imagebuilder):
        aws("iam").create_role(RoleName="other", AssumeRolePolicyDocument="{}")

        assert refusal_of(
            imagebuilder.distribute_image,
            sourceImage=a_windows_ami(),
            distributionConfigurationArn=a_distribution(imagebuilder),
            executionRole="build",
        ) == invalid_value(
            "executionRole",
            "The provided role does not exist or does not have sufficient permissions.",
        )


class TestBeforeABuild:
    """What an engine asks before it launches the instance."""

    def what_is_missing(self, mock, address):
        world = mock._active_world("test")
        store = world.store("123456789012", "us-east-1")
        try:
            parents.parent_facts(world, store, address)
        except InvalidParameterValueException as error:
            return error.message
        return None

    def test_nothing_is_missing_of_what_is_there(self, mock):
        assert self.what_is_missing(mock, an_ami()) is None

    def test_a_parent_of_image_builder_is_not_looked_up(self, mock):
        an_ami()

        assert self.what_is_missing(mock, MANAGED_PARENT) is None

    @pytest.mark.parametrize("address", [MISSING, "ssm:/golden/base"])
    def test_what_is_gone_by_then_is_named(self, mock, address):
        an_ami()

        assert "does not exist" in self.what_is_missing(mock, address)

    def test_a_build_keeps_the_address_of_a_parameter_that_is_gone(self, imagebuilder):
        a_parameter("/golden/base", an_ami())
        recipe = a_recipe(imagebuilder, parentImage="ssm:/golden/base")
        aws("ssm").delete_parameter(Name="/golden/base")

        arn = a_build(imagebuilder, imageRecipeArn=recipe)

        image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert image["imageRecipe"]["parentImage"] == "ssm:/golden/base"


def test_looking_up_makes_nothing(imagebuilder):
    """An infrastructure with made-up names does not make later ones be looked up."""
    for _ in range(2):
        assert an_infrastructure(imagebuilder, subnetId="subnet-1", securityGroupIds=["sg-1"])
        assert a_recipe(imagebuilder, parentImage=MISSING)
