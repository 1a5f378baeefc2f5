"""The step actions of workflow documents: a row has all that is known of one.

What an action does in a build, if anything, is a function in ``engines/builds/actions``. Source,
unless a row has another: user guide, wfdoc-step-actions. Values of inputs are checked in the
document, except those with dynamic variables, which are checked in the run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeGuard

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.records import Value, fresh

from .variables import INTERPOLATED, SUFFIX

if TYPE_CHECKING:
    from imagebuilder_mock.domain.states import Platform, WorkflowType

Check: TypeAlias = Callable[[str, object], None]
"""Gets an input's name and its value; DocumentError if the value is wrong."""

MAX_TEXT_BYTES = 16 * 1024
_TOPIC = r"arn:aws[^:]*:sns:[^:]+:[0-9]{12}:[A-Za-z0-9_-]+(?:\.fifo)?"
_LISTS = ("targetAccountIds", "userIds", "userGroups", "organizationArns", "organizationalUnitArns")
_REQUIRED: Mapping[str, Sequence[str]] = {
    "fastLaunchConfigurations": ("enabled",),
    "launchTemplateConfigurations": ("launchTemplateId",),
    "s3ExportConfiguration": ("roleName", "diskImageFormat", "s3Bucket"),
    "ssmParameterConfigurations": ("parameterName",),
}


def _anything(name: str, value: object) -> None:
    del name, value


def _one_of(*choices: str) -> Check:
    def check(name: str, value: object) -> None:
        if value not in choices:
            raise DocumentError(
                f"Invalid value '{value}' of the input '{name}'. Valid values are: "
                f"{', '.join(choices)}."
            )

    return check


def _json_text(name: str, value: object) -> None:
    try:
        if _is_short_text(value):
            json.loads(value)
            return
    except (ValueError, RecursionError):
        pass
    raise DocumentError(
        f"The input '{name}' must be a valid JSON string of at most {MAX_TEXT_BYTES} bytes."
    )


def _short_text(name: str, value: object) -> None:
    """The guide's table says JSON, but aws-samples (approval-gate) has plain text."""
    if not _is_short_text(value):
        raise DocumentError(
            f"The input '{name}' must be a string of at most {MAX_TEXT_BYTES} bytes."
        )


def _is_short_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value.encode(errors="surrogatepass")) <= MAX_TEXT_BYTES


def _topic(name: str, value: object) -> None:
    if not (isinstance(value, str) and re.fullmatch(_TOPIC, value)):
        raise DocumentError(f"The input '{name}' must be the ARN of an SNS topic.")


def _by_region(name: str, value: object) -> None:
    if not isinstance(value, list) or not all(map(_has_region, value)):
        raise DocumentError(f"The input '{name}' must be a list of mappings that have a 'region'.")
    for entry in value:
        permission = entry.get("launchPermission")
        lists = {**(permission if isinstance(permission, dict) else {}), **entry}
        for member in _LISTS:
            if not isinstance(lists.get(member, []), list):
                raise DocumentError(f"The input '{name}' has a '{member}' that is no list.")
        for member, required in _REQUIRED.items():
            missing = next((key for key in required if _lacks(entry.get(member), key)), None)
            if missing is not None:
                raise DocumentError(f"The input '{name}' has a '{member}' without '{missing}'.")


def _has_region(entry: object) -> bool:
    return isinstance(entry, dict) and any(
        isinstance(entry.get(key), str) for key in ("region", f"region{SUFFIX}")
    )


def _lacks(configurations: object, key: str) -> bool:
    """Whether one of the configurations lacks the key; False if there are none."""
    if configurations is None:
        return False
    given = configurations if isinstance(configurations, list) else [configurations]
    return any(
        not isinstance(each, dict) or not {key, f"{key}{SUFFIX}"} & set(each) for each in given
    )


class NewId(Enum):
    """An output that is a new identifier each time; the value is the kind's name in ``Ids``."""

    INSTANCE = "instance"
    SNAPSHOT = "snapshot"
    UUID = "uuid"


_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

_ALL: frozenset[WorkflowType] = frozenset(("BUILD", "TEST", "DISTRIBUTION"))
_BUILD_AND_TEST: frozenset[WorkflowType] = frozenset(("BUILD", "TEST"))
_TEST: frozenset[WorkflowType] = frozenset(("TEST",))
_DISTRIBUTION: frozenset[WorkflowType] = frozenset(("DISTRIBUTION",))

