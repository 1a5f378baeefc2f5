"""The types of bodies are those of the events: none has a member that its type has not."""

from __future__ import annotations

from datetime import datetime, timezone
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from imagebuilder_mock.world import event_bodies
from tests.builders import AMAZON, a_build, a_recipe, an_infrastructure
from tests.container_builders import a_container_build
from tests.workflow_builders import a_step, a_workflow

TOPIC = "arn:aws:sns:us-east-1:123456789012:builds"

BODIES = {
    "EventBridge": (event_bodies.EventBridgeBody,),
    "SNS": (event_bodies.BuildMessage, event_bodies.StepWaitingMessage),
    "Lambda": (event_bodies.StepWaitingMessage,),
    "CloudWatchLogs": (event_bodies.LogBody,),
    "S3": (event_bodies.LogFileBody,),
}

DETAILS = {
    "EC2 Image Builder Image State Change": event_bodies.StateChangeDetail,
    "EC2 Image Builder Workflow Step Waiting": event_bodies.StepWaitingDetail,
    "EC2 Image Builder Image Pipeline Automatically Disabled": event_bodies.PipelineDisabledDetail,
    "EC2 Image Builder CVE Detected": event_bodies.FindingsDetail,
}


def problems(value: Any, hint: Any, path: str = "body") -> list[str]:
    """Where a value is not of a type."""
    if is_typeddict(hint):
        hints = get_type_hints(hint)
        found = [f"{path}.{name} is unknown" for name in value.keys() - hints.keys()]
        found += [f"{path}.{name} is missing" for name in hint.__required_keys__ - value.keys()]
        for name in value.keys() & hints.keys():
            found += problems(value[name], hints[name], f"{path}.{name}")
        return found
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in {Any, object} or origin in {Union, UnionType}:
        return []
    if not isinstance(value, origin or hint):
        return [f"{path} is a {type(value).__name__}, not a {hint}"]
    values = value.values() if isinstance(value, dict) else value if origin is list else ()
    return [each for item in values for each in problems(item, arguments[-1], path)]


def stories(client, mock):
    """Each kind of event, to each destination."""
    infrastructure = an_infrastructure(
        client, snsTopicArn=TOPIC, logging={"s3Logs": {"s3BucketName": "logs"}}
    )
    approve = a_step(
        "Approve",
        "WaitForAction",
        inputs={"snsTopicArn": TOPIC, "lambdaFunctionName": "approve", "payload": "{}"},
    )
    build = f"{AMAZON}workflow/build/build-image/x.x.x"
    a_build(
        client,
        infrastructureConfigurationArn=infrastructure,
        executionRole="builder",
        workflows=[{"workflowArn": build}, {"workflowArn": a_workflow(client, approve)}],
    )
    mock.builds.fail_next(component="update-linux")
    a_build(
        client,
        infrastructureConfigurationArn=infrastructure,
        imageRecipeArn=a_recipe(
            client, components=[{"componentArn": f"{AMAZON}component/update-linux/x.x.x"}]
        ),
    )
    a_container_build(client, infrastructureConfigurationArn=infrastructure)
    a_build(client, imageScanningConfiguration={"imageScanningEnabled": True})
    web = mock.pipelines.add(
        schedule={
            "scheduleExpression": "rate(1 day)",
            "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
        }
    )
    mock.builds.fail_next(recipe=web.recipe_arn, times=5)
    mock.clock.advance(days=5)


@pytest.mark.imagebuilder(builds="instant", now=datetime(2026, 6, 1, tzinfo=timezone.utc))
def test_a_body_is_of_the_type_of_its_destination(imagebuilder, imagebuilder_mock):
    stories(imagebuilder, imagebuilder_mock)

    events = imagebuilder_mock.events
    assert {event.destination for event in events} == BODIES.keys()
    assert {event.name for event in events.sent_to("EventBridge")} == DETAILS.keys()
    for told in events.sent_to("EventBridge"):
        assert problems(told.body["detail"], DETAILS[told.body["detail-type"]]) == []
    for event in events:
        found = [problems(event.body, hint) for hint in BODIES[event.destination]]
        assert [] in found, f"{event.destination} {event.name}: {found}"


def test_a_member_that_no_event_has_is_in_no_type():
    """What the check above takes for wrong."""
    line = {"logStreamName": "1.0.0/1", "text": 1}

    assert sorted(problems(line, event_bodies.LogBody)) == [
        "body.message is missing",
        "body.text is unknown",
    ]
    assert sorted(problems({"key": 1, "lines": [2]}, event_bodies.LogFileBody)) == [
        "body.key is a int, not a <class 'str'>",
        "body.lines is a int, not a <class 'str'>",
    ]
