"""CreateImage and GetImage."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest

from tests.build_views import the_image
from tests.builders import (
    MANAGED_PARENT,
    OWN,
    a_build,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_image,
    an_infrastructure,
)
from tests.model import modelled, needs_output
from tests.refusals import invalid_combination, invalid_value

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)

# What an image has from the first moment on, without distribution configuration.
MEMBERS = {
    "arn",
    "buildType",
    "dateCreated",
    "enhancedImageMetadataEnabled",
    "imageRecipe",
    "imageTestsConfiguration",
    "infrastructureConfiguration",
    "name",
    "outputResources",
    "platform",
    "state",
    "tags",
    "type",
    "version",
    *modelled("GetImage", "image", {"executionRole", "workflows"}),
}


class TestCreate:
    def test_it_answers_the_arn_of_the_build(self, imagebuilder):
        answer = imagebuilder.create_image(
            imageRecipeArn=a_recipe(imagebuilder, name="Golden_Image", semanticVersion="1.2.3"),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            clientToken="t",
        )

        assert set(answer) == modelled(
            "CreateImage",
            "",
            {"requestId", "clientToken", "imageBuildVersionArn", "latestVersionReferences"},
        ) | {"ResponseMetadata"}
        assert answer["imageBuildVersionArn"] == f"{OWN}image/golden-image/1.2.3/1"
        assert answer["clientToken"] == "t"

    @needs_output("CreateImage", "latestVersionReferences")
    def test_it_answers_the_arns_by_which_to_follow_the_name(self, imagebuilder):
        answer = imagebuilder.create_image(
            imageRecipeArn=a_recipe(imagebuilder, name="golden", semanticVersion="1.2.3"),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
        )

        assert answer["latestVersionReferences"] == {
            "latestVersionArn": f"{OWN}image/golden/x.x.x",
            "latestMajorVersionArn": f"{OWN}image/golden/1.x.x",
            "latestMinorVersionArn": f"{OWN}image/golden/1.2.x",
            "latestPatchVersionArn": f"{OWN}image/golden/1.2.3",
        }

    def test_builds_of_a_recipe_are_counted_whoever_starts_them(self, imagebuilder):
        """Seen: awscli examples, list-image-build-versions."""
        recipe = a_recipe(imagebuilder, name="golden")
        pipeline = a_pipeline(imagebuilder, name="nightly", imageRecipeArn=recipe)

        first = a_build(imagebuilder, imageRecipeArn=recipe)
        second = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)

        assert first == f"{OWN}image/golden/1.0.0/1"
        assert second["imageBuildVersionArn"] == f"{OWN}image/golden/1.0.0/2"

    def test_a_build_number_is_never_used_again(self, imagebuilder):
        recipe = a_recipe(imagebuilder, name="golden")
        first = an_image(imagebuilder, imageRecipeArn=recipe)
        imagebuilder.delete_image(imageBuildVersionArn=first)

        second = a_build(imagebuilder, imageRecipeArn=recipe)

        assert second == f"{OWN}image/golden/1.0.0/2"

    @pytest.mark.parametrize("both", [False, True])
    def test_exactly_one_recipe_must_be_named(self, imagebuilder, refused, both):
        recipes = {
            "imageRecipeArn": a_recipe(imagebuilder, name="golden"),
            "containerRecipeArn": f"{OWN}container-recipe/golden/1.0.0",
        }

        refusal = refused(
            imagebuilder.create_image,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            **(recipes if both else {}),
        )

        assert refusal == invalid_combination(
            "imageRecipeArn",
            "You must specify exactly one of 'imageRecipeArn' and 'containerRecipeArn'.",
        )

    @pytest.mark.parametrize(
        ("parameter", "label", "resource"),
        [
            ("imageRecipeArn", "ImageRecipe", "image-recipe/other/1.0.0"),
            (
                "infrastructureConfigurationArn",
                "InfrastructureConfiguration",
                "infrastructure-configuration/other",
            ),
            (
                "distributionConfigurationArn",
                "DistributionConfiguration",
                "distribution-configuration/other",
            ),
        ],
    )
    def test_what_it_refers_to_must_be_there(
        self, imagebuilder, refused, parameter, label, resource
    ):
        settings = {
            "imageRecipeArn": a_recipe(imagebuilder),
            "infrastructureConfigurationArn": an_infrastructure(imagebuilder),
            parameter: f"{OWN}{resource}",
        }

        refusal = refused(imagebuilder.create_image, **settings)

        assert refusal == invalid_value(
            parameter, f"The provided resource '{label}' does not exist: '{OWN}{resource}'."
        )


class TestDefaults:
    def test_tests_and_metadata_are_on(self, imagebuilder):
        """Seen: hashicorp/terraform-provider-aws, image_test.go."""
        image = the_image(imagebuilder, a_build(imagebuilder))

        assert image["imageTestsConfiguration"] == {
            "imageTestsEnabled": True,
            "timeoutMinutes": 720,
        }
        assert image["enhancedImageMetadataEnabled"] is True
        assert image["tags"] == {}

    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ({"imageTestsEnabled": False}, {"imageTestsEnabled": False, "timeoutMinutes": 720}),
            ({"timeoutMinutes": 90}, {"imageTestsEnabled": True, "timeoutMinutes": 90}),
        ],
    )
    def test_half_a_tests_configuration_is_filled_up(self, imagebuilder, given, shown):
        """Seen for pipelines: go-to-k/cdk-real-drift."""
        arn = a_build(imagebuilder, imageTestsConfiguration=given)

        assert the_image(imagebuilder, arn)["imageTestsConfiguration"] == shown


@pytest.mark.imagebuilder(builds="held", now=A_TIME)
class TestGet:
    @pytest.fixture
    def arn(self, imagebuilder):
        return a_build(
            imagebuilder,
            imageRecipeArn=a_recipe(imagebuilder, name="Golden Image", description="the best"),
        )

    @pytest.mark.parametrize("stage", [0, 1, 2])
    def test_while_it_is_built_there_are_no_amis(self, imagebuilder, imagebuilder_mock, arn, stage):
        """Seen: awscli examples, get-image (BUILDING)."""
        for _ in range(stage):
            imagebuilder_mock.builds.advance(arn)

        image = the_image(imagebuilder, arn)

        assert image["state"] == {"status": ("PENDING", "CREATING", "BUILDING")[stage]}
        assert set(image) == MEMBERS
        assert image["outputResources"] == {"amis": []}

    def test_it_keeps_all_of_its_infrastructure(self, imagebuilder):
        infrastructure = an_infrastructure(
            imagebuilder, description="small", instanceTypes=["t3.micro"], tags={"team": "images"}
        )
        kept = imagebuilder.get_infrastructure_configuration(
            infrastructureConfigurationArn=infrastructure
        )["infrastructureConfiguration"]

        image = a_build(imagebuilder, infrastructureConfigurationArn=infrastructure)

        assert the_image(imagebuilder, image)["infrastructureConfiguration"] == kept

    @pytest.mark.parametrize("stage", [3, 4, 5])
    def test_after_that_the_ami_and_the_os_version_are_known(
        self, imagebuilder, imagebuilder_mock, arn, stage
    ):
        for _ in range(stage):
            imagebuilder_mock.builds.advance(arn)

        image = the_image(imagebuilder, arn)

        assert image["state"] == {"status": ("TESTING", "DISTRIBUTING", "INTEGRATING")[stage - 3]}
        assert set(image) == MEMBERS | {"osVersion"}
        assert len(image["outputResources"]["amis"]) == 1

    def test_an_available_image(self, imagebuilder, imagebuilder_mock, arn):
        """Seen: a captured build of 2023 (members, and how they look)."""
        imagebuilder_mock.builds.complete(arn)

        image = the_image(imagebuilder, arn)

        assert set(image) == MEMBERS | {"osVersion"}
        [ami] = image["outputResources"]["amis"]
        shown_otherwise = {"executionRole", "workflows"}
        assert {
            name: image[name]
            for name in image.keys() - shown_otherwise
            if not isinstance(image[name], dict)
        } == {
            "arn": f"{OWN}image/golden-image/1.0.0/1",
            "type": "AMI",
            "name": "Golden Image",
            "version": "1.0.0/1",
            "platform": "Linux",
            "enhancedImageMetadataEnabled": True,
            "osVersion": "Amazon Linux 2023",
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "buildType": "USER_INITIATED",
        }
        assert image["state"] == {"status": "AVAILABLE"}
        assert set(ami) == {"region", "image", "name", "description", "accountId"}

    def test_a_failed_image_says_why_and_where(self, imagebuilder, imagebuilder_mock, arn):
        """Seen: awscli examples, list-image-build-versions (the reason)."""
        for _ in range(2):
            imagebuilder_mock.builds.advance(arn)
        imagebuilder_mock.builds.fail(arn, reason="An internal error has occurred.")

        image = the_image(imagebuilder, arn)

        assert set(image) == MEMBERS
        assert image["outputResources"] == {"amis": []}
        assert set(image["state"]) == modelled(
            "GetImage", "image.state", {"status", "reason", "failureContext"}
        )
        assert image["state"]["status"] == "FAILED"
        assert image["state"]["reason"] == "An internal error has occurred."
        context = image["state"].get("failureContext", {"imageStatus": "BUILDING"})
        assert context["imageStatus"] == "BUILDING"
        assert context.get("failedStep", "LaunchBuildInstance") == "LaunchBuildInstance"

    def test_the_image_of_a_pipeline_names_it(self, imagebuilder):
        pipeline = a_pipeline(
            imagebuilder, distributionConfigurationArn=a_distribution(imagebuilder)
        )

        answer = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)

        image = the_image(imagebuilder, answer["imageBuildVersionArn"])
        assert MEMBERS | {"sourcePipelineArn", "distributionConfiguration"} <= set(image)
        assert image["sourcePipelineArn"] == pipeline

    def test_amazons_images_have_no_recipe(self, imagebuilder):
        """Seen: hashicorp/terraform-provider-aws, image_data_source_test.go."""
        image = the_image(imagebuilder, MANAGED_PARENT)

        assert set(image) == {
            "arn",
            "dateCreated",
            "enhancedImageMetadataEnabled",
            "name",
            "osVersion",
            "outputResources",
            "platform",
            "state",
            "tags",
            "type",
            "version",
        }
        assert image["arn"].startswith(MANAGED_PARENT.removesuffix("x.x.x"))
        assert image["arn"].endswith("/1")

    def test_amazons_images_show_the_ami_of_the_region(self, imagebuilder, imagebuilder_mock):
        """Read so by aws-parallelcluster, which takes such an ARN as a parent image."""

        def ami_of(client, region):
            parent = MANAGED_PARENT.replace("us-east-1", region)
            [ami] = the_image(client, parent)["outputResources"]["amis"]
            assert ami["region"] == region
            return ami["image"]

        here = ami_of(imagebuilder, "us-east-1")
        there = ami_of(imagebuilder_mock.client(region="eu-west-1"), "eu-west-1")
        imagebuilder_mock.catalogue.publish("Amazon Linux 2023 x86", "2099.1.1")
        newer = ami_of(imagebuilder, "us-east-1")

        assert len({here, there, newer}) == 3
        assert all(re.fullmatch("ami-[0-9a-f]{17}", each) for each in (here, there, newer))


class TestRoleAndWorkflows:
    """Source: an SNS message captured in 2024; Terraform declares both as computed."""

    @needs_output("GetImage", "image.executionRole")
    def test_an_image_that_was_given_none_shows_those_it_is_built_with(self, imagebuilder):
        arn = a_build(imagebuilder)

        image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]

        assert image["executionRole"] == (
            "arn:aws:iam::123456789012:role/aws-service-role/imagebuilder.amazonaws.com/"
            "AWSServiceRoleForImageBuilder"
        )
        names = [workflow["workflowArn"].split("/")[2] for workflow in image["workflows"]]
        assert names == ["build-image", "test-image"]
