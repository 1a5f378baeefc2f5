"""A mocked call against the same call with a canned, signed answer at ``before-send``."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse

from imagebuilder_mock import mock_imagebuilder
from tests.builders import (
    DOCUMENT,
    MANAGED_PARENT,
    a_component,
    a_pipeline,
    a_recipe,
    an_image,
    an_infrastructure,
)

from .timing import Table, interleaved, microseconds, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_imagebuilder import ImagebuilderClient

REPEAT = 300
SHORT_TARGET = 0.6
LONG_LIMIT = 1.0


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self._content


def _client() -> ImagebuilderClient:
    return boto3.client(
        "imagebuilder",
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="example",  # noqa: S106 - it opens nothing
    )


def _listening(client: ImagebuilderClient) -> ImagebuilderClient:
    """A client whose events of sending are listened to: it takes the long path."""
    client.meta.events.register("before-send.imagebuilder", lambda **_: None)
    return client


class _Canned:
    """A client that is answered with constant bytes, after signing."""

    def __init__(self) -> None:
        self.client = _client()
        self.body = b"{}"
        events: Any = self.client.meta.events
        events.register_first("before-send.imagebuilder", self._answer)
        # The method as it is while no mock is on: the mock does not catch this client.
        untouched: Any = self.client
        untouched._make_request = untouched._make_request  # noqa: SLF001

    def _answer(self, request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - botocore's
        headers: Any = {"content-type": "application/json", "x-amzn-requestid": "canned"}
        return AWSResponse(request.url, 200, headers, _Body(self.body))


def run() -> None:
    """Print the ratios for get, list of 25, creates and tag."""
    table = Table(
        "A call: mocked against canned",
        "operation",
        "canned",
        "short path",
        "long path",
        f"short / canned (target {SHORT_TARGET})",
        f"long / canned (limit {LONG_LIMIT})",
    )
    canned = _Canned()
    short, long = _client(), _listening(_client())
    numbers = count(1)
    with mock_imagebuilder(quotas=False):
        image, pipeline = an_image(short), a_pipeline(short)
        component, recipe = a_component(short), a_recipe(short)
        infrastructure = an_infrastructure(short)
        for _ in range(30):
            an_infrastructure(short)
        operations: dict[str, Callable[[Any], Any]] = {
            "GetImage": lambda client: client.get_image(imageBuildVersionArn=image),
            "ListInfrastructureConfigurations (25)": lambda client: (
                client.list_infrastructure_configurations(maxResults=25)
            ),
            "CreateInfrastructureConfiguration": an_infrastructure,
            "CreateComponent": lambda client: client.create_component(
                name="web",
                semanticVersion=f"1.0.{next(numbers)}",
                platform="Linux",
                data=DOCUMENT,
            ),
            "CreateImageRecipe": lambda client: client.create_image_recipe(
                name="web",
                semanticVersion=f"1.0.{next(numbers)}",
                parentImage=MANAGED_PARENT,
                components=[{"componentArn": component}],
            ),
            "CreateImage": lambda client: client.create_image(
                imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure
            ),
            "TagResource": lambda client: client.tag_resource(
                resourceArn=pipeline, tags={"team": "platform"}
            ),
        }
        answers = {name: _as_bytes(call(short)) for name, call in operations.items()}
        for name, call in operations.items():
            canned.body = answers[name]
            times = _measure(call, canned.client, short, long)
            table.row(
                name,
                microseconds(times["canned"]),
                microseconds(times["short"]),
                microseconds(times["long"]),
                within(times["short"] / times["canned"], SHORT_TARGET),
                within(times["long"] / times["canned"], LONG_LIMIT),
            )
    table.show()


def _measure(
    call: Callable[[ImagebuilderClient], Any],
    canned: ImagebuilderClient,
    short: ImagebuilderClient,
    long: ImagebuilderClient,
) -> dict[str, float]:
    return interleaved(
        {
            "canned": lambda: call(canned),
            "short": lambda: call(short),
            "long": lambda: call(long),
        },
        repeat=REPEAT,
    )


def _as_bytes(answer: Any) -> bytes:  # noqa: ANN401 - any operation's answer
    if not isinstance(answer, dict):
        return json.dumps(
            {"infrastructureConfigurationArn": answer, "requestId": "canned"}
        ).encode()
    members = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return json.dumps(members).encode()
