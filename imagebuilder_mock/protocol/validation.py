"""The form of a request: each member's type, bounds, pattern and enum, from the model's shapes.

Each shape becomes one closure. A check returns the value; times become datetimes. Sources for the
texts: those of patterns and item counts were seen (observed errors of GetComponent, CreateComponent
and CreateDistributionConfiguration); the others follow their form.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from sys import float_info
from typing import TYPE_CHECKING

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

Check: TypeAlias = "Callable[[object], object]"
StructureCheck: TypeAlias = "Callable[[object], dict[str, object]]"
_Number: TypeAlias = "tuple[type | tuple[type, ...], str, float, float]"

# Seen in 2025 without quotes round the second name, unlike all other members.
_UNQUOTED_SHAPES = frozenset(("VersionNumber",))

# Names have at least three characters; only their pattern says so.
_SHORTEST = 3
_FILLER = "a"

_UNKNOWN = "is not a parameter of this request"
_REQUIRED = "is required"
_LATEST_EPOCH = 253_402_300_799

# The bounds of each kind of number, where the model sets none.
_NUMBERS: dict[str, _Number] = {
    "integer": (int, "an integer", -(2**31), 2**31 - 1),
    "long": (int, "an integer", -(2**63), 2**63 - 1),
    "float": ((int, float), "a number", -float_info.max, float_info.max),
    "double": ((int, float), "a number", -float_info.max, float_info.max),
}


class InvalidForm(Exception):
    """A value has the wrong form; ``steps`` are the names and positions on the way to it."""

    def __init__(self, detail: str, *, quoted: bool = True) -> None:
        super().__init__(detail)
        self._detail = detail
        self._quoted = quoted
        self.steps: list[str | int] = []

    def within(self, step: str | int) -> InvalidForm:
        self.steps.insert(0, step)
        return self

    @property
    def path(self) -> str:
        """``distributions[0].amiDistributionConfiguration.name``."""
        text = ""
        for step in self.steps:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text

    @property
    def detail(self) -> str:
        name = f"'{self.path}'" if self._quoted else self.path
        return f"{name} {self._detail}"

    @property
    def is_unknown(self) -> bool:
        """Whether the value is a member that its structure does not have."""
        return self._detail == _UNKNOWN


def structure_check(shape: Shape | None, *, ignore_unknown: bool = False) -> StructureCheck:
    """The check of an operation's input. It may change the mapping that it gets."""
    if isinstance(shape, StructureShape):
        return _Compiler(ignore_unknown=ignore_unknown).structure(shape)
    return _check_empty


def form_problems(
    shape: Shape, value: object, steps: tuple[str | int, ...] = ()
) -> Iterator[InvalidForm]:
    """All that is wrong with the form of a value, where a check stops at the first problem."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        yield from _structure_problems(shape, value, steps)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from _length_problem(_length(shape, "items"), len(value), steps)
        for position, item in enumerate(value):
            yield from form_problems(shape.member, item, (*steps, position))
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        yield from _length_problem(_length(shape, "entries"), len(value), steps)
        for key, item in value.items():
            yield from form_problems(shape.key, key, (*steps, key))
            yield from form_problems(shape.value, item, (*steps, key))
    else:
        try:
            _Compiler(ignore_unknown=False).compile(shape)(value)
        except InvalidForm as error:
            yield _placed(error, steps)


def _structure_problems(
    shape: StructureShape, value: dict[str, object], steps: tuple[str | int, ...]
) -> Iterator[InvalidForm]:
    given = {name: item for name, item in value.items() if item is not None}
    for name, item in given.items():
        if name in shape.members:
            yield from form_problems(shape.members[name], item, (*steps, name))
        else:
            yield _placed(InvalidForm(_UNKNOWN), (*steps, name))
    for name in shape.required_members:
        if name not in given:
            yield _placed(InvalidForm(_REQUIRED), (*steps, name))


def _length_problem(
    check: Callable[[int], None] | None, size: int, steps: tuple[str | int, ...]
) -> Iterator[InvalidForm]:
    try:
        if check is not None:
            check(size)
    except InvalidForm as error:
        yield _placed(error, steps)


def _placed(error: InvalidForm, steps: tuple[str | int, ...]) -> InvalidForm:
    error.steps = [*steps]
    return error


def _check_empty(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


class _Compiler:
    """Compiles each shape once, when a value for it comes."""

    def __init__(self, *, ignore_unknown: bool) -> None:
        self._ignore_unknown = ignore_unknown
        self._known: dict[str, Check] = {}

    def compile(self, shape: Shape) -> Check:
        check = self._known.get(shape.name)
        if check is None:
            check = self._known[shape.name] = self._compile(shape)
        return check

    def _compile(self, shape: Shape) -> Check:
        if isinstance(shape, StructureShape):
            return self.structure(shape)
        if isinstance(shape, ListShape):
            return self._list(shape)
        if isinstance(shape, MapShape):
            return self._map(shape)
        if isinstance(shape, StringShape):
            return _string(shape)
        if shape.type_name in _NUMBERS:
            return _number(shape)
        # A value of a type that only a newer model has is not checked.
        return _SCALARS.get(shape.type_name, _check_nothing)

    def structure(self, shape: StructureShape) -> StructureCheck:  # noqa: C901 - one loop, kept flat for speed
        checks = _Checks(self, shape)
        required = tuple(shape.required_members)
        ignore_unknown = self._ignore_unknown

        def check(value: object) -> dict[str, object]:
            if not isinstance(value, dict):
                raise InvalidForm("must be a structure")
            dropped: list[str] = []
            for name, item in value.items():
                member = checks[name]
                if item is None or (member is None and ignore_unknown):
                    dropped.append(name)
                elif member is None:
                    raise InvalidForm(_UNKNOWN).within(name)
                else:
                    try:
                        checked = member(item)
                    except InvalidForm as error:
                        raise error.within(name) from None
                    if checked is not item:
                        value[name] = checked
            for name in dropped:
                del value[name]
            for name in required:
                if name not in value:
                    raise InvalidForm(_REQUIRED).within(name)
            return value

        return check

    def _list(self, shape: ListShape) -> Check:
        member = self.compile(shape.member)
        count = _length(shape, "items")

        def check(value: object) -> object:
            if not isinstance(value, list):
                raise InvalidForm("must be a list")
            if count is not None:
                count(len(value))
            for position, item in enumerate(value):
                try:
                    value[position] = member(item)
                except InvalidForm as error:
                    raise error.within(position) from None
            return value

        return check

    def _map(self, shape: MapShape) -> Check:
        key_check, value_check = self.compile(shape.key), self.compile(shape.value)
        count = _length(shape, "entries")

        def check(value: object) -> object:
            if not isinstance(value, dict):
                raise InvalidForm("must be a map")
            if count is not None:
                count(len(value))
            for key, item in value.items():
                try:
                    key_check(key)
                    value_check(item)
                except InvalidForm as error:
                    raise error.within(key) from None
            return value

        return check


class _Checks(dict[str, "Check | None"]):
    """The checks of a structure's members by their names; None for what is no member."""

    def __init__(self, compiler: _Compiler, shape: StructureShape) -> None:
        super().__init__()
        self._compiler = compiler
        self._shape = shape

    def __missing__(self, name: str) -> Check | None:
        member = self._shape.members.get(name)
        check = None if member is None else self._compiler.compile(member)
        if check is not None:
            self[name] = check
        return check


