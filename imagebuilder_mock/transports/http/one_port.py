"""One port for all of AWS: each request goes to the application that answers for its service.

A request is for Image Builder by the service of its signature, by its host, or by the path of the
control over HTTP. Only these have limits of size and time: an upload to S3 may be large. For the
rest of AWS moto answers, or another server: requests go there as they are, and its answers come
back in pieces.
"""

from __future__ import annotations

from functools import partial
from html import escape
from http.client import responses as reasons
from typing import TYPE_CHECKING, Any

from urllib3 import Timeout, connection_from_url
from urllib3.exceptions import HTTPError
from urllib3.util import SKIP_HEADER, parse_url

from imagebuilder_mock.protocol.identity import account_of

from .wire import is_for_image_builder, scope_in
from .wsgi import CHUNK, CONTROL_PREFIX, request_of, server_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message

    from urllib3 import BaseHTTPResponse

    from .wsgi import Environ, Headers, StartResponse, WsgiApplication

HEADERS = "imagebuilder_mock.headers"
"""In a request's environ: its headers as they came, since WSGI loses their names and order."""
TAKE_TIME = "imagebuilder_mock.take_time"
"""In a request's environ: a function that makes the server wait for all of a slow body."""

_ACCOUNT = "HTTP_X_MOTO_ACCOUNT_ID"
"""The header that tells moto the account; it counts more than the access key."""


class OnePort:
    """Image Builder's application, and the one for the rest of AWS."""

    def __init__(self, own: WsgiApplication, rest: WsgiApplication) -> None:
        self._own = own
        self._rest = rest

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = request_of(environ)
        if request.path.startswith(CONTROL_PREFIX) or is_for_image_builder(request):
            return self._own(environ, start_response)
        take_time = environ.get(TAKE_TIME)
        if take_time is not None:
            take_time()

        def start(status: str, headers: Headers, *more: Any) -> object:
            server_log.info("%s %s %s", request.method, request.path, status.partition(" ")[0])
            return start_response(status, headers, *more)

        return self._rest(environ, start)


class InOneAccount:
    """moto's application, where access keys mean the same accounts as here."""

    def __init__(self, moto: WsgiApplication, default: str) -> None:
        self._moto = moto
        self._default = default

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = request_of(environ)
        scope = scope_in(request.authorization, request.query)
        if scope is None or _ACCOUNT in environ:
            return self._moto(environ, start_response)
        account = account_of(scope.access_key, default=self._default)
        return self._moto({**environ, _ACCOUNT: account}, start_response)


_PATIENCE = 5.0
"""Seconds for connecting. There is no limit for the answer but the client's own."""

_POOL = 64
_NOT_THERE = "502 Bad Gateway"

# Headers of one connection, which are not passed on; the server has answered Expect itself.
_OF_ONE_CONNECTION = frozenset(
    (
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
# urllib3 adds them unless it is told not to.
_ADDED = ("Accept-Encoding", "User-Agent")


class Forwarding:
    """A WSGI application that asks another server, by its URL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._base_path = (parse_url(url).path or "").rstrip("/")
        self._pool = connection_from_url(
            url, maxsize=_POOL, timeout=Timeout(connect=_PATIENCE, read=None), retries=False
        )

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = request_of(environ)
        target = self._base_path + (request.path or "/")
        if request.query:
            target = f"{target}?{request.query}"
        is_chunked = bool(environ.get("wsgi.input_terminated"))
        try:
            answer: BaseHTTPResponse = self._pool.urlopen(
                request.method,
                target,
                body=_body(environ, is_chunked=is_chunked),
                headers=_headers(environ, is_chunked=is_chunked),
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                chunked=is_chunked,
            )
        except (HTTPError, OSError) as error:
            sentence = f"{self._url} could not be asked: {error}"
            server_log.warning("%s", sentence)
            # SDKs take HTML for the error of a gateway, and any other text for garbage.
            start_response(_NOT_THERE, [("Content-Type", "text/html; charset=utf-8")])
            return [f"<html>{escape(sentence)}</html>".encode()]
        start_response(
            f"{answer.status} {answer.reason or reasons.get(answer.status, '')}",
            [
                (name, text)
                for name, text in answer.headers.iteritems()
                if name.lower() not in _OF_ONE_CONNECTION
            ],
        )
        return self._pieces(answer)

    def _pieces(self, answer: BaseHTTPResponse) -> Iterator[bytes]:
        try:
            yield from answer.stream(CHUNK, decode_content=False)
        except (HTTPError, OSError) as error:
            server_log.warning("%s broke off its answer: %s", self._url, error)
            # So the client sees that something is missing.
            raise ConnectionAbortedError from error
        finally:
            answer.release_conn()


def _headers(environ: Environ, *, is_chunked: bool) -> dict[str, str]:
    """The headers of a request; what urllib3 would add by itself is left out."""
    given: Message = environ[HEADERS]
    left_out = _OF_ONE_CONNECTION | ({"content-length"} if is_chunked else set())
    headers: dict[str, str] = {
        name: ", ".join(given.get_all(name, ()))  # a list may be in several lines
        for name in {each.lower(): each for each in given}.values()
        if name.lower() not in left_out
    }
    return headers | {name: SKIP_HEADER for name in _ADDED if name not in given}


def _body(environ: Environ, *, is_chunked: bool) -> Any:
    """What is left to read of a body; the server ends it where the request ends."""
    stream = environ["wsgi.input"]
    if is_chunked:
        return iter(partial(stream.read, CHUNK), b"")
    return stream if (environ.get("CONTENT_LENGTH") or "").isdigit() else None
