"""Faults through aiobotocore: its own retries run, and what they wait passes in mock time."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore import exceptions
from botocore.config import Config

from imagebuilder_mock import mock_imagebuilder

aiobotocore_session = pytest.importorskip(
    "aiobotocore.session",
    reason="aiobotocore pins a botocore of its own: make test runs this in .venv/aio",
)

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
MODES = ["legacy", "standard", "adaptive"]


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch):
    really_sleep = asyncio.sleep

    async def refuse(seconds, result=None):
        assert seconds == 0, f"slept for {seconds} s"
        return await really_sleep(0, result)

    async def refuse_to_wait(_, timeout):
        message = f"waited for {timeout} s"
        raise AssertionError(message)

    monkeypatch.setattr(asyncio, "sleep", refuse)
    monkeypatch.setattr(asyncio, "wait_for", refuse_to_wait)


@pytest.fixture
def mock():
    with mock_imagebuilder(now=NOON, quotas=False) as mock:
        yield mock


def told(story, mode="standard", **options):
    """Run a coroutine function that takes a client of the retry mode."""
    retries: Any = {"mode": mode, "max_attempts": 2}

    async def tell():
        async with aiobotocore_session.get_session().create_client(
            "imagebuilder", "us-east-1", config=Config(retries=retries), **options
        ) as client:
            return await story(client)

    return asyncio.run(tell())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "error",
    ["ThrottlingException", 503, exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError],
    ids=lambda error: getattr(error, "__name__", str(error)),
)
def test_a_client_tries_again_in_every_retry_mode(mock, mode, error):
    mock.faults.add("ListImages", error=error, times=1)

    answer = told(lambda client: client.list_images(), mode)

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert mock.calls.count("ListImages") == 2


@pytest.mark.parametrize("mode", MODES)
def test_a_client_gives_up_after_its_last_attempt(mock, mode):
    mock.faults.add("ListImages", error="ThrottlingException", times=None)

    async def story(client):
        with pytest.raises(exceptions.ClientError, match="ThrottlingException"):
            await client.list_images()

    told(story, mode)

    assert mock.calls.count("ListImages") > 1
    assert mock.clock.now() > NOON


def test_the_rate_of_an_adaptive_client_is_limited_in_mock_time(mock, monkeypatch):
    """One attempt in two seconds is its lowest rate; the retry alone backs off for a second."""
    mock.faults.add("ListImages", error="ThrottlingException", times=1)
    # The rate that it measures is lower the slower the machine is.
    monkeypatch.setattr(time, "time", lambda: 1_000.0)

    told(lambda client: client.list_images(), "adaptive")

    assert mock.clock.now() >= NOON + timedelta(seconds=2)


def test_tasks_that_retry_together_lose_and_double_nothing(mock):
    mock.faults.add("CreateInfrastructureConfiguration", error=503, times=10)

    async def story(client):
        await asyncio.gather(
            *(
                client.create_infrastructure_configuration(
                    name=f"web-{number}", instanceProfileName="builder"
                )
                for number in range(20)
            ),
            return_exceptions=True,
        )

    told(story)

    names = [resource.arn for resource in mock.resources()]
    assert len(names) == len(set(names))
    assert mock.calls.count("CreateInfrastructureConfiguration") >= 20


def test_everything_is_as_before_when_the_mock_is_off():
    async def story(client):
        with mock_imagebuilder(now=NOON) as mock:
            mock.faults.add("ListImages", error="ThrottlingException", times=1)
            await client.list_images()
            assert "_needs_retry" in vars(client._endpoint)
        assert "_needs_retry" not in vars(client._endpoint)

    with_keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "example"}
    told(story, "adaptive", **with_keys)
