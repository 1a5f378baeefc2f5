"""What a recipe may hold: parents, components and their parameters, instance settings, templates.

The sentences are those of the user guide (create-image-recipes, create-container-recipes) where it
has one; those on overrides of a container recipe were seen (terraform-provider-aws pull request
24712, cdk-github-runners issue 550) or are the guide's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.documents.dockerfile import check_dockerfile_template
from imagebuilder_mock.domain.errors import already_exists, invalid_combination, invalid_value
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.engines.parents import is_ami_address, source_of

from .distributions import refuse_reserved
from .documents import TEMPLATE_SIZE, parsed
from .neighbours import read_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.domain.versions import VersionTemplate
    from imagebuilder_mock.operations.handler import Context


# The forms of a parent image (API reference, CreateImageRecipe): an ARN as GetImage takes it, an
# AMI, a parameter, a product.
_IMAGE_ARN = re.compile(
    r"arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws(?:-[a-z-]+)?):image/[a-z0-9-_]+/"
    r"(?:(?:[0-9]+|x)\.(?:[0-9]+|x)\.(?:[0-9]+|x)|[0-9]+\.[0-9]+\.[0-9]+/[0-9]+)"
)
_PRODUCT = (
    r"prod-[0-9a-z]+"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_MOST_PRODUCTS = 9
_LARGEST_COMPONENTS = 25 * 1024
_TYPES_WITH_IOPS = frozenset(("io1", "io2"))
_TYPE_WITH_THROUGHPUT = "gp3"
_DEFAULT_PLATFORM = "Linux"


class ParentImage(Value):
    """What is known of a parent image: of an AMI or a parameter, what other services tell."""

    platform: str | None = None
    os_version: str | None = None
    products: int = 0
    """How many products of AWS Marketplace it is."""


def parent_of(ctx: Context, parent_image: str) -> ParentImage:
    """What a recipe's ``parentImage`` is; InvalidParameterValueException if it is nothing."""
    if is_image_arn(parent_image):
        image = ctx.reference(Image, parent_image, parameter="parentImage")
        if image.type != "AMI":
            raise invalid_value(
                "parentImage", "The parent image of an image recipe must be an AMI."
            )
        return ParentImage(image.platform, image.os_version)
    if re.fullmatch(_PRODUCT, parent_image) is not None:
        return ParentImage(products=1)
    if not is_ami_address(parent_image):
        raise invalid_value(
            "parentImage",
            "The parent image must be an AMI ID, an Image Builder image ARN, an SSM parameter "
            "prefixed by 'ssm:', or an AWS Marketplace product ID.",
        )
    facts = source_of(ctx.world, ctx.store, parent_image, parameter="parentImage").facts
    if facts.platform is None and "windows" in parent_image.lower():
        return ParentImage("Windows")
    return ParentImage(facts.platform)


# Most recipes of a program have the same few parents.
@lru_cache(maxsize=256)
def is_image_arn(parent_image: str) -> bool:
    return _IMAGE_ARN.fullmatch(parent_image) is not None


def free_version(ctx: Context, cls: type[Recipe], name: str, template: VersionTemplate) -> str:
    """The ARN of a new recipe's version, with the next number where the template has an ``x``.

    ResourceAlreadyExistsException if a recipe has the version already, however it was written.
    """
    base = ctx.store.arn_for(cls.kind, name)
    arn = base.at(template.written(template.filled(ctx.store.family(base).highest)))
    taken = ctx.store.builds_of(cls, arn)
    if taken:
        raise already_exists(cls.label, next(iter(taken)).arn)
    return str(arn)


def check_components(
    ctx: Context,
    configurations: Sequence[wire.ComponentConfigurationUnionTypeDef],
    parent: ParentImage,
) -> str:
    """Refuse components that do not go with the recipe, and return the recipe's platform.

    That is the platform of its parent, or of its first component if the parent's is not known.
    """
    ctx.world.quotas.check("components per image recipe", len(configurations))
    _check_size(configurations)
    platform = parent.platform
    seen: set[tuple[str, str]] = set()
    components: list[Component] = []
    for position, configuration in enumerate(configurations):
        path = f"components[{position}]"
        component = ctx.reference(
            Component, configuration["componentArn"], parameter=f"{path}.componentArn"
        )
        arn = Arn.parse(component.arn)
        if (arn.account, arn.slug) in seen:
            raise invalid_value(
                "components", "A component may be specified in an image recipe at most once."
            )
        seen.add((arn.account, arn.slug))
        _check_state(component, path)
        platform = platform or component.platform
        _check_fit(component, platform, parent.os_version, path)
        _check_parameters(component, configuration, path)
        for parameter in configuration.get("parameters", ()):
            for value in parameter["value"]:
                ctx.world.quotas.check("component parameter length", len(value))
        components.append(component)
    check_products(components, of_parent=parent.products)
    return platform or _DEFAULT_PLATFORM


def check_instance_settings(params: wire.CreateImageRecipeRequestTypeDef, platform: str) -> None:
    settings = params.get("additionalInstanceConfiguration", {})
    if platform == "Windows" and "systemsManagerAgent" in settings:
        raise invalid_combination(
            "additionalInstanceConfiguration.systemsManagerAgent",
            "Image Builder does not support configuring the SSM Agent on Windows.",
        )
    if platform == "Windows" and '"' in params.get("workingDirectory", ""):
        raise invalid_value(
            "workingDirectory", "A working directory on Windows must not contain a double quote."
        )
    refuse_reserved(params.get("amiTags", {}), "amiTags")


