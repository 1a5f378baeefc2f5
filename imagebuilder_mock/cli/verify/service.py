"""The one door to the service: every request passes it, at its pace, and what it makes is noted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StructureShape

from imagebuilder_mock.cli.capture.walking import WAYS, Listing, Way

from .comparing import Answer
from .safety import UnsafeCallError, refuse_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_BY_CREATE = {way.get.replace("Get", "Create", 1): way for way in WAYS}
_SECONDS_BETWEEN_CALLS = 0.5
_TRIES = 3
_HIGHEST_SUCCESS = 299

# Where the service could not be asked, rather than that it refused what was asked.
UNANSWERED = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "CallRateLimitExceededException",
        "ExpiredTokenException",
        "ForbiddenException",
        "IncompleteSignature",
        "InternalFailure",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "OptInRequired",
        "RequestLimitExceeded",
        "ServiceException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ThrottlingException",
        "TooManyRequestsException",
        "UnrecognizedClientException",
    )
)


class Service:
    """Image Builder, as a run of claims may use it."""

    def __init__(self, client: Any, *, run: str, account: str | None, is_local: bool) -> None:
        """``client`` must not check parameters; a service on this machine is asked at any pace."""
        self.client = client
        self.run = run
        self.account = account
        self.made: dict[str, Way] = {}
        """What the run has made, by its ARN, in that order."""
        self.calls = 0
        self._gap = 0.0 if is_local else _SECONDS_BETWEEN_CALLS
        self._next = 0.0
        self._unsure: dict[str, Way] = {}
        self._body: str | None = None
        client.meta.events.register("before-call.imagebuilder", self._replace_body)

    def lacks(self, operation: str, params: Mapping[str, Any]) -> str | None:
        """What the installed botocore does not know of a request, if anything."""
        model = self.client.meta.service_model
        if operation not in model.operation_names:
            return operation
        return _unknown(model.operation_model(operation).input_shape, params, operation)

    def ask(
        self,
        operation: str,
        params: Mapping[str, Any],
        *,
        body: str | None = None,
    ) -> Answer:
        """What the service says; UnsafeCallError if it must not be asked this."""
        if body is not None and not operation.startswith("List"):
            raise UnsafeCallError(f"{operation} is not called with a body of one's own.")
        refuse_unsafe(operation, params, run=self.run, account=self.account, made=self.made.keys())
        self._wait()
        way = _BY_CREATE.get(operation)
        if way is not None:
            # Until the answer is there: who is interrupted does not know what was made.
            self._unsure[operation] = way
        self._body = body
        try:
            answer = self._asked(operation, params)
        finally:
            self._body = None
        if way is not None:
            del self._unsure[operation]
            self._note(way, answer)
        if operation.startswith("Delete") and answer.code is None:
            for value in params.values():
                self.made.pop(value, None)
        return answer

    def remove(self, arns: Iterable[str]) -> dict[str, str]:
        """Delete what the run has made; the answer says of each that is left why.

        It goes backwards, and again where something else had to go first.
        """
        left = {arn: "" for arn in reversed(list(arns)) if arn in self.made}
        for _ in range(_TRIES):
            for arn in list(left):
                way = self.made[arn]
                answer = self.ask(way.get.replace("Get", "Delete", 1), {way.argument: arn})
                if answer.code in {None, "ResourceNotFoundException"}:
                    self.made.pop(arn, None)
                    del left[arn]
                else:
                    left[arn] = f"{answer.code}: {answer.message}"
            if not left:
                break
        return left

    def find_lost(self) -> None:
        """Note what creates have made whose answers did not arrive."""
        for way in list(self._unsure.values()):
            for arn in self._listed(way.lists):
                self.made.setdefault(arn, way)
        self._unsure.clear()

    def _asked(self, operation: str, params: Mapping[str, Any]) -> Answer:
        self.calls += 1
        try:
            members = getattr(self.client, xform_name(operation))(**params)
        except ClientError as error:
            response: Any = error.response
            return Answer(
                response["ResponseMetadata"]["HTTPStatusCode"],
                response["Error"]["Code"],
                response["Error"].get("Message", ""),
            )
        status = members.pop("ResponseMetadata")["HTTPStatusCode"]
        return Answer(status, members=members)

    def _note(self, way: Way, answer: Answer) -> None:
        arn = answer.members.get(way.argument)
        if answer.code is None and isinstance(arn, str):
            # A create that is repeated answers with what is there already.
            self.made.setdefault(arn, way)

    def _wait(self) -> None:
        pause = self._next - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._next = time.monotonic() + self._gap

    def _replace_body(self, params: dict[str, Any], **_: Any) -> None:
        if self._body is not None:
            params["body"] = self._body.encode()

    def _listed(self, lists: tuple[Listing, ...]) -> Iterator[str]:
        """The run's own, list upon list."""
        first, *rest = lists
        arns = self._arns(first, {"owner": "Self"} if first.is_owned else {})
        for listing in rest:
            arns = [
                below for arn in arns for below in self._arns(listing, {str(listing.argument): arn})
            ]
        yield from arns

    def _arns(self, listing: Listing, params: Mapping[str, str]) -> list[str]:
        arns: list[str] = []
        token: dict[str, str] = {}
        while True:
            answer = self.ask(listing.operation, {**params, **token})
            entries = answer.members.get(listing.members, [])
            arns += [entry["arn"] for entry in entries if f"/{self.run}" in entry["arn"]]
            if not answer.members.get("nextToken"):
                return arns
            token = {"nextToken": answer.members["nextToken"]}


def _unknown(shape: Shape | None, value: Any, path: str) -> str | None:
    """The path of the first member that the shape does not have."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return next(
            (
                found
                for name, item in value.items()
                if (
                    found := _unknown(shape.members[name], item, f"{path}.{name}")
                    if name in shape.members
                    else f"{path}.{name}"
                )
            ),
            None,
        )
    if isinstance(shape, ListShape) and isinstance(value, (list, tuple)):
        return next(
            (found for item in value if (found := _unknown(shape.member, item, path))), None
        )
    return None
