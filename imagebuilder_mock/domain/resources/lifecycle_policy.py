"""Lifecycle policies: which images become deprecated, disabled or deleted, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .base import Resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(slots=True, kw_only=True)
class LifecyclePolicy(Resource):
    """Up to three rules, and the images that they are for."""

    kind: ClassVar[str] = "lifecycle-policy"
    label: ClassVar[str] = "LifecyclePolicy"
    quota: ClassVar[str | None] = "lifecycle policies"

    status: str
    execution_role: str
    resource_type: str
    policy_details: Sequence[Mapping[str, object]]
    resource_selection: Mapping[str, object]
    description: str | None = None
    date_updated: datetime | None = None
    date_last_run: datetime | None = None
    run_ticket: int | None = None
    """The scheduler's entry for the next run."""