def check_products(components: Sequence[Component], *, of_parent: int) -> None:
    """Refuse too many products of AWS Marketplace, and products that only test."""
    codes = {code.product_code_id for each in components for code in each.product_codes or ()}
    if len(codes) + of_parent > _MOST_PRODUCTS:
        raise invalid_value(
            "components", f"Recipe can contain at most {_MOST_PRODUCTS} marketplace products."
        )
    if codes and all(component.type != "BUILD" for component in components):
        raise invalid_value(
            "components",
            "Recipes with marketplace components must contain at least 1 build component.",
        )


def check_block_devices(
    mappings: Sequence[wire.InstanceBlockDeviceMappingTypeDef], path: str = "blockDeviceMappings"
) -> None:
    """Refuse volumes whose settings do not go with their type."""
    for position, mapping in enumerate(mappings):
        volume = mapping.get("ebs", {})
        volume_type = volume.get("volumeType")
        if volume_type in _TYPES_WITH_IOPS and "iops" not in volume:
            raise invalid_combination(
                f"{path}[{position}].ebs.iops", f"The volume type '{volume_type}' needs 'iops'."
            )
        if volume_type not in {None, _TYPE_WITH_THROUGHPUT} and "throughput" in volume:
            raise invalid_combination(
                f"{path}[{position}].ebs.throughput",
                f"A throughput is for volumes of the type '{_TYPE_WITH_THROUGHPUT}' only.",
            )


def check_watermarks(watermarks: Sequence[str]) -> None:
    if len(set(watermarks)) != len(watermarks):
        raise invalid_value("amiWatermarks", "Each watermark may be specified at most once.")


def _check_size(configurations: Sequence[wire.ComponentConfigurationUnionTypeDef]) -> None:
    """Many or long parameters can make the components of a recipe too large (user guide)."""
    texts = [
        text
        for configuration in configurations
        for parameter in configuration.get("parameters", ())
        for text in (parameter["name"], *parameter["value"])
    ]
    texts += [configuration["componentArn"] for configuration in configurations]
    if sum(len(text.encode()) for text in texts) > _LARGEST_COMPONENTS:
        raise invalid_value(
            "components", "You've exceeded the maximum cumulative component size of 25 KB."
        )


def _check_state(component: Component, path: str) -> None:
    status = component.state.status.lower()
    if status != "active":
        raise invalid_value(
            f"{path}.componentArn",
            f"Component ARN {component.arn} is {status} and cannot be included in new recipes.",
        )


def _check_fit(component: Component, platform: str, os_version: str | None, path: str) -> None:
    if component.platform != platform:
        raise invalid_combination(
            f"{path}.componentArn", "Component ARN does not match the Parent Image Platform."
        )
    supported = component.supported_os_versions
    if supported and os_version and not any(map(os_version.startswith, supported)):
        raise invalid_combination(
            f"{path}.componentArn",
            "Component ARN does not support the Parent Image OS Version.",
        )


def _check_parameters(
    component: Component, configuration: wire.ComponentConfigurationUnionTypeDef, path: str
) -> None:
    declared = {parameter.name: parameter for parameter in component.parameters or ()}
    given = [parameter["name"] for parameter in configuration.get("parameters", ())]
    if not declared and not given:  # as of most components
        return
    undefined = [name for name in given if name not in declared]
    if undefined:
        raise invalid_combination(
            f"{path}.parameters",
            "The following parameters are not defined in the provided component: "
            + ", ".join(undefined),
        )
    missing = [
        name
        for name, parameter in declared.items()
        if parameter.default_value is None and name not in given
    ]
    if missing:
        raise invalid_combination(
            f"{path}.parameters",
            "The following parameters of the provided component have no default and need a "
            "value: " + ", ".join(missing),
        )
    for parameter in configuration.get("parameters", ()):
        allowed = declared[parameter["name"]].allowed_values
        for value in parameter["value"]:
            if allowed is not None and value not in allowed:
                raise invalid_combination(
                    f"{path}.parameters",
                    f"The parameter {parameter['name']} of the provided component does not allow "
                    f"the value '{value}'. Allowed values are: {', '.join(allowed)}",
                )


_PUBLIC_ECR = "public.ecr.aws/"


def container_parent(ctx: Context, params: wire.CreateContainerRecipeRequestTypeDef) -> ParentImage:
    """What is known of the base image. Refuses overrides that do not go with it."""
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
        if Arn.parse(configuration["componentArn"]).owner == "AWSMarketplace":
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


def check_instance(ctx: Context, instance: wire.InstanceConfigurationUnionTypeDef | None) -> None:
    """Refuse a build instance whose AMI does not exist, or whose volumes are not possible."""
    if instance is None:
        return
    image, path = instance.get("image"), "instanceConfiguration.image"
    if image is not None and not is_ami_address(image):
        raise invalid_value(
            path,
            "The image of the instance must be an AMI ID, or an SSM parameter prefixed by 'ssm:'.",
        )
    if image is not None:
        source_of(ctx.world, ctx.store, image, parameter=path)
    check_block_devices(
        instance.get("blockDeviceMappings", ()), "instanceConfiguration.blockDeviceMappings"
    )


def checked_template(ctx: Context, params: wire.CreateContainerRecipeRequestTypeDef) -> str:
    """The Dockerfile template's text. Refuses a template without the required placeholders."""
    data, uri = params.get("dockerfileTemplateData"), params.get("dockerfileTemplateUri")
    if (data is None) == (uri is None):
        raise invalid_combination(
            "dockerfileTemplateData",
            "You must specify either dockerfileTemplateData or a dockerfileTemplateUri.",
        )
    if data is None:
        data = read_document(ctx, uri or "", parameter="dockerfileTemplateUri", quota=TEMPLATE_SIZE)
    ctx.world.quotas.check(TEMPLATE_SIZE, len(data.encode()))
    has_components = bool(params.get("components"))
    parsed("dockerfileTemplateData", check_dockerfile_template, data, has_components=has_components)
    return data
