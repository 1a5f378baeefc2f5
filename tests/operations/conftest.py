"""For tests of operations: a refusal that is known to have changed nothing."""

from __future__ import annotations

import pytest

from tests.refusals import refusal_of


@pytest.fixture
def refused(imagebuilder_mock):
    """Call it with an operation and its parameters: the refusal, after which all is as before."""

    def call(operation, **params):
        region = operation.__self__.meta.region_name
        before = [repr(resource) for resource in imagebuilder_mock.resources(region=region)]

        refusal = refusal_of(operation, **params)

        after = [repr(resource) for resource in imagebuilder_mock.resources(region=region)]
        assert after == before, "a refused request changed something"
        return refusal

    return call
