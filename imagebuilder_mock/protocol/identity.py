"""Regions and their partitions, access keys and their accounts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypedDict

from botocore.loaders import Loader

from imagebuilder_mock.neighbours.clients import OWN_KEY, SECRET, access_key_for
from imagebuilder_mock.neighbours.in_moto.door import account_of_key

from .model import SERVICE_NAME

_DEFAULT_PARTITION = "aws"

# A key of this form names its account: what ``mock.credentials()`` gives.
_OWN_KEY_FORM = rf"{OWN_KEY}([0-9]{{12}})"


class Credentials(TypedDict):
    """What boto3 clients and sessions take by these names."""

    aws_access_key_id: str
    aws_secret_access_key: str


@lru_cache(maxsize=1024)
def partition_of(region: str) -> str:
    """The partition of a Region in botocore's list; ``aws`` if botocore does not know it."""
    for partition in Loader().load_data("partitions")["partitions"]:
        if region in partition["regions"] or re.match(partition["regionRegex"], region):
            return str(partition["id"])
    return _DEFAULT_PARTITION


def credentials_for(account_id: str) -> Credentials:
    """Keyword arguments with which a boto3 client or session acts as the account."""
    return {"aws_access_key_id": access_key_for(account_id), "aws_secret_access_key": SECRET}


def is_own_key(access_key: str | None) -> bool:
    """Whether a mock made the key; such a key opens nothing at AWS."""
    return access_key is not None and account_named_by(access_key) is not None


def account_of(access_key: str | None, *, default: str) -> str:
    """The account that an access key belongs to.

    A key that moto's IAM or STS made names the account moto made it in; an unknown key, or none,
    means ``default``.
    """
    if access_key is None:
        return default
    return account_named_by(access_key) or account_of_key(access_key) or default


def account_named_by(access_key: str) -> str | None:
    """The account that a key of a mock names; None for any other key."""
    if not access_key.startswith(OWN_KEY):  # as of most clients
        return None
    own = re.fullmatch(_OWN_KEY_FORM, access_key)
    return None if own is None else own.group(1)


def region_of(host: str) -> str | None:
    """The Region of a host that is an endpoint of the service; None for any other host.

    FIPS, dual-stack and VPC endpoints (``vpce-….imagebuilder.us-east-1.vpce.amazonaws.com``) are
    endpoints too.
    """
    name = host.lower().rstrip(".")
    # Most hosts are not the service's, so this comes before the pattern.
    if SERVICE_NAME not in name:
        return None
    found = _form().fullmatch(name)
    return None if found is None else found["region"]


def is_of_aws(host: str) -> bool:
    """Whether a host is in one of AWS's domains, of any partition."""
    return domain_of(host) is not None


def domain_of(host: str) -> str | None:
    """The domain of AWS that a host is in; None for any other host."""
    name = f".{host.lower().rstrip('.')}"
    return next((domain for domain in _domains() if name.endswith(f".{domain}")), None)


@lru_cache(maxsize=1)
def _domains() -> tuple[str, ...]:
    # Two more have the function URLs of Lambda, and the portals of IAM Identity Center.
    return (*aws_domains(), "on.aws", "awsapps.com")


@lru_cache(maxsize=1)
def aws_domains() -> tuple[str, ...]:
    """The domains of AWS's endpoints: ``amazonaws.com``, ``api.aws`` and others."""
    domains = {
        str(partition["outputs"][kind])
        for partition in Loader().load_data("partitions")["partitions"]
        for kind in ("dnsSuffix", "dualStackDnsSuffix")
    }
    return tuple(sorted(domains))


@lru_cache(maxsize=1)
def _form() -> re.Pattern[str]:
    listed = "|".join(map(re.escape, aws_domains()))
    return re.compile(
        rf"(?:[a-z0-9-]+\.)?{SERVICE_NAME}(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:vpce\.)?(?:{listed})"
    )
