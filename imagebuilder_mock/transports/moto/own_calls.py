"""Our operations, as another service calls them for an account in a Region: through the gateway.

Such a call is a request like a program's: it is checked, recorded, and met by fault rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.serialize import create_serializer

from imagebuilder_mock.protocol.http import Caller, HttpRequest
from imagebuilder_mock.protocol.model import service_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer

_CLIENT_TOKEN = "clientToken"  # noqa: S105 - the member's name


class OwnCalls:
    """What a service may do for an account: any operation of the model."""

    def __init__(self, gateway: Gateway, account: str, region: str) -> None:
        self._gateway = gateway
        self._caller = Caller(account, region)
        self.region = region

    def new_id(self) -> str:
        with self._gateway.world.lock:
            return self._gateway.world.ids.uuid()

    def input_shape(self, operation: str) -> Any:
        """None if the installed botocore does not know the operation."""
        model = service_model()
        if operation not in model.operation_names:
            return None
        return model.operation_model(operation).input_shape

    def call(self, operation: str, params: Mapping[str, Any]) -> Answer:
        """The answer, an error's too; LostRequestError where a fault rule lets none come."""
        given = dict(params)
        model = service_model().operation_model(operation)
        if model.input_shape is not None and _CLIENT_TOKEN in model.input_shape.members:
            given[_CLIENT_TOKEN] = self.new_id()
        serializer: Any = create_serializer(
            service_model().metadata["protocol"], include_validation=False
        )
        request = serializer.serialize_to_request(given, model)
        return self._gateway.handle(
            HttpRequest.of_serialized(request),
            self._caller,
        )
