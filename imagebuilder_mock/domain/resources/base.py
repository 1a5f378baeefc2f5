"""What every resource has: an ARN, a name, tags, and its place in the order of making."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .workflow_executions import WorkflowExecution


@dataclass(slots=True, kw_only=True)
class Resource:
    """Attributes are the model's members in snake case; the output shape picks what it shows.

    Nested values that AWS only echoes stay as they were received. None is absent.
    """

    kind: ClassVar[str]
    """The resource type in the ARN."""
    label: ClassVar[str]
    """What the service calls the type in its messages."""
    quota: ClassVar[str | None] = None
    """The quota that counts them."""
    has_builds: ClassVar[bool] = False
    """Whether the service gives each version build numbers."""

    arn: str
    name: str
    date_created: datetime
    tags: dict[str, str] = field(default_factory=dict)
    policy: str | None = None
    """The resource policy, as it was put."""
    shared_with: frozenset[str] = frozenset()
    """The other accounts that the policy lets see the resource."""
    sequence: int = 0

    def refers_to(self) -> Iterable[str]:
        """ARNs, wildcards among them, of what must not be deleted while this is there."""
        return ()

    @property
    def is_selectable(self) -> bool:
        """Whether a version without build, or a wildcard, can mean this build."""
        return True

    @property
    def listed_under(self) -> str | None:
        """The ARN whose list shows the resource, as a pipeline's shows its images."""
        return None

    def runs(self) -> Iterable[WorkflowExecution]:
        """The workflow executions that are known as long as the resource is."""
        return ()

    @property
    def version(self) -> str | None:
        """``1.0.0``, where the type has versions."""
        return None


@cache
def member_name(attribute: str) -> str:
    """``image_tests_configuration`` is ``imageTestsConfiguration``."""
    first, *rest = attribute.split("_")
    return first + "".join(word.title() for word in rest)
