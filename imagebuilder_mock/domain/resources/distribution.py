"""Distribution configurations: the Regions and accounts that get the output, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .base import Resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

TIMEOUT_MINUTES = 720
"""The API always answers it and lets nobody set it (API reference, DistributionConfiguration)."""


@dataclass(slots=True, kw_only=True)
class DistributionConfiguration(Resource):
    """An update makes a new object, so that an image keeps the one it was built with."""

    kind: ClassVar[str] = "distribution-configuration"
    label: ClassVar[str] = "DistributionConfiguration"
    quota: ClassVar[str | None] = "distribution configurations"

    distributions: Sequence[Mapping[str, object]]
    description: str | None = None
    date_updated: datetime | None = None
    timeout_minutes: int = TIMEOUT_MINUTES

    @property
    def regions(self) -> list[str]:
        return [str(distribution["region"]) for distribution in self.distributions]
