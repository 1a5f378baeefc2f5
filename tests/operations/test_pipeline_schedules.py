"""Schedules of pipelines: what is accepted, when they run, what they build, when they stop."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import DOCUMENT, OWN, a_component, a_pipeline, a_recipe
from tests.model import needs_member, needs_output
from tests.refusals import invalid_combination, invalid_value

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
DAILY = "cron(0 6 * * ? *)"
EVERY_TIME = {
    "scheduleExpression": DAILY,
    "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
}
WITH_NEWS = {"scheduleExpression": DAILY}

instant = pytest.mark.imagebuilder(builds="instant", now=A_TIME)
held = pytest.mark.imagebuilder(builds="held", now=A_TIME)


def the_pipeline(client, arn):
    return client.get_image_pipeline(imagePipelineArn=arn)["imagePipeline"]


def images(client, arn):
    """The pipeline's images: recipe, version and number."""
    answer = client.list_image_pipeline_images(imagePipelineArn=arn)
    return [entry["arn"].removeprefix(f"{OWN}image/") for entry in answer["imageSummaryList"]]


def update(client, arn, **params):
    pipeline = the_pipeline(client, arn)
    kept = {
        name: pipeline[name]
        for name in ("imageRecipeArn", "infrastructureConfigurationArn", "schedule")
    }
    client.update_image_pipeline(imagePipelineArn=arn, **{**kept, **params})


def fail_the_runs_of(mock, days):
    for _ in range(days):
        mock.clock.advance(days=1)
        for arn in mock.builds.running:
            mock.builds.fail(arn)


class TestWhatIsShown:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_the_start_condition_is_filled_in_and_the_time_zone_is_not(self, imagebuilder):
        """Source: API reference, sample of ListImagePipelines."""
        arn = a_pipeline(imagebuilder, schedule={"scheduleExpression": DAILY})

        pipeline = the_pipeline(imagebuilder, arn)

        assert pipeline["schedule"] == {
            "scheduleExpression": DAILY,
            "pipelineExecutionStartCondition": "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE",
        }
        assert pipeline["dateNextRun"] == "2026-01-02T06:00:00.000Z"
        assert {"dateLastRun", "lastRunStatus"}.isdisjoint(pipeline)

    @pytest.mark.imagebuilder(now=A_TIME)
    def test_what_is_given_is_shown(self, imagebuilder):
        schedule = {**EVERY_TIME, "timezone": "America/Los_Angeles"}
        arn = a_pipeline(imagebuilder, schedule=schedule)

        pipeline = the_pipeline(imagebuilder, arn)

        assert pipeline["schedule"] == schedule
        assert pipeline["dateNextRun"] == "2026-01-02T14:00:00.000Z"

    @needs_member("CreateImagePipeline", "schedule.autoDisablePolicy")
    def test_the_policy_is_shown(self, imagebuilder):
        schedule = {**EVERY_TIME, "autoDisablePolicy": {"failureCount": 2}}

        arn = a_pipeline(imagebuilder, schedule=schedule)

        assert the_pipeline(imagebuilder, arn)["schedule"] == schedule

    @pytest.mark.imagebuilder(now=A_TIME)
    def test_a_rate_counts_from_the_making_of_the_schedule(self, imagebuilder):
        arn = a_pipeline(imagebuilder, schedule={"scheduleExpression": "rate(90 minutes)"})

        assert the_pipeline(imagebuilder, arn)["dateNextRun"] == "2026-01-02T04:34:05.678Z"

    @pytest.mark.parametrize("params", [{}, {"schedule": {}}], ids=["absent", "empty"])
    def test_without_one_there_is_no_next_run(self, imagebuilder, params):
        arn = a_pipeline(imagebuilder, **params)

        assert {"schedule", "dateNextRun"}.isdisjoint(the_pipeline(imagebuilder, arn))


