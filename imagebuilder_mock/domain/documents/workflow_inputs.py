"""What single inputs of step actions take, where the document gives the value itself.

Source: user guide, wfdoc-step-actions. A value that has dynamic variables in it is known in the
run only.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .errors import DocumentError
from .workflow_variables import INTERPOLATED, SUFFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