def _string(shape: StringShape) -> Check:
    length = _length(shape, "characters")
    pattern = shape.metadata.get("pattern")
    # The whole text has to match, also where the model has no anchors; \w and \s mean ASCII, as in
    # the service's language.
    matches = None if pattern is None else re.compile(pattern, re.ASCII).fullmatch
    quoted = shape.name not in _UNQUOTED_SHAPES
    choices = frozenset(shape.enum)

    def check(value: object) -> object:
        if not isinstance(value, str):
            raise InvalidForm("must be a string")
        if choices and value not in choices:
            raise InvalidForm(f"must be one of [{', '.join(shape.enum)}]")
        if length is not None:
            length(len(value))
        if matches is not None and matches(value) is None:
            detail = f"must match pattern {pattern}{_shortness(value, matches)}"
            raise InvalidForm(detail, quoted=quoted)
        return value

    return check


def _shortness(value: str, matches: Callable[[str], object]) -> str:
    """A sentence for a value that is only too short to match, such as the name ``ab``."""
    for missing in range(1, _SHORTEST - len(value) + 1):
        if matches(value + _FILLER * missing) is not None:
            said = "1 character" if len(value) == 1 else f"{len(value)} characters"
            return f" It has {said}, and needs at least {len(value) + missing}."
    return ""


def _number(shape: Shape) -> Check:
    types, noun, lowest, highest = _NUMBERS[shape.type_name]
    low, high = shape.metadata.get("min", lowest), shape.metadata.get("max", highest)

    def check(value: object) -> object:
        if not isinstance(value, types) or isinstance(value, bool):
            raise InvalidForm(f"must be {noun}")
        if value < low:
            raise InvalidForm(f"must be at least {low}")
        if value > high:
            raise InvalidForm(f"must be at most {high}")
        return value

    return check


def _check_boolean(value: object) -> object:
    if not isinstance(value, bool):
        raise InvalidForm("must be a boolean")
    return value


def _check_timestamp(value: object) -> object:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise InvalidForm("must be a timestamp in epoch seconds")
    if not 0 <= value <= _LATEST_EPOCH:
        raise InvalidForm("must be a timestamp between the years 1970 and 9999")
    return datetime.fromtimestamp(value, timezone.utc)


def _check_nothing(value: object) -> object:
    return value


_SCALARS: dict[str, Check] = {"boolean": _check_boolean, "timestamp": _check_timestamp}


def _length(shape: Shape, unit: str) -> Callable[[int], None] | None:
    """The check of a length; None if the model sets no bound."""
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if low == 0 and high is None:
        return None

    def check(size: int) -> None:
        if size < low:
            raise InvalidForm(f"must contain at least {low} {unit}")
        if high is not None and size > high:
            raise InvalidForm(f"must contain at most {high} {unit}")

    return check
