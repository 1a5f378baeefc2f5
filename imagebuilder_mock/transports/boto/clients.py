"""Image Builder clients that are created while a mock is on: they need no credentials.

Credentials come from local sources only, or are made up.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import NoCredentialsError, NoRegionError
from botocore.session import Session

from imagebuilder_mock.neighbours.clients import new_session
from imagebuilder_mock.protocol.identity import credentials_for, is_own_key, region_of
from imagebuilder_mock.protocol.model import SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mypy_boto3_imagebuilder import ImagebuilderClient

    from imagebuilder_mock.transports.patching import Method, Patches


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

# botocore's providers that only read the environment and files. The others assume roles, run
# processes, or ask SSO, containers and the metadata service.
_LOCAL_PROVIDERS = frozenset(
    ("env", "shared-credentials-file", "config-file", "ec2-config-file", "boto-config")
)


class RegionIsMissingError(NoRegionError):
    """A client is created that has no Region."""

    fmt = (
        "You must specify a region. A mocked Image Builder has Regions too: name one with "
        "boto3.client('imagebuilder', region_name='us-east-1') or in the environment variable "
        "AWS_DEFAULT_REGION, or take a client that has one, from mock.client() or from the pytest "
        "fixture 'imagebuilder'; a program gets one with imagebuilder-mock run --region us-east-1."
    )


class MockIsOffError(NoCredentialsError):
    """A client that only the mock can have made is used while the mock is off."""

    fmt = (
        "This Image Builder client was made inside mock_imagebuilder without credentials of its "
        "own, or with those of the mock, and the mock is off now. Use it while the mock is on, or "
        "make a new client with credentials to reach AWS."
    )


class ClientCreation:
    """Patches ``Session.create_client``.

    A client gets the credentials that the environment or a file names, or else placeholders.
    Sessions are not changed, and get none.
    """

    def __init__(
        self,
        account: Callable[[], str],
        is_on: Callable[[], bool],
        *,
        default_region: str | None = None,
    ) -> None:
        self._account = account
        self._is_on = is_on
        self._default_region = default_region

    def open(self, patches: Patches) -> None:
        patches.patch(Session, "create_client", self._create_client)

    def _create_client(self, original: Method, session: Session, *args: Any, **kwargs: Any) -> Any:
        given = self._given(session, args, kwargs)
        if given.get("service_name") != SERVICE_NAME:
            return self._create_another(partial(original, session), given, args, kwargs)
        create = partial(original, session, given.pop("service_name"))
        held = local_credentials(session) if needs_credentials(session, given) else {}
        with explained_region():
            client = create(**given | (credentials_for(self._account()) if held is None else held))
        return self._guarded(client, has_placeholder=held is None)

    def _given(
        self, session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        """The arguments for a client, by name; for other services only the Region is added."""
        given = {**dict(zip(_PARAMETERS, args, strict=False)), **kwargs}
        if self._default_region is not None and not _has_region(session, given):
            given["region_name"] = self._default_region
        is_ours = given.get("service_name") == SERVICE_NAME
        if is_ours and _asks_for_the_region_it_runs_in(session, given):
            config = given.get("config") or Config()
            standard: Any = {"defaults_mode": "standard"}  # the stubs take it for a flag
            given["config"] = config.merge(Config(**standard))
        return given

    def _create_another(
        self, create: Method, given: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """A client of another service, which gets the default Region if there is one."""
        return create(*args, **kwargs) if self._default_region is None else create(**given)

    def _guarded(self, client: Any, *, has_placeholder: bool) -> Any:
        """Make a client refuse to send while no mock is on, if only a mock can have made it.

        Such a client has placeholders, or a key that mocks give and no endpoint of the user's.
        """
        key = access_key_of(client._request_signer)
        if has_placeholder or (is_own_key(key) and _is_for_aws(client)):
            client.meta.events.register_first(
                f"before-sign.{SERVICE_NAME}", partial(_refuse_when_off, self._is_on)
            )
        return client


def _is_for_aws(client: Any) -> bool:
    return region_of(urlsplit(client.meta.endpoint_url).hostname or "") is not None


@contextmanager
def explained_region() -> Iterator[None]:
    """Say how to give a Region where botocore only says that there is none."""
    try:
        yield
    except NoRegionError:
        raise RegionIsMissingError from None


def _refuse_when_off(is_on: Callable[[], bool], **_: object) -> None:
    if not is_on():
        raise MockIsOffError


def _has_region(session: Session, given: dict[str, Any]) -> bool:
    config = given.get("config")
    return bool(
        given.get("region_name")
        or (config is not None and config.region_name)
        or session.get_config_variable("region")
    )


def needs_credentials(session: Session, given: dict[str, Any]) -> bool:
    """Whether botocore would search for credentials."""
    config = given.get("config")
    if config is not None and config.signature_version is UNSIGNED:
        return False
    explicit = (given.get("aws_access_key_id"), given.get("aws_secret_access_key"))
    already_found = getattr(session, "_credentials", None)
    return explicit == (None, None) and already_found is None


def access_key_of(signer: Any) -> str | None:
    """The access key with which a client signs, if it is known without a refresh."""
    key = _held(getattr(signer, "_credentials", None), "access_key")
    return key if isinstance(key, str) else None


def has_ready_credentials(signer: Any) -> bool:
    """Whether a client can sign now: it has credentials that need no refresh."""
    credentials = getattr(signer, "_credentials", None)
    if credentials is None or access_key_of(signer) is None:
        return False
    refresh_needed = getattr(credentials, "refresh_needed", None)
    return refresh_needed is None or not refresh_needed()


def local_credentials(session: Session) -> dict[str, object] | None:
    """Credentials from the environment and from files, as keyword arguments of ``create_client``.

    No role, process or network is used. None if there are none.
    """
    for provider in local_providers(session):
        credentials = provider.load()
        if credentials is not None:
            return as_arguments(credentials)
    return None


def local_providers(session: Session) -> Iterator[Any]:
    for provider in session.get_component("credential_provider").providers:
        if provider.METHOD in _LOCAL_PROVIDERS:
            yield provider


def is_remote(provider: Any) -> bool:
    """Whether a provider is botocore's, and asks the network or runs a process for credentials."""
    library = type(provider).__module__.partition(".")[0]
    return library in {"botocore", "aiobotocore"} and provider.METHOD not in _LOCAL_PROVIDERS


