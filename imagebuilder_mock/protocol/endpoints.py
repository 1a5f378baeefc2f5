"""Image Builder's addresses: the hosts of its endpoints in every partition, and their Regions."""

from __future__ import annotations

import re
from functools import lru_cache

from botocore.loaders import Loader

from .model import SERVICE_NAME


def region_of(host: str) -> str | None:
    """The Region whose endpoint a host is; None for any other host.

    FIPS, dual-stack and VPC endpoints (``vpce-….imagebuilder.us-east-1.vpce.amazonaws.com``) are
    endpoints too.
    """
    name = host.lower().rstrip(".")
    # Most hosts that are asked about belong to somebody else.
    if SERVICE_NAME not in name:
        return None
    found = _form().fullmatch(name)
    return None if found is None else found["region"]


@lru_cache(maxsize=1)
def _form() -> re.Pattern[str]:
    suffixes = {
        partition["outputs"][kind]
        for partition in Loader().load_data("partitions")["partitions"]
        for kind in ("dnsSuffix", "dualStackDnsSuffix")
    }
    listed = "|".join(map(re.escape, sorted(suffixes)))
    return re.compile(
        rf"(?:[a-z0-9-]+\.)?{SERVICE_NAME}(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:vpce\.)?(?:{listed})"
    )
