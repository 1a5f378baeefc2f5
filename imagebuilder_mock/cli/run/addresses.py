"""Addresses of AWS: which service is at one, and where an emulator has the same."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from imagebuilder_mock.protocol.identity import domain_of

_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-\d+")
_NO_SERVICES = frozenset(("vpce", "dualstack"))

# bucket.s3.us-east-1, bucket.s3, bucket.s3-us-west-2, bucket.s3.dualstack.us-east-1
_BUCKET = re.compile(r"(?P<bucket>.+)\.s3(?:-accelerate)?(?:[.-](?:dualstack\.)?[a-z0-9-]+)?")


def service_of(host: str) -> str:
    """The service's name in a host of AWS: ``ecr`` of ``api.ecr.us-east-1.amazonaws.com``."""
    labels = [
        label
        for label in _within_aws(host).split(".")
        if not _REGION.fullmatch(label) and label not in _NO_SERVICES
    ]
    return labels[-1] if labels else host


def at_upstream(upstream: str, url: str) -> str:
    """The address of the same at an emulator, where a bucket is the first step of the path."""
    here, there = urlsplit(url), urlsplit(upstream)
    found = _BUCKET.fullmatch(_within_aws(here.hostname or ""))
    bucket = f"/{found['bucket']}" if found else ""
    path = f"{there.path.rstrip('/')}{bucket}{here.path or '/'}"
    return urlunsplit((there.scheme, there.netloc, path, here.query, ""))


def _within_aws(host: str) -> str:
    name = host.lower().rstrip(".")
    return name.removesuffix(f".{domain_of(name)}")
