"""``mock.builds``: builds in the test's hands."""

from __future__ import annotations

import re
from datetime import timedelta
from operator import attrgetter

import pytest

from tests.builders import a_build, a_component, a_pipeline, a_recipe, an_infrastructure
from tests.workflow_builders import WAIT, a_run, a_step, a_workflow

STAGES = ["CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING", "AVAILABLE"]

pytestmark = pytest.mark.imagebuilder(builds="held")


def state_of(client, build):
    return client.get_image(imageBuildVersionArn=build)["image"]["state"]


def test_a_held_build_stays_where_it_is(imagebuilder):
    build = a_build(imagebuilder)

    looks = [state_of(imagebuilder, build)["status"] for _ in range(3)]

    assert looks == ["PENDING"] * 3


def test_a_build_is_moved_one_stage_at_a_time_and_says_where_it_stands(
    imagebuilder, imagebuilder_mock
):
    build = a_build(imagebuilder)

    assert [imagebuilder_mock.builds.advance(build) for _ in STAGES] == STAGES
    assert state_of(imagebuilder, build) == {"status": "AVAILABLE"}


def test_a_build_goes_on_to_a_status(imagebuilder, imagebuilder_mock):
    build = a_build(imagebuilder)

    for status in ("TESTING", "AVAILABLE"):
        assert imagebuilder_mock.builds.advance(build, to=status) == status
        assert state_of(imagebuilder, build)["status"] == status


@pytest.mark.parametrize("status", ["CREATING", "BUILDING", "FAILED", "DEPRECATED", "testing"])
def test_a_status_that_does_not_lie_ahead_is_a_mistake(imagebuilder, imagebuilder_mock, status):
    build = a_build(imagebuilder)
    imagebuilder_mock.builds.advance(build, to="BUILDING")
    ahead = "Ahead are TESTING, DISTRIBUTING, INTEGRATING, AVAILABLE."

    with pytest.raises(ValueError, match=f"to='{status}': .* is BUILDING. {ahead}"):
        imagebuilder_mock.builds.advance(build, to=status)
    assert state_of(imagebuilder, build)["status"] == "BUILDING"


def test_a_stage_that_a_build_leaves_out_does_not_lie_ahead(imagebuilder, imagebuilder_mock):
    build = a_build(imagebuilder, imageTestsConfiguration={"imageTestsEnabled": False})

    with pytest.raises(ValueError, match="Ahead are CREATING, BUILDING, DISTRIBUTING, "):
        imagebuilder_mock.builds.advance(build, to="TESTING")


def test_a_build_that_fails_on_its_way_says_so(imagebuilder, imagebuilder_mock):
    build = a_build(imagebuilder)
    imagebuilder_mock.builds.fail_next(step="CreateOutputAMI", message="No space left.")

    with pytest.raises(RuntimeError, match=r"has not come to TESTING: it is FAILED, .*No space"):
        imagebuilder_mock.builds.advance(build, to="TESTING")


def test_a_build_that_waits_on_its_way_says_so(imagebuilder, imagebuilder_mock):
    build = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

    with pytest.raises(RuntimeError, match="waits for an action on the step Approve"):
        imagebuilder_mock.builds.advance(build, to="DISTRIBUTING")


def test_a_build_can_be_completed_at_once(imagebuilder, imagebuilder_mock):
    build, other = a_build(imagebuilder), a_build(imagebuilder)

    imagebuilder_mock.builds.complete(build)

    image = imagebuilder.get_image(imageBuildVersionArn=build)["image"]
    assert image["state"]["status"] == "AVAILABLE"
    assert len(image["outputResources"]["amis"]) == 1
    assert state_of(imagebuilder, other)["status"] == "PENDING"


def test_a_build_can_be_failed_with_a_reason(imagebuilder, imagebuilder_mock):
    build = a_build(imagebuilder)
    imagebuilder_mock.builds.advance(build)

    imagebuilder_mock.builds.fail(build, reason="The disk is full.")

    state = state_of(imagebuilder, build)
    assert (state["status"], state["reason"]) == ("FAILED", "The disk is full.")


