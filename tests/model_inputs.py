"""Requests made from the model: valid ones, and each of them with one thing wrong in its form.

``minimal`` and ``full`` are made of a small table of texts and are the same in every run;
``valid`` and ``nearly_valid`` are Hypothesis strategies. ``flaws`` lists every way in which
``full`` can be wrong, with what the service says to it. ``request`` puts any of them on the wire.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.model import ListShape, MapShape, StructureShape
from hypothesis import find, settings
from hypothesis import strategies as st

from imagebuilder_mock.protocol.http import HttpRequest
from tests.model import service_model

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

UUID = "01234567-89ab-cdef-0123-456789abcdef"
_OWN = "arn:aws:imagebuilder:us-east-1:123456789012:"

# For each pattern the first of these that matches it.
_TEXTS = (
    "name-1",
    "123456789012",
    "1.0.0",
    "us-east-1",
    "String",
    "string",
    "required",
    f"{_OWN}component/name/1.0.0/1",
    f"{_OWN}component/name/1.0.0",
    f"{_OWN}image/name/1.0.0/1",
    f"{_OWN}image/name/1.0.0",
    f"{_OWN}image-recipe/name/1.0.0",
    f"{_OWN}container-recipe/name/1.0.0",
    f"{_OWN}image-pipeline/name",
    f"{_OWN}infrastructure-configuration/name",
    f"{_OWN}distribution-configuration/name",
    f"{_OWN}lifecycle-policy/name",
    f"{_OWN}workflow/build/name/1.0.0/1",
    f"{_OWN}workflow/build/name/1.0.0",
    "arn:aws:sns:us-east-1:123456789012:topic",
    f"arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-{'0' * 32}",
    "arn:aws:organizations::123456789012:organization/o-0123456789",
    "arn:aws:organizations::123456789012:ou/o-0123456789/ou-0123-01234567",
    "lt-0123456789abcdef0",
    f"lce-{UUID}",
    f"wf-{UUID}",
    f"step-{UUID}",
    "s3://bucket/key",
    "dGV4dA==",
    "text",
)

# The same for texts that must not match: every pattern refuses one of them.
_UNMATCHED = ("\x00", "!", "\u00e9", " \n", "name-1")

_NOT_BY_TYPE: dict[str, tuple[tuple[object, ...], str]] = {
    "structure": ((["text"], "text"), "must be a structure"),
    "list": (({"key": "text"}, "text"), "must be a list"),
    "map": ((["text"], 1), "must be a map"),
    "string": ((1, True, ["text"], {"key": "text"}), "must be a string"),
    "integer": (("1", 1.5, True, [1]), "must be an integer"),
    "long": (("1", 1.5, True, [1]), "must be an integer"),
    "boolean": (("true", 1, [True]), "must be a boolean"),
    "timestamp": (("2026-01-01", True, [1]), "must be a timestamp in epoch seconds"),
}

# For one law about all operations: as many examples as make it likely that each is met.
MANY = settings(max_examples=4 * settings().max_examples)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)


def operation_names() -> list[str]:
    return list(service_model().operation_names)


def input_of(operation: str) -> StructureShape:
    shape = service_model().operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape


# Valid values


def minimal(shape: Any) -> Any:
    """A valid value without anything that may be left out."""
    if isinstance(shape, StructureShape):
        return {name: minimal(shape.members[name]) for name in shape.required_members}
    if isinstance(shape, ListShape):
        return [minimal(shape.member) for _ in range(shape.metadata.get("min", 0))]
    if isinstance(shape, MapShape):
        return {minimal(shape.key): minimal(shape.value)} if shape.metadata.get("min") else {}
    return _scalar(shape)


def full(shape: Any) -> Any:
    """A valid value with every member of every structure."""
    if isinstance(shape, StructureShape):
        return {name: full(member) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [full(shape.member) for _ in range(max(1, shape.metadata.get("min", 0)))]
    if isinstance(shape, MapShape):
        return {full(shape.key): full(shape.value)}
    return _scalar(shape)


def _scalar(shape: Any) -> Any:
    if shape.type_name == "string":
        return _text(shape)
    if shape.type_name == "boolean":
        return True
    return max(shape.metadata.get("min", 1), 1)


def _text(shape: Any) -> str:
    if shape.enum:
        return str(shape.enum[0])
    for text in _TEXTS:
        if _is_valid_text(shape, text):
            return text
    return _found_text(shape.name)


@cache
def _found_text(shape_name: str) -> str:
    """For a pattern of a newer model than the table knows."""
    shape = service_model().shape_for(shape_name)
    patient = settings(database=None, derandomize=True, deadline=None)
    return find(_texts(shape), lambda _: True, settings=patient)


def _is_valid_text(shape: Any, text: str) -> bool:
    return _fits(shape, len(text)) and _matches(shape, text)


def _fits(shape: Any, size: int) -> bool:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", size)
    return bool(low <= size <= high)


def _matches(shape: Any, text: str) -> bool:
    pattern = shape.metadata.get("pattern")
    return pattern is None or re.fullmatch(pattern, text, re.ASCII) is not None


# Strategies


@cache
def _valid(shape_name: str) -> st.SearchStrategy[Any]:
    shape: Any = service_model().shape_for(shape_name)
    if isinstance(shape, StructureShape):
        members = {name: valid(member) for name, member in shape.members.items()}
        required = {name: members.pop(name) for name in shape.required_members}
        return st.fixed_dictionaries(required, optional=members)
    if isinstance(shape, ListShape):
        return st.lists(valid(shape.member), **_few(shape))
    if isinstance(shape, MapShape):
        return st.dictionaries(valid(shape.key), valid(shape.value), **_few(shape))
    return _scalars(shape)


def _scalars(shape: Any) -> st.SearchStrategy[Any]:
    if shape.type_name == "string":
        return _texts(shape)
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name == "timestamp":
        return st.integers(0, 2**32) | st.floats(0, 2**32)
    return st.integers(shape.metadata.get("min", 0), shape.metadata.get("max", 100))


def valid(shape: Any) -> st.SearchStrategy[Any]:
    """Any valid value."""
    return _valid(shape.name)


def likely(shape: Any, texts: Collection[str], name: str = "") -> st.SearchStrategy[Any]:
    """A valid value whose texts are often those that mean something, by their pattern or name."""
    return _likely(shape, frozenset(texts), name)


def _likely(shape: Any, texts: frozenset[str], name: str) -> st.SearchStrategy[Any]:
    if isinstance(shape, StructureShape):
        members = {member: _likely(inner, texts, member) for member, inner in shape.members.items()}
        required = {member: members.pop(member) for member in shape.required_members}
        return st.fixed_dictionaries(required, optional=members)
    if isinstance(shape, ListShape):
        return st.lists(_likely(shape.member, texts, name), **_few(shape))
    usual = valid(shape)
    if shape.type_name != "string" or shape.enum:
        return usual
    known = [text for text in sorted(texts) if _is_meant(shape, text, name)]
    return st.sampled_from(known) | usual if known else usual


def _is_meant(shape: Any, text: str, name: str) -> bool:
    """Whether the text is for a pattern of its own, or said to be for members of the name."""
    member, equals, value = text.partition("=")
    if equals and member.isidentifier():
        return member == name and _is_valid_text(shape, value)
    return "pattern" in shape.metadata and _is_valid_text(shape, text)


def _few(shape: Any) -> Any:
    low = shape.metadata.get("min", 0)
    return {"min_size": low, "max_size": max(low, min(shape.metadata.get("max", 2), 2))}


def _texts(shape: Any) -> st.SearchStrategy[str]:
    if shape.enum:
        return st.sampled_from(shape.enum)
    pattern = shape.metadata.get("pattern")
    if pattern is None:
        low = shape.metadata.get("min", 0)
        characters = st.characters(exclude_categories=["Cs"])
        return st.text(characters, min_size=low, max_size=min(shape.metadata.get("max", 20), 20))
    made = st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True)
    return made.filter(lambda text: _fits(shape, len(text)))


@st.composite
def nearly_valid(draw: Any, operation: str, given: Any = None) -> Any:
    """A valid request, or one that is ``given``, with one value of its body wrong or left out."""
    params = deepcopy(draw(valid(input_of(operation)) if given is None else given))
    places = list(_places(params, but=_outside_the_body(operation)))
    if not places:
        return params
    holder, key = draw(st.sampled_from(places))
    if draw(st.booleans()):
        del holder[key]
    else:
        holder[key] = draw(JSON)
    return params


def _places(value: Any, *, but: Collection[str] = ()) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            if key not in but:
                yield value, key
                yield from _places(value[key])


def _outside_the_body(operation: str) -> set[str]:
    members = input_of(operation).members
    return {name for name, shape in members.items() if "location" in shape.serialization}


# Wrong requests


@dataclass(frozen=True)
class Flaw:
    """A request that is wrong in one place, and what is said to it."""

    params: dict[str, Any]
    path: str
    detail: str

    @property
    def message(self) -> str:
        return f"The value supplied for parameter '{self.path}' is not valid. {self.detail}"


def flaws(operation: str) -> Iterator[Flaw]:
    """``full``, with one value after the other wrong in every way that its shape knows."""
    shape = input_of(operation)
    for steps, params, detail, quoted in _flaws(shape, full(shape)):
        if isinstance(params, dict) and _can_be_sent(shape, params, steps):
            path = _path(steps)
            yield Flaw(params, path, f"'{path}' {detail}" if quoted else f"{path} {detail}")


_Flaw = tuple[tuple[Any, ...], Any, str, bool]


def _flaws(shape: Any, value: Any) -> Iterator[_Flaw]:
    """Where, the whole with the wrong value in it, what is said, and whether the name is quoted."""
    others, said = _NOT_BY_TYPE[shape.type_name]
    for other in others:
        yield (), other, said, True
    if isinstance(shape, StructureShape):
        yield from _structure_flaws(shape, value)
    elif isinstance(shape, ListShape):
        yield from _list_flaws(shape, value)
    elif isinstance(shape, MapShape):
        yield from _map_flaws(shape, value)
    elif shape.type_name == "string":
        yield from _text_flaws(shape)
    elif shape.type_name in {"integer", "long"}:
        width = 2**31 if shape.type_name == "integer" else 2**63
        low, high = shape.metadata.get("min", -width), shape.metadata.get("max", width - 1)
        yield (), low - 1, f"must be at least {low}", True
        yield (), high + 1, f"must be at most {high}", True
        yield (), 10**1000, f"must be at most {high}", True
    elif shape.type_name == "timestamp":
        for moment in (-1, 253_402_300_800, 1e300):
            yield (), moment, "must be a timestamp between the years 1970 and 9999", True


def _structure_flaws(shape: StructureShape, value: dict[str, Any]) -> Iterator[_Flaw]:
    yield (
        ("noSuchMember",),
        {**value, "noSuchMember": 1},
        "is not a parameter of this request",
        True,
    )
    for name in shape.required_members:
        without = {other: item for other, item in value.items() if other != name}
        yield (name,), without, "is required", True
        yield (name,), {**value, name: None}, "is required", True
    for name, member in shape.members.items():
        for steps, wrong, said, quoted in _flaws(member, value[name]):
            yield (name, *steps), {**value, name: wrong}, said, quoted


def _list_flaws(shape: ListShape, value: list[Any]) -> Iterator[_Flaw]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if low:
        yield (), value[: low - 1], f"must contain at least {low} items", True
    if high is not None:
        yield (), (value * (high + 1))[: high + 1], f"must contain at most {high} items", True
    last = len(value) - 1
    yield (last,), [*value[:last], None], _NOT_BY_TYPE[shape.member.type_name][1], True
    for steps, wrong, said, quoted in _flaws(shape.member, value[last]):
        yield (last, *steps), [*value[:last], wrong], said, quoted


def _map_flaws(shape: Any, value: dict[str, Any]) -> Iterator[_Flaw]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    [(key, item)] = value.items()
    if low:
        yield (), {}, f"must contain at least {low} entries", True
    if high is not None:
        many = {f"{key}{number}": item for number in range(high + 1)}
        yield (), many, f"must contain at most {high} entries", True
    for _, wrong, said, quoted in _text_flaws(shape.key):
        yield (wrong,), {wrong: item}, said, quoted
    for steps, wrong, said, quoted in _flaws(shape.value, item):
        yield (key, *steps), {key: wrong}, said, quoted


def _text_flaws(shape: Any) -> Iterator[_Flaw]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if shape.enum:
        yield (), "NO_SUCH_VALUE", f"must be one of [{', '.join(shape.enum)}]", True
        return
    if low:
        yield (), "a" * (low - 1), f"must contain at least {low} characters", True
    if high is not None:
        yield (), "a" * (high + 1), f"must contain at most {high} characters", True
    pattern = shape.metadata.get("pattern")
    if pattern is not None:
        wrong = next(
            long
            for text in _UNMATCHED
            if _fits(shape, len(long := text.ljust(low, text[0]))) and not _matches(shape, long)
        )
        # Seen without quotes, unlike all others (observed for CreateComponent).
        yield (), wrong, f"must match pattern {pattern}", shape.name != "VersionNumber"


def _path(steps: tuple[Any, ...]) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return path.removeprefix(".")


# The wire


def request(operation: str, params: dict[str, Any]) -> HttpRequest:
    """The request that carries the parameters, as any client would send it."""
    http = service_model().operation_model(operation).http
    body = dict(params)
    labels: dict[str, str] = {}
    query: dict[str, list[str]] = {}
    for name, member in input_of(operation).members.items():
        location = member.serialization.get("location")
        if location is None or name not in params:
            continue
        value = body.pop(name)
        wire_name = member.serialization.get("name", name)
        if location == "uri":
            labels[wire_name] = quote(str(value), safe="")
        elif value is not None:
            query[wire_name] = value if isinstance(value, list) else [value]
    return HttpRequest(
        method=http["method"],
        path=http["requestUri"].format(**labels),
        query=query,
        body=json.dumps(body).encode() if body else b"",
    )


def _can_be_sent(shape: StructureShape, params: dict[str, Any], steps: tuple[Any, ...]) -> bool:
    """A label is always there, and it and the query hold nothing but text."""
    member: Any = shape.members.get(steps[0]) if steps else None
    location = None if member is None else member.serialization.get("location")
    if location is None:
        return True
    if steps[0] not in params:
        return bool(location == "querystring")
    value = params[steps[0]]
    texts = value if member.type_name == "list" else [value]
    return isinstance(texts, list) and texts != [] and all(isinstance(text, str) for text in texts)


def declared_errors(operation: str) -> set[str]:
    return {shape.name for shape in service_model().operation_model(operation).error_shapes}
