"""Operations of Image Builder that CloudFormation calls; a refusal fails the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.protocol.http import Caller
from imagebuilder_mock.protocol.model import input_members, operation_names
from imagebuilder_mock.transports.moto.own_calls import call, new_id
from imagebuilder_mock.world.faults import LostRequestError
from imagebuilder_mock.world.log import logger
from imagebuilder_mock.world.record import UnexpectedCallError

from .moto_names import id_of, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer


class StackOperations:
    """The operations of the service, called by a stack as its account.

    ``raised`` gets the errors of subscribers, for when the stack is done.
    """

    def __init__(
        self, gateway: Gateway, account: str, region: str, raised: list[Exception]
    ) -> None:
        self._gateway = gateway
        self._raised = raised
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
        answer: Answer | None = None
        try:
            # Subscribers are told when the lock is free: an error of theirs takes no answer away.
            with self._gateway.world.lock:
                answer = call(self._gateway, self._caller, operation, params)
        except LostRequestError as lost:
            said = handler_message(lost.message, self.new_id(), "NetworkFailure")
            raise StackFailure(said) from None
        except UnexpectedCallError as error:
            raise StackFailure(str(error), raised=error) from error
        except Exception as error:
            if answer is None:
                raise
            self._raised.append(error)
        if answer.error_code is not None:
            raise ServiceRefusal(answer, self.new_id())
        return answer.members


ABSENT, EXISTING = "ResourceNotFoundException", "ResourceAlreadyExistsException"
# Source: CloudFormation CLI user guide, handler error codes.
_HANDLER_ERROR_CODES = {
    "CallRateLimitExceededException": "Throttling",
    "ForbiddenException": "AccessDenied",
    "InvalidParameterCombinationException": "InvalidRequest",
    "InvalidParameterException": "InvalidRequest",
    "InvalidParameterValueException": "InvalidRequest",
    "InvalidRequestException": "InvalidRequest",
    "InvalidVersionNumberException": "InvalidRequest",
    EXISTING: "AlreadyExists",
    "ResourceInUseException": "ResourceConflict",
    ABSENT: "NotFound",
    "ServiceQuotaExceededException": "ServiceLimitExceeded",
    "ServiceUnavailableException": "ServiceInternalError",
    "TooManyRequestsException": "Throttling",
}


class StackFailure(Exception):
    """Why a resource fails, and with it the stack.

    It passes through moto as any exception, and is caught outside of it. It names the resource by
    the attributes that moto's resources have. ``raised`` comes out of the call when the stack has
    been rolled back: a call that the test did not expect.
    """

    def __init__(self, reason: str, *, raised: Exception | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.raised = raised
        self.logical_resource_id = ""
        self.type = ""
        self.physical_resource_id = ""

    def of(self, logical_id: str, resource_type: str, physical_id: str = "") -> StackFailure:
        """Note which resource it is about, unless that is known."""
        if not self.logical_resource_id:
            self.logical_resource_id = logical_id
            self.type = resource_type
            self.physical_resource_id = physical_id
        return self

    def about(self, resource: Any) -> StackFailure:
        """The same, for a resource that is there."""
        return self.of(resource.logical_resource_id, type_of(resource), id_of(resource))


class NotBuiltYet(StackFailure):
    """A resource waits for an image that is still being built."""


class ServiceRefusal(StackFailure):
    """An error of the service, in CloudFormation's words."""

    def __init__(self, answer: Answer, token: str) -> None:
        said = (
            f"{answer.members.get('message', '')} (Service: Imagebuilder, "
            f"Status Code: {answer.status}, Request ID: {answer.request_id}) (SDK Attempt Count: 1)"
        )
        self.code = str(answer.error_code)
        super().__init__(handler_message(said, token, _HANDLER_ERROR_CODES.get(self.code)))
        self._token = token

    def in_handlers_words(self, code: str, resource_type: str, identifier: str) -> StackFailure:
        """What the handler says itself of the resource that it works on, if this is the code."""
        if self.code != code:
            return self
        state = "already exists" if code == EXISTING else "was not found"
        said = f"Resource of type '{resource_type}' with identifier '{identifier}' {state}."
        return StackFailure(handler_message(said, self._token, _HANDLER_ERROR_CODES[code]))


def failure_of(error: Exception) -> StackFailure:
    """Any exception as the reason why a resource fails; a bug's traceback is logged."""
    if isinstance(error, StackFailure):
        return error
    message = getattr(error, "message", None)
    if isinstance(message, str):
        # An error of moto's in AWS's words.
        return StackFailure(message)
    logger.error("A resource of a stack fails, with no error of AWS:", exc_info=error)
    return StackFailure(f"{type(error).__name__}: {error}")


def operation_failed(message: str, token: str) -> StackFailure:
    """What the handler says when an operation was accepted and has failed later."""
    return StackFailure(handler_message(f"Error occurred during operation '{message}'.", token))


def handler_message(message: str, token: str, code: str | None = None) -> str:
    """A message of a resource handler, in CloudFormation's form."""
    return (
        f'Resource handler returned message: "{message}" '
        f"(RequestToken: {token}, HandlerErrorCode: {code or 'GeneralServiceException'})"
    )
