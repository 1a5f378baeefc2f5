"""The ids of the jobs that distribute and configure what a build made.

The same job has the same id wherever it is told of: each is made from the image's ARN.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal


def job_id(job: Literal["distribution", "integration"], arn: str) -> str:
    """The id of a job of the image."""
    return id_of(f"{job} of {arn}")


def id_of(text: str) -> str:
    """A uuid that is always the same for the text."""
    digits = blake2b(text.encode(), digest_size=16).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
