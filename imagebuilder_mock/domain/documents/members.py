"""Read a loaded document member by member, and say what is wrong with each.

A subclass of ``Members`` is a table: it has a row for every member that a mapping can have, with
what the member takes. A member is looked at when it is first read, so the order of reading is the
order in which problems are found. What is wrong counts as not given, and reading goes on.

Where AWS's words are unknown the sentences follow those that were seen: ``Action S3Download has no
inputs; it requires an 'inputs'``. There an empty list counts as none at all, and so it does here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Generic, TypeAlias, TypeVar, cast, overload

from imagebuilder_mock.domain.records import Record, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

MIN_NAME, MAX_NAME = 3, 128
POSITIVE = range(1, 10**18)
"""Up to more than any integer that is read."""
_NAME = re.compile("[A-Za-z0-9_-]*")
_SCHEMA_VERSION = "Invalid schema version. Supported versions include: 1.0."

T = TypeVar("T")
M = TypeVar("M", bound="Members")


class Node(Record):
    """A value where it stands in a document; ``name`` is what the sentences call it."""

    value: object
    found: list[tuple[tuple[object, ...], str]]
    """The problems of the document so far: each with its path."""
    name: str = ""
    prefix: str = ""
    """What the sentences of everything below begin with."""
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
        """What stands under a key or an index that there is."""
        value = self.value[key]  # type: ignore[index]  # the caller knows that it is a collection
        return Node(value, self.found, name, self.prefix, self, key)

    def find(self, key: str, name: str = "") -> Node | None:
        """The member of a mapping, if it has a value."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return None if value is None else self.at(key, name)

    def required(self, key: str, name: str = "") -> Node | None:
        """The member, which must be there; an empty list or mapping is not."""
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
        """What a mapping has that is given; a member that is not ``known`` is refused."""
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
        """What stands in a mapping or a list, whatever it is."""
        if isinstance(self.value, (dict, list, tuple)):
            for key in self.value if isinstance(self.value, dict) else range(len(self.value)):
                yield self.at(key)

    def texts(self, mark: str = "") -> Iterator[Node]:
        """Every text with the mark in it, however deep."""
        if isinstance(self.value, str):
            yield self
        elif isinstance(self.value, (dict, list, tuple)):
            values = self.value.items() if isinstance(self.value, dict) else enumerate(self.value)
            for key, value in values:
                # Most are neither: a node for each would take its time.
                if mark in value if isinstance(value, str) else isinstance(value, (dict, list)):
                    yield from self.at(key).texts(mark)


Kind: TypeAlias = "Callable[[Node], T | None]"
"""What a member can take: its value, or None after it has been refused."""


class Plain(str):
    """A text that stands without quotes, and is a number or a boolean where one is wanted."""

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
    """A scalar's own text: the service takes a number or a boolean where it wants a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else None


def text(node: Node) -> str | None:
    found = as_text(node.value)
    if found is None:
        node.must("be a string")
    return found


def written(node: Node) -> str:
    """Whatever it is, as a sentence shows it."""
    return str(node.value)


def integer(node: Node) -> int | None:
    """A boolean and the text of an integer are none; ``300.0`` and ``0x10`` are."""
    value = _number(node.value) if isinstance(node.value, Plain) else node.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    node.must("be an integer")
    return None


def _number(text: str) -> int | float | None:
    """What Go's YAML libraries read: other bases, underscores, an octal number after a zero."""
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
    """``yes`` and its like are booleans where one is wanted."""
    if isinstance(value, bool):
        return value
    return BOOLEANS.get(value) if isinstance(value, Plain) else None


class OneOf(Record, Generic[T]):
    """One of some values, or one within a range: of a text that is its length."""

    choices: tuple[T, ...] | range
    sentence: str = "Invalid {key} '{value}'. Valid values are: {choices}."
    of: Kind[object] = text
    besides: tuple[T, ...] = ()
    """What is taken although it is outside of the range."""

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
    """An integer within bounds; the rule says which."""
    return OneOf(bounds, f"Invalid {{key}} {{value}}. {rule}", integer, besides)


