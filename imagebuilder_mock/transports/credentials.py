"""Credentials of Image Builder clients: read without asking anybody, or made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import NoCredentialsError

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session

# botocore's providers that only read the environment and files. The others assume roles, run
# processes, or ask SSO, containers and the metadata service.
_LOCAL_PROVIDERS = frozenset(
    ("env", "shared-credentials-file", "config-file", "ec2-config-file", "boto-config")
)


class MockIsOffError(NoCredentialsError):
    """A client that was made without credentials is used after the mock was switched off."""

    fmt = (
        "This Image Builder client was made inside mock_imagebuilder without credentials of its "
        "own, and the mock is off now. Use it while the mock is on, or make a new client with "
        "credentials to reach AWS."
    )


def access_key_of(signer: Any) -> str | None:
    """The access key that a client signs with, as far as it is known without a refresh."""
    credentials = getattr(signer, "_credentials", None)
    if credentials is None:
        return None
    held = vars(credentials)
    key = held.get("_access_key") or held.get("access_key")
    return key if isinstance(key, str) else None


def has_ready_credentials(signer: Any) -> bool:
    """Whether signing needs nobody else: the credentials are there and need no refresh."""
    credentials = getattr(signer, "_credentials", None)
    if credentials is None or access_key_of(signer) is None:
        return False
    refresh_needed = getattr(credentials, "refresh_needed", None)
    return refresh_needed is None or not refresh_needed()


def local_credentials(session: Session) -> Credentials | None:
    """What the environment and the files say; no role, process or network is asked."""
    for provider in session.get_component("credential_provider").providers:
        if provider.METHOD in _LOCAL_PROVIDERS:
            credentials: Credentials | None = provider.load()
            if credentials is not None:
                return credentials
    return None
