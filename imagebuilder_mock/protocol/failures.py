"""The errors that fault rules can use: their names, statuses and default messages."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError

from .model import error_statuses, service_model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeGuard

# AWS's "Common Errors": any operation can answer them, and no model lists them.
_COMMON: Mapping[str, tuple[int, str]] = {
    "AccessDeniedException": (403, "You do not have sufficient access to perform this action."),
    "ExpiredTokenException": (403, "The security token included in the request is expired."),
    "IncompleteSignature": (403, "The request signature does not conform to AWS standards."),
    "InternalFailure": (500, "The request processing has failed because of an unknown error."),
    "OptInRequired": (403, "The AWS access key ID needs a subscription for the service."),
    "RequestExpired": (400, "The request is no longer valid because its time stamp is too old."),
    "ServiceUnavailable": (
        503,
        "The request has failed due to a temporary failure of the server.",
    ),
    "ThrottlingException": (400, "Rate exceeded"),
    "UnrecognizedClientException": (403, "The security token included in the request is invalid."),
    "ValidationError": (400, "The input fails to satisfy the constraints of an AWS service."),
}

_MARKUP = re.compile(r"<[^>]+>")


def error_names() -> list[str]:
    """The errors of the model, and those common to all services."""
    return sorted({*error_statuses(), *_COMMON})


def error_status(name: str) -> int:
    return _COMMON[name][0] if name in _COMMON else error_statuses()[name]


@lru_cache(maxsize=64)
def default_message(name: str) -> str:
    """The description of the error in the model or on AWS's page of common errors."""
    if name in _COMMON:
        return _COMMON[name][1]
    text = service_model().shape_for(name).documentation
    return " ".join(unescape(_MARKUP.sub("", text)).split())


def is_connection_error(error: object) -> TypeGuard[type[BotoCoreError]]:
    """Whether it is one of botocore's exception classes."""
    return isinstance(error, type) and issubclass(error, BotoCoreError)
