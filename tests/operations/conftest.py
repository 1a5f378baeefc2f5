"""For tests of operations: one client, a refusal that is known to have changed nothing, images."""

from __future__ import annotations

import pytest

from tests.builders import WINDOWS_PARENT, a_recipe, an_image, an_infrastructure
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


@pytest.fixture
def some_images(imagebuilder):
    """Builds, in this order: golden 1.0.0/1, golden 2.0.0/1, silver 1.0.0/1, golden 1.0.0/2."""
    infrastructure = an_infrastructure(imagebuilder)
    golden = a_recipe(imagebuilder, name="golden")
    newer = a_recipe(imagebuilder, name="golden", semanticVersion="2.0.0")
    silver = a_recipe(imagebuilder, name="Silver", parentImage=WINDOWS_PARENT)
    for recipe in (golden, newer, silver, golden):
        an_image(imagebuilder, imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure)
