"""Image and container recipes: create, get, list, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import invalid_value
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.domain.versions import VersionTemplate, latest_version_references

from .handler import operation
from .listing import listed, owned_by
from .rules.neighbours import check_key, check_repository
from .rules.recipes import (
    check_block_devices,
    check_components,
    check_container_components,
    check_instance_image,
    check_instance_settings,
    check_watermarks,
    checked_template,
    container_parent,
    parent_of,
    refuse_taken,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_imagebuilder import type_defs as wire

    from .handler import Context, Result


_IMAGE_FILTERS: Mapping[str, Callable[[ImageRecipe], object]] = {
    "name": lambda recipe: recipe.name,
    "parentImage": lambda recipe: recipe.parent_image,
    "platform": lambda recipe: recipe.platform,
}


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
    base = ctx.store.arn_for(ImageRecipe.kind, params["name"])
    version = template.filled(ctx.store.family(ImageRecipe.kind, base.slug).highest)
    refuse_taken(ctx, ImageRecipe, base.slug, version)
    arn = str(base.at(template.written(version)))
    ctx.add(
        ImageRecipe(
            arn=arn,
            name=params["name"],
            date_created=ctx.now,
            tags=dict(params.get("tags", {})),
            owner=ctx.store.account,
            platform=platform,
            parent_image=params["parentImage"],
            components=components or None,
            block_device_mappings=params.get("blockDeviceMappings"),
            description=params.get("description"),
            working_directory=params.get("workingDirectory"),
            additional_instance_configuration=params.get("additionalInstanceConfiguration"),
            ami_tags=params.get("amiTags"),
            ami_watermarks=params.get("amiWatermarks"),
        )
    )
    return {"imageRecipeArn": arn, "latestVersionReferences": latest_version_references(arn)}


@operation
def get_image_recipe(ctx: Context, params: wire.GetImageRecipeRequestTypeDef) -> Result:
    recipe = ctx.get(ImageRecipe, params["imageRecipeArn"], parameter="imageRecipeArn")
    return {
        "imageRecipe": recipe,
        "latestVersionReferences": latest_version_references(recipe.arn),
    }


@operation
def list_image_recipes(ctx: Context, params: wire.ListImageRecipesRequestTypeDef) -> Result:
    owner = params.get("owner", "Self")
    store = owned_by(ctx, owner)
    return listed(
        ctx,
        params,
        "imageRecipeSummaryList",
        store.order(ImageRecipe.kind),
        view=lambda recipe: recipe if isinstance(recipe, ImageRecipe) else None,
        filters=_IMAGE_FILTERS,
        scope=owner,
    )


@operation
def delete_image_recipe(ctx: Context, params: wire.DeleteImageRecipeRequestTypeDef) -> Result:
    if Arn.parse(params["imageRecipeArn"]).is_wildcard:
        raise invalid_value("imageRecipeArn", "A recipe is deleted by its exact version.")
    recipe = ctx.own(ImageRecipe, params["imageRecipeArn"])
    ctx.remove(recipe)
    return {"imageRecipeArn": recipe.arn}


_CONTAINER_FILTERS: Mapping[str, Callable[[ContainerRecipe], object]] = {
    "containerType": lambda recipe: recipe.container_type,
    "name": lambda recipe: recipe.name,
    "parentImage": lambda recipe: recipe.parent_image,
    "platform": lambda recipe: recipe.platform,
}
_OWNERS = ("Self", "Shared", "Amazon")


@operation
def create_container_recipe(
    ctx: Context, params: wire.CreateContainerRecipeRequestTypeDef
) -> Result:
    template = VersionTemplate.parse(params["semanticVersion"])
    components = params.get("components", ())
    parent = container_parent(ctx, params)
    platform = check_container_components(ctx, components, parent)
    dockerfile = checked_template(ctx, params)
    check_repository(ctx, params["targetRepository"], parameter="targetRepository")
    check_key(ctx, params.get("kmsKeyId"))
    check_instance_image(ctx, params.get("instanceConfiguration"))
    if "instanceConfiguration" in params:
        check_block_devices(
            params["instanceConfiguration"].get("blockDeviceMappings", ()),
            "instanceConfiguration.blockDeviceMappings",
        )
    base = ctx.store.arn_for(ContainerRecipe.kind, params["name"])
    version = template.filled(ctx.store.family(ContainerRecipe.kind, base.slug).highest)
    refuse_taken(ctx, ContainerRecipe, base.slug, version)
    arn = str(base.at(template.written(version)))
    ctx.add(
        ContainerRecipe(
            arn=arn,
            name=params["name"],
            date_created=ctx.now,
            tags=dict(params.get("tags", {})),
            owner=ctx.store.account,
            platform=platform,
            parent_image=params["parentImage"],
            image_os_version_override=params.get("imageOsVersionOverride"),
            components=components or None,
            description=params.get("description"),
            working_directory=params.get("workingDirectory"),
            container_type=params["containerType"],
            dockerfile_template_data=dockerfile,
            target_repository=params["targetRepository"],
            instance_configuration=params.get("instanceConfiguration"),
            kms_key_id=params.get("kmsKeyId"),
        )
    )
    return {"containerRecipeArn": arn, "latestVersionReferences": latest_version_references(arn)}


@operation
def get_container_recipe(ctx: Context, params: wire.GetContainerRecipeRequestTypeDef) -> Result:
    recipe = ctx.get(ContainerRecipe, params["containerRecipeArn"], parameter="containerRecipeArn")
    return {
        "containerRecipe": recipe,
        "latestVersionReferences": latest_version_references(recipe.arn),
    }


@operation
def list_container_recipes(ctx: Context, params: wire.ListContainerRecipesRequestTypeDef) -> Result:
    owner = params.get("owner", "Self")
    if owner not in _OWNERS:
        raise invalid_value("owner", f"Container recipes can be listed for {', '.join(_OWNERS)}.")
    return listed(
        ctx,
        params,
        "containerRecipeSummaryList",
        owned_by(ctx, owner).order(ContainerRecipe.kind),
        view=lambda recipe: recipe if isinstance(recipe, ContainerRecipe) else None,
        filters=_CONTAINER_FILTERS,
        scope=owner,
    )


@operation
def delete_container_recipe(
    ctx: Context, params: wire.DeleteContainerRecipeRequestTypeDef
) -> Result:
    if Arn.parse(params["containerRecipeArn"]).is_wildcard:
        raise invalid_value("containerRecipeArn", "A recipe is deleted by its exact version.")
    recipe = ctx.own(ContainerRecipe, params["containerRecipeArn"])
    ctx.remove(recipe)
    return {"containerRecipeArn": recipe.arn}
