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

    def __init__(self) -> None:
        self._hold = Hold(Session, "create_client")
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
            gateway = self._gateway
            given = {**dict(zip(_PARAMETERS, args, strict=False)), **kwargs}
            if gateway is None or given.get("service_name") != SERVICE_NAME:
                return original(session, *args, **kwargs)
            account = gateway.world.settings.account_id
            return self._create(partial(original, session), session, given, account)

        return create_client

    def _create(
        self,
        create: Callable[..., Any],
        session: Session,
        given: dict[str, Any],
        account: str,
    ) -> Any:
        if self._default_region is not None and not _has_region(session, given):
            given["region_name"] = self._default_region
        if _asks_for_the_region_it_runs_in(session, given):
            config = given.get("config") or Config()
            standard: Any = {"defaults_mode": "standard"}  # the stubs take it for a flag
            given["config"] = config.merge(Config(**standard))
        is_placeholder = False
        if _needs_credentials(session, given):
            credentials = local_credentials(session)
            is_placeholder = credentials is None
            given |= credentials or {
                "aws_access_key_id": access_key_for(account),
                "aws_secret_access_key": _PLACEHOLDER_SECRET,
            }
        client = create(given.pop("service_name"), **given)
        if is_placeholder:
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


def _needs_credentials(session: Session, given: dict[str, Any]) -> bool:
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
