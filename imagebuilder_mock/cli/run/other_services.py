"""Requests of a running program to AWS services other than Image Builder: none reaches AWS.

What is patched here is the last that a request passes, so what a program has of its own has
answered by then: ``mock_aws``, a Stubber, ``responses``, an ``endpoint_url`` that is not AWS's. The
sessions of botocore and aiobotocore know the operation; requests uses ``urllib3``'s pools. All
others, such as ``http.client``, look the host up first, and get no further.
"""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from inspect import isawaitable, iscoroutinefunction
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders
from botocore.credentials import CredentialResolver, Credentials
from botocore.httpsession import URLLib3Session
from urllib3 import connection_from_url

from imagebuilder_mock.cli.surroundings import account_of
from imagebuilder_mock.neighbours.clients import SECRET, access_key_for
from imagebuilder_mock.neighbours.in_moto.door import answer_of_moto
from imagebuilder_mock.protocol.identity import domain_of, is_of_aws
from imagebuilder_mock.transports.boto.aio import awaitable
from imagebuilder_mock.transports.boto.clients import is_remote
from imagebuilder_mock.transports.http.wire import (
    authorization_of,
    body_bytes,
    is_for_image_builder,
    patch_pools,
    scope_in,
)
from imagebuilder_mock.transports.patching import all_or_nothing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from imagebuilder_mock.cli.surroundings import Surroundings
    from imagebuilder_mock.mock import ImageBuilderMock
    from imagebuilder_mock.transports.http.wire import PoolRequest
    from imagebuilder_mock.transports.patching import Method, Patches


_ALONE = (
    "{what} was not sent to AWS: imagebuilder-mock run answers for Image Builder alone. Before the "
    "program, give --moto to have moto answer for other services, --upstream URL to have another "
    "emulator do it, or --allow-aws to let the requests go to AWS."
)
_WITHOUT_MOTO = (
    "{what} was not sent to AWS, and moto has no answer to it. Before the program, give "
    "--upstream URL in place of --moto to have another emulator answer for other services, or "
    "--allow-aws to let their requests go to AWS."
)
_UNHELD = (
    "{what} was not sent to AWS, and not to {around} either: it was not made with botocore, "
    "aiobotocore, requests or urllib3. Make it with one of them, or run the program with "
    "--allow-aws."
)

_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-\d+")
_NO_SERVICES = frozenset(("vpce", "dualstack"))

# bucket.s3.us-east-1, bucket.s3, bucket.s3-us-west-2, bucket.s3.dualstack.us-east-1
_BUCKET = re.compile(r"(?P<bucket>.+)\.s3(?:-accelerate)?(?:[.-](?:dualstack\.)?[a-z0-9-]+)?")


class RequestRefusedError(RuntimeError):
    """A request to another service of AWS, which has not been sent."""


_operation: ContextVar[str | None] = ContextVar("imagebuilder_mock.operation", default=None)
"""What a client is doing in this thread or task, as ``EC2 DescribeImages``."""


