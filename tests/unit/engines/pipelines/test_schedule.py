"""When a pipeline runs next, and what the end of a build means for it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from tests.builders import a_pipeline, a_recipe, an_infrastructure
from tests.model import needs_member

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
DAILY = {
    "scheduleExpression": "cron(0 6 * * ? *)",
    "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
}

held = pytest.mark.imagebuilder(builds="held", now=NOW)
instant = pytest.mark.imagebuilder(builds="instant", now=NOW)


def the_pipeline(mock):
    return next(one for one in mock.resources() if isinstance(one, ImagePipeline))


def fail_runs(mock, days):
    """The run of each day fails."""
    for _ in range(days):
        mock.clock.advance(days=1)
        for arn in mock.builds.running:
            mock.builds.fail(arn)


def runs(mock):
    return [one.date_created for one in mock.resources() if isinstance(one, Image)]


def update(client, mock, **params):
    pipeline = the_pipeline(mock)
    client.update_image_pipeline(
        imagePipelineArn=pipeline.arn,
        imageRecipeArn=pipeline.image_recipe_arn,
        infrastructureConfigurationArn=pipeline.infrastructure_configuration_arn,
        **params,
    )


@instant
def test_the_next_run_is_known(imagebuilder, imagebuilder_mock):
    a_pipeline(imagebuilder, schedule=DAILY)
    assert the_pipeline(imagebuilder_mock).date_next_run == NOW + timedelta(hours=6)

    imagebuilder_mock.clock.advance(days=1)

    assert the_pipeline(imagebuilder_mock).date_next_run == NOW + timedelta(days=1, hours=6)


@instant
@pytest.mark.parametrize(
    "params",
    [{}, {"schedule": DAILY, "status": "DISABLED"}],
    ids=["no schedule", "disabled"],
)
def test_a_pipeline_that_does_not_run_has_no_next_run(imagebuilder, imagebuilder_mock, params):
    a_pipeline(imagebuilder, **params)

    assert the_pipeline(imagebuilder_mock).date_next_run is None


@instant
def test_a_schedule_that_is_over_has_no_next_run(imagebuilder, imagebuilder_mock):
    a_pipeline(imagebuilder, schedule={**DAILY, "scheduleExpression": "cron(0 6 1 1 ? 2026)"})

    imagebuilder_mock.clock.advance(days=1000)

    assert len(runs(imagebuilder_mock)) == 1
    assert the_pipeline(imagebuilder_mock).date_next_run is None


@instant
def test_an_update_puts_the_new_schedule_in_place_of_the_old(imagebuilder, imagebuilder_mock):
    a_pipeline(imagebuilder, schedule=DAILY)
    update(
        imagebuilder,
        imagebuilder_mock,
        schedule={**DAILY, "scheduleExpression": "cron(30 9 * * ? *)"},
    )

    imagebuilder_mock.clock.advance(days=1)

    assert runs(imagebuilder_mock) == [NOW + timedelta(hours=9, minutes=30)]


@instant
def test_a_rate_counts_from_the_last_update(imagebuilder, imagebuilder_mock):
    schedule = {**DAILY, "scheduleExpression": "rate(2 hours)"}
    a_pipeline(imagebuilder, schedule=schedule)
    imagebuilder_mock.clock.advance(hours=1)
    update(imagebuilder, imagebuilder_mock, schedule=schedule)

    imagebuilder_mock.clock.advance(hours=5)

    assert runs(imagebuilder_mock) == [NOW + timedelta(hours=3), NOW + timedelta(hours=5)]


@needs_member("CreateImagePipeline", "schedule.timezone")
@pytest.mark.parametrize(
    ("month", "expected"),
    [
        # 2:30 is 1:30 UTC until the clocks go forward on the 29th; on that day it does not exist.
        (3, [f"03-{day:02} 01:30" for day in range(1, 29)] + ["03-30 00:30", "03-31 00:30"]),
        # 2:30 is 0:30 UTC until the clocks go back on the 25th; on that day the first one counts.
        (
            10,
            [f"10-{day:02} 00:30" for day in range(1, 26)]
            + [f"10-{day:02} 01:30" for day in range(26, 32)],
        ),
    ],
    ids=["forward", "back"],
)
@pytest.mark.imagebuilder(builds="instant", now=NOW)
def test_a_month_with_a_clock_change_has_exactly_the_calendars_runs(
    imagebuilder, imagebuilder_mock, month, expected
):
    imagebuilder_mock.clock.move_to(datetime(2026, month, 1, tzinfo=timezone.utc))
    a_pipeline(
        imagebuilder,
        schedule={
            **DAILY,
            "scheduleExpression": "cron(30 2 * * ? *)",
            "timezone": "Europe/Berlin",
        },
    )

    imagebuilder_mock.clock.move_to(datetime(2026, month + 1, 1, tzinfo=timezone.utc))

    assert [f"{run:%m-%d %H:%M}" for run in runs(imagebuilder_mock)] == expected


@held
def test_failures_of_the_schedule_are_counted_until_one_build_succeeds(
    imagebuilder, imagebuilder_mock
):
    arn = a_pipeline(imagebuilder, schedule=DAILY)
    fail_runs(imagebuilder_mock, days=4)
    assert the_pipeline(imagebuilder_mock).consecutive_failures == 4

    by_hand = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)
    imagebuilder_mock.builds.complete(by_hand["imageBuildVersionArn"])

    assert the_pipeline(imagebuilder_mock).consecutive_failures == 0
    fail_runs(imagebuilder_mock, days=4)
    assert the_pipeline(imagebuilder_mock).status == "ENABLED"


@held
def test_a_failure_of_a_run_by_hand_does_not_count(imagebuilder, imagebuilder_mock):
    arn = a_pipeline(imagebuilder, schedule=DAILY)
    image = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)

    imagebuilder_mock.builds.fail(image["imageBuildVersionArn"])

    assert the_pipeline(imagebuilder_mock).consecutive_failures is None
    assert the_pipeline(imagebuilder_mock).last_run_status == "FAILED"


def assert_disabled_after(client, mock, failures):
    fail_runs(mock, days=failures - 1)
    assert the_pipeline(mock).status == "ENABLED"
    fail_runs(mock, days=1)
    pipeline = client.get_image_pipeline(imagePipelineArn=the_pipeline(mock).arn)["imagePipeline"]
    assert pipeline["status"] == "DISABLED"
    assert "dateNextRun" not in pipeline
    fail_runs(mock, days=3)
    assert len(runs(mock)) == failures


@held
def test_five_failures_in_a_row_disable_a_pipeline(imagebuilder, imagebuilder_mock):
    a_pipeline(imagebuilder, schedule=DAILY)

    assert_disabled_after(imagebuilder, imagebuilder_mock, failures=5)


@held
@needs_member("CreateImagePipeline", "schedule.autoDisablePolicy.failureCount")
@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_policy_says_how_many_failures_disable_a_pipeline(imagebuilder, imagebuilder_mock, count):
    """API reference, AutoDisablePolicy."""
    a_pipeline(imagebuilder, schedule={**DAILY, "autoDisablePolicy": {"failureCount": count}})

    assert_disabled_after(imagebuilder, imagebuilder_mock, failures=count)


@held
def test_an_update_starts_the_count_again_and_enables_the_pipeline(imagebuilder, imagebuilder_mock):
    a_pipeline(imagebuilder, schedule=DAILY)
    fail_runs(imagebuilder_mock, days=5)

    update(imagebuilder, imagebuilder_mock, schedule=DAILY)

    assert the_pipeline(imagebuilder_mock).consecutive_failures == 0
    assert the_pipeline(imagebuilder_mock).status == "ENABLED"
    fail_runs(imagebuilder_mock, days=4)
    assert the_pipeline(imagebuilder_mock).status == "ENABLED"


@held
def test_the_last_run_is_the_newest_whatever_happens_to_an_older_one(
    imagebuilder, imagebuilder_mock
):
    arn = a_pipeline(imagebuilder)
    older, newer = (
        imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)["imageBuildVersionArn"]
        for _ in range(2)
    )

    imagebuilder_mock.builds.advance(newer)
    imagebuilder_mock.builds.fail(older)

    assert the_pipeline(imagebuilder_mock).last_run_status == "CREATING"


@held
def test_the_end_of_a_build_is_nothing_to_a_pipeline_that_is_gone(imagebuilder, imagebuilder_mock):
    arn = a_pipeline(
        imagebuilder,
        imageRecipeArn=a_recipe(imagebuilder, name="web"),
        infrastructureConfigurationArn=an_infrastructure(imagebuilder),
    )
    image = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)
    imagebuilder.delete_image_pipeline(imagePipelineArn=arn)

    imagebuilder_mock.builds.complete(image["imageBuildVersionArn"])

    shown = imagebuilder.get_image(imageBuildVersionArn=image["imageBuildVersionArn"])["image"]
    assert shown["state"]["status"] == "AVAILABLE"
