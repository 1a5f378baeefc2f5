"""Calls to Image Builder that another service of moto makes for an account in a Region.

Such a call is a request like any other: it is checked and recorded, and fault rules apply to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.serialize import create_serializer

from imagebuilder_mock.protocol.http import HttpRequest
from imagebuilder_mock.protocol.model import input_members, service_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer, Caller

_CLIENT_TOKEN = "clientToken"  # noqa: S105 - the member's name


def call(gateway: Gateway, caller: Caller, operation: str, params: Mapping[str, Any]) -> Answer:
    """The answer, which may be an error; LostRequestError if a fault rule loses the request."""
    given = dict(params)
    model = service_model().operation_model(operation)
    if _CLIENT_TOKEN in input_members(operation):
        given[_CLIENT_TOKEN] = new_id(gateway)
    serializer: Any = create_serializer(
        service_model().metadata["protocol"], include_validation=False
    )
    request = serializer.serialize_to_request(given, model)
    return gateway.handle(HttpRequest.of_serialized(request), caller)


def new_id(gateway: Gateway) -> str:
    with gateway.world.lock:
        return gateway.world.ids.uuid()
