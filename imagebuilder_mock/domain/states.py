"""Image statuses and which may follow which; the types of workflows and components; platforms."""

from __future__ import annotations

from typing import Literal

ImageStatus = Literal[
    "PENDING",
    "CREATING",
    "BUILDING",
    "TESTING",
    "DISTRIBUTING",
    "INTEGRATING",
    "AVAILABLE",
    "CANCELLED",
    "FAILED",
    "DEPRECATED",
    "DELETED",
    "DISABLED",
]

IN_PROGRESS: frozenset[ImageStatus] = frozenset(
    ("PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING")
)

ENDED_EARLY: frozenset[ImageStatus] = frozenset(("FAILED", "CANCELLED"))

# A build goes through the first seven in this order. It may leave a stage out (for which tests are
# off, or there is no workflow), but never goes back. After AVAILABLE, lifecycle management changes
# the status (user guide, image-lifecycle-rules).
AHEAD: dict[ImageStatus, frozenset[ImageStatus]] = {
    "PENDING": frozenset(("CREATING", "AVAILABLE", "FAILED", "CANCELLED")),
    "CREATING": frozenset(("BUILDING", "TESTING", "DISTRIBUTING", "FAILED", "CANCELLED")),
    "BUILDING": frozenset(("TESTING", "DISTRIBUTING", "AVAILABLE", "FAILED", "CANCELLED")),
    "TESTING": frozenset(("DISTRIBUTING", "INTEGRATING", "AVAILABLE", "FAILED", "CANCELLED")),
    "DISTRIBUTING": frozenset(("INTEGRATING", "AVAILABLE", "FAILED", "CANCELLED")),
    "INTEGRATING": frozenset(("AVAILABLE", "FAILED", "CANCELLED")),
    "AVAILABLE": frozenset(("DEPRECATED", "DISABLED", "DELETED")),
    "DEPRECATED": frozenset(("AVAILABLE", "DISABLED", "DELETED")),
    "DISABLED": frozenset(("AVAILABLE", "DELETED")),
    "FAILED": frozenset(("DELETED",)),
    "CANCELLED": frozenset(("DELETED",)),
    "DELETED": frozenset(),
}

WorkflowType = Literal["BUILD", "TEST", "DISTRIBUTION"]
ComponentType = Literal["BUILD", "TEST"]

Platform = Literal["Windows", "Linux", "macOS"]
