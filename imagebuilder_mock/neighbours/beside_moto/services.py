"""The services around Image Builder, as moto has them."""

from __future__ import annotations

from functools import lru_cache

from imagebuilder_mock.neighbours.surroundings import Neighbours

from .account import MotoAccount
from .ec2 import MotoEc2
from .ecr import MotoEcr
from .event_bridge import MotoEventBridge
from .iam import MotoIam
from .kms import MotoKms
from .logs import MotoCloudWatchLogs
from .s3 import MotoS3
from .sns import MotoSns
from .ssm import MotoSsm


@lru_cache(maxsize=1024)
def neighbours_in_moto(account: str, region: str, *, is_strict: bool) -> Neighbours:
    """They keep nothing of their own, so that one of each serves as long as the process."""
    moto = MotoAccount(account, region, is_strict=is_strict)
    return Neighbours(
        ec2=MotoEc2(moto),
        ecr=MotoEcr(moto),
        event_bridge=MotoEventBridge(moto),
        iam=MotoIam(moto),
        kms=MotoKms(moto),
        logs=MotoCloudWatchLogs(moto),
        s3=MotoS3(moto),
        sns=MotoSns(moto),
        ssm=MotoSsm(moto),
        are_there=True,
    )
