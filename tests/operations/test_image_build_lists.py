"""ListImageBuildVersions and ListImagePipelineImages."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import (
    AMAZON,
    OWN,
    a_build,
    a_pipeline,
    a_recipe,
)
from tests.model import modelled, needs_optional
from tests.refusals import invalid_value

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
GOLDEN = f"{OWN}image/golden/1.0.0"


def images(client, **params):
    """What ListImages lists: the ARNs, without what all of the caller's have in common."""
    entries = client.list_images(**params)["imageVersionList"]
    return [entry["arn"].removeprefix(f"{OWN}image/") for entry in entries]


def builds(client, arn=GOLDEN, **params):
    """What ListImageBuildVersions lists."""
    answer = client.list_image_build_versions(imageVersionArn=arn, **params)
    return [entry["arn"].removeprefix(f"{OWN}image/") for entry in answer["imageSummaryList"]]


def pipeline_images(client, arn, **params):
    """What ListImagePipelineImages lists."""
    answer = client.list_image_pipeline_images(imagePipelineArn=arn, **params)
    return [entry["arn"].removeprefix(f"{OWN}image/") for entry in answer["imageSummaryList"]]


def start(client, pipeline):
    answer = client.start_image_pipeline_execution(imagePipelineArn=pipeline)
    return answer["imageBuildVersionArn"].removeprefix(f"{OWN}image/")


@pytest.mark.imagebuilder(builds="held", now=A_TIME)
class TestListImageBuildVersions:
    def test_an_entry_is_a_build(self, imagebuilder, imagebuilder_mock):
        """Seen: awscli examples; a captured build of 2023."""
        recipe = a_recipe(imagebuilder, name="golden")
        arn = a_build(imagebuilder, imageRecipeArn=recipe, tags={"team": "images"})
        imagebuilder_mock.builds.complete(arn)

        answer = imagebuilder.list_image_build_versions(imageVersionArn=GOLDEN)

        assert set(answer) == {"requestId", "imageSummaryList", "ResponseMetadata"}
        [entry] = answer["imageSummaryList"]
        image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert entry == {
            "arn": f"{GOLDEN}/1",
            "name": "golden",
            "type": "AMI",
            "version": "1.0.0/1",
            "platform": "Linux",
            "osVersion": "Amazon Linux 2023",
            "state": {"status": "AVAILABLE"},
            "owner": "123456789012",
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "outputResources": image["outputResources"],
            "tags": {"team": "images"},
            "buildType": "USER_INITIATED",
        }

    def test_a_build_under_way(self, imagebuilder):
        a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="golden"))

        answer = imagebuilder.list_image_build_versions(imageVersionArn=GOLDEN)

        [entry] = answer["imageSummaryList"]
        assert "osVersion" not in entry
        assert entry["state"] == {"status": "PENDING"}
        assert entry["outputResources"] == {"amis": []}

    def test_a_failed_build_says_why(self, imagebuilder, imagebuilder_mock):
        """Seen: awscli examples, list-image-build-versions."""
        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="golden"))
        imagebuilder_mock.builds.fail(arn)

        answer = imagebuilder.list_image_build_versions(imageVersionArn=GOLDEN)

        state = answer["imageSummaryList"][0]["state"]
        assert set(state) == modelled(
            "ListImageBuildVersions",
            "imageSummaryList.state",
            {"status", "reason", "failureContext"},
        )
        assert state["reason"] == "An internal error has occurred."

    @pytest.mark.imagebuilder(builds="observed")
    @pytest.mark.usefixtures("some_images")
    def test_the_newest_build_is_listed_first(self, imagebuilder):
        assert builds(imagebuilder) == ["golden/1.0.0/2", "golden/1.0.0/1"]

    @needs_optional("ListImageBuildVersions", "imageVersionArn")
    @pytest.mark.imagebuilder(builds="observed")
    @pytest.mark.usefixtures("some_images")
    def test_without_arn_it_lists_all_of_the_callers_builds(self, imagebuilder):
        answer = imagebuilder.list_image_build_versions()

        assert [entry["arn"].removeprefix(OWN) for entry in answer["imageSummaryList"]] == [
            "image/golden/1.0.0/2",
            "image/silver/1.0.0/1",
            "image/golden/2.0.0/1",
            "image/golden/1.0.0/1",
        ]

    @pytest.mark.parametrize(
        "arn",
        [
            pytest.param(f"{OWN}image/golden/1.0.1", id="another version"),
            pytest.param(f"{OWN}image/other/1.0.0", id="another name"),
            pytest.param(
                "arn:aws:imagebuilder:us-east-1:210987654321:image/golden/1.0.0",
                id="another account's",
            ),
            pytest.param(f"{AMAZON}image/amazon-linux-2023-x86/2026.10.5", id="Amazon's"),
        ],
    )
    def test_an_arn_that_means_nothing_of_the_callers_has_no_builds(self, imagebuilder, arn):
        """Source: API reference, imageVersionArn."""
        a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="golden"))

        assert builds(imagebuilder, arn) == []

    def test_a_wildcard_is_refused(self, imagebuilder, refused):
        """Source: API reference, imageVersionArn."""
        code, status, message = refused(
            imagebuilder.list_image_build_versions, imageVersionArn=f"{OWN}image/golden/x.x.x"
        )

        assert (code, status) == ("InvalidParameterValueException", 400)
        assert "'imageVersionArn' must match pattern" in message


