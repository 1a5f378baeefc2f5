"""For tests of operations: one client, and a refusal that is known to have changed nothing."""

from __future__ import annotations

import pytest

from tests.clients import the_client
from tests.operation_errors import errors_of
from tests.refusals import refusal_of


@pytest.fixture
def imagebuilder(request, imagebuilder_mock):  # noqa: ARG001 - it is on while the client is used
    """In place of the plugin's, which is a new one for each test."""
    marker = request.node.get_closest_marker("imagebuilder")
    options = {} if marker is None else marker.kwargs
    return the_client(region=options.get("region", "us-east-1"))


@pytest.fixture
def refused(imagebuilder_mock):
    """Call it with an operation and its parameters: the refusal, after which all is as before.

    The documentation of the operation has such an error.
    """

    def call(operation, **params):
        region = operation.__self__.meta.region_name
        before = [repr(resource) for resource in imagebuilder_mock.resources(region=region)]

        refusal = refusal_of(operation, **params)

        after = [repr(resource) for resource in imagebuilder_mock.resources(region=region)]
        assert after == before, "a refused request changed something"
        name = operation.__self__.meta.method_to_api_mapping[operation.__name__]
        assert refusal.code in errors_of(name), "an error that docs/operations.md does not have"
        return refusal

    return call
