"""Image recipes: a parent image and the components that are applied to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(slots=True, kw_only=True)
class ImageRecipe(Recipe):
    """An image recipe version; it never changes."""

    kind: ClassVar[str] = "image-recipe"
    label: ClassVar[str] = "ImageRecipe"
    quota: ClassVar[str | None] = "image recipes"
    output_type: ClassVar[str] = "AMI"

    block_device_mappings: Sequence[Mapping[str, object]] | None = None
    additional_instance_configuration: Mapping[str, object] | None = None
    ami_tags: Mapping[str, str] | None = None
    ami_watermarks: Sequence[str] | None = None
