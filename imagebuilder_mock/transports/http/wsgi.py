"""The way in for other processes and languages: the service as a WSGI application."""

from __future__ import annotations

import json
import logging
from http.client import responses
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from imagebuilder_mock.domain.errors import ImageBuilderError, InvalidRequestException
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.world.faults import LostRequestError
from imagebuilder_mock.world.record import UnexpectedCallError

from .wire import RawRequest, answer, sent_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer

    Environ: TypeAlias = "Mapping[str, Any]"
    Headers: TypeAlias = "list[tuple[str, str]]"
    StartResponse: TypeAlias = "Callable[[str, Headers], object]"
    WsgiApplication: TypeAlias = "Callable[[Environ, Any], Iterable[bytes]]"
    Control: TypeAlias = "Callable[[ControlRequest], tuple[int, object]]"

CONTROL_PREFIX = "/_imagebuilder_mock/"
BODY_LIMIT = 1 << 20
"""In bytes. A larger body is refused before it is read."""

CHUNK = 1 << 16
"""How many bytes of a body are read at a time."""

server_log = logging.getLogger("imagebuilder_mock.cli.server")
"""A line for each request, at INFO, and what goes wrong on the way."""


class RequestTooLargeException(ImageBuilderError):
    """The body has more than ``BODY_LIMIT`` bytes."""

    status = 413


class RequestTimeoutException(ImageBuilderError):
    """The body did not come in time."""

    status = 408


class NotImplementedException(ImageBuilderError):
    """The installed botocore has an operation that the mock does not have yet."""

    status = 501


class UnexpectedCallException(ImageBuilderError):
    """The test does not expect the operation (``mock.calls.expect_only``)."""

    status = 400


class ServiceException(ImageBuilderError):
    """An exception inside the mock."""


class ServiceUnavailableException(ImageBuilderError):
    """A fault rule loses the request."""


_BROKEN = ServiceException(
    "An internal server error occurred while Image Builder processed the request."
)
_UNAVAILABLE = ServiceUnavailableException("The service is unavailable.")


def shown(method: str, path: str) -> str:
    """A request as a line for the log, without control characters.

    The query, which may hold a signature, is left out.
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in f"{method} {path}"
    )


class ControlRequest:
    """A request to the mock itself: the path after the prefix, and who sends it."""

    def __init__(self, environ: Environ, request: RawRequest) -> None:
        self._environ = environ
        self.method = request.method
        self.name = request.path.removeprefix(CONTROL_PREFIX)
        self.query = request.query
        self.client = str(environ.get("REMOTE_ADDR", ""))

    def body(self, limit: int) -> bytes:
        """The whole body. An ImageBuilderError if it is too large, too slow or incomplete."""
        return _body(self._environ, limit)


class WebPage(Value):
    """An answer of the control for people: HTML, while all others are JSON."""

    html: str

    # The page loads nothing from elsewhere, and no other page may show it.
    headers: ClassVar[Mapping[str, str]] = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        ),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


class Application:
    """Answers requests as the service does; those with the prefix go to ``control``.

    Of requests it logs method, path and status; a query may hold a signature.
    """

    def __init__(self, gateway: Gateway, control: Control) -> None:
        self._gateway = gateway
        self._control = control

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        is_cut = False
        try:
            status, headers, body, is_cut = self._answer(environ)
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer, and we the trace
            given = self._gateway.refuse(_BROKEN)
            server_log.exception("request %s failed", given.request_id)
            status, headers, body = given.status, given.headers, given.body
        start_response(
            f"{status} {responses.get(status, '')}",
            [*headers.items(), ("Content-Length", str(len(body)))],
        )
        sent = sent_body(environ["REQUEST_METHOD"], body)
        return [sent[: len(sent) // 2] if is_cut else sent]

    def _answer(self, environ: Environ) -> tuple[int, dict[str, str], bytes, bool]:
        """Status, headers and body, and whether the body is to be cut off."""
        request = request_of(environ)
        if request.path.startswith(CONTROL_PREFIX):
            status, members = self._controlled(environ, request)
            server_log.info("%s %s", shown(request.method, request.path), status)
            if isinstance(members, WebPage):
                return status, dict(members.headers), members.html.encode(), False
            body = json.dumps(members, default=str).encode()
            return status, {"content-type": "application/json"}, body, False
        given = self._given(environ, request)
        server_log.info(
            "%s %s %s", shown(request.method, request.path), given.status, given.request_id
        )
        return given.status, given.headers, given.body, given.is_cut

    def _given(self, environ: Environ, request: RawRequest) -> Answer:
        try:
            return answer(self._gateway, request.with_body(_body(environ)))
        except LostRequestError:
            # A server has to answer something; clients retry this just as a lost request.
            return self._gateway.refuse(_UNAVAILABLE)
        except ImageBuilderError as error:
            return self._gateway.refuse(error)
        except NotImplementedError as error:
            return self._gateway.refuse(NotImplementedException(str(error)))
        except UnexpectedCallError as error:
            # No SDK retries this, and the client says what is wrong.
            return self._gateway.refuse(UnexpectedCallException(error.message))

    def _controlled(self, environ: Environ, request: RawRequest) -> tuple[int, object]:
        try:
            return self._control(ControlRequest(environ, request))
        except ImageBuilderError as error:
            return self._gateway.refuse(error).status, {"message": error.message}


def request_of(environ: Environ) -> RawRequest:
    """The request without its body. Servers keep the original path in variables of their own."""
    target = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if target is None:
        target = quote(environ["PATH_INFO"].encode("latin-1"))
        if environ.get("QUERY_STRING"):
            target = f"{target}?{environ['QUERY_STRING']}"
    host = environ.get("HTTP_HOST", "")
    return RawRequest.of_target(
        environ["REQUEST_METHOD"],
        host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host,
        target.encode("latin-1", "replace").decode(errors="replace"),
        environ.get("HTTP_AUTHORIZATION"),
    )


def _body(environ: Environ, limit: int = BODY_LIMIT) -> bytes:
    """The whole body. An ImageBuilderError if it is too large, too slow or incomplete."""
    expected = _content_length(environ)
    if expected is None and not environ.get("wsgi.input_terminated"):
        return b""
    chunks = bytearray()
    try:
        while expected is None or len(chunks) < expected:
            if (expected or len(chunks)) > limit:
                msg = f"The request body must not have more than {limit} bytes."
                raise RequestTooLargeException(msg)
            size = CHUNK if expected is None else min(CHUNK, expected - len(chunks))
            chunk = environ["wsgi.input"].read(size)
            if not chunk:
                break
            chunks += chunk
    except TimeoutError:
        raise RequestTimeoutException("The request body took too long to arrive.") from None
    except OSError:
        raise InvalidRequestException("The request body could not be read.") from None
    if expected is not None and len(chunks) < expected:
        raise InvalidRequestException("The request body ended before its Content-Length.")
    return bytes(chunks)


def _content_length(environ: Environ) -> int | None:
    text = environ.get("CONTENT_LENGTH") or ""
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise InvalidRequestException("The Content-Length is not a number.")
    return int(text[:20])
