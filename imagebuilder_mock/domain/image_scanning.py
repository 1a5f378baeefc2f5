"""How far the scan of an image is: a rule over the states that the image has been in.

The scan runs during image tests (API reference, ImageScanningConfiguration): it waits until then,
scans while the image is tested, and its findings are collected behind the tests. It is abandoned
if the image ends before that (API reference, ImageScanState).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .resources.image_scan import ImageScanState
from .states import IN_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .resources.image_scan import ImageScanStatus
    from .states import ImageStatus

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


def scan_state_of(statuses: Sequence[ImageStatus], status: ImageStatus) -> ImageScanState:
    """How far the scan is of an image that was in these states, in this order, and is in one."""
    reached = next((one for one in reversed(statuses) if one not in _AFTERWARDS), status)
    has_ended = status not in IN_PROGRESS
    if "TESTING" not in statuses:
        return _ABANDONED if has_ended else ImageScanState("PENDING")
    scan = _WITH_TESTS.get(reached, "COMPLETED")
    return _ABANDONED if has_ended and scan != "COMPLETED" else ImageScanState(scan)
