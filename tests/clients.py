"""Clients that outlive a mock, for tests that are about something else than clients."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from imagebuilder_mock import mock_imagebuilder

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import ImagebuilderClient


@cache
def the_client(
    *, account_id: str = "123456789012", region: str = "us-east-1"
) -> ImagebuilderClient:
    """A client for one mock after the other: to make one costs more than most tests."""
    with mock_imagebuilder() as mock:
        return mock.client(account_id=account_id, region=region)
