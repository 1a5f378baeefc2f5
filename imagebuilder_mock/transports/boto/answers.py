"""An answer in the two forms that botocore's client hands on: the response, and its members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from botocore.awsrequest import AWSResponse

from imagebuilder_mock.protocol.model import is_modelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.protocol.http import Answer


def new_response(url: str, answer: Answer) -> AWSResponse:
    """A response as botocore's own HTTP session makes it."""
    # The stubs want the headers of http.client; botocore itself copies any mapping.
    return AWSResponse(url, answer.status, cast("Any", answer.headers), _LazyRaw(answer))


class _LazyRaw:
    """The body of an answer, written only if somebody reads it, as far as botocore reads one."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def stream(self, amt: int = 65_536, *, decode_content: bool = False) -> Iterator[bytes]:
        del amt, decode_content
        yield self._answer.body

    def read(self, amt: int | None = None) -> bytes:
        del amt
        return self._answer.body


def parsed_answer(answer: Answer) -> dict[str, Any]:
    """What ``_make_request`` gives: equal to what botocore's parser makes of the bytes."""
    metadata = {
        "RequestId": answer.request_id,
        "HTTPStatusCode": answer.status,
        "HTTPHeaders": answer.headers,
        "RetryAttempts": 0,
    }
    if answer.error_code is None:
        return {**answer.members, "ResponseMetadata": metadata}
    # botocore's parser adds the members of the error's shape, where the model has one.
    members = answer.members if is_modelled(answer.error_code) else {}
    return {
        "Error": {"Message": answer.members["message"], "Code": answer.error_code},
        "ResponseMetadata": metadata,
        **members,
    }
