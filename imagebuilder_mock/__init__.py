"""An in-process mock of AWS EC2 Image Builder for boto3.

The public names are resolved when they are first used: importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cli.server import imagebuilder_server
    from .mock import ImageBuilderMock, current_mock, mock_imagebuilder

__all__ = ["ImageBuilderMock", "current_mock", "imagebuilder_server", "mock_imagebuilder"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    home = "cli.server" if name == "imagebuilder_server" else "mock"
    value: object = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
