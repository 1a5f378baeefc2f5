"""Raw HTTP requests: whether they are for this mock or its servers, who sends them, the answer.

The connection pools of ``urllib3``, which requests and botocore use, are patched here for all who
have a say in what the pools send.
"""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from urllib3 import HTTPResponse
from urllib3.connectionpool import HTTPConnectionPool

from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.records import Value, replace
from imagebuilder_mock.protocol.http import Answer, Caller, HttpRequest
from imagebuilder_mock.protocol.identity import account_of, region_of
from imagebuilder_mock.protocol.model import SERVICE_NAME
from imagebuilder_mock.protocol.signatures import (
    MissingAuthenticationTokenException,
    checked_region,
    scope_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.signatures import Scope
    from imagebuilder_mock.transports.patching import Method, Patches

NAMES_OF_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class RawRequest(Value):
    """A request as HTTP has it; ``path`` and ``query`` are still percent-encoded."""

    method: str
    host: str
    path: str
    query: str
    authorization: str | None
    body: bytes = b""

    @classmethod
    def of_target(
        cls, method: str, host: str, target: str, authorization: str | None
    ) -> RawRequest:
        """A request for a path or, as proxies are asked, a whole URL.

        It has no body yet, since reading one may use it up. ValueError if it is no URL.
        """
        if target.startswith("/"):
            path, _, query = target.partition("?")
        else:
            parts = urlsplit(target)
            host, path, query = parts.hostname or host, parts.path, parts.query
        return cls(method, host, path, query, authorization)

    def with_body(self, body: bytes) -> RawRequest:
        return replace(self, body=body)


class PoolRequest(NamedTuple):
    """A request that a pool of urllib3 is asked for: the arguments of its ``urlopen``."""

    original: Method
    pool: HTTPConnectionPool
    method: str
    url: str
    body: Any
    headers: Mapping[str, str] | None
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    @property
    def sent_headers(self) -> Mapping[str, str]:
        """The pool's own headers if the caller gives none."""
        return self.pool.headers if self.headers is None else self.headers

    @property
    def raw(self) -> RawRequest:
        """The request without its body."""
        authorization = authorization_of(self.sent_headers)
        return RawRequest.of_target(self.method, self.pool.host, self.url, authorization)

    @property
    def retries(self) -> Any:
        """What the caller says of retries: a Retry, a number, False, or None."""
        return self.kwargs["retries"] if "retries" in self.kwargs else next(iter(self.args), None)

    def send(self) -> Any:
        """Have the pool send the request."""
        original, pool, *named, args, kwargs = self
        return original(pool, *named, *args, **kwargs)

    def response(
        self, status: int, headers: Mapping[str, str], body: bytes, **more: Any
    ) -> HTTPResponse:
        """An answer to the request, as its caller wants it to be read."""
        return HTTPResponse(
            body=BytesIO(body),
            headers=headers,
            status=status,
            preload_content=self.kwargs.get("preload_content", True),
            decode_content=self.kwargs.get("decode_content", True),
            request_method=self.method,
            request_url=self.url,
            **more,
        )


def patch_pools(patches: Patches, answer: Callable[[PoolRequest], Any]) -> None:
    """Have ``answer`` called for each request of a pool; if it returns None, the pool sends it."""

    def urlopen(  # noqa: PLR0913, PLR0917 - urllib3's arguments
        original: Method,
        pool: HTTPConnectionPool,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        request = PoolRequest(original, pool, method, url, body, headers, args, kwargs)
        answered = answer(request)
        return request.send() if answered is None else answered

    patches.patch(HTTPConnectionPool, "urlopen", urlopen)


def is_for_image_builder(request: RawRequest) -> bool:
    """Whether the host is an endpoint of the service, or the signature is for the service."""
    if region_of(request.host) is not None:
        return True
    # All requests of the process come by here, and few of them name the service.
    if SERVICE_NAME not in request.query and SERVICE_NAME not in (request.authorization or ""):
        return False
    scope = scope_in(request.authorization, request.query)
    return scope is not None and scope.service == SERVICE_NAME


def scope_in(authorization: str | None, query: str) -> Scope | None:
    """The scope of a request's signature; None without one, or if it cannot be read."""
    try:
        return scope_of(authorization, parse_qs(query))
    except ImageBuilderError:
        return None


def answer(gateway: Gateway, request: RawRequest) -> Answer:
    """The service's answer, in the account and Region of the request's signature.

    Without a signature it is the mock's account, in the Region of the host. NotImplementedError as
    in ``Gateway.handle``.
    """
    query = parse_qs(request.query, keep_blank_values=True)
    try:
        caller = _caller(gateway, request, query)
    except ImageBuilderError as error:
        return gateway.refuse(error)
    return gateway.handle(HttpRequest(request.method, request.path, query, request.body), caller)


def sent_body(method: str, body: bytes) -> bytes:
    """The part of a body that is sent: nothing for HEAD."""
    return b"" if method.upper() == "HEAD" else body


def authorization_of(headers: Mapping[Any, Any]) -> str | None:
    """The Authorization header, in any case, as text or bytes."""
    for name, value in headers.items():
        if _text(name).lower() == "authorization":
            return _text(value)
    return None


def body_bytes(body: Any) -> bytes:
    """The bytes of what HTTP libraries take as a body: None, bytes, text, a file, or pieces."""
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    return b"".join(body_bytes(piece) for piece in body)


def _caller(gateway: Gateway, request: RawRequest, query: Mapping[str, list[str]]) -> Caller:
    scope = scope_of(request.authorization, query)
    region = None if scope is None else checked_region(scope)
    region = region or region_of(request.host)
    if region is None:
        raise MissingAuthenticationTokenException("Missing Authentication Token")
    key = scope.access_key if scope else None
    return Caller(account_of(key, default=gateway.world.account_id), region)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class OwnServers:
    """The addresses of the mock's own servers in this process, whose requests are let through."""

    def __init__(self) -> None:
        self._ports: Counter[tuple[str | None, int | None]] = Counter()

    def add(self, host: str, port: int) -> None:
        self._ports.update(_addresses(host, port))

    def remove(self, host: str, port: int) -> None:
        # This drops what is counted down to 0.
        self._ports -= Counter(_addresses(host, port))

    def has(self, host: str | None, port: int | None) -> bool:
        return (host, port) in self._ports

    def has_url(self, url: str) -> bool:
        if not self._ports:
            return False
        parts = urlsplit(url)
        return self.has(parts.hostname, parts.port)


def _addresses(host: str, port: int) -> list[tuple[str | None, int | None]]:
    """A server that listens on all addresses can be reached by the loopback names too."""
    return [(name, port) for name in {host, *NAMES_OF_THIS_MACHINE}]
