"""From an answer's members to an object of the domain: by its fields and their type hints."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.builds import WITHOUT_WORKFLOWS
from imagebuilder_mock.domain.resources.base import member_name
from imagebuilder_mock.domain.resources.images import Image, Transition
from imagebuilder_mock.world.saved.hints import hints_of
from imagebuilder_mock.world.saved.records import codec_of

if TYPE_CHECKING:
    from imagebuilder_mock.domain.resources.base import Resource

# Fields whose member has another name.
_MEMBERS = {"document": "data"}


def resource_from(cls: Any, members: Mapping[str, Any]) -> Resource:
    """The object that would be shown as these members; Damage says what does not fit."""
    json = _record(cls, members)
    arn = Arn.parse(str(json.get("arn")))
    if not json.get("owner") and "owner" in hints_of(cls):
        json["owner"] = arn.account
    resource: Resource = codec_of(cls).read(json)
    if isinstance(resource, Image) and not resource.transitions:
        resource.transitions.append(Transition("PENDING", resource.date_created))
        if resource.state.status != "PENDING":
            resource.transitions.append(Transition(resource.state.status, resource.date_created))
        if resource.is_in_progress:
            resource.plan = WITHOUT_WORKFLOWS
    return resource


def _record(cls: Any, members: Mapping[str, Any]) -> dict[str, Any]:
    json = {}
    hints = hints_of(cls)
    for field in fields(cls):
        hint = hints[field.name]
        value = members.get(_MEMBERS.get(field.name) or member_name(field.name))
        if value is not None:
            json[field.name] = _json(hint, value)
        elif field.default is MISSING and field.default_factory is MISSING and _may_be_none(hint):
            json[field.name] = None
    return json


def _json(hint: Any, value: Any) -> Any:
    """A member's value as a state file has it."""
    parts = [part for part in get_args(hint) if part is not type(None)]
    if get_origin(hint) in {Union, types.UnionType}:
        return _json(parts[0], value) if len(parts) == 1 else value
    if hint is datetime:
        return str(value).replace("Z", "+00:00")
    if is_dataclass(hint) and isinstance(value, Mapping):
        return _record(hint, value)
    if isinstance(value, Sequence) and not isinstance(value, str) and parts:
        return [_json(parts[0], item) for item in value]
    return value


def _may_be_none(hint: Any) -> bool:
    return type(None) in get_args(hint)
