"""What each API operation does; a room's operations are loaded by the first call of one."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING

from . import handler
from .handler import Context

if TYPE_CHECKING:
    from .handler import Handler

__all__ = ["HANDLERS", "Context"]

_ROOMS = (
    # What an operation's name has in it, and where the operation is then; the first that fits.
    ("Lifecycle", "lifecycle.policies"),
    ("LifecycleExecution", "lifecycle.executions"),
    ("ResourceState", "lifecycle.state_updates"),
    ("WorkflowExecution", "builds.workflow_executions"),
    ("WorkflowStep", "builds.workflow_executions"),
    ("Workflow", "workflows"),
    ("Pipeline", "pipelines"),
    ("Component", "components"),
    ("Marketplace", "components"),
    ("Recipe", "recipes"),
    ("Configuration", "configurations"),
    ("Finding", "builds.findings"),
    ("Package", "builds.findings"),
    ("ImportVm", "builds.imports"),
    ("ImportDisk", "builds.imports"),
    ("Distribute", "builds.reruns"),
    ("Retry", "builds.reruns"),
    ("Image", "builds.images"),
    ("Tag", "tags"),
    ("Untag", "tags"),
    # What is asked of every kind alike, whatever its name.
    ("", "kinds"),
)


class Handlers(MutableMapping[str, "Handler"]):
    """The operations by AWS's names."""

    def __getitem__(self, name: str) -> Handler:
        for room in () if name in handler.HANDLERS else rooms_of(name):
            _load(room)
            if name in handler.HANDLERS:
                break
        return handler.HANDLERS[name]

    def __setitem__(self, name: str, value: Handler) -> None:
        self._everything()[name] = value

    def __delitem__(self, name: str) -> None:
        del self._everything()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._everything())

    def __len__(self) -> int:
        return len(self._everything())

    def _everything(self) -> dict[str, Handler]:
        for _, room in _ROOMS:
            _load(room)
        return handler.HANDLERS


def rooms_of(name: str) -> Iterator[str]:
    """The modules that can have an operation, the likeliest first."""
    return (room for word, room in _ROOMS if word in name)


def _load(room: str) -> None:
    import_module(f"{__name__}.{room}")


HANDLERS = Handlers()
