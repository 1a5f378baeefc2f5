"""How a refusal looks from outside: AWS's name for it, the HTTP status, the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable


class Refusal(NamedTuple):
    code: str
    status: int
    message: str


def refusal_of(call: Callable[..., Any], **params: Any) -> Refusal:
    """What the call is refused with; the test fails if it is not."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    response: Any = caught.value.response
    return Refusal(
        response["Error"]["Code"],
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Message"],
    )


def invalid_value(parameter: str, detail: str) -> Refusal:
    return Refusal("InvalidParameterValueException", 400, _not_valid(parameter, detail))


def invalid_combination(parameter: str, detail: str) -> Refusal:
    return Refusal("InvalidParameterCombinationException", 400, _not_valid(parameter, detail))


def not_found(label: str, arn: str, *, seen_from: str | None = None) -> Refusal:
    """``seen_from`` is the Region of a request that asks for another Region's resource."""
    return Refusal(
        "ResourceNotFoundException",
        404,
        f"The following resource '{label}' does not exist: '{arn}'."
        + _another_region(arn, seen_from),
    )


def _another_region(arn: str, seen_from: str | None) -> str:
    """The mock's own sentence about an ARN of another Region; empty if it is of this one."""
    if seen_from is None:
        return ""
    return f" The ARN is of {arn.split(':')[3]}, and the request was made in {seen_from}."


def already_exists(label: str, arn: str) -> Refusal:
    return Refusal(
        "ResourceAlreadyExistsException",
        400,
        f"The following resource '{label}' already exists: '{arn}'.",
    )


def in_use(arn: str) -> Refusal:
    return Refusal(
        "ResourceDependencyException",
        400,
        f"Resource dependency error: The resource ARN '{arn}' has other resources depended on it.",
    )


def over_quota(name: str, limit: int) -> Refusal:
    return Refusal(
        "ServiceQuotaExceededException",
        402,
        f"The request would exceed the quota for {name}, which is {limit}.",
    )


def _not_valid(parameter: str, detail: str) -> str:
    return f"The value supplied for parameter '{parameter}' is not valid. {detail}"
