"""The states that an image goes through, by what makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .resources.image import ImageStatus


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """The order of the states if nothing goes wrong, and the one that ends with an AMI here."""

    states: tuple[ImageStatus, ...]
    ami_made_in: ImageStatus | None = "BUILDING"

    def after(self, state: ImageStatus) -> ImageStatus:
        return self.states[self.states.index(state) + 1]


BUILD = BuildPlan(
    ("PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING", "AVAILABLE")
)
BUILD_WITHOUT_TESTS = BuildPlan(tuple(state for state in BUILD.states if state != "TESTING"))
VM_IMPORT = BuildPlan(("PENDING", "AVAILABLE"), ami_made_in="PENDING")
"""EC2 makes the AMI; Image Builder waits for it (API reference, ImportVmImage)."""
DISK_IMPORT = BuildPlan(("PENDING", "CREATING", "BUILDING", "AVAILABLE"))
DISTRIBUTION = BuildPlan(
    ("PENDING", "CREATING", "DISTRIBUTING", "INTEGRATING", "AVAILABLE"), ami_made_in=None
)
"""The AMI is there already (API reference, DistributeImage)."""
