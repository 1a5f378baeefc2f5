"""Ordinary boto3 clients that only moto can answer."""

from __future__ import annotations

from functools import lru_cache, partial
from os import devnull
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.session import Session

from imagebuilder_mock.neighbours.account import NOBODY_ANSWERED

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

# Nothing of a user's profiles and files reaches these clients: endpoints, credentials, modes.
_NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, devnull, None),
    "credentials_file": (None, None, devnull, None),
}
_PLACEHOLDER = "imagebuilder-mock"
# The stubs of Config do not know all of them.
_CONFIG: dict[str, Any] = {
    "ignore_configured_endpoint_urls": True,
    "retries": {"total_max_attempts": 1},
    "s3": {"addressing_style": "path"},
    "use_dualstack_endpoint": False,
    "use_fips_endpoint": False,
}


@lru_cache(maxsize=256)
def client(service: str, account: str, region: str) -> object:
    """A client whose requests moto takes for the account's.

    It is used only while moto is on. Should nobody have answered by then, as for a service that
    moto is told to let pass, it answers itself: no request of ours goes anywhere else.
    """
    made: Any = _session().create_client(
        service,
        region_name=region,
        aws_access_key_id=f"AKIAMOCK{account}",
        aws_secret_access_key=_PLACEHOLDER,
        config=Config(**_CONFIG),
    )
    made.meta.events.register("before-call", partial(_act_as, account))
    made.meta.events.register_last("before-send", _nobody_answered)
    if service != "ec2":
        return made
    from .machine_images import Ec2  # noqa: PLC0415 - loads moto's EC2

    return Ec2(made, account, region)


@lru_cache(maxsize=1)
def _session() -> Session:
    return Session(_NO_FILES)


def _act_as(account: str, params: dict[str, Any], **_: object) -> None:
    # moto takes an account from this header before it looks at the access key.
    params["headers"]["x-moto-account-id"] = account


def _nobody_answered(request: AWSPreparedRequest, **_: object) -> AWSResponse:
    """Of all handlers of the event the first answer counts: this one's if there is no other."""
    return AWSResponse(request.url, NOBODY_ANSWERED, HTTPHeaders(), _Empty())


class _Empty:
    """The body of an answer that nobody gave."""

    def read(self, *_: object) -> bytes:
        return b""

    def stream(self, **_: object) -> list[bytes]:
        return []
