"""What is sent to each destination, as types: the bodies of ``mock.events``.

Sources are beside the code that fills them in, ``engines/notices.py`` and
``engines/topic_message.py``.
"""

from __future__ import annotations

from typing import Any, TypedDict, final


class Status(TypedDict):
    """A status of an image."""

    status: str


StateChangeDetail = TypedDict("StateChangeDetail", {"previous-state": Status, "state": Status})
"""Of ``EC2 Image Builder Image State Change``.

It has ``state`` and ``previous-state``, each with a ``status``.
"""

StepWaitingDetail = TypedDict(
    "StepWaitingDetail",
    {
        "workflow-execution-id": str,
        "workflow-step-execution-id": str,
        "workflow-step-name": str,
    },
)
"""Of ``EC2 Image Builder Workflow Step Waiting``.

It has ``workflow-execution-id``, ``workflow-step-execution-id`` and ``workflow-step-name``.
"""

PipelineDisabledDetail = TypedDict("PipelineDisabledDetail", {"consecutive-failures": str})
"""Of ``EC2 Image Builder Image Pipeline Automatically Disabled``.

It has ``consecutive-failures``, a number as text.
"""

FindingsDetail = TypedDict(
    "FindingsDetail", {"resource-id": str, "finding-severity-counts": dict[str, int]}
)
"""Of ``EC2 Image Builder CVE Detected``: ``resource-id`` and ``finding-severity-counts``."""

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
        "detail": dict[str, Any],
    },
)
"""An event as a rule's target gets it.

It has ``version``, ``id``, ``detail-type``, ``source``, ``account``, ``time``, ``region``,
``resources`` and ``detail``.
"""


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


class _State(TypedDict):
    status: str


class MessageState(_State, total=False):
    """The state of the image that a build has made."""

    reason: str


class _Build(TypedDict):
    versionlessArn: str
    semver: int
    arn: str
    name: str
    version: str
    type: str
    buildVersion: int
    state: MessageState
    executionRole: str
    dateCreated: str
    outputResources: dict[str, Any]
    accountId: str
    tags: dict[str, str]


@final
class BuildMessage(_Build, total=False):
    """What the topic of an infrastructure configuration gets when a build has ended.

    What has no value is left out. ``dateCreated`` is such as ``Jul 28, 2022 1:13:45 AM``, and
    ``semver`` has the version and the build in one number.
    """

    platform: str
    workflows: list[dict[str, str]]
    imageRecipe: dict[str, Any]
    containerRecipe: dict[str, Any]
    sourcePipelineArn: str
    infrastructureConfiguration: dict[str, Any]
    imageTestsConfigurationDocument: dict[str, Any]
    distributionConfiguration: dict[str, Any]
    buildExecutionId: str
    testExecutionId: str
    distributionJobId: str
    integrationJobId: str
    osVersion: str
    enhancedImageMetadataEnabled: bool
    buildType: str