class Items(Record, Generic[T]):
    """A list of what ``of`` takes; what is wrong is left out."""

    of: Kind[T]

    def __call__(self, node: Node) -> tuple[T, ...] | None:
        items = node.items()
        if items is None:
            return None
        return tuple(value for item in items if (value := self.of(item)) is not None)


def _text_or_nothing(node: Node) -> str | None:
    """An item that is null is an empty text, as for Go's YAML libraries."""
    return "" if node.value is None else text(node)


TEXTS = Items(_text_or_nothing)
"""A list of texts."""


class Each(Record):
    """A list of mappings; its reader takes them out by their table."""

    of: type[Members]
    name: str = ""

    def __call__(self, node: Node) -> list[Node] | None:
        return node.items(self.name)


class Member(Generic[T]):
    """A row of a table: what a member takes, and its value if it is not given or wrong.

    Read from the members of a mapping it is the value; it is looked at once.
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
        # From now on the attribute is found before the row.
        members.__dict__[self._attribute] = value
        return value


class Members:
    """The members of a mapping; one that has no row is an error."""

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
        """The members that were read, and refused."""

    def read(self, row: Member[T]) -> T:
        """The value of a row, or its default; a required one must be there.

        An empty list or mapping counts as none where the row does not take it.
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
    """The same, after each row has been looked at in the table's order."""
    for row in members.rows.values():
        row.__get__(members, type(members))
    return members


class Document(Members):
    """What documents of either kind have at their top."""

    name = Member[str | None](text, None)
    description = Member[str | None](text, None)
    schema_version = Member(OneOf(("1.0", "1"), _SCHEMA_VERSION, written), "1.0")

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        # Of a document without a version the service says the same as of another version.
        if self.given is not None and "schemaVersion" not in self.given:
            node.refuse(_SCHEMA_VERSION)
        _ = self.schema_version


def as_it_is(node: Node) -> Node:
    """For a reader that judges the value by others beside it."""
    return node


def check_name(  # noqa: PLR0913 - what the sentences say
    name: str,
    node: Node,
    kind: str,
    taken: Collection[str | None],
    *,
    where: str = "",
    among: str = "",
) -> None:
    """A name of a phase, step, parameter or constant: its characters, its length, that it is new.

    The sentence about characters was seen for a step (aws/aws-cdk#19909).
    """
    if not _NAME.fullmatch(name):
        rule = (
            "Allowed characters are combinations of numbers [0-9], english letters [a-z,A-Z] and "
            "special characters [-_]."
        )
    elif not MIN_NAME <= len(name) <= MAX_NAME:
        rule = f"A name must have between {MIN_NAME} and {MAX_NAME} characters."
    else:
        check_unique(name, node, among or kind, taken, where=where)
        return
    node.refuse(f"Invalid {kind} name '{name}'{where}. {rule}")


def check_unique(
    name: str, node: Node, kind: str, taken: Collection[str | None], *, where: str = ""
) -> None:
    if name in taken:
        node.refuse(f"Duplicate {kind} name '{name}'{where}. Names must be unique.")


class Written(Value):
    """A phase or a step as it is written."""

    name: str
    node: Node
    steps: tuple[Written, ...] = ()


UNNAMED = "?"
UNREAD = Written(UNNAMED, Node({}, []))
"""Stands where none can be made out; nobody hears what is wrong in it."""


def named(
    entries: list[Node], kind: str, where: str = "", check: Callable[..., None] = check_name
) -> Iterator[Written]:
    """The mappings of a list, each of which has a name of its own."""
    taken: list[str] = []
    for entry in entries:
        if not isinstance(entry.value, dict):
            entry.called(f"Every {kind}{where}").must("be a mapping")
            yield UNREAD
            continue
        node = entry.find("name")
        if node is None or node.value in ([], {}):
            entry.called(f"A {kind}{where}").lacks("name")
            name = None
        else:
            node.name = f"The {kind} name '{node.value}'{where}"
            name = text(node)
            if name is not None:
                check(name, node, kind, taken, where=where)
        taken.append(name or UNNAMED)
        yield Written(taken[-1], entry)
