"""JSON Schemas of documents for editors, made from the tables that check documents.

A schema accepts everything that the service accepts, and some of what it refuses.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.documents.components import actions, loops, variables
from imagebuilder_mock.domain.documents.components import conditions as component_conditions
from imagebuilder_mock.domain.documents.components import document as components
from imagebuilder_mock.domain.documents.components.actions import ACTION_MODULES
from imagebuilder_mock.domain.documents.members import (
    Each,
    Items,
    Members,
    OneOf,
    boolean,
    integer,
    text,
)
from imagebuilder_mock.domain.documents.workflows import conditions as workflow_conditions
from imagebuilder_mock.domain.documents.workflows import document as workflows
from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS
from imagebuilder_mock.domain.documents.workflows.variables import SUFFIX
from imagebuilder_mock.protocol.model import service_model

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from imagebuilder_mock.domain.documents.components.actions import ActionModule
    from imagebuilder_mock.domain.documents.workflows.actions import StepAction

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": ["string", "number", "boolean"]}
_NAME = {**_TEXT, "pattern": "^[A-Za-z0-9_-]+$", "minLength": 3}
"""Of a phase, a step, a parameter or an output; of the document any text will do."""
_REFERENCE = {"type": "string", "pattern": r"^\$\."}
_NULL = {"type": "null"}

_ATTEMPTS = {"type": "integer", "minimum": 1, "maximum": workflows.MAX_ATTEMPTS}
_OF_READERS: dict[object, dict[str, Any]] = {
    text: _TEXT,
    integer: {"type": "integer"},
    boolean: {"type": "boolean"},
    component_conditions.parse_condition: {"type": "object", "minProperties": 1},
    workflow_conditions.parse_condition: {"type": "object", "minProperties": 1},
    workflows._attempts: {"type": "object", "properties": {"maxAttempts": _ATTEMPTS}},
}
"""What is no table; a reader that is not here takes anything."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``imagebuilder-mock schema`` to its parser, and what runs it."""
    parser.add_argument("kind", choices=_SCHEMAS, help="what the schema is for")
    parser.set_defaults(command=_run)


