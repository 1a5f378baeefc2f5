"""The control object over HTTP: for tests in another process or language.

Every path stands behind ``CONTROL_PREFIX``; bodies and answers are JSON. It is for the machine
that the server runs on: requests from elsewhere are refused unless that is allowed, and so are
those of web pages, whose scripts a browser on this machine runs.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from ipaddress import ip_address
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagebuilder_mock.mock import ImageBuilderMock
    from imagebuilder_mock.transports.http.wsgi import ControlRequest
    from imagebuilder_mock.world.record import Call

# What the control object says to a wrong use of it.
_MISTAKES = (TypeError, ValueError, LookupError, ArithmeticError, RuntimeError, OSError)

_CALLS_SHOWN = 100


class RemoteControl:
    """Does to a mock what requests ask for."""

    def __init__(self, mock: ImageBuilderMock, *, allow_remote: bool) -> None:
        self._mock = mock
        self._allow_remote = allow_remote
        self._actions: dict[tuple[str, str], Callable[[dict[str, Any]], object]] = {
            ("GET", "calls"): self._calls,
            ("GET", "clock"): self._clock,
            ("POST", "builds/fail-next"): self._fail_next,
            ("POST", "clock/advance"): self._advance,
            ("POST", "load"): self._load,
            ("POST", "reset"): self._reset,
            ("POST", "save"): self._save,
        }

    def __call__(self, request: ControlRequest) -> tuple[int, object]:
        """A status and the answer's members; a mistake is 400 with a message that explains it."""
        if not self._allow_remote and not _is_loopback(request.client):
            return _said(
                HTTPStatus.FORBIDDEN,
                "The mock is controlled from the machine that it runs on, unless it is started "
                "with --allow-remote-control.",
            )
        if request.is_from_a_web_page:
            return _said(HTTPStatus.FORBIDDEN, "Web pages do not control the mock.")
        action = self._actions.get((request.method, request.name))
        if action is None:
            listed = ", ".join(f"{method} {name}" for method, name in self._actions)
            return _said(HTTPStatus.NOT_FOUND, f"There is no such control. There are: {listed}.")
        try:
            return HTTPStatus.OK, action(_parameters(request))
        except NotImplementedError as error:
            return _said(HTTPStatus.NOT_IMPLEMENTED, str(error))
        except _MISTAKES as error:
            return _said(HTTPStatus.BAD_REQUEST, f"{type(error).__name__}: {error}")

    def _reset(self, _: dict[str, Any]) -> object:
        self._mock.reset()
        return {}

    def _clock(self, _: dict[str, Any]) -> object:
        return {"now": self._mock.clock.now().isoformat()}

    def _advance(self, params: dict[str, Any]) -> object:
        self._mock.clock.advance(**params)
        return self._clock({})

    def _fail_next(self, params: dict[str, Any]) -> object:
        self._method(self._mock.builds, "fail_next")(**params)
        return {}

    def _save(self, params: dict[str, Any]) -> object:
        self._method(self._mock, "save")(_path(params))
        return {}

    def _load(self, params: dict[str, Any]) -> object:
        self._method(self._mock, "load")(_path(params))
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
            "calls": [_shown(call) for call in reversed(newest)],
        }

    @staticmethod
    def _method(owner: object, name: str) -> Callable[..., object]:
        method: Callable[..., object] | None = getattr(owner, name, None)
        if method is None:
            msg = f"imagebuilder_mock does not have {name} yet."
            raise NotImplementedError(msg)
        return method


def _parameters(request: ControlRequest) -> dict[str, Any]:
    """Out of the query, or out of the body; ValueError if that is no JSON object."""
    if request.method == "GET":
        return {name: values[-1] for name, values in parse_qs(request.query).items()}
    params = json.loads(request.body or b"{}")
    if not isinstance(params, dict):
        msg = "the body must be a JSON object"
        raise ValueError(msg)  # noqa: TRY004 - the caller's text is wrong, not a type of ours
    return params


def _path(params: dict[str, Any]) -> str:
    path = params.get("path")
    if not isinstance(path, str) or not path or len(params) != 1:
        msg = 'say which file: {"path": "state.json"}'
        raise ValueError(msg)
    return path


def _is_loopback(client: str) -> bool:
    try:
        address = ip_address(client)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _shown(call: Call) -> dict[str, object]:
    error = call.error and {"code": call.error.code, "message": call.error.message}
    return {
        "operation": call.operation,
        "parameters": call.parameters,
        "region": call.region,
        "accountId": call.account_id,
        "time": call.time.isoformat(),
        "result": call.result,
        "error": error,
    }


def _said(status: HTTPStatus, message: str) -> tuple[int, object]:
    return status, {"message": message}
