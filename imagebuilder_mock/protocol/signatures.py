"""The scope that a request is signed for: who, where, which service. No signature is checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.records import Value

from .model import SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ALGORITHM = "AWS4-"
_TERMINATOR = "aws4_request"
_CREDENTIAL = r"\bCredential=([^,\s]*)"
_REGION = r"[a-z0-9-]{1,63}"

# Signature version 4 names a Region; its asymmetric form, 4a, has none in the scope.
_STEPS, _STEPS_WITHOUT_REGION = 5, 4


class IncompleteSignatureException(ImageBuilderError):
    """The signature is malformed."""


class InvalidSignatureException(ImageBuilderError):
    """The request is signed for another service, or for no Region."""

    status = 403


class MissingAuthenticationTokenException(ImageBuilderError):
    """The request is unsigned, and its host names no Region."""

    status = 403


class Scope(Value):
    """The scope of a signature; ``region`` is None in a signature of version 4a."""

    access_key: str
    region: str | None
    service: str


def scope_of(authorization: str | None, query: Mapping[str, Sequence[str]]) -> Scope | None:
    """The scope in the Authorization header, or in the query of a presigned URL.

    None for an unsigned request; IncompleteSignatureException for a signature without a scope.
    """
    if authorization is not None and authorization.startswith(_ALGORITHM):
        found = re.search(_CREDENTIAL, authorization)
        if found is None:
            raise IncompleteSignatureException(
                "Authorization header requires 'Credential' parameter."
            )
        return _scope(found[1])
    presigned = query.get("X-Amz-Credential")
    return _scope(presigned[-1]) if presigned else None


def checked_region(scope: Scope) -> str | None:
    """The Region of a scope; InvalidSignatureException for another service, or a wrong Region."""
    if scope.service != SERVICE_NAME:
        raise InvalidSignatureException(
            f"Credential should be scoped to correct service: '{SERVICE_NAME}'."
        )
    if scope.region is not None and re.fullmatch(_REGION, scope.region) is None:
        raise InvalidSignatureException("Credential should be scoped to a valid region.")
    return scope.region


def _scope(credential: str) -> Scope:
    # An access key may have slashes; the three or four parts behind it have none.
    steps = credential.split("/")
    if steps[-1] != _TERMINATOR or len(steps) < _STEPS_WITHOUT_REGION:
        raise IncompleteSignatureException(
            "Credential must have the form <access key>/<date>/<region>/<service>/aws4_request."
        )
    if len(steps) < _STEPS:
        return Scope(steps[0], None, steps[-2])
    return Scope("/".join(steps[: 1 - _STEPS]), steps[-3], steps[-2])
