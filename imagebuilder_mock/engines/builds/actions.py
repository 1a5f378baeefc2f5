"""What each step action does in a build: what it leaves on the image, and what it gives.

Nothing is launched or executed. The outputs that need no build are in the action's row, in
``domain/documents/workflows/actions``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.workflows.actions import COMMAND_ID, STEP_ACTIONS, NewId
from imagebuilder_mock.domain.documents.workflows.variables import UnresolvedReferenceError, resolve
from imagebuilder_mock.domain.resources.images import OutputResources
from imagebuilder_mock.engines import notices
from imagebuilder_mock.engines.one_build import StepFailedError, StepWork
from imagebuilder_mock.engines.outputs import distribution
from imagebuilder_mock.engines.outputs.amis import source_ami
from imagebuilder_mock.engines.parents import MOST_WATERMARKS, carried

from . import components

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from imagebuilder_mock.domain.documents.workflows.document import WorkflowStep
    from imagebuilder_mock.engines.one_build import Run
    from imagebuilder_mock.world.ids import Ids
    from imagebuilder_mock.world.orders import BuildFailure

    Inputs = Mapping[str, object]
    Outputs = Mapping[str, object]


def is_skipped(run: Run, step: WorkflowStep) -> bool:
    """Whether the step is skipped, because of its ``if`` or of what the image is.

    StepFailedError if the condition refers to something that has no value.
    """
    action, image = STEP_ACTIONS[step.action], run.build.image
    if action.platforms is not None and image.platform not in action.platforms:
        return True
    if action.output_type not in (None, image.type):
        return True
    if step.action == "ExecuteComponents" and not components.has_work(
        run.build, run.execution.type
    ):
        return True
    if step.condition is None:
        return False
    try:
        return not step.condition.holds(run.variables)
    except UnresolvedReferenceError as error:
        raise _unresolved(error) from None


def inputs_as_shown(run: Run, step: WorkflowStep) -> object:
    """The inputs with their values, or as written if a reference has none."""
    try:
        return resolve(step.inputs, run.variables)
    except UnresolvedReferenceError:
        return step.inputs


def perform(run: Run, step: WorkflowStep) -> dict[str, object]:
    """Do the step's work; StepFailedError if it fails, by itself or because a test ordered it."""
    outputs, ids = STEP_ACTIONS[step.action].outputs, run.build.world.ids
    if COMMAND_ID in outputs:
        given = _command(run, step, str(_made(ids, outputs[COMMAND_ID])))
    else:
        given = _work(run, step, inputs_for(run, step))
    made = {
        name: given[name] if name in given else _made(ids, value)
        for name, value in outputs.items()
        if name in given or not isinstance(value, type)
    }
    return as_ordered(run, step, made)


def _command(run: Run, step: WorkflowStep, command_id: str) -> Outputs:
    """Do the work of a Systems Manager command; a failure has the id of the command."""
    inputs = _resolved(run, step)
    notices.command_sent(run.build, command_id)
    try:
        _fail_if_ordered(run, step)
        return {COMMAND_ID: command_id, **_work(run, step, inputs)}
    except StepFailedError as error:
        notices.command_failed(run.build, command_id)
        error.outputs = {**error.outputs, COMMAND_ID: command_id}
        raise


def _work(run: Run, step: WorkflowStep, inputs: Inputs) -> Outputs:
    work = _WORK.get(step.action)
    if work is None:
        return {}
    return work(StepWork(run.build, run.execution.type, inputs, _started(run)))


def is_idle(run: Run, step: WorkflowStep) -> bool:
    """Whether the step distributes, and has nowhere to copy to."""
    if step.action != "DistributeImage":
        return False
    try:
        return not distribution.step_has_copies(run.build, _resolved(run, step))
    except StepFailedError:
        # The step fails when it ends.
        return False


def _started(run: Run) -> datetime:
    """When the step that runs began."""
    step = run.execution.open_step
    return (None if step is None else step.start_time) or run.build.world.clock.now()


def as_ordered(run: Run, step: WorkflowStep, outputs: dict[str, object]) -> dict[str, object]:
    """The outputs with those that a test set; StepFailedError if the action has no such output."""
    workflow_arn = run.execution.workflow_build_version_arn
    order = run.build.world.state.output_orders.take(step.name, workflow_arn)
    if order is None:
        return outputs
    others = [name for name in order.outputs if name not in STEP_ACTIONS[step.action].outputs]
    if others:
        raise StepFailedError(
            f"set_outputs('{step.name}') has {', '.join(others)}; {step.action} gives "
            f"{', '.join(STEP_ACTIONS[step.action].outputs) or 'nothing'}."
        )
    return {**outputs, **order.outputs}


