"""What each API operation does; importing this package fills the table of handlers."""

from . import (
    components,
    container_recipes,
    distribution_configurations,
    image_imports,
    image_pipelines,
    image_recipes,
    image_reruns,
    image_scan_findings,
    images,
    infrastructure_configurations,
    lifecycle_executions,
    lifecycle_policies,
    marketplace,
    resource_policies,
    resource_state_updates,
    tags,
    workflow_executions,
    workflows,
)
from .context import Context
from .registry import HANDLERS

__all__ = [
    "HANDLERS",
    "Context",
    "components",
    "container_recipes",
    "distribution_configurations",
    "image_imports",
    "image_pipelines",
    "image_recipes",
    "image_reruns",
    "image_scan_findings",
    "images",
    "infrastructure_configurations",
    "lifecycle_executions",
    "lifecycle_policies",
    "marketplace",
    "resource_policies",
    "resource_state_updates",
    "tags",
    "workflow_executions",
    "workflows",
]
