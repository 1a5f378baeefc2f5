"""An in-process mock of AWS EC2 Image Builder for boto3.

The public names are resolved when they are first used: importing the package costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; to load typing would cost what all else does

if TYPE_CHECKING:
    from .cli.check.checking import check_document
    from .cli.check.problems import DocumentProblem
    from .cli.server import imagebuilder_server
    from .mock import ImageBuilderMock, current_mock, mock_imagebuilder
    from .testing.unmet_orders import UnmetOrdersError
    from .transports.boto.clients import MockIsOffError
    from .world.events import Event
    from .world.record import Call, CallError, UnexpectedCallError
    from .world.saved.damage import StateError

    __version__: str

__all__ = [
    "Call",
    "CallError",
    "DocumentProblem",
    "Event",
    "ImageBuilderMock",
    "MockIsOffError",
    "StateError",
    "UnexpectedCallError",
    "UnmetOrdersError",
    "__version__",
    "check_document",
    "current_mock",
    "imagebuilder_server",
    "mock_imagebuilder",
]

_HOMES = {
    "Call": "world.record",
    "CallError": "world.record",
    "DocumentProblem": "cli.check.problems",
    "Event": "world.events",
    "MockIsOffError": "transports.boto.clients",
    "StateError": "world.saved.damage",
    "UnexpectedCallError": "world.record",
    "UnmetOrdersError": "testing.unmet_orders",
    "check_document": "cli.check.checking",
    "imagebuilder_server": "cli.server",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value: object
    if name == "__version__":
        from importlib.metadata import version

        value = version("imagebuilder-mock")
    else:
        from importlib import import_module

        value = getattr(import_module(f".{_HOMES.get(name, 'mock')}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
