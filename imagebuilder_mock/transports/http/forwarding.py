"""Forwarding: requests go to another server as they are, and its answers come back in pieces."""

from __future__ import annotations

from functools import partial
from html import escape
from http.client import responses as reasons
from typing import TYPE_CHECKING, Any

from urllib3 import Timeout, connection_from_url
from urllib3.exceptions import HTTPError
from urllib3.util import SKIP_HEADER, parse_url

from .one_port import HEADERS
from .wsgi import request_of, server_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from urllib3 import BaseHTTPResponse

    from .wsgi import Environ, StartResponse

_PATIENCE = 5.0
"""Seconds for connecting. There is no limit for the answer but the client's own."""

_CHUNK = 1 << 16
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
            yield from answer.stream(_CHUNK, decode_content=False)
        except (HTTPError, OSError) as error:
            server_log.warning("%s broke off its answer: %s", self._url, error)
            # So the client sees that something is missing.
            raise ConnectionAbortedError from error
        finally:
            answer.release_conn()


def _headers(environ: Environ, *, is_chunked: bool) -> dict[str, str]:
    """The headers of a request; what urllib3 would add by itself is left out."""
    left_out = _OF_ONE_CONNECTION | ({"content-length"} if is_chunked else set())
    headers: dict[str, str] = dict.fromkeys(_ADDED, SKIP_HEADER)
    for name, text in environ[HEADERS].items():
        if name.lower() not in left_out:
            known = next((each for each in headers if each.lower() == name.lower()), None)
            if known is None or headers[known] == SKIP_HEADER:
                headers.pop(known or "", None)
                headers[name] = text
            else:  # a list in several lines
                headers[known] = f"{headers[known]}, {text}"
    return headers


def _body(environ: Environ, *, is_chunked: bool) -> Any:
    """What is left to read of a body; the server ends it where the request ends."""
    stream = environ["wsgi.input"]
    if is_chunked:
        return iter(partial(stream.read, _CHUNK), b"")
    return stream if (environ.get("CONTENT_LENGTH") or "").isdigit() else None
