"""Operations of Image Builder that CloudFormation calls; a refusal fails the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.protocol.http import Caller
from imagebuilder_mock.protocol.model import input_members, operation_names
from imagebuilder_mock.transports.moto.own_calls import call, new_id
from imagebuilder_mock.world.faults import LostRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.gateway import Gateway


class StackOperations:
    """The operations of the service, called by a stack as its account."""

    def __init__(self, gateway: Gateway, account: str, region: str) -> None:
        self._gateway = gateway
        self._caller = Caller(account, region)
        self.region = region

    def new_id(self) -> str:
        return new_id(self._gateway)

    @property
    def ignores_unknown(self) -> bool:
        """Whether a property passes that only the API's model has."""
        return self._gateway.world.settings.unknown_members == "ignore"

    def members(self, operation: str) -> Mapping[str, Any]:
        """Shapes by parameter. StackFailure if the installed botocore lacks the operation."""
        if operation not in operation_names():
            raise StackFailure(f"This botocore has no {operation} of Image Builder.")
        return input_members(operation)

    def call(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The members of the answer; ServiceRefusal if the service refuses."""
        self.members(operation)
        try:
            answer = call(self._gateway, self._caller, operation, params)
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


# Source: CloudFormation CLI user guide, handler error codes.
_HANDLER_ERROR_CODES = {
    "CallRateLimitExceededException": "Throttling",
    "ForbiddenException": "AccessDenied",
    "InvalidParameterCombinationException": "InvalidRequest",
    "InvalidParameterException": "InvalidRequest",
    "InvalidParameterValueException": "InvalidRequest",
    "InvalidRequestException": "InvalidRequest",
    "InvalidVersionNumberException": "InvalidRequest",
    "ResourceAlreadyExistsException": "AlreadyExists",
    "ResourceInUseException": "ResourceConflict",
    "ResourceNotFoundException": "NotFound",
    "ServiceQuotaExceededException": "ServiceLimitExceeded",
    "ServiceUnavailableException": "ServiceInternalError",
    "TooManyRequestsException": "Throttling",
}
_GENERAL = "GeneralServiceException"


class StackFailure(Exception):
    """Why a stack fails. It passes through moto as any exception, and is caught outside of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.logical_id = ""
        self.resource_type = ""

    def of(self, logical_id: str, resource_type: str) -> StackFailure:
        """Note which resource it is about, unless that is known."""
        self.logical_id = self.logical_id or logical_id
        self.resource_type = self.resource_type or resource_type
        return self


class ServiceRefusal(StackFailure):
    """An error of the service, in CloudFormation's words."""

    def __init__(self, code: str, message: str, *, status: int, request_id: str) -> None:
        said = f"{message} (Service: Imagebuilder, Status Code: {status}, Request ID: {request_id})"
        super().__init__(handler_message(said, request_id, _HANDLER_ERROR_CODES.get(code)))
        self.is_absence = code == "ResourceNotFoundException"


def handler_message(message: str, token: str, code: str | None = None) -> str:
    """A message of a resource handler, in CloudFormation's form."""
    return (
        f'Resource handler returned message: "{message}" '
        f"(RequestToken: {token}, HandlerErrorCode: {code or _GENERAL})"
    )
