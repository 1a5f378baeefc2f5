"""What each API operation does; importing this package fills the table of handlers."""

from . import (
    components,
    distribution_configurations,
    image_pipelines,
    image_recipes,
    images,
    infrastructure_configurations,
    tags,
)
from .context import Context
from .registry import HANDLERS

__all__ = [
    "HANDLERS",
    "Context",
    "components",
    "distribution_configurations",
    "image_pipelines",
    "image_recipes",
    "images",
    "infrastructure_configurations",
    "tags",
]
