"""How far the scan of an image is: a rule over the states that the image has been in.

The scan runs during image tests (API reference, ImageScanningConfiguration): it waits until then,
scans while the image is tested, and its findings are collected behind the tests. It is abandoned
if the image ends before that (API reference, ImageScanState).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .resources.image_scan import ImageScanState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .resources.image import Image, ImageStatus
    from .resources.image_scan import ImageScanStatus

ON_DEMAND_SCAN = "ON_DEMAND_AMI_CVE"
"""The scan of the output AMI, which needs no Amazon Inspector in the account (API reference)."""

_WITH_TESTS: Mapping[ImageStatus, ImageScanStatus] = {
    "TESTING": "SCANNING",
    "DISTRIBUTING": "COLLECTING",
}
_AFTERWARDS: frozenset[ImageStatus] = frozenset(("FAILED", "CANCELLED", "DELETED"))
_ABANDONED = ImageScanState(
    "ABANDONED", "The image reached a terminal state before its scan findings were collected."
)


def is_scanned(image: Image) -> bool:
    return bool((image.image_scanning_configuration or {}).get("imageScanningEnabled"))


def is_scanned_on_demand(image: Image) -> bool:
    """Whether the findings are Amazon EC2's to return, and not Image Builder's (API reference)."""
    types = (image.image_scanning_configuration or {}).get("imageScanningTypes")
    return isinstance(types, (list, tuple)) and ON_DEMAND_SCAN in types


def scan_state_of(image: Image) -> ImageScanState | None:
    """What ``GetImage`` shows; None for an image that is not scanned."""
    if not is_scanned(image):
        return None
    if image.ended_scan is not None:
        return image.ended_scan
    statuses = [step.status for step in image.transitions]
    reached = next(
        (status for status in reversed(statuses) if status not in _AFTERWARDS), image.state.status
    )
    has_ended = not image.is_in_progress
    if "TESTING" not in statuses:
        return _ABANDONED if has_ended else ImageScanState("PENDING")
    status = _WITH_TESTS.get(reached, "COMPLETED")
    return _ABANDONED if has_ended and status != "COMPLETED" else ImageScanState(status)
