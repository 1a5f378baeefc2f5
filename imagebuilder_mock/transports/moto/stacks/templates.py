"""Properties of a template as parameters of the API: PascalCase as camelCase, text as its type."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from .calls import StackFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .resource_types import ResourceType


# Everything else is called as in the API.
_RENAMED = {
    "LaunchPermissionConfiguration": "launchPermission",
    "Version": "semanticVersion",
}
_WHOLE = re.compile(r"-?[0-9]+")
_BOOLEANS = {"true": True, "false": False}


def parameters(
    kind: ResourceType, properties: Mapping[str, Any], members: Mapping[str, Any]
) -> dict[str, Any]:
    """Properties as parameters of an operation; ``members`` are its shapes by parameter.

    StackFailure for a property that the installed botocore does not know.
    """
    given = {name: value for name, value in properties.items() if name not in kind.own}
    return _structure(given, members, "")


def _structure(given: Mapping[str, Any], members: Mapping[str, Any], path: str) -> dict[str, Any]:
    converted = {}
    for name, value in given.items():
        member = _member(name, members)
        if member not in members:
            raise StackFailure(
                f"#{path}/{name} is a property that the installed botocore does not know: a newer "
                "one may."
            )
        converted[member] = _value(value, members[member], f"{path}/{name}")
    return converted


def _member(name: str, members: Mapping[str, Any]) -> str:
    """What the API calls a property."""
    member = name[:1].lower() + name[1:]
    return member if member in members else _RENAMED.get(name[:1].upper() + name[1:], member)


def is_modelled(members: Mapping[str, Any], path: str, name: str) -> bool:
    """Whether the API has a member for a property at a path such as ``#/Distributions/0``."""
    for step in path.split("/")[1:]:
        shape = members.get(_member(step, members))
        while shape is not None and shape.type_name == "list":
            shape = shape.member
        if step.isdecimal():
            continue
        if shape is None or shape.type_name != "structure":
            return False
        members = shape.members
    return _member(name, members) in members


def _value(value: Any, shape: Any, path: str) -> Any:
    if shape.type_name == "structure" and isinstance(value, dict):
        return _structure(value, shape.members, path)
    if shape.type_name == "list" and isinstance(value, list):
        return [_value(item, shape.member, f"{path}/{number}") for number, item in enumerate(value)]
    if shape.type_name == "map" and isinstance(value, dict):
        return {
            scalar(key, "string"): _value(item, shape.value, f"{path}/{key}")
            for key, item in value.items()
        }
    return scalar(value, shape.type_name)


def scalar(value: Any, type_name: str) -> Any:
    """Convert a value: template parameters are text, and YAML reads some texts as other types."""
    if type_name == "string" and isinstance(value, bool):
        return str(value).lower()
    if type_name == "string" and isinstance(value, (int, float)):
        return str(value)
    if type_name == "string" and isinstance(value, date):
        return value.isoformat().replace("+00:00", "Z")
    if type_name == "boolean" and isinstance(value, str):
        return _BOOLEANS.get(value.lower(), value)
    if type_name in {"integer", "long"} and isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return value
