"""The control object over HTTP: for tests in another process or language.

Every path stands behind ``CONTROL_PREFIX``; bodies and answers are JSON. The requests follow from
the methods that are marked as ``published``; a few have a form of their own. They are for the
machine that the server runs on: requests from elsewhere are refused unless that is allowed. What
web pages may ask is ``transports.http.guarding``'s business.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from inspect import Parameter, signature
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from imagebuilder_mock.domain.suggestions import closest, did_you_mean
from imagebuilder_mock.mock import ImageBuilderMock
from imagebuilder_mock.transports.http.wsgi import BODY_LIMIT, CONTROL_PREFIX
from imagebuilder_mock.world.published import MARK, Published
from imagebuilder_mock.world.saved.hints import annotations_of

from .control_json import as_json, codec_for, read
from .control_requests import REQUESTS, Controlled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagebuilder_mock.transports.http.wsgi import ControlRequest
    from imagebuilder_mock.world.saved.codecs import Codec
    from imagebuilder_mock.world.world import World

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
            {each.name: codec_for(hints[each.name], each.kind) for each in parameters},
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
        returned = as_json(found if self.is_property else found(*positional, **named))
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
        return TypeError(f"{self.path} {said}.{hint} Its arguments are: {known}.")


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


def rows() -> list[dict[str, object]]:
    """All requests, with the schemas of their arguments and an example each."""
    methods = published_methods().values()
    return [*(request.row() for request in REQUESTS), *(method.row() for method in methods)]


class RemoteControl:
    """Calls the methods of a mock for requests."""

    def __init__(
        self, mock: ImageBuilderMock, world: World, files: StateFiles, *, allow_remote: bool
    ) -> None:
        self._allow_remote = allow_remote
        controlled = Controlled(mock, world, files)
        self._actions: dict[str, Callable[[dict[str, Any]], object]] = {
            "GET ": lambda _: {"requests": rows()},
            **{request.name: partial(request.call, controlled) for request in REQUESTS},
            **{
                f"POST {path}": partial(each.call, mock)
                for path, each in published_methods().items()
            },
        }
        self._limits = {request.name: request.body_limit for request in REQUESTS}

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
            return HTTPStatus.OK, action(_parameters(request, self._limits.get(asked, BODY_LIMIT)))
        except _MISTAKES as error:
            return _said(HTTPStatus.BAD_REQUEST, f"{type(error).__name__}: {error}")

    def _meant(self, asked: str) -> str:
        """What may have been meant: another method of HTTP, a method of a face, or a like path."""
        path = asked.partition(" ")[2]
        paths = {name.partition(" ")[2]: name for name in self._actions}
        below = [name for name in paths if name.startswith(f"{path}/")]
        if path not in paths and below:
            return f" Of {path} there are: {', '.join(paths[name] for name in below)}."
        meant = path if path in paths else closest(path, paths)
        return f" Did you mean {paths[meant]!r}?" if meant else ""


def _parameters(request: ControlRequest, limit: int) -> dict[str, Any]:
    """The arguments in the query or the body; ValueError if that is no JSON object."""
    if request.method == "GET":
        return {name: values[-1] for name, values in parse_qs(request.query).items()}
    params = json.loads(request.body(limit) or b"{}")
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