class TestListImagePipelineImages:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_an_entry_is_a_build(self, imagebuilder, imagebuilder_mock):
        """Seen: API reference, sample of ListImagePipelineImages."""
        recipe = a_recipe(imagebuilder, name="golden")
        pipeline = a_pipeline(imagebuilder, imageRecipeArn=recipe)
        start(imagebuilder, pipeline)
        imagebuilder_mock.builds.finish_all()

        answer = imagebuilder.list_image_pipeline_images(imagePipelineArn=pipeline)

        assert set(answer) == {"requestId", "imageSummaryList", "ResponseMetadata"}
        [entry] = answer["imageSummaryList"]
        assert set(entry) == {
            "arn",
            "buildType",
            "dateCreated",
            "name",
            "osVersion",
            "outputResources",
            "owner",
            "platform",
            "state",
            "tags",
            "type",
            "version",
        }
        assert entry["arn"] == f"{GOLDEN}/1"

    def test_it_lists_the_pipelines_own_in_the_order_of_their_start(self, imagebuilder):
        recipe = a_recipe(imagebuilder, name="golden")
        pipeline, other = (a_pipeline(imagebuilder, imageRecipeArn=recipe) for _ in range(2))
        a_build(imagebuilder, imageRecipeArn=recipe)

        own = [start(imagebuilder, pipeline)]
        start(imagebuilder, other)
        own.append(start(imagebuilder, pipeline))

        assert own == ["golden/1.0.0/2", "golden/1.0.0/4"]
        assert pipeline_images(imagebuilder, pipeline) == own

    @pytest.mark.parametrize(
        ("name", "value", "found"),
        [
            ("version", "1.0.4", True),
            ("version", "1.0.4/2", False),
            ("version", "1.0", False),
            ("name", "golden", True),
            ("name", "other", False),
        ],
    )
    def test_its_filters(self, imagebuilder, name, value, found):
        """Seen: aws/aws-cli#7853 (a version is three nodes: it finds every build)."""
        recipe = a_recipe(imagebuilder, name="golden", semanticVersion="1.0.4")
        pipeline = a_pipeline(imagebuilder, imageRecipeArn=recipe)
        made = [start(imagebuilder, pipeline) for _ in range(2)]

        listed = pipeline_images(
            imagebuilder, pipeline, filters=[{"name": name, "values": [value]}]
        )

        assert listed == (made if found else [])

    def test_other_filters_are_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_image_pipeline_images,
            imagePipelineArn=a_pipeline(imagebuilder),
            filters=[{"name": "platform", "values": ["Linux"]}],
        )

        assert refusal == invalid_value(
            "filters[0].name",
            "'platform' is not a filter of this operation. Valid filters are: name, version.",
        )

    def test_a_deleted_image_is_listed_no_more(self, imagebuilder, imagebuilder_mock):
        pipeline = a_pipeline(imagebuilder)
        arns = [start(imagebuilder, pipeline) for _ in range(2)]
        imagebuilder_mock.builds.finish_all()

        imagebuilder.delete_image(imageBuildVersionArn=f"{OWN}image/{arns[0]}")

        assert pipeline_images(imagebuilder, pipeline) == arns[1:]

    def test_an_unknown_pipeline_has_no_images(self, imagebuilder):
        """Source: API reference, imagePipelineArn."""
        assert pipeline_images(imagebuilder, f"{OWN}image-pipeline/other") == []

    def test_a_deleted_pipeline_lists_none_though_its_images_stay(self, imagebuilder):
        pipeline = a_pipeline(imagebuilder)
        image = start(imagebuilder, pipeline)

        imagebuilder.delete_image_pipeline(imagePipelineArn=pipeline)

        assert pipeline_images(imagebuilder, pipeline) == []
        assert images(imagebuilder) == [image.removesuffix("/1")]
