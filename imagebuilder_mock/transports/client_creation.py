"""Making Image Builder clients while a mock is on: no credentials needed, nobody asked for any."""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.config import Config
from botocore.session import Session

from imagebuilder_mock.protocol.identity import access_key_for
from imagebuilder_mock.protocol.model import SERVICE_NAME

from .credentials import MockIsOffError, local_credentials
from .holding import Hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagebuilder_mock.gateway import Gateway

    from .late_imports import LateHold

# What ``Session.create_client`` takes by position, in every botocore.
_PARAMETERS = (
    "service_name",
    "region_name",
    "api_version",
    "use_ssl",
    "verify",
    "endpoint_url",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "config",
    "aws_account_id",
)

_PLACEHOLDER_SECRET = "imagebuilder-mock-placeholder"  # noqa: S105 - it opens nothing


class ClientCreation:
    """Holds ``Session.create_client`` between ``open`` and ``close``.

    A client gets the credentials that the environment or a file names, and else placeholders;
    sessions are neither changed nor given any.
    """

    def __init__(self, hold: Hold | LateHold | None = None) -> None:
        self._hold = hold or Hold(Session, "create_client")
        self._gateway: Gateway | None = None
        self._default_region: str | None = None

    def open(self, gateway: Gateway, *, default_region: str | None) -> None:
        self._gateway = gateway
        self._default_region = default_region
        self._hold.take(self._wrap)

    def close(self) -> None:
        self._gateway = None
        self._hold.release()

    def _wrap(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def create_client(session: Session, *args: Any, **kwargs: Any) -> Any:
            given = self._given(session, args, kwargs)
            if given is None:
                return original(session, *args, **kwargs)
            create = partial(original, session, given.pop("service_name"))
            if not needs_credentials(session, given):
                return create(**given)
            credentials = local_credentials(session)
            client = create(**given | (credentials or self._placeholder()))
            return client if credentials else self._guarded(client)

        return create_client

    def _given(
        self, session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> dict[str, Any] | None:
        """What an Image Builder client is to be made of, by name; None for other clients."""
        given = {**dict(zip(_PARAMETERS, args, strict=False)), **kwargs}
        if self._gateway is None or given.get("service_name") != SERVICE_NAME:
            return None
        if self._default_region is not None and not _has_region(session, given):
            given["region_name"] = self._default_region
        if _asks_for_the_region_it_runs_in(session, given):
            config = given.get("config") or Config()
            standard: Any = {"defaults_mode": "standard"}  # the stubs take it for a flag
            given["config"] = config.merge(Config(**standard))
        return given

    def _placeholder(self) -> dict[str, str]:
        gateway = self._gateway
        if gateway is None:  # switched off while the client is being made
            raise MockIsOffError
        return {
            "aws_access_key_id": access_key_for(gateway.world.settings.account_id),
            "aws_secret_access_key": _PLACEHOLDER_SECRET,
        }

    def _guarded(self, client: Any) -> Any:
        """The client, which refuses to go out with its placeholders."""
        client.meta.events.register_first(f"before-sign.{SERVICE_NAME}", self._refuse_when_off)
        return client

    def _refuse_when_off(self, **_: object) -> None:
        if self._gateway is None:
            raise MockIsOffError


def _has_region(session: Session, given: dict[str, Any]) -> bool:
    config = given.get("config")
    return bool(
        given.get("region_name")
        or (config is not None and config.region_name)
        or session.get_config_variable("region")
    )


def needs_credentials(session: Session, given: dict[str, Any]) -> bool:
    """Whether botocore would go and look for credentials."""
    config = given.get("config")
    if config is not None and config.signature_version is UNSIGNED:
        return False
    explicit = (given.get("aws_access_key_id"), given.get("aws_secret_access_key"))
    already_found = getattr(session, "_credentials", None)
    return explicit == (None, None) and already_found is None


def _asks_for_the_region_it_runs_in(session: Session, given: dict[str, Any]) -> bool:
    """Whether botocore would ask the metadata service, to choose its time-outs by the answer."""
    for config in (given.get("config"), session.get_default_client_config()):
        mode = getattr(config, "defaults_mode", None)
        if mode:
            return str(mode).lower() == "auto"
    return str(session.get_config_variable("defaults_mode")).lower() == "auto"
