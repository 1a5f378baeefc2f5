"""What others would be told of a build: events, messages and log lines, with their bodies.

Sources: user guide, integ-eventbridge, integ-sns, monitor-cwlogs. The line about a state's change
is that of real logs (amazonlinux/amazon-linux-2023 issue 1054); the other lines are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resources.build_settings import LOG_GROUP
from imagebuilder_mock.neighbours import telling
from imagebuilder_mock.world.events import Destination, Event

from .topic_message import message_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.documents.components.document import ComponentDocument
    from imagebuilder_mock.domain.documents.components.trace import TracedStep
    from imagebuilder_mock.domain.resources.components import Component
    from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
    from imagebuilder_mock.domain.resources.workflow_executions import WorkflowStepExecution
    from imagebuilder_mock.domain.states import ImageStatus
    from imagebuilder_mock.world.world import World

    from .one_build import Build

    Body = Mapping[str, object]

SOURCE = "aws.imagebuilder"
_TOLD_BY_SNS: frozenset[ImageStatus] = frozenset(("AVAILABLE", "FAILED"))


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


def step_waiting(build: Build, step: WorkflowStepExecution, inputs: Mapping[str, object]) -> None:
    """The event, and if the step asks for it a notification and the call of a function.

    What these are sent is not documented but for the ``payload`` in it.
    """
    _log(build, f"Step {step.name} waits for an action")
    resources = [build.image.arn, step.workflow_build_version_arn]
    detail = {
        "workflow-execution-id": step.workflow_execution_id,
        "workflow-step-execution-id": step.step_execution_id,
        "workflow-step-name": step.name,
    }
    name = "EC2 Image Builder Workflow Step Waiting"
    _to_event_bus(build.world, build.image.arn, name, resources=resources, detail=detail)
    message: dict[str, object] = {"resources": resources, "detail": detail}
    if "payload" in inputs:
        message["payload"] = inputs["payload"]
    home = (build.store.account, build.store.region)
    addressees: Mapping[str, Destination] = {"snsTopicArn": "SNS", "lambdaFunctionName": "Lambda"}
    for member, destination in addressees.items():
        if member in inputs:
            _publish(build.world, home, destination, str(inputs[member]), message)


def step_ended(build: Build, step: WorkflowStepExecution) -> None:
    reason = f": {step.message}" if step.message else ""
    _log(build, f"Step {step.name} ({step.action}) {step.status}{reason}")


def component_step(build: Build, component: Component, traced: TracedStep) -> None:
    number = "" if traced.round is None else f" round {traced.round}"
    inputs = f" {list(traced.inputs)}" if traced.inputs else ""
    _log(
        build,
        f"Document {component.arn} phase {traced.phase} step {traced.step.name}{number} "
        f"{traced.decision} {traced.step.action}{inputs}",
    )


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
            _publish(
                world,
                home,
                "S3",
                logs["s3BucketName"],
                {
                    "key": f"{folder}/{build.image.version}/{execution.workflow_execution_id}/"
                    "console.log",
                    "lines": [
                        f"{step.name} ({step.action}) {step.status}"
                        for step in execution.begun_steps
                    ],
                },
            )


def pipeline_log(world: World, pipeline: ImagePipeline, line: str) -> None:
    """A line about its executions, in the stream of the day (user guide, monitor-cwlogs)."""
    arn = Arn.parse(pipeline.arn)
    logging = pipeline.logging_configuration or {}
    group = logging.get("pipelineLogGroupName") or f"{LOG_GROUP}pipeline/{pipeline.name}"
    body = {"logStreamName": f"{world.clock.now():%Y/%m/%d}", "message": line}
    _publish(world, (arn.account, arn.region), "CloudWatchLogs", str(group), body)


def pipeline_disabled(world: World, pipeline: ImagePipeline) -> None:
    _to_event_bus(
        world,
        pipeline.arn,
        "EC2 Image Builder Image Pipeline Automatically Disabled",
        resources=[pipeline.arn],
        detail={"consecutive-failures": str(pipeline.consecutive_failures)},
    )


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
    """The instance that the tests ran on, which is what is scanned."""
    for execution in build.image.executions:
        if execution.type != "TEST" or execution.retried:
            continue
        for step in execution.steps:
            if step.action == "LaunchInstance" and step.name in execution.step_outputs:
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
    body = {
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


def _log(build: Build, line: str) -> None:
    body = {"logStreamName": build.image.version, "message": line}
    store = build.store
    home = (store.account, store.region)
    _publish(build.world, home, "CloudWatchLogs", build.image.log_group, body)


def _publish(
    world: World, home: tuple[str, str], destination: Destination, name: str, body: Body
) -> None:
    account, region = home
    event = Event(
        destination=destination,
        name=name,
        body=body,
        time=world.clock.now(),
        region=region,
        account_id=account,
    )
    world.publish(event)
    telling.tell(world, event)
