"""Container recipes: a base container image and the components that are applied to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True, kw_only=True)
class ContainerRecipe(Recipe):
    """A container recipe version; it never changes."""

    kind: ClassVar[str] = "container-recipe"
    label: ClassVar[str] = "ContainerRecipe"
    quota: ClassVar[str | None] = "container recipes"
    output_type: ClassVar[str] = "DOCKER"

    container_type: str
    dockerfile_template_data: str
    target_repository: Mapping[str, object]
    instance_configuration: Mapping[str, object] | None = None
    kms_key_id: str | None = None
    image_os_version_override: str | None = None
    encrypted: bool = True

    @property
    def parent_os_version(self) -> str | None:
        return self.image_os_version_override

    @property
    def instance_image(self) -> str | None:
        """The AMI of the instance that builds, as lists show it."""
        image = (self.instance_configuration or {}).get("image")
        return image if isinstance(image, str) else None
