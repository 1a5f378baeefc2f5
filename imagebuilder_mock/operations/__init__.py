"""What each API operation does; importing this package fills the table of handlers."""

from . import (
    builds,
    components,
    configurations,
    lifecycle,
    pipelines,
    recipes,
    resource_policies,
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
    "lifecycle",
    "pipelines",
    "recipes",
    "resource_policies",
    "tags",
    "workflows",
]