_INSTANCE: Mapping[str, Check] = {"instanceId": _anything}
COMMAND_ID = "runCommandId"
"""The output of actions that are done by a command of Systems Manager."""
_COMMAND: Mapping[str, object] = {COMMAND_ID: NewId.UUID, "status": "Success", "output": ""}


class StepAction(Value, kw_only=True):
    """All that is known of a step action; its limits of time are in seconds."""

    name: str
    types: frozenset[WorkflowType] = _ALL
    platforms: frozenset[Platform] | None = None
    """The platforms that have it; steps with it are skipped on others."""
    output_type: Literal["AMI", "DOCKER"] | None = None
    """The type of images that it is for; steps with it are skipped for the other type."""
    required: Mapping[str, Check] = fresh(factory=lambda: _INSTANCE)
    """The inputs that it must have, each with the check of its value."""
    optional: Mapping[str, Check] = fresh(factory=dict)
    timeout: int
    """The time-out of a step that sets none."""
    longest_timeout: int = 12 * _HOUR
    takes: timedelta | None
    """How long it takes in mock time unless a test says otherwise; None waits for an answer."""
    outputs: Mapping[str, object]
    """Each is a value that is always the same, a NewId, or the type of a value that depends on the
    build and may be missing."""
    failure: Mapping[str, object] = fresh(factory=dict)
    """The outputs of a step that fails, beside the error's message and the id of its command: a
    value, or the type of a value that the test gives with the failure."""
    failure_message: str = "The step '{step}' failed."
    """The message of a failure for which a test gives none."""
    undone: Literal["terminates the instance", "ends the inventory"] | None = None
    """How a rollback undoes it, if it does."""

    def check_input(self, name: str, value: object) -> None:
        """DocumentError if the value of an input, which the action has, is wrong."""
        if not (isinstance(value, str) and INTERPOLATED.search(value)):
            {**self.required, **self.optional}[name](name, value)


_command = partial(
    StepAction,
    outputs=_COMMAND,
    # aws-samples, debugging, of a command without a result of its own.
    failure_message=(
        "ExpectationNotMet. ssm:ListCommandInvocations returned terminal state Failed in workflow "
        "step {step}"
    ),
)
"""A row for an action that is done by a command of Systems Manager."""

