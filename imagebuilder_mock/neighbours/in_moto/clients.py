"""Clients that only moto can answer."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from urllib3 import HTTPResponse

from imagebuilder_mock.neighbours.account import NOBODY_ANSWERED
from imagebuilder_mock.neighbours.clients import new_client, new_session

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

# Its sessions have moto's handler only if moto is loaded before they are made.
_session = lru_cache(maxsize=1)(new_session)


@lru_cache(maxsize=256)
def client(service: str, account: str, region: str) -> Any:
    """A client whose requests moto takes for the account's.

    It is used only while moto is on. Should nobody have answered by then, as for a service that
    moto is told to let pass, it answers itself: no request of ours goes anywhere else.
    """
    key = f"AKIAMOCK{account}"
    made = new_client(_session(), service, region, access_key=key, acts_as=account)
    made.meta.events.register_last("before-send", _nobody_answered)
    if service != "ec2":
        return made
    from .machine_images import Ec2  # noqa: PLC0415 - loads moto's EC2

    return Ec2(made, account, region)


def _nobody_answered(request: AWSPreparedRequest, **_: object) -> AWSResponse:
    """Of all handlers of the event the first answer counts: this one's if there is no other."""
    no_body = HTTPResponse(BytesIO(), preload_content=False)
    return AWSResponse(request.url, NOBODY_ANSWERED, HTTPHeaders(), no_body)
