"""A template's properties: checked by CloudFormation's schemas, then parameters of the API.

What is checked and said follows the validator of aws-cloudformation/cloudformation-resource-schema,
which is everit's for JSON Schema with the values taken out of its messages: all complaints are
listed, and a schema of several parts, as a type with an enum, first says how many of them match. A
library for JSON Schema would leave all that to do: the words, the order and the conversion of
texts.

PascalCase becomes camelCase, and text the type of its parameter.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from .calls import StackFailure
from .resource_types import PREFIX, resource_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .resource_types import ResourceType

    Schema = Mapping[str, Any]

_TYPES: Mapping[str, tuple[type, str]] = {
    "array": (list, "JSONArray"),
    "boolean": (bool, "Boolean"),
    "integer": (int, "Integer"),
    "object": (dict, "JSONObject"),
    "string": (str, "String"),
}
# CloudFormation checks every scalar as text that it could not convert.
_FOUND: Mapping[type, str] = {
    dict: "JSONObject",
    list: "JSONArray",
    type(None): "Null",
    **dict.fromkeys((str, bool, int, float, date), "String"),
}
# Below it keys in camel case deploy, with a warning (aws-cdk#34758, #34764).
_ANY_CASE = "/AmiDistributionConfiguration"


def check_properties(
    kind: ResourceType,
    logical_id: str,
    properties: Mapping[str, Any],
    members: Mapping[str, Any],
    *,
    ignores_unknown: bool,
) -> str | None:
    """What CloudFormation says of properties with which it deploys a resource all the same.

    StackFailure if it refuses them. ``members`` are the shapes of its Create operation by
    parameter: with ``ignores_unknown`` what botocore knows of it may be given too.
    """
    name = PREFIX + kind.name
    schema = kind.schema
    given: object = properties  # as the template has it, which may be no object
    for property_name in given if isinstance(given, dict) else ():
        if f"/properties/{property_name}" in schema["readOnlyProperties"]:
            raise StackFailure(
                f"Encountered unsupported property {property_name}: the schema of {name} has it "
                "as read-only."
            )
    checked = _Check(schema["definitions"], members if ignores_unknown else {})
    said = f"Properties validation failed for resource {logical_id} with message:\n"
    complaints = checked.complaints(schema, properties, "#")
    if complaints:
        note = _about_unknown(name, checked.unknown, members)
        raise StackFailure(said + "\n".join(complaints) + note)
    return said + "\n".join(checked.tolerated) if checked.tolerated else None


def _about_unknown(name: str, unknown: list[tuple[str, str]], members: Mapping[str, Any]) -> str:
    if not unknown:
        return ""
    note = f"\nThe schema of {name} is of {resource_schemas()['date']}."
    modelled = [key for path, key in unknown if is_modelled(members, path, key)]
    if modelled:
        note += (
            f' With unknown_members="ignore" the mock takes [{", ".join(modelled)}] all the same.'
        )
    return note


class _Check:
    """One look at the properties of a resource."""

    def __init__(self, definitions: Mapping[str, Schema], permitted: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._permitted = permitted
        self.unknown: list[tuple[str, str]] = []
        """The keys that were refused, each with the path before it."""
        self.tolerated: list[str] = []
        """The complaints of CloudFormation that are no reason to refuse."""

    def complaints(self, schema: Schema, value: Any, path: str) -> list[str]:
        if "$ref" in schema:
            schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        parts = list(self._parts(schema, value, path))
        failed = [part for part in parts if part]
        if not failed:
            return []
        complaints = [complaint for part in failed for complaint in part]
        if len(parts) == 1:
            return complaints
        matching = len(parts) - len(failed)
        return [f"{path}: #: only {matching} subschema matches out of {len(parts)}", *complaints]

    def _parts(self, schema: Schema, value: Any, path: str) -> Iterator[list[str]]:
        """The complaints of each part of a schema that is checked by itself."""
        kind = schema.get("type", "object" if "enum" not in schema else None)
        if kind is not None:
            yield self._typed(kind, schema, value, path)
        if "enum" in schema:
            is_one = scalar(value, "string") in schema["enum"]
            yield [] if is_one else [f"{path}: failed validation constraint for keyword [enum]"]
        for word in ("anyOf", "oneOf"):
            if word in schema:
                yield self._alternatives(word, schema[word], value, path)

    def _alternatives(self, word: str, schemas: list[Schema], value: Any, path: str) -> list[str]:
        results = [self.complaints(schema, value, path) for schema in schemas]
        matching = results.count([])
        if matching == 1 or (matching and word == "anyOf"):
            return []
        said = (
            f"{matching} subschemas matched instead of one"
            if word == "oneOf"
            else f"no subschema matched out of the total {len(schemas)} subschemas"
        )
        return [f"{path}: #: {said}", *(each for result in results for each in result)]

    def _typed(self, kind: str, schema: Schema, value: Any, path: str) -> list[str]:
        given: Any = scalar(value, kind)
        expected, name = _TYPES[kind]
        found = next((each for each in _FOUND if isinstance(given, each)), None)
        if found is None:
            # An object of moto, which stands for a resource that has no text.
            return []
        if found is not expected:
            return [f"{path}: expected type: {name}, found: {_FOUND[found]}"]
        if kind == "object":
            return list(self._object(schema, given, path))
        if kind == "array":
            return [
                complaint
                for number, item in enumerate(given)
                for complaint in self.complaints(schema["items"], item, f"{path}/{number}")
            ]
        return [f"{path}: {complaint}" for complaint in _beyond_limits(schema, given)]

    def _object(self, schema: Schema, value: Mapping[str, Any], path: str) -> Iterator[str]:
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{path}: required key [{name}] not found"
        found: list[str] = []
        for given, item in value.items():
            key = str(scalar(given, "string"))
            below = self._schema_of(schema, key, path)
            complaint = f"{path}: extraneous key [{key}] is not permitted"
            if path.endswith(_ANY_CASE) and key[:1].islower():
                self.tolerated.append(complaint)
            if below is not None:
                pointer = key.replace("~", "~0").replace("/", "~1")
                found += self.complaints(below, item, f"{path}/{pointer}")
            elif "additionalProperties" in schema and not is_modelled(self._permitted, path, key):
                self.unknown.append((path, key))
                yield complaint
        yield from found

    def _schema_of(self, schema: Schema, key: str, path: str) -> Schema | None:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        names = [key, key[:1].upper() + key[1:]] if _ANY_CASE in path else [key]
        patterns: Mapping[str, Schema] = schema.get("patternProperties", {})
        found = [properties[name] for name in names if name in properties]
        found += [below for pattern, below in patterns.items() if re.search(pattern, key)]
        return found[0] if found else None


def _beyond_limits(schema: Schema, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield f"expected minLength: {schema['minLength']}, actual: {len(value)}"
        if len(value) > schema.get("maxLength", len(value)):
            yield f"expected maxLength: {schema['maxLength']}, actual: {len(value)}"
        if not re.search(schema.get("pattern", ""), value):
            yield "failed validation constraint for keyword [pattern]"
    elif value < schema.get("minimum", value):
        yield "failed validation constraint for keyword [minimum]"
    elif value > schema.get("maximum", value):
        yield "failed validation constraint for keyword [maximum]"


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
