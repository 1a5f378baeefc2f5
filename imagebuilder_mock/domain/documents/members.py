"""Read the members of a loaded document, and note what is wrong with them.

A subclass of ``Members`` is a table with a row for every member that a mapping can have; the row
says which values the member takes. A member is checked when it is first read, so the order of
reading is the order in which problems are found. A wrong member counts as absent, and reading goes
on.

Where AWS's words are unknown, sentences follow those that were seen: ``Action S3Download has no
inputs; it requires an 'inputs'``. That was the answer to an empty list, so an empty list counts as
absent here too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Generic, TypeAlias, TypeVar, cast, overload

from imagebuilder_mock.domain.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

POSITIVE = range(1, 10**18)
"""The upper bound is more than any integer that is read."""
UNSUPPORTED_TYPE = "{whole} has the unsupported type '{value}'. Supported types include: {choices}."
"""The sentence about the type of a parameter, for ``OneOf``."""
_SCHEMA_VERSION = "Invalid schema version. Supported versions include: 1.0."

T = TypeVar("T")
M = TypeVar("M", bound="Members")


class Node(Record):
    """A value and its place in a document; ``name`` is what sentences call it."""

    value: object
    found: list[tuple[tuple[object, ...], str]]
    """The problems of the document so far: the path and the sentence of each."""
    name: str = ""
    prefix: str = ""
    """What the sentences about everything below it begin with."""
    parent: Node | None = None
    key: object = None

    @property
    def path(self) -> tuple[object, ...]:
        return () if self.parent is None else (*self.parent.path, self.key)

    @property
    def subject(self) -> str:
        if self.name or self.parent is None:
            return self.name
        what = "Every item" if isinstance(self.key, int) else f"The {self.key}"
        return f"{what} of {self.parent.inside}"

    @property
    def inside(self) -> str:
        """The subject within a sentence."""
        return self.subject[:1].lower() + self.subject[1:]

    def refuse(self, sentence: str) -> None:
        self.found.append((self.path, self.prefix + sentence))

    def must(self, rule: str) -> None:
        self.refuse(f"{self.subject} must {rule}.")

    def called(self, name: str, prefix: str = "") -> Node:
        return Node(self.value, self.found, name, prefix or self.prefix, self.parent, self.key)

    def at(self, key: object, name: str = "") -> Node:
        """The value under a key or an index, which must exist."""
        value = self.value[key]  # type: ignore[index]  # the caller knows that it is a collection
        return Node(value, self.found, name, self.prefix, self, key)

    def find(self, key: str, name: str = "") -> Node | None:
        """The member of a mapping; None if the mapping does not have it, or it is null."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return None if value is None else self.at(key, name)

    def required(self, key: str, name: str = "") -> Node | None:
        """The member, which must have a value that is not an empty list or mapping."""
        member = self.find(key, name)
        if member is None or member.value in ([], {}):
            self.lacks(key)
            return None
        return member

    def lacks(self, key: str) -> None:
        article = "an" if key[0] in "aeiou" else "a"
        self.refuse(f"{self.subject} has no {key}; it requires {article} '{key}'")

    def mapping(self) -> dict[object, object] | None:
        if isinstance(self.value, dict):
            return self.value
        self.must("be a mapping")
        return None

    def members(self, known: Collection[str]) -> dict[str, object] | None:
        """The members of a mapping that are not null; those that are not ``known`` are refused."""
        mapping = self.mapping()
        given: dict[str, object] = {}
        for key, value in (mapping or {}).items():
            if not isinstance(key, str) or key not in known:
                self.unknown(key)
            elif value is not None:
                given[key] = value
        return None if mapping is None else given

    def unknown(self, key: object) -> None:
        self.at(key).refuse(f"{self.subject} has an unknown member '{key}'.")

    def items(self, name: str = "") -> list[Node] | None:
        if isinstance(self.value, list):
            return [self.at(index, name) for index in range(len(self.value))]
        self.must("be a list")
        return None

    def below(self) -> Iterator[Node]:
        """The values in a mapping or a list; none for any other value."""
        if isinstance(self.value, (dict, list, tuple)):
            for key in self.value if isinstance(self.value, dict) else range(len(self.value)):
                yield self.at(key)

    def texts(self, mark: str = "") -> Iterator[Node]:
        """Every text that contains the mark, at any depth."""
        if isinstance(self.value, str):
            yield self
        elif isinstance(self.value, (dict, list, tuple)):
            values = self.value.items() if isinstance(self.value, dict) else enumerate(self.value)
            for key, value in values:
                # Most values are skipped: making a node of each would take long.
                if mark in value if isinstance(value, str) else isinstance(value, (dict, list)):
                    yield from self.at(key).texts(mark)


Kind: TypeAlias = "Callable[[Node], T | None]"
"""Reads a member: returns its value, or refuses it and returns None."""


class Plain(str):
    """A text without quotes that is read as a number or a boolean where one is expected."""

    __slots__ = ()


BOOLEANS: Mapping[str, bool] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_INTEGER = "[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)"
_FLOAT = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
_OCTAL = "(?<![0-9a-zA-Z])0(?=[0-7])"
_LONGEST_NUMBER = 40


def as_text(value: object) -> str | None:
    """A scalar's text: where a string is expected, the service takes a number or a boolean too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else None


def text(node: Node) -> str | None:
    found = as_text(node.value)
    if found is None:
        node.must("be a string")
    return found


def written(node: Node) -> str:
    """Any value, in the form in which a sentence shows it."""
    return str(node.value)


def integer(node: Node) -> int | None:
    """``300.0`` and ``0x10`` are integers; a boolean and a text in quotes are not."""
    value = _number(node.value) if isinstance(node.value, Plain) else node.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    node.must("be an integer")
    return None


def _number(text: str) -> int | float | None:
    """As Go's YAML libraries read it: with other bases, underscores, and octal after a zero."""
    digits = text.replace("_", "")
    if len(digits) > _LONGEST_NUMBER:
        return None
    if re.fullmatch(_INTEGER, digits):
        return int(re.sub(_OCTAL, "0o", digits), 0)
    return float(digits) if re.fullmatch(_FLOAT, digits) else None