class TestWhatIsRefused:
    """It is refused in updates too."""

    @pytest.fixture(params=["create", "update"])
    def refused_schedule(self, request, imagebuilder, refused):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)
        pipeline = the_pipeline(imagebuilder, arn)
        operation, own = {
            "create": (imagebuilder.create_image_pipeline, {"name": "another"}),
            "update": (imagebuilder.update_image_pipeline, {"imagePipelineArn": arn}),
        }[request.param]

        def refusal(**schedule):
            return refused(
                operation,
                **own,
                imageRecipeArn=pipeline["imageRecipeArn"],
                infrastructureConfigurationArn=pipeline["infrastructureConfigurationArn"],
                schedule=schedule,
            )

        return refusal

    @pytest.mark.parametrize(
        ("expression", "details"),
        [
            pytest.param(
                "cron(0 0 * * *)",
                "Invalid CRON expression: error at position 9, details: Unexpected end of "
                "expression.",
                id="five fields",
            ),
            pytest.param(
                "rate(1 hours)",
                "Invalid RATE expression: error at position 2, details: The unit is singular for "
                "1 and plural for more than 1.",
                id="rate of one in the plural",
            ),
            pytest.param(
                "every day",
                r"Schedule expressions must have the following syntax: "
                r"rate(<number>\s?(minutes?|hours?|days?)) or cron(<cron_expression>).",
                id="neither",
            ),
        ],
    )
    def test_an_expression_that_cannot_be_read(self, refused_schedule, expression, details):
        """Seen: terraform-provider-aws#17396 (five fields)."""
        assert refused_schedule(scheduleExpression=expression) == invalid_value(
            "schedule.scheduleExpression", f"Invalid schedule expression. Details: {details}"
        )

    def test_a_time_zone_that_does_not_exist(self, refused_schedule):
        refusal = refused_schedule(scheduleExpression=DAILY, timezone="Europe/Atlantis")

        assert refusal == invalid_value("schedule.timezone", "Invalid timezone: 'Europe/Atlantis'.")

    def test_a_schedule_without_expression(self, refused_schedule):
        assert refused_schedule(timezone="Europe/Berlin") == invalid_combination(
            "schedule", "A schedule needs a 'scheduleExpression'."
        )


class TestRuns:
    @instant
    def test_it_builds_at_each_match(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)
        recipe = the_pipeline(imagebuilder, arn)["imageRecipeArn"].split("/", 1)[1]

        imagebuilder_mock.clock.advance(days=3)

        assert images(imagebuilder, arn) == [f"{recipe}/{number}" for number in (1, 2, 3)]
        pipeline = the_pipeline(imagebuilder, arn)
        assert pipeline["dateLastRun"] == "2026-01-04T06:00:00.000Z"
        assert pipeline["dateNextRun"] == "2026-01-05T06:00:00.000Z"

    @instant
    @needs_output("GetImagePipeline", "imagePipeline.lastRunStatus")
    def test_the_status_of_the_last_run_is_shown(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)

        imagebuilder_mock.clock.advance(days=1)

        assert the_pipeline(imagebuilder, arn)["lastRunStatus"] == "AVAILABLE"

    @instant
    def test_the_image_says_that_it_was_scheduled(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)

        imagebuilder_mock.clock.advance(days=1)

        [entry] = imagebuilder.list_image_build_versions(
            imageVersionArn=f"{OWN}image/{images(imagebuilder, arn)[0].rpartition('/')[0]}"
        )["imageSummaryList"]
        assert entry["buildType"] == "SCHEDULED"
        assert entry["dateCreated"] == "2026-01-02T06:00:00.000Z"
        assert entry["tags"] == {}

    @instant
    @needs_member("CreateImagePipeline", "imageTags")
    def test_the_image_has_the_pipelines_image_tags(self, imagebuilder, imagebuilder_mock):
        """Source: API reference, ImagePipeline."""
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME, imageTags={"from": "schedule"})

        imagebuilder_mock.clock.advance(days=1)

        [entry] = imagebuilder.list_image_pipeline_images(imagePipelineArn=arn)["imageSummaryList"]
        assert entry["tags"] == {"from": "schedule"}

    @instant
    def test_pipelines_run_in_the_order_of_their_moments(self, imagebuilder, imagebuilder_mock):
        recipe = a_recipe(imagebuilder, name="golden")
        late, early = (
            a_pipeline(
                imagebuilder,
                imageRecipeArn=recipe,
                schedule={**EVERY_TIME, "scheduleExpression": f"cron(0 {hour} * * ? *)"},
            )
            for hour in (9, 8)
        )

        imagebuilder_mock.clock.advance(days=2)

        assert images(imagebuilder, early) == ["golden/1.0.0/1", "golden/1.0.0/3"]
        assert images(imagebuilder, late) == ["golden/1.0.0/2", "golden/1.0.0/4"]

    @instant
    @pytest.mark.parametrize(
        "params",
        [
            pytest.param({"status": "DISABLED"}, id="disabled"),
            pytest.param({"schedule": {}}, id="without schedule"),
        ],
    )
    def test_an_update_can_end_them(self, imagebuilder, imagebuilder_mock, params):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)

        update(imagebuilder, arn, **params)
        imagebuilder_mock.clock.advance(days=2)

        assert images(imagebuilder, arn) == []
        assert "dateNextRun" not in the_pipeline(imagebuilder, arn)

    @instant
    def test_an_update_can_begin_them_again(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME, status="DISABLED")

        update(imagebuilder, arn)
        imagebuilder_mock.clock.advance(days=2)

        assert len(images(imagebuilder, arn)) == 2

    @instant
    def test_a_deleted_pipeline_runs_no_more(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)
        imagebuilder.delete_image_pipeline(imagePipelineArn=arn)

        imagebuilder_mock.clock.advance(days=2)

        assert imagebuilder.list_images()["imageVersionList"] == []

    @instant
    def test_one_of_the_same_name_does_not_inherit_its_runs(self, imagebuilder, imagebuilder_mock):
        before = a_pipeline(imagebuilder, name="web", schedule=EVERY_TIME)
        imagebuilder.delete_image_pipeline(imagePipelineArn=before)
        assert a_pipeline(imagebuilder, name="web") == before

        imagebuilder_mock.clock.advance(days=2)

        assert imagebuilder.list_images()["imageVersionList"] == []

    @pytest.mark.imagebuilder(now=A_TIME)
    def test_while_time_passes_the_builds_go_on(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)

        imagebuilder_mock.clock.advance(hours=4)

        [entry] = imagebuilder.list_image_pipeline_images(imagePipelineArn=arn)["imageSummaryList"]
        assert entry["state"] == {"status": "AVAILABLE"}


