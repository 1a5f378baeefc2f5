"""Ordinary boto3 clients for a URL, whose questions do not take long."""

from __future__ import annotations

from copy import deepcopy
from os import devnull
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.session import Session

# Together five seconds, the longest that a question takes.
_CONNECTING, _ANSWERING = 2, 3

# Nothing of a user's profiles and files reaches these clients: credentials, endpoints, modes.
_NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, devnull, None),
    "credentials_file": (None, None, devnull, None),
}
# The stubs of Config do not know all of them.
_CONFIG: dict[str, Any] = {
    "connect_timeout": _CONNECTING,
    "read_timeout": _ANSWERING,
    "ignore_configured_endpoint_urls": True,
    "proxies": {},
    "retries": {"total_max_attempts": 1},
    "s3": {"addressing_style": "path"},
    "use_dualstack_endpoint": False,
    "use_fips_endpoint": False,
}
# A key that no emulator takes for anything, so that it means its default account.
DEFAULT_KEY = "test"
_PLACEHOLDER = "imagebuilder-mock"


class Clients:
    """Clients by service, account and Region.

    Emulators take an access key of twelve digits for the account of this number, moto's server a
    header. The mock's own account is whichever the emulator has for any other key.
    """

    def __init__(self, url: str, default_account: str) -> None:
        self._url = url
        self._default_account = default_account
        self._session = Session(_NO_FILES)
        self._made: dict[tuple[str, str, str], object] = {}
        self._lock = Lock()

    def client(self, service: str, account: str, region: str) -> object:
        key = (service, account, region)
        with self._lock:
            made = self._made.get(key)
            if made is None:
                made = self._made[key] = self._new(*key)
            return made

    def _new(self, service: str, account: str, region: str) -> object:
        is_default = account == self._default_account
        made: Any = self._session.create_client(
            service,
            region_name=region,
            endpoint_url=self._url,
            aws_access_key_id=DEFAULT_KEY if is_default else account,
            aws_secret_access_key=_PLACEHOLDER,
            config=Config(**deepcopy(_CONFIG)),
        )
        if not is_default:
            made.meta.events.register("before-call", _Acting(account))
        return made


class _Acting:
    """Names the account to moto's server."""

    def __init__(self, account: str) -> None:
        self._account = account

    def __call__(self, params: dict[str, Any], **_: object) -> None:
        params["headers"]["x-moto-account-id"] = self._account
