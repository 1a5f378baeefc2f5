"""What is sent to each destination, as types: the bodies of ``mock.events``.

Sources are beside the code that fills them in, ``engines/notices.py`` and
``engines/topic_message.py``.
"""

from __future__ import annotations

from typing import Any, TypedDict, final


class Status(TypedDict):
    """A status of an image."""

    status: str


EventBridgeDetail = TypedDict(
    "EventBridgeDetail",
    {
        "previous-state": Status,
        "state": Status,
        "workflow-execution-id": str,
        "workflow-step-execution-id": str,
        "workflow-step-name": str,
        "consecutive-failures": str,
        "resource-id": str,
        "finding-severity-counts": dict[str, int],
    },
    total=False,
)
"""By the event's ``detail-type``.

``EC2 Image Builder Image State Change`` has ``previous-state`` and ``state``; ``… Workflow Step
Waiting`` the three of the step; ``… Image Pipeline Automatically Disabled`` has
``consecutive-failures``; ``… CVE Detected`` has ``resource-id`` and ``finding-severity-counts``.
"""

EventBridgeBody = TypedDict(
    "EventBridgeBody",
    {
        "version": str,
        "id": str,
        "detail-type": str,
        "source": str,
        "account": str,
        "time": str,
        "region": str,
        "resources": list[str],
        "detail": EventBridgeDetail,
    },
)
"""An event as a rule's target gets it."""


class LogBody(TypedDict):
    """A line in CloudWatch Logs; ``Event.name`` is the log group."""

    logStreamName: str
    message: str


class LogFileBody(TypedDict):
    """A log in S3; ``Event.name`` is the bucket."""

    key: str
    lines: list[str]


class _StepWaiting(TypedDict):
    imageArn: str
    workflowArn: str
    workflowExecutionId: str
    workflowStepExecutionId: str
    workflowStepName: str
    version: str


@final
class StepWaitingMessage(_StepWaiting, total=False):
    """What the function and the topic of a WaitForAction step get."""

    customPayload: object


class MessageState(TypedDict, total=False):
    """The state of the image that a build has made."""

    status: str
    reason: str


@final
class BuildMessage(TypedDict, total=False):
    """What the topic of an infrastructure configuration gets when a build has ended.

    What has no value is left out. ``dateCreated`` is such as ``Jul 28, 2022 1:13:45 AM``, and
    ``semver`` has the version and the build in one number.
    """

    versionlessArn: str
    semver: int
    arn: str
    name: str
    version: str
    type: str
    buildVersion: int
    state: MessageState
    platform: str
    workflows: list[dict[str, str]]
    executionRole: str
    imageRecipe: dict[str, Any]
    containerRecipe: dict[str, Any]
    sourcePipelineArn: str
    infrastructureConfiguration: dict[str, Any]
    imageTestsConfigurationDocument: dict[str, Any]
    distributionConfiguration: dict[str, Any]
    dateCreated: str
    outputResources: dict[str, Any]
    buildExecutionId: str
    testExecutionId: str
    distributionJobId: str
    integrationJobId: str
    accountId: str
    osVersion: str
    enhancedImageMetadataEnabled: bool
    buildType: str
    tags: dict[str, str]
