"""Builds of the past that are copies of another: so thousands of them take seconds.

Two builds of the same recipe by Amazon's workflows differ only in their times and their ids, since
those workflows refer to no date and no number. So the executions of one are those of the other,
with new ids. AMIs and container images are made as in any build.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.arn import AMAZON, Arn
from imagebuilder_mock.domain.records import replace, values_of
from imagebuilder_mock.domain.resources.images import OutputResources, Transition
from imagebuilder_mock.engines.one_build import StepFailedError
from imagebuilder_mock.engines.outputs import distribution
from imagebuilder_mock.engines.outputs.amis import source_ami

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.workflow_executions import WorkflowExecution
    from imagebuilder_mock.engines.one_build import Build
    from imagebuilder_mock.world.ids import Ids
    from imagebuilder_mock.world.world import World

_ID = re.compile(r"\b(?:i|ami)-0[0-9a-f]{16}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def is_alike(image: Image, model: Image) -> bool:
    """Whether a build that has just begun will go as the model, which went well."""
    return (
        distribution.is_done_by_workflow(image) is (image.type == "DOCKER")
        and _inputs(image) == _inputs(model)
        and all(Arn.parse(workflow.arn).account == AMAZON for workflow in image.plan.workflows())
    )


def _inputs(image: Image) -> tuple[object, ...]:
    """All that a build by Amazon's workflows depends on."""
    recipe = image.recipe
    return (
        image.plan,
        recipe and values_of(recipe),
        image.platform,
        image.architecture,
        image.parent_os_version,
        image.enhanced_image_metadata_enabled,
        image.image_scanning_configuration,
        image.execution_role,
    )


def repeat(build: Build, model: Image) -> None:
    """Do all that a build does between CREATING and AVAILABLE; BuildFailedError if that fails."""
    world, store, image = build
    statuses = [step.status for step in model.transitions]
    entered = statuses[1 : statuses.index("AVAILABLE")]
    image.transitions += [Transition(status, world.clock.now()) for status in entered]
    image.os_version = model.os_version
    # They are equal and never change, so the two images can share them.
    image.plan, image.image_recipe = model.plan, model.image_recipe
    image.container_recipe = model.container_recipe
    names: dict[str, str] = {}
    if image.type == "AMI":
        source = source_ami(build)
        image.output_resources = OutputResources((source,))
        names = {ami.image: source.image for ami in model.amis[:1]}
    renaming = _Renaming(world.ids, names, (model.arn, image.arn))
    later = image.date_created - model.date_created
    for execution in model.executions:
        copied = _copied(world, execution, renaming, later)
        image.executions.append(copied)
        store.executions.add(copied)
    image.workflow_outputs = renaming.of(model.workflow_outputs)
    try:
        if image.type == "AMI":
            distribution.distribute(build)
        else:
            distribution.push_in_workflow(build)
    except StepFailedError as error:
        raise error.of_own_work(build) from None


def _copied(
    world: World, execution: WorkflowExecution, renaming: _Renaming, later: timedelta
) -> WorkflowExecution:
    made = replace(
        execution,
        workflow_execution_id=f"wf-{world.ids.uuid()}",
        image_build_version_arn=renaming.arn,
        start_time=execution.start_time + later,
        end_time=_moved(execution.end_time, later),
        parameters=dict(execution.parameters),
        steps=[],
        sequence=world.state.numbering.next(),
    )
    made.steps = [
        replace(
            step,
            step_execution_id=f"step-{world.ids.uuid()}",
            image_build_version_arn=renaming.arn,
            workflow_execution_id=made.workflow_execution_id,
            inputs=renaming.of(step.inputs),
            outputs=renaming.of(step.outputs),
            start_time=_moved(step.start_time, later),
            end_time=_moved(step.end_time, later),
            due=_moved(step.due, later),
            sequence=world.state.numbering.next(),
        )
        for step in execution.steps
    ]
    made.step_outputs = renaming.of(execution.step_outputs)
    return made


def _moved(moment: datetime | None, later: timedelta) -> datetime | None:
    return None if moment is None else moment + later


class _Renaming:
    """Replaces the ids that one build made by new ones, each of the same kind."""

    def __init__(self, ids: Ids, names: dict[str, str], arns: tuple[str, str]) -> None:
        self._ids = ids
        self.arn = arns[1]
        self._names = names
        self._arns = arns

    def of(self, value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
        """The value with the other build's ids in its texts, at any depth."""
        if isinstance(value, str):
            return self._names.get(value) or _ID.sub(
                lambda found: self._name(found.group()), value.replace(*self._arns)
            )
        if isinstance(value, dict):
            return {name: self.of(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.of(item) for item in value]
        return value

    def _name(self, old: str) -> str:
        new = self._names.get(old)
        if new is None:
            # An AMI that the build did not make stays the same.
            is_ami, is_instance = old.startswith("ami-"), old.startswith("i-")
            new = old if is_ami else self._ids.instance() if is_instance else self._ids.uuid()
            self._names[old] = new
        return new
