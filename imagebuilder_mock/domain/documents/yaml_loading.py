"""Read the YAML of a document safely, and without the surprises of YAML 1.1.

The number of bytes, nodes and levels is limited. An alias counts as all nodes that it stands for,
and a long scalar as several. JSON is YAML, so it is read too.

A document is read as Go's YAML libraries read it (AWSTOE is a Go program: its guide names Go's
packages). Everything after the first document is ignored, and so are unknown tags. ``on``, ``off``,
``yes``, ``no`` and timestamps are text. A number that Python would write differently (``010``,
``1.10``, ``0x1F``, ``1e3``) stays text too, because the service takes a scalar's own text where it
expects a string: so ``str()`` of any number gives the characters of the document. Such a text is
``Plain``: where a number or a boolean is expected, it is read as one.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

import yaml

from imagebuilder_mock.domain.records import Value

from .errors import DocumentError, Problem, refuse
from .members import BOOLEANS, Node, Plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

MAX_BYTES = 1_048_576
"""Larger than the default of any quota; it applies even if a test raises the quota."""
MAX_DEPTH = 64
MAX_NODES = 20_000
CHARACTERS_IN_A_NODE = 64

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    f"{_TAGS}int": (int, Plain),
    f"{_TAGS}float": (int, float, Plain),
    f"{_TAGS}bool": (bool, Plain),
    f"{_TAGS}null": (type(None),),
}
"""The tags that turn a scalar into something other than its text."""
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
)
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile("0|-?[1-9][0-9]{0,17}")
_NUMBER_LIKE = re.compile(r"[-+]?\.?[0-9]")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,15})\.[0-9]{1,17}")


def read_document(text: str, read: Callable[[Node], T]) -> T:
    """What ``read`` returns; a DocumentError with all problems if it found any."""
    found: list[tuple[tuple[object, ...], str]] = []
    result = read(Node(load_document(text), found, "The document"))
    if found:
        root = _load(text, with_places=True)
        each = dict.fromkeys(found)
        refuse(_ordered(Problem(path, *root.place_of(path), text) for path, text in each))
    return result


def _ordered(problems: Iterable[Problem]) -> list[Problem]:
    """By their places, except that a problem of a whole follows those found before within it."""
    latest: dict[tuple[object, ...], tuple[int, int]] = {}
    keys = []
    for problem in problems:
        key = max((problem.line, problem.column), latest.get(problem.path, (0, 0)))
        keys.append((key, problem))
        for length in range(len(problem.path)):
            above = problem.path[:length]
            latest[above] = max(key, latest.get(above, key))
    return [problem for _, problem in sorted(keys, key=itemgetter(0))]


def load_document(text: str) -> object:
    """The mappings, lists and scalars of a YAML or JSON text; None for an empty text.

    Keys are scalars, and no key comes twice in a mapping.
    """
    return _load(text).value


def places_in(text: str) -> Callable[[tuple[object, ...]], tuple[int, int]]:
    """A function that returns the line and column of a path, for a text that can be read."""
    return _load(text, with_places=True).place_of


def _load(text: str, *, with_places: bool = False) -> _Node:
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise _broken(f"The document is larger than {MAX_BYTES} bytes.")
    if unprintable := _UNPRINTABLE.search(text):
        before = text[: unprintable.start()]
        raise _broken_at(
            "control characters are not allowed",
            yaml.Mark("", 0, before.count("\n"), len(before) - (before.rfind("\n") + 1), None, 0),
        )
    try:
        return _Composer(yaml.parse(text, Loader=LOADER), with_places=with_places).document()
    except yaml.MarkedYAMLError as error:
        raise _broken_at(error.problem or "not YAML", error.problem_mark) from error


class _Mark(Protocol):
    """A place in the text, counted from zero. The two parsers have different classes for it."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class _Node(Value):
    """A value, with its size and height, which count again wherever an alias repeats it."""

    value: object
    size: int = 1
    height: int = 1

    def place_of(self, path: tuple[object, ...]) -> tuple[int, int]:
        """The line and column, counted from one, of a path; for a member, those of its key.

        The text must have been composed with its places.
        """
        node, mark = self, cast("_Mark | None", None)
        for key in path:
            mark, node = cast("dict[object, tuple[_Mark, _Node]]", node.value)[key]
        return place_at(mark)


