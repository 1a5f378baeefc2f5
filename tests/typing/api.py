"""The public types, as a user's editor sees them: checked by mypy and pyright, never run."""

from __future__ import annotations

import unittest
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from botocore.exceptions import ConnectTimeoutError
from mypy_boto3_imagebuilder import ImagebuilderClient
from typing_extensions import assert_type

from imagebuilder_mock import (
    Call,
    CallError,
    Event,
    ImageBuilderMock,
    MockIsOffError,
    StateError,
    UnexpectedCallError,
    UnmetOrdersError,
    __version__,
    current_mock,
    imagebuilder_server,
    mock_imagebuilder,
)
from imagebuilder_mock.domain.resources.base import Resource
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.protocol.identity import Credentials
from imagebuilder_mock.testing.unmet_orders import UnmetOrder
from imagebuilder_mock.world.faults import FaultRule

# What is decorated keeps its signature.


@mock_imagebuilder
def without_parentheses(name: str, *, count: int = 1) -> list[str]:
    return [name] * count


@mock_imagebuilder()
def with_parentheses(name: str) -> int:
    return len(name)


@mock_imagebuilder(builds="held", seed=7)
async def a_coroutine(name: str) -> bytes:
    return name.encode()


@mock_imagebuilder
def a_generator(size: int) -> Iterator[int]:
    yield size


@mock_imagebuilder
async def an_asynchronous_generator(size: int) -> AsyncIterator[int]:
    yield size


@mock_imagebuilder
class TestCase(unittest.TestCase):
    answer = 42

    def test_answer(self) -> None:
        assert_type(self.answer, int)


@mock_imagebuilder(quotas=False)
class PlainClass:
    def __init__(self, name: str) -> None:
        self.name = name

    @staticmethod
    @mock_imagebuilder
    def double(number: int) -> int:
        return 2 * number


async def decorated() -> None:
    assert_type(without_parentheses("web", count=2), list[str])
    assert_type(with_parentheses("web"), int)
    assert_type(await a_coroutine("web"), bytes)
    assert_type(a_generator(1), Iterator[int])
    assert_type(an_asynchronous_generator(1), AsyncIterator[int])
    assert_type(TestCase().answer, int)
    assert_type(PlainClass("web"), PlainClass)
    assert_type(PlainClass("web").name, str)
    assert_type(PlainClass.double(1), int)

    without_parentheses(1)  # type: ignore[arg-type]
    PlainClass()  # type: ignore[call-arg]


# Options are typed, and their names are known.


def options() -> None:
    assert_type(mock_imagebuilder(), ImageBuilderMock)
    mock = mock_imagebuilder(
        builds="clock",
        account_id="111122223333",
        quotas={"image pipelines": 3},
        seed=7,
        now=datetime(2024, 2, 29, tzinfo=timezone.utc),
        inspector=False,
        unknown_members="ignore",
        calls_kept_bytes=0,
    )
    assert_type(mock, ImageBuilderMock)
    ImageBuilderMock(builds="instant", quotas=True, now=None)

    mock_imagebuilder(builds="quick")  # type: ignore[call-overload]
    mock_imagebuilder(seed="7")  # type: ignore[call-overload]
    mock_imagebuilder(bulids="held")  # type: ignore[call-overload]
    ImageBuilderMock(builds="quick")  # type: ignore[arg-type]


# The control object.


def switching() -> None:
    with mock_imagebuilder() as mock:
        assert_type(mock, ImageBuilderMock)
        assert_type(current_mock(), ImageBuilderMock)
    assert_type(mock.start(), ImageBuilderMock)
    mock.reset()
    mock.stop()


async def switching_asynchronously() -> None:
    async with mock_imagebuilder(builds="held") as mock:
        assert_type(mock, ImageBuilderMock)


def clients(mock: ImageBuilderMock) -> None:
    client = mock.client(region="eu-west-1", account_id="111122223333")
    assert_type(client, ImagebuilderClient)
    assert_type(mock.client(), ImagebuilderClient)
    assert_type(client.get_image(imageBuildVersionArn="")["requestId"], str)
    assert_type(mock.credentials("111122223333"), Credentials)

    mock.client("eu-west-1")  # type: ignore[call-arg]


def time(mock: ImageBuilderMock) -> None:
    assert_type(mock.clock.now(), datetime)
    assert_type(mock.clock.advance(days=1, hours=2.5, minutes=3, seconds=4), datetime)
    mock.clock.advance(days=365, limit=None)
    mock.clock.move_to(mock.clock.now() + timedelta(days=1), limit=10)

    mock.clock.advance(1)  # type: ignore[call-arg]


def builds(mock: ImageBuilderMock) -> None:
    arn, *_ = mock.builds.running
    assert_type(arn, str)
    assert_type(mock.builds.advance(arn), str)
    mock.builds.complete(arn)
    mock.builds.fail(arn, reason="Out of disk space")
    mock.builds.finish_all()


