"""For tests of engines: one client."""

from __future__ import annotations

import pytest

from tests.clients import the_client


@pytest.fixture
def imagebuilder(request, imagebuilder_mock):  # noqa: ARG001 - it is on while the client is used
    """In place of the plugin's, which is a new one for each test."""
    marker = request.node.get_closest_marker("imagebuilder")
    options = {} if marker is None else marker.kwargs
    return the_client(region=options.get("region", "us-east-1"))