def _run(_: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    print(json.dumps(schema_of(given.kind), indent=2))
    return 0


def schema_of(kind: str) -> dict[str, Any]:
    """The schema of ``component``, ``workflow`` or ``lifecycle-policy``."""
    title = f"EC2 Image Builder {kind.replace('-', ' ')}"
    return {"$schema": _DRAFT, "title": title, **_SCHEMAS[kind]()}


# From the tables of members


def _component() -> dict[str, Any]:
    inputs = [
        _inputs_of(
            module,
            (*module.optional, *module.one_of),
            is_required=module.requires_inputs,
            takes=lambda name: actions._INPUTS.get(name, text),
        )
        for module in ACTION_MODULES.values()
        if module.form != "condition"
    ]
    return _document(components._Document, components._Step, ACTION_MODULES, inputs)


def _workflow() -> dict[str, Any]:
    inputs = [
        _inputs_of(action, action.optional, is_required=bool(action.required), suffix=SUFFIX)
        for action in STEP_ACTIONS.values()
    ]
    return _document(workflows._Document, workflows._Step, STEP_ACTIONS, inputs)


def _document(
    document: type[Members],
    step: type[Members],
    known: Iterable[str],
    inputs: Sequence[Mapping[str, object]],
) -> dict[str, Any]:
    of_step = _members(step)
    of_step["properties"]["action"] = {"enum": list(known)}
    of_step["allOf"] = inputs
    schema = _members(document, {step: of_step})
    schema["required"] = [*schema["required"], "schemaVersion"]
    return schema


def _inputs_of(
    action: ActionModule | StepAction,
    optional: Iterable[str],
    *,
    is_required: bool,
    takes: Callable[[str], object] = lambda _: None,
    suffix: str = "",
) -> dict[str, Any]:
    """The condition on a step of the action; a name with the ``suffix`` takes a reference."""
    words = {name: dict.fromkeys((name, name + suffix)) for name in (*action.required, *optional)}
    entry: dict[str, Any] = {
        "type": "object",
        "properties": {
            word: {"anyOf": [_taken(takes(name), {}), _NULL]} if word == name else _REFERENCE
            for name, spellings in words.items()
            for word in spellings
        },
        "additionalProperties": False,
    }
    if action.required:
        entry["allOf"] = [
            {"anyOf": [{"required": [word]} for word in words[name]]} for name in action.required
        ]
    inputs: list[dict[str, Any]] = [entry, {"type": "array", "items": entry}]
    then: dict[str, Any] = {"required": ["inputs"]} if is_required else {}
    if not is_required:
        inputs += [_NULL, {"enum": [{}]}]
    then["properties"] = {"inputs": {"anyOf": inputs}}
    return {"if": {"properties": {"action": {"const": action.name}}}, "then": then}


def _members(
    table: type[Members], known: Mapping[type[Members], dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The schema of a mapping, where a member that is null counts as not given."""
    known = known or {}
    if table in known:
        return known[table]
    properties = {}
    for name, row in table.rows.items():
        schema = _NAME if name == "name" and row.required else _taken(row.takes, known)
        if not row.required:
            schema = {"anyOf": [schema, _NULL]}
        elif schema.get("type") == "array":
            schema = {**schema, "minItems": 1}
        properties[name] = schema
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "required": [name for name, row in table.rows.items() if row.required],
    }


def _taken(takes: object, known: Mapping[type[Members], dict[str, Any]]) -> dict[str, Any]:
    if isinstance(takes, Each):
        item = _members(takes.of, known)
        if takes.of in {variables._Parameter, variables._Constant}:
            named = {"minProperties": 1, "maxProperties": 1}
            item = {"type": "object", "additionalProperties": item, **named}
        return {"type": "array", "items": item}
    if isinstance(takes, Items):
        return {"type": "array", "items": _taken(takes.of, known)}
    if isinstance(takes, OneOf):
        return _one_of(takes)
    if takes is loops.parse_loop:
        return _loop()
    return _OF_READERS.get(takes, {})


def _loop() -> dict[str, Any]:
    schema = _members(loops._Loop)
    schema["properties"]["for"] = _members(loops._For)
    schema["required"] = []
    return {**schema, "oneOf": [{"required": ["for"]}, {"required": ["forEach"]}]}


def _one_of(takes: OneOf[Any]) -> dict[str, Any]:
    if isinstance(takes.choices, range) and takes.of is integer:
        bounds = {"minimum": takes.choices[0], "maximum": takes.choices[-1]}
        return {"type": "integer", "anyOf": [bounds, {"enum": [*takes.besides]}]}
    if isinstance(takes.choices, range):
        return {**_TEXT, "minLength": takes.choices[0], "maxLength": takes.choices[-1]}
    numbers = [
        float(choice) for choice in takes.choices if str(choice).replace(".", "").isdecimal()
    ]
    return {"enum": list(dict.fromkeys([*takes.choices, *numbers]))}


# From the model


def _lifecycle_policy() -> dict[str, Any]:
    shape = service_model().operation_model("CreateLifecyclePolicy").input_shape
    forms = [
        _of_shape(shape, has_properties=is_of_a_template) for is_of_a_template in (False, True)
    ]
    for form in forms:
        form["required"] = [name for name in form["required"] if name.lower() != "clienttoken"]
    return {"anyOf": forms}


def _of_shape(shape: Any, *, has_properties: bool) -> dict[str, Any]:
    bounds = shape.metadata
    if shape.type_name == "structure":
        spelt = {
            name: name[0].upper() + name[1:] if has_properties else name for name in shape.members
        }
        return {
            "type": "object",
            "properties": {
                spelt[name]: {"anyOf": [_of_shape(member, has_properties=has_properties), _NULL]}
                for name, member in shape.members.items()
            },
            "additionalProperties": False,
            "required": [spelt[name] for name in shape.required_members],
        }
    if shape.type_name == "list":
        items = _of_shape(shape.member, has_properties=has_properties)
        sizes = {"minItems": bounds.get("min", 0), "maxItems": bounds.get("max", 10**6)}
        return {"type": "array", "items": items, **sizes}
    if shape.type_name == "map":
        values = _of_shape(shape.value, has_properties=has_properties)
        return {"type": "object", "additionalProperties": values}
    return _of_scalar(shape, has_properties=has_properties)


def _of_scalar(shape: Any, *, has_properties: bool) -> dict[str, Any]:
    bounds = shape.metadata
    if shape.type_name == "string" and shape.enum:
        return {"enum": list(shape.enum)}
    if shape.type_name == "string":
        schema: dict[str, Any] = dict(_TEXT) if has_properties else {"type": "string"}
        schema |= {"minLength": bounds.get("min", 0), "maxLength": bounds.get("max", 10**6)}
        return (
            {**schema, "pattern": f"^(?:{bounds['pattern']})$"} if "pattern" in bounds else schema
        )
    if shape.type_name not in {"integer", "boolean"}:
        return {}
    return {
        "type": [shape.type_name, "string"] if has_properties else shape.type_name,
        **({"minimum": bounds["min"]} if "min" in bounds else {}),
        **({"maximum": bounds["max"]} if "max" in bounds else {}),
    }


_SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "component": _component,
    "workflow": _workflow,
    "lifecycle-policy": _lifecycle_policy,
}
