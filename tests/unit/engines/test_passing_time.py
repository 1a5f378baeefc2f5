"""Mock time passes: everything happens at its own moment, and a mistake is noticed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import freezegun
import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.resources.images import Image
from tests.builders import a_build, a_full_recipe, a_pipeline
from tests.lifecycle_builders import a_policy

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
ALWAYS = "EXPRESSION_MATCH_ONLY"

instant = pytest.mark.imagebuilder(builds="instant", now=NOW)


A_BUILD = timedelta(minutes=14, seconds=37.45)
"""What a build with components and tests takes, without a distribution configuration."""


def images_of(mock):
    return [resource for resource in mock.resources() if isinstance(resource, Image)]


def hourly(client, **schedule):
    return a_pipeline(
        client,
        imageRecipeArn=a_full_recipe(client),
        schedule={"scheduleExpression": "cron(0 * * * ? *)", **schedule},
    )


@pytest.mark.imagebuilder(builds="clock", now=NOW)
def test_what_falls_due_happens_at_its_own_moment(imagebuilder, imagebuilder_mock):
    hourly(imagebuilder, pipelineExecutionStartCondition=ALWAYS)

    imagebuilder_mock.clock.advance(hours=3)

    images = images_of(imagebuilder_mock)
    assert [image.date_created - NOW for image in images] == [
        timedelta(hours=hours) for hours in (1, 2, 3)
    ]
    ends = [image.transitions[-1] for image in images]
    assert [end.status for end in ends] == ["AVAILABLE", "AVAILABLE", "PENDING"]
    assert ends[0].moment - images[0].date_created == A_BUILD
    assert imagebuilder_mock.clock.now() == NOW + timedelta(hours=3)


@instant
def test_more_runs_than_the_limit_are_taken_for_a_mistake(imagebuilder, imagebuilder_mock):
    arn = hourly(imagebuilder, pipelineExecutionStartCondition=ALWAYS)

    with pytest.raises(RuntimeError, match="More than 3 scheduled runs") as caught:
        imagebuilder_mock.clock.advance(hours=4, limit=3)

    assert arn in str(caught.value)
    assert "2026-01-01T04:00:00+00:00" in str(caught.value)
    assert images_of(imagebuilder_mock) == []
    assert imagebuilder_mock.clock.now() == NOW

    imagebuilder_mock.clock.advance(hours=4, limit=4)
    assert len(images_of(imagebuilder_mock)) == 4


@instant
def test_runs_of_all_pipelines_count_together(imagebuilder, imagebuilder_mock):
    hourly(imagebuilder, pipelineExecutionStartCondition=ALWAYS)
    often = a_pipeline(imagebuilder, schedule={"scheduleExpression": "rate(10 minutes)"})

    with pytest.raises(RuntimeError, match="More than 11 scheduled runs") as caught:
        imagebuilder_mock.clock.advance(minutes=110, limit=11)
    assert often in str(caught.value)
    imagebuilder_mock.clock.advance(minutes=110, limit=12)


@instant
def test_runs_of_policies_count_too(imagebuilder, imagebuilder_mock):
    policy = a_policy(imagebuilder)

    with pytest.raises(RuntimeError, match=f"would be of {policy}"):
        imagebuilder_mock.clock.advance(days=3, limit=2)
    assert imagebuilder.list_lifecycle_executions(resourceArn=policy)["lifecycleExecutions"] == []
    imagebuilder_mock.clock.advance(days=3, limit=3)


@instant
def test_what_was_withdrawn_or_deleted_does_not_count(imagebuilder, imagebuilder_mock):
    arn = hourly(imagebuilder, pipelineExecutionStartCondition=ALWAYS)
    imagebuilder.delete_image_pipeline(imagePipelineArn=arn)

    imagebuilder_mock.clock.advance(days=1, limit=0)

    assert imagebuilder_mock.clock.now() == NOW + timedelta(days=1)


@instant
def test_ten_thousand_runs_are_the_limit_unless_it_is_lifted(imagebuilder, imagebuilder_mock):
    """The recipe's dependencies have no news after the first run, so that the others are cheap."""
    arn = a_pipeline(imagebuilder, schedule={"scheduleExpression": "rate(1 minute)"})

    with pytest.raises(RuntimeError, match="More than 10,000 scheduled runs") as caught:
        imagebuilder_mock.clock.advance(minutes=10_001)
    assert arn in str(caught.value)

    imagebuilder_mock.clock.move_to(NOW + timedelta(minutes=10_001), limit=None)
    assert imagebuilder_mock.clock.now() == NOW + timedelta(minutes=10_001)
    assert len(images_of(imagebuilder_mock)) == 1


def test_on_the_clock_real_time_counts_as_mock_time_does():
    with (
        freezegun.freeze_time(NOW) as real,
        mock_imagebuilder(builds="clock") as mock,
    ):
        client = mock.client()
        arn = a_build(client, imageRecipeArn=a_full_recipe(client))
        hourly(client, pipelineExecutionStartCondition=ALWAYS)
        real.tick(timedelta(hours=2, minutes=30))

        image = client.get_image(imageBuildVersionArn=arn)["image"]

        assert image["state"]["status"] == "AVAILABLE"
        first, *others = images_of(mock)
        assert first.transitions[-1].moment == NOW + A_BUILD
        assert [other.date_created for other in others] == [
            NOW + timedelta(hours=hours) for hours in (1, 2)
        ]
        assert mock.clock.now() == NOW + timedelta(hours=2, minutes=30)


@pytest.mark.parametrize("mode", ["observed", "held", "instant"])
def test_in_another_mode_real_time_starts_nothing(mode):
    with freezegun.freeze_time(NOW) as real, mock_imagebuilder(builds=mode) as mock:
        client = mock.client()
        hourly(client, pipelineExecutionStartCondition=ALWAYS)
        real.tick(timedelta(days=1))

        client.list_image_pipelines()

        assert images_of(mock) == []
