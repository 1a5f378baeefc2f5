"""Making Image Builder clients while a mock is on: no credentials needed, nobody asked for any."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.session import Session

from imagebuilder_mock.protocol.identity import access_key_for
from imagebuilder_mock.protocol.model import SERVICE_NAME

from .credentials import MockIsOffError, local_credentials
from .holding import Hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.credentials import Credentials

    from imagebuilder_mock.gateway import Gateway

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
        parameters = signature(original)

        def create_client(session: Session, *args: Any, **kwargs: Any) -> Any:
            given = parameters.bind(session, *args, **kwargs).arguments
            if self._gateway is None or given["service_name"] != SERVICE_NAME:
                return original(session, *args, **kwargs)
            return self._create(original, given, self._gateway.world.settings.account_id)

        return create_client

    def _create(self, original: Callable[..., Any], given: dict[str, Any], account: str) -> Any:
        session: Session = given["self"]
        if self._default_region is not None and not _has_region(session, given):
            given["region_name"] = self._default_region
        is_placeholder = False
        if _needs_credentials(session, given):
            credentials = local_credentials(session)
            is_placeholder = credentials is None
            given |= (
                {
                    "aws_access_key_id": access_key_for(account),
                    "aws_secret_access_key": _PLACEHOLDER_SECRET,
                }
                if credentials is None
                else _explicit(credentials)
            )
        client = original(**given)
        if is_placeholder:
            client.meta.events.register_first(f"before-sign.{SERVICE_NAME}", self._refuse_when_off)
        return client

    def _refuse_when_off(self, **_: object) -> None:
        if self._gateway is None:
            raise MockIsOffError


def _explicit(credentials: Credentials) -> dict[str, str | None]:
    frozen = credentials.get_frozen_credentials()
    return {
        "aws_access_key_id": frozen.access_key,
        "aws_secret_access_key": frozen.secret_key,
        "aws_session_token": frozen.token,
    }


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
    explicit = given.get("aws_access_key_id") or given.get("aws_secret_access_key")
    already_found = getattr(session, "_credentials", None)
    return explicit is None and already_found is None
