"""How values are written as JSON, and read: one codec for each kind of type hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.world.clock import aware, moment_of

from .damage import Damage, at

Json: TypeAlias = Any
Schema: TypeAlias = "dict[str, Any]"
Definitions: TypeAlias = "dict[str, Schema]"


class Codec:
    """Writes values as JSON, and reads them.

    ``holds`` and ``takes`` say which codec of a union is meant: by a value, by its JSON.
    """

    _values: type | tuple[type, ...] = object
    _json: tuple[type, ...] = ()
    _noun = ""
    _schema: Schema

    def write(self, value: Any) -> Json:
        return value

    def read(self, json: Json) -> Any:
        """The value; Damage if it is no JSON of one."""
        if not self.takes(json):
            raise Damage(f"must be {self._noun}, and is {shown(json)}")
        return json

    def holds(self, value: object) -> bool:
        return isinstance(value, self._values)

    def takes(self, json: Json) -> bool:
        return type(json) in self._json

    def schema(self, definitions: Definitions) -> Schema:  # noqa: ARG002 - classes enter themselves
        """The JSON schema."""
        return self._schema


class Plain(Codec):
    """A string, a number, a truth value or nothing, which JSON has too."""

    _KINDS: Mapping[type, tuple[str, str]] = {
        str: ("string", "text"),
        int: ("integer", "a whole number"),
        float: ("number", "a number"),
        bool: ("boolean", "true or false"),
        type(None): ("null", "null"),
    }

    def __init__(self, cls: type) -> None:
        self._json = (int, float) if cls is float else (cls,)
        name, self._noun = self._KINDS[cls]
        self._schema = {"type": name}

    def holds(self, value: object) -> bool:
        return self.takes(value)


class Choice(Codec):
    """One of a few words."""

    def __init__(self, words: tuple[object, ...]) -> None:
        self._words = words
        self._schema = {"enum": list(words)}

    def read(self, json: Json) -> Any:
        if not self.takes(json):
            raise Damage(f"must be one of {', '.join(map(str, self._words))}; it is {shown(json)}")
        return json

    def holds(self, value: object) -> bool:
        return value in self._words

    def takes(self, json: Json) -> bool:
        return self.holds(json)


class Converted(Codec):
    """What JSON does not have, as a text or a number; as a text it can be the key of an object."""

    def __init__(
        self,
        cls: type,
        write: Callable[[Any], Json],
        parse: Callable[[Any], Any],
        noun: str,
        **schema: str,
    ) -> None:
        """``parse`` raises ValueError or OverflowError for what is ``noun`` by its type alone."""
        self._values = cls
        self._write = write
        self._parse = parse
        self._noun = noun
        self._schema = schema or {"type": "string"}
        self._json = (int, float) if schema.get("type") == "number" else (str,)

    def write(self, value: Any) -> Json:
        return self._write(value)

    def read(self, json: Json) -> Any:
        try:
            return self._parse(super().read(json))
        except (OverflowError, ValueError):
            raise Damage(f"must be {self._noun}, and is {shown(json)}") from None


MOMENT = Converted(
    datetime,
    lambda moment: aware(moment, "A state file").isoformat(),
    lambda text: aware(moment_of(text), "A state file"),
    "a time such as 2024-01-31T12:00:00+00:00",
    type="string",
    format="date-time",
)
"""A time, as ISO text in UTC; it is read in any zone."""

SPAN = Converted(
    timedelta,
    timedelta.total_seconds,
    lambda seconds: timedelta(seconds=seconds),
    "a number of seconds",
    type="number",
)


class Many(Codec):
    """A list, a tuple, a set or an index of things of one kind."""

    _json = (list,)
    _noun = "a list"

    def __init__(self, item: Codec, make: Callable[[Iterable[Any]], Any]) -> None:
        self._item = item
        self._make = make
        self._is_set = make in {set, frozenset}
        self._values = (set, frozenset) if self._is_set else (list, tuple, OrderedIndex)

    def write(self, value: Any) -> Json:
        items = [self._item.write(item) for item in value]
        return sorted(items) if self._is_set else items

    def read(self, json: Json) -> Any:
        items = []
        for position, item in enumerate(super().read(json)):
            with at(position):
                items.append(self._item.read(item))
        return self._make(items)

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "array", "items": self._item.schema(definitions)}


class Row(Codec):
    """A tuple whose places have types of their own."""

    def __init__(self, items: tuple[Codec, ...]) -> None:
        self._items = items
        self._noun = f"a list of {len(items)}"

    def write(self, value: tuple[Any, ...]) -> Json:
        return [codec.write(item) for codec, item in zip(self._items, value, strict=True)]

    def read(self, json: Json) -> Any:
        items = []
        pairs = zip(self._items, super().read(json), strict=True)
        for position, (codec, item) in enumerate(pairs):
            with at(position):
                items.append(codec.read(item))
        return tuple(items)

    def holds(self, value: object) -> bool:
        return isinstance(value, tuple) and len(value) == len(self._items)

    def takes(self, json: Json) -> bool:
        return type(json) is list and len(json) == len(self._items)

    def schema(self, definitions: Definitions) -> Schema:
        count = len(self._items)
        items = [item.schema(definitions) for item in self._items]
        return {"type": "array", "prefixItems": items, "minItems": count, "maxItems": count}


class Rows(Many):
    """A mapping from tuples: a list of rows, each with a key's places and then the item."""

    def __init__(self, keys: tuple[Codec, ...], item: Codec) -> None:
        super().__init__(Row((*keys, item)), lambda rows: {row[:-1]: row[-1] for row in rows})
        self._values = Mapping

    def write(self, value: Any) -> Json:
        return super().write((*key, item) for key, item in value.items())


class Table(Codec):
    """A mapping from text, or from what has a text."""

    _values = Mapping
    _json = (dict,)
    _noun = "an object"

    def __init__(self, item: Codec, key: Codec | None = None) -> None:
        self._item = item
        self._key = key or _TEXT

    def write(self, value: Mapping[Any, Any]) -> Json:
        return {self._key.write(name): self._item.write(item) for name, item in value.items()}

    def read(self, json: Json) -> Any:
        items = {}
        for name, item in super().read(json).items():
            with at(name):
                items[self._key.read(name)] = self._item.read(item)
        return items

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "object", "additionalProperties": self._item.schema(definitions)}


class Either(Codec):
    """A union: the first that fits."""

    def __init__(self, codecs: tuple[Codec, ...]) -> None:
        self._codecs = codecs

    def write(self, value: Any) -> Json:
        for codec in self._codecs:
            if codec.holds(value):
                return codec.write(value)
        msg = f"no part of its type hint holds {value!r}"
        raise TypeError(msg)

    def read(self, json: Json) -> Any:
        for codec in self._codecs:
            if codec.takes(json):
                return codec.read(json)
        # For an error about the part that is not null.
        return self._codecs[0].read(json)

    def holds(self, value: object) -> bool:
        return any(codec.holds(value) for codec in self._codecs)

    def takes(self, json: Json) -> bool:
        return any(codec.takes(json) for codec in self._codecs)

    def schema(self, definitions: Definitions) -> Schema:
        return {"anyOf": [codec.schema(definitions) for codec in self._codecs]}


def shown(json: Json) -> str:
    """A value, short enough for a message."""
    text = repr(json)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


_SHOWN = 60
_TEXT = Plain(str)
