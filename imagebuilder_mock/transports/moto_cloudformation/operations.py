"""Our operations, as CloudFormation calls them for an account in a Region: through the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.serialize import create_serializer

from imagebuilder_mock.domain.faults import LostRequestError
from imagebuilder_mock.protocol.http import Caller, HttpRequest
from imagebuilder_mock.protocol.model import service_model

from .failures import ServiceRefusal, StackFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.gateway import Gateway

_CLIENT_TOKEN = "clientToken"  # noqa: S105 - the member's name


class StackOperations:
    """What a stack may do: any operation of the service, as its account."""

    def __init__(self, gateway: Gateway, account: str, region: str) -> None:
        self._gateway = gateway
        self._caller = Caller(account, region)
        self.region = region

    def new_id(self) -> str:
        with self._gateway.world.lock:
            return self._gateway.world.ids.uuid()

    def input_shape(self, operation: str) -> Any:
        """StackFailure if the installed botocore does not know the operation."""
        model = service_model()
        if operation not in model.operation_names:
            raise StackFailure(f"This botocore has no {operation} of Image Builder.")
        return model.operation_model(operation).input_shape

    def call(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The members of the answer; ServiceRefusal if the service refuses."""
        given = dict(params)
        if _CLIENT_TOKEN in self.input_shape(operation).members:
            given[_CLIENT_TOKEN] = self.new_id()
        model = service_model().operation_model(operation)
        serializer: Any = create_serializer(
            service_model().metadata["protocol"], include_validation=False
        )
        request = serializer.serialize_to_request(given, model)
        try:
            answer = self._gateway.handle(
                HttpRequest(
                    method=request["method"],
                    path=request["url_path"],
                    query={
                        name: [
                            str(item) for item in (value if isinstance(value, list) else [value])
                        ]
                        for name, value in request["query_string"].items()
                    },
                    body=request["body"],
                ),
                self._caller,
            )
        except LostRequestError as failure:
            raise StackFailure(failure.message) from None
        if answer.error_code is not None:
            raise ServiceRefusal(
                answer.error_code,
                str(answer.members.get("message", "")),
                status=answer.status,
                request_id=answer.request_id,
            )
        return answer.members
