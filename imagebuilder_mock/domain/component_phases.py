"""The phases of components, by the stage of a build that runs them.

Source: user guide, toe-use-documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONTAINER_HOST_TEST = "container-host-test"
"""Tests of containers only, on the instance that runs them."""

PHASES_OF_STAGE: Mapping[str, Sequence[str]] = {
    "BUILD": ("build", "validate"),
    "TEST": ("test", CONTAINER_HOST_TEST),
}
"""By the workflow's type. A stage knows nothing of the other's: it runs on another instance."""
