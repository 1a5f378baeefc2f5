"""What scanning an image finds: how far the scan is, the packages, the findings.

The scan runs during image tests (API reference, ImageScanningConfiguration): it waits until then,
scans while the image is tested, and its findings are collected behind the tests. It is abandoned
if the image ends before that (API reference, ImageScanState).
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
    """How far the scan of an image is, and why it ended if it did not complete."""

    status: ImageScanStatus
    reason: str | None = None


class ImagePackage(Record):
    """A package on an image, as its package manager reports it."""

    package_name: str
    package_version: str
    sequence: int = 0


class ImageScanFinding(Record, kw_only=True):
    """One vulnerability on one image; nested values have the members of the model."""

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
"""The scan of the output AMI, which needs no Amazon Inspector in the account (API reference)."""


def is_on_demand(scanning: Mapping[str, object]) -> bool:
    """Whether an ``imageScanningConfiguration`` asks for it."""
    # The stubs do not know the member yet.
    types = cast("Sequence[str]", scanning.get("imageScanningTypes", ()))
    return ON_DEMAND_SCAN in types


_WITH_TESTS: Mapping[ImageStatus, ImageScanStatus] = {
    "TESTING": "SCANNING",
    "DISTRIBUTING": "COLLECTING",
}
_AFTERWARDS: frozenset[ImageStatus] = frozenset(("FAILED", "CANCELLED", "DELETED"))
_ABANDONED = ImageScanState(
    "ABANDONED", "The image reached a terminal state before its scan findings were collected."
)


def scan_state_of(statuses: Sequence[ImageStatus], status: ImageStatus) -> ImageScanState:
    """How far the scan is of an image that was in these states, in this order, and is in one."""
    reached = next((one for one in reversed(statuses) if one not in _AFTERWARDS), status)
    has_ended = status not in IN_PROGRESS
    if "TESTING" not in statuses:
        return _ABANDONED if has_ended else ImageScanState("PENDING")
    scan = _WITH_TESTS.get(reached, "COMPLETED")
    return _ABANDONED if has_ended and scan != "COMPLETED" else ImageScanState(scan)
