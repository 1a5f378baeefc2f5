"""What users put on clients, sessions and botocore itself still works while the mock is on."""

from __future__ import annotations

from inspect import getsource
from typing import Any

import boto3
import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.session import Session
from botocore.stub import Stubber

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.operations import HANDLERS

LOW_LEVEL = [
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    *(["before-parse"] if "before-parse" in getsource(botocore.endpoint) else []),
    "response-received",
    "needs-retry",
]
HIGH_LEVEL = [
    "provide-client-params",
    "before-parameter-build",
    "before-call",
    "after-call",
]


def a_client(session=boto3, **options):
    given: dict[str, Any] = {
        "region_name": "us-east-1",
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key": "example",
    }
    return session.client("imagebuilder", **{**given, **options})


@pytest.mark.parametrize("event", LOW_LEVEL + HIGH_LEVEL)
@pytest.mark.parametrize(
    "name", ["{}", "{}.imagebuilder", "{}.imagebuilder.ListImages", "{}.*.ListImages"]
)
def test_a_handler_is_called_once_under_every_name_of_its_event(event, name):
    client = a_client()
    called: list[str] = []
    client.meta.events.register(
        name.format(event), lambda event_name, **_: called.append(event_name)
    )

    with mock_imagebuilder():
        answer = client.list_images()

    assert called == [f"{event}.imagebuilder.ListImages"]
    assert answer["imageVersionList"] == []


def test_a_handler_of_another_operation_is_not_called():
    client = a_client()
    client.meta.events.register(
        "before-send.imagebuilder.GetImage", lambda **_: pytest.fail("called")
    )

    with mock_imagebuilder():
        assert client.list_images()["imageVersionList"] == []


def test_a_handler_of_the_session_is_called_for_clients_made_afterwards():
    session = boto3.Session()
    called: list[str] = []
    session.events.register("before-send", lambda event_name, **_: called.append(event_name))

    with mock_imagebuilder():
        a_client(session).list_images()

    assert called == ["before-send.imagebuilder.ListImages"]


def test_a_handler_can_come_and_go_between_calls():
    client = a_client()
    called: list[str] = []

    def handler(event_name, **_):
        called.append(event_name)

    with mock_imagebuilder() as mock:
        client.list_images()
        client.meta.events.register("before-send", handler)
        client.list_images()
        client.meta.events.unregister("before-send", handler)
        client.list_images()

        assert (len(called), mock.calls.count()) == (1, 3)


def test_parameters_that_a_handler_changes_are_those_that_are_answered():
    client = a_client()

    def only_amazons(params, **_):
        params["owner"] = "Amazon"

    client.meta.events.register("before-parameter-build.imagebuilder", only_amazons)
    with mock_imagebuilder() as mock:
        client.list_images()

    assert mock.calls[0].parameters == {"owner": "Amazon"}


def test_a_body_that_a_handler_changes_is_the_one_that_is_answered():
    client = a_client()

    def only_amazons(request, **_):
        request.data = b'{"owner": "Amazon"}'

    client.meta.events.register("request-created", only_amazons)
    with mock_imagebuilder() as mock:
        client.list_images()

    assert mock.calls[0].parameters == {"owner": "Amazon"}


def test_an_answer_that_a_handler_changes_is_the_callers():
    client = a_client()
    client.meta.events.register("after-call", lambda parsed, **_: parsed.update(word="hello"))

    with mock_imagebuilder():
        assert client.list_images()["word"] == "hello"


@pytest.mark.parametrize("event", LOW_LEVEL[3:] + HIGH_LEVEL)
def test_an_error_of_a_handler_is_the_callers(event):
    client = a_client()

    def handler(**_):
        raise KeyError("mine")

    client.meta.events.register(event, handler)

    with mock_imagebuilder(), pytest.raises(KeyError, match="mine"):
        client.list_images()