class TestNews:
    """The default start condition. Source: API reference, Schedule."""

    def a_scheduled_pipeline(self, client, component):
        recipe = a_recipe(client, name="golden", components=[component])
        return a_pipeline(client, imageRecipeArn=recipe, schedule=WITH_NEWS)

    @instant
    def test_without_news_one_build_is_enough(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(imagebuilder, schedule=WITH_NEWS)

        imagebuilder_mock.clock.advance(days=3)

        assert len(images(imagebuilder, arn)) == 1
        pipeline = the_pipeline(imagebuilder, arn)
        assert pipeline["dateLastRun"] == "2026-01-02T06:00:00.000Z"
        assert pipeline["dateNextRun"] == "2026-01-05T06:00:00.000Z"

    @instant
    @pytest.mark.parametrize(
        ("reference", "change", "is_news"),
        [
            pytest.param("x.x.x", {"semanticVersion": "2.0.0"}, True, id="any version"),
            pytest.param("1.x.x", {"semanticVersion": "1.1.0"}, True, id="a minor version"),
            pytest.param("1.x.x", {"semanticVersion": "2.0.0"}, False, id="another major one"),
            pytest.param("1.0.x", {"semanticVersion": "0.9.9"}, False, id="a lower one"),
            pytest.param("1.0.0", {"description": "changed"}, True, id="a build"),
            pytest.param("1.0.0/1", {"description": "changed"}, False, id="another build"),
        ],
    )
    def test_news_is_a_newer_match_for_a_component(
        self, imagebuilder, imagebuilder_mock, reference, change, is_news
    ):
        a_component(imagebuilder, name="hello")
        arn = self.a_scheduled_pipeline(imagebuilder, f"{OWN}component/hello/{reference}")
        imagebuilder_mock.clock.advance(days=1)

        a_component(imagebuilder, name="hello", **change)
        imagebuilder_mock.clock.advance(days=2)

        assert len(images(imagebuilder, arn)) == (2 if is_news else 1)

    @instant
    def test_what_means_nothing_any_more_is_not_built(self, imagebuilder, imagebuilder_mock):
        a_component(imagebuilder, name="hello")
        component = imagebuilder_mock.resources()[-1]
        arn = self.a_scheduled_pipeline(imagebuilder, f"{OWN}component/hello/x.x.x")
        imagebuilder_mock.clock.advance(days=1)

        component.state = type(component.state)("DEPRECATED")
        imagebuilder_mock.clock.advance(days=1)
        a_component(imagebuilder, name="hello", data=DOCUMENT + "# better\n")
        imagebuilder_mock.clock.advance(days=1)

        assert len(images(imagebuilder, arn)) == 2


class TestFailures:
    """Source: API reference, ImagePipeline (consecutiveFailures) and AutoDisablePolicy."""

    @held
    def test_after_five_in_a_row_a_pipeline_is_disabled(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)

        fail_the_runs_of(imagebuilder_mock, days=4)
        assert the_pipeline(imagebuilder, arn)["status"] == "ENABLED"
        fail_the_runs_of(imagebuilder_mock, days=3)

        pipeline = the_pipeline(imagebuilder, arn)
        assert pipeline["status"] == "DISABLED"
        assert pipeline.get("consecutiveFailures", 5) == 5
        assert "dateNextRun" not in pipeline
        assert len(images(imagebuilder, arn)) == 5

    @held
    @needs_member("CreateImagePipeline", "schedule.autoDisablePolicy")
    def test_a_policy_says_after_how_many(self, imagebuilder, imagebuilder_mock):
        schedule = {**EVERY_TIME, "autoDisablePolicy": {"failureCount": 2}}
        arn = a_pipeline(imagebuilder, schedule=schedule)

        fail_the_runs_of(imagebuilder_mock, days=2)

        assert the_pipeline(imagebuilder, arn)["status"] == "DISABLED"

    @held
    @needs_output("GetImagePipeline", "imagePipeline.consecutiveFailures")
    @pytest.mark.parametrize("by_hand", [True, False])
    def test_a_success_begins_anew(self, imagebuilder, imagebuilder_mock, by_hand):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)
        fail_the_runs_of(imagebuilder_mock, days=3)
        assert the_pipeline(imagebuilder, arn)["consecutiveFailures"] == 3

        if by_hand:
            imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)
        else:
            imagebuilder_mock.clock.advance(days=1)
        imagebuilder_mock.builds.finish_all()

        assert the_pipeline(imagebuilder, arn)["consecutiveFailures"] == 0

    @held
    @needs_output("GetImagePipeline", "imagePipeline.consecutiveFailures")
    def test_a_failure_by_hand_and_a_cancelled_build_do_not_count(
        self, imagebuilder, imagebuilder_mock
    ):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)
        fail_the_runs_of(imagebuilder_mock, days=1)

        by_hand = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)
        imagebuilder_mock.builds.fail(by_hand["imageBuildVersionArn"])
        imagebuilder_mock.clock.advance(days=1)
        [scheduled] = imagebuilder_mock.builds.running
        imagebuilder.cancel_image_creation(imageBuildVersionArn=scheduled)

        assert the_pipeline(imagebuilder, arn)["consecutiveFailures"] == 1

    @held
    def test_an_update_begins_anew_and_enables(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(imagebuilder, schedule=EVERY_TIME)
        fail_the_runs_of(imagebuilder_mock, days=5)

        update(imagebuilder, arn)

        pipeline = the_pipeline(imagebuilder, arn)
        assert pipeline["status"] == "ENABLED"
        assert pipeline.get("consecutiveFailures", 0) == 0
        assert pipeline["dateNextRun"] == "2026-01-07T06:00:00.000Z"
        fail_the_runs_of(imagebuilder_mock, days=4)
        assert the_pipeline(imagebuilder, arn)["status"] == "ENABLED"


@instant
def test_too_many_runs_are_taken_for_a_mistake_and_none_is_started(imagebuilder, imagebuilder_mock):
    arn = a_pipeline(imagebuilder, schedule={**EVERY_TIME, "scheduleExpression": "rate(1 minute)"})

    with pytest.raises(RuntimeError, match=f"More than 5 .* of {arn}"):
        imagebuilder_mock.clock.advance(minutes=8, limit=5)
    assert images(imagebuilder, arn) == []
    imagebuilder_mock.clock.advance(minutes=8, limit=None)

    assert len(images(imagebuilder, arn)) == 8
