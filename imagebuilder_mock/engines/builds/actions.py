"""What each step action does in a build: its outputs, and what it leaves on the image.

Nothing is launched or executed. Source of the outputs: user guide, wfdoc-step-actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS, check_input
from imagebuilder_mock.domain.documents.workflows.variables import UnresolvedReferenceError, resolve
from imagebuilder_mock.domain.resources.images import OutputResources
from imagebuilder_mock.engines.one_build import StepFailedError
from imagebuilder_mock.engines.outputs import distribution
from imagebuilder_mock.engines.outputs.amis import source_ami
from imagebuilder_mock.engines.parents import MOST_WATERMARKS, carried

from . import components
from .variables import variables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagebuilder_mock.domain.documents.workflows.document import WorkflowStep
    from imagebuilder_mock.domain.resources.workflow_executions import WorkflowExecution
    from imagebuilder_mock.engines.one_build import Build

    Inputs = Mapping[str, object]
    Outputs = dict[str, object]


def is_skipped(build: Build, execution: WorkflowExecution, step: WorkflowStep) -> bool:
    """Whether there is nothing to do: by the step's ``if``, or by what the image is.

    StepFailedError if the condition refers to what is not there.
    """
    action = STEP_ACTIONS[step.action]
    if action.platforms is not None and build.image.platform not in action.platforms:
        return True
    if action.output_type is not None and build.image.type != action.output_type:
        return True
    if step.action == "ExecuteComponents" and not components.has_work(build, execution.type):
        return True
    if step.condition is None:
        return False
    try:
        return not step.condition.holds(variables_of(build, execution))
    except UnresolvedReferenceError as error:
        raise _unresolved(error) from None


def inputs_as_shown(build: Build, execution: WorkflowExecution, step: WorkflowStep) -> object:
    """The inputs with their values, or as they are written if a reference means nothing."""
    try:
        return resolve(step.inputs, variables_of(build, execution))
    except UnresolvedReferenceError:
        return step.inputs


def perform(build: Build, execution: WorkflowExecution, step: WorkflowStep) -> Outputs:
    """Do the step's work; StepFailedError if it fails, by itself or because a test ordered it."""
    return _ACTIONS[step.action](build, execution, inputs_for(build, execution, step))


def inputs_for(build: Build, execution: WorkflowExecution, step: WorkflowStep) -> Inputs:
    """What the step works with.

    StepFailedError if a reference means nothing, or a test ordered the step to fail.
    """
    for failure in build.world.state.failures.for_image(build.image):
        if failure.step == step.name and not (failure.is_of_component or failure.is_of_place):
            build.world.state.failures.carry_out(failure)
            raise StepFailedError(failure.message or f"The step '{step.name}' failed.")
    try:
        resolved = resolve(step.inputs or {}, variables_of(build, execution))
    except UnresolvedReferenceError as error:
        raise _unresolved(error) from None
    return _judged(cast("Inputs", resolved))


def _judged(inputs: Inputs) -> Inputs:
    """The inputs, whose values were not known to the document before."""
    try:
        for name, value in inputs.items():
            check_input(name, value)
    except DocumentError as error:
        raise StepFailedError(error.detail) from None
    return inputs


def _unresolved(error: UnresolvedReferenceError) -> StepFailedError:
    return StepFailedError(f"The reference '{error}' could not be resolved.")


def _launch_instance(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution
    return {"instanceId": inputs.get("parentInstanceId") or build.world.ids.instance()}


def _run_command(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution, inputs
    return {"runCommandId": build.world.ids.uuid(), "status": "Success", "output": ""}


def _bootstrap(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    """A container's OS version is known with its base image."""
    if build.image.enhanced_image_metadata_enabled:
        build.image.os_version = build.image.parent_os_version
    return _run_command(build, execution, inputs)


def _run_document(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    """Its output is a list, of one text for the one instance."""
    return {**_run_command(build, execution, inputs), "output": [""]}


def _execute_components(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    components.run(build, execution.type)
    return _run_command(build, execution, inputs)


def _collect_metadata(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution, inputs
    image = build.image
    image.os_version = image.parent_os_version or image.os_version
    outputs: Outputs = {"associationId": build.world.ids.uuid()}
    return outputs if image.os_version is None else {"osVersion": image.os_version, **outputs}


def _create_image(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution, inputs
    world, store, image = build
    marks = carried(world, store, image.image_recipe) if image.image_recipe else ()
    if len(marks) > MOST_WATERMARKS:
        raise StepFailedError(
            f"The AMI would have {len(marks)} watermarks; it can have at most {MOST_WATERMARKS}."
        )
    ami = source_ami(world, store, image)
    image.output_resources = OutputResources((ami,))
    return {"imageId": ami.image}


def _create_image_from_iso(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution, inputs
    return {
        "amiName": build.image.name,
        "snapshotId": build.world.ids.snapshot(),
        "architecture": "x86_64",
    }


def _wait_for_agent(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del build, execution, inputs
    return {"status": "Online"}


def _execute_state_machine(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution
    machine = str(inputs["stateMachineArn"])
    arn = machine.replace(":stateMachine:", ":execution:")
    return {"executionArn": f"{arn}:{build.world.ids.uuid()}", "output": "{}"}


def _terminate_instance(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del build, execution, inputs
    return {}


def _distribute_image(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution
    return {"distributedImages": distribution.distribute_in_workflow(build, inputs)}


def _modify_attributes(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution
    distribution.permit_in_workflow(build, inputs)
    return {"modifiedImages": inputs["distributedImages"]}


def _apply_configurations(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution
    distribution.integrate_in_workflow(build, inputs)
    return {"configuredImages": inputs["distributedImages"]}


def _distribute_container(build: Build, execution: WorkflowExecution, inputs: Inputs) -> Outputs:
    del execution, inputs
    return distribution.push_in_workflow(build)


_ACTIONS: Mapping[str, Callable[[Build, WorkflowExecution, Inputs], Outputs]] = {
    "ApplyImageConfigurations": _apply_configurations,
    "BootstrapInstanceForContainer": _bootstrap,
    "CollectImageMetadata": _collect_metadata,
    "CollectImageScanFindings": _run_command,
    "CreateImage": _create_image,
    "CreateImageFromIso": _create_image_from_iso,
    "DistributeContainerImage": _distribute_container,
    "DistributeImage": _distribute_image,
    "ExecuteComponents": _execute_components,
    "ExecuteStateMachine": _execute_state_machine,
    "LaunchInstance": _launch_instance,
    "ModifyImageAttributes": _modify_attributes,
    "RegisterImage": _create_image,
    "RunCommand": _run_document,
    "RunSysPrep": _run_command,
    "SanitizeInstance": _run_command,
    "TerminateInstance": _terminate_instance,
    "WaitForSSMAgent": _wait_for_agent,
}
