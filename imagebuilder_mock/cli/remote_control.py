"""The control object over HTTP: for tests in another process or language.

Every path stands behind ``CONTROL_PREFIX``; bodies and answers are JSON. The requests follow from
the methods that are marked as ``published``. They are for the machine that the server runs on:
requests from elsewhere are refused unless that is allowed, and so are those of web pages, whose
scripts a browser on this machine runs.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache, partial
from http import HTTPStatus
from inspect import Parameter, signature
from ipaddress import ip_address
from itertools import islice
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin
from urllib.parse import parse_qs

from imagebuilder_mock.domain.records import is_record, members_of
from imagebuilder_mock.domain.resources.base import member_name
from imagebuilder_mock.mock import ImageBuilderMock
from imagebuilder_mock.testing.pages.table import Table
from imagebuilder_mock.world.published import MARK, Published
from imagebuilder_mock.world.saved.codecs import Many
from imagebuilder_mock.world.saved.damage import Damage
from imagebuilder_mock.world.saved.hints import annotations_of
from imagebuilder_mock.world.saved.records import codec_of

if TYPE_CHECKING:
    from imagebuilder_mock.transports.http.wsgi import ControlRequest
    from imagebuilder_mock.world.saved.codecs import Codec, Schema

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
        found = _attribute(getattr(mock, self.face) if self.face else mock, self.function.__name__)
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


class RemoteControl:
    """Calls the methods of a mock for requests."""

    def __init__(self, mock: ImageBuilderMock, *, allow_remote: bool) -> None:
        self._mock = mock
        self._allow_remote = allow_remote
        methods = published_methods()
        self._actions: dict[tuple[str, str], Callable[[dict[str, Any]], object]] = {
            ("GET", ""): lambda _: {"requests": [method.row() for method in methods.values()]},
            ("GET", "calls"): self._calls,
            ("GET", "clock"): lambda _: methods["clock/now"].call(mock, {}),
            # They take a file of this machine.
            ("POST", "load"): partial(self._with_file, "load"),
            ("POST", "save"): partial(self._with_file, "save"),
            **{("POST", path): partial(method.call, mock) for path, method in methods.items()},
        }

    def __call__(self, request: ControlRequest) -> tuple[int, object]:
        """The status and the answer; a mistake is 400 with a message that explains it."""
        if not self._allow_remote and not _is_loopback(request.client):
            return _said(
                HTTPStatus.FORBIDDEN,
                "The mock is controlled from the machine that it runs on, unless it is started "
                "with --allow-remote-control.",
            )
        if request.is_from_a_web_page:
            return _said(HTTPStatus.FORBIDDEN, "Web pages do not control the mock.")
        action = self._actions.get((request.method, request.name.replace("-", "_")))
        if action is None:
            listed = ", ".join(f"{method} {name}" for method, name in self._actions)
            return _said(HTTPStatus.NOT_FOUND, f"There is no such control. There are: {listed}.")
        try:
            return HTTPStatus.OK, action(_parameters(request))
        except NotImplementedError as error:
            return _said(HTTPStatus.NOT_IMPLEMENTED, str(error))
        except _MISTAKES as error:
            return _said(HTTPStatus.BAD_REQUEST, f"{type(error).__name__}: {error}")

    def _with_file(self, name: str, params: dict[str, Any]) -> object:
        path = params.get("path")
        if not isinstance(path, str) or not path or len(params) != 1:
            msg = 'say which file: {"path": "state.json"}'
            raise ValueError(msg)
        _attribute(self._mock, name)(path)
        return {}

    def _calls(self, params: dict[str, Any]) -> object:
        """The newest calls, the last one last: ``?operation=GetImage&last=10``."""
        operation, last = params.get("operation"), int(params.get("last", _CALLS_SHOWN))
        record = self._mock.calls
        wanted = (call for call in reversed([*record]) if operation in {None, call.operation})
        newest = list(islice(wanted, max(last, 0)))
        return {
            "count": record.count(operation),
            "dropped": record.dropped,
            "calls": _json(newest[::-1]),
        }


def _attribute(owner: object, name: str) -> Any:
    if not hasattr(owner, name):
        msg = f"imagebuilder_mock does not have {name} yet."
        raise NotImplementedError(msg)
    return getattr(owner, name)


def _parameters(request: ControlRequest) -> dict[str, Any]:
    """The arguments in the query or the body; ValueError if that is no JSON object."""
    if request.method == "GET":
        return {name: values[-1] for name, values in parse_qs(request.query).items()}
    params = json.loads(request.body or b"{}")
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
    return not issubclass(part, Enum) and not is_record(part)


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
    if is_record(type(value)):
        names = [member.name.lstrip("_") for member in members_of(type(value))]
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