class OtherServices:
    """Requests to other services, which what is around the mock answers, or which are refused."""

    def __init__(self, around: Surroundings, mock: ImageBuilderMock) -> None:
        self._around = around
        self._access_key = access_key_for(account_of(mock))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold requests back, or send them elsewhere, while the context lasts."""
        with all_or_nothing() as patches:
            patches.patch(BaseClient, "_make_request", _named)
            patches.patch(URLLib3Session, "send", self._send)
            patch_pools(patches, self._answered)
            patches.patch(socket, "getaddrinfo", self._look_up)
            patches.patch(CredentialResolver, "load_credentials", self._load_credentials)
            patches.when_imported("aiobotocore.client", _patch_clients)
            patches.when_imported("aiobotocore.httpsession", self._patch_sessions)
            patches.when_imported("aiobotocore.httpxsession", self._patch_sessions)
            if self._around.moto:
                patches.when_imported("aiobotocore.endpoint", _patch_endpoints)
            patches.when_imported("aiobotocore.credentials", self._patch_credentials)
        try:
            yield
        finally:
            patches.undo()

    def _patch_sessions(self, module: ModuleType, patches: Patches) -> None:
        for name in ("AIOHTTPSession", "HttpxSession"):
            if module.__name__ == getattr(getattr(module, name, None), "__module__", None):
                patches.patch(module, f"{name}.send", self._aio_send)

    def _patch_credentials(self, module: ModuleType, patches: Patches) -> None:
        patches.patch(module, "AioCredentialResolver.load_credentials", self._aio_load_credentials)

    # Requests

    def _send(self, original: Method, session: object, request: AWSPreparedRequest) -> Any:
        """A request of a client."""
        if not is_of_aws(urlsplit(request.url).hostname or ""):
            return original(session, request)
        if self._around.upstream is not None:
            return original(session, _readdressed(request, self._around.upstream))
        # moto has answered clients of sessions from after its import.
        answer = answer_of_moto(request) if self._around.moto else None
        if answer is None:
            raise self._refused(
                _operation.get() or _described(request.method, request.url, request.headers)
            )
        return answer

    async def _aio_send(
        self, original: Method, session: object, request: AWSPreparedRequest
    ) -> Any:
        if self._around.moto:
            await _read_body(request)
        answer = self._send(original, session, request)
        return await answer if isawaitable(answer) else awaitable(answer)

    def _answered(self, asked: PoolRequest) -> Any:
        """The answer to a request of anything but a client; None for one that is not for AWS."""
        raw = asked.raw
        if not is_of_aws(raw.host) or is_for_image_builder(raw):
            return None
        address = urlunsplit(("https", raw.host, raw.path, raw.query, ""))
        headers = asked.sent_headers
        if self._around.upstream is not None:
            parts = urlsplit(at_upstream(self._around.upstream, address))
            return asked._replace(
                pool=connection_from_url(f"{parts.scheme}://{parts.netloc}"),
                url=urlunsplit(("", "", parts.path, parts.query, "")),
                headers={name: text for name, text in headers.items() if name.lower() != "host"},
            ).send()
        if self._around.moto:
            prepared = AWSPreparedRequest(
                asked.method,
                address,
                HTTPHeaders.from_pairs(headers.items()),
                body_bytes(asked.body),
                stream_output=False,
            )
            answer = answer_of_moto(prepared)
            if answer is not None:
                return asked.response(answer.status_code, dict(answer.headers), answer.content)
        raise self._refused(_described(asked.method, address, headers))

    def _look_up(self, original: Method, host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode("latin-1") if isinstance(host, bytes) else str(host or "")
        if is_of_aws(name):
            what = f"A request to {service_of(name)} ({name})"
            if self._around:
                raise RequestRefusedError(_UNHELD.format(what=what, around=self._around.name))
            raise self._refused(what)
        return original(host, *args, **kwargs)

    def _refused(self, what: str) -> RequestRefusedError:
        return RequestRefusedError(
            (_WITHOUT_MOTO if self._around.moto else _ALONE).format(what=what)
        )

    # Credentials: from the environment, files and the program's own providers, never from afar.

    def _load_credentials(self, original: Method, resolver: Any) -> Any:
        del original
        for provider in resolver.providers:
            found = None if is_remote(provider) else provider.load()
            if found is not None:
                return found
        return Credentials(self._access_key, SECRET, method=SECRET)

    async def _aio_load_credentials(self, original: Method, resolver: Any) -> Any:
        del original
        for provider in resolver.providers:
            found = None if is_remote(provider) else await provider.load()
            if found is not None:
                return found
        from aiobotocore.credentials import AioCredentials  # noqa: PLC0415 - it is loaded

        return AioCredentials(self._access_key, SECRET, method=SECRET)


def _readdressed(request: AWSPreparedRequest, upstream: str) -> AWSPreparedRequest:
    request = copy(request)
    request.url = at_upstream(upstream, request.url)
    request.headers = copy(request.headers)
    if "Host" in request.headers:
        del request.headers["Host"]
    return request


async def _read_body(request: AWSPreparedRequest) -> None:
    """Read a body that only aiobotocore can await, so that moto has it."""
    read: Any = getattr(request.body, "read", None)
    if iscoroutinefunction(read):
        request.body = await read()


@contextmanager
def _known(client: BaseClient, operation_model: Any) -> Iterator[None]:
    token = _operation.set(f"{client.meta.service_model.service_id} {operation_model.name}")
    try:
        yield
    finally:
        _operation.reset(token)


def _named(original: Method, client: BaseClient, operation_model: Any, *args: Any) -> Any:
    """``BaseClient._make_request``, with the operation known to what it calls."""
    with _known(client, operation_model):
        return original(client, operation_model, *args)


def _patch_clients(module: ModuleType, patches: Patches) -> None:
    async def named(original: Method, client: BaseClient, operation_model: Any, *args: Any) -> Any:
        with _known(client, operation_model):
            return await original(client, operation_model, *args)

    patches.patch(module, "AioBaseClient._make_request", named)


def _described(method: str, url: str, headers: Any) -> str:
    """A request without a known operation: ``s3 GET /documents/web.yml``."""
    parts = urlsplit(url)
    scope = scope_in(authorization_of(headers), parts.query)
    service = service_of(parts.hostname or "") if scope is None else scope.service
    target = next((text for name, text in headers.items() if name.lower() == "x-amz-target"), None)
    if target is not None:
        name = target.decode() if isinstance(target, bytes) else str(target)
        return f"{service} {name.rpartition('.')[2]}"
    return f"{service} {method} {parts.path or '/'}"


def _patch_endpoints(module: ModuleType, patches: Patches) -> None:
    """Let moto, which never awaits, and aiobotocore, which always does, share their values."""

    async def with_body(original: Method, endpoint: object, request: Any, *args: Any) -> Any:
        await _read_body(request)
        return await original(endpoint, request, *args)

    patches.patch(module, "AioEndpoint._do_get_response", with_body)
    patches.patch(
        module, "first_non_none_response", lambda original, *args: awaitable(original(*args))
    )


# Addresses of AWS


def service_of(host: str) -> str:
    """The service's name in a host of AWS: ``ecr`` of ``api.ecr.us-east-1.amazonaws.com``."""
    labels = [
        label
        for label in _within_aws(host).split(".")
        if not _REGION.fullmatch(label) and label not in _NO_SERVICES
    ]
    return labels[-1] if labels else host


def at_upstream(upstream: str, url: str) -> str:
    """The address of the same at an emulator, where a bucket is the first step of the path."""
    here, there = urlsplit(url), urlsplit(upstream)
    found = _BUCKET.fullmatch(_within_aws(here.hostname or ""))
    bucket = f"/{found['bucket']}" if found else ""
    path = f"{there.path.rstrip('/')}{bucket}{here.path or '/'}"
    return urlunsplit((there.scheme, there.netloc, path, here.query, ""))


def _within_aws(host: str) -> str:
    name = host.lower().rstrip(".")
    return name.removesuffix(f".{domain_of(name)}")
