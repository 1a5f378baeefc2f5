"""Images: create, get, list, cancel, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import ResourceDependencyException, invalid_value
from imagebuilder_mock.domain.records import replace
from imagebuilder_mock.domain.resources.images import Image, ImageVersion
from imagebuilder_mock.domain.versions import latest_version_references
from imagebuilder_mock.engines.builds import stages
from imagebuilder_mock.engines.builds.starting import build_request, start_build
from imagebuilder_mock.engines.outputs.published import publish
from imagebuilder_mock.operations.handler import operation
from imagebuilder_mock.operations.listing import by, listed, own_builds, versions_listed
from imagebuilder_mock.operations.rules.builds import check_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.operations.handler import Context, Result


@operation
def create_image(ctx: Context, params: wire.CreateImageRequestTypeDef) -> Result:
    request = build_request(ctx.world, ctx.store, params)
    check_settings(ctx, params, request)
    image = start_build(ctx.world, ctx.store, request, build_type="USER_INITIATED")
    return {
        "imageBuildVersionArn": image.arn,
        "latestVersionReferences": latest_version_references(image.arn),
    }


@operation
def get_image(ctx: Context, params: wire.GetImageRequestTypeDef) -> Result:
    image = ctx.get(Image, params["imageBuildVersionArn"], parameter="imageBuildVersionArn")
    note_looked_at(ctx, [image])
    return {
        "image": _with_defaults(image),
        "latestVersionReferences": latest_version_references(image.arn),
    }


def _with_defaults(image: Image) -> Image:
    """The image with its build's role and workflows, which a state file may leave out.

    They are not filled in when the file is read: it is saved again as it was.
    """
    if image.recipe is None or (image.execution_role and image.workflows):
        return image
    shown = replace(image)
    shown.take_defaults()
    return shown


@operation
def list_images(ctx: Context, params: wire.ListImagesRequestTypeDef) -> Result:
    # The flag applies only to Amazon's images (API reference).
    with_deprecated = params.get("owner") != "Amazon" or params.get("includeDeprecated", False)
    return versions_listed(
        ctx,
        params,
        Image,
        ImageVersion,
        filters=by("name", "osVersion", "platform", "type", "version"),
        admit=lambda image: with_deprecated or not image.is_deprecated,
        newest_first=True,
    )


@operation
def list_image_build_versions(
    ctx: Context, params: wire.ListImageBuildVersionsRequestTypeDef
) -> Result:
    """An unknown version has no builds, and is no error (API reference)."""
    arn = params.get("imageVersionArn")
    result = listed(
        ctx,
        params,
        "imageSummaryList",
        own_builds(ctx, Image, arn),
        filters=IMAGE_SUMMARY_FILTERS,
        newest_first=True,
        scope=arn or "",
    )
    note_looked_at(ctx, result["imageSummaryList"])
    return result


@operation
def cancel_image_creation(ctx: Context, params: wire.CancelImageCreationRequestTypeDef) -> Result:
    image = ctx.own(Image, params["imageBuildVersionArn"])
    if not image.is_in_progress:
        raise invalid_value(
            "imageBuildVersionArn",
            f"The image is in the state '{image.state.status}', in which it cannot be cancelled.",
        )
    stages.cancel(ctx.world, image)
    return {"imageBuildVersionArn": image.arn}


@operation
def delete_image(ctx: Context, params: wire.DeleteImageRequestTypeDef) -> Result:
    """Deletes the record, not the AMIs (API reference)."""
    image = ctx.own(Image, params["imageBuildVersionArn"])
    if image.is_in_progress:
        raise ResourceDependencyException(
            f"Resource dependency error: The image '{image.arn}' is in the state "
            f"'{image.state.status}'. Cancel its creation, or wait for its end, to delete it."
        )
    ctx.remove(image)
    return {"imageBuildVersionArn": image.arn}


IMAGE_SUMMARY_FILTERS: Mapping[str, Callable[[Image], object]] = {
    **by("name", "osVersion", "platform", "type"),
    # Its three numbers: '1.0.4' finds every build, '1.0.4/3' none (aws-cli issue 7853).
    "version": lambda image: Arn.parse(image.arn).version,
}


def note_looked_at(ctx: Context, images: object) -> None:
    """Note images whose state the answer shows: in the observed mode they move on after it."""
    reported = cast("list[Image]", images)
    ctx.looked_at.extend(reported)
    for image in reported:
        publish(ctx.world, image)
