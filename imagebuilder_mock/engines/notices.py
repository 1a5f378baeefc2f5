"""What Image Builder tells others of a build: events, messages and log lines, with their bodies.

Sources: user guide, integ-eventbridge, integ-sns, monitor-cwlogs. Log lines are those of real logs
(amazonlinux/amazon-linux-2023 issue 1054, aws/aws-parallelcluster issue 6358, aws-samples,
debugging), except for the lines about a step that waits, the lines about steps of components, and
the reasons of failures.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.documents.workflows.actions import COMMAND_ID
from imagebuilder_mock.domain.resources.build_settings import LOG_GROUP
from imagebuilder_mock.domain.resources.recipes import ImageRecipe
from imagebuilder_mock.neighbours import telling
from imagebuilder_mock.neighbours.account import Place, is_anybody_there
from imagebuilder_mock.world.events import Destination, Event

from .outputs.published import publish_parent
from .parents import parent_ami_id
from .topic_message import message_of, with_account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.documents.components.document import ComponentDocument
    from imagebuilder_mock.domain.documents.components.trace import TracedStep
    from imagebuilder_mock.domain.resources.components import Component
    from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
    from imagebuilder_mock.domain.resources.workflow_executions import (
        WorkflowExecution,
        WorkflowStepExecution,
    )
    from imagebuilder_mock.domain.states import ImageStatus
    from imagebuilder_mock.world.event_bodies import (
        EventBridgeBody,
        FindingsDetail,
        LogBody,
        LogFileBody,
        PipelineDisabledDetail,
        StateChangeDetail,
        StepWaitingDetail,
        StepWaitingMessage,
    )
    from imagebuilder_mock.world.world import World

    from .one_build import Build

    Body = Mapping[str, object]

SOURCE = "aws.imagebuilder"
_LAUNCH = "LaunchInstance"
_LOG_FILES: Mapping[str, Sequence[str]] = {
    "AMI": ("console.log", "application.log", "detailedoutput.json"),
    "DOCKER": ("application.log", "detailedoutput.json"),
}
_TOLD_BY_SNS: frozenset[ImageStatus] = frozenset(("AVAILABLE", "FAILED"))

P = ParamSpec("P")


def _news(tell: Callable[Concatenate[Build, P], None]) -> Callable[Concatenate[Build, P], None]:
    """Have ``tell`` called for builds of the present only: nobody is told of history."""

    @wraps(tell)
    def tell_of_present(build: Build, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if not build.world.is_in_the_past:
            tell(build, *args, **kwargs)

    return tell_of_present


@_news
def build_began(build: Build) -> None:
    """Create the log group, which exists before its first event (user guide, monitor-cwlogs)."""
    if is_anybody_there(build.world):
        telling.tell_of_log_group(build.world, build.home, build.image.log_group)


@_news
def state_changed(build: Build, before: ImageStatus) -> None:
    status = build.image.state.status
    _log(build, f"Image transitioned to {status} state for Image ARN: {build.image.arn}")
    detail: StateChangeDetail = {"previous-state": {"status": before}, "state": {"status": status}}
    name = "EC2 Image Builder Image State Change"
    _to_event_bus(build.world, name, [build.image.arn], detail)


@_news
def step_waiting(build: Build, step: WorkflowStepExecution, inputs: Mapping[str, object]) -> None:
    """Send the event; and notify the topic and call the function that the step names.

    What the function gets was seen in a published lab of 2026; the topic gets the same.
    """
    _log(build, f"Step {step.name} waits for an action", step)
    resources = [build.image.arn, step.workflow_build_version_arn]
    detail: StepWaitingDetail = {
        "workflow-execution-id": step.workflow_execution_id,
        "workflow-step-execution-id": step.step_execution_id,
        "workflow-step-name": step.name,
    }
    name = "EC2 Image Builder Workflow Step Waiting"
    _to_event_bus(build.world, name, resources, detail)
    message: StepWaitingMessage = {
        "imageArn": build.image.arn,
        "workflowArn": step.workflow_build_version_arn,
        "workflowExecutionId": step.workflow_execution_id,
        "workflowStepExecutionId": step.step_execution_id,
        "workflowStepName": step.name,
        "version": "1.0",
    }
    if "payload" in inputs:
        message["customPayload"] = inputs["payload"]
    addressees: Mapping[str, Destination] = {"snsTopicArn": "SNS", "lambdaFunctionName": "Lambda"}
    for member, destination in addressees.items():
        if member in inputs:
            _publish(build.world, build.home, destination, str(inputs[member]), message)


@_news
def workflow_started(build: Build, execution: WorkflowExecution) -> None:
    world, store, image = build
    recipe = image.image_recipe
    if recipe is not None and execution is image.executions[0]:
        ami = parent_ami_id(world, store, recipe.parent_image)
        if ami is not None:
            publish_parent(world, store, recipe.parent_image)
            written = store.get(ImageRecipe, recipe.arn) or recipe
            _log(
                build,
                f"Resolved Image Recipe parent image {written.parent_image} to AMI {ami}.",
            )
    workflow = with_account(execution.workflow_build_version_arn)
    _log(build, f"Started {execution.type} workflow {workflow}")
    _log(build, f"Total {execution.total_step_count} steps to run for workflow {workflow}")


@_news
def step_started(build: Build, step: WorkflowStepExecution, *, has_condition: bool) -> None:
    if not has_condition:
        _log(build, f"No 'if' conditions to evaluate for step: {step.name}", step)
    _log(build, f"Started step {step.name} with action {step.action}", step)
    if step.action == _LAUNCH:
        _log(build, "Launching instance", step)


@_news
def step_ended(build: Build, step: WorkflowStepExecution) -> None:
    if step.status == "FAILED":
        if step.message and COMMAND_ID not in json.loads(step.outputs or "{}"):
            _log(build, step.message, step)
        _log(build, f"Action failed for step {step.name}. Failing step", step)
    elif step.action == _LAUNCH:
        instance = json.loads(step.outputs or "{}").get("instanceId")
        _log(build, f"Launched instance (instance id: {instance})", step)
        _log(
            build,
            f"Waiting for instance availability (id: {instance}, expected state: ['passed']). "
            "Attempt number: 1.",
            step,
        )


@contextmanager
def at_work(build: Build, step: WorkflowStepExecution) -> Iterator[None]:
    """Have what is logged in the block be about the step."""
    build.world.step_at_work = step.step_execution_id
    try:
        yield
    finally:
        build.world.step_at_work = None


@_news
def command_sent(build: Build, command_id: str) -> None:
    """Log that a command of Systems Manager does the work of a step."""
    _log(build, "Sending command to instance to run")
    _log(build, f"Running command (command id: {command_id})")
    _log(build, f"Waiting for command to complete (command id: {command_id}). Attempt number: 1.")


@_news
def command_failed(build: Build, command_id: str) -> None:
    _log(build, f"Command failed (command id: {command_id}, state: Failed)")


@_news
def component_step(build: Build, component: Component, traced: TracedStep) -> None:
    number = "" if traced.round is None else f" round {traced.round}"
    inputs = "".join(f" {json.dumps(each, default=str)}" for each in traced.inputs)
    _log(
        build,
        f"Document {component.arn} phase {traced.phase} step {traced.step.name}{number} "
        f"{traced.decision} {traced.step.action}{inputs}",
    )


@_news
def command_output(build: Build, traced: TracedStep, message: str) -> None:
    """Log what a failed step of a component writes, if it runs commands."""
    if not traced.step.action.startswith("Execute"):
        return
    status = message.removeprefix("exit status ")
    if status == message:
        status = "1"
        _log(build, f"CmdExecution: Stderr: {message}")
    _log(build, f"CmdExecution: ExitCode {status}")
    _log(build, "CmdExecution: [ERROR] Command execution has resulted in an error")


@_news
def component_failed(
    build: Build,
    component: Component,
    document: ComponentDocument,
    traced: TracedStep,
    message: str,
) -> None:
    """Log the details of the first step that fails (user guide, image-failure-context)."""
    details = {
        "Document": document.name,
        "ComponentArn": component.arn,
        "Phase": traced.phase,
        "Step": traced.step.name,
        "Action": traced.step.action,
        "ErrorMessage": message,
    }
    for name, value in details.items():
        if value is not None:
            _log(build, f"  {name}: {value}")


@_news
def build_ended(build: Build) -> None:
    """Notify the topic of the infrastructure, and put the logs into its bucket."""
    world, _, image = build
    infrastructure = image.infrastructure_configuration
    if infrastructure is None:
        return
    topic = infrastructure.sns_topic_arn
    if topic is not None and image.state.status in _TOLD_BY_SNS:
        _publish(world, build.home, "SNS", topic, message_of(build))
    logging: wire.LoggingTypeDef = infrastructure.logging or {}
    logs = logging.get("s3Logs", {})
    if logs.get("s3BucketName"):
        prefix = logs.get("s3KeyPrefix", "").strip("/")
        folder = f"{prefix}/{image.name}" if prefix else image.name
        for execution in image.executions:
            for step in _with_components(execution):
                place = f"{folder}/{image.version}/{execution.workflow_execution_id}/{step.name}"
                for file in _LOG_FILES[image.type]:
                    body: LogFileBody = {"key": f"{place}/{file}", "lines": _outcome(step, file)}
                    _publish(world, build.home, "S3", logs["s3BucketName"], body)


def _with_components(execution: WorkflowExecution) -> list[WorkflowStepExecution]:
    """The steps in which components ran: only these have logs in the bucket."""
    return [
        step
        for step in execution.steps
        if step.action == "ExecuteComponents" and step.status in ("COMPLETED", "FAILED")
    ]


def _outcome(step: WorkflowStepExecution, file: str) -> list[str]:
    """The lines of a log file of a step; the service's own files have more."""
    if file.endswith(".json"):
        has_failed = step.status == "FAILED"
        summary = {
            "status": "failed" if has_failed else "success",
            "failureMessage": (step.message or "") if has_failed else "",
        }
        return [json.dumps(summary)]
    return [f"{step.name} ({step.action}) {step.status}"]