def test_a_failed_build_has_a_reason_in_any_case(imagebuilder, imagebuilder_mock):
    build = a_build(imagebuilder)

    imagebuilder_mock.builds.fail(build)

    assert state_of(imagebuilder, build)["reason"]


def test_running_lists_the_builds_of_all_regions_and_accounts_that_have_not_ended(
    imagebuilder, imagebuilder_mock
):
    there = imagebuilder_mock.client(region="eu-west-1")
    theirs = imagebuilder_mock.client(region="us-east-1", account_id="210987654321")
    builds = [a_build(client) for client in (imagebuilder, there, theirs)]
    imagebuilder_mock.builds.complete(a_build(imagebuilder))

    assert sorted(imagebuilder_mock.builds.running) == sorted(builds)


def test_running_lists_the_builds_in_the_order_of_their_start(imagebuilder, imagebuilder_mock):
    builds = []
    for client in (imagebuilder, imagebuilder_mock.client(region="eu-west-1"), imagebuilder):
        imagebuilder_mock.clock.advance(seconds=1)
        builds.append(a_build(client))

    assert imagebuilder_mock.builds.running == builds


def test_finish_all_takes_every_build_to_its_end(imagebuilder, imagebuilder_mock):
    there = imagebuilder_mock.client(region="eu-west-1")
    here, elsewhere = a_build(imagebuilder), a_build(there)

    imagebuilder_mock.builds.finish_all()

    assert imagebuilder_mock.builds.running == []
    assert state_of(imagebuilder, here)["status"] == "AVAILABLE"
    assert state_of(there, elsewhere)["status"] == "AVAILABLE"


def test_a_scheduled_build_can_be_found_and_finished(imagebuilder, imagebuilder_mock):
    pipeline = a_pipeline(imagebuilder, schedule={"scheduleExpression": "cron(0 0 * * ? *)"})
    imagebuilder_mock.clock.advance(days=1)

    [build] = imagebuilder_mock.builds.running
    imagebuilder_mock.builds.complete(build)

    [image] = imagebuilder.list_image_pipeline_images(imagePipelineArn=pipeline)["imageSummaryList"]
    assert (image["arn"], image["state"]["status"]) == (build, "AVAILABLE")


@pytest.mark.parametrize("method", ["advance", "complete", "fail"])
class TestWhatCannotBeMoved:
    def test_what_is_no_arn_says_what_is_under_way(self, method, imagebuilder, imagebuilder_mock):
        build = a_build(imagebuilder)

        with pytest.raises(LookupError, match=f"'my-image' is not an image build.*: {build}"):
            getattr(imagebuilder_mock.builds, method)("my-image")

    def test_what_is_no_image_says_so(self, method, imagebuilder, imagebuilder_mock):
        component = a_component(imagebuilder)

        with pytest.raises(LookupError, match=f"no image {component}. Builds under way: none"):
            getattr(imagebuilder_mock.builds, method)(component)

    def test_an_image_of_nobody_says_so(self, method, imagebuilder_mock):
        arn = "arn:aws:imagebuilder:eu-west-3:123456789012:image/mine/1.0.0/1"

        with pytest.raises(LookupError, match=f"There is no image {arn}"):
            getattr(imagebuilder_mock.builds, method)(arn)

    def test_a_build_that_has_ended_says_how(self, method, imagebuilder, imagebuilder_mock):
        build = a_build(imagebuilder)
        imagebuilder_mock.builds.fail(build)

        with pytest.raises(LookupError, match=f"{build} has ended: it is FAILED"):
            getattr(imagebuilder_mock.builds, method)(build)


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(mode, marks=pytest.mark.imagebuilder(builds=mode))
        for mode in ("observed", "clock")
    ],
)
def test_builds_of_other_modes_can_be_moved_by_hand_too(imagebuilder, imagebuilder_mock, mode):
    assert imagebuilder_mock.options == {"builds": mode}
    build = a_build(imagebuilder)

    assert [imagebuilder_mock.builds.advance(build) for _ in STAGES] == STAGES