def boolean(node: Node) -> bool | None:
    found = as_boolean(node.value)
    if found is None:
        node.must("be a boolean")
    return found


def as_boolean(value: object) -> bool | None:
    """``yes`` and the like are read as booleans where one is expected."""
    if isinstance(value, bool):
        return value
    return BOOLEANS.get(value) if isinstance(value, Plain) else None


class OneOf(Record, Generic[T]):
    """One of some values, or one within a range; for a text the range is about its length."""

    choices: tuple[T, ...] | range
    sentence: str = "Invalid {key} '{value}'. Valid values are: {choices}."
    of: Kind[object] = text
    besides: tuple[T, ...] = ()
    """Values outside of the range that are taken too."""

    def __call__(self, node: Node) -> T | None:
        value = self.of(node)
        measured = (
            len(value) if isinstance(self.choices, range) and isinstance(value, str) else value
        )
        if value is None or measured in self.choices or value in self.besides:
            return cast("T | None", value)
        choices = ", ".join(map(str, self.choices)) if isinstance(self.choices, tuple) else ""
        whole = node.parent.subject if node.parent else ""
        node.refuse(self.sentence.format(key=node.key, value=value, choices=choices, whole=whole))
        return None


def bounded(bounds: range, rule: str, *, besides: tuple[int, ...] = ()) -> OneOf[int]:
    """An integer within bounds, which the rule states."""
    return OneOf(bounds, f"Invalid {{key}} {{value}}. {rule}", integer, besides)


class Items(Record, Generic[T]):
    """A list of values that ``of`` takes; wrong ones are left out."""

    of: Kind[T]

    def __call__(self, node: Node) -> tuple[T, ...] | None:
        items = node.items()
        if items is None:
            return None
        return tuple(value for item in items if (value := self.of(item)) is not None)


def _text_or_nothing(node: Node) -> str | None:
    """A null in a list is an empty text, as in Go's YAML libraries."""
    return "" if node.value is None else text(node)


TEXTS = Items(_text_or_nothing)
"""A list of texts."""


class Each(Record):
    """A list of mappings, which whoever reads the list reads by the table ``of``."""

    of: type[Members]
    name: str = ""

    def __call__(self, node: Node) -> list[Node] | None:
        return node.items(self.name)


class Member(Generic[T]):
    """A row of a table: which values a member takes, and its value if it is absent or wrong.

    On an object of the table, the attribute is the member's value, which is read once.
    """

    def __init__(
        self,
        takes: Kind[T],
        default: T,
        *,
        called: str = "",
        required: bool = False,
        may_be_empty: bool = False,
    ) -> None:
        self.takes = takes
        self.default = default
        self.called = called
        self.required = required
        self.may_be_empty = may_be_empty
        self.name = self._attribute = ""

    def __set_name__(self, owner: type[Members], attribute: str) -> None:
        first, *others = attribute.rstrip("_").split("_")
        self._attribute = attribute
        self.name = first + "".join(map(str.title, others))

    @overload
    def __get__(self, members: None, owner: type[Members]) -> Member[T]: ...
    @overload
    def __get__(self, members: Members, owner: type[Members]) -> T: ...
    def __get__(self, members: Members | None, owner: type[Members]) -> T | Member[T]:
        if members is None:
            return self
        value = members.read(self)
        # From now on, Python finds this attribute before the row.
        members.__dict__[self._attribute] = value
        return value


class Members:
    """The members of a mapping; a member without a row is refused."""

    rows: ClassVar[Mapping[str, Member[object]]] = {}

    def __init_subclass__(cls) -> None:
        cls.rows = {
            row.name: row
            for base in reversed(cls.__mro__)
            for row in vars(base).values()
            if isinstance(row, Member)
        }

    def __init__(self, node: Node) -> None:
        self.node = node
        self.given = node.members(self.rows)
        self.wrong: set[str] = set()
        """The names of the members that were refused."""

    def read(self, row: Member[T]) -> T:
        """The value of a member, or its default; a required member must be given.

        An empty list or mapping counts as absent unless the row takes it.
        """
        given = None if self.given is None else self.given.get(row.name)
        is_empty = row.required and not row.may_be_empty and given in ([], {})
        if given is None or is_empty:
            if row.required and self.given is not None:
                self.wrong.add(row.name)
                self.node.lacks(row.name)
            return row.default
        before = len(self.node.found)
        called = row.called and row.called.replace("{whole}", self.node.inside)
        value = row.takes(self.node.at(row.name, called))
        if len(self.node.found) > before:
            self.wrong.add(row.name)
        return row.default if value is None else value


def read_all(members: M) -> M:
    """The same object, after all members have been read in the order of the table."""
    for row in members.rows.values():
        row.__get__(members, type(members))
    return members


class Document(Members):
    """The members that documents of both kinds have at their top."""

    name = Member[str | None](text, None)
    description = Member[str | None](text, None)
    schema_version = Member(OneOf(("1.0", "1"), _SCHEMA_VERSION, written), "1.0")

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        # The service says the same of a document without a version and of a wrong version.
        if self.given is not None and "schemaVersion" not in self.given:
            node.refuse(_SCHEMA_VERSION)
        _ = self.schema_version


def as_it_is(node: Node) -> Node:
    """Takes any value: whoever reads it checks it together with other members."""
    return node
