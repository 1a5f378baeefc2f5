"""The step actions that a workflow document can name: where they run, for how long, on what.

Source: user guide, wfdoc-step-actions. Of single inputs the value is judged where the document
gives it; one that has dynamic variables in it is known in the run only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imagebuilder_mock.domain.documents.errors import DocumentError

from .variables import INTERPOLATED, SUFFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagebuilder_mock.domain.states import WorkflowType


_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAction:
    """What a step action takes, and the limits of its time; seconds."""

    name: str
    timeout: int
    """What applies where the document sets none."""
    longest_timeout: int = 12 * _HOUR
    types: frozenset[WorkflowType]
    required: tuple[str, ...] = ("instanceId",)
    optional: tuple[str, ...] = ()
    platforms: frozenset[str] | None = None
    """The platforms that have it; a step of it is skipped on any other."""
    output_type: Literal["AMI", "DOCKER"] | None = None
    """The kind of image that it is for; a step of it is skipped for the other."""
    can_roll_back: bool = False

    @property
    def requires_inputs(self) -> bool:
        return bool(self.required)


_ALL: frozenset[WorkflowType] = frozenset(("BUILD", "TEST", "DISTRIBUTION"))
_BUILD_AND_TEST: frozenset[WorkflowType] = frozenset(("BUILD", "TEST"))
_TEST: frozenset[WorkflowType] = frozenset(("TEST",))
_DISTRIBUTION: frozenset[WorkflowType] = frozenset(("DISTRIBUTION",))

_REGISTRATION = (
    "architecture",
    "blockDeviceMapping",
    "bootMode",
    "description",
    "enaSupport",
    "imageLocation",
    "imdsSupport",
    "includeSnapshotTags",
    "kernelId",
    "ramdiskId",
    "rootDeviceName",
    "sriovNetSupport",
    "tpmSupport",
    "uefiData",
    "virtualizationType",
)

STEP_ACTIONS: Mapping[str, StepAction] = {
    action.name: action
    for action in (
        StepAction(
            name="LaunchInstance",
            timeout=75 * _MINUTE,
            types=_ALL,
            required=("waitFor",),
            optional=(
                "imageIdOverride",
                "instanceTypesOverride",
                "healthCheck",
                "parentInstanceId",
            ),
            can_roll_back=True,
        ),
        StepAction(
            name="BootstrapInstanceForContainer",
            timeout=_HOUR,
            types=_ALL,
            output_type="DOCKER",
        ),
        StepAction(
            name="ExecuteComponents",
            timeout=720 * _MINUTE,
            longest_timeout=_DAY,
            types=_BUILD_AND_TEST,
        ),
        StepAction(
            name="CollectImageMetadata",
            timeout=30 * _MINUTE,
            types=_ALL,
            output_type="AMI",
            can_roll_back=True,
        ),
        StepAction(name="RunSysPrep", timeout=_HOUR, types=_ALL, platforms=frozenset(("Windows",))),
        StepAction(
            name="SanitizeInstance",
            timeout=_HOUR,
            types=_ALL,
            platforms=frozenset(("Linux", "macOS")),
            output_type="AMI",
        ),
        StepAction(
            name="CreateImage",
            timeout=720 * _MINUTE,
            longest_timeout=3 * _DAY,
            types=_ALL,
            output_type="AMI",
        ),
        StepAction(name="CreateImageFromIso", timeout=720 * _MINUTE, types=_ALL),
        StepAction(
            name="RegisterImage",
            timeout=540 * _MINUTE,
            types=_ALL,
            required=(),
            optional=_REGISTRATION,
        ),
        StepAction(name="CollectImageScanFindings", timeout=120 * _MINUTE, types=_TEST),
        StepAction(
            name="RunCommand",
            timeout=720 * _MINUTE,
            types=_ALL,
            required=("instanceId", "documentName"),
            optional=("parameters", "documentVersion"),
        ),
        StepAction(
            name="WaitForSSMAgent", timeout=_HOUR, longest_timeout=180 * _MINUTE, types=_ALL
        ),
        StepAction(
            name="WaitForAction",
            timeout=3 * _DAY,
            longest_timeout=7 * _DAY,
            types=_ALL,
            required=(),
            optional=("snsTopicArn", "lambdaFunctionName", "payload"),
        ),
        StepAction(
            name="ExecuteStateMachine",
            timeout=6 * _HOUR,
            longest_timeout=_DAY,
            types=_ALL,
            required=("stateMachineArn",),
            optional=("input",),
        ),
        StepAction(
            name="TerminateInstance",
            timeout=30 * _MINUTE,
            types=_ALL,
            optional=("waitForTermination",),
        ),
        StepAction(
            name="DistributeImage",
            timeout=360 * _MINUTE,
            types=_DISTRIBUTION,
            required=(),
            optional=("distributions",),
            output_type="AMI",
        ),
        StepAction(
            name="ModifyImageAttributes",
            timeout=120 * _MINUTE,
            longest_timeout=180 * _MINUTE,
            types=_DISTRIBUTION,
            required=("distributedImages",),
            optional=("attributes",),
            output_type="AMI",
        ),
        StepAction(
            name="ApplyImageConfigurations",
            timeout=360 * _MINUTE,
            types=_DISTRIBUTION,
            required=("distributedImages",),
            optional=("configurations",),
            output_type="AMI",
        ),
        StepAction(
            name="DistributeContainerImage",
            timeout=120 * _MINUTE,
            types=_DISTRIBUTION,
            output_type="DOCKER",
        ),
    )
}

FOR_CONTAINERS = "DistributeContainerImage"
FOR_AMIS = frozenset(("DistributeImage", "ModifyImageAttributes", "ApplyImageConfigurations"))
"""Steps that cannot stand in one workflow with the one for containers."""


def step_action(name: str, workflow_type: WorkflowType | None) -> StepAction:
    """The action, which the stage must have; DocumentError says which ones there are."""
    action = STEP_ACTIONS.get(name)
    if action is None:
        raise DocumentError(
            f"Unsupported action '{name}'. Supported actions are: {', '.join(STEP_ACTIONS)}."
        )
    if workflow_type is not None and workflow_type not in action.types:
        raise DocumentError(
            f"Action {name} is not supported in a workflow of type {workflow_type}."
        )
    return action


MAX_JSON_BYTES = 16 * 1024

_CHOICES: Mapping[str, Sequence[str]] = {
    "waitFor": ("ssmAgent",),
    "healthCheck": ("RUNNING", "STATUS_CHECK_PASSED"),
    "architecture": ("i386", "x86_64", "arm64", "x86_64_mac", "arm64_mac"),
    "bootMode": ("legacy-bios", "uefi", "uefi-preferred"),
    "imdsSupport": ("v2.0",),
    "tpmSupport": ("v2.0",),
    "virtualizationType": ("hvm", "paravirtual"),
}
_TOPIC = re.compile(r"arn:aws[^:]*:sns:[^:]+:[0-9]{12}:[A-Za-z0-9_-]+(?:\.fifo)?")
_JSON = frozenset(("input", "payload"))
_BY_REGION = frozenset(("distributions", "attributes", "configurations"))
_LISTS = ("targetAccountIds", "userIds", "userGroups", "organizationArns", "organizationalUnitArns")
_REQUIRED: Mapping[str, Sequence[str]] = {
    "fastLaunchConfigurations": ("enabled",),
    "launchTemplateConfigurations": ("launchTemplateId",),
    "s3ExportConfiguration": ("roleName", "diskImageFormat", "s3Bucket"),
    "ssmParameterConfigurations": ("parameterName",),
}


def check_input(name: str, value: object) -> None:
    """DocumentError if the input does not take the value."""
    if isinstance(value, str) and INTERPOLATED.search(value):
        return
    choices = _CHOICES.get(name)
    if choices is not None and value not in choices:
        raise DocumentError(
            f"Invalid value '{value}' of the input '{name}'. Valid values are: "
            f"{', '.join(choices)}."
        )
    if name in _JSON and not _is_json(value):
        raise DocumentError(
            f"The input '{name}' must be a valid JSON string of at most {MAX_JSON_BYTES} bytes."
        )
    if name == "snsTopicArn" and not (isinstance(value, str) and _TOPIC.fullmatch(value)):
        raise DocumentError(f"The input '{name}' must be the ARN of an SNS topic.")
    if name in _BY_REGION:
        _check_by_region(name, value)


def _check_by_region(name: str, value: object) -> None:
    if not isinstance(value, list) or not all(map(_has_region, value)):
        raise DocumentError(f"The input '{name}' must be a list of mappings that have a 'region'.")
    for entry in value:
        lists = {**_mapping(entry.get("launchPermission", {})), **entry}
        for member in _LISTS:
            if not isinstance(lists.get(member, []), list):
                raise DocumentError(f"The input '{name}' has a '{member}' that is no list.")
        for member, required in _REQUIRED.items():
            missing = next((key for key in required if _lacks(entry.get(member), key)), None)
            if missing is not None:
                raise DocumentError(f"The input '{name}' has a '{member}' without '{missing}'.")


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _has_region(entry: object) -> bool:
    return isinstance(entry, dict) and any(
        isinstance(entry.get(key), str) for key in ("region", f"region{SUFFIX}")
    )


def _lacks(configurations: object, key: str) -> bool:
    """Whether one of the configurations, if there are any, does not have the key."""
    if configurations is None:
        return False
    given = configurations if isinstance(configurations, list) else [configurations]
    return any(
        not isinstance(each, dict) or not {key, f"{key}{SUFFIX}"} & set(each) for each in given
    )


def _is_json(value: object) -> bool:
    if not isinstance(value, str) or len(value.encode(errors="surrogatepass")) > MAX_JSON_BYTES:
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True