@pytest.mark.imagebuilder(builds="instant")
def test_an_instant_build_has_ended_when_its_call_returns(imagebuilder, imagebuilder_mock):
    build = a_build(imagebuilder)

    assert imagebuilder_mock.builds.running == []
    assert state_of(imagebuilder, build)["status"] == "AVAILABLE"


def test_builds_of_one_recipe_move_one_by_one(imagebuilder, imagebuilder_mock):
    given = {
        "imageRecipeArn": a_recipe(imagebuilder),
        "infrastructureConfigurationArn": an_infrastructure(imagebuilder),
    }
    first, second = a_build(imagebuilder, **given), a_build(imagebuilder, **given)

    imagebuilder_mock.builds.advance(second)

    assert first.rpartition("/")[0] == second.rpartition("/")[0]
    assert state_of(imagebuilder, first)["status"] == "PENDING"
    assert state_of(imagebuilder, second)["status"] == "CREATING"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("builds.fail", {"arn": "any", "reason": None}),
        ("builds.set_outputs", {"step": None, "outputs": {}}),
        ("images.refuse", {"resource_id": None}),
    ],
)
def test_what_has_to_be_named_is_no_none(imagebuilder_mock, name, arguments):
    """It would be kept, and met by nothing."""
    with pytest.raises(TypeError, match="=None: give a string"):
        attrgetter(name)(imagebuilder_mock)(**arguments)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("builds.fail_next", {"optional": "no"}),
        ("builds.set_outputs", {"step": "Check", "outputs": {"output": ""}, "optional": "no"}),
        ("faults.add", {"operation": "GetImage", "error": 500, "optional": "no"}),
        ("faults.add", {"operation": "GetImage", "truncated": "no"}),
        ("images.add", {"recipe": "web", "public": "no"}),
        ("pipelines.add", {"container": "no"}),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(reversed(value)),
)
def test_a_text_is_no_truth(imagebuilder_mock, name, arguments):
    with pytest.raises(TypeError, match="='no': give True or False"):
        attrgetter(name)(imagebuilder_mock)(**arguments)


# How long things take


def test_durations_are_of_stages_actions_and_the_steps_of_workflows(
    imagebuilder, imagebuilder_mock
):
    durations = imagebuilder_mock.builds.durations
    managed = "LaunchBuildInstance"
    a_workflow(imagebuilder, a_step("Harden"))

    for name in ("TESTING", "ExecuteComponents", "WaitForAction", "rollback", managed, "Harden"):
        durations[name] = timedelta(hours=1)

    assert imagebuilder_mock.builds.durations["Harden"] == timedelta(hours=1)
    with pytest.raises(TypeError):
        durations |= {"Hardn": 1}  # it would not be checked


def test_durations_are_those_of_the_state_also_after_a_reset(imagebuilder_mock):
    durations = imagebuilder_mock.builds.durations
    imagebuilder_mock.reset()

    durations["CREATING"] = timedelta(hours=1)

    assert imagebuilder_mock.builds.durations["CREATING"] == timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ExecuteComponent", "Did you mean 'ExecuteComponents'?"),
        ("Hardn", "Did you mean 'Harden'?"),
        ("AVAILABLE", "For a step of your own, create its workflow first."),
    ],
)
def test_a_duration_of_nothing_that_exists_is_refused(imagebuilder, imagebuilder_mock, name, hint):
    a_workflow(imagebuilder, a_step("Harden"))
    durations = imagebuilder_mock.builds.durations

    with pytest.raises(ValueError, match=re.escape(hint)):
        durations[name] = timedelta(hours=1)

    assert name not in durations
