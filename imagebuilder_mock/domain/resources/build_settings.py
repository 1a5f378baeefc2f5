"""The settings of a build, which CreateImage, pipelines and images have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .base import Resource, members_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

DEFAULT_TESTS: wire.ImageTestsConfigurationTypeDef = {
    "imageTestsEnabled": True,
    "timeoutMinutes": 720,
}
LOG_GROUP = "/aws/imagebuilder/"
"""What the names of the service's own log groups begin with."""


class BuildSettings(Resource, kw_only=True):
    """A field here goes from a request to the pipeline, and from the pipeline to its images."""

    enhanced_image_metadata_enabled: bool | None = None
    image_tests_configuration: wire.ImageTestsConfigurationTypeDef | None = None
    image_scanning_configuration: wire.ImageScanningConfigurationTypeDef | None = None
    execution_role: str | None = None
    workflows: Sequence[wire.WorkflowConfigurationUnionTypeDef] | None = None
    logging_configuration: (
        wire.ImageLoggingConfigurationTypeDef | wire.PipelineLoggingConfigurationTypeDef | None
    ) = None


SETTINGS = [name for name, _ in members_of(BuildSettings) if name not in Resource.record_names]
"""The attributes that they have beside those of every resource."""


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
