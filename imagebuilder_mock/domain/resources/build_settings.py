"""The settings of a build, which CreateImage, pipelines and images have in common."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, cast

from .base import Resource, members_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

DEFAULT_TESTS: wire.ImageTestsConfigurationTypeDef = {
    "imageTestsEnabled": True,
    "timeoutMinutes": 720,
}
_OF_EVERY_RESOURCE = frozenset(field.name for field in fields(Resource))
LOG_GROUP = "/aws/imagebuilder/"
"""What the names of the service's own log groups begin with."""


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class BuildSettings(Resource):
    """A field here goes from a request to the pipeline, and from the pipeline to its images."""

    enhanced_image_metadata_enabled: bool | None = None
    image_tests_configuration: wire.ImageTestsConfigurationTypeDef | None = None
    image_scanning_configuration: wire.ImageScanningConfigurationTypeDef | None = None
    execution_role: str | None = None
    workflows: Sequence[wire.WorkflowConfigurationUnionTypeDef] | None = None
    logging_configuration: (
        wire.ImageLoggingConfigurationTypeDef | wire.PipelineLoggingConfigurationTypeDef | None
    ) = None

    def as_requested(self) -> dict[str, object]:
        """The members of a request that asks for the same, without tags."""
        members = {
            member: getattr(self, name)
            for name, member in members_of(type(self))
            if name not in _OF_EVERY_RESOURCE
        }
        return {member: value for member, value in members.items() if value is not None}


def with_defaults(request: Mapping[str, object]) -> Mapping[str, object]:
    """A request of CreateImage or of a pipeline, with the defaults of what it leaves out.

    Those of the tests were seen for pipelines.
    """
    tests = cast("Mapping[str, object]", request.get("imageTestsConfiguration", {}))
    return {
        "enhancedImageMetadataEnabled": True,
        **request,
        "imageTestsConfiguration": {**DEFAULT_TESTS, **tests},
    }
