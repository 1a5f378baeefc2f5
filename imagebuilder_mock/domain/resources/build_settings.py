"""What a build is told to do: by CreateImage, by a pipeline, and as the image keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .base import Resource, attributes_of, members_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

DEFAULT_TESTS: wire.ImageTestsConfigurationTypeDef = {
    "imageTestsEnabled": True,
    "timeoutMinutes": 720,
}
_OF_EVERY_RESOURCE = frozenset(name for name, _ in members_of(Resource))
LOG_GROUP = "/aws/imagebuilder/"
"""Under it are the log groups that the service writes to by itself."""


class BuildSettings(Resource, kw_only=True):
    """A member that stands here goes from a request to the pipeline, and on to its images."""

    enhanced_image_metadata_enabled: bool | None = None
    image_tests_configuration: wire.ImageTestsConfigurationTypeDef | None = None
    image_scanning_configuration: wire.ImageScanningConfigurationTypeDef | None = None
    execution_role: str | None = None
    workflows: Sequence[wire.WorkflowConfigurationUnionTypeDef] | None = None
    logging_configuration: (
        wire.ImageLoggingConfigurationTypeDef | wire.PipelineLoggingConfigurationTypeDef | None
    ) = None

    def take(self, request: Mapping[str, object]) -> None:
        """Keep what a request says: its tags, and each member that the resource has too."""
        attributes = attributes_of(type(self))
        for member, value in request.items():
            name = attributes.get(member)
            if name is not None and name not in _OF_EVERY_RESOURCE:
                setattr(self, name, value)
        self.tags = dict(cast("Mapping[str, str]", request.get("tags", {})))

    def as_requested(self) -> dict[str, object]:
        """What a request would have to say for it, without tags."""
        members = {
            member: getattr(self, name)
            for name, member in members_of(type(self))
            if name not in _OF_EVERY_RESOURCE
        }
        return {member: value for member, value in members.items() if value is not None}


def with_defaults(request: Mapping[str, object]) -> Mapping[str, object]:
    """The request of CreateImage or of a pipeline, with what it leaves to the service."""
    return {
        "enhancedImageMetadataEnabled": True,
        **request,
        "imageTestsConfiguration": tests_configuration(request),
    }


def tests_configuration(request: Mapping[str, object]) -> wire.ImageTestsConfigurationTypeDef:
    """What is not given is filled in (seen live for pipelines)."""
    given = request.get("imageTestsConfiguration", {})
    return {**DEFAULT_TESTS, **cast("wire.ImageTestsConfigurationTypeDef", given)}
