"""Both mocks are on: see tests/beside_moto.py."""

from tests.beside_moto import imagebuilder, mock, moto

__all__ = ["imagebuilder", "mock", "moto"]
