"""Clients that the mock makes for a test."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.session import Session

from imagebuilder_mock.protocol.model import SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_imagebuilder import ImagebuilderClient

# A profile, and the files that could name one, are nothing to these clients.
_NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


@lru_cache(maxsize=1)
def _loader() -> Any:
    return Session(_NO_FILES).get_component("data_loader")


def own_client(region: str, credentials: Mapping[str, str]) -> ImagebuilderClient:
    """A client of a session of its own, so that no test sees another one's handlers.

    Only what cannot be changed on it, the loaded model, is shared.
    """
    session = Session(_NO_FILES)
    session.register_component("data_loader", _loader())
    create: Callable[..., Any] = session.create_client
    client: ImagebuilderClient = create(SERVICE_NAME, region, **credentials)
    return client
