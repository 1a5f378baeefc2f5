"""A request and an answer, independent of the transport."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class HttpRequest(Value):
    """A request. ``path`` is percent-encoded; ``query`` is decoded."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = {}
    body: bytes | str = b""

    @classmethod
    def of_serialized(cls, request: Mapping[str, Any]) -> HttpRequest:
        """A request from the result of botocore's serializer."""
        query = request["query_string"]
        return cls(
            method=request["method"],
            path=request["url_path"],
            query=query and {name: _texts(value) for name, value in query.items()},
            body=request["body"],
        )


def _texts(value: object) -> list[str]:
    return [str(item) for item in (value if isinstance(value, list) else [value])]


CUT = "the connection was closed in the middle of the response body"
"""What clients say of an answer that is cut."""


class Caller(Value):
    """The account and Region that a request acts in."""

    account_id: str
    region: str


class Answer(Value):
    """An answer. ``members`` are those of the output shape; times are datetimes."""

    status: int
    members: dict[str, object]
    request_id: str
    error_code: str | None = None
    latency: timedelta = timedelta()
    """How long a fault rule makes the caller wait for it."""
    is_cut: bool = False
    """Whether the connection breaks in the middle of the body."""

    @property
    def headers(self) -> dict[str, str]:
        headers = {"content-type": "application/json", "x-amzn-requestid": self.request_id}
        if self.error_code is not None:
            headers["x-amzn-errortype"] = self.error_code
        return headers

    @property
    def body(self) -> bytes:
        """The JSON text: times are epoch seconds, as rest-json has them."""
        text = _ENCODER.encode(self.members)
        # A lone surrogate, from the path of a wrong request, is written as its escape.
        return text.encode(errors="backslashreplace")


def epoch_seconds(moment: datetime) -> float:
    """A time as rest-json has it, to the millisecond."""
    return round(moment.timestamp(), 3)


def _time(value: object) -> float:
    if isinstance(value, datetime):
        return epoch_seconds(value)
    msg = f"not a value of the protocol: {value!r}"
    raise TypeError(msg)


_ENCODER = json.JSONEncoder(default=_time, ensure_ascii=False)
