"""``mock.pipelines``: a ready pipeline in one line."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.builders import AMAZON
from tests.workflow_builders import a_step, a_workflow

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)

pytestmark = pytest.mark.imagebuilder(now=NOW)


def shown(client, pipeline):
    return client.get_image_pipeline(imagePipelineArn=pipeline.arn)["imagePipeline"]


def test_its_arns_are_those_that_the_pipeline_has(imagebuilder, imagebuilder_mock):
    web = imagebuilder_mock.pipelines.add()

    pipeline = shown(imagebuilder, web)
    assert (web.name, pipeline["name"], pipeline["status"]) == ("web", "web", "ENABLED")
    assert pipeline["imageRecipeArn"] == web.recipe_arn
    assert pipeline["infrastructureConfigurationArn"] == web.infrastructure_arn
    assert pipeline["distributionConfigurationArn"] == web.distribution_arn
    assert "schedule" not in pipeline
    recipe = imagebuilder.get_image_recipe(imageRecipeArn=web.recipe_arn)["imageRecipe"]
    assert [each["componentArn"] for each in recipe["components"]] == [web.component_arn]
    assert len(imagebuilder_mock.calls) == 2, "what the mock does itself is no call"


def built(client, pipeline):
    arn = client.start_image_pipeline_execution(imagePipelineArn=pipeline.arn)[
        "imageBuildVersionArn"
    ]
    return client.get_image(imageBuildVersionArn=arn)["image"]


@pytest.mark.imagebuilder(builds="instant", now=NOW)
@pytest.mark.parametrize(
    ("container", "made"), [(False, "amis"), (True, "containers")], ids=["image", "container"]
)
def test_it_builds_for_its_regions(imagebuilder, imagebuilder_mock, container, made):
    regions = ["eu-west-1", "us-east-1"]
    pipeline = imagebuilder_mock.pipelines.add(name="app", container=container, regions=regions)

    image = built(imagebuilder, pipeline)

    assert image["state"] == {"status": "AVAILABLE"}
    outputs = image["outputResources"][made]
    assert [each["region"] for each in outputs] == ["us-east-1", "eu-west-1"]


@pytest.mark.imagebuilder(builds="instant", now=NOW)
def test_its_component_can_be_made_to_fail(imagebuilder, imagebuilder_mock):
    pipeline = imagebuilder_mock.pipelines.add()
    imagebuilder_mock.builds.fail_next(component="web", phase="test", step="Probe")

    assert built(imagebuilder, pipeline)["state"]["status"] == "FAILED"


@pytest.mark.parametrize(
    "schedule",
    ["cron(0 3 * * ? *)", {"scheduleExpression": "cron(0 4 * * ? *)", "timezone": "Europe/Berlin"}],
    ids=["expression", "as in the API"],
)
def test_it_runs_next_when_its_schedule_says(imagebuilder, imagebuilder_mock, schedule):
    """Also if it was made long ago."""
    pipeline = imagebuilder_mock.pipelines.add(
        schedule=schedule, created=NOW - timedelta(days=700, hours=5)
    )

    found = shown(imagebuilder, pipeline)
    assert found["dateCreated"] == "2024-06-30T19:00:00.000Z"
    assert found["dateNextRun"] in ("2026-06-01T03:00:00.000Z", "2026-06-01T02:00:00.000Z")


def test_workflows_run_with_a_role(imagebuilder, imagebuilder_mock):
    build = f"{AMAZON}workflow/build/build-image/x.x.x"
    test = {
        "workflowArn": a_workflow(imagebuilder, a_step("End"), type="TEST"),
        "onFailure": "CONTINUE",
    }

    web = imagebuilder_mock.pipelines.add(workflows=[build, test])
    app = imagebuilder_mock.pipelines.add(name="app", workflows=[build], execution_role="builder")

    assert shown(imagebuilder, web)["workflows"] == [{"workflowArn": build}, test]
    assert shown(imagebuilder, web)["executionRole"] == "web"
    assert shown(imagebuilder, app)["executionRole"] == "builder"


def test_it_is_where_it_was_asked_for(imagebuilder_mock):
    pipeline = imagebuilder_mock.pipelines.add(region="cn-north-1", account_id="210987654321")

    assert pipeline.arn == "arn:aws-cn:imagebuilder:cn-north-1:210987654321:image-pipeline/web"
    assert imagebuilder_mock.images.add(pipeline=pipeline.arn).startswith(
        "arn:aws-cn:imagebuilder:cn-north-1:210987654321:image/web/"
    )


class TestMistakes:
    @pytest.fixture(autouse=True)
    def nothing_is_left(self, imagebuilder_mock):
        yield
        assert imagebuilder_mock.resources() == []
        assert imagebuilder_mock.pipelines.add().component_arn.endswith("/1.0.0/1")

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({"name": "_"}, "'name'"),
            ({"schedule": "daily"}, "Invalid schedule expression"),
            ({"workflows": ["arn:aws:imagebuilder:us-east-1:aws:workflow/build/no/x.x.x"]}, "no"),
        ],
        ids=["name", "schedule", "workflows"],
    )
    def test_what_the_service_would_refuse(self, imagebuilder_mock, options, reason):
        with pytest.raises(ValueError, match=f"No pipeline .* can be added: .*{reason}"):
            imagebuilder_mock.pipelines.add(**options)

    @pytest.mark.parametrize("region", ["", "EU West"])
    def test_what_is_no_region(self, imagebuilder_mock, region):
        with pytest.raises(ValueError, match=f"regions={region!r}: give a Region's name"):
            imagebuilder_mock.pipelines.add(regions=[region])

    def test_a_string_in_the_place_of_a_list(self, imagebuilder_mock):
        with pytest.raises(TypeError, match="regions='eu-west-1' is one string"):
            imagebuilder_mock.pipelines.add(regions="eu-west-1")


def test_a_name_that_is_taken_is_a_mistake(imagebuilder_mock):
    imagebuilder_mock.pipelines.add()

    with pytest.raises(ValueError, match=r"already exists: .*component/web.* Give another name="):
        imagebuilder_mock.pipelines.add()