def pipeline_log(world: World, pipeline: ImagePipeline, line: str) -> None:
    """Log a line about executions, in the stream of the day (user guide, monitor-cwlogs)."""
    arn = Arn.parse(pipeline.arn)
    logging = pipeline.logging_configuration or {}
    group = logging.get("pipelineLogGroupName") or f"{LOG_GROUP}pipeline/{pipeline.name}"
    body: LogBody = {"logStreamName": f"{world.clock.now():%Y/%m/%d}", "message": line}
    _publish(world, Place(arn.account, arn.region), "CloudWatchLogs", str(group), body)


def pipeline_disabled(world: World, pipeline: ImagePipeline) -> None:
    detail: PipelineDisabledDetail = {"consecutive-failures": str(pipeline.consecutive_failures)}
    name = "EC2 Image Builder Image Pipeline Automatically Disabled"
    _to_event_bus(world, name, [pipeline.arn], detail)


@_news
def vulnerabilities_detected(build: Build, counts: Mapping[str, int]) -> None:
    """Send the event of a complete scan: it counts all, critical, high and medium findings."""
    pipeline = build.image.source_pipeline_arn
    resources = [build.image.arn, *([] if pipeline is None else [pipeline])]
    detail: FindingsDetail = {
        "resource-id": _tested_instance(build) or build.world.ids.instance(),
        "finding-severity-counts": dict(counts),
    }
    _to_event_bus(build.world, "EC2 Image Builder CVE Detected", resources, detail)


