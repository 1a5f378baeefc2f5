"""What a container recipe may hold: its base image, its template, its components.

Sources: user guide, create-container-recipes; the sentences on overrides were seen
(terraform-provider-aws pull request 24712, cdk-github-runners issue 550) or are the guide's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.documents.dockerfile import check_dockerfile_template
from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.engines.parents import is_ami_address, source_of

from .neighbour_rules import read_document
from .recipe_rules import ParentImage, check_components, is_image_arn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from .context import Context

_PUBLIC_ECR = "public.ecr.aws/"
_TEMPLATE_SIZE = "Docker template size"


def container_parent(ctx: Context, params: wire.CreateContainerRecipeRequestTypeDef) -> ParentImage:
    """What is known of the base image; refuses overrides that do not go with it."""
    parent_image = params["parentImage"]
    platform = params.get("platformOverride")
    os_version = params.get("imageOsVersionOverride")
    if platform == "macOS":
        raise invalid_value(
            "platformOverride", "Container recipes don't currently support the macOS platform."
        )
    if is_image_arn(parent_image):
        if platform is not None or os_version is not None:
            raise invalid_combination(
                "parentImage",
                "You cannot specify a platform override when using an Image Builder Image as "
                "your parent.",
            )
        image = ctx.reference(Image, parent_image, parameter="parentImage")
        if image.type != "DOCKER":
            raise invalid_value(
                "parentImage", "The parent image of a container recipe must be a container image."
            )
        return ParentImage(image.platform, image.os_version)
    if parent_image.startswith("arn:"):
        raise invalid_value(
            "parentImage",
            "The parent image of a container recipe must be an Image Builder image ARN, or the "
            "name of an image in a registry.",
        )
    if parent_image.startswith(_PUBLIC_ECR) and platform is None:
        raise invalid_combination(
            "parentImage",
            "You must specify a platform override when using ECR Public Repositories as your "
            "parent image.",
        )
    if platform == "Windows" and os_version is None:
        raise invalid_combination(
            "parentImage",
            "You must specify an image OsVersion override when using ECR Repositories as your "
            "parent image for Windows Platform.",
        )
    return ParentImage(platform, os_version)


def check_container_components(
    ctx: Context,
    configurations: Sequence[wire.ComponentConfigurationUnionTypeDef],
    parent: ParentImage,
) -> str:
    for position, configuration in enumerate(configurations):
        if Arn.parse(configuration["componentArn"]).account == "aws-marketplace":
            raise invalid_value(
                f"components[{position}].componentArn",
                "Container Recipes must not contain marketplace components.",
            )
    platform = check_components(ctx, configurations, parent)
    if platform == "macOS":
        raise invalid_value(
            "components", "Container recipes don't currently support the macOS platform."
        )
    return platform


def check_instance_image(ctx: Context, settings: Mapping[str, object] | None) -> None:
    """Refuse what is no AMI for the instance that builds, and an AMI that is not there."""
    image = settings and settings.get("image")
    if not isinstance(image, str):
        return
    if not is_ami_address(image):
        raise invalid_value(
            "instanceConfiguration.image",
            "The image of the instance must be an AMI ID, or an SSM parameter prefixed by 'ssm:'.",
        )
    source_of(ctx.world, ctx.store, image, parameter="instanceConfiguration.image")


def checked_template(ctx: Context, params: wire.CreateContainerRecipeRequestTypeDef) -> str:
    """The Dockerfile template's text, with every placeholder in its place."""
    data, uri = params.get("dockerfileTemplateData"), params.get("dockerfileTemplateUri")
    if (data is None) == (uri is None):
        raise invalid_combination(
            "dockerfileTemplateData",
            "You must specify either dockerfileTemplateData or a dockerfileTemplateUri.",
        )
    if data is None:
        data = read_document(
            ctx, uri or "", parameter="dockerfileTemplateUri", quota=_TEMPLATE_SIZE
        )
    ctx.world.quotas.check(_TEMPLATE_SIZE, len(data.encode()))
    try:
        check_dockerfile_template(data, has_components=bool(params.get("components")))
    except DocumentError as error:
        raise invalid_value("dockerfileTemplateData", error.detail) from None
    return data
