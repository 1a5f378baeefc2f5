"""Image recipes: create, get, list, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import invalid_value
from imagebuilder_mock.domain.resources.recipes import ImageRecipe
from imagebuilder_mock.domain.versions import VersionTemplate, latest_version_references

from .listing import listed, owned_by
from .neighbour_rules import check_key
from .recipe_rules import (
    check_block_devices,
    check_components,
    check_instance_settings,
    check_watermarks,
    parent_of,
    refuse_taken,
)
from .registry import operation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_imagebuilder import type_defs as wire

    from .context import Context
    from .registry import Result

_FILTERS: Mapping[str, Callable[[ImageRecipe], object]] = {
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
        filters=_FILTERS,
        scope=owner,
    )


@operation
def delete_image_recipe(ctx: Context, params: wire.DeleteImageRecipeRequestTypeDef) -> Result:
    if Arn.parse(params["imageRecipeArn"]).is_wildcard:
        raise invalid_value("imageRecipeArn", "A recipe is deleted by its exact version.")
    recipe = ctx.own(ImageRecipe, params["imageRecipeArn"])
    ctx.remove(recipe)
    return {"imageRecipeArn": recipe.arn}