def lifecycle(mock: ImageBuilderMock) -> None:
    arn = mock.images.add(
        recipe="web",
        created=datetime(2024, 2, 29, tzinfo=timezone.utc),
        regions=["eu-west-1"],
        tags={"a": "b"},
        state="DEPRECATED",
        ami_tags={"c": "d"},
        last_launched=mock.clock.now(),
        public=True,
        shared_with=["111122223333"],
    )
    assert_type(arn, str)
    for ami in mock.images.amis(arn):
        assert_type(ami.image_id, str)
        assert_type(ami.tags, dict[str, str])
        mock.images.refuse(ami.image_id, action="DELETE", message="Not now.")
        mock.images.allow(ami.image_id)
    assert_type(mock.lifecycle.run(arn), str)
    assert_type(mock.lifecycle.start(arn), str)
    assert_type(mock.lifecycle.advance("lce-1"), str)
    assert_type(mock.lifecycle.running, list[str])
    assert_type(mock.lifecycle.next_run(arn), datetime | None)
    assert_type(mock.resources("image"), list[Image])
    assert_type(mock.resources("image-pipeline", region="us-east-1"), list[ImagePipeline])
    assert_type(mock.resources(), list[Resource])
    mock.resources("pipeline")  # type: ignore[call-overload]
    assert mock.build  # type: ignore[attr-defined]
    table = mock.lifecycle.preview(arn, at=mock.clock.now() + timedelta(days=90))
    assert_type(table.rows[0]["image"], str)
    assert_type(table.rows[0]["run"], int | None)
    assert_type(table.summary, str)
    mock.lifecycle.preview(arn, runs="settled")
    mock.lifecycle.preview(arn, runs="setled")  # type: ignore[arg-type]
    assert_type(str(table), str)
    table.save_html("preview.html")
    mock.lifecycle.preview({"policyDetails": []})
    mock.lifecycle.preview([])

    arns = mock.images.add(pipeline="web", created=[mock.clock.now()], reason="The disk is full.")
    assert_type(arns, list[str])

    mock.images.add(recipe="web", state="PENDING")  # type: ignore[call-overload]


def what_is_seen(mock: ImageBuilderMock) -> None:
    assert_type(mock.events.since(3), list[Event])
    assert_type(mock.events.sent_to("EventBridge")[0].body["detail-type"], str)
    assert_type(mock.events.sent_to("CloudWatchLogs")[0].body["message"], str)
    assert_type(mock.events.sent_to("S3")[0].body["lines"], list[str])
    assert_type(mock.events.sent_to("Lambda")[0].body["workflowStepName"], str)
    message = mock.events.sent_to("SNS")[0].body
    if "semver" in message:
        assert_type(message["state"]["status"], str)
    for call in mock.calls:
        assert_type(call, Call)
        assert_type(call.error, CallError | None)
        assert_type(call.operation, str)
        assert_type(call.region, str)
        assert_type(call.account_id, str)
        assert_type(call.time, datetime)
        assert_type(call.parameters["name"], object)
        assert_type(call.result, dict[str, object] | None)
        if call.error is not None:
            assert_type(call.error.code, str)
            assert_type(call.error.message, str)
    assert_type(mock.calls.dropped, int)
    assert_type(mock.calls.count("CreateImage"), int)
    assert_type(mock.calls[-1].operation, str)
    assert_type(mock.calls[-3:], list[Call])
    assert_type(mock.events[0], Event)
    assert_type(mock.events[-3:], list[Event])
    assert_type(list(reversed(mock.events)), list[Event])
    for resource in mock.resources(region="eu-west-1"):
        assert_type(resource.arn, str)
        assert_type(resource.name, str)
        assert_type(resource.tags, dict[str, str])


def faults(mock: ImageBuilderMock) -> None:
    rule = mock.faults.add("GetImage", error="ServiceException", times=3, region="eu-west-1")
    assert_type(rule.fired, int)
    mock.faults.add("*", error=503, message="Down", probability=0.5)
    mock.faults.add("*", error=ConnectTimeoutError, times=None, when={"owner": "Self"})
    mock.faults.add("ListImages", latency=timedelta(seconds=5), when=lambda sent: "owner" in sent)
    mock.faults.add("ListImages", latency=2.5, truncated=True)
    mock.faults.remove(rule)
    mock.faults.remove(rule.number)
    mock.faults.clear()
    mock.faults.assert_all_fired()
    assert_type(len(mock.faults.unused), int)
    assert_type(mock.faults[0], FaultRule)
    assert_type(mock.faults[:2], list[FaultRule])
    mock.faults["GetImage"]  # type: ignore[call-overload]

    mock.faults.add("GetImage", "ServiceException")  # type: ignore[call-arg]


def calls(mock: ImageBuilderMock) -> None:
    assert_type(mock.calls.filter("GetImage", failed=True)[0].operation, str)
    assert_type(mock.calls.assert_called("GetImage", times=2, imageBuildVersionArn="").region, str)
    mock.calls.assert_not_called("DeleteImage")
    mock.calls.expect_only("GetImage", "ListImages")
    mock.calls.expect_anything()
    mock.calls.assert_expected()


def state(mock: ImageBuilderMock) -> None:
    mock.save("state.json")
    mock.save(Path("state.json"))
    mock.load("state.json")
    mock.load(Path("state.json"))
    mock.restore(mock.snapshot())
    assert_type(mock.snapshot().taken_at, datetime)
    mock_imagebuilder(state=Path("state.json"))
    assert_type(mock.report(), str)


# The server takes the same options, and gives its URL.


def errors() -> None:
    try:
        mock_imagebuilder(state="state.json").start()
    except (MockIsOffError, StateError, UnexpectedCallError) as error:
        assert_type(f"{__version__}: {error}", str)


def orders(mock: ImageBuilderMock) -> None:
    mock.builds.fail_next(component="web", optional=True)
    mock.builds.set_outputs("Check", {"output": "{}"}, optional=True)
    mock.faults.add("GetImage", error=500, optional=True)
    assert_type(mock.unmet, list[UnmetOrder])
    try:
        mock.assert_all_met()
    except UnmetOrdersError as error:
        assert_type([order.nearest for order in error.orders], list[str])


def a_server() -> None:
    with imagebuilder_server(port=5055, builds="instant", quotas=False) as url:
        assert_type(url, str)
    with imagebuilder_server(
        host="::1", allow_remote_control=True, allow_host=["mock"], allow_origin=(), files="states"
    ):
        pass

    with imagebuilder_server(build="instant"):  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
        pass