def inputs_for(run: Run, step: WorkflowStep) -> Inputs:
    """The inputs with their values.

    StepFailedError if a reference has no value, or one that the input does not take, or if a test
    ordered the step to fail.
    """
    _fail_if_ordered(run, step)
    return _resolved(run, step)


def _fail_if_ordered(run: Run, step: WorkflowStep) -> None:
    failure = run.build.world.state.failures.take(
        run.build.image, lambda each: each.is_of_step(step.name, step.action)
    )
    if failure is not None:
        raise _ordered(step, failure)


def _resolved(run: Run, step: WorkflowStep) -> Inputs:
    try:
        inputs = cast("Inputs", resolve(step.inputs or {}, run.variables))
        for name, value in inputs.items():
            STEP_ACTIONS[step.action].check_input(name, value)
    except UnresolvedReferenceError as error:
        raise _unresolved(error) from None
    except DocumentError as error:
        raise StepFailedError(error.detail) from None
    return inputs


def _ordered(step: WorkflowStep, failure: BuildFailure) -> StepFailedError:
    action, said = STEP_ACTIONS[step.action], {"error": failure.error, "cause": failure.cause}
    return StepFailedError(
        failure.message or action.failure_message.format(step=step.name),
        outputs={
            name: said[name] or "" if isinstance(value, type) else value
            for name, value in action.failure.items()
        },
    )


def _unresolved(error: UnresolvedReferenceError) -> StepFailedError:
    return StepFailedError(f"The reference '{error}' could not be resolved.")


def _made(ids: Ids, output: object) -> object:
    return getattr(ids, output.value)() if isinstance(output, NewId) else output


def _launch_instance(work: StepWork) -> Outputs:
    parent = work.inputs.get("parentInstanceId")
    return {"instanceId": parent} if parent else {}


def _bootstrap(work: StepWork) -> Outputs:
    """A container's OS version is known with its base image."""
    image = work.build.image
    if image.enhanced_image_metadata_enabled:
        image.os_version = image.parent_os_version
    return {}


def _execute_components(work: StepWork) -> Outputs:
    components.run(work.build, work.stage)
    return {}


def _collect_metadata(work: StepWork) -> Outputs:
    image = work.build.image
    image.os_version = image.parent_os_version or image.os_version
    return {} if image.os_version is None else {"osVersion": image.os_version}


def _create_image(work: StepWork) -> Outputs:
    world, store, image = work.build
    marks = carried(world, store, image.image_recipe)
    if len(marks) > MOST_WATERMARKS:
        raise StepFailedError(
            f"The AMI would have {len(marks)} watermarks; it can have at most {MOST_WATERMARKS}."
        )
    ami = source_ami(work.build)
    image.output_resources = OutputResources((ami,))
    return {"imageId": ami.image}


def _execute_state_machine(work: StepWork) -> Outputs:
    arn = str(work.inputs["stateMachineArn"]).replace(":stateMachine:", ":execution:")
    return {"executionArn": f"{arn}:{work.build.world.ids.uuid()}"}


def _run_command(work: StepWork) -> Outputs:
    """One text for each command; those of other documents than scripts are not known."""
    parameters = work.inputs.get("parameters")
    commands = parameters.get("commands") if isinstance(parameters, dict) else None
    return {"output": [""] * (len(commands) if isinstance(commands, list) else 1)}


_WORK: Mapping[str, Callable[[StepWork], Outputs]] = {
    "ApplyImageConfigurations": distribution.integrate_in_workflow,
    "BootstrapInstanceForContainer": _bootstrap,
    "CollectImageMetadata": _collect_metadata,
    "CreateImage": _create_image,
    "CreateImageFromIso": lambda work: {"amiName": work.build.image.name},
    "DistributeContainerImage": lambda work: distribution.push_in_workflow(work.build),
    "DistributeImage": distribution.distribute_in_workflow,
    "ExecuteComponents": _execute_components,
    "ExecuteStateMachine": _execute_state_machine,
    "LaunchInstance": _launch_instance,
    "ModifyImageAttributes": distribution.permit_in_workflow,
    "RegisterImage": _create_image,
    "RunCommand": _run_command,
}
"""What an action does, by its name; an action that is not here does nothing."""
