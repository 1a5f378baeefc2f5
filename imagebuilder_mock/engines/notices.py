"""What others would be told of a build: events, messages and log lines, with their bodies.

Sources: user guide, integ-eventbridge, integ-sns, monitor-cwlogs. Log lines are those of real logs
(amazonlinux/amazon-linux-2023 issue 1054, aws/aws-parallelcluster issue 6358, aws-samples,
debugging), but for those about a step that waits and about the steps of components, and the reasons
of failures.
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

from .one_build import StepFailedError
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
        LogBody,
        LogFileBody,
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
    """What is told of a build as it happens, and not of one that is history."""

    @wraps(tell)
    def tell_of_present(build: Build, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if not build.world.is_in_the_past:
            tell(build, *args, **kwargs)

    return tell_of_present


@_news
def build_began(build: Build) -> None:
    """The log group is there before its first event (user guide, monitor-cwlogs)."""
    if is_anybody_there(build.world):
        place = Place(build.store.account, build.store.region)
        telling.tell_of_log_group(build.world, place, build.image.log_group)


@_news
def state_changed(build: Build, before: ImageStatus) -> None:
    status = build.image.state.status
    _log(build, f"Image transitioned to {status} state for Image ARN: {build.image.arn}")
    _to_event_bus(
        build.world,
        build.image.arn,
        "EC2 Image Builder Image State Change",
        resources=[build.image.arn],
        detail={"previous-state": {"status": before}, "state": {"status": status}},
    )


@_news
def step_waiting(build: Build, step: WorkflowStepExecution, inputs: Mapping[str, object]) -> None:
    """The event, and if the step asks for it a notification and the call of a function.

    What the function is sent was seen in a published lab of 2026; the topic gets the same.
    """
    _log(build, f"Step {step.name} waits for an action", step)
    resources = [build.image.arn, step.workflow_build_version_arn]
    detail: StepWaitingDetail = {
        "workflow-execution-id": step.workflow_execution_id,
        "workflow-step-execution-id": step.step_execution_id,
        "workflow-step-name": step.name,
    }
    name = "EC2 Image Builder Workflow Step Waiting"
    _to_event_bus(build.world, build.image.arn, name, resources=resources, detail=detail)
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
    home = (build.store.account, build.store.region)
    addressees: Mapping[str, Destination] = {"snsTopicArn": "SNS", "lambdaFunctionName": "Lambda"}
    for member, destination in addressees.items():
        if member in inputs:
            _publish(build.world, home, destination, str(inputs[member]), message)


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
    """What is logged in the block is about the step."""
    build.world.step_at_work = step.step_execution_id
    try:
        yield
    finally:
        build.world.step_at_work = None


@contextmanager
def command(build: Build, command_id: str) -> Iterator[None]:
    """A command of Systems Manager that does the work of a step."""
    if build.world.is_in_the_past:
        yield
        return
    _log(build, "Sending command to instance to run")
    _log(build, f"Running command (command id: {command_id})")
    _log(build, f"Waiting for command to complete (command id: {command_id}). Attempt number: 1.")
    try:
        yield
    except StepFailedError:
        _log(build, f"Command failed (command id: {command_id}, state: Failed)")
        raise


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
    """What a step of a component that fails writes, if it runs commands."""
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
    """The details of the first step that fails (user guide, image-failure-context)."""
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
    """The message at the end, and the logs in the bucket of the infrastructure."""
    world, store, image = build
    infrastructure = image.infrastructure_configuration
    if infrastructure is None:
        return
    home = (store.account, store.region)
    topic = infrastructure.sns_topic_arn
    if topic is not None and image.state.status in _TOLD_BY_SNS:
        _publish(world, home, "SNS", topic, message_of(build))
    logging: wire.LoggingTypeDef = infrastructure.logging or {}
    logs = logging.get("s3Logs", {})
    if logs.get("s3BucketName"):
        prefix = logs.get("s3KeyPrefix", "").strip("/")
        folder = f"{prefix}/{image.name}" if prefix else image.name
        for execution in image.executions:
            for step in _with_components(execution):
                place = f"{folder}/{image.version}/{execution.workflow_execution_id}/{step.name}"
                for file in _LOG_FILES[image.type]:
                    body: LogFileBody = {
                        "key": f"{place}/{file}",
                        "lines": _outcome(step, file),
                    }
                    _publish(world, home, "S3", logs["s3BucketName"], body)


def _with_components(execution: WorkflowExecution) -> list[WorkflowStepExecution]:
    """The steps in which components ran, which alone have logs in the bucket."""
    return [
        step
        for step in execution.steps
        if step.action == "ExecuteComponents" and step.status in ("COMPLETED", "FAILED")
    ]


def _outcome(step: WorkflowStepExecution, file: str) -> list[str]:
    """What a file says of the step; the service's own files say more."""
    if file.endswith(".json"):
        has_failed = step.status == "FAILED"
        summary = {
            "status": "failed" if has_failed else "success",
            "failureMessage": (step.message or "") if has_failed else "",
        }
        return [json.dumps(summary)]
    return [f"{step.name} ({step.action}) {step.status}"]


