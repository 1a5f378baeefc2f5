"""Components as a build runs them: their phases, their steps, and where a test makes them fail.

The build stage runs the phases build and validate, the test stage the phase test (user guide,
toe-use-documents). Nothing is executed; the log shows each step with its values. AWSTOE's summary
of a run has the members that were seen in ec2-image-builder-roadmap#91.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.builds import CONTAINER_HOST_TEST, PHASES_OF_STAGE
from imagebuilder_mock.domain.records import Record, Value
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.engines import notices
from imagebuilder_mock.engines.one_build import MAX_ERROR, StepFailedError
from imagebuilder_mock.world.orders import is_meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.documents.components.document import ComponentDocument
    from imagebuilder_mock.domain.documents.components.trace import TracedStep
    from imagebuilder_mock.domain.states import WorkflowType
    from imagebuilder_mock.engines.one_build import Build
    from imagebuilder_mock.world.orders import BuildFailure


class _Used(Value):
    """A component of the recipe, with the values that the recipe gives its parameters."""

    component: Component
    document: ComponentDocument
    parameters: Mapping[str, str]


def has_work(build: Build, workflow_type: WorkflowType) -> bool:
    """Whether a component has a phase of the stage, or a test makes components fail in it."""
    phases = _phases(build, workflow_type)
    if any(phase.name in phases for used in _used(build) for phase in used.document.phases):
        return True
    return _ordered_without_component(build) is not None


def run(build: Build, workflow_type: WorkflowType) -> None:
    """Run the phases of the stage, each for all components; StepFailedError if one fails."""
    tally = _Tally()
    try:
        for phase in _phases(build, workflow_type):
            for used in _used(build):
                _run_phase(build, used, phase, tally)
        _fail_without_component(build, tally)
    except StepFailedError as error:
        error.outputs = {**error.outputs, "output": _summary(build, tally, error.detail)}
        raise


def _fail_without_component(build: Build, tally: _Tally) -> None:
    failure = _ordered_without_component(build)
    if failure is not None:
        build.world.state.failures.carry_out(failure)
        tally.executed = tally.failed = 1
        raise StepFailedError(_message(failure))


class _Tally(Record):
    """How many steps of components have run so far, and how many have failed."""

    executed: int = 0
    failed: int = 0
    ignored: int = 0


def _summary(build: Build, tally: _Tally, message: str) -> str:
    """What AWSTOE says at the end of a run that failed."""
    execution_id = build.world.ids.uuid()
    return json.dumps(
        {
            "executionId": execution_id,
            "status": "failed",
            "failedStepCount": tally.failed,
            "executedStepCount": tally.executed,
            "ignoredFailedStepCount": tally.ignored,
            "failureMessage": message,
            "logUrl": f"TOE_{build.world.clock.now():%Y-%m-%d_%H-%M-%S}_UTC-0_{execution_id}",
        }
    )


def _phases(build: Build, workflow_type: WorkflowType) -> Sequence[str]:
    phases = PHASES_OF_STAGE[workflow_type]
    if build.image.type == "DOCKER":
        return phases
    return [phase for phase in phases if phase != CONTAINER_HOST_TEST]


def _run_phase(build: Build, used: _Used, phase: str, tally: _Tally) -> None:
    from imagebuilder_mock.domain.documents.components.trace import trace  # noqa: PLC0415

    failed: StepFailedError | None = None
    for traced in trace(used.document, phase, used.parameters):
        notices.component_step(build, used.component, traced)
        message = _failure_of(build, used, traced)
        tally.executed += traced.decision != "Skip"
        if message is None:
            continue
        notices.command_output(build, traced, message)
        if traced.step.on_failure == "Ignore":
            tally.ignored += 1
            continue
        tally.failed += 1
        error = _error(used, traced, message)
        if failed is None:
            notices.component_failed(build, used.component, used.document, traced, message)
        if traced.step.on_failure == "Abort":
            raise error
        failed = failed or error
    if failed is not None:
        raise failed


def _failure_of(build: Build, used: _Used, traced: TracedStep) -> str | None:
    """Why a step fails, by its own condition or an order of the test; None if it does not."""
    if traced.decision == "Abort":
        return "The condition of the step aborts the document."
    if traced.decision == "Skip":
        return None
    if traced.error is not None:
        return traced.error
    failure = build.world.state.failures.take(
        build.image, lambda each: each.is_of_component and _fits(each, used, traced)
    )
    return None if failure is None else _message(failure)


def _fits(failure: BuildFailure, used: _Used, traced: TracedStep) -> bool:
    component = used.component
    return (
        (failure.component is None or is_meant(failure.component, component.arn, component.name))
        and failure.phase in (None, traced.phase)
        and failure.step in (None, traced.step.name)
    )


def _message(failure: BuildFailure) -> str:
    return failure.message or f"exit status {failure.exit_status}"


def _error(used: _Used, traced: TracedStep, message: str) -> StepFailedError:
    return StepFailedError(
        f"Document {used.component.arn} failed!",
        component_failure={
            "componentArn": used.component.arn,
            "phaseName": traced.phase,
            "stepName": traced.step.name,
            "action": traced.step.action,
            "errorMessage": message[:MAX_ERROR],
        },
    )


def _ordered_without_component(build: Build) -> BuildFailure | None:
    """An order to fail in the component phase, if the recipe has no components."""
    recipe = build.image.recipe
    if recipe is not None and recipe.components:
        return None
    return build.world.state.failures.first(build.image, lambda each: each.names_nothing)


def _used(build: Build) -> Iterator[_Used]:
    # The first document loads YAML.
    from imagebuilder_mock.domain.documents.components.trace import document_of  # noqa: PLC0415

    world, store, image = build
    for configuration in (image.recipe.components if image.recipe else None) or ():
        arn = configuration["componentArn"]
        component = world.find(store, Component, arn, parameter="components")
        if component is not None:
            yield _Used(component, document_of(component.text), _parameters(configuration))


def _parameters(configuration: wire.ComponentConfigurationUnionTypeDef) -> Mapping[str, str]:
    given = configuration.get("parameters", ())
    return {parameter["name"]: ",".join(parameter["value"]) for parameter in given}
