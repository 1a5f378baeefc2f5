"""An account's way to ask moto: ordinary boto3 clients that only moto can answer."""

from __future__ import annotations

from functools import lru_cache, partial
from os import devnull
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from imagebuilder_mock.neighbours.ports import AbsentError, NeighbourError, NobodyToAskError
from imagebuilder_mock.neighbours.presence import has_loaded

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

# Nothing of a user's profiles and files reaches these clients: endpoints, credentials, modes.
_NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, devnull, None),
    "credentials_file": (None, None, devnull, None),
}
_PLACEHOLDER = "imagebuilder-mock"
_NOBODY_ANSWERED = 503
# The stubs of Config do not know all of them.
_CONFIG: dict[str, Any] = {
    "ignore_configured_endpoint_urls": True,
    "retries": {"total_max_attempts": 1},
    "s3": {"addressing_style": "path"},
    "use_dualstack_endpoint": False,
    "use_fips_endpoint": False,
}


class MotoAccount:
    """What an account's requests meet in moto, in one Region."""

    def __init__(self, account: str, region: str, *, is_strict: bool) -> None:
        self.account = account
        self.region = region
        self.is_strict = is_strict

    def ask(self, service: str, operation: str, **params: Any) -> Any:
        """Moto's answer.

        AbsentError if it says that there is no such thing, NobodyToAskError if it does not have
        the operation or lets the service pass, another NeighbourError if it refuses.
        """
        client = _client(service, self.region, self.account)
        try:
            return getattr(client, operation)(**params)
        except ClientError as error:
            raise _refusal(error) from None
        except NotImplementedError as error:
            msg = f"moto does not have {operation} of {service}: {error}"
            raise NobodyToAskError(msg) from None
        except (AttributeError, LookupError) as error:
            # As for a Region that moto does not know: KeyError('mars-north-1').
            msg = f"moto cannot tell of {service} in {self.region}: {error!r}"
            raise NobodyToAskError(msg) from None

    def finds(self, service: str, operation: str, **params: Any) -> Any:
        """Moto's answer, None if there is no such thing; NobodyToAskError if it cannot tell."""
        try:
            return self.ask(service, operation, **params)
        except AbsentError:
            return None

    def can_take(
        self, service: str, is_there: Callable[[], object], *inventories: Inventory
    ) -> bool:
        """Whether a name can be taken: it is found, or what is missing is taken too."""
        try:
            return bool(is_there()) or self.takes_missing(service, *inventories)
        except NeighbourError:
            return not self.is_strict

    def takes_missing(self, service: str, *inventories: Inventory) -> bool:
        """Whether names are taken that are not found.

        They are if the test has made nothing of the service there: then they stand for things
        that it is not about.
        """
        if self.is_strict:
            return False
        return not has_loaded(service) or not any(map(self._has_any, inventories))

    def _has_any(self, inventory: Inventory) -> bool:
        try:
            return bool(inventory(self))
        except NobodyToAskError:
            return False


if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Inventory: TypeAlias = Callable[[MotoAccount], Any]
    """What the test has made of one kind; moto's own defaults are not in it."""


@lru_cache(maxsize=256)
def _client(service: str, region: str, account: str) -> Any:
    """A client whose requests moto takes for the account's.

    It is used only while moto is on. Should nobody have answered by then, as for a service that
    moto is told to let pass, it answers itself: no request of ours goes anywhere else.
    """
    client: Any = _session().create_client(
        service,
        region_name=region,
        aws_access_key_id=f"AKIAMOCK{account}",
        aws_secret_access_key=_PLACEHOLDER,
        config=Config(**_CONFIG),
    )
    client.meta.events.register("before-call", partial(_act_as, account))
    client.meta.events.register_last("before-send", _nobody_answered)
    return client


@lru_cache(maxsize=1)
def _session() -> Session:
    return Session(_NO_FILES)


def _act_as(account: str, params: dict[str, Any], **_: object) -> None:
    # moto takes an account from this header before it looks at the access key.
    params["headers"]["x-moto-account-id"] = account


def _nobody_answered(request: AWSPreparedRequest, **_: object) -> AWSResponse:
    """Of all handlers of the event the first answer counts: this one's if there is no other."""
    return AWSResponse(request.url, _NOBODY_ANSWERED, HTTPHeaders(), _Empty())


class _Empty:
    """The body of an answer that nobody gave."""

    def read(self, *_: object) -> bytes:
        return b""

    def stream(self, **_: object) -> list[bytes]:
        return []


def _refusal(error: ClientError) -> NeighbourError:
    code = str(error.response["Error"]["Code"])
    message = str(error.response["Error"].get("Message", ""))
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if status == _NOBODY_ANSWERED:
        return NobodyToAskError(f"moto did not answer {error.operation_name}.")
    is_absent = (
        code == "404"
        or code.startswith("NoSuch")
        or "NotFound" in code
        or code.endswith((".Unavailable", ".Malformed"))
    )
    return AbsentError(message) if is_absent else NeighbourError(message)
