"""Workflow executions of an account in a Region, by their ids, and the steps that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ordered import OrderedIndex

if TYPE_CHECKING:
    from .resources.workflow_execution import WorkflowExecution, WorkflowStepExecution


class Executions:
    """What is known of runs: the images hold them, this finds them."""

    __slots__ = ("_steps", "_workflows", "waiting")

    def __init__(self) -> None:
        self._workflows: dict[str, WorkflowExecution] = {}
        self._steps: dict[str, WorkflowStepExecution] = {}
        self.waiting: OrderedIndex[WorkflowStepExecution] = OrderedIndex()
        """The steps that go on only when somebody says so, in the order in which they began."""

    def workflow(self, workflow_execution_id: str) -> WorkflowExecution | None:
        return self._workflows.get(workflow_execution_id)

    def step(self, step_execution_id: str) -> WorkflowStepExecution | None:
        return self._steps.get(step_execution_id)

    def add(self, execution: WorkflowExecution) -> None:
        """A run, with those of its steps that have begun; the later ones by ``add_step``."""
        self._workflows[execution.workflow_execution_id] = execution
        for step in execution.steps:
            self.add_step(step)
            if step.is_waiting:
                self.note_waiting(step, waits=True)

    def add_step(self, step: WorkflowStepExecution) -> None:
        self._steps[step.step_execution_id] = step

    def note_waiting(self, step: WorkflowStepExecution, *, waits: bool) -> None:
        """Put a step among those that wait, or take it out."""
        if waits:
            self.waiting.add(step)
        else:
            self.waiting.remove(step)

    def forget(self, execution: WorkflowExecution) -> None:
        """The image is gone, and its runs with it."""
        self._workflows.pop(execution.workflow_execution_id, None)
        for step in execution.steps:
            self._steps.pop(step.step_execution_id, None)
