"""Dynamic references in the properties of Image Builder's resources: ``{{resolve:ssm:name}}``.

CloudFormation looks them up when it creates or updates the resource; moto leaves them as they are.
Source: CloudFormation user guide, "Get values stored in other services using dynamic references".
It lists the properties that take ssm-secure: none is Image Builder's.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from imagebuilder_mock.neighbours.in_moto.door import client

from .calls import StackFailure
from .intrinsic_functions import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

_REFERENCE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}")
_SECURE = "{{resolve:ssm-secure:"
_ARN_PARTS = 7


def unsupported(properties: Any) -> Iterator[str]:
    """The paths of texts with a kind of reference that Image Builder's properties do not take."""
    for path, key, value in entries(properties):
        if isinstance(value, str) and _SECURE in value:
            yield f"{path}/{key}"


def resolved(part: Any, resource_type: str, place: tuple[str, str], path: str = "") -> Any:
    """Properties with the values in place of the references; StackFailure if there is none.

    List items that were AWS::NoValue are left out.
    """
    if isinstance(part, dict):
        return {
            key: resolved(value, resource_type, place, f"{path}/{key}")
            for key, value in part.items()
        }
    if isinstance(part, list):
        items = [item for item in part if item is not None]
        return [
            resolved(item, resource_type, place, f"{path}/{number}")
            for number, item in enumerate(items)
        ]
    if not isinstance(part, str) or "{{resolve:" not in part:
        return part
    if _SECURE in part:
        # Put together by a function: a text of the template is refused before.
        raise StackFailure(
            f"SSM Secure reference is not supported in: [{resource_type}/Properties{path}]"
        )
    return _REFERENCE.sub(lambda found: _READERS[found[1]](found[2], place), part)


def _parameter(reference: str, place: tuple[str, str]) -> str:
    """The value of ``name`` or ``name:version``."""
    try:
        answer = client("ssm", *place).get_parameter(Name=reference)
    except ClientError:
        raise StackFailure(f"Parameters: [ssm:{reference}] cannot be found.") from None
    found = answer["Parameter"]
    if found["Type"] == "SecureString":
        raise StackFailure(f"Non-secure ssm prefix was used for secure parameter: {reference}")
    return str(found["Value"])


def _secret(reference: str, place: tuple[str, str]) -> str:
    """The value of ``id:SecretString:key:stage:version``; the id may be an ARN."""
    parts = reference.split(":")
    count = _ARN_PARTS if parts[0] == "arn" else 1
    secret = ":".join(parts[:count])
    _, key, stage, version = [*parts[count:], "", "", "", ""][:4]
    which = {"VersionStage": stage, "VersionId": version}
    given = {name: value for name, value in which.items() if value}
    try:
        answer = client("secretsmanager", *place).get_secret_value(SecretId=secret, **given)
    except ClientError as error:
        raise StackFailure(str(error.response["Error"].get("Message", error))) from None
    text = str(answer.get("SecretString", ""))
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError):
        raise StackFailure(
            f"Could not find a value associated with JSONKey in SecretString: {key}"
        ) from None


_READERS = {"ssm": _parameter, "secretsmanager": _secret}
