"""Both mocks are on: see tests/beside_moto.py."""

import pytest

from tests.beside_moto import aws, imagebuilder, mock, moto

__all__ = ["imagebuilder", "mock", "moto"]


@pytest.fixture
def cloudformation(mock):  # noqa: ARG001 - both are on
    return aws("cloudformation")
