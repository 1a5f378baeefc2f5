"""One port for all of AWS: each request goes to the application that answers for its service.

A request is for Image Builder by the service of its signature, by its host, or by the path of the
control over HTTP. Only these have limits of size and time: an upload to S3 may be large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.protocol.identity import account_of
from imagebuilder_mock.protocol.signatures import scope_of

from .wire import is_for_image_builder
from .wsgi import CONTROL_PREFIX, request_of, server_log

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        try:
            scope = scope_of(request.authorization, parse_qs(request.query))
        except ImageBuilderError:
            scope = None
        if scope is None or _ACCOUNT in environ:
            return self._moto(environ, start_response)
        account = account_of(scope.access_key, default=self._default)
        return self._moto({**environ, _ACCOUNT: account}, start_response)
