"""Questions of an account to the services around Image Builder, and what answers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's name
    ConnectTimeoutError,
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from imagebuilder_mock.world.neighbours import Neighbours
    from imagebuilder_mock.world.world import World

NOBODY_ANSWERED = 503

_SERVER_FAULT = 500
# How emulators say that they lack an operation, or a whole service, where AWS would have it.
_LACKING = frozenset(
    (
        "InvalidAction",
        "NotImplemented",
        "NotImplementedException",
        "UnknownOperation",
        "UnknownOperationException",
        "UnknownService",
    )
)


class NeighbourError(Exception):
    """A neighbour's refusal; the text is its own."""


class AbsentError(NeighbourError):
    """What was asked for is not there."""


class NobodyToAskError(NeighbourError):
    """There is no such neighbour, or it does not have what was asked of it."""

    is_logged = False
    """Whether the log has its text already."""


class Place(NamedTuple):
    """Where something is asked or told: in an account, in a Region."""

    account: str
    region: str


class Account(Value):
    """What an account's requests meet in a Region."""

    around: Neighbours
    place: Place

    def ask(self, service: str, operation: str, **params: Any) -> Any:
        """The neighbour's answer.

        AbsentError if it says that there is no such thing, NobodyToAskError if what it says is no
        answer of AWS, another NeighbourError if it refuses.
        """
        client, name = self.around.client(service, *self.place), self.around.name
        try:
            answer = getattr(client, operation)(**params)
        except ClientError as error:
            raise self._refusal(service, error) from None
        except (ConnectTimeoutError, ReadTimeoutError):
            raise self.no_answer(f"{name} does not answer in time.", is_late=True) from None
        except ConnectionError:
            raise self.no_answer(f"{name} cannot be reached.") from None
        except (HTTPClientError, ResponseParserError):
            raise self.no_answer(f"{name} gives answers of {service} that are not AWS's.") from None
        except NotImplementedError as error:
            raise self.no_answer(
                f"{name} does not have {operation} of {service}: {error}."
            ) from None
        except NeighbourError:
            # Of a method that does for a neighbour what this does not have.
            raise
        except Exception as error:  # noqa: BLE001 - no answer of AWS, so nothing can be told
            # As for a Region that moto does not know: KeyError('mars-north-1'); or where moto
            # cannot read what its own CloudFormation has made.
            raise self.no_answer(
                f"{name} cannot tell of {service} in {self.place.region}: {error!r}."
            ) from None
        return _Answer(self, service, answer) if isinstance(answer, dict) else answer

    def reads(self, body: Any, limit: int | None) -> bytes:
        """At most ``limit`` bytes of an object; NobodyToAskError if they do not arrive."""
        try:
            return bytes(body.read(limit))
        except (ConnectionError, HTTPClientError, IncompleteReadError):
            raise self.no_answer(f"{self.around.name} does not send what it began.") from None

    def no_answer(self, sentence: str, *, is_late: bool = False) -> NobodyToAskError:
        """The error for an answer that is not AWS's, or none; the neighbour hears of it."""
        error = NobodyToAskError(sentence)
        error.is_logged = self.around.cannot_be_asked(sentence, is_late=is_late)
        return error

    def _refusal(self, service: str, error: ClientError) -> NeighbourError:
        code = str(error.response["Error"]["Code"])
        message = str(error.response["Error"].get("Message", ""))
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        name, operation = self.around.name, error.operation_name
        if status == NOBODY_ANSWERED:
            return self.no_answer(f"{name} did not answer {operation}.")
        # botocore makes a code of the status where the body has none; of S3, HEAD never has one.
        is_bare = code.isdigit() and not (service == "s3" and code == "404")
        if status >= _SERVER_FAULT or code in _LACKING or is_bare:
            return self.no_answer(
                f"{name} does not have {operation} of {service}, and says {code} {message!r}."
            )
        is_absent = (
            code == "404"
            or code.startswith("NoSuch")
            or "NotFound" in code
            or code.endswith((".Unavailable", ".Malformed"))
        )
        return AbsentError(message) if is_absent else NeighbourError(message)

    def finds(self, service: str, operation: str, **params: Any) -> Any:
        """The same, and None if there is no such thing."""
        try:
            return self.ask(service, operation, **params)
        except AbsentError:
            return None


class _Answer(dict[str, Any]):
    """A neighbour's answer. NobodyToAskError if a member is read that the service would have."""

    def __init__(self, account: Account, service: str, members: dict[str, Any]) -> None:
        super().__init__(members)
        self._account = account
        self._service = service

    def __missing__(self, name: str) -> Any:
        around = self._account.around.name
        raise self._account.no_answer(f"{around} gives answers of {self._service} without {name}.")


def account_at(world: World, place: Place) -> Account | None:
    """Who can be asked and told at this moment; None if nobody is there."""
    around = world.neighbours
    return Account(around, place) if around is not None and around.are_there() else None


def is_anybody_there(world: World) -> bool:
    """Whether somebody can be asked and told at this moment."""
    return world.neighbours is not None and world.neighbours.are_there()


def absence(world: World) -> str | None:
    """Why nothing could be looked up, and what to do about it; None if somebody is there."""
    around = world.neighbours
    if around is None:
        return "imagebuilder_mock looks nothing up with neighbours='off'."
    return None if around.are_there() else around.absence


def explained(world: World, detail: str) -> str:
    """A refusal that also says why nothing could be looked up, if nobody is there."""
    reason = absence(world)
    return detail if reason is None else f"{detail} {reason}"