def as_arguments(credentials: object) -> dict[str, object]:
    """Credentials as keyword arguments of ``create_client``."""
    return {
        "aws_access_key_id": _held(credentials, "access_key"),
        "aws_secret_access_key": _held(credentials, "secret_key"),
        "aws_session_token": _held(credentials, "token"),
    }


def _held(credentials: object, name: str) -> object:
    """The value behind a property, which itself would refresh credentials that expire."""
    held = getattr(credentials, "__dict__", {})
    return held.get(f"_{name}") or held.get(name)


def _asks_for_the_region_it_runs_in(session: Session, given: dict[str, Any]) -> bool:
    """Whether botocore would ask the metadata service in order to choose its time-outs."""
    for config in (given.get("config"), session.get_default_client_config()):
        mode = getattr(config, "defaults_mode", None)
        if mode:
            return str(mode).lower() == "auto"
    return str(session.get_config_variable("defaults_mode")).lower() == "auto"


@lru_cache(maxsize=1)
def _loader() -> Any:
    return new_session().get_component("data_loader")


def own_client(region: str, credentials: Mapping[str, object]) -> ImagebuilderClient:
    """A client with a session of its own, so that tests do not share event handlers.

    All of them share the loaded model, which nobody can change on a client.
    """
    session = new_session()
    session.register_component("data_loader", _loader())
    create: Callable[..., Any] = session.create_client
    client: ImagebuilderClient = create(SERVICE_NAME, region, **credentials)
    return client
