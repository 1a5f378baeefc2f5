"""Image and container recipes: a parent image, and the components that are applied to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from .base import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire


class Recipe(Resource, kw_only=True):
    """A recipe version; it never changes.

    ``components`` and ``parent_image`` stay as the caller wrote them, wildcards included; the copy
    inside an image has them resolved, and no owner.
    """

    output_type: ClassVar[str]
    """The type of the images that are built: ``AMI`` or ``DOCKER``."""

    owner: str | None
    platform: str
    parent_image: str
    components: Sequence[wire.ComponentConfigurationUnionTypeDef] | None = None
    description: str | None = None
    working_directory: str | None = None

    @property
    def parent_os_version(self) -> str | None:
        """The OS version that the caller gave for a parent that Image Builder does not know."""
        return None

    @property
    def component_arns(self) -> list[str]:
        # A state file can hold anything here; its reader refuses what is not an ARN.
        return [str(component["componentArn"]) for component in self.components or ()]

    def refers_to(self) -> Iterable[str]:
        if self.parent_image.startswith("arn:"):
            return [*self.component_arns, self.parent_image]
        return self.component_arns


class ImageRecipe(Recipe, kw_only=True):
    """An image recipe version; it never changes."""

    kind: ClassVar[str] = "image-recipe"
    quota: ClassVar[str | None] = "image recipes"
    output_type: ClassVar[str] = "AMI"

    block_device_mappings: Sequence[wire.InstanceBlockDeviceMappingTypeDef] | None = None
    additional_instance_configuration: wire.AdditionalInstanceConfigurationTypeDef | None = None
    ami_tags: Mapping[str, str] | None = None
    ami_watermarks: Sequence[str] | None = None


class ContainerRecipe(Recipe, kw_only=True):
    """A container recipe version; it never changes."""

    kind: ClassVar[str] = "container-recipe"
    quota: ClassVar[str | None] = "container recipes"
    output_type: ClassVar[str] = "DOCKER"

    container_type: str
    dockerfile_template_data: str
    target_repository: wire.TargetContainerRepositoryTypeDef
    instance_configuration: wire.InstanceConfigurationUnionTypeDef | None = None
    kms_key_id: str | None = None
    image_os_version_override: str | None = None
    encrypted: bool = True

    @property
    def parent_os_version(self) -> str | None:
        return self.image_os_version_override

    @property
    def instance_image(self) -> str | None:
        """The AMI of the build instance, as lists show it."""
        return self.instance_configuration.get("image") if self.instance_configuration else None
