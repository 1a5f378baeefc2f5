"""Images: create, get, list, cancel, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import ResourceDependencyException, invalid_value
from imagebuilder_mock.domain.resources.image import Image, ImageVersion
from imagebuilder_mock.domain.versions import Version, latest_version_references
from imagebuilder_mock.engines import builds
from imagebuilder_mock.engines.image_builds import BuildRequest, start_build

from .build_settings import (
    check_settings,
    referenced_distribution,
    referenced_infrastructure,
    referenced_recipe,
    tests_configuration,
)
from .image_views import IMAGE_SUMMARY_FILTERS, IMAGE_VERSION_FILTERS, note_looked_at
from .listing import listed, owned_by, refuse_name_with_version
from .registry import operation

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.store import Family, VersionGroup

    from .context import Context
    from .registry import Result


@operation
def create_image(ctx: Context, params: wire.CreateImageRequestTypeDef) -> Result:
    recipe = referenced_recipe(ctx, params)
    infrastructure = referenced_infrastructure(ctx, params)
    distribution = referenced_distribution(ctx, params)
    check_settings(ctx, params, recipe, distribution)
    image = start_build(
        ctx.world,
        ctx.store,
        BuildRequest(
            recipe=recipe,
            infrastructure=infrastructure,
            distribution=distribution,
            build_type="USER_INITIATED",
            image_tests_configuration=tests_configuration(params),
            enhanced_image_metadata_enabled=params.get("enhancedImageMetadataEnabled", True),
            tags=params.get("tags", {}),
            image_scanning_configuration=params.get("imageScanningConfiguration"),
            execution_role=params.get("executionRole"),
            workflows=params.get("workflows"),
            logging_configuration=params.get("loggingConfiguration"),
        ),
    )
    return {
        "imageBuildVersionArn": image.arn,
        "latestVersionReferences": latest_version_references(image.arn),
    }


@operation
def get_image(ctx: Context, params: wire.GetImageRequestTypeDef) -> Result:
    image = ctx.get(Image, params["imageBuildVersionArn"], parameter="imageBuildVersionArn")
    note_looked_at(ctx, [image])
    return {"image": image, "latestVersionReferences": latest_version_references(image.arn)}


@operation
def list_images(ctx: Context, params: wire.ListImagesRequestTypeDef) -> Result:
    refuse_name_with_version(params, "Images")
    owner = params.get("owner", "Self")
    store = owned_by(ctx, owner)
    by_name = params.get("byName", False)
    with_deprecated = owner == "Self" or params.get("includeDeprecated", False)

    def view(image: Image | None) -> ImageVersion | None:
        if image is None or (image.state.status == "DEPRECATED" and not with_deprecated):
            return None
        return ImageVersion.of(image, by_name=by_name)

    if store is None:
        return {"imageVersionList": []}
    if by_name:
        return listed(
            ctx,
            params,
            "imageVersionList",
            store.names(Image.kind),
            view=lambda family: view(_newest_of_name(family)),
            filters=IMAGE_VERSION_FILTERS,
            newest_first=True,
            scope=f"{owner} by name",
        )
    return listed(
        ctx,
        params,
        "imageVersionList",
        store.versions(Image.kind),
        view=lambda group: view(_newest(group)),
        filters=IMAGE_VERSION_FILTERS,
        newest_first=True,
        scope=owner,
    )


@operation
def list_image_build_versions(
    ctx: Context, params: wire.ListImageBuildVersionsRequestTypeDef
) -> Result:
    """An unknown version has no builds, and is no error (API reference)."""
    arn = params.get("imageVersionArn")
    if arn is None:
        images = ctx.store.order(Image.kind)
    else:
        parsed = Arn.parse(arn)
        if parsed.account != ctx.store.account:
            return {"imageSummaryList": []}
        version = Version.parse(parsed.version or "")
        images = ctx.store.builds_of(Image.kind, parsed.slug, version)
    result = listed(
        ctx,
        params,
        "imageSummaryList",
        images,
        view=lambda image: image if isinstance(image, Image) else None,
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
    builds.cancel(ctx.world, image)
    return {"imageBuildVersionArn": image.arn}


@operation
def delete_image(ctx: Context, params: wire.DeleteImageRequestTypeDef) -> Result:
    """Takes the record away, not the AMIs (API reference)."""
    image = ctx.own(Image, params["imageBuildVersionArn"])
    if image.is_in_progress:
        raise ResourceDependencyException(
            f"Resource dependency error: The image '{image.arn}' is in the state "
            f"'{image.state.status}'. Cancel its creation, or wait for its end, to delete it."
        )
    ctx.remove(image)
    return {"imageBuildVersionArn": image.arn}


def _newest(group: VersionGroup) -> Image | None:
    newest = next(group.newest_first(), None)
    return newest if isinstance(newest, Image) else None


def _newest_of_name(family: Family) -> Image | None:
    group = next(family.newest_first(), None)
    return None if group is None else _newest(group)
