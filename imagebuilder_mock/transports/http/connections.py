"""The way in for HTTP requests without an AWS client: presigned URLs, hand-signed requests.

The connection pools of ``urllib3`` are patched, which requests and botocore use, so nothing for
Image Builder passes them while a mock is on. If the user has switched ``responses`` on, requests
does not come that far. There, a request that matches nothing the user has registered gets a
response from here, and ``responses`` counts it as any other.
"""

from __future__ import annotations

from datetime import timedelta
from http.client import responses as reasons
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ConnectTimeoutError as ConnectTimeout
from botocore.exceptions import ReadTimeoutError as ReadTimeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    ProtocolError,
    ReadTimeoutError,
)
from urllib3.util import Retry

from imagebuilder_mock.protocol.http import CUT
from imagebuilder_mock.world.faults import LostRequestError

from .wire import (
    RawRequest,
    answer,
    authorization_of,
    body_bytes,
    is_for_image_builder,
    patch_pools,
    sent_body,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from requests import PreparedRequest
    from responses import BaseResponse, RequestsMock
    from urllib3 import HTTPResponse

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer
    from imagebuilder_mock.transports.patching import Method, Patches

    from .wire import OwnServers, PoolRequest


class RawDoor:
    """Patches the pools of ``urllib3``, and the mocks of ``responses``."""

    def __init__(self, gateway: Gateway, own_servers: OwnServers) -> None:
        self._gateway = gateway
        self._own_servers = own_servers

    def open(self, patches: Patches) -> None:
        patch_pools(patches, self._answered)
        patches.when_imported("responses", self._patch_mocks)

    def _patch_mocks(self, responses: ModuleType, patches: Patches) -> None:
        # Without this class it is a module of the user's that has the same name.
        if hasattr(responses, "RequestsMock"):
            patches.patch(responses, "RequestsMock._find_match", self._find_match)

    def _answered(self, asked: PoolRequest) -> HTTPResponse | None:
        if self._own_servers.has(asked.pool.host, asked.pool.port):
            return None
        raw = asked.raw
        if not is_for_image_builder(raw):
            return None
        raw = raw.with_body(body_bytes(asked.body))

        def once() -> HTTPResponse | HTTPError:
            try:
                given = answer(self._gateway, raw)
            except LostRequestError as failure:
                return _lost(asked, failure)
            if given.is_cut:
                raise ProtocolError(CUT)
            sent = sent_body(asked.method, given.body)
            headers, reason = _headers(given, sent), reasons.get(given.status)
            return asked.response(given.status, headers, sent, version=11, reason=reason)

        return _retried(once, asked, self._gateway.let_pass)

    def _find_match(self, original: Method, mock: RequestsMock, request: PreparedRequest) -> Any:
        raw = RawRequest.of_target(
            str(request.method), "", str(request.url), authorization_of(request.headers)
        )
        if not is_for_image_builder(raw) or _has_match(mock, request):
            return original(mock, request)
        return _response(self._gateway, raw, request), []


def _retried(
    once: Callable[[], HTTPResponse | HTTPError],
    asked: PoolRequest,
    pause: Callable[[timedelta], None],
) -> HTTPResponse:
    """Retry a request by urllib3's rules; the pauses pass in mock time."""
    pool, method, url = asked.pool, asked.method, asked.url
    retries = Retry.from_int(asked.retries, default=pool.retries)
    while True:
        outcome = once()
        if isinstance(outcome, HTTPError):
            retries = retries.increment(method, url, error=outcome, _pool=pool)
        elif not retries.is_retry(method, outcome.status):
            return outcome
        else:
            try:
                retries = retries.increment(method, url, response=outcome, _pool=pool)
            except MaxRetryError:
                if retries.raise_on_status:
                    raise
                return outcome
        pause(timedelta(seconds=retries.get_backoff_time()))


def _lost(asked: PoolRequest, failure: LostRequestError) -> HTTPError:
    """urllib3's error for a lost request; requests wraps it in its own."""
    if issubclass(failure.error, ConnectTimeout):
        return ConnectTimeoutError(asked.pool, failure.message)
    if issubclass(failure.error, ReadTimeout):
        return ReadTimeoutError(asked.pool, asked.url, failure.message)
    return ProtocolError(failure.message)


def _has_match(mock: RequestsMock, request: PreparedRequest) -> bool:
    """Whether the user has registered a response for it; moto's, for all of AWS, do not count.

    The registry is not asked: an ordered one would take the question for a request.
    """
    return any(
        response.matches(request)[0]
        for response in mock.registered()
        if type(response).__module__.partition(".")[0] != "moto"
    )


def _response(gateway: Gateway, raw: RawRequest, request: PreparedRequest) -> BaseResponse:
    from responses import CallbackResponse  # noqa: PLC0415 - it is loaded: this is called by it

    def callback(_: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        # The request is past requests' adapter, so the exceptions have to be those of requests.
        from requests import exceptions  # noqa: PLC0415 - it is loaded too

        try:
            given = answer(gateway, raw.with_body(body_bytes(request.body)))
        except LostRequestError as failure:
            kind: type[exceptions.RequestException] = exceptions.ConnectionError
            if issubclass(failure.error, ConnectTimeout):
                kind = exceptions.ConnectTimeout
            elif issubclass(failure.error, ReadTimeout):
                kind = exceptions.ReadTimeout
            raise kind(failure.message, request=request) from None
        if given.is_cut:
            raise exceptions.ConnectionError(CUT, request=request)
        sent = sent_body(raw.method, given.body)
        return given.status, _headers(given, sent), sent

    return CallbackResponse(raw.method, str(request.url), callback, content_type=None)


def _headers(given: Answer, sent: bytes) -> dict[str, str]:
    return {**given.headers, "content-length": str(len(sent))}
