"""The programs in examples/ that use other services too, run beside moto as they are."""

from __future__ import annotations

import importlib.util
import json
from contextlib import ExitStack, contextmanager
from pathlib import Path

import boto3
import pytest

from imagebuilder_mock import mock_imagebuilder

EXAMPLES = Path(__file__).parents[2] / "examples"
HOME = "us-east-1"


def program(name):
    """A module of its own, as each Lambda function has."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def both(outer, **options):
    """Both mocks, in either order of nesting; ours."""
    moto = pytest.importorskip("moto")
    ours, theirs = mock_imagebuilder(**options), moto.mock_aws()
    with ExitStack() as stack:
        for mock in (ours, theirs) if outer == "ours" else (theirs, ours):
            stack.enter_context(mock)
        yield ours


def subscribed_queue(topic):
    """A queue that gets what the topic is told."""
    url, arn = _a_queue()
    boto3.client("sns", HOME).subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def queue_of_rule(pattern):
    """A queue that gets the events that match."""
    url, arn = _a_queue()
    events = boto3.client("events", HOME)
    events.put_rule(Name="inbox", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="inbox", Targets=[{"Id": "1", "Arn": arn}])
    return url


def bodies(url):
    """What is in the queue."""
    found = boto3.client("sqs", HOME).receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in found.get("Messages", ())]


def sns_events(url):
    """What a Lambda function that subscribes to the topic would be called with."""
    return [{"Records": [{"EventSource": "aws:sns", "Sns": body}]} for body in bodies(url)]


def _a_queue():
    sqs = boto3.client("sqs", HOME)
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, found["Attributes"]["QueueArn"]
