"""What resources, their parts and the orders of tests are made of: objects with named members.

A ``Record`` changes, a ``Value`` does not. Both are declared as dataclasses are, and type checkers
know them as dataclasses: it is the checkers that see whether a call gives the right members.
``dataclass`` and ``NamedTuple`` compile methods for each class; for the hundred classes of a first
build, that took a quarter of the time until the image was created.
"""

from __future__ import annotations

from functools import cache
from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: object) -> Callable[[type], type]:
        return lambda cls: cls


T = TypeVar("T")
AnyRecord = TypeVar("AnyRecord", bound="_Members")


class _Factory:
    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


def fresh(*, factory: Callable[[], T]) -> T:
    """A default that is made anew for each record, as a list must be."""
    return _Factory(factory)  # type: ignore[return-value] # the classes take it for the default


class _Declared(type):
    """Makes classes whose members are declared as a dataclass's fields are."""

    record_names: tuple[str, ...]
    record_set: frozenset[str]
    record_defaults: Mapping[str, object]
    record_fresh: tuple[str, ...]
    record_has_slots: bool

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, kw_only: bool = False
    ) -> _Declared:
        known = [base for base in bases if isinstance(base, _Declared)]
        inherited = [each for base in known for each in base.record_names]
        own = [
            each
            for each, hint in namespace.get("__annotations__", {}).items()
            if not str(hint).startswith("ClassVar")
        ]
        added = tuple(each for each in own if each not in inherited)
        names = (*inherited, *added)
        defaults = {each: value for base in known for each, value in base.record_defaults.items()}
        defaults |= {each: namespace.pop(each) for each in own if each in namespace}
        if any(base.record_has_slots for base in known):
            # A record has no other attributes, and is small.
            namespace["__slots__"] = added
        # By their positions, as checkers expect it of classes that are declared as dataclasses are.
        namespace["__match_args__"] = () if kw_only else names
        cls = super().__new__(mcs, name, bases, namespace)
        cls.record_names, cls.record_set, cls.record_defaults = names, frozenset(names), defaults
        cls.record_fresh = tuple(
            each for each, value in defaults.items() if isinstance(value, _Factory)
        )
        return cls


class _Members(metaclass=_Declared):
    """What is common to both: the members' names in order, their defaults, and ``repr``."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()
    record_names: ClassVar[tuple[str, ...]]
    record_set: ClassVar[frozenset[str]]
    record_defaults: ClassVar[Mapping[str, object]]
    record_fresh: ClassVar[tuple[str, ...]]
    """The members whose default is made anew for each record."""
    record_has_slots: ClassVar[bool] = False

    @classmethod
    def record_completed(
        cls, values: tuple[object, ...], members: dict[str, object]
    ) -> dict[str, object]:
        """The members of a new object, given or not; TypeError if one is missing or unknown."""
        if values:
            by_position = dict(zip(cls.__match_args__, values, strict=False))
            if len(by_position) < len(values):
                raise cls._mistake("is given more members by position than it takes")
            for name in by_position.keys() & members.keys():
                raise cls._mistake(f"is given {name} twice")
            members.update(by_position)
        given = {**cls.record_defaults, **members}
        for name in cls.record_fresh:
            if isinstance(default := given[name], _Factory):
                given[name] = default.make()
        if given.keys() == cls.record_set:
            return given
        if unknown := [name for name in given if name not in cls.record_set]:
            raise cls._mistake(f"has no {', '.join(unknown)}")
        missing = [name for name in cls.record_names if name not in given]
        raise cls._mistake(f"is made without {', '.join(missing)}")

    @classmethod
    def _mistake(cls, said: str) -> TypeError:
        return TypeError(f"{cls.__name__} {said}")

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.record_names)
        return f"{type(self).__name__}({said})"


@dataclass_transform(field_specifiers=(fresh,))
class Record(_Members):
    """An object that changes, and equals only itself."""

    record_has_slots: ClassVar[bool] = True

    def __init__(self, *values: object, **members: object) -> None:
        if values or members.keys() != self.record_set:
            members = self.record_completed(values, members)
        _set_all(self, members, members.values())


@dataclass_transform(field_specifiers=(fresh,), frozen_default=True)
class Value(_Members):
    """An object that stays as it was made, and equals another with equal members."""

    def __init__(self, *values: object, **members: object) -> None:
        if values or members.keys() != self.record_set:
            members = self.record_completed(values, members)
        _hold(self, members)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__ or values_of(self) == values_of(other)

    def __hash__(self) -> int:
        return hash(values_of(self))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        msg = f"{type(self).__name__} does not change: its {name} cannot be set"
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> NoReturn:
        msg = f"{type(self).__name__} does not change: its {name} cannot be deleted"
        raise AttributeError(msg)


# A call makes several values: this is twice as fast as setting ``__dict__`` by its name.
_hold = vars(Value)["__dict__"].__set__


def replace(record: AnyRecord, **changes: object) -> AnyRecord:
    """Another of the same class, with some members changed."""
    members = dict(zip(record.record_names, values_of(record), strict=True))
    return type(record)(**{**members, **changes})


def _set_all(record: _Members, names: Iterable[str], values: Iterable[object]) -> None:
    any(map(setattr, repeat(record), names, values))  # the loop is C's, and setattr returns None


def is_record(cls: object) -> bool:
    """Whether it is a class of records."""
    return isinstance(cls, type) and issubclass(cls, _Members)


def has(cls: type, attribute: str) -> bool:
    """Whether the objects of a class have the attribute: as a member, or by a property."""
    return attribute in getattr(cls, "record_names", ()) or hasattr(cls, attribute)


class RecordMember(Value):
    """A member's name, and what makes its value where none is given; None if one must be given."""

    name: str
    default: Callable[[], object] | None

    def is_default(self, value: object) -> bool:
        if self.default is None:
            return False
        default = self.default()
        return type(value) is type(default) and value == default


def members_of(cls: type[AnyRecord]) -> list[RecordMember]:
    """The members in their order."""
    return [RecordMember(name, _default(cls, name)) for name in cls.record_names]


def _default(cls: type[_Members], name: str) -> Callable[[], object] | None:
    if name not in cls.record_defaults:
        return None
    default = cls.record_defaults[name]
    return default.make if isinstance(default, _Factory) else lambda: default


def values_of(record: _Members) -> tuple[object, ...]:
    """The members' values in their order."""
    return _getter(record.record_names)(record)


@cache
def _getter(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    if len(names) > 1:
        return attrgetter(*names)  # in a third of the time of one after the other
    return lambda record: tuple(getattr(record, name) for name in names)
