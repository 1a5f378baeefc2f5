"""Faults through boto3: what the client raises, its retries, and the time that they cost."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore import exceptions
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.world.faults import FaultRules
from tests.builders import OWN, a_component

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
MODES = ["legacy", "standard", "adaptive"]


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch):
    def refuse(seconds):
        message = f"slept for {seconds} s"
        raise AssertionError(message)

    monkeypatch.setattr(time, "sleep", refuse)


@pytest.fixture
def mock():
    with mock_imagebuilder(now=NOON, quotas=False) as mock:
        yield mock


def a_client(mode="standard", attempts=3, **config):
    retries: Any = {"mode": mode, "total_max_attempts": attempts}
    return boto3.client(
        "imagebuilder",
        "us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="example",
        config=Config(retries=retries, **config),
    )


def retries_of(answer):
    return answer["ResponseMetadata"]["RetryAttempts"]


# Retries


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "error",
    [
        "ThrottlingException",
        "ServiceException",
        503,
        exceptions.ConnectTimeoutError,
        exceptions.EndpointConnectionError,
        exceptions.ReadTimeoutError,
        exceptions.ConnectionClosedError,
        exceptions.ProxyConnectionError,
    ],
    ids=lambda error: getattr(error, "__name__", str(error)),
)
def test_a_client_tries_again_in_every_retry_mode(mock, mode, error):
    mock.faults.add("ListImages", error=error, times=2)

    answer = a_client(mode).list_images()

    assert retries_of(answer) == 2
    assert mock.calls.count("ListImages") == 3
    assert mock.clock.now() > NOON


@pytest.mark.parametrize("mode", MODES)
def test_a_client_gives_up_after_its_last_attempt(mock, mode):
    mock.faults.add("ListImages", error="ThrottlingException", message="Slow down", times=None)

    with pytest.raises(ClientError, match=r"reached max retries: 2.*Slow down") as caught:
        a_client(mode).list_images()

    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.error.message for call in mock.calls] == ["Slow down"] * 3


@pytest.mark.parametrize("mode", MODES)
def test_an_adaptive_or_other_client_sleeps_in_mock_time_alone(mock, mode):
    client = a_client(mode, attempts=5)

    for _ in range(20):
        mock.faults.add("ListImages", error="ThrottlingException", times=4)
        assert retries_of(client.list_images()) == 4

    assert mock.clock.now() - NOON > timedelta(seconds=5)


def test_a_client_that_may_not_retry_gets_the_first_answer(mock):
    mock.faults.add("ListImages", error="ThrottlingException")

    with pytest.raises(ClientError, match="Rate exceeded"):
        a_client(attempts=1).list_images()


def test_an_error_that_no_client_retries_is_answered_once(mock):
    mock.faults.add("GetImage", error="ForbiddenException", times=None)
    client = a_client()

    with pytest.raises(client.exceptions.ForbiddenException, match="not authorized"):
        client.get_image(
            imageBuildVersionArn="arn:aws:imagebuilder:us-east-1:123456789012:image/a/1.0.0/1"
        )

    assert mock.calls.count() == 1


def test_a_status_is_its_own_code(mock):
    mock.faults.add("ListImages", error=418)

    with pytest.raises(ClientError) as caught:
        a_client().list_images()

    assert caught.value.response["Error"] == {"Code": "418", "Message": "I'm a Teapot"}
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 418


# What is done, and what is not


@pytest.mark.parametrize(
    "error", ["ServiceException", 502, exceptions.ReadTimeoutError], ids=["name", "status", "class"]
)
def test_a_request_that_fails_changes_nothing(mock, error):
    mock.faults.add("CreateComponent", error=error)
    client = a_client(attempts=1)

    with pytest.raises((ClientError, BotoCoreError)):
        a_component(client)

    assert mock.resources() == []
    assert a_component(client) == mock.resources()[0].arn


def test_a_lost_request_is_among_the_calls_by_the_name_of_its_error(mock):
    mock.faults.add("ListImages", error=exceptions.ReadTimeoutError, message="No answer")

    a_client().list_images()

    assert [call.error and call.error.code for call in mock.calls] == ["ReadTimeoutError", None]
    assert mock.calls[0].error.message == "No answer"


def test_a_truncated_answer_comes_after_the_deed_and_is_repeated_by_the_client_token(mock):
    rule = mock.faults.add("CreateComponent", truncated=True)

    arn = a_component(a_client())

    assert [resource.arn for resource in mock.resources()] == [arn]
    assert (rule.fired, mock.calls.count("CreateComponent")) == (1, 2)


def test_a_truncated_answer_without_retries_is_an_error_of_the_connection(mock):
    mock.faults.add("CreateComponent", truncated=True)

    with pytest.raises(exceptions.ConnectionClosedError, match="CreateComponent"):
        a_component(a_client(attempts=1))

    assert len(mock.resources()) == 1


def test_a_refusal_is_truncated_as_any_answer(mock):
    rule = mock.faults.add("GetComponent", truncated=True)
    client, arn = a_client(attempts=1), f"{OWN}component/missing/1.0.0/1"

    with pytest.raises(exceptions.ConnectionClosedError):
        client.get_component(componentBuildVersionArn=arn)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_component(componentBuildVersionArn=arn)

    assert rule.fired == 1


# Time


def test_latency_costs_mock_time(mock):
    mock.faults.add("ListImages", latency=2.5)

    assert retries_of(a_client().list_images()) == 0

    assert mock.clock.now() == NOON + timedelta(seconds=2.5)


def test_an_answer_that_is_later_than_the_clients_patience_is_a_time_out_after_the_deed(mock):
    mock.faults.add("CreateComponent", latency=timedelta(seconds=11))

    with pytest.raises(exceptions.ReadTimeoutError):
        a_component(a_client(attempts=1, read_timeout=10))

    assert len(mock.resources()) == 1


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (exceptions.ConnectTimeoutError, 7),
        (exceptions.ReadTimeoutError, 30),
        (exceptions.EndpointConnectionError, 0),
    ],
)
def test_a_time_out_costs_what_the_client_would_have_waited(mock, error, seconds):
    mock.faults.add("ListImages", error=error)

    with pytest.raises(error):
        a_client(attempts=1, connect_timeout=7, read_timeout=30).list_images()

    assert mock.clock.now() - NOON == timedelta(seconds=seconds)


def test_waiting_moves_no_build_and_starts_no_schedule(mock):
    """As real time that passes: only the clock mode lets it do that."""
    mock.faults.add("ListImages", latency=timedelta(days=1))
    client = a_client(read_timeout=None)
    due = mock.clock.now() + timedelta(hours=1)
    mock._active_world("test").state.scheduler.enter(due, "run-pipeline", "arn")

    client.list_images()

    assert mock._active_world("test").state.scheduler.next_due(mock.clock.now()) is not None


# The way there


def test_a_client_that_is_listened_to_meets_the_same_rules(mock):
    client = a_client()
    seen = []
    client.meta.events.register(
        "needs-retry.imagebuilder", lambda attempts, **_: seen.append(attempts)
    )
    mock.faults.add("ListImages", error=503, times=2)

    assert retries_of(client.list_images()) == 2
    assert seen == [1, 2, 3]


def test_a_rule_that_comes_between_the_choice_of_the_path_and_the_request_holds(mock, monkeypatch):
    """As another thread's can: then there is one attempt."""
    mock.faults.add("ListImages", error=exceptions.SSLError)
    mock.faults.add("ListImages", truncated=True)
    monkeypatch.setattr(FaultRules, "concern", lambda *_: False)
    client = a_client()

    with pytest.raises(exceptions.SSLError):
        client.list_images()
    with pytest.raises(exceptions.ConnectionClosedError):
        client.list_images()