def _tested_instance(build: Build) -> str | None:
    """The instance that is scanned: the one that the tests ran on.

    A container is tested on the instance that built it.
    """
    stage = "TEST" if build.image.type == "AMI" else "BUILD"
    for execution in build.image.executions:
        if execution.type != stage or execution.retried:
            continue
        for step in execution.steps:
            if step.action == _LAUNCH and step.name in execution.step_outputs:
                return str(execution.step_outputs[step.name]["instanceId"])
    return None


def _to_event_bus(world: World, detail_type: str, resources: list[str], detail: Body) -> None:
    """Publish an event about resources, in the account and Region of the first."""
    arn = Arn.parse(resources[0])
    body: EventBridgeBody = {
        "version": "0",
        "id": world.ids.uuid(),
        "detail-type": detail_type,
        "source": SOURCE,
        "account": arn.account,
        "time": f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}",
        "region": arn.region,
        "resources": resources,
        "detail": dict(detail),
    }
    _publish(world, Place(arn.account, arn.region), "EventBridge", detail_type, body)


def _log(build: Build, line: str, step: WorkflowStepExecution | None = None) -> None:
    about = build.world.step_at_work if step is None else step.step_execution_id
    body: LogBody = {"logStreamName": str(build.image.version), "message": line}
    _publish(build.world, build.home, "CloudWatchLogs", build.image.log_group, body, about)


def _publish(  # noqa: PLR0913, PLR0917 - what an event consists of
    world: World,
    place: Place,
    destination: Destination,
    name: str,
    body: Body,
    about: str | None = None,
) -> None:
    event = Event(
        destination=destination,
        name=name,
        body=body,
        time=world.clock.now(),
        region=place.region,
        account_id=place.account,
        step_execution_id=about,
    )
    world.publish(event)
    telling.tell(world, event)
