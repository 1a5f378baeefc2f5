"""The only way to the service, which checks and paces every request, and notes what it makes."""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    SSLError,
)

from imagebuilder_mock.cli.capture.walking import WAYS, arn_parameter, listed_arns
from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.protocol.validation import form_problems

from .claim import Answer, Own
from .safety import UnsafeCallError, is_reading, refuse_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .claim import Call

_BY_CREATE = {f"Create{cls}": cls for cls in WAYS}
_SECONDS_BETWEEN_CALLS = 0.5
_TRIES = 3
_SERVER_ERROR = 500
# There was no connection, so the request has not left.
_UNCONNECTED = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError, SSLError)
# The service could not be asked, which is not a refusal of what was asked.
_UNANSWERED_STATUSES = frozenset((401, 403, 429))
_UNANSWERED = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignature",
        "OptInRequired",
        "RequestExpired",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "UnrecognizedClientException",
    )
)


def is_no_answer(answer: Answer) -> bool:
    """Whether it says nothing about what was asked: a missing permission, a failure of its own."""
    return (
        answer.code in _UNANSWERED
        or answer.status in _UNANSWERED_STATUSES
        or answer.status >= _SERVER_ERROR
    )


class _UnlistedError(Exception):
    """A list was refused."""


class Service:
    """Image Builder, as a run of claims may use it."""

    def __init__(self, client: Any, *, run: str, account: str | None, is_local: bool) -> None:
        """``client`` must not check parameters; a service on this machine is asked at any pace."""
        self.client = client
        self.run = run
        self.account = account
        self.made: dict[str, str] = {}
        """The class of each thing that the run has made, by its ARN, in the order of making."""
        self.unsure: dict[str, str] = {}
        """Creates whose answers did not arrive, each with the class of what it may have made."""
        self._gap = 0.0 if is_local else _SECONDS_BETWEEN_CALLS
        self._next = 0.0
        self._body: str | None = None
        self._sent = 0
        events = client.meta.events
        events.register("before-call.imagebuilder", self._replace_body)
        events.register("before-send.imagebuilder", self._count_sent)
        events.register("response-received.imagebuilder", self._count_unsent)

    def lacks(self, call: Call) -> str | None:
        """What the installed botocore does not know of a call or of its answer, if anything."""
        model = self.client.meta.service_model
        if call.operation not in model.operation_names:
            return call.operation
        known = model.operation_model(call.operation)
        used = [(known.input_shape, call.params)]
        if not isinstance(call.expected, ImageBuilderError):
            # What botocore does not know is not in its answer either.
            used += [
                (known.output_shape, _answer_with(path, value))
                for path, value in call.expected.items()
            ]
        for shape, value in used:
            for problem in form_problems(shape, value) if shape else ():
                if problem.is_unknown:
                    names = [step for step in problem.steps if isinstance(step, str)]
                    return ".".join([call.operation, *names])
        return None

    def ask(self, operation: str, params: Mapping[str, Any], *, body: str | None = None) -> Answer:
        """What the service says; UnsafeCallError if it must not be asked this."""
        if body is not None and not is_reading(operation):
            raise UnsafeCallError(f"{operation} is not called with a body of one's own.")
        refuse_unsafe(operation, params, run=self.run, account=self.account)
        self._wait()
        cls = _BY_CREATE.get(operation)
        self._body, self._sent = body, 0
        answer = None
        try:
            answer = self._asked(operation, params)
        finally:
            self._body = None
            if cls is not None and answer is None and self._sent:
                self.unsure[operation] = cls
        if cls is not None:
            answer = self._noted(operation, cls, answer)
        if operation.startswith("Delete") and answer.code is None:
            for value in params.values():
                self.made.pop(value, None)
        return answer

    def ask_all_pages(self, operation: str, params: Mapping[str, Any]) -> Answer:
        """A list whose pages are joined, or the refusal of one of them."""
        page = self.ask(operation, params)
        whole = dict(page.members)
        while page.code is None and page.members.get("nextToken"):
            page = self.ask(operation, {**params, "nextToken": page.members["nextToken"]})
            for name, value in page.members.items():
                if isinstance(value, list):
                    whole[name] = [*whole.get(name, []), *value]
        return Answer(page.status, page.code, page.message, whole)

    def remove(self, arns: Iterable[str]) -> dict[str, Answer]:
        """Delete what the run has made. Returns what was said of each that is left.

        The newest goes first, and what is still in use is tried again.
        """
        left = dict.fromkeys(arn for arn in reversed(list(arns)) if arn in self.made)
        refusals: dict[str, Answer] = {}
        for _ in range(_TRIES):
            for arn in list(left):
                cls = self.made[arn]
                answer = self.ask(f"Delete{cls}", {arn_parameter(cls): arn})
                if answer.code in {None, "ResourceNotFoundException"}:
                    self.made.pop(arn, None)
                    del left[arn]
                    refusals.pop(arn, None)
                else:
                    refusals[arn] = answer
            if not refusals or all(map(is_no_answer, refusals.values())):
                break
        return refusals

    def find_lost(self) -> None:
        """Look in the lists for what was made by creates whose answers did not arrive."""
        for operation, cls in list(self.unsure.items()):
            try:
                arns = listed_arns(self._listed, cls, containing=f"/{self.run}")
            except _UnlistedError:
                continue
            for arn in arns:
                self.made.setdefault(arn, cls)
            del self.unsure[operation]

    def _listed(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self.ask(operation, params)
        if answer.code is not None:
            raise _UnlistedError
        return answer.members

    def _asked(self, operation: str, params: Mapping[str, Any]) -> Answer:
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

    def _noted(self, operation: str, cls: str, answer: Answer) -> Answer:
        """The answer of a create, with its ARN noted."""
        argument = arn_parameter(cls)
        arn = answer.members.get(argument)
        if isinstance(arn, str) and f"/{self.run}" in arn:
            # A create that is repeated answers with what is there already.
            self.made.setdefault(arn, cls)
        elif answer.code is None or answer.status >= _SERVER_ERROR:
            self.unsure[operation] = cls
            if answer.code is None:
                return Answer(answer.status, "(unreadable)", f"{argument}: {arn}")
        return answer

    def _wait(self) -> None:
        pause = self._next - monotonic()
        if pause > 0:
            sleep(pause)
        self._next = monotonic() + self._gap

    def _replace_body(self, params: dict[str, Any], **_: Any) -> None:
        if self._body is not None:
            params["body"] = self._body.encode()

    def _count_sent(self, **_: Any) -> None:
        self._sent += 1

    def _count_unsent(self, exception: Exception | None = None, **_: Any) -> None:
        self._sent -= isinstance(exception, _UNCONNECTED)


def _answer_with(path: str, value: Any) -> Any:
    """An answer that has this at a path."""
    if isinstance(value, Own):
        value = [{value.member: each} if value.member else each for each in value.values]
    for step in reversed(path.split(".") if path else ()):
        value = [value] if step.isdigit() else {step: value}
    return value
