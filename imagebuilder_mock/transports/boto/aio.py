"""The way in for the clients of aiobotocore, which aioboto3 uses too.

They are like botocore's, but methods are awaited. An answer is made between two awaits, so a task
that is cancelled has made all of a change or nothing of it. aiobotocore is never imported here: it
is patched once the program has imported it.
"""

from __future__ import annotations

import sys
from functools import cached_property, partial
from inspect import isawaitable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse

from imagebuilder_mock.protocol.identity import credentials_for
from imagebuilder_mock.protocol.model import SERVICE_NAME

from .clients import (
    ClientCreation,
    as_arguments,
    explained_region,
    local_providers,
    needs_credentials,
)
from .door import BotocoreDoor
from .waiting import AsyncBackingOff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

    from imagebuilder_mock.protocol.http import Answer
    from imagebuilder_mock.transports.patching import Method, Patches


class AiobotocoreDoor(BotocoreDoor):
    """Patches ``AioBaseClient._make_request``."""

    _backing_off = AsyncBackingOff

    def _patch(self, patches: Patches) -> None:
        patches.patch_late("aiobotocore.client", "AioBaseClient._make_request", self._make_request)

    async def _make_request(self, original: Method, *args: Any, **kwargs: Any) -> Any:
        answer = super()._make_request(original, *args, **kwargs)
        return await answer if isawaitable(answer) else answer

    def _response(self, url: str, answer: Answer) -> AWSResponse:
        return _aio_response(url, answer.status, answer.headers, lambda: answer.body)


def awaitable(answer: Any) -> Any:
    """An answer of moto's as aiobotocore awaits it; any other answer stays as it is."""
    if not isinstance(answer, AWSResponse) or isinstance(answer, _response_class()):
        return answer
    return _aio_response(answer.url, answer.status_code, answer.headers, lambda: answer.content)


def _aio_response(
    url: str, status: int, headers: Mapping[str, str], body: Callable[[], bytes]
) -> AWSResponse:
    response: AWSResponse = _response_class()(url, status, headers, _AsyncRaw(headers, body))
    return response


def _response_class() -> Any:
    return sys.modules["aiobotocore.awsrequest"].AioAWSResponse


class _AsyncRaw:
    """The body of an answer, with what aiobotocore reads of one of aiohttp's."""

    def __init__(self, headers: Mapping[str, str], body: Callable[[], bytes]) -> None:
        self._headers = headers
        self._body = body

    @cached_property
    def content(self) -> _AsyncContent:
        return _AsyncContent(self._body())

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """Older versions of aiobotocore read the headers here."""
        return [(name.encode(), text.encode()) for name, text in self._headers.items()]

    async def read(self) -> bytes:
        return await self.content.read()

    def close(self) -> None:
        """There is no connection."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


class _AsyncContent:
    def __init__(self, body: bytes) -> None:
        self._body = BytesIO(body)

    async def read(self, amount: int = -1) -> bytes:
        return self._body.read(amount)

    def at_eof(self) -> bool:
        return self._body.tell() == len(self._body.getbuffer())


class AiobotocoreClientCreation(ClientCreation):
    """Patches ``AioSession._create_client``."""

    def open(self, patches: Patches) -> None:
        patches.patch_late("aiobotocore.session", "AioSession._create_client", self._create_client)

    async def _create_client(
        self, original: Method, session: Any, *args: Any, **kwargs: Any
    ) -> Any:
        given = self._given(session, args, kwargs)
        if given.get("service_name") != SERVICE_NAME:
            return await self._create_another(partial(original, session), given, args, kwargs)
        create = partial(original, session, given.pop("service_name"))
        held = await _local_credentials(session) if needs_credentials(session, given) else {}
        with explained_region():
            client = await create(
                **given | (credentials_for(self._account()) if held is None else held)
            )
        return self._guarded(client, has_placeholder=held is None)


async def _local_credentials(session: Any) -> dict[str, object] | None:
    for provider in local_providers(session):
        credentials = await provider.load()
        if credentials is not None:
            return as_arguments(credentials)
    return None
