"""Runs of a pipeline: on its schedule, when there is something new, and by hand."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.engines.pipelines.runs import run_on_schedule
from tests.builders import OWN, a_component, a_pipeline, a_recipe, an_image
from tests.model import needs_member

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
ALWAYS = "EXPRESSION_MATCH_ONLY"
WITH_NEWS = "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE"
DAILY = {"scheduleExpression": "cron(0 6 * * ? *)"}
ALWAYS_DAILY = {**DAILY, "pipelineExecutionStartCondition": ALWAYS}

pytestmark = pytest.mark.imagebuilder(builds="instant", now=NOW)


@pytest.fixture
def images(imagebuilder_mock):
    """What was built, oldest first, after so many days."""

    def after(days=0):
        imagebuilder_mock.clock.advance(days=days)
        return [one for one in imagebuilder_mock.resources() if isinstance(one, Image)]

    return after


def the_pipeline(mock):
    return next(one for one in mock.resources() if isinstance(one, ImagePipeline))


def test_a_schedule_that_counts_alone_runs_every_time(imagebuilder, images):
    a_pipeline(imagebuilder, schedule=ALWAYS_DAILY)

    built = images(days=4)

    assert [image.date_created - NOW for image in built] == [
        timedelta(days=day, hours=6) for day in range(4)
    ]


@pytest.mark.parametrize("condition", [None, WITH_NEWS])
def test_otherwise_a_pipeline_runs_when_it_never_ran_and_then_with_news_alone(
    imagebuilder, images, condition
):
    a_component(imagebuilder, name="nginx", semanticVersion="1.0.0")
    recipe = a_recipe(imagebuilder, components=[f"{OWN}component/nginx/1.x.x"])
    schedule = {**DAILY, "pipelineExecutionStartCondition": condition} if condition else DAILY
    a_pipeline(imagebuilder, imageRecipeArn=recipe, schedule=schedule)

    assert len(images(days=3)) == 1

    a_component(imagebuilder, name="nginx", semanticVersion="2.0.0")
    assert len(images(days=3)) == 1, "the wildcard does not mean it"

    newer = a_component(imagebuilder, name="nginx", semanticVersion="1.1.0")
    built = images(days=3)
    assert len(built) == 2
    assert built[-1].image_recipe.component_arns == [newer]


def test_news_can_be_a_newer_parent_image(imagebuilder, images):
    base = a_recipe(imagebuilder, name="base")
    an_image(imagebuilder, imageRecipeArn=base)
    recipe = a_recipe(imagebuilder, parentImage=f"{OWN}image/base/x.x.x")
    arn = a_pipeline(imagebuilder, imageRecipeArn=recipe, schedule=DAILY)

    def runs(days):
        return [image for image in images(days) if image.source_pipeline_arn == arn]

    assert len(runs(days=2)) == 1
    newer = an_image(imagebuilder, imageRecipeArn=base)
    assert len(runs(days=2)) == 2
    assert runs(days=0)[-1].image_recipe.parent_image == newer


@needs_member("CreateImagePipeline", "imageRecipeArn", accepts=f"{OWN}image-recipe/web/1.x.x")
def test_news_can_be_a_newer_recipe(imagebuilder, images):
    a_recipe(imagebuilder, name="web", semanticVersion="1.0.0")
    a_pipeline(imagebuilder, imageRecipeArn=f"{OWN}image-recipe/web/1.x.x", schedule=DAILY)
    assert len(images(days=2)) == 1

    a_recipe(imagebuilder, name="web", semanticVersion="1.1.0")

    assert [image.version for image in images(days=2)] == ["1.0.0/1", "1.1.0/1"]


def test_a_run_by_hand_takes_the_news_away(imagebuilder, images):
    arn = a_pipeline(imagebuilder, schedule=DAILY)
    imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)

    assert len(images(days=3)) == 1


@needs_member("CreateImagePipeline", "imageTags")
def test_an_image_of_the_schedule_says_so_and_has_the_pipelines_image_tags(imagebuilder, images):
    a_pipeline(imagebuilder, schedule=DAILY, tags={"of": "pipeline"}, imageTags={"of": "image"})

    (image,) = images(days=1)

    shown = imagebuilder.get_image(imageBuildVersionArn=image.arn)["image"]
    assert (shown["buildType"], shown["tags"]) == ("SCHEDULED", {"of": "image"})


def test_an_image_of_the_schedule_knows_its_pipeline(imagebuilder, imagebuilder_mock, images):
    arn = a_pipeline(imagebuilder, schedule=DAILY)

    (image,) = images(days=1)

    shown = imagebuilder.get_image(imageBuildVersionArn=image.arn)["image"]
    assert shown["sourcePipelineArn"] == arn
    assert shown["buildType"] == "SCHEDULED"
    listed = imagebuilder.list_image_pipeline_images(imagePipelineArn=arn)["imageSummaryList"]
    assert [one["arn"] for one in listed] == [image.arn]
    assert the_pipeline(imagebuilder_mock).date_last_run == image.date_created


@needs_member("CreateImagePipeline", "loggingConfiguration")
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"imageLogGroupName": "/aws/imagebuilder/web"}, {"logGroupName": "/aws/imagebuilder/web"}),
        ({"pipelineLogGroupName": "/aws/imagebuilder/web"}, None),
    ],
    ids=["image", "pipeline"],
)
def test_an_image_logs_where_its_pipeline_says(imagebuilder, given, shown):
    arn = a_pipeline(imagebuilder, loggingConfiguration=given)

    image = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)

    found = imagebuilder.get_image(imageBuildVersionArn=image["imageBuildVersionArn"])["image"]
    assert found.get("loggingConfiguration") == shown


def test_a_run_for_which_a_wildcard_means_nothing_is_skipped(
    imagebuilder, imagebuilder_mock, images
):
    arn = a_component(imagebuilder, name="nginx")
    recipe = a_recipe(imagebuilder, components=[f"{OWN}component/nginx/x.x.x"])
    a_pipeline(imagebuilder, imageRecipeArn=recipe, schedule=ALWAYS_DAILY)
    component = next(one for one in imagebuilder_mock.resources() if one.arn == arn)
    state = component.state

    component.state = type(state)("DISABLED")
    assert images(days=2) == []

    component.state = state
    assert len(images(days=2)) == 2


@pytest.mark.imagebuilder(builds="held", now=NOW, quotas={"concurrent builds": 1})
def test_a_run_over_the_quota_is_skipped(imagebuilder, imagebuilder_mock, images):
    a_pipeline(imagebuilder, schedule=ALWAYS_DAILY)
    assert len(images(days=3)) == 1

    imagebuilder_mock.builds.finish_all()

    assert len(images(days=1)) == 2


def test_a_deleted_pipeline_runs_no_more(imagebuilder, imagebuilder_mock, images):
    arn = a_pipeline(imagebuilder, schedule=ALWAYS_DAILY)
    imagebuilder.delete_image_pipeline(imagePipelineArn=arn)

    assert images(days=3) == []
    run_on_schedule(imagebuilder_mock._world, arn)
    assert images() == []


def test_a_disabled_pipeline_runs_by_hand_alone(imagebuilder, images):
    arn = a_pipeline(imagebuilder, schedule=ALWAYS_DAILY, status="DISABLED")
    assert images(days=3) == []

    imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)

    assert [image.build_type for image in images()] == ["USER_INITIATED"]