def test_everything_is_as_before_when_the_mock_is_off():
    client = a_client("adaptive")
    endpoint = client._endpoint
    limiter = next(
        handler.__self__
        for handler in client.meta.events._emitter._handlers.prefix_search(
            "before-send.imagebuilder"
        )
        if type(getattr(handler, "__self__", None)).__name__ == "ClientRateLimiter"
    )
    with mock_imagebuilder(now=NOON) as mock:
        mock.faults.add("ListImages", error="ThrottlingException")
        client.list_images()
        assert "_needs_retry" in vars(endpoint)

    assert "_needs_retry" not in vars(endpoint)
    assert "current_time" not in vars(limiter._clock)
    assert "_sleep_amount" not in vars(limiter._token_bucket)
    assert limiter._token_bucket._last_timestamp <= time.time()


def test_only_operations_with_a_rule_take_the_long_path(mock):
    client = a_client()
    mock.faults.add("GetImage", error="ServiceException", optional=True)

    client.list_images()

    assert "_needs_retry" not in vars(client._endpoint)


def test_rules_of_other_regions_do_not_count(mock):
    mock.faults.add("ListImages", error="ServiceException", region="eu-west-1", times=None)

    assert retries_of(a_client().list_images()) == 0
    with pytest.raises(ClientError):
        mock.client(region="eu-west-1").list_images()


def test_a_probability_fails_the_same_calls_with_the_same_seed():
    def failures(seed):
        client = a_client(attempts=1)
        with mock_imagebuilder(seed=seed) as mock:
            mock.faults.add("ListImages", error="ServiceException", probability=0.5)
            for _ in range(30):
                try:
                    client.list_images()
                except client.exceptions.ServiceException:
                    continue
            return [call.error is not None for call in mock.calls]

    first = failures(7)

    assert first == failures(7) != failures(8)
    assert {True, False} == set(first)
