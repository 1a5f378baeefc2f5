"""Our operations, as CloudFormation calls them: what the service refuses fails the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.transports.own_calls import OwnCalls
from imagebuilder_mock.world.faults import LostRequestError

from .failures import ServiceRefusal, StackFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.gateway import Gateway


class StackOperations:
    """What a stack may do: any operation of the service, as its account."""

    def __init__(self, gateway: Gateway, account: str, region: str) -> None:
        self._calls = OwnCalls(gateway, account, region)
        self.region = region

    def new_id(self) -> str:
        return self._calls.new_id()

    def input_shape(self, operation: str) -> Any:
        """StackFailure if the installed botocore does not know the operation."""
        shape = self._calls.input_shape(operation)
        if shape is None:
            raise StackFailure(f"This botocore has no {operation} of Image Builder.")
        return shape

    def call(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The members of the answer; ServiceRefusal if the service refuses."""
        self.input_shape(operation)
        try:
            answer = self._calls.call(operation, params)
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
