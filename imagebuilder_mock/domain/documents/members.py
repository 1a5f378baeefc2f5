"""Read a loaded document member by member, and say what is wrong with each.

A subclass of ``Members`` is a table: it has a row for every member that a mapping can have, with
what the member takes. A member is looked at when it is first read, so the order of reading is the
order in which problems are found. What is wrong counts as not given, and reading goes on.

Where AWS's words are unknown the sentences follow those that were seen: ``Action S3Download has no
inputs; it requires an 'inputs'``. There an empty list counts as none at all, and so it does here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, TypeAlias, TypeVar, cast, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

MIN_NAME, MAX_NAME = 3, 128
_NAME = re.compile("[A-Za-z0-9_-]*")
_SCHEMA_VERSION = "Invalid schema version. Supported versions include: 1.0."

T = TypeVar("T")
M = TypeVar("M", bound="Members")


@dataclass(slots=True)
class Node:
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
        return f"The {self.key} of {self.parent.inside}"

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
        value = cast("Mapping[object, object]", self.value)[key]
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

    def members(self, known: Collection[str]) -> dict[str, Node] | None:
        """The members of a mapping that have a value; each that is not ``known`` is refused."""
        mapping = self.mapping()
        if mapping is None:
            return None
        members: dict[str, Node] = {}
        for key, value in mapping.items():
            if not isinstance(key, str) or key not in known:
                self.unknown(key)
            elif value is not None:
                members[key] = self.at(key)
        return members

    def unknown(self, key: object) -> None:
        self.at(key).refuse(f"{self.subject} has an unknown member '{key}'.")

    def items(self, name: str = "") -> list[Node] | None:
        if isinstance(self.value, list):
            name = name or f"Every item of {self.inside}"
            return [self.at(index, name) for index in range(len(self.value))]
        self.must("be a list")
        return None

    def texts(self, mark: str) -> Iterator[Node]:
        """Every text in it that has the mark, however deep."""
        if isinstance(self.value, str):
            if mark in self.value:
                yield self
        elif isinstance(self.value, dict):
            for key, value in self.value.items():
                if not isinstance(value, str) or mark in value:
                    yield from self.at(key).texts(mark)
        elif isinstance(self.value, (list, tuple)):
            for index, value in enumerate(self.value):
                if not isinstance(value, str) or mark in value:
                    yield from self.at(index).texts(mark)


Kind: TypeAlias = "Callable[[Node], T | None]"
"""What a member can take: its value, or None after it has been refused."""


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
    """A boolean and the text of an integer are none."""
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    node.must("be an integer")
    return None


def boolean(node: Node) -> bool | None:
    if isinstance(node.value, bool):
        return node.value
    node.must("be a boolean")
    return None


@dataclass(frozen=True)
class Choice(Generic[T]):
    """One of some texts."""

    choices: tuple[T, ...]
    sentence: str = "Invalid {key} '{value}'. Valid values are: {choices}."
    of: Kind[str] = text

    def __call__(self, node: Node) -> T | None:
        value = self.of(node)
        for choice in self.choices:
            if choice == value:
                return choice
        if value is not None:
            node.refuse(
                self.sentence.format(
                    key=node.key,
                    value=value,
                    choices=", ".join(map(str, self.choices)),
                    whole=node.parent.subject if node.parent else "",
                )
            )
        return None


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer within bounds, both included; ``rule`` says which."""

    minimum: int
    rule: str
    maximum: int | None = None
    besides: int | None = None
    """A number that is taken as well."""

    def __call__(self, node: Node) -> int | None:
        number = integer(node)
        if number is None or number == self.besides:
            return number
        if number >= self.minimum and (self.maximum is None or number <= self.maximum):
            return number
        node.refuse(f"Invalid {node.key} {number}. {self.rule}")
        return None


@dataclass(frozen=True, slots=True)
class Length:
    """A text of so many characters."""

    minimum: int
    maximum: int

    def __call__(self, node: Node) -> str | None:
        found = text(node)
        if found is None or self.minimum <= len(found) <= self.maximum:
            return found
        node.must(f"have between {self.minimum} and {self.maximum} characters")
        return None


@dataclass(frozen=True)
class Items(Generic[T]):
    """A list of what ``of`` takes; what is wrong is left out."""

    of: Kind[T]

    def __call__(self, node: Node) -> tuple[T, ...] | None:
        items = node.items()
        if items is None:
            return None
        return tuple(value for item in items if (value := self.of(item)) is not None)


@dataclass(frozen=True, slots=True)
class Each:
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
    ) -> None:
        self.takes = takes
        self.default = default
        self.called = called
        self.required = required
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
        before = len(self.node.found)
        member = self.find(row)
        value = None if member is None else row.takes(member)
        if len(self.node.found) > before:
            self.wrong.add(row.name)
        return row.default if value is None else value

    def find(self, row: Member[T]) -> Node | None:
        """Where a member stands, which is refused if it is required and does not."""
        if self.given is None:
            return None
        called = row.called and row.called.format(whole=self.node.inside)
        return (self.node.required if row.required else self.node.find)(row.name, called)


def read_all(members: M) -> M:
    """The same, after each row has been looked at in the table's order."""
    for row in members.rows.values():
        row.__get__(members, type(members))
    return members


class Document(Members):
    """What documents of either kind have at their top."""

    name = Member[str | None](text, None)
    description = Member[str | None](text, None)
    schema_version = Member(Choice(("1.0", "1"), _SCHEMA_VERSION, written), "1.0")

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        # Of a document without a version the service says the same as of another version.
        if self.given is not None and "schemaVersion" not in self.given:
            node.refuse(_SCHEMA_VERSION)
        self.schema_version  # noqa: B018


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
) -> bool:
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
        return check_unique(name, node, among or kind, taken, where=where)
    node.refuse(f"Invalid {kind} name '{name}'{where}. {rule}")
    return False


def check_unique(
    name: str, node: Node, kind: str, taken: Collection[str | None], *, where: str = ""
) -> bool:
    if name in taken:
        node.refuse(f"Duplicate {kind} name '{name}'{where}. Names must be unique.")
    return name not in taken


class Written(NamedTuple):
    """A phase or a step as it is written."""

    name: str
    is_named: bool
    """Whether the name is one that others can refer to."""
    node: Node
    steps: tuple[Written, ...] = ()


def named(
    entries: list[Node], kind: str, where: str = "", check: Callable[..., bool] = check_name
) -> Iterator[Written]:
    """The mappings of a list, each of which has a name of its own."""
    taken: list[str] = []
    for entry in entries:
        if entry.called(f"Every {kind}{where}").mapping() is None:
            # Nobody hears what is wrong with this one's members.
            yield Written("?", False, Node({}, []))  # noqa: FBT003
            continue
        node = entry.called(f"A {kind}{where}").required("name")
        name = node and text(node.called(f"The {kind} name '{node.value}'{where}"))
        is_named = name is not None and check(name, node, kind, taken, where=where)
        taken.append(name or "?")
        yield Written(taken[-1], is_named, entry)
