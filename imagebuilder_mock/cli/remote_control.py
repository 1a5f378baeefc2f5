"""The control object over HTTP: for tests in another process or language.

Every path stands behind ``CONTROL_PREFIX``; bodies and answers are JSON. The requests follow from
the methods that are marked as ``published`` and from the functions of ``control_requests``. Those
from other machines are refused unless they are allowed; ``transports.http.guarding`` decides about
those of web pages.
"""

from __future__ import annotations

import json
import re
from functools import cache, partial
from http import HTTPStatus
from inspect import Parameter, signature
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

from imagebuilder_mock.domain.suggestions import closest, did_you_mean
from imagebuilder_mock.mock import ImageBuilderMock
from imagebuilder_mock.transports.http.wsgi import BODY_LIMIT, CONTROL_PREFIX
from imagebuilder_mock.world.published import MARK, Published
from imagebuilder_mock.world.saved.hints import annotations_of

from .control_json import as_json, codec_for, read
from .control_requests import BODY_LIMITS, REQUESTS, Controlled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from imagebuilder_mock.transports.http.wsgi import ControlRequest
    from imagebuilder_mock.world.saved.codecs import Codec
    from imagebuilder_mock.world.world import World

    from .state_files import StateFiles

_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
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


class Method(NamedTuple):
    """A function that a request calls; its first parameter is the object that it acts on."""

    request: str
    """``POST builds/advance``: the method of HTTP, and the path."""
    function: Callable[..., Any]
    parameters: Mapping[str, Parameter]
    codecs: Mapping[str, Codec]

    @classmethod
    def of(cls, request: str, function: Callable[..., Any]) -> Method:
        _, *parameters = signature(function).parameters.values()
        hints = annotations_of(function)
        return cls(
            request,
            function,
            {each.name: each for each in parameters},
            {each.name: codec_for(hints[each.name], each.kind) for each in parameters},
        )

    @property
    def mark(self) -> Published:
        mark: Published = getattr(self.function, MARK)
        return mark

    def row(self) -> dict[str, object]:
        """The entry in the list of all requests, with the JSON schemas of the arguments."""
        return {
            "request": self.request,
            "does": str(self.function.__doc__).partition("\n")[0],
            "arguments": {
                # As in Python, where a request takes members of any name.
                f"**{name}" if each.kind is Parameter.VAR_KEYWORD else name: (
                    self.codecs[name].schema({})
                )
                for name, each in self.parameters.items()
            },
            "required": self._required(),
            "example": self.mark.example,
        }

    def call(self, owner: object, given: Mapping[str, Any]) -> Any:
        """Call it with arguments from JSON; TypeError names a wrong, unknown or missing one."""
        positional, named = self.arguments(given)
        return self.function(owner, *positional, **named)

    def call_of_mock(self, mock: ImageBuilderMock, given: Mapping[str, Any]) -> object:
        """Call it on the mock, or on the face that the path names; the answer is JSON."""
        face = self.request.partition(" ")[2].rpartition("/")[0]
        returned = as_json(self.call(getattr(mock, face) if face else mock, given))
        return returned if self.mark.answer is None else {self.mark.answer: returned}

    def arguments(self, given: Mapping[str, Any]) -> tuple[list[object], dict[str, object]]:
        """The arguments from JSON, by position and by name."""
        for name in self._required():
            if name not in given:
                raise self._mistake(f"needs the argument {name!r}")
        positional: list[object] = []
        named: dict[str, object] = {}
        kinds = {each.kind: each for each in self.parameters.values()}
        for name, value in given.items():
            each = self.parameters.get(name, kinds.get(Parameter.VAR_KEYWORD))
            if each is None:
                raise self._mistake(f"has no argument {name!r}", name)
            argument = read(name, value, self.codecs[each.name])
            if each.kind is Parameter.VAR_POSITIONAL:
                positional += argument
            elif each.kind is Parameter.POSITIONAL_ONLY:
                positional.append(argument)
            else:
                named[name] = argument
        return positional, named

    def _required(self) -> list[str]:
        variable = {Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL}
        return [
            name
            for name, each in self.parameters.items()
            if each.default is Parameter.empty and each.kind not in variable
        ]

    def _mistake(self, said: str, name: str = "") -> TypeError:
        known = ", ".join(self.parameters) or "none"
        hint = did_you_mean(name, self.parameters)
        return TypeError(f"{self.request} {said}.{hint} Its arguments are: {known}.")


