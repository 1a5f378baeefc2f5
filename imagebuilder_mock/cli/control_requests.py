"""The requests of control that call no method of the mock: its state, files and snapshots."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from imagebuilder_mock.domain.suggestions import listed
from imagebuilder_mock.mock import put_state
from imagebuilder_mock.testing.arguments import SOME_IMAGE, check_operation, check_text
from imagebuilder_mock.world.published import published
from imagebuilder_mock.world.saved.files import read_document, state_document
from imagebuilder_mock.world.saved.worlds import saved

from .control_json import as_json
from .ui import ui

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagebuilder_mock.mock import ImageBuilderMock
    from imagebuilder_mock.transports.http.wsgi import WebPage
    from imagebuilder_mock.world.world import Snapshot, World

    from .state_files import StateFiles

_CALLS_SHOWN = 100

BODY_LIMITS = {"PUT state": 1 << 28}
"""In bytes, where they are not those of the service. A larger body is refused before it is read."""


class Controlled(NamedTuple):
    """What the requests act on."""

    mock: ImageBuilderMock
    world: World
    files: StateFiles
    snapshots: dict[str, Snapshot]


@published(operation="GetImage", last=10)
def _calls(
    controlled: Controlled, operation: str | None = None, last: int = _CALLS_SHOWN
) -> object:
    """The newest calls (100), how many there were, and how many are not kept."""
    check_operation(operation)
    record = controlled.mock.calls
    wanted = (call for call in reversed([*record]) if operation in {None, call.operation})
    return {
        "count": record.count(operation),
        "dropped": record.dropped,
        "calls": as_json([*islice(wanted, last)][::-1]),
    }


@published()
def _clock(controlled: Controlled) -> object:
    """Mock time."""
    return {"now": controlled.mock.clock.now().isoformat()}


@published(build=SOME_IMAGE)
def _ui(controlled: Controlled, build: str | None = None) -> WebPage:
    """A page for a browser: resources, builds with their timelines, calls, events."""
    return ui(controlled.mock, controlled.world, build)


@published()
def _state(controlled: Controlled) -> object:
    """The state, as ``mock.save()`` writes it."""
    with controlled.world.lock:
        return state_document(saved(controlled.world))


@published()
def _replace_state(controlled: Controlled, /, **state: object) -> None:
    """Replace the state by that in the body; the clock moves forward to its time."""
    put_state(controlled.mock, read_document(state, "the body"), "the body")


@published(path="state.json")
def _save(controlled: Controlled, path: str | None = None) -> None:
    """Save the state to a file below the folder of ``--files``, or to that of ``--state``."""
    check_text(path=path, or_none=True)
    with controlled.world.lock:
        state = saved(controlled.world)
    controlled.files.save(state, path)


@published(path="state.json")
def _load(controlled: Controlled, path: str | None = None) -> None:
    """Replace the state by that of such a file."""
    check_text(path=path, or_none=True)
    state = controlled.files.load(path)
    put_state(controlled.mock, state, path or "the file of the server")


@published(name="before")
def _snapshot(controlled: Controlled, name: str) -> None:
    """Remember the state under a name, in memory."""
    check_text(name=name)
    controlled.snapshots[name] = controlled.mock.snapshot()


@published(name="before")
def _restore(controlled: Controlled, name: str) -> None:
    """Go back to a snapshot, any number of times; calls and fault rules stay."""
    _check_snapshot(controlled, name)
    controlled.mock.restore(controlled.snapshots[name])


@published(name="before")
def _forget(controlled: Controlled, name: str) -> None:
    """Remove a snapshot."""
    _check_snapshot(controlled, name)
    del controlled.snapshots[name]


@published()
def _snapshots(controlled: Controlled) -> object:
    """The names of the snapshots."""
    return {"names": sorted(controlled.snapshots)}


def _check_snapshot(controlled: Controlled, name: str) -> None:
    if name not in controlled.snapshots:
        msg = (
            f"there is no snapshot {name!r}. There are: "
            f"{listed(map(repr, sorted(controlled.snapshots)))}."
        )
        raise LookupError(msg)


REQUESTS: Mapping[str, Callable[..., Any]] = {
    "GET calls": _calls,
    "GET clock": _clock,
    "GET ui": _ui,
    "GET state": _state,
    "PUT state": _replace_state,
    "POST save": _save,
    "POST load": _load,
    "POST snapshot": _snapshot,
    "POST restore": _restore,
    "POST forget": _forget,
    "GET snapshots": _snapshots,
}
"""By method of HTTP and path. The arguments follow from the signature, as those of methods do."""
