"""What is logged of a pipeline's executions, and of those that are skipped.

Source: user guide, monitor-cwlogs, which has the group, the stream, and what is told there; the
sentences are ours.
"""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import MANAGED_PARENT, a_pipeline
from tests.model import needs_member

DAILY = {"scheduleExpression": "cron(0 6 * * ? *)"}
SKIPPED = "The execution is skipped: there are no dependency updates."

pytestmark = pytest.mark.imagebuilder(
    builds="instant", now=datetime(2026, 8, 31, tzinfo=timezone.utc)
)


def logged(mock, group):
    """Stream and line of what went to a log group."""
    return [
        (event.body["logStreamName"], event.body["message"])
        for event in mock.events.sent_to("CloudWatchLogs")
        if event.name == group
    ]


def test_each_execution_is_in_the_stream_of_its_day(imagebuilder, imagebuilder_mock):
    a_pipeline(
        imagebuilder,
        name="Nightly build",
        schedule={**DAILY, "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY"},
    )

    imagebuilder_mock.clock.advance(days=2)

    images = [each.arn for each in imagebuilder_mock.resources() if each.kind == "image"]
    assert logged(imagebuilder_mock, "/aws/imagebuilder/pipeline/Nightly build") == [
        (f"2026/{day}", f"The execution has started: {arn}")
        for day, arn in zip(("08/31", "09/01"), images, strict=True)
    ]


def test_one_without_news_is_skipped_and_news_are_named(imagebuilder, imagebuilder_mock):
    a_pipeline(imagebuilder, name="nightly", schedule=DAILY)
    imagebuilder_mock.clock.advance(days=2)
    imagebuilder_mock.catalogue.publish("amazon-linux-2023-x86", "2026.12.1")
    imagebuilder_mock.clock.advance(days=1)

    first, second, third, fourth = logged(imagebuilder_mock, "/aws/imagebuilder/pipeline/nightly")
    assert first[1].startswith("The execution has started: ")
    assert second == ("2026/09/01", SKIPPED)
    newer = MANAGED_PARENT.replace("x.x.x", "2026.12.1/1")
    assert third == ("2026/09/02", f"There is a dependency update: {newer}")
    assert fourth[1].startswith("The execution has started: ")


@pytest.mark.imagebuilder(quotas={"concurrent builds": 0})
def test_one_that_cannot_be_says_why(imagebuilder, imagebuilder_mock):
    a_pipeline(imagebuilder, name="nightly", schedule=DAILY)

    imagebuilder_mock.clock.advance(days=1)

    [(_, line)] = logged(imagebuilder_mock, "/aws/imagebuilder/pipeline/nightly")
    assert line == (
        "The execution is skipped: The request would exceed the quota for concurrent builds, which "
        "is 0."
    )


@needs_member("CreateImagePipeline", "loggingConfiguration")
def test_the_group_can_be_named(imagebuilder, imagebuilder_mock):
    arn = a_pipeline(
        imagebuilder,
        loggingConfiguration={"pipelineLogGroupName": "/aws/imagebuilder/pipeline/mine"},
    )

    image = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)[
        "imageBuildVersionArn"
    ]

    assert logged(imagebuilder_mock, "/aws/imagebuilder/pipeline/mine") == [
        ("2026/08/31", f"The execution has started: {image}")
    ]
