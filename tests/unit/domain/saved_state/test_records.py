"""Values of every type hint: what is written is read as it was, and described by the schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.base import Resource
from imagebuilder_mock.domain.resources.image import Ami, ImageState
from imagebuilder_mock.domain.saved_state.damage import Damage
from imagebuilder_mock.domain.saved_state.records import codec_of, subclasses_of, types_by_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_imagebuilder.literals import PlatformType
    from mypy_boto3_imagebuilder.type_defs import ScheduleTypeDef

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


@dataclass(kw_only=True)
class Part:
    number: int
    parts: list[Part] = field(default_factory=list)


@dataclass(kw_only=True)
class Whole:
    text: str | None
    moment: datetime | str = NOON
    span: timedelta | None = None
    ratio: float = 0.5
    word: Literal["A", "B"] = "A"
    either: Literal["A"] | list[int] = "A"
    row: tuple[int, str] | None = None
    names: frozenset[str] = frozenset()
    numbers: set[int] | None = None
    many: tuple[Part, ...] = ()
    table: dict[str, Part] | None = None
    by_word: Mapping[Literal["A", "B"], int] | None = None
    reader: str | Callable[[], str] = ""
    platform: PlatformType | None = None
    schedule: ScheduleTypeDef | None = None
    sent: object = None
    any: Sequence[Any] = ()


@dataclass(kw_only=True)
class Listed:
    sequence: int


@dataclass(kw_only=True)
class Listing:
    entries: OrderedIndex[Listed] | None = None


def roundtrip(value: Any) -> Any:
    cls: Any = type(value)
    codec = codec_of(cls)
    return codec.read(codec.write(value))


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.datetimes(timezones=st.just(timezone.utc))
    | st.just(ImageState("FAILED", "why")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["a", "$time", "$map", "$type", "b"]), inner)
    ),
    max_leaves=8,
)


@given(ANYTHING)
def test_what_a_caller_sent_is_read_as_it_was(value):
    assert roundtrip(Whole(text=None, sent=value)).sent == value


@pytest.mark.parametrize(
    "values",
    [
        {"text": "x", "moment": "later", "span": timedelta(hours=1.5), "ratio": 3},
        {"text": None, "word": "B", "either": [1, 2], "row": (1, "a")},
        {"text": None, "names": frozenset("ba"), "numbers": {2, 1}},
        {"text": None, "many": (Part(number=1, parts=[Part(number=2)]),)},
        {"text": None, "table": {"a": Part(number=3)}, "by_word": {"A": 1}},
        {"text": None, "reader": "text", "platform": "Linux"},
        {"text": None, "schedule": {"scheduleExpression": "x"}, "any": [1, "a", None]},
    ],
    ids=",".join,
)
def test_each_type_of_field_is_read_as_it_was(values):
    assert roundtrip(Whole(**values)) == Whole(**values)


def test_a_field_with_its_default_is_left_out():
    codec = codec_of(Whole)

    assert codec.write(Whole(text=None)) == {"text": None}
    assert codec.write(Whole(text=None, ratio=1)) == {"text": None, "ratio": 1}


@pytest.mark.parametrize(
    ("json", "message"),
    [
        ({"text": 5}, "$.text must be text, and is 5"),
        ({"text": None, "row": [1]}, "$.row must be a list of 2"),
        ({"text": None, "row": [1, 2]}, "$.row[1] must be text"),
        ({"text": None, "many": [{"number": "x"}]}, "$.many[0].number must be a whole number"),
        ({"text": None, "table": {"a": 5}}, "$.table.a must be an object"),
        ({"text": None, "span": "x"}, "$.span must be a number"),
        ({"text": None, "word": "C"}, "$.word must be one of A, B; it is 'C'"),
        ({"text": None, "word": []}, "$.word must be one of A, B; it is []"),
        ({"text": None, "sent": {"$time": 1}}, "$.sent.$time must be a time"),
        ({"text": None, "names": "ab"}, "$.names must be a list, and is 'ab'"),
        ({"text": "x", "ratio": True}, "$.ratio must be a number, and is True"),
        ({"text": "x" * 99, "ratio": "y" * 99}, f"$.ratio must be a number, and is '{'y' * 59}…"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_named_with_its_place(json, message):
    with pytest.raises(Damage) as caught:
        codec_of(Whole).read(json)

    assert f"{caught.value.path} {caught.value.detail}".startswith(message)


@pytest.mark.parametrize(
    "value",
    [Whole(text=None, sent={1, 2}), Whole(text=None, sent=Part(number=1)), Whole(text=5)],  # type: ignore[arg-type]
    ids=["set", "a class of others", "wrong type"],
)
def test_what_cannot_be_read_again_is_not_written(value):
    with pytest.raises(TypeError):
        codec_of(Whole).write(value)


def test_a_type_that_cannot_be_saved_is_an_error_at_once():
    @dataclass
    class Odd:
        value: bytes

    with pytest.raises(TypeError, match="no value of type <class 'bytes'> can be saved"):
        codec_of(Odd).write(Odd(b""))


def test_a_name_that_is_nowhere_is_an_error():
    @dataclass
    class Lost:
        value: Nowhere  # type: ignore[name-defined] # noqa: F821 - that is the point

    with pytest.raises(NameError, match="Nowhere"):
        codec_of(Lost).write(Lost(1))


def test_every_class_of_resources_has_a_codec_and_a_schema():
    definitions: dict[str, Any] = {}

    codec_of(Resource).schema(definitions)

    for cls in subclasses_of(Resource):
        assert definitions[cls.__name__]["type"] == "object"
        assert "arn" in definitions[cls.__name__]["required"]
    assert "Recipe" not in definitions  # nothing is only a Recipe


def test_types_have_names_that_say_where_they_are():
    assert types_by_name()["resources.image.Ami"] is Ami


@pytest.mark.parametrize(
    ("hint", "value", "is_held"),
    [
        (object, {"a": 1}, True),
        (object, None, False),
        (int | None, 5, True),
        (int | None, "5", False),
    ],
)
def test_a_codec_knows_its_values(hint, value, is_held):
    codec = codec_of(hint)

    assert codec.holds(value) == codec.takes(value) == is_held


def test_the_schema_describes_each_type():
    definitions: dict[str, Any] = {}

    codec_of(Whole).schema(definitions)
    properties = definitions["Whole"]["properties"]

    assert properties["text"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert properties["word"] == {"enum": ["A", "B"]}
    assert properties["ratio"] == {"type": "number"}
    assert properties["many"] == {"type": "array", "items": {"$ref": "#/$defs/Part"}}
    assert properties["sent"] == {}
    assert properties["row"]["anyOf"][0]["prefixItems"] == [
        {"type": "integer"},
        {"type": "string"},
    ]
    assert properties["table"]["anyOf"][0]["additionalProperties"] == {"$ref": "#/$defs/Part"}
    assert definitions["Whole"]["required"] == ["text"]


@pytest.mark.parametrize("numbers", [None, [], [1, 4]])
def test_an_index_keeps_its_order_and_none_stays_none(numbers):
    listing = Listing()
    if numbers is not None:
        listing.entries = OrderedIndex()
        for number in numbers:
            listing.entries.add(Listed(sequence=number))

    entries = roundtrip(listing).entries

    assert (None if entries is None else [each.sequence for each in entries]) == numbers
