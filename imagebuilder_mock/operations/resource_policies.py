"""Resource policies: put and get, of components, images and recipes of both kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.resource_policies import NO_POLICY, accounts_allowed
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe

from .handler import operation

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.base import Resource

    from .handler import Context, Result


@operation
def put_component_policy(ctx: Context, params: wire.PutComponentPolicyRequestTypeDef) -> Result:
    return {"componentArn": _put(ctx, Component, params["componentArn"], params["policy"])}


@operation
def put_image_policy(ctx: Context, params: wire.PutImagePolicyRequestTypeDef) -> Result:
    return {"imageArn": _put(ctx, Image, params["imageArn"], params["policy"])}


@operation
def put_image_recipe_policy(
    ctx: Context, params: wire.PutImageRecipePolicyRequestTypeDef
) -> Result:
    return {"imageRecipeArn": _put(ctx, ImageRecipe, params["imageRecipeArn"], params["policy"])}


@operation
def put_container_recipe_policy(
    ctx: Context, params: wire.PutContainerRecipePolicyRequestTypeDef
) -> Result:
    arn = params["containerRecipeArn"]
    return {"containerRecipeArn": _put(ctx, ContainerRecipe, arn, params["policy"])}


@operation
def get_component_policy(ctx: Context, params: wire.GetComponentPolicyRequestTypeDef) -> Result:
    return _get(ctx, Component, params["componentArn"])


@operation
def get_image_policy(ctx: Context, params: wire.GetImagePolicyRequestTypeDef) -> Result:
    return _get(ctx, Image, params["imageArn"])


@operation
def get_image_recipe_policy(
    ctx: Context, params: wire.GetImageRecipePolicyRequestTypeDef
) -> Result:
    return _get(ctx, ImageRecipe, params["imageRecipeArn"])


@operation
def get_container_recipe_policy(
    ctx: Context, params: wire.GetContainerRecipePolicyRequestTypeDef
) -> Result:
    return _get(ctx, ContainerRecipe, params["containerRecipeArn"])


def _put(ctx: Context, cls: type[Resource], arn: str, policy: str) -> str:
    resource = ctx.own(cls, arn)
    accounts = accounts_allowed(policy, arn=arn, kind=cls.kind)
    resource.policy = policy
    ctx.world.share(resource, accounts - {ctx.store.account})
    return arn


def _get(ctx: Context, cls: type[Resource], arn: str) -> Result:
    return {"policy": ctx.own(cls, arn).policy or NO_POLICY}
