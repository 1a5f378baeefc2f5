"""Rollback: what a failed workflow undoes, from the step that failed backwards.

Only launched instances and collected metadata can be undone (user guide, wfdoc-step-actions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.documents.workflows.variables import UnresolvedReferenceError, look_up

from .variables import variables_of

if TYPE_CHECKING:
    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument, WorkflowStep
    from imagebuilder_mock.domain.resources.workflow_executions import (
        WorkflowExecution,
        WorkflowStepExecution,
    )
    from imagebuilder_mock.engines.one_build import Build

_ROLLED_BACK = frozenset(("LaunchInstance", "CollectImageMetadata"))


def begin(build: Build, execution: WorkflowExecution, document: WorkflowDocument) -> bool:
    """Begin to undo; False if there is nothing to undo."""
    planned = {step.name: step for step in document.steps}
    found = False
    for step in reversed(execution.steps):
        if step.action not in _ROLLED_BACK or step.status not in ("COMPLETED", "FAILED"):
            continue
        if _is_kept(build, execution, planned[step.name], step):
            step.rollback_status = "SKIPPED"
        else:
            step.rollback_status = "RUNNING"
            found = True
    if found:
        execution.status = "ROLLBACK_IN_PROGRESS"
    return found


def finish(execution: WorkflowExecution) -> None:
    """Everything is undone."""
    for step in execution.steps:
        if step.rollback_status == "RUNNING":
            step.rollback_status = "COMPLETED"


def _is_kept(
    build: Build, execution: WorkflowExecution, planned: WorkflowStep, step: WorkflowStepExecution
) -> bool:
    """The document can keep it, and the infrastructure can keep its instance for a look."""
    infrastructure = build.image.infrastructure_configuration
    if (
        step.action == "LaunchInstance"
        and infrastructure is not None
        and not infrastructure.terminate_instance_on_failure
    ):
        return True
    enabled: object = planned.rollback_enabled
    if isinstance(enabled, str):
        try:
            enabled = look_up(enabled, variables_of(build, execution))
        except UnresolvedReferenceError:
            return False
    return enabled is False