def test_a_handler_can_have_a_call_repeated():
    client = a_client()

    def once(attempts, **_):
        return 0 if attempts == 1 else None

    client.meta.events.register("needs-retry.imagebuilder", once)
    with mock_imagebuilder() as mock:
        answer = client.list_images()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert mock.calls.count() == 2


@pytest.mark.parametrize("is_listened_to", [False, True], ids=["short", "long"])
def test_what_the_mock_raises_is_told_to_those_who_wait_for_errors(is_listened_to, monkeypatch):
    monkeypatch.delitem(HANDLERS, "ListImages")  # as an operation of a future botocore
    client = a_client()
    told: list[type] = []
    client.meta.events.register(
        "after-call-error", lambda exception, **_: told.append(type(exception))
    )
    if is_listened_to:
        client.meta.events.register("before-send", lambda **_: None)

    with mock_imagebuilder(), pytest.raises(NotImplementedError):
        client.list_images()

    assert told == [NotImplementedError]


def test_an_answer_of_a_handler_before_call_is_the_callers():
    client = a_client()
    http = AWSResponse("https://example.invalid", 200, {}, None)  # type: ignore[arg-type] # no body
    client.meta.events.register("before-call", lambda **_: (http, {"mine": True}))

    with mock_imagebuilder() as mock:
        assert client.list_images() == {"mine": True}
    assert mock.calls.count() == 0


def test_a_stubber_wins_and_the_mock_answers_when_it_is_off():
    client = a_client()
    with mock_imagebuilder() as mock:
        with Stubber(client) as stubber:
            stubber.add_client_error("list_images", "ForbiddenException")
            with pytest.raises(client.exceptions.ForbiddenException):
                client.list_images()
            stubber.assert_no_pending_responses()

        assert client.list_images()["imageVersionList"] == []
    assert mock.calls.count() == 1


@pytest.mark.parametrize(
    "options",
    [
        {"retries": {"mode": "adaptive", "total_max_attempts": 5}},
        {"user_agent_extra": "mine/1.0", "connect_timeout": 1, "max_pool_connections": 1},
        {"defaults_mode": "standard"},
        {"parameter_validation": False},
        {"proxies": {"https": "https://proxy.invalid:3128"}},
        {"inject_host_prefix": False},
    ],
    ids=lambda options: next(iter(options)),
)
@pytest.mark.parametrize("is_listened_to", [False, True], ids=["short", "long"])
def test_a_client_of_any_configuration_is_answered(options, is_listened_to):
    client = a_client(config=Config(**options))
    if is_listened_to:
        client.meta.events.register("before-send", lambda **_: None)

    with mock_imagebuilder():
        assert client.list_images()["imageVersionList"] == []


def test_pages_and_their_client_methods_work():
    client = a_client()
    if not client.can_paginate("list_images"):
        pytest.skip("this botocore has no pages for Image Builder")
    with mock_imagebuilder():
        pages = client.get_paginator("list_images").paginate(
            owner="Amazon", PaginationConfig={"PageSize": 2, "MaxItems": 5}
        )
        images = [image for page in pages for image in page["imageVersionList"]]

    assert len(images) == 5
    assert len({image["arn"] for image in images}) == 5


def test_what_others_put_round_making_clients_is_asked_too(monkeypatch):
    made: list[tuple[object, ...]] = []
    original = Session.create_client

    def with_a_note(self, *args, **kwargs):
        made.append(args)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Session, "create_client", with_a_note)
    with mock_imagebuilder():
        assert a_client().list_images()["imageVersionList"] == []
        assert Session.create_client.__name__ == "with_a_note"
    assert made == [("imagebuilder",)]
    assert Session.create_client is with_a_note


def test_clients_can_be_made_with_arguments_in_their_places():
    with mock_imagebuilder():
        session = Session()
        client: Any = session.create_client(
            "imagebuilder",
            "eu-west-1",
            None,
            True,
            None,
            "https://example.invalid",
        )

        assert client.meta.endpoint_url == "https://example.invalid"
        assert client.list_images()["imageVersionList"] == []
