"""Scans of images: their state, and the packages and vulnerabilities that they find.

The scan of an image waits until the image is tested, runs during the tests (API reference,
ImageScanningConfiguration), and its findings are collected after them. It is abandoned if the
image ends before that (API reference, ImageScanState).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from imagebuilder_mock.domain.records import Record, Value
from imagebuilder_mock.domain.states import IN_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.states import ImageStatus


ImageScanStatus = Literal[
    "PENDING", "SCANNING", "COLLECTING", "COMPLETED", "ABANDONED", "FAILED", "TIMED_OUT"
]


class ImageScanState(Value):
    """The status of an image's scan, and the reason if the scan did not complete."""

    status: ImageScanStatus
    reason: str | None = None


class ImagePackage(Record):
    """A package on an image, as its package manager reports it."""

    package_name: str
    package_version: str
    sequence: int = 0


class ImageScanFinding(Record, kw_only=True):
    """One vulnerability on one image; nested values are as on the wire."""

    aws_account_id: str
    image_build_version_arn: str
    image_pipeline_arn: str | None
    title: str
    description: str | None
    severity: str
    first_observed_at: datetime
    updated_at: datetime
    package_vulnerability_details: wire.PackageVulnerabilityDetailsTypeDef
    fix_available: str
    remediation: wire.RemediationTypeDef | None = None
    inspector_score: float | None = None
    inspector_score_details: wire.InspectorScoreDetailsTypeDef | None = None
    type: str = "PACKAGE_VULNERABILITY"
    """Image Builder collects no others (API reference, ImageScanFinding)."""
    sequence: int = 0

    @property
    def vulnerability_id(self) -> str:
        return self.package_vulnerability_details["vulnerabilityId"]


ON_DEMAND_SCAN = "ON_DEMAND_AMI_CVE"
"""The type of a scan of the output AMI, which does not need Amazon Inspector (API reference)."""


def is_on_demand(scanning: wire.ImageScanningConfigurationUnionTypeDef) -> bool:
    """Whether an ``imageScanningConfiguration`` asks for a scan of the output AMI."""
    # The stubs do not know the member yet.
    members = cast("Mapping[str, Sequence[str]]", scanning)
    return ON_DEMAND_SCAN in members.get("imageScanningTypes", ())


_WITH_TESTS: Mapping[ImageStatus, ImageScanStatus] = {
    "TESTING": "SCANNING",
    "DISTRIBUTING": "COLLECTING",
}
_AFTERWARDS: frozenset[ImageStatus] = frozenset(("FAILED", "CANCELLED", "DELETED"))
_ABANDONED = ImageScanState(
    "ABANDONED", "The image reached a terminal state before its scan findings were collected."
)


def scan_state_of(statuses: Sequence[ImageStatus], status: ImageStatus) -> ImageScanState:
    """The state of the scan of an image, from its statuses so far and its current one."""
    reached = next((one for one in reversed(statuses) if one not in _AFTERWARDS), status)
    has_ended = status not in IN_PROGRESS
    if "TESTING" not in statuses:
        return _ABANDONED if has_ended else ImageScanState("PENDING")
    scan = _WITH_TESTS.get(reached, "COMPLETED")
    return _ABANDONED if has_ended and scan != "COMPLETED" else ImageScanState(scan)
