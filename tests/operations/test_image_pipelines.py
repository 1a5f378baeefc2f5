"""Create-, Get-, List-, Update- and DeleteImagePipeline, StartImagePipelineExecution."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.build_views import the_image
from tests.builders import (
    AMAZON,
    MANAGED_COMPONENT,
    OWN,
    WINDOWS_PARENT,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.model import modelled, needs_member
from tests.refusals import already_exists, invalid_value, not_found

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
NAME = f"{OWN}image-pipeline/nightly"
BUILD_IMAGE = f"{AMAZON}workflow/build/build-image/x.x.x"
TEST_IMAGE = f"{AMAZON}workflow/test/test-image/x.x.x"


@pytest.fixture
def recipe(imagebuilder):
    return a_recipe(imagebuilder, name="golden")


@pytest.fixture
def infrastructure(imagebuilder):
    return an_infrastructure(imagebuilder, name="default")


@pytest.fixture
def given(recipe, infrastructure):
    """What a pipeline must have."""
    return {"imageRecipeArn": recipe, "infrastructureConfigurationArn": infrastructure}


def the_pipeline(client, arn):
    return client.get_image_pipeline(imagePipelineArn=arn)["imagePipeline"]


def names(client, **params):
    return [entry["name"] for entry in client.list_image_pipelines(**params)["imagePipelineList"]]


class TestCreate:
    def test_it_answers_the_arn(self, imagebuilder, given):
        answer = imagebuilder.create_image_pipeline(
            name="My_Pipeline One", clientToken="t", **given
        )

        assert set(answer) == {"requestId", "clientToken", "imagePipelineArn", "ResponseMetadata"}
        assert answer["clientToken"] == "t"
        assert answer["imagePipelineArn"] == f"{OWN}image-pipeline/my-pipeline-one"

    @pytest.mark.parametrize("name", ["nightly", "NIGHTLY", "Nightly"])
    def test_a_name_can_be_used_once(self, imagebuilder, refused, given, name):
        a_pipeline(imagebuilder, name="Nightly", **given)

        refusal = refused(imagebuilder.create_image_pipeline, name=name, **given)

        assert refusal == already_exists("ImagePipeline", NAME)

    @needs_member(
        "CreateImagePipeline", "imageRecipeArn", accepts=f"{OWN}image-recipe/golden/x.x.x"
    )
    def test_the_recipe_can_be_a_wildcard(self, imagebuilder, given):
        for version in ("1.2.0", "1.1.9"):
            a_recipe(imagebuilder, name="golden", semanticVersion=version)
        pipeline = a_pipeline(
            imagebuilder, **{**given, "imageRecipeArn": f"{OWN}image-recipe/golden/x.x.x"}
        )

        answer = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)

        assert answer["imageBuildVersionArn"] == f"{OWN}image/golden/1.2.0/1"
        assert the_pipeline(imagebuilder, pipeline)["imageRecipeArn"] == (
            f"{OWN}image-recipe/golden/x.x.x"
        )


class TestGet:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_defaults_are_filled_in_and_the_rest_is_absent(self, imagebuilder, given):
        """Seen: terraform-provider-aws, image_pipeline_test.go; cdk-real-drift; cloudsploit."""
        arn = a_pipeline(imagebuilder, name="Nightly", **given)

        answer = imagebuilder.get_image_pipeline(imagePipelineArn=arn)

        assert set(answer) == {"requestId", "imagePipeline", "ResponseMetadata"}
        assert answer["imagePipeline"] == {
            **given,
            "arn": NAME,
            "name": "Nightly",
            "platform": "Linux",
            "enhancedImageMetadataEnabled": True,
            "imageTestsConfiguration": {"imageTestsEnabled": True, "timeoutMinutes": 720},
            "status": "ENABLED",
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "dateUpdated": "2026-01-02T03:04:05.678Z",
            "tags": {},
        }

    def test_what_is_given_is_shown(self, imagebuilder, given):
        more = {
            "description": "every night",
            "distributionConfigurationArn": a_distribution(imagebuilder),
            "imageTestsConfiguration": {"imageTestsEnabled": False, "timeoutMinutes": 60},
            "enhancedImageMetadataEnabled": False,
            "status": "DISABLED",
            "imageScanningConfiguration": {"imageScanningEnabled": False},
            "executionRole": "builder",
            "workflows": [
                {"workflowArn": BUILD_IMAGE},
                {"workflowArn": TEST_IMAGE, "parallelGroup": "tests", "onFailure": "CONTINUE"},
            ],
            "tags": {"team": "images"},
        }
        arn = a_pipeline(imagebuilder, **given, **more)

        pipeline = the_pipeline(imagebuilder, arn)

        assert {name: pipeline[name] for name in more} == more

    @needs_member("CreateImagePipeline", "loggingConfiguration")
    @needs_member("CreateImagePipeline", "imageTags")
    def test_newer_settings_are_shown(self, imagebuilder, given):
        more = {
            "loggingConfiguration": {
                "imageLogGroupName": "/aws/imagebuilder/golden",
                "pipelineLogGroupName": "/aws/imagebuilder/pipeline/nightly",
            },
            "imageTags": {"from": "schedule"},
        }
        arn = a_pipeline(imagebuilder, **given, **more)

        pipeline = the_pipeline(imagebuilder, arn)

        assert {name: pipeline[name] for name in more} == more

    @pytest.mark.parametrize(
        ("sent", "shown"),
        [
            ({"imageTestsEnabled": False}, {"imageTestsEnabled": False, "timeoutMinutes": 720}),
            ({"timeoutMinutes": 90}, {"imageTestsEnabled": True, "timeoutMinutes": 90}),
            ({}, {"imageTestsEnabled": True, "timeoutMinutes": 720}),
        ],
        ids=["enabled", "timeout", "empty"],
    )
    def test_half_a_tests_configuration_is_filled_up(self, imagebuilder, given, sent, shown):
        """Seen live: go-to-k/cdk-real-drift."""
        arn = a_pipeline(imagebuilder, **given, imageTestsConfiguration=sent)

        assert the_pipeline(imagebuilder, arn)["imageTestsConfiguration"] == shown

    def test_the_platform_is_the_recipes(self, imagebuilder, given):
        windows = a_recipe(
            imagebuilder,
            parentImage=WINDOWS_PARENT,
            components=[MANAGED_COMPONENT.replace("linux", "windows")],
        )

        arn = a_pipeline(imagebuilder, **{**given, "imageRecipeArn": windows})

        assert the_pipeline(imagebuilder, arn)["platform"] == "Windows"

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        """Seen: terraform-provider-aws, image_pipeline_test.go (the code)."""
        assert refused(imagebuilder.get_image_pipeline, imagePipelineArn=NAME) == not_found(
            "ImagePipeline", NAME
        )


class TestList:
    def test_an_entry_is_the_whole_pipeline(self, imagebuilder, given):
        """Seen: cloudsploit, imagebuilder specs."""
        arn = a_pipeline(imagebuilder, **given, description="every night", tags={"a": "b"})

        answer = imagebuilder.list_image_pipelines()

        assert set(answer) == {"requestId", "imagePipelineList", "ResponseMetadata"}
        assert answer["imagePipelineList"] == [the_pipeline(imagebuilder, arn)]

    @pytest.mark.parametrize(
        "name",
        [
            "description",
            "distributionConfigurationArn",
            "imageRecipeArn",
            "infrastructureConfigurationArn",
            "name",
            "status",
        ],
    )
    def test_each_filter(self, imagebuilder, given, name):
        """Source: API reference, ListImagePipelines."""
        wanted = a_pipeline(
            imagebuilder,
            name="wanted",
            description="every night",
            distributionConfigurationArn=a_distribution(imagebuilder),
            status="DISABLED",
        )
        a_pipeline(imagebuilder, name="other", **given)
        value = the_pipeline(imagebuilder, wanted)[name]

        assert names(imagebuilder) == ["wanted", "other"]
        assert names(imagebuilder, filters=[{"name": name, "values": [value]}]) == ["wanted"]

    def test_an_unknown_filter_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_image_pipelines, filters=[{"name": "platform", "values": ["Linux"]}]
        )

        assert refusal == invalid_value(
            "filters[0].name",
            "'platform' is not a filter of this operation. Valid filters are: description, "
            "distributionConfigurationArn, imageRecipeArn, infrastructureConfigurationArn, name, "
            "status.",
        )


class TestUpdate:
    def test_it_answers_the_arn(self, imagebuilder, given):
        arn = a_pipeline(imagebuilder, **given)

        answer = imagebuilder.update_image_pipeline(imagePipelineArn=arn, **given)

        assert set(answer) - {"clientToken"} == modelled(
            "UpdateImagePipeline", "", {"requestId", "imagePipelineArn"}
        ) | {"ResponseMetadata"}
        assert answer["imagePipelineArn"] == arn

    @pytest.mark.imagebuilder(now=A_TIME)
    def test_what_is_left_out_goes_back_to_its_default(
        self, imagebuilder, imagebuilder_mock, given
    ):
        """Source: API reference, UpdateImagePipeline."""
        arn = a_pipeline(
            imagebuilder,
            name="Nightly",
            **given,
            description="gone",
            distributionConfigurationArn=a_distribution(imagebuilder),
            imageTestsConfiguration={"imageTestsEnabled": False, "timeoutMinutes": 60},
            enhancedImageMetadataEnabled=False,
            schedule={"scheduleExpression": "rate(1 day)"},
            status="DISABLED",
            imageScanningConfiguration={"imageScanningEnabled": False},
            executionRole="builder",
            workflows=[{"workflowArn": BUILD_IMAGE}],
            tags={"team": "images"},
        )
        imagebuilder_mock.clock.advance(minutes=1)

        imagebuilder.update_image_pipeline(imagePipelineArn=arn, **given)

        assert the_pipeline(imagebuilder, arn) == {
            **given,
            "arn": NAME,
            "name": "Nightly",
            "platform": "Linux",
            "enhancedImageMetadataEnabled": True,
            "imageTestsConfiguration": {"imageTestsEnabled": True, "timeoutMinutes": 720},
            "status": "ENABLED",
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "dateUpdated": "2026-01-02T03:05:05.678Z",
            "tags": {"team": "images"},
        }

    def test_the_next_build_is_of_the_new_recipe(self, imagebuilder, given):
        arn = a_pipeline(imagebuilder, **given)
        newer = a_recipe(imagebuilder, name="golden", semanticVersion="1.1.0")

        imagebuilder.update_image_pipeline(
            imagePipelineArn=arn, **{**given, "imageRecipeArn": newer}
        )

        answer = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)
        assert answer["imageBuildVersionArn"] == f"{OWN}image/golden/1.1.0/1"

    def test_what_its_runs_left_stays(self, imagebuilder, imagebuilder_mock, given):
        arn = a_pipeline(imagebuilder, **given)
        imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)
        imagebuilder_mock.builds.finish_all()
        before = the_pipeline(imagebuilder, arn)

        imagebuilder.update_image_pipeline(imagePipelineArn=arn, **given)

        after = the_pipeline(imagebuilder, arn)
        assert {**after, "dateUpdated": before["dateUpdated"]} == before

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused, given):
        refusal = refused(imagebuilder.update_image_pipeline, imagePipelineArn=NAME, **given)

        assert refusal == not_found("ImagePipeline", NAME)


class TestStart:
    def test_it_answers_the_arn_of_the_build(self, imagebuilder, given):
        arn = a_pipeline(imagebuilder, **given)

        answer = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn, clientToken="t")

        assert set(answer) == {
            "requestId",
            "clientToken",
            "imageBuildVersionArn",
            "ResponseMetadata",
        }
        assert answer["imageBuildVersionArn"] == f"{OWN}image/golden/1.0.0/1"

    def test_the_build_has_the_pipelines_settings(self, imagebuilder, given):
        distribution = a_distribution(imagebuilder)
        settings = {
            "imageTestsConfiguration": {"imageTestsEnabled": False, "timeoutMinutes": 60},
            "enhancedImageMetadataEnabled": False,
            "imageScanningConfiguration": {"imageScanningEnabled": False},
            "executionRole": "builder",
            "workflows": [{"workflowArn": BUILD_IMAGE}],
        }
        arn = a_pipeline(
            imagebuilder, **given, **settings, distributionConfigurationArn=distribution
        )

        answer = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)

        image = the_image(imagebuilder, answer["imageBuildVersionArn"])
        assert {name: image[name] for name in settings} == settings
        assert image["sourcePipelineArn"] == arn
        assert image["imageRecipe"]["arn"] == given["imageRecipeArn"]
        assert (
            image["infrastructureConfiguration"]["arn"] == (given["infrastructureConfigurationArn"])
        )
        assert image["distributionConfiguration"]["arn"] == distribution
        assert image["buildType"] == "USER_INITIATED"

    @pytest.mark.imagebuilder(now=A_TIME, builds="held")
    def test_the_pipeline_shows_its_last_run(self, imagebuilder, imagebuilder_mock, given):
        arn = a_pipeline(imagebuilder, **given)
        before = the_pipeline(imagebuilder, arn)
        imagebuilder_mock.clock.advance(minutes=1)

        answer = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)

        running = the_pipeline(imagebuilder, arn)
        assert running.pop("lastRunStatus", "PENDING") == "PENDING"
        assert running == {**before, "dateLastRun": "2026-01-02T03:05:05.678Z"}
        imagebuilder_mock.builds.complete(answer["imageBuildVersionArn"])
        assert the_pipeline(imagebuilder, arn).get("lastRunStatus", "AVAILABLE") == "AVAILABLE"

    def test_a_disabled_pipeline_can_be_started(self, imagebuilder, given):
        """Source: API reference, StartImagePipelineExecution."""
        arn = a_pipeline(imagebuilder, **given, status="DISABLED")

        imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)

        assert the_pipeline(imagebuilder, arn)["status"] == "DISABLED"

    @needs_member("StartImagePipelineExecution", "tags")
    @needs_member("CreateImagePipeline", "imageTags")
    def test_the_image_has_the_requests_tags(self, imagebuilder, given):
        """Source: API reference, ImagePipeline (imageTags are for scheduled builds)."""
        arn = a_pipeline(
            imagebuilder, **given, tags={"of": "pipeline"}, imageTags={"from": "schedule"}
        )

        tagged, plain = (
            imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn, **tags)
            for tags in ({"tags": {"from": "hand"}}, {})
        )

        assert the_image(imagebuilder, tagged["imageBuildVersionArn"])["tags"] == {"from": "hand"}
        assert the_image(imagebuilder, plain["imageBuildVersionArn"])["tags"] == {}

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        refusal = refused(imagebuilder.start_image_pipeline_execution, imagePipelineArn=NAME)

        assert refusal == not_found("ImagePipeline", NAME)


class TestDelete:
    def test_it_answers_the_arn(self, imagebuilder, given):
        arn = a_pipeline(imagebuilder, **given)

        answer = imagebuilder.delete_image_pipeline(imagePipelineArn=arn)

        assert set(answer) == {"requestId", "imagePipelineArn", "ResponseMetadata"}
        assert answer["imagePipelineArn"] == arn

    def test_a_deleted_pipeline_is_gone(self, imagebuilder, refused, given):
        arn = a_pipeline(imagebuilder, **given)
        imagebuilder.delete_image_pipeline(imagePipelineArn=arn)

        for operation in (
            imagebuilder.get_image_pipeline,
            imagebuilder.delete_image_pipeline,
            imagebuilder.start_image_pipeline_execution,
        ):
            assert refused(operation, imagePipelineArn=arn) == not_found("ImagePipeline", arn)
        assert names(imagebuilder) == []

    def test_a_build_that_it_started_goes_on(self, imagebuilder, imagebuilder_mock, given):
        """Source: API reference, DeleteImagePipeline."""
        arn = a_pipeline(imagebuilder, **given)
        image = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)

        imagebuilder.delete_image_pipeline(imagePipelineArn=arn)
        imagebuilder_mock.builds.finish_all()

        found = the_image(imagebuilder, image["imageBuildVersionArn"])
        assert found["state"] == {"status": "AVAILABLE"}
        assert found["sourcePipelineArn"] == arn
