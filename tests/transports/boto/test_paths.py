"""The short and the long path of botocore's clients: which one is taken, and that they agree."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.operations import HANDLERS
from tests.builders import DOCUMENT, MANAGED_PARENT

ARN = "arn:aws:imagebuilder:us-east-1:123456789012"

# Told in order: what a call does stays for those behind it.
STORY: list[tuple[str, dict[str, Any]]] = [
    (
        "create_component",
        {"name": "Web", "semanticVersion": "1.0.0", "platform": "Linux", "data": DOCUMENT},
    ),
    ("get_component", {"componentBuildVersionArn": f"{ARN}:component/web/x.x.x"}),
    (
        "create_image_recipe",
        {
            "name": "web",
            "semanticVersion": "1.0.0",
            "parentImage": MANAGED_PARENT,
            "components": [{"componentArn": f"{ARN}:component/web/1.0.0/1"}],
        },
    ),
    (
        "create_infrastructure_configuration",
        {"name": "web", "instanceProfileName": "builder", "tags": {"team": "images"}},
    ),
    (
        "create_image",
        {
            "imageRecipeArn": f"{ARN}:image-recipe/web/1.0.0",
            "infrastructureConfigurationArn": f"{ARN}:infrastructure-configuration/web",
        },
    ),
    ("get_image", {"imageBuildVersionArn": f"{ARN}:image/web/1.0.0/1"}),
    ("list_image_build_versions", {"imageVersionArn": f"{ARN}:image/web/1.0.0", "maxResults": 1}),
    ("list_components", {"owner": "Amazon", "maxResults": 3}),
    ("tag_resource", {"resourceArn": f"{ARN}:component/web/1.0.0/1", "tags": {"a": "b"}}),
    ("list_tags_for_resource", {"resourceArn": f"{ARN}:component/web/1.0.0/1"}),
    (
        "untag_resource",
        {"resourceArn": f"{ARN}:component/web/1.0.0/1", "tagKeys": ["a", "b"]},
    ),
    ("delete_component", {"componentBuildVersionArn": f"{ARN}:component/web/1.0.0/1"}),
    ("get_component", {"componentBuildVersionArn": f"{ARN}:component/none/1.0.0/1"}),
    ("get_component", {"componentBuildVersionArn": "no ARN"}),
    ("list_images", {"nextToken": "garbage"}),
    ("tag_resource", {"resourceArn": "no ARN", "tags": {"a": "b"}}),
]


def listening(client):
    client.meta.events.register("response-received.imagebuilder", lambda **_: None)
    return client


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("get_component", {"componentBuildVersionArn": 5}),
        ("untag_resource", {"resourceArn": f"{ARN}:component/web/1.0.0/1", "tagKeys": [1, 2]}),
        ("untag_resource", {"resourceArn": f"{ARN}:component/web/1.0.0/1", "tagKeys": []}),
    ],
    ids=["number", "list of numbers", "empty list"],
)
def test_both_paths_have_text_in_the_query(method, params):
    def refusal(client):
        with mock_imagebuilder(), pytest.raises(ClientError) as caught:
            getattr(client, method)(**params)
        return without_ids(caught.value.response)

    unchecked = Config(parameter_validation=False)

    assert refusal(a_client(config=unchecked)) == refusal(listening(a_client(config=unchecked)))


def told(client):
    """Each answer of the story, or the refusal, without what differs from request to request."""
    answers = []
    for method, params in STORY:
        try:
            answer = getattr(client, method)(**params)
        except ClientError as error:
            answers.append((type(error).__name__, str(error), without_ids(error.response)))
        else:
            answers.append(without_ids(answer))
    return answers


def without_ids(answer):
    metadata = answer["ResponseMetadata"]
    headers = {
        name: value for name, value in metadata["HTTPHeaders"].items() if name != "x-amzn-requestid"
    }
    metadata = {**metadata, "HTTPHeaders": headers, "RequestId": len(metadata["RequestId"])}
    plain = {name: value for name, value in answer.items() if name != "requestId"}
    return {**plain, "clientToken": "", "ResponseMetadata": metadata}


def a_client(**options):
    return boto3.client(
        "imagebuilder",
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="example",
        **options,
    )


def test_both_paths_give_equal_answers_and_equal_errors():
    noon = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)

    with mock_imagebuilder(now=noon, seed=11):
        short = told(a_client())
    with mock_imagebuilder(now=noon, seed=11):
        long = told(listening(a_client()))

    assert short == long


@pytest.mark.parametrize(
    "event",
    [
        "request-created",
        "choose-signer",
        "before-sign",
        "before-send",
        "response-received",
        "needs-retry",
    ],
)
def test_a_handler_of_any_event_of_sending_is_called(event):
    client = a_client()
    called = []
    client.meta.events.register(f"{event}.imagebuilder.ListImages", lambda **_: called.append(1))

    with mock_imagebuilder():
        client.list_images()

    assert called


@pytest.mark.parametrize("event", ["before-call", "after-call", "provide-client-params"])
def test_a_handler_above_sending_is_called_on_the_short_path(event):
    client = a_client()
    called = []
    client.meta.events.register(f"{event}.imagebuilder", lambda **_: called.append(1))

    with mock_imagebuilder():
        client.list_images()

    assert called == [1]


def test_a_handler_of_before_send_sees_the_request_it_would_see_at_aws():
    client = a_client()
    seen = []
    client.meta.events.register("before-send", lambda request, **_: seen.append(request))

    with mock_imagebuilder():
        client.get_image(imageBuildVersionArn=MANAGED_PARENT)

    [request] = seen
    assert request.method == "GET"
    assert request.url.startswith("https://imagebuilder.us-east-1.amazonaws.com/GetImage?")


def test_a_request_is_signed_for_those_who_watch_signing():
    client = a_client()
    seen = []
    client.meta.events.register("before-sign.imagebuilder", lambda **_: None)
    client.meta.events.register("before-send", lambda request, **_: seen.append(request.headers))

    with mock_imagebuilder():
        client.list_images()

    assert "Credential=AKIAIOSFODNN7EXAMPLE/" in seen[0]["Authorization"].decode()


def test_a_presigned_url_is_signed_although_a_request_is_not():
    client = listening(a_client())

    with mock_imagebuilder():
        client.list_images()
        url = client.generate_presigned_url(
            "get_image", Params={"imageBuildVersionArn": f"{ARN}:image/web/1.0.0/1"}
        )

    assert "X-Amz-Signature=" in url


def test_the_handlers_of_the_long_path_go_with_the_mock():
    client = listening(a_client())
    before = {
        event: len(client.meta.events._emitter._handlers.prefix_search(event))
        for event in ("before-send.imagebuilder", "choose-signer.imagebuilder")
    }

    with mock_imagebuilder():
        client.list_images()

    for event, count in before.items():
        assert len(client.meta.events._emitter._handlers.prefix_search(event)) == count


def test_the_headers_and_the_body_of_an_answer_can_be_read_on_the_short_path():
    client = a_client()
    responses = []
    client.meta.events.register(
        "after-call.imagebuilder", lambda http_response, **_: responses.append(http_response)
    )

    with mock_imagebuilder():
        answer = client.list_images()

    assert responses[0].headers["X-Amzn-RequestId"] == answer["requestId"]
    assert answer["requestId"].encode() in responses[0].content
    raw = responses[0].raw
    parts = list(iter(lambda: raw.read(10), b""))
    assert len(parts) > 1
    assert b"".join(parts) == responses[0].content
    assert list(raw.stream()) == []


@pytest.mark.parametrize("prepare", [lambda client: client, listening], ids=["short", "long"])
def test_an_operation_that_is_not_built_raises_and_names_itself(prepare, monkeypatch):
    monkeypatch.delitem(HANDLERS, "ListImages")  # as an operation of a future botocore
    client = prepare(a_client())

    with mock_imagebuilder(), pytest.raises(NotImplementedError, match="does not have ListImages"):
        client.list_images()
