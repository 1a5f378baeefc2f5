"""moto, as a cloud around Image Builder: whether it is on, and clients that it answers.

It is looked for among the loaded modules and never imported for that.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from urllib3 import HTTPResponse

from imagebuilder_mock.neighbours.account import NOBODY_ANSWERED
from imagebuilder_mock.neighbours.clients import access_key_for, new_client, new_session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from botocore.awsrequest import AWSPreparedRequest

    from imagebuilder_mock.domain.machine_image import MachineImage


class Moto:
    """moto's services, for as long as ``mock_aws`` is on."""

    name = "moto"
    is_the_whole_cloud = False
    chooses_ami_ids = False

    def __init__(
        self,
        absence: str = "imagebuilder_mock looks it up in moto: switch moto's mock_aws on.",
        *,
        is_ours: bool = False,
    ) -> None:
        """It ``is_ours`` where the mock has switched it on: for its server, or for a program."""
        self.absence = absence
        self.is_ours = is_ours

    def are_there(self) -> bool:
        return _is_on()

    def may_have(self, service: str) -> bool:
        """Until moto has been asked for a service nobody can have made anything there."""
        return f"moto.{service}.models" in sys.modules

    def client(self, service: str, account: str, region: str) -> object:
        return client(service, account, region)

    def cannot_be_asked(self, sentence: str, *, is_late: bool) -> bool:
        """Log nothing: a test may let a service pass moto, or use one that moto does not have."""
        del sentence, is_late
        return False

    def register(self, ami: MachineImage, devices: Sequence[Mapping[str, Any]]) -> None:
        from .machine_images import register  # noqa: PLC0415

        register(ami, devices)

    def reset(self) -> None:
        """Empty moto, as its own reset does."""
        from .switching import forget  # noqa: PLC0415

        forget()


# Its sessions have moto's handler only if moto is loaded before they are made.
_session = lru_cache(maxsize=1)(new_session)


@lru_cache(maxsize=256)
def client(service: str, account: str, region: str) -> Any:
    """A client whose requests moto takes for the account's.

    It is used only while moto is on. Should nobody have answered by then, as for a service that
    moto is told to let pass, it answers itself: no request of ours goes anywhere else.
    """
    key = access_key_for(account)
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


def _is_on() -> bool:
    core = sys.modules.get("moto.core.models")
    return core is not None and bool(core.botocore_stubber.enabled)


def answer_of_moto(request: AWSPreparedRequest) -> AWSResponse | None:
    """The answer to a request that moto does not see by itself; None if it is off or has none."""
    core: Any = sys.modules.get("moto.core.models")
    answer: AWSResponse | None = core and core.botocore_stubber("before-send", request)
    return answer


def moto_account() -> str | None:
    """The account of keys that moto does not know; None while it is off."""
    if not _is_on():
        return None
    default = sys.modules["moto.core.models"].DEFAULT_ACCOUNT_ID
    return os.environ.get("MOTO_ACCOUNT_ID", str(default))


def account_of_key(access_key: str) -> str | None:
    """The account in which moto's IAM or STS made the key; None if they did not, or are off."""
    models = sys.modules.get("moto.iam.models")
    if models is None or not _is_on():
        return None
    account_id = str(models.get_account_id_from(access_key))
    # moto's answer for a key that it does not know is its own default account.
    if account_id == models.DEFAULT_ACCOUNT_ID and not any(
        access_key in backend.access_keys
        for backend in list(models.iam_backends[account_id].values())
    ):
        return None
    return account_id