@cache
def own_methods() -> Sequence[Method]:
    """The requests that are about the server itself."""
    return [Method.of(request, function) for request, function in REQUESTS.items()]


@cache
def published_methods() -> Sequence[Method]:
    """The methods and properties of the mock and of its faces that have the mark."""
    faces: dict[str, type] = {"": ImageBuilderMock}
    for name, member in vars(ImageBuilderMock).items():
        if isinstance(member, property):
            faces[f"{name}/"] = annotations_of(member.fget)["return"]
    functions = [
        (face, getattr(member, "fget", member))
        for face, cls in faces.items()
        for member in getattr(cls, "__dict__", {}).values()
    ]
    return [
        Method.of(f"POST {face}{function.__name__}", function)
        for face, function in functions
        if hasattr(function, MARK)
    ]


def rows() -> list[dict[str, object]]:
    """All requests, with the schemas of their arguments and an example each."""
    return [method.row() for method in (*own_methods(), *published_methods())]


class RemoteControl:
    """Answers requests by calling the methods of a mock."""

    def __init__(
        self, mock: ImageBuilderMock, world: World, files: StateFiles, *, allow_remote: bool
    ) -> None:
        self._allow_remote = allow_remote
        controlled = Controlled(mock, world, files, {})
        self._actions: dict[str, Callable[[dict[str, Any]], object]] = {
            "GET ": lambda _: {"requests": rows()},
            **{each.request: partial(each.call, controlled) for each in own_methods()},
            **{each.request: partial(each.call_of_mock, mock) for each in published_methods()},
        }

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
            return _said(
                HTTPStatus.NOT_FOUND,
                f"There is no control {asked!r}.{self._meant(asked)} "
                f"GET {CONTROL_PREFIX} lists all.",
            )
        try:
            answer = action(_parameters(request, BODY_LIMITS.get(asked, BODY_LIMIT)))
        except _MISTAKES as error:
            return _said(HTTPStatus.BAD_REQUEST, f"{type(error).__name__}: {error}")
        return HTTPStatus.OK, {} if answer is None else answer

    def _meant(self, asked: str) -> str:
        """A hint: another method of HTTP for the path, the methods of a face, or a similar path."""
        path = asked.partition(" ")[2]
        paths = {name.partition(" ")[2]: name for name in self._actions}
        below = [name for name in paths if name.startswith(f"{path}/")]
        if path not in paths and below:
            return f" Of {path} there are: {', '.join(paths[name] for name in below)}."
        meant = path if path in paths else closest(path, paths)
        return f" Did you mean {paths[meant]!r}?" if meant else ""


def _parameters(request: ControlRequest, limit: int) -> dict[str, Any]:
    """The arguments in the query or the body; ValueError if that is no JSON object.

    ValueError too for arguments in the other one, where nothing would read them.
    """
    body = request.body(limit)
    if request.method == "GET":
        if body:
            msg = "a GET has its arguments in the query, not in the body"
            raise ValueError(msg)
        given = parse_qs(request.query)
        last = {name: values[-1] for name, values in given.items()}
        return {name: int(text) if _NUMBER.fullmatch(text) else text for name, text in last.items()}
    if request.query:
        msg = f"a {request.method} has its arguments in the body, as JSON, not in the query"
        raise ValueError(msg)
    params = json.loads(body or b"{}")
    if not isinstance(params, dict):
        msg = "the body must be a JSON object"
        raise ValueError(msg)  # noqa: TRY004 - the caller's text is wrong, not a type of ours
    return params


def _is_loopback(client: str) -> bool:
    try:
        address = ip_address(client)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _said(status: HTTPStatus, message: str) -> tuple[int, object]:
    return status, {"message": message}
