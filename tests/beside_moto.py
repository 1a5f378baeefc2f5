"""Both mocks on, for tests of what one has of the other."""

from __future__ import annotations

from functools import cache

import boto3
import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.clients import the_client


def aws(service, region="us-east-1", **options):
    """An ordinary client, as a user's program makes it while moto is on.

    One for all tests, but of Image Builder: that has the account of the mock that is on.
    """
    make = boto3.client if service == "imagebuilder" else _of_all_tests
    return make(service, region_name=region, **options)


_of_all_tests = cache(boto3.client)


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
def imagebuilder(mock):  # noqa: ARG001 - both are on
    return the_client()