STEP_ACTIONS: Mapping[str, StepAction] = {
    action.name: action
    for action in (
        StepAction(
            name="LaunchInstance",
            required={"waitFor": _one_of("ssmAgent")},
            optional={
                "imageIdOverride": _anything,
                "instanceTypesOverride": _anything,
                "healthCheck": _one_of("RUNNING", "STATUS_CHECK_PASSED"),
                "parentInstanceId": _anything,
            },
            timeout=75 * _MINUTE,
            takes=timedelta(minutes=3, seconds=25),
            outputs={"instanceId": NewId.INSTANCE},
            undone="terminates the instance",
        ),
        _command(
            name="BootstrapInstanceForContainer",
            output_type="DOCKER",
            timeout=_HOUR,
            takes=timedelta(minutes=1),
        ),
        _command(
            name="ExecuteComponents",
            types=_BUILD_AND_TEST,
            timeout=720 * _MINUTE,
            longest_timeout=_DAY,
            takes=timedelta(minutes=1),
        ),
        StepAction(
            name="CollectImageMetadata",
            output_type="AMI",
            timeout=30 * _MINUTE,
            takes=timedelta(seconds=30),
            outputs={"osVersion": str, "associationId": NewId.UUID},
            undone="ends the inventory",
        ),
        _command(
            name="RunSysPrep",
            platforms=frozenset(("Windows",)),
            timeout=_HOUR,
            # With it a Windows AMI takes its 20 minutes.
            takes=timedelta(minutes=8),
        ),
        _command(
            name="SanitizeInstance",
            platforms=frozenset(("Linux", "macOS")),
            output_type="AMI",
            timeout=_HOUR,
            takes=timedelta(minutes=1),
        ),
        StepAction(
            name="CreateImage",
            output_type="AMI",
            timeout=720 * _MINUTE,
            longest_timeout=3 * _DAY,
            takes=timedelta(minutes=2, seconds=30),
            outputs={"imageId": str},
        ),
        StepAction(
            name="CreateImageFromIso",
            timeout=720 * _MINUTE,
            takes=timedelta(minutes=45),
            outputs={"amiName": str, "snapshotId": NewId.SNAPSHOT, "architecture": "x86_64"},
        ),
        StepAction(
            name="RegisterImage",
            required={},
            optional={
                "architecture": _one_of("i386", "x86_64", "arm64", "x86_64_mac", "arm64_mac"),
                "blockDeviceMapping": _anything,
                "bootMode": _one_of("legacy-bios", "uefi", "uefi-preferred"),
                "description": _anything,
                "enaSupport": _anything,
                "imageLocation": _anything,
                "imdsSupport": _one_of("v2.0"),
                "includeSnapshotTags": _anything,
                "kernelId": _anything,
                "ramdiskId": _anything,
                "rootDeviceName": _anything,
                "sriovNetSupport": _anything,
                "tpmSupport": _one_of("v2.0"),
                "uefiData": _anything,
                "virtualizationType": _one_of("hvm", "paravirtual"),
            },
            timeout=540 * _MINUTE,
            takes=timedelta(minutes=1),
            outputs={"imageId": str},
        ),
        _command(
            name="CollectImageScanFindings",
            types=_TEST,
            timeout=120 * _MINUTE,
            takes=timedelta(minutes=2),
        ),
        _command(
            name="RunCommand",
            required={**_INSTANCE, "documentName": _anything},
            optional={"parameters": _anything, "documentVersion": _anything},
            timeout=720 * _MINUTE,
            takes=timedelta(minutes=1),
            outputs={**_COMMAND, "output": list},
        ),
        StepAction(
            name="WaitForSSMAgent",
            timeout=_HOUR,
            longest_timeout=180 * _MINUTE,
            takes=timedelta(minutes=1),
            outputs={"status": "Online"},
        ),
        StepAction(
            name="WaitForAction",
            required={},
            optional={
                "snsTopicArn": _topic,
                "lambdaFunctionName": _anything,
                "payload": _short_text,
            },
            timeout=3 * _DAY,
            longest_timeout=7 * _DAY,
            takes=None,
            outputs={"action": str, "reason": str},
        ),
        StepAction(
            name="ExecuteStateMachine",
            required={"stateMachineArn": _anything},
            optional={"input": _json_text},
            timeout=6 * _HOUR,
            longest_timeout=_DAY,
            takes=timedelta(seconds=10),
            outputs={"output": "{}", "executionArn": str, "status": "SUCCEEDED"},
            # A run of 2026-03-28.
            failure={"error": str, "cause": str, "status": "FAILED"},
            failure_message=(
                "ExpectationNotMet. stepfunctions:DescribeExecution returned terminal state FAILED"
            ),
        ),
        StepAction(
            name="TerminateInstance",
            optional={"waitForTermination": _anything},
            timeout=30 * _MINUTE,
            takes=timedelta(seconds=52),
            outputs={},
        ),
        StepAction(
            name="DistributeImage",
            types=_DISTRIBUTION,
            output_type="AMI",
            required={},
            optional={"distributions": _by_region},
            timeout=360 * _MINUTE,
            takes=timedelta(minutes=5),
            outputs={"distributedImages": list},
        ),
        StepAction(
            name="ModifyImageAttributes",
            types=_DISTRIBUTION,
            output_type="AMI",
            required={"distributedImages": _anything},
            optional={"attributes": _by_region},
            timeout=120 * _MINUTE,
            longest_timeout=180 * _MINUTE,
            takes=timedelta(seconds=30),
            outputs={"modifiedImages": list},
        ),
        StepAction(
            name="ApplyImageConfigurations",
            types=_DISTRIBUTION,
            output_type="AMI",
            required={"distributedImages": _anything},
            optional={"configurations": _by_region},
            timeout=360 * _MINUTE,
            takes=timedelta(seconds=30),
            outputs={"configuredImages": list},
        ),
        StepAction(
            name="DistributeContainerImage",
            types=_DISTRIBUTION,
            output_type="DOCKER",
            timeout=120 * _MINUTE,
            takes=timedelta(minutes=5),
            outputs={"status": str, "succeededRegions": list, "failedRegions": list},
        ),
    )
}

FOR_CONTAINERS = "DistributeContainerImage"
FOR_AMIS = frozenset(
    action.name
    for action in STEP_ACTIONS.values()
    if action.types == _DISTRIBUTION and action.output_type == "AMI"
)
"""Actions that a workflow cannot have together with ``FOR_CONTAINERS``."""
