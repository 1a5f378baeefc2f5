"""Codecs of the domain's records, worked out from their fields and type hints.

A record is written as an object of its members, without those that have their default value. Where
a value can be of several classes, the member ``class`` has the name of its class.
"""

from __future__ import annotations

import collections.abc
import datetime as dt
import types
import typing
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, get_args, get_origin

from imagebuilder_mock.domain.errors import InvalidVersionNumberException
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.records import is_record, members_of, values_of
from imagebuilder_mock.domain.versions import Version

from .codecs import (
    MOMENT,
    SPAN,
    Choice,
    Codec,
    Converted,
    Either,
    Many,
    Plain,
    Row,
    Rows,
    Table,
    shown,
)
from .damage import Damage, at
from .document import SavedState
from .hints import classes_in, hints_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from .codecs import Definitions, Json, Schema

_SEQUENCES: Mapping[object, Any] = {
    list: list,
    collections.abc.Sequence: list,
    collections.abc.Iterable: list,
    collections.abc.Collection: list,
    set: set,
    frozenset: frozenset,
    tuple: tuple,
    OrderedIndex: OrderedIndex,
}
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_PLAIN = (str, int, float, bool, type(None))

_CLASS = "class"


@cache
def codec_of(hint: Hashable) -> Codec:
    """The codec of a type hint; TypeError if values of that type cannot be saved."""
    codec = _simple(hint) or _compound(hint)
    if codec is None:
        msg = f"no value of type {hint} can be saved"
        raise TypeError(msg)
    return codec


def _simple(hint: Any) -> Codec | None:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, dt.datetime):
        # Where freezegun is on, a class of its own stands for it.
        return MOMENT
    if is_record(hint):
        return Record(hint)
    return None