def pipeline_log(world: World, pipeline: ImagePipeline, line: str) -> None:
    """A line about its executions, in the stream of the day (user guide, monitor-cwlogs)."""
    arn = Arn.parse(pipeline.arn)
    logging = pipeline.logging_configuration or {}
    group = logging.get("pipelineLogGroupName") or f"{LOG_GROUP}pipeline/{pipeline.name}"
    body: LogBody = {"logStreamName": f"{world.clock.now():%Y/%m/%d}", "message": line}
    _publish(world, (arn.account, arn.region), "CloudWatchLogs", str(group), body)


def pipeline_disabled(world: World, pipeline: ImagePipeline) -> None:
    _to_event_bus(
        world,
        pipeline.arn,
        "EC2 Image Builder Image Pipeline Automatically Disabled",
        resources=[pipeline.arn],
        detail={"consecutive-failures": str(pipeline.consecutive_failures)},
    )


@_news
def vulnerabilities_detected(build: Build, counts: Mapping[str, int]) -> None:
    """A scan is complete; the counts are those of all, critical, high and medium findings."""
    pipeline = build.image.source_pipeline_arn
    _to_event_bus(
        build.world,
        build.image.arn,
        "EC2 Image Builder CVE Detected",
        resources=[build.image.arn, *([] if pipeline is None else [pipeline])],
        detail={
            "resource-id": _tested_instance(build) or build.world.ids.instance(),
            "finding-severity-counts": dict(counts),
        },
    )


def _tested_instance(build: Build) -> str | None:
    """The instance that the tests ran on, which is what is scanned.

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


def _to_event_bus(
    world: World,
    arn: str,
    detail_type: str,
    *,
    resources: Sequence[str],
    detail: Mapping[str, object],
) -> None:
    parsed = Arn.parse(arn)
    body: EventBridgeBody = {
        "version": "0",
        "id": world.ids.uuid(),
        "detail-type": detail_type,
        "source": SOURCE,
        "account": parsed.account,
        "time": f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}",
        "region": parsed.region,
        "resources": list(resources),
        "detail": dict(detail),
    }
    _publish(world, (parsed.account, parsed.region), "EventBridge", detail_type, body)


def _log(build: Build, line: str, step: WorkflowStepExecution | None = None) -> None:
    about = build.world.step_at_work if step is None else step.step_execution_id
    body: LogBody = {"logStreamName": str(build.image.version), "message": line}
    store = build.store
    home = (store.account, store.region)
    _publish(build.world, home, "CloudWatchLogs", build.image.log_group, body, about)


def _publish(  # noqa: PLR0913, PLR0917 - what an event consists of
    world: World,
    home: tuple[str, str],
    destination: Destination,
    name: str,
    body: Body,
    about: str | None = None,
) -> None:
    account, region = home
    event = Event(
        destination=destination,
        name=name,
        body=body,
        time=world.clock.now(),
        region=region,
        account_id=account,
        step_execution_id=about,
    )
    world.publish(event)
    telling.tell(world, event)
