"""Ordinary boto3 clients for the cloud around Image Builder.

Nothing of a user's profiles and files reaches them: credentials, endpoints, modes.
"""

from __future__ import annotations

from functools import partial
from os import devnull
from typing import Any

from botocore.config import Config
from botocore.session import Session

_NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, devnull, None),
    "credentials_file": (None, None, devnull, None),
}

OWN_KEY = "AKIAMOCK"
"""What the access keys of a mock begin with; the account follows."""
SECRET = "imagebuilder-mock"  # noqa: S105 - it opens nothing
"""The secret key that goes with each of them."""


def access_key_for(account_id: str) -> str:
    """An access key that names the account."""
    return f"{OWN_KEY}{account_id}"


def new_session() -> Session:
    """A session that looks neither at a profile nor at the files that could name one."""
    return Session(_NO_FILES)


def new_client(  # noqa: PLR0913 - what a client is made with
    session: Session,
    service: str,
    region: str,
    *,
    access_key: str,
    acts_as: str | None,
    url: str | None = None,
    **config: Any,
) -> Any:
    """A client that asks once; ``acts_as`` is the account that its requests name to moto."""
    # The stubs of Config do not know all of them.
    settings: dict[str, Any] = {
        "ignore_configured_endpoint_urls": True,
        "retries": {"total_max_attempts": 1},
        "s3": {"addressing_style": "path"},
        "use_dualstack_endpoint": False,
        "use_fips_endpoint": False,
    }
    made: Any = session.create_client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=access_key,
        aws_secret_access_key=SECRET,
        config=Config(**settings, **config),
    )
    if acts_as is not None:
        made.meta.events.register("before-call", partial(_name_account, acts_as))
    return made


def _name_account(account: str, params: dict[str, Any], **_: object) -> None:
    # moto takes an account from this header before it looks at the access key.
    params["headers"]["x-moto-account-id"] = account
