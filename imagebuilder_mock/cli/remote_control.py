"""The control object over HTTP: for tests in another process or language.

Every path stands behind ``CONTROL_PREFIX``; bodies and answers are JSON. The requests follow from
the methods that are marked as ``published``; a few have a form of their own. They are for the
machine that the server runs on: requests from elsewhere are refused unless that is allowed. What
web pages may ask is ``transports.http.guarding``'s business.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache, partial
from http import HTTPStatus
from inspect import Parameter, signature
from ipaddress import ip_address
from itertools import islice
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin
from urllib.parse import parse_qs

from imagebuilder_mock.domain.resources.base import member_name
from imagebuilder_mock.mock import ImageBuilderMock
from imagebuilder_mock.testing.pages.table import Table
from imagebuilder_mock.transports.http.wsgi import BODY_LIMIT
from imagebuilder_mock.world.published import MARK, Published
from imagebuilder_mock.world.saved.codecs import Many
from imagebuilder_mock.world.saved.damage import Damage
from imagebuilder_mock.world.saved.files import read_document, replace_state, state_document
from imagebuilder_mock.world.saved.hints import annotations_of
from imagebuilder_mock.world.saved.records import codec_of
from imagebuilder_mock.world.saved.worlds import saved

if TYPE_CHECKING:
    from imagebuilder_mock.transports.http.wsgi import ControlRequest
    from imagebuilder_mock.world.saved.codecs import Codec, Schema
    from imagebuilder_mock.world.world import Snapshot, World

    from .state_files import StateFiles

# What the control object says to a wrong use of it, or to an assertion that does not hold.
_MISTAKES = (
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    OSError,
    AssertionError,
)

_CALLS_SHOWN = 100
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)

STATE_LIMIT = 1 << 28
"""In bytes. A larger state is refused as a body before it is read."""

_NOUNS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


@dataclass(frozen=True, slots=True)
class Method:
    """A published method or property: of a part of the mock, the ``face``, or of the mock."""

    face: str
    function: Callable[..., Any]
    is_property: bool
    parameters: Mapping[str, Parameter]
    codecs: Mapping[str, Codec]

    @classmethod
    def of(cls, face: str, member: Any) -> Method:
        function: Any = member.fget if isinstance(member, property) else member
        _, *parameters = signature(function).parameters.values()
        hints = annotations_of(function)
        return cls(
            face,
            function,
            isinstance(member, property),
            {each.name: each for each in parameters},
            {each.name: _codec(hints[each.name], each.kind) for each in parameters},
        )

    @property
    def path(self) -> str:
        return f"{self.face}/{self.function.__name__}".lstrip("/")

    @property
    def mark(self) -> Published:
        mark: Published = getattr(self.function, MARK)
        return mark

    def row(self) -> dict[str, object]:
        """The entry in the list of all requests, with the JSON schemas of the arguments."""
        return {
            "request": f"POST {self.path}",
            "does": str(self.function.__doc__).partition("\n")[0],
            "arguments": {name: codec.schema({}) for name, codec in self.codecs.items()},
            "required": self._required(),
            "example": self.mark.example,
        }

    def call(self, mock: ImageBuilderMock, given: Mapping[str, Any]) -> object:
        """Call it with arguments from JSON; TypeError names a wrong, unknown or missing one."""
        found = getattr(getattr(mock, self.face) if self.face else mock, self.function.__name__)
        positional, named = self._arguments(given)
        returned = _json(found if self.is_property else found(*positional, **named))
        if self.mark.answer is not None:
            return {self.mark.answer: returned}
        return {} if returned is None else returned

    def _arguments(self, given: Mapping[str, Any]) -> tuple[list[object], dict[str, object]]:
        for name in self._required():
            if name not in given:
                raise self._mistake(f"needs the argument {name!r}")
        positional: list[object] = []
        named: dict[str, object] = {}
        kinds = {each.kind: each for each in self.parameters.values()}
        for name, value in given.items():
            each = self.parameters.get(name, kinds.get(Parameter.VAR_KEYWORD))
            if each is None:
                raise self._mistake(f"has no argument {name!r}")
            read = _read(name, value, self.codecs[each.name])
            if each.kind is Parameter.VAR_POSITIONAL:
                positional += read
            elif each.kind is Parameter.POSITIONAL_ONLY:
                positional.append(read)
            else:
                named[name] = read
        return positional, named

    def _required(self) -> list[str]:
        variable = {Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL}
        return [
            name
            for name, each in self.parameters.items()
            if each.default is Parameter.empty and each.kind not in variable
        ]

    def _mistake(self, said: str) -> TypeError:
        known = ", ".join(self.parameters) or "none"
        return TypeError(f"{self.path} {said}. Its arguments are: {known}.")


@cache
def published_methods() -> Mapping[str, Method]:
    """The methods of the mock and of its faces, by their paths: ``reset``, ``builds/advance``."""
    faces: dict[str, type] = {"": ImageBuilderMock}
    for name, member in vars(ImageBuilderMock).items():
        if isinstance(member, property):
            faces[name] = annotations_of(member.fget)["return"]
    methods = [
        Method.of(face, member)
        for face, cls in faces.items()
        for member in getattr(cls, "__dict__", {}).values()
        if hasattr(getattr(member, "fget", member), MARK)
    ]
    return {method.path: method for method in methods}


@dataclass(frozen=True, slots=True)
class Request:
    """A request with a form of its own, and what answers it."""

    name: str
    does: str
    action: Callable[[dict[str, Any]], object]
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

    def __call__(self, given: dict[str, Any]) -> object:
        known = ", ".join(self.arguments) or "none"
        for name in () if self.is_open else given:
            if name not in self.arguments:
                msg = f"{self.name} has no argument {name!r}. Its arguments are: {known}."
                raise TypeError(msg)
        for name in self.required:
            if name not in given:
                msg = f"{self.name} needs the argument {name!r}. Its arguments are: {known}."
                raise TypeError(msg)
        answer = self.action(given)
        return {} if answer is None else answer


class RemoteControl:
    """Calls the methods of a mock for requests."""

    def __init__(
        self, mock: ImageBuilderMock, world: World, files: StateFiles, *, allow_remote: bool
    ) -> None:
        self._mock = mock
        self._world = world
        self._files = files
        self._snapshots: dict[str, Snapshot] = {}
        self._allow_remote = allow_remote
        own = {request.name: request for request in self._own_requests()}
        self._actions: dict[str, Callable[[dict[str, Any]], object]] = {
            **own,
            **{
                f"POST {path}": partial(each.call, mock)
                for path, each in published_methods().items()
            },
        }
        self._limits = {name: request.body_limit for name, request in own.items()}

    def __call__(self, request: ControlRequest) -> tuple[int, object]:
        """The status and the answer; a mistake is 400 with a message that explains it.

        An ImageBuilderError if the body is too large, too slow or incomplete.
        """
        if not self._allow_remote and not _is_loopback(request.client):
            return _said(
                HTTPStatus.FORBIDDEN,
                "The mock is controlled from the machine that it runs on, unless it is started "
                "with --allow-remote-control.",
            )
        asked = f"{request.method} {request.name.replace('-', '_')}"
        action = self._actions.get(asked)
        if action is None:
            listed = ", ".join(self._actions)
            return _said(HTTPStatus.NOT_FOUND, f"There is no such control. There are: {listed}.")
        try:
            return HTTPStatus.OK, action(_parameters(request, self._limits.get(asked, BODY_LIMIT)))
        except _MISTAKES as error:
            return _said(HTTPStatus.BAD_REQUEST, f"{type(error).__name__}: {error}")

    def rows(self) -> list[dict[str, object]]:
        """All requests, with the schemas of their arguments and an example each."""
        methods = [method.row() for method in published_methods().values()]
        return [*(request.row() for request in self._own_requests()), *methods]

    def _own_requests(self) -> list[Request]:
        text: Schema = {"type": "string"}
        file, name = {"path": text}, {"name": text}
        return [
            Request("GET ", "All requests, as here.", lambda _: {"requests": self.rows()}),
            Request(
                "GET calls",
                "The newest calls (100), how many there were, and how many are not kept.",
                self._calls,
                arguments={"operation": text, "last": {"type": "integer"}},
                example={"operation": "GetImage", "last": 10},
            ),
            Request(
                "GET clock",
                "Mock time.",
                lambda _: published_methods()["clock/now"].call(self._mock, {}),
            ),
            Request("GET state", "The state, as ``mock.save()`` writes it.", self._state),
            Request(
                "PUT state",
                "Replace the state by the one in the body; the clock moves forward to its time.",
                self._replace_state,
                body_limit=STATE_LIMIT,
                is_open=True,
            ),
            Request(
                "POST save",
                "Save the state to the server's own file, or to one below the folder of --files.",
                self._save,
                arguments=file,
                example={"path": "state.json"},
            ),
            Request(
                "POST load",
                "Replace the state by that of such a file.",
                self._load,
                arguments=file,
                example={"path": "state.json"},
            ),
            Request("GET snapshots", "The names of the snapshots.", self._names),
            Request(
                "POST snapshot",
                "Remember the state under a name, in memory.",
                self._snapshot,
                arguments=name,
                required=("name",),
                example={"name": "before"},
            ),
            Request(
                "POST restore",
                "Go back to a snapshot, any number of times; calls and fault rules stay.",
                lambda given: self._named(given).restore(self._world),
                arguments=name,
                required=("name",),
                example={"name": "before"},
            ),
            Request(
                "POST forget",
                "Remove a snapshot.",
                self._forget,
                arguments=name,
                required=("name",),
                example={"name": "before"},
            ),
        ]

    def _calls(self, given: dict[str, Any]) -> object:
        operation, last = given.get("operation"), str(given.get("last", _CALLS_SHOWN))
        if not _NUMBER.fullmatch(last):
            msg = f"last={last[:20]!r}: give a whole number, such as 10."
            raise ValueError(msg)
        record = self._mock.calls
        wanted = (call for call in reversed([*record]) if operation in {None, call.operation})
        return {
            "count": record.count(operation),
            "dropped": record.dropped,
            "calls": _json([*islice(wanted, int(last))][::-1]),
        }

    def _state(self, _: object) -> object:
        with self._world.lock:
            return state_document(saved(self._world))

    def _replace_state(self, given: dict[str, Any]) -> None:
        replace_state(self._world, read_document(given, "the body"), "the body")

    def _save(self, given: dict[str, Any]) -> None:
        with self._world.lock:
            state = saved(self._world)
        self._files.save(state, _text(given, "path"))

    def _load(self, given: dict[str, Any]) -> None:
        path = _text(given, "path")
        replace_state(self._world, self._files.load(path), path or "the file of the server")

    def _names(self, _: object) -> object:
        return {"names": sorted(self._snapshots)}

    def _snapshot(self, given: dict[str, Any]) -> None:
        name = _text(given, "name") or ""
        self._snapshots[name] = self._mock.snapshot()

    def _named(self, given: dict[str, Any]) -> Snapshot:
        name = _text(given, "name") or ""
        if name not in self._snapshots:
            listed = ", ".join(map(repr, sorted(self._snapshots))) or "none"
            msg = f"there is no snapshot {name!r}. There are: {listed}."
            raise LookupError(msg)
        return self._snapshots[name]

    def _forget(self, given: dict[str, Any]) -> None:
        self._named(given)
        self._snapshots.pop(_text(given, "name") or "", None)


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        msg = f"{name}={value!r}: give a string that is not empty."
        raise TypeError(msg)
    return value


def _parameters(request: ControlRequest, limit: int) -> dict[str, Any]:
    """The arguments in the query or the body; ValueError if that is no JSON object."""
    if request.method == "GET":
        return {name: values[-1] for name, values in parse_qs(request.query).items()}
    params = json.loads(request.body(limit) or b"{}")
    if not isinstance(params, dict):
        msg = "the body must be a JSON object"
        raise ValueError(msg)  # noqa: TRY004 - the caller's text is wrong, not a type of ours
    return params


# Between JSON and Python: times are ISO text, and lengths of time seconds.


def _codec(hint: Any, kind: object) -> Codec:
    """The codec of an argument, for those types of a union that JSON can express."""
    if get_origin(hint) in {Union, types.UnionType}:
        hint = Union[tuple(part for part in get_args(hint) if _is_in_json(part))]  # noqa: UP007
    codec = codec_of(hint)
    return Many(codec, list) if kind is Parameter.VAR_POSITIONAL else codec


def _is_in_json(part: Any) -> bool:
    if get_origin(part) is not None or not isinstance(part, type):
        return get_origin(part) not in {type, Callable}
    return not issubclass(part, Enum) and not is_dataclass(part)


def _read(name: str, value: object, codec: Codec) -> Any:
    try:
        return codec.read(value)
    except Damage:
        msg = f"{name}={value!r}: give {_noun(codec.schema({}))}."
        raise TypeError(msg) from None


def _noun(schema: Schema) -> str:
    """``a string``, or ``a whole number or null``."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_noun, schema["anyOf"])))
    if "enum" in schema:
        return f"one of {', '.join(map(repr, schema['enum']))}"
    if schema.get("format") == "date-time":
        return "a time with its zone, such as '2024-01-31T12:00:00+00:00'"
    return _NOUNS.get(schema.get("type", ""), "another value")


def _json(value: Any) -> object:
    """What a method returned, as JSON; members of objects have names such as ``accountId``."""
    if isinstance(value, Table):
        return {"title": value.title, "rows": _json(value.rows)}
    if isinstance(value, (datetime, timedelta)):
        return value.isoformat() if isinstance(value, datetime) else value.total_seconds()
    if is_dataclass(value) and not isinstance(value, type):
        names = [each.name.lstrip("_") for each in fields(value)]
        return {member_name(name): _json(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(name): _json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    return value


def _is_loopback(client: str) -> bool:
    try:
        address = ip_address(client)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _said(status: HTTPStatus, message: str) -> tuple[int, object]:
    return status, {"message": message}
