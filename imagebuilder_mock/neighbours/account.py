"""An account's way to ask the services around it, through the clients that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from imagebuilder_mock.world.neighbours import Neighbours
    from imagebuilder_mock.world.world import World

NOBODY_ANSWERED = 503


class NeighbourError(Exception):
    """A neighbour's refusal; the text is its own."""


class AbsentError(NeighbourError):
    """What was asked for is not there."""


class NobodyToAskError(NeighbourError):
    """There is no such neighbour, or it does not have what was asked of it."""


class Place(NamedTuple):
    """Where something is asked or told: in an account, in a Region."""

    account: str
    region: str


class Account(NamedTuple):
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
            return getattr(client, operation)(**params)
        except ClientError as error:
            raise _refusal(error, name) from None
        except NotImplementedError as error:
            msg = f"{name} does not have {operation} of {service}: {error}"
            raise NobodyToAskError(msg) from None
        except Exception as error:  # noqa: BLE001 - no answer of AWS, so nothing can be told
            # As for a Region that moto does not know: KeyError('mars-north-1'); or where moto
            # cannot read what its own CloudFormation has made.
            msg = f"{name} cannot tell of {service} in {self.place.region}: {error!r}"
            raise NobodyToAskError(msg) from None

    def finds(self, service: str, operation: str, **params: Any) -> Any:
        """The same, and None if there is no such thing."""
        try:
            return self.ask(service, operation, **params)
        except AbsentError:
            return None


def account_at(world: World, place: Place) -> Account | None:
    """Who can be asked and told at this moment; None if nobody is there."""
    around = world.neighbours
    return Account(around, place) if around is not None and around.are_there() else None


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


def _refusal(error: ClientError, name: str) -> NeighbourError:
    code = str(error.response["Error"]["Code"])
    message = str(error.response["Error"].get("Message", ""))
    if error.response["ResponseMetadata"]["HTTPStatusCode"] == NOBODY_ANSWERED:
        return NobodyToAskError(f"{name} did not answer {error.operation_name}.")
    is_absent = (
        code == "404"
        or code.startswith("NoSuch")
        or "NotFound" in code
        or code.endswith((".Unavailable", ".Malformed"))
    )
    return AbsentError(message) if is_absent else NeighbourError(message)