class _Composer:
    """Builds values from the parser's events, and counts their nodes.

    With places, a collection has the mark and the node of each value in it instead of the value.
    That takes longer, so it is done only for documents with problems.
    """

    __slots__ = ("_anchors", "_count", "_events", "_with_places")

    def __init__(self, events: Iterator[yaml.Event], *, with_places: bool) -> None:
        self._events = events
        self._with_places = with_places
        self._anchors: dict[str, _Node] = {}
        self._count = 0

    def document(self) -> _Node:
        next(self._events)  # the stream starts
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return _Node(None)
        # Anything after the first document is ignored.
        return self._node(next(self._events), depth=1)

    def _node(self, event: yaml.Event, *, depth: int) -> _Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth=depth)
        self._bound(event, size=1, depth=depth)
        start = cast("yaml.ScalarEvent | yaml.CollectionStartEvent", event)
        if isinstance(start, yaml.ScalarEvent):
            node = _Node(_scalar(start), 1 + len(start.value) // CHARACTERS_IN_A_NODE)
        elif isinstance(start, yaml.SequenceStartEvent):
            node = self._sequence(depth=depth)
        else:
            node = self._mapping(depth=depth)
        if start.anchor is not None:
            self._anchors[start.anchor] = node
        return node

    def _alias(self, event: yaml.AliasEvent, *, depth: int) -> _Node:
        node = self._anchors.get(str(event.anchor))
        if node is None:
            raise _broken_at(f"found undefined alias '{event.anchor}'", event.start_mark)
        self._bound(event, size=node.size, depth=depth + node.height - 1)
        return node

    def _sequence(self, *, depth: int) -> _Node:
        items: list[object] = []
        size = height = 1
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            item = self._node(event, depth=depth + 1)
            items.append((event.start_mark, item) if self._with_places else item.value)
            size += item.size
            height = max(height, item.height + 1)
        return _Node(items, size, height)

    def _mapping(self, *, depth: int) -> _Node:
        mapping: dict[object, object] = {}
        merged: dict[object, object] = {}
        size = height = 1
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth=depth + 1)
            value = self._node(next(self._events), depth=depth + 1)
            size += key.size + value.size
            height = max(height, value.height + 1)
            if isinstance(key.value, (dict, list)):
                raise _broken_at("found a mapping key that is not a scalar", event.start_mark)
            if _is_merge(event):
                for source in _merge_sources(value.value, event):
                    merged.update((k, v) for k, v in source.items() if k not in merged)
            elif key.value in mapping:
                raise _broken_at(f"found duplicate key '{key.value}'", event.start_mark)
            else:
                held = (event.start_mark, value) if self._with_places else value.value
                mapping[key.value] = held
        return _Node(merged | mapping, size, height)

    def _bound(self, event: yaml.Event, *, size: int, depth: int) -> None:
        self._count += size
        if self._count > MAX_NODES:
            raise _broken_at(f"found more than {MAX_NODES} nodes", event.start_mark)
        if depth > MAX_DEPTH:
            raise _broken_at(f"found more than {MAX_DEPTH} nested levels", event.start_mark)


def _is_merge(key: yaml.Event) -> bool:
    return isinstance(key, yaml.ScalarEvent) and key.value == "<<" and key.implicit[0]


def _merge_sources(value: object, key: yaml.Event) -> list[dict[object, object]]:
    held = value if isinstance(value, list) else [value]
    sources = [each[1].value if isinstance(each, tuple) else each for each in held]
    mappings = [source for source in sources if isinstance(source, dict)]
    if len(mappings) != len(sources):
        raise _broken_at("found a merge key that names no mapping", key.start_mark)
    return mappings


def _scalar(event: yaml.ScalarEvent) -> object:
    text: str = event.value
    if event.tag is None:
        return _plain(text) if event.implicit[0] else text
    if event.tag not in _TYPES:
        return text
    value = _plain(text)
    if type(value) not in _TYPES[event.tag]:
        tag = event.tag.replace(_TAGS, "!!")
        raise _broken_at(f"cannot read '{text}' as {tag}", event.start_mark)
    return value


def _plain(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return Plain(text) if text in BOOLEANS or _NUMBER_LIKE.match(text) else text


def _broken_at(problem: str, mark: _Mark | None) -> DocumentError:
    line, column = place_at(mark)
    place = f"(line {line}, column {column})"
    return _broken(f"Parsing the document failed. Error: {problem} {place}.", line, column)


def place_at(mark: _Mark | None) -> tuple[int, int]:
    """Its line and column, counted from one."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _broken(detail: str, line: int = 1, column: int = 1) -> DocumentError:
    return DocumentError(detail, (Problem((), line, column, detail),))
