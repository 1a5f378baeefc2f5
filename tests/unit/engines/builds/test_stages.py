"""Builds: what a stage leaves behind, in every mode; see tests/properties/test_build_machine.py."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from imagebuilder_mock.domain.resources.images import IllegalTransitionError, Image, ImageState
from imagebuilder_mock.domain.resources.workflow_executions import ImageFailureContext
from imagebuilder_mock.engines.builds import stages
from tests.builders import a_build, a_full_recipe, a_recipe, an_image

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
STAGES = ["PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING", "AVAILABLE"]


def image_of(mock, arn):
    return next(one for one in mock.resources() if isinstance(one, Image) and one.arn == arn)


def status_of(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"]


def test_a_build_goes_through_all_stages_look_by_look(imagebuilder):
    arn = a_build(imagebuilder)

    assert [status_of(imagebuilder, arn) for _ in range(8)] == [*STAGES, "AVAILABLE"]


def test_a_build_without_tests_is_not_in_testing(imagebuilder):
    arn = a_build(imagebuilder, imageTestsConfiguration={"imageTestsEnabled": False})

    seen = [status_of(imagebuilder, arn) for _ in range(6)]

    assert seen == [stage for stage in STAGES if stage != "TESTING"]


@pytest.mark.imagebuilder(builds="clock", now=NOW)
def test_on_the_clock_a_build_takes_the_time_of_a_real_one(imagebuilder, imagebuilder_mock):
    arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

    imagebuilder_mock.clock.advance(minutes=14, seconds=37)
    assert status_of(imagebuilder, arn) == "INTEGRATING"

    imagebuilder_mock.clock.advance(seconds=1)
    assert status_of(imagebuilder, arn) == "AVAILABLE"


@pytest.mark.imagebuilder(builds="clock", now=NOW)
def test_a_stage_that_was_ended_by_hand_does_not_end_again(imagebuilder, imagebuilder_mock):
    arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))
    for _ in range(2):
        imagebuilder_mock.builds.advance(arn)

    imagebuilder_mock.clock.advance(minutes=9)

    assert status_of(imagebuilder, arn) == "BUILDING"


@pytest.mark.imagebuilder(builds="clock", now=NOW)
@pytest.mark.parametrize("end", [stages.complete, stages.cancel])
def test_a_rollback_that_was_ended_by_hand_does_not_end_again(imagebuilder, imagebuilder_mock, end):
    imagebuilder_mock.builds.fail_next(step="LaunchBuildInstance")
    arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))
    image = image_of(imagebuilder_mock, arn)
    while not [run for run in image.executions if run.status == "ROLLBACK_IN_PROGRESS"]:
        imagebuilder_mock.clock.advance(seconds=10)
    world = imagebuilder_mock._world

    end(world, image)

    assert world.state.scheduler.entries() == []


@pytest.mark.imagebuilder(builds="held", now=NOW)
def test_no_time_ends_the_stage_of_a_held_build(imagebuilder, imagebuilder_mock):
    arn = a_build(imagebuilder)

    imagebuilder_mock.clock.advance(days=30)

    assert status_of(imagebuilder, arn) == "PENDING"


@pytest.mark.imagebuilder(builds="clock", now=NOW)
@pytest.mark.parametrize("end", ["cancel", "fail"])
def test_a_build_that_was_ended_stays_so_and_keeps_what_it_made(
    imagebuilder, imagebuilder_mock, end
):
    arn = a_build(imagebuilder)
    imagebuilder_mock.clock.advance(minutes=12)
    if end == "cancel":
        imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)
    else:
        imagebuilder_mock.builds.fail(arn, reason="no disk")

    imagebuilder_mock.clock.advance(days=1)

    image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
    expected = {"status": "CANCELLED"} if end == "cancel" else {"status": "FAILED"}
    assert image["state"].items() >= expected.items()
    assert len(image["outputResources"]["amis"]) == 1
    assert imagebuilder_mock.builds.running == []


@pytest.mark.imagebuilder(builds="held")
def test_a_failure_knows_the_stage_it_happened_in(imagebuilder, imagebuilder_mock):
    arn = a_build(imagebuilder)
    imagebuilder_mock.builds.advance(arn)

    imagebuilder_mock.builds.fail(arn, reason="no disk")

    state = image_of(imagebuilder_mock, arn).state
    assert state == ImageState("FAILED", "no disk", ImageFailureContext("CREATING"))


@pytest.mark.imagebuilder(builds="instant")
@pytest.mark.parametrize(("wanted", "is_known"), [(True, True), (False, False)])
def test_the_os_version_is_collected_where_that_is_wanted(imagebuilder, wanted, is_known):
    arn = an_image(imagebuilder, enhancedImageMetadataEnabled=wanted)

    image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]

    assert ("osVersion" in image) == is_known


@pytest.mark.imagebuilder(builds="instant")
def test_a_build_that_has_ended_goes_nowhere(imagebuilder, imagebuilder_mock):
    image = image_of(imagebuilder_mock, an_image(imagebuilder))
    world = imagebuilder_mock._world

    stages.advance(world, image)
    stages.end_stage(world, image.arn)

    assert image.state.status == "AVAILABLE"
    with pytest.raises(IllegalTransitionError, match="cannot go from AVAILABLE to CANCELLED"):
        stages.cancel(world, image)


@pytest.mark.imagebuilder(builds="instant", now=NOW)
def test_every_state_is_entered_with_its_moment(imagebuilder, imagebuilder_mock):
    image = image_of(imagebuilder_mock, an_image(imagebuilder))

    assert [(step.status, step.moment) for step in image.transitions] == [
        (stage, NOW) for stage in STAGES
    ]


def test_an_image_can_be_the_parent_of_the_next(imagebuilder):
    first = an_image(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="base"))
    child = a_recipe(imagebuilder, parentImage=first.rpartition("/")[0])

    image = imagebuilder.get_image(
        imageBuildVersionArn=an_image(imagebuilder, imageRecipeArn=child)
    )["image"]

    assert image["imageRecipe"]["parentImage"] == first


@pytest.mark.imagebuilder(builds="clock", now=NOW)
@pytest.mark.parametrize("end", [stages.cancel, lambda world, image: stages.fail(world, image, "")])
def test_a_retried_build_goes_on_where_it_ended(imagebuilder, imagebuilder_mock, end):
    """API reference, RetryImage."""
    recipe = a_full_recipe(imagebuilder)
    image = image_of(imagebuilder_mock, a_build(imagebuilder, imageRecipeArn=recipe))
    imagebuilder_mock.clock.advance(minutes=12)
    end(imagebuilder_mock._world, image)
    made = image.output_resources

    stages.retry(imagebuilder_mock._world, image)

    assert (image.state, image.output_resources) == (ImageState("TESTING"), made)
    assert imagebuilder_mock.builds.running == [image.arn]
    imagebuilder_mock.clock.advance(minutes=20)
    assert [step.status for step in image.transitions[-4:]] == STAGES[3:]
    assert imagebuilder_mock.builds.running == []


@pytest.mark.imagebuilder(builds="instant")
def test_in_the_instant_mode_a_retried_build_succeeds(imagebuilder, imagebuilder_mock):
    image = image_of(imagebuilder_mock, an_image(imagebuilder))
    with pytest.raises(IllegalTransitionError, match="nothing to take up again"):
        stages.retry(imagebuilder_mock._world, image)
    image.state = ImageState("FAILED")

    stages.retry(imagebuilder_mock._world, image)

    assert image.state.status == "AVAILABLE"
