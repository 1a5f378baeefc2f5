"""The services around Image Builder, as an account sees them in a Region at this moment.

Beside moto they are moto's; else there are none, and everything that is asked of them has an
answer all the same. Which of the two is decided at each call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ec2 import NoEc2
from .ecr import NoEcr
from .event_bridge import NoEventBridge
from .iam import NoIam
from .kms import NoKms
from .logs import NoCloudWatchLogs
from .presence import moto_is_on
from .s3 import NoS3
from .sns import NoSns
from .ssm import NoSsm

if TYPE_CHECKING:
    from imagebuilder_mock.world.settings import Settings

    from .ec2 import Ec2
    from .ecr import Ecr
    from .event_bridge import EventBridge
    from .iam import Iam
    from .kms import Kms
    from .logs import CloudWatchLogs
    from .s3 import S3
    from .sns import Sns
    from .ssm import Ssm


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """A port for each service."""

    ec2: Ec2
    ecr: Ecr
    event_bridge: EventBridge
    iam: Iam
    kms: Kms
    logs: CloudWatchLogs
    s3: S3
    sns: Sns
    ssm: Ssm
    are_there: bool
    """Whether they are moto's; else nobody is there, for the reason that ``absence`` gives."""


def neighbours_of(settings: Settings, account: str, region: str) -> Neighbours:
    if settings.neighbours == "off" or not moto_is_on():
        return _NOBODY_STRICT if settings.neighbours == "strict" else _NOBODY
    # Loaded with the first question beside moto, boto3 with it.
    from .beside_moto.services import neighbours_in_moto  # noqa: PLC0415

    return neighbours_in_moto(account, region, is_strict=settings.neighbours == "strict")


def absence(settings: Settings) -> str:
    """Why a name could not be looked up, and what to do about it: one sentence, for a refusal."""
    if settings.neighbours == "off":
        return "imagebuilder_mock looks nothing up with neighbours='off'."
    return "imagebuilder_mock looks it up in moto: switch moto's mock_aws on."


def _nobody(*, takes_names: bool) -> Neighbours:
    return Neighbours(
        ec2=NoEc2(takes_names),
        ecr=NoEcr(takes_names),
        event_bridge=NoEventBridge(),
        iam=NoIam(takes_names),
        kms=NoKms(takes_names),
        logs=NoCloudWatchLogs(),
        s3=NoS3(takes_names),
        sns=NoSns(takes_names),
        ssm=NoSsm(),
        are_there=False,
    )


_NOBODY = _nobody(takes_names=True)
_NOBODY_STRICT = _nobody(takes_names=False)
