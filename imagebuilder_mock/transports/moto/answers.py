"""moto's answers, for those who do not get them by themselves."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from typing_extensions import Self


def answer_of_moto(request: AWSPreparedRequest) -> AWSResponse | None:
    """To a request that no client of botocore makes; None if moto is off, or has no answer."""
    models = sys.modules.get("moto.core.models")
    answer: AWSResponse | None = None
    if models is not None:
        answer = models.botocore_stubber("before-send", request)
    return answer


def awaitable(answer: Any) -> Any:
    """An answer as aiobotocore awaits it, if it is one of botocore's, as moto gives them."""
    cls = sys.modules["aiobotocore.awsrequest"].AioAWSResponse
    if not isinstance(answer, AWSResponse) or isinstance(answer, cls):
        return answer
    return cls(answer.url, answer.status_code, answer.headers, _AsyncRaw(answer))


class _AsyncRaw:
    """The body of an answer, as far as aiobotocore reads one of aiohttp."""

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
