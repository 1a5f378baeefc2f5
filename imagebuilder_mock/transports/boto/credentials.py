"""Credentials of Image Builder clients, which come from local sources only, or are made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import NoCredentialsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.session import Session

# botocore's providers that only read the environment and files. The others assume roles, run
# processes, or ask SSO, containers and the metadata service.
_LOCAL_PROVIDERS = frozenset(
    ("env", "shared-credentials-file", "config-file", "ec2-config-file", "boto-config")
)


class MockIsOffError(NoCredentialsError):
    """A client that only the mock can have made is used while the mock is off."""

    fmt = (
        "This Image Builder client was made inside mock_imagebuilder without credentials of its "
        "own, or with those of the mock, and the mock is off now. Use it while the mock is on, or "
        "make a new client with credentials to reach AWS."
    )


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
