"""Infrastructure and distribution configurations: where to build, and where the output goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from .base import Resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire


class InfrastructureConfiguration(Resource, kw_only=True):
    """An update makes a new object, so that an image keeps the one it was built with."""

    kind: ClassVar[str] = "infrastructure-configuration"
    quota: ClassVar[str | None] = "infrastructure configurations"

    instance_profile_name: str
    description: str | None = None
    instance_types: Sequence[str] | None = None
    security_group_ids: Sequence[str] | None = None
    subnet_id: str | None = None
    logging: wire.LoggingTypeDef | None = None
    key_pair: str | None = None
    terminate_instance_on_failure: bool = True
    terminate_instance_on_completion: bool | None = None
    sns_topic_arn: str | None = None
    resource_tags: Mapping[str, str] | None = None
    instance_metadata_options: wire.InstanceMetadataOptionsTypeDef | None = None
    placement: wire.PlacementTypeDef | None = None
    parent_instance: wire.ParentInstanceConfigurationTypeDef | None = None
    date_updated: datetime | None = None


TIMEOUT_MINUTES = 720
"""The API always shows it, and nobody can set it (API reference, DistributionConfiguration)."""


class DistributionConfiguration(Resource, kw_only=True):
    """An update makes a new object, so that an image keeps the one it was built with."""

    kind: ClassVar[str] = "distribution-configuration"
    quota: ClassVar[str | None] = "distribution configurations"

    distributions: Sequence[wire.DistributionUnionTypeDef]
    description: str | None = None
    date_updated: datetime | None = None
    timeout_minutes: int = TIMEOUT_MINUTES

    @property
    def regions(self) -> list[str]:
        return [distribution["region"] for distribution in self.distributions]
