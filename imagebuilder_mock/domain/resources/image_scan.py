"""What scanning an image finds: how far the scan is, the packages, the findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ImageScanStatus = Literal[
    "PENDING", "SCANNING", "COLLECTING", "COMPLETED", "ABANDONED", "FAILED", "TIMED_OUT"
]


@dataclass(frozen=True, slots=True)
class ImageScanState:
    """How far the scan of an image is, and why it ended if it did not complete."""

    status: ImageScanStatus
    reason: str | None = None


@dataclass(slots=True)
class ImagePackage:
    """A package on an image, as its package manager reports it."""

    package_name: str
    package_version: str
    sequence: int = 0


@dataclass(slots=True, kw_only=True)
class ImageScanFinding:
    """One vulnerability on one image; nested values have the members of the model."""

    aws_account_id: str
    image_build_version_arn: str
    image_pipeline_arn: str | None
    title: str
    description: str | None
    severity: str
    first_observed_at: datetime
    updated_at: datetime
    package_vulnerability_details: Mapping[str, object]
    fix_available: str
    remediation: Mapping[str, object] | None = None
    inspector_score: float | None = None
    inspector_score_details: Mapping[str, object] | None = None
    type: str = "PACKAGE_VULNERABILITY"
    """Image Builder collects no others (API reference, ImageScanFinding)."""
    sequence: int = 0

    @property
    def vulnerability_id(self) -> str:
        return str(self.package_vulnerability_details["vulnerabilityId"])
