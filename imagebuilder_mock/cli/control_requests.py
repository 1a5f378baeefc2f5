"""The requests of control that are no calls of a method: the state, its files, its snapshots."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.suggestions import did_you_mean
from imagebuilder_mock.mock import put_state
from imagebuilder_mock.testing.arguments import SOME_IMAGE, check_operation
from imagebuilder_mock.transports.http.wsgi import BODY_LIMIT
from imagebuilder_mock.world.saved.files import read_document, state_document
from imagebuilder_mock.world.saved.worlds import saved

from .control_json import as_json
from .ui import ui

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagebuilder_mock.mock import ImageBuilderMock
    from imagebuilder_mock.world.saved.codecs import Schema
    from imagebuilder_mock.world.world import Snapshot, World

    from .state_files import StateFiles

_CALLS_SHOWN = 100
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)

_STATE_LIMIT = 1 << 28
"""In bytes. A larger state is refused as a body before it is read."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """What the requests act on."""

    mock: ImageBuilderMock
    world: World
    files: StateFiles
    snapshots: dict[str, Snapshot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A request with a form of its own, and what answers it."""

    name: str
    does: str
    action: Callable[[Controlled, dict[str, Any]], object]
    arguments: Mapping[str, Schema] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    example: Mapping[str, object] = field(default_factory=dict)
    body_limit: int = BODY_LIMIT
    is_open: bool = False
    """Whether the body is something else than arguments."""

    def row(self) -> dict[str, object]:
        return {
            "request": self.name,
            "does": self.does,
            "arguments": self.arguments,
            "required": list(self.required),
            "example": self.example,
        }

    def call(self, controlled: Controlled, given: dict[str, Any]) -> object:
        """TypeError names a wrong, unknown or missing argument."""
        known = ", ".join(self.arguments) or "none"
        for name in () if self.is_open else given:
            if name not in self.arguments:
                hint = did_you_mean(name, self.arguments)
                msg = f"{self.name} has no argument {name!r}.{hint} Its arguments are: {known}."
                raise TypeError(msg)
        for name in self.required:
            if name not in given:
                msg = f"{self.name} needs the argument {name!r}. Its arguments are: {known}."
                raise TypeError(msg)
        answer = self.action(controlled, given)
        return {} if answer is None else answer


def _calls(controlled: Controlled, given: dict[str, Any]) -> object:
    operation, last = given.get("operation"), str(given.get("last", _CALLS_SHOWN))
    if not _NUMBER.fullmatch(last):
        msg = f"last={last[:20]!r}: give a whole number, such as 10."
        raise ValueError(msg)
    if operation is not None:
        check_operation(str(operation))
    record = controlled.mock.calls
    wanted = (call for call in reversed([*record]) if operation in {None, call.operation})
    return {
        "count": record.count(operation),
        "dropped": record.dropped,
        "calls": as_json([*islice(wanted, int(last))][::-1]),
    }


def _clock(controlled: Controlled, _: object) -> object:
    return {"now": controlled.mock.clock.now().isoformat()}


def _ui(controlled: Controlled, given: dict[str, Any]) -> object:
    return ui(controlled.mock, controlled.world, given)


def _state(controlled: Controlled, _: object) -> object:
    with controlled.world.lock:
        return state_document(saved(controlled.world))


def _replace_state(controlled: Controlled, given: dict[str, Any]) -> None:
    put_state(controlled.mock, read_document(given, "the body"), "the body")


def _save(controlled: Controlled, given: dict[str, Any]) -> None:
    path = _text(given, "path")
    with controlled.world.lock:
        state = saved(controlled.world)
    controlled.files.save(state, path)


def _load(controlled: Controlled, given: dict[str, Any]) -> None:
    path = _text(given, "path")
    state = controlled.files.load(path)
    put_state(controlled.mock, state, path or "the file of the server")


def _names(controlled: Controlled, _: object) -> object:
    return {"names": sorted(controlled.snapshots)}


def _snapshot(controlled: Controlled, given: dict[str, Any]) -> None:
    controlled.snapshots[str(_text(given, "name"))] = controlled.mock.snapshot()


def _restore(controlled: Controlled, given: dict[str, Any]) -> None:
    controlled.mock.restore(controlled.snapshots[_known(controlled, given)])


def _forget(controlled: Controlled, given: dict[str, Any]) -> None:
    del controlled.snapshots[_known(controlled, given)]


def _known(controlled: Controlled, given: dict[str, Any]) -> str:
    name = str(_text(given, "name"))
    if name not in controlled.snapshots:
        listed = ", ".join(map(repr, sorted(controlled.snapshots))) or "none"
        msg = f"there is no snapshot {name!r}. There are: {listed}."
        raise LookupError(msg)
    return name


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if name in given and (not isinstance(value, str) or not value):
        msg = f"{name}={value!r}: give a string that is not empty."
        raise TypeError(msg)
    return value


_TEXT: Schema = {"type": "string"}
_FILE: dict[str, Any] = {"arguments": {"path": _TEXT}, "example": {"path": "state.json"}}
_NAME: dict[str, Any] = {
    "arguments": {"name": _TEXT},
    "required": ("name",),
    "example": {"name": "before"},
}

REQUESTS = (
    Request(
        "GET calls",
        "The newest calls (100), how many there were, and how many are not kept.",
        _calls,
        arguments={"operation": _TEXT, "last": {"type": "integer"}},
        example={"operation": "GetImage", "last": 10},
    ),
    Request("GET clock", "Mock time.", _clock),
    Request(
        "GET ui",
        "A page for a browser: resources, builds with their timelines, calls, events.",
        _ui,
        arguments={"build": _TEXT},
        example={"build": SOME_IMAGE},
    ),
    Request("GET state", "The state, as ``mock.save()`` writes it.", _state),
    Request(
        "PUT state",
        "Replace the state by that in the body; the clock moves forward to its time.",
        _replace_state,
        body_limit=_STATE_LIMIT,
        is_open=True,
    ),
    Request(
        "POST save",
        "Save the state to a file below the folder of ``--files``, or to that of ``--state``.",
        _save,
        **_FILE,
    ),
    Request("POST load", "Replace the state by that of such a file.", _load, **_FILE),
    Request("POST snapshot", "Remember the state under a name, in memory.", _snapshot, **_NAME),
    Request(
        "POST restore",
        "Go back to a snapshot, any number of times; calls and fault rules stay.",
        _restore,
        **_NAME,
    ),
    Request("POST forget", "Remove a snapshot.", _forget, **_NAME),
    Request("GET snapshots", "The names of the snapshots.", _names),
)
