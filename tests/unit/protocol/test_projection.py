"""Answers, against botocore's own reading of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, make_dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from types import MappingProxyType

import pytest
from botocore import xform_name
from botocore.model import ListShape, MapShape, ServiceModel, StructureShape
from botocore.parsers import create_parser
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.protocol.http import Answer
from imagebuilder_mock.protocol.projection import iso_text, projector
from imagebuilder_mock.transports.boto.door import parsed_answer
from tests.model import service_model
from tests.model_inputs import MANY, operation_names

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MOMENT = datetime(2020, 1, 27, 20, 43, 30, 306_789, tzinfo=timezone.utc)


def output_of(operation):
    return service_model().operation_model(operation).output_shape


def shape_of(name):
    return service_model().shape_for(name)


def shown(shape_name, value):
    return projector(shape_of(shape_name))(value)


# What the domain hands over


@cache
def class_of(shape_name):
    """A resource as the domain has them: attributes in snake case, None for what is absent."""
    members = [(xform_name(name), object, None) for name in shape_of(shape_name).members]
    return make_dataclass(f"A{shape_name}", members, slots=True, kw_only=True, frozen=True)


@cache
def results(shape_name):
    """What an operation may return for the shape: mappings, objects, and either in the other."""
    shape = shape_of(shape_name)
    if isinstance(shape, StructureShape):
        members = {name: results(member.name) for name, member in shape.members.items()}
        mappings = st.fixed_dictionaries(
            {}, optional={name: st.none() | value for name, value in members.items()}
        )
        attributes = {xform_name(name): value for name, value in members.items()}
        objects = st.fixed_dictionaries({}, optional=attributes).map(
            lambda values: class_of(shape_name)(**values)
        )
        return mappings | mappings.map(MappingProxyType) | objects
    if isinstance(shape, ListShape):
        lists = st.lists(results(shape.member.name), max_size=2)
        return lists | lists.map(tuple)
    if isinstance(shape, MapShape):
        return st.dictionaries(texts, texts, max_size=2)
    if shape.type_name == "string":
        return texts | moments if shape.name == "DateTime" else texts
    return {
        "boolean": st.booleans(),
        "integer": st.integers(0, 2**31),
        "long": st.integers(0, 2**63),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "timestamp": moments,
    }[shape.type_name]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
moments = st.integers(0, 2**52).map(lambda us: EPOCH + timedelta(microseconds=us))


def comparable(value):
    """Times are compared with their zones."""
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return (value.isoformat(), repr(value.tzinfo)) if isinstance(value, datetime) else value


def as_botocore_reads(answer, shape):
    response = {"headers": answer.headers, "status_code": answer.status, "body": answer.body}
    return create_parser("rest-json").parse(response, shape)


def as_handed_over(answer):
    parsed = parsed_answer(answer)
    del parsed["ResponseMetadata"]["RetryAttempts"]  # botocore adds it behind its parser
    return parsed


@MANY
@given(st.data())
def test_members_are_what_botocore_reads_from_the_bytes(data):
    shape = output_of(data.draw(st.sampled_from(operation_names())))
    result = data.draw(results(shape.name))

    answer = Answer(200, projector(shape)(result), "request-1")

    assert comparable(as_handed_over(answer)) == comparable(as_botocore_reads(answer, shape))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has no time.tzset")
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_times_are_in_the_programs_zone(monkeypatch, zone):
    shape = output_of("GetLifecyclePolicy")
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        try:
            policy = {"dateCreated": MOMENT, "dateUpdated": MOMENT + timedelta(days=180)}
            answer = Answer(200, projector(shape)({"lifecyclePolicy": policy}), "request-1")

            handed_over = comparable(as_handed_over(answer))

            assert handed_over == comparable(as_botocore_reads(answer, shape))
        finally:
            patch.undo()
            time.tzset()


# What is shown


@dataclass(frozen=True, slots=True)
class Status:
    status: str
    reason: str | None = None


@dataclass(slots=True)
class Component:
    name: str
    description: str | None = None
    date_created: datetime | None = None
    state: object = None
    tags: object = None
    supported_os_versions: object = None
    not_in_the_model: str = "internal"

    @property
    def owner(self):
        return "123456789012"


def test_members_are_read_from_attributes_and_properties_of_their_name():
    component = Component("web", date_created=MOMENT)

    assert shown("Component", component) == {
        "name": "web",
        "owner": "123456789012",
        "dateCreated": "2020-01-27T20:43:30.306Z",
    }


def test_members_are_read_from_the_keys_of_a_mapping():
    sent = {"name": "web", "description": None, "owner": "123456789012", "notInTheModel": 1}

    assert shown("Component", sent) == {"name": "web", "owner": "123456789012"}


@pytest.mark.parametrize("state", [Status("ACTIVE"), {"status": "ACTIVE", "reason": None}])
def test_none_is_absent_inside_too(state):
    assert shown("Component", Component("web", state=state))["state"] == {"status": "ACTIVE"}


@pytest.mark.parametrize("empty", [{"tags": {}}, {"supported_os_versions": ()}])
def test_what_is_empty_is_shown(empty):
    [member] = shown("Component", Component("web", **empty)).keys() - {"name", "owner"}

    assert member in {"tags", "supportedOsVersions"}


def test_what_is_shown_is_a_copy():
    component = Component("web", tags={"a": "b"}, supported_os_versions=["Linux"])

    answer = shown("Component", component)
    answer["tags"]["c"] = "d"
    answer["supportedOsVersions"].append("Windows")

    assert component == Component("web", tags={"a": "b"}, supported_os_versions=["Linux"])


def test_one_class_is_shown_by_each_shape_in_its_own_way():
    component = Component("web", tags={"a": "b"})

    assert "tags" in shown("Component", component)
    assert "tags" not in shown("ComponentVersion", component)


def test_one_shape_shows_every_class():
    @dataclass(slots=True)
    class Other:
        name: str

    project = projector(shape_of("Component"))

    assert project(Component("web"))["name"] == "web"
    assert project(Other("web")) == {"name": "web"}
    assert project({"name": "web"}) == {"name": "web"}


def test_a_class_without_any_member_shows_nothing():
    assert shown("Component", object()) == {}


def test_a_date_that_is_text_already_stays():
    assert shown("Component", {"dateCreated": "2020-01-27"}) == {"dateCreated": "2020-01-27"}


def test_a_time_that_is_no_datetime_stays():
    assert shown("LifecyclePolicy", {"dateCreated": 1.5}) == {"dateCreated": 1.5}


def test_an_operation_without_output_shows_nothing():
    assert projector(None)({"name": "web"}) == {}


@pytest.mark.parametrize(
    ("microsecond", "text"),
    [
        (0, "2020-01-27T20:43:30.000Z"),
        (999, "2020-01-27T20:43:30.000Z"),
        (306_000, "2020-01-27T20:43:30.306Z"),
        (999_999, "2020-01-27T20:43:30.999Z"),
    ],
)
def test_dates_that_are_strings_have_milliseconds(microsecond, text):
    assert iso_text(MOMENT.replace(microsecond=microsecond)) == text


def test_a_structure_may_hold_itself():
    shapes = {
        "Tree": {
            "type": "structure",
            "members": {"leafName": {"shape": "Text"}, "branches": {"shape": "Trees"}},
        },
        "Trees": {"type": "list", "member": {"shape": "Tree"}},
        "Text": {"type": "string"},
        "Output": {"type": "structure", "members": {"tree": {"shape": "Tree"}}},
    }
    metadata = {"apiVersion": "1", "endpointPrefix": "x", "protocol": "rest-json"}
    model = ServiceModel({"metadata": metadata, "shapes": shapes}, "x")

    @dataclass(slots=True)
    class Tree:
        leaf_name: str
        branches: object = None

    tree = Tree("root", (Tree("left"), {"branches": [Tree("right")]}))

    assert projector(model.shape_for("Output"))({"tree": tree}) == {
        "tree": {
            "leafName": "root",
            "branches": [{"leafName": "left"}, {"branches": [{"leafName": "right"}]}],
        }
    }
