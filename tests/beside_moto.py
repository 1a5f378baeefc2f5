"""Both mocks on, for tests of what one has of the other."""

from __future__ import annotations

import boto3
import pytest

from imagebuilder_mock import mock_imagebuilder


def aws(service, region="us-east-1", **options):
    """An ordinary client, as a user's program makes it."""
    return boto3.client(service, region_name=region, **options)


@pytest.fixture
def moto():
    """moto is on for the test, without ours."""
    module = pytest.importorskip("moto")
    with module.mock_aws():
        yield module


@pytest.fixture
def mock(moto):  # noqa: ARG001 - on around ours
    """Both are on."""
    with mock_imagebuilder() as mock:
        yield mock


@pytest.fixture
def imagebuilder(mock):
    return mock.client()
