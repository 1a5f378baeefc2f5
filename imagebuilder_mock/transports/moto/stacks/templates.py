"""Properties of a template as parameters of the API: PascalCase as camelCase, text as its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calls import invalid_properties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .resource_types import ResourceType


# Everything else is called as in the API.
_RENAMED = {
    "LaunchPermissionConfiguration": "launchPermission",
    "Version": "semanticVersion",
}
_BOOLEANS = {"true": True, "false": False}
# Below it keys in camel case deploy, with a warning (aws-cdk#34758, #34764).
_TAKES_CAMEL_CASE = "AmiDistributionConfiguration"


def parameters(
    kind: ResourceType, properties: Mapping[str, Any], members: Mapping[str, Any]
) -> dict[str, Any]:
    """Properties as parameters of an operation; ``members`` are its shapes by parameter.

    StackFailure for a property that is missing, or that the type does not have.
    """
    for name in kind.required:
        if name not in properties:
            raise invalid_properties("", f"required key [{name}] not found")
    given = {name: value for name, value in properties.items() if name not in kind.own}
    return _structure(given, members, "")


def camel_case_keys(part: Any, path: str = "") -> list[str]:
    """Complaints of the schema about keys that deploy all the same."""
    if isinstance(part, list):
        pairs = [(str(number), item) for number, item in enumerate(part)]
    else:
        pairs = list(part.items()) if isinstance(part, dict) else []
    complaints = []
    if isinstance(part, dict) and path.endswith(f"/{_TAKES_CAMEL_CASE}"):
        complaints = [
            f"#{path}: extraneous key [{key}] is not permitted" for key in part if key[:1].islower()
        ]
    for key, value in pairs:
        complaints += camel_case_keys(value, f"{path}/{key}")
    return complaints


def _structure(given: Mapping[str, Any], members: Mapping[str, Any], path: str) -> dict[str, Any]:
    converted = {}
    for name, value in given.items():
        member = name[0].lower() + name[1:]
        if member not in members:
            member = _RENAMED.get(name[0].upper() + name[1:], member)
        is_misspelt = name[0].islower() and f"/{_TAKES_CAMEL_CASE}" not in path
        if member not in members or is_misspelt:
            raise invalid_properties(path, f"extraneous key [{name}] is not permitted")
        converted[member] = _value(value, members[member], f"{path}/{name}")
    return converted


def _value(value: Any, shape: Any, path: str) -> Any:
    if shape.type_name == "structure" and isinstance(value, dict):
        return _structure(value, shape.members, path)
    if shape.type_name == "list" and isinstance(value, list):
        # What AWS::NoValue leaves of an item.
        items = [item for item in value if item is not None]
        return [_value(item, shape.member, f"{path}/{number}") for number, item in enumerate(items)]
    if shape.type_name == "map" and isinstance(value, dict):
        return {str(key): _value(item, shape.value, f"{path}/{key}") for key, item in value.items()}
    return _scalar(value, shape.type_name)


def _scalar(value: Any, type_name: str) -> Any:
    """Convert a value: template parameters are text, and YAML reads some texts as numbers."""
    if type_name == "string" and isinstance(value, bool):
        return str(value).lower()
    if type_name == "string" and isinstance(value, (int, float)):
        return str(value)
    if type_name == "boolean" and isinstance(value, str):
        return _BOOLEANS.get(value.lower(), value)
    if type_name in {"integer", "long"} and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value
