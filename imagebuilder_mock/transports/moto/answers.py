"""moto's answers to requests that it does not see by itself."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from typing_extensions import Self


def answer_of_moto(request: AWSPreparedRequest) -> AWSResponse | None:
    """The answer of moto to a request; None if moto is off or has none."""
    models = sys.modules.get("moto.core.models")
    answer: AWSResponse | None = None
    if models is not None:
        answer = models.botocore_stubber("before-send", request)
    return answer


def awaitable(answer: Any) -> Any:
    """An answer of moto's as aiobotocore awaits it; any other answer stays as it is."""
    cls = sys.modules["aiobotocore.awsrequest"].AioAWSResponse
    if not isinstance(answer, AWSResponse) or isinstance(answer, cls):
        return answer
    return cls(answer.url, answer.status_code, answer.headers, _AsyncRaw(answer))


class _AsyncRaw:
    """The body of an answer: what aiobotocore reads of one of aiohttp's."""

    def __init__(self, answer: AWSResponse) -> None:
        self.url = answer.url
        self.content = _AsyncContent(answer.content)
        self.raw_headers = [
            (str(name).encode(), str(text).encode()) for name, text in answer.headers.items()
        ]

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
