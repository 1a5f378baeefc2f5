"""Codecs of the domain's dataclasses, worked out from their fields and type hints.

A new resource class is saved without a word here: its fields are what is written, those with
their default value left out. A class with subclasses, as Resource, is written with its ``class``.
"""

from __future__ import annotations

import collections.abc
import datetime as dt
import inspect
import sys
import types
import typing
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin

from imagebuilder_mock.domain.ordered import OrderedIndex

from .codecs import Choice, Either, Many, Moment, Plain, Row, Span, Table, shown
from .damage import Damage, at

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from .codecs import Codec, Definitions, Json, Schema

_DOMAIN = __name__.rsplit(".", maxsplit=2)[0]

_SEQUENCES: Mapping[object, Any] = {
    list: list,
    collections.abc.Sequence: list,
    collections.abc.Iterable: list,
    set: set,
    frozenset: frozenset,
    tuple: tuple,
    OrderedIndex: None,
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
    if hint in _PLAIN:
        return Plain(hint)
    if hint in _OTHERS:
        return _OTHERS[hint]()
    if isinstance(hint, type) and is_dataclass(hint):
        return Record(hint)
    return None


def _compound(hint: Any) -> Codec | None:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        # What a callable reads is Amazon's own, and not saved.
        parts = [part for part in arguments if get_origin(part) is not collections.abc.Callable]
        return Either(tuple(codec_of(part) for part in parts))
    if origin is typing.Literal:
        return Choice(arguments)
    if origin in _MAPPINGS and (arguments[0] is str or get_origin(arguments[0]) is typing.Literal):
        return Table(codec_of(arguments[1]))
    if origin is tuple and arguments[-1] is not Ellipsis:
        return Row(tuple(codec_of(argument) for argument in arguments))
    if origin in _SEQUENCES:
        item = codec_of(arguments[0])
        return Index(item) if origin is OrderedIndex else Many(item, _SEQUENCES[origin])
    return None


class Index(Many):
    """Things in the order of their places, which they know themselves."""

    def __init__(self, item: Codec) -> None:
        super().__init__(item, _index_of)

    def holds(self, value: object) -> bool:
        return isinstance(value, OrderedIndex)


def _index_of(things: collections.abc.Iterable[Any]) -> OrderedIndex[Any]:
    index: OrderedIndex[Any] = OrderedIndex()
    for thing in things:
        index.add(thing)
    return index


class Record:
    """A dataclass: an object with a member for each field."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._fields = fields(cls)
        self._known: dict[str, Codec] = {}

    @property
    def _codecs(self) -> dict[str, Codec]:
        # At the first use: a class can hold itself.
        if not self._known:
            self._known.update({name: codec_of(hint) for name, hint in hints_of(self._cls).items()})
        return self._known

    @property
    def _subclasses(self) -> dict[str, type]:
        return {cls.__name__: cls for cls in subclasses_of(self._cls)}

    def write(self, value: Any) -> Json:
        cls: Any = type(value)
        if cls is not self._cls:
            return {_CLASS: cls.__name__, **codec_of(cls).write(value)}
        written = {}
        codecs = self._codecs
        for field in self._fields:
            item = getattr(value, field.name)
            if not _is_default(field, item):
                written[field.name] = codecs[field.name].write(item)
        return written

    def read(self, json: Json) -> Any:
        if not isinstance(json, dict):
            raise Damage(f"must be an object, and is {shown(json)}")
        if self._subclasses:
            name = json.get(_CLASS)
            if not isinstance(name, str) or name not in self._subclasses:
                with at(_CLASS):
                    listed = ", ".join(sorted(self._subclasses))
                    raise Damage(f"must be one of {listed}; it is {shown(name)}")
            members = {member: item for member, item in json.items() if member != _CLASS}
            return codec_of(self._subclasses[name]).read(members)
        return self._cls(**self._members(json))

    def holds(self, value: object) -> bool:
        return isinstance(value, self._cls)

    def takes(self, json: Json) -> bool:
        return isinstance(json, dict)

    def schema(self, definitions: Definitions) -> Schema:
        name = self._cls.__name__
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = (
                {
                    "oneOf": [
                        {
                            "allOf": [
                                {
                                    "properties": {_CLASS: {"const": each}},
                                    "required": [_CLASS],
                                },
                                codec_of(cls).schema(definitions),
                            ]
                        }
                        for each, cls in sorted(self._subclasses.items())
                    ]
                }
                if self._subclasses
                else self._own_schema(definitions)
            )
        return {"$ref": f"#/$defs/{name}"}

    def _members(self, json: dict[str, Json]) -> dict[str, Any]:
        codecs = self._codecs
        for name in json:
            if name not in codecs:
                with at(name):
                    raise Damage(f"is no member of {self._cls.__name__}")
        members = {}
        for field in self._fields:
            if field.name in json:
                with at(field.name):
                    members[field.name] = codecs[field.name].read(json[field.name])
            elif field.default is MISSING and field.default_factory is MISSING:
                with at(field.name):
                    raise Damage("is missing")
        return members

    def _own_schema(self, definitions: Definitions) -> Schema:
        codecs = self._codecs
        return {
            "type": "object",
            "properties": {
                field.name: codecs[field.name].schema(definitions) for field in self._fields
            },
            "required": [
                field.name
                for field in self._fields
                if field.default is MISSING and field.default_factory is MISSING
            ],
        }


class Anything:
    """What a caller sent, or an operation answered: JSON, and marked members for the rest."""

    def __init__(self) -> None:
        self._items = Many(self, list)
        self._table = Table(self)
        self._marked: Mapping[str, Codec] = {
            "$map": self._table,
            "$tuple": Many(self, tuple),
            "$time": Moment(),
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
        if isinstance(value, tuple):
            return {"$tuple": [self.write(item) for item in value]}
        if isinstance(value, dt.datetime):
            return {"$time": value.isoformat()}
        cls: Any = type(value)
        if is_dataclass(cls) and types_by_name().get(_name_of(cls)) is cls:
            return {"$type": _name_of(cls), "$value": codec_of(cls).write(value)}
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

    def schema(self, definitions: Definitions) -> Schema:  # noqa: ARG002 - as every codec's
        return {}

    def _typed(self, json: dict[str, Json]) -> Any:
        cls: Any = types_by_name().get(str(json["$type"]))
        if cls is None:
            with at("$type"):
                raise Damage(f"names no type that is known here: {shown(json['$type'])}")
        with at("$value"):
            return codec_of(cls).read(json.get("$value"))


_OTHERS: Mapping[object, Callable[[], Codec]] = {
    dt.datetime: Moment,
    dt.timedelta: Span,
    object: Anything,
    Any: Anything,
}


@cache
def hints_of(cls: Any) -> dict[str, Any]:
    """The type of each field. Names that only type checkers import are looked up here."""
    wanted = {field.name for field in fields(cls)}
    hints = {}
    for base in reversed(cls.__mro__):
        own = {name: hint for name, hint in inspect.get_annotations(base).items() if name in wanted}
        if own:
            names = {**_common_names(), **vars(sys.modules[base.__module__])}
            hints.update(_evaluated(own, names))
    return hints


def subclasses_of(cls: Any) -> list[type]:
    """The classes below, at any depth, that are still the ones of their modules.

    A slotted dataclass is a new class in the place of the one that was written.
    """
    found: list[type] = []
    for sub in cls.__subclasses__():
        below = subclasses_of(sub)
        is_itself = getattr(sys.modules[sub.__module__], sub.__name__, None) is sub
        found += below if below or not is_itself else [sub]
    return list(dict.fromkeys(found))


def types_by_name() -> dict[str, type]:
    """The domain's dataclasses by module and name: ``resources.image.ImageState``."""
    return {
        _name_of(value): value
        for module in _domain_modules()
        for value in vars(module).values()
        if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__
    }


def _name_of(cls: Any) -> str:
    return f"{cls.__module__.removeprefix(_DOMAIN + '.')}.{cls.__qualname__}"


def _domain_modules() -> list[types.ModuleType]:
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.startswith(f"{_DOMAIN}.") and module is not None
    ]


def _common_names() -> dict[str, Any]:
    names = {name: getattr(collections.abc, name) for name in collections.abc.__all__}
    names |= {"datetime": dt.datetime, "timedelta": dt.timedelta}
    for module in _domain_modules():
        names |= {name: value for name, value in vars(module).items() if not name.startswith("__")}
    return names


def _evaluated(annotations: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    holder = types.SimpleNamespace(__annotations__=annotations)
    while True:
        try:
            return typing.get_type_hints(holder, globalns=names)
        except NameError as error:
            # The stubs of boto3: their structures are mappings, their enums text.
            name = str(error.name)
            if name.endswith("TypeDef"):
                names[name] = collections.abc.Mapping[str, object]
            elif name.endswith("Type"):
                names[name] = str
            else:
                raise


def _is_default(field: Field[Any], value: object) -> bool:
    if field.default is not MISSING:
        return type(value) is type(field.default) and bool(value == field.default)
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    return False
