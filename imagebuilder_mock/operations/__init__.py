"""What each API operation does; importing this package fills the table of handlers."""

from . import (
    builds,
    components,
    configurations,
    kinds,
    lifecycle,
    pipelines,
    recipes,
    tags,
    workflows,
)
from .handler import HANDLERS, Context

__all__ = [
    "HANDLERS",
    "Context",
    "builds",
    "components",
    "configurations",
    "kinds",
    "lifecycle",
    "pipelines",
    "recipes",
    "tags",
    "workflows",
]
