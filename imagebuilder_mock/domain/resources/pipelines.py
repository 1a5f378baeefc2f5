"""Image pipelines: a recipe that is built repeatedly, on a schedule or by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from .base import member_name
from .build_settings import SETTINGS, BuildSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire


_RESOURCES = (
    "image_recipe_arn",
    "container_recipe_arn",
    "infrastructure_configuration_arn",
    "distribution_configuration_arn",
)


class ImagePipeline(BuildSettings, kw_only=True):
    """The members that an update replaces, and below them those that the runs set."""

    kind: ClassVar[str] = "image-pipeline"
    quota: ClassVar[str | None] = "image pipelines"

    platform: str
    infrastructure_configuration_arn: str
    date_updated: datetime
    image_recipe_arn: str | None = None
    container_recipe_arn: str | None = None
    distribution_configuration_arn: str | None = None
    description: str | None = None
    enhanced_image_metadata_enabled: bool | None = True
    schedule: wire.ScheduleTypeDef | None = None
    status: str = "ENABLED"
    image_tags: Mapping[str, str] | None = None

    date_last_run: datetime | None = None
    last_run_status: str | None = None
    date_next_run: datetime | None = None
    consecutive_failures: int | None = None
    schedule_ticket: int | None = None
    """The scheduler's entry for ``date_next_run``."""

    def as_requested(self) -> dict[str, object]:
        """The members of a CreateImage that asks for a run of the pipeline, without tags."""
        values = {member_name(name): getattr(self, name) for name in (*_RESOURCES, *SETTINGS)}
        return {member: value for member, value in values.items() if value is not None}

    def refers_to(self) -> Iterable[str]:
        arns = [getattr(self, name) for name in _RESOURCES]
        arns += [workflow["workflowArn"] for workflow in self.workflows or ()]
        return [str(arn) for arn in arns if arn is not None]
