"""Image and container recipes: create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.domain.versions import VersionTemplate, latest_version_references
from imagebuilder_mock.neighbours import names

from .handler import operation
from .rules.neighbours import check_key, check_name
from .rules.recipes import (
    check_block_devices,
    check_components,
    check_container_components,
    check_instance,
    check_instance_settings,
    check_watermarks,
    checked_template,
    container_parent,
    free_version,
    parent_of,
)

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.recipes import Recipe

    from .handler import Context, Result

    Request = wire.CreateImageRecipeRequestTypeDef | wire.CreateContainerRecipeRequestTypeDef


@operation
def create_image_recipe(ctx: Context, params: wire.CreateImageRecipeRequestTypeDef) -> Result:
    template = VersionTemplate.parse(params["semanticVersion"])
    components = params.get("components", ())
    parent = parent_of(ctx, params["parentImage"])
    platform = check_components(ctx, components, parent)
    check_instance_settings(params, platform)
    check_block_devices(params.get("blockDeviceMappings", ()))
    check_watermarks(params.get("amiWatermarks", ()))
    for position, device in enumerate(params.get("blockDeviceMappings", ())):
        path = f"blockDeviceMappings[{position}].ebs.kmsKeyId"
        check_key(ctx, device.get("ebs", {}).get("kmsKeyId"), parameter=path)
    return _added(ctx, ImageRecipe, params, template, platform=platform)


@operation
def create_container_recipe(
    ctx: Context, params: wire.CreateContainerRecipeRequestTypeDef
) -> Result:
    template = VersionTemplate.parse(params["semanticVersion"])
    components = params.get("components", ())
    parent = container_parent(ctx, params)
    platform = check_container_components(ctx, components, parent)
    dockerfile = checked_template(ctx, params)
    # Image Builder makes none (API reference).
    repository = params["targetRepository"]["repositoryName"]
    check_name(ctx, names.REPOSITORY, repository, "targetRepository.repositoryName")
    check_key(ctx, params.get("kmsKeyId"))
    check_instance(ctx, params.get("instanceConfiguration"))
    return _added(
        ctx,
        ContainerRecipe,
        params,
        template,
        platform=platform,
        dockerfile_template_data=dockerfile,
    )


def _added(
    ctx: Context, cls: type[Recipe], params: Request, template: VersionTemplate, **others: object
) -> Result:
    recipe = cls.requested(
        params,
        arn=free_version(ctx, cls, params["name"], template),
        date_created=ctx.now,
        owner=ctx.store.account,
        components=params.get("components") or None,
        **others,
    )
    ctx.add(recipe)
    return {
        f"{cls.member()}Arn": recipe.arn,
        "latestVersionReferences": latest_version_references(recipe.arn),
    }
