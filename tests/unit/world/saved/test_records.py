"""Values of every type hint: what is written is read as it was, and described by the schema."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.records import Record, Value, fresh
from imagebuilder_mock.domain.resources.base import Resource
from imagebuilder_mock.domain.resources.images import ImageState
from imagebuilder_mock.domain.versions import Version
from imagebuilder_mock.world.saved.damage import Damage
from imagebuilder_mock.world.saved.document import AnyResource, SavedState
from imagebuilder_mock.world.saved.hints import classes_in
from imagebuilder_mock.world.saved.records import codec_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_imagebuilder.literals import PlatformType
    from mypy_boto3_imagebuilder.type_defs import ScheduleTypeDef

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


class Part(Value, kw_only=True):
    number: int
    parts: list[Part] = fresh(factory=list)


class Listed(Record):
    sequence: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Listed) and self.sequence == other.sequence

    __hash__ = Record.__hash__


class Whole(Value, kw_only=True):
    text: str | None
    moment: datetime = NOON
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
    by_version: dict[Version, int] | None = None
    by_place: Mapping[tuple[int | None, str], float] | None = None
    key: bytes | None = None
    one: Part | Listed | None = None
    several: Sequence[Part | Listed] = ()
    reader: str | Callable[[], str] = ""
    platform: PlatformType | None = None
    schedule: ScheduleTypeDef | None = None
    sent: object = None
    any: Sequence[Any] = ()


class Listing(Record, kw_only=True):
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
        {"text": "x", "moment": NOON.replace(hour=1), "span": timedelta(hours=1.5), "ratio": 3},
        {"text": None, "word": "B", "either": [1, 2], "row": (1, "a")},
        {"text": None, "names": frozenset("ba"), "numbers": {2, 1}},
        {"text": None, "many": (Part(number=1, parts=[Part(number=2)]),)},
        {"text": None, "table": {"a": Part(number=3)}, "by_word": {"A": 1}},
        {"text": None, "by_version": {Version(1, 2, 3): 1}, "key": b"\x00\xff"},
        {"text": None, "by_place": {(1, "a"): 0.5, (None, "b"): 2.0}},
        {"text": None, "one": Listed(1), "several": [Part(number=1), Listed(2)]},
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
        (
            {"text": None, "by_version": {"one": 1}},
            "$.by_version.one must be a version such as 1.0.0",
        ),
        ({"text": None, "by_place": [[1, 2]]}, "$.by_place[0] must be a list of 3"),
        (
            {"text": None, "by_version": {"9999999999.0.0": 1}},
            "$.by_version.9999999999.0.0 must be a version",
        ),
        ({"text": None, "several": [5]}, "$.several[0] must be an object, and is 5"),
        ({"text": None, "key": "xy"}, "$.key must be hexadecimal digits, and is 'xy'"),
        ({"text": None, "one": {"class": "Whole"}}, "$.one.class must be one of Listed, Part"),
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
    [
        Whole(text=None, sent={1, 2}),
        Whole(text=None, sent=Part(number=1)),
        Whole(text=5),  # type: ignore[arg-type]
        Whole(text=None, one=Whole(text=None)),  # type: ignore[arg-type]
        Whole(text=None, several=[Whole(text=None)]),  # type: ignore[list-item]
    ],
    ids=["set", "a class of others", "wrong type", "another class", "another class in a list"],
)
def test_what_cannot_be_read_again_is_not_written(value):
    with pytest.raises(TypeError):
        codec_of(Whole).write(value)


def test_a_type_that_cannot_be_saved_is_an_error_at_once():
    class Odd(Value):
        value: complex

    with pytest.raises(TypeError, match="no value of type <class 'complex'> can be saved"):
        codec_of(Odd).write(Odd(1j))


@pytest.mark.parametrize("keys", [int, Part], ids=["numbers", "objects"])
def test_keys_that_json_has_not_cannot_be_saved(keys):
    with pytest.raises(TypeError, match="can be saved"):
        codec_of(dict[keys, str])  # type: ignore[valid-type] # a variable


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        ("2026-01-02T18:30:00+05:30", "2026-01-02T13:00:00+00:00"),
        ("2026-01-01T23:00:00.250000-13:00", "2026-01-02T12:00:00.250000+00:00"),
    ],
)
def test_a_time_of_any_zone_is_kept_as_its_moment(text, saved):
    moment = datetime.fromisoformat(text)

    for value in (Whole(text=None, moment=moment), Whole(text=None, sent=moment)):
        assert roundtrip(value) == value
        assert saved in str(codec_of(Whole).write(value))
    read = codec_of(datetime).read(text)
    assert (read, read.tzinfo) == (moment, timezone.utc)


def test_a_time_without_zone_is_not_written():
    with pytest.raises(ValueError, match="needs a datetime with a time zone"):
        codec_of(datetime).write(datetime(2026, 1, 2))  # noqa: DTZ001 - that is the point


def test_every_class_of_resources_can_be_saved():
    definitions: dict[str, Any] = {}

    codec_of(AnyResource).schema(definitions)

    kinds = {cls.__name__ for cls in below(Resource) if "kind" in vars(cls)}
    assert {cls.__name__ for cls in get_args(AnyResource)} == kinds
    for name in kinds:
        assert definitions[name]["type"] == "object"
        assert "arn" in definitions[name]["required"]


def below(cls: type[Any]) -> set[type]:
    return {cls}.union(*(below(sub) for sub in cls.__subclasses__()))


def test_classes_that_can_be_saved_have_names_of_their_own():
    names = [cls.__name__ for cls in classes_in(SavedState)]

    assert len(names) == len(set(names))
    assert {"Image", "ImageState", "UsedToken", "LifecycleExecutionSnapshotResource"} < set(names)


@pytest.mark.parametrize("name", ["ImageState", "resources.image.ImageState"])
def test_a_class_among_other_values_is_known_by_its_name_wherever_it_is_defined(name):
    state = ImageState("FAILED", "why")
    json = {"text": None, "sent": {"$type": name, "$value": {"status": "FAILED", "reason": "why"}}}

    assert codec_of(Whole).read(json).sent == state
    assert codec_of(Whole).write(Whole(text=None, sent=state))["sent"]["$type"] == "ImageState"


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