def _compound(hint: Any) -> Codec | None:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return _union(arguments)
    if origin is typing.Literal:
        return Choice(arguments)
    if origin in _MAPPINGS:
        return _mapping(*arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return Row(tuple(codec_of(argument) for argument in arguments))
    if origin in _SEQUENCES:
        return Many(codec_of(arguments[0]), _SEQUENCES[origin])
    return None


def _union(arguments: tuple[Any, ...]) -> Codec:
    # What a callable reads is Amazon's own, and not saved.
    parts = [part for part in arguments if get_origin(part) is not collections.abc.Callable]
    classes: list[Any] = [part for part in parts if is_record(part)]
    if len(classes) > 1:
        others = [codec_of(part) for part in parts if part not in classes]
        codecs = [OneOf(classes), *others]
    else:
        codecs = [codec_of(part) for part in parts]
    return codecs[0] if len(codecs) == 1 else Either(tuple(codecs))


def _mapping(key: Any, item: Any) -> Codec | None:
    if key is str or get_origin(key) is typing.Literal:
        return Table(codec_of(item))
    if get_origin(key) is tuple:
        return Rows(tuple(codec_of(place) for place in get_args(key)), codec_of(item))
    return Table(codec_of(item), codec_of(key)) if key is Version else None


class Record(Codec):
    """A record: an object with its members."""

    _json = (dict,)
    _noun = "an object"

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._record = members_of(cls)

    @cached_property
    def _codecs(self) -> dict[str, Codec]:
        # At the first use: a class can hold itself.
        return {name: codec_of(hint) for name, hint in hints_of(self._cls).items()}

    def write(self, value: Any) -> Json:
        written = {}
        codecs = self._codecs
        for member, item in zip(self._record, values_of(value), strict=True):
            if not member.is_default(item):
                written[member.name] = codecs[member.name].write(item)
        return written

    def read(self, json: Json) -> Any:
        codecs, members = self._codecs, super().read(json)
        for name in members:
            if name not in codecs:
                with at(name):
                    raise Damage(f"is not a member of {self._cls.__name__}")
        read = {}
        for member in self._record:
            if member.name in members or member.default is None:
                with at(member.name):
                    if member.name not in members:
                        raise Damage("is missing")
                    read[member.name] = codecs[member.name].read(members[member.name])
        try:
            return self._cls(**read)
        except ValueError as error:
            # A class can say more of a member than its type does.
            raise Damage(f"has {str(error).rstrip('.')}") from None

    def holds(self, value: object) -> bool:
        return type(value) is self._cls

    def schema(self, definitions: Definitions) -> Schema:
        name = self._cls.__name__
        if name not in definitions:
            # Entered before its members, since one of them can be of this class.
            definition = definitions[name] = {"type": "object"}
            codecs = self._codecs
            definition["properties"] = {
                member.name: codecs[member.name].schema(definitions) for member in self._record
            }
            definition["required"] = [
                member.name for member in self._record if member.default is None
            ]
        return {"$ref": f"#/$defs/{name}"}


class OneOf(Codec):
    """A record of one of several classes, whose name is in the member ``class``."""

    _json = (dict,)
    _noun = "an object"

    def __init__(self, classes: Iterable[type]) -> None:
        self._codecs = {cls.__name__: codec_of(cls) for cls in classes}

    def write(self, value: Any) -> Json:
        name = type(value).__name__
        if not self.holds(value):
            msg = f"no value of type {type(value)} can be saved here"
            raise TypeError(msg)
        return {_CLASS: name, **self._codecs[name].write(value)}

    def read(self, json: Json) -> Any:
        name = super().read(json).get(_CLASS)
        if not isinstance(name, str) or name not in self._codecs:
            with at(_CLASS):
                listed = ", ".join(sorted(self._codecs))
                raise Damage(f"must be one of {listed}; it is {shown(name)}")
        members = {member: item for member, item in json.items() if member != _CLASS}
        return self._codecs[name].read(members)

    def holds(self, value: object) -> bool:
        return any(codec.holds(value) for codec in self._codecs.values())

    def schema(self, definitions: Definitions) -> Schema:
        return {
            "oneOf": [
                {
                    "allOf": [
                        {"properties": {_CLASS: {"const": name}}, "required": [_CLASS]},
                        codec.schema(definitions),
                    ]
                }
                for name, codec in sorted(self._codecs.items())
            ]
        }


class Anything(Codec):
    """Any value of a request or answer: JSON, and marked members for what JSON does not have."""

    _schema: Schema = {}  # noqa: RUF012 - nothing changes it

    def __init__(self) -> None:
        self._items = Many(self, list)
        self._table = Table(self)
        self._marked: Mapping[str, Codec] = {
            "$map": self._table,
            "$tuple": Many(self, tuple),
            "$time": MOMENT,
        }

    def write(self, value: Any) -> Json:
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, collections.abc.Mapping):
            written = {name: self.write(item) for name, item in value.items()}
            is_marked = any(name.startswith("$") for name in written)
            return {"$map": written} if is_marked else written
        if isinstance(value, list):
            return [self.write(item) for item in value]
        if type(value) is tuple:
            return {"$tuple": [self.write(item) for item in value]}
        if isinstance(value, dt.datetime):
            return {"$time": MOMENT.write(value)}
        cls: Any = type(value)
        name = cls.__name__
        if _classes_by_name().get(name) is cls:
            return {"$type": name, "$value": codec_of(cls).write(value)}
        msg = f"no value of type {cls} can be saved"
        raise TypeError(msg)

    def read(self, json: Json) -> Any:
        if isinstance(json, list):
            return self._items.read(json)
        if not isinstance(json, dict):
            return json
        if "$type" in json:
            return self._typed(json)
        for mark, codec in self._marked.items():
            if mark in json:
                with at(mark):
                    return codec.read(json[mark])
        return self._table.read(json)

    def holds(self, value: object) -> bool:
        return value is not None

    def takes(self, json: Json) -> bool:
        return json is not None

    def _typed(self, json: dict[str, Json]) -> Any:
        # Older files have the name of the module before it.
        cls: Any = _classes_by_name().get(str(json["$type"]).rpartition(".")[2])
        if cls is None:
            with at("$type"):
                raise Damage(f"names no type that is known here: {shown(json['$type'])}")
        with at("$value"):
            return codec_of(cls).read(json.get("$value"))


@cache
def _classes_by_name() -> dict[str, type]:
    """The classes of records that a state file can hold."""
    return {cls.__name__: cls for cls in classes_in(SavedState)}


def _version(text: str) -> Version:
    try:
        return Version.parse(text)
    except InvalidVersionNumberException as error:
        raise ValueError(error.message) from None


_ANYTHING = Anything()
_SIMPLE: Mapping[object, Codec] = {
    **{cls: Plain(cls) for cls in _PLAIN},
    dt.timedelta: SPAN,
    object: _ANYTHING,
    Any: _ANYTHING,
    Version: Converted(Version, str, _version, "a version such as 1.0.0"),
    bytes: Converted(bytes, bytes.hex, bytes.fromhex, "hexadecimal digits"),
}
