"""Between JSON and the control object: times are ISO text, and lengths of time seconds."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from inspect import Parameter
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from imagebuilder_mock.domain.records import is_record, members_of
from imagebuilder_mock.domain.resources.base import member_name
from imagebuilder_mock.testing.pages.table import Table
from imagebuilder_mock.world.saved.codecs import Many
from imagebuilder_mock.world.saved.damage import Damage
from imagebuilder_mock.world.saved.records import codec_of

if TYPE_CHECKING:
    from imagebuilder_mock.world.saved.codecs import Codec, Schema

_NOUNS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def codec_for(hint: Any, kind: object) -> Codec:
    """The codec of an argument, for those types of a union that JSON can express."""
    if get_origin(hint) in {Union, types.UnionType}:
        hint = Union[tuple(part for part in get_args(hint) if _is_in_json(part))]  # noqa: UP007
    codec = codec_of(hint)
    return Many(codec, list) if kind is Parameter.VAR_POSITIONAL else codec


def _is_in_json(part: Any) -> bool:
    if get_origin(part) is not None or not isinstance(part, type):
        return get_origin(part) not in {type, Callable}
    return not issubclass(part, Enum) and not is_record(part)


def read(name: str, value: object, codec: Codec) -> Any:
    try:
        return codec.read(value)
    except Damage as damage:
        msg = f"{name}={value!r}: give {_noun(codec.schema({}))}."
        if damage.steps:  # it is of the right kind, and something in it is not
            msg = f"{name}{damage.path.removeprefix('$')} {damage.detail}."
        raise TypeError(msg) from None


def _noun(schema: Schema) -> str:
    """``a string``, or ``a whole number or null``."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_noun, schema["anyOf"])))
    if "enum" in schema:
        return f"one of {', '.join(map(repr, schema['enum']))}"
    if schema.get("format") == "date-time":
        return "a time with its zone, such as '2024-01-31T12:00:00+00:00'"
    return _NOUNS.get(schema.get("type", ""), "another value")


def as_json(value: Any) -> object:
    """What a method returned, as JSON; members of objects have names such as ``accountId``."""
    if isinstance(value, Table):
        return as_json(value.data())
    if isinstance(value, (datetime, timedelta)):
        return value.isoformat() if isinstance(value, datetime) else value.total_seconds()
    if is_record(type(value)):
        names = [member.name.lstrip("_") for member in members_of(type(value))]
        return {member_name(name): as_json(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(name): as_json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    return value
