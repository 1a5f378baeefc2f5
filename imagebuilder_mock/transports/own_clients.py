"""Clients that the mock makes for a test."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.session import Session

from imagebuilder_mock.protocol.model import SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_imagebuilder import ImagebuilderClient


@lru_cache(maxsize=1)
def _loader() -> Any:
    return Session().get_component("data_loader")


def own_client(region: str, credentials: Mapping[str, str]) -> ImagebuilderClient:
    """A client of a session of its own, so that no test sees another one's handlers.

    Only what cannot be changed on it, the loaded model, is shared.
    """
    session = Session()
    session.register_component("data_loader", _loader())
    create: Callable[..., Any] = session.create_client
    client: ImagebuilderClient = create(SERVICE_NAME, region, **credentials)
    return client
