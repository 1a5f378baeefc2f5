"""Members of a loaded document, and the sentences about those that are wrong."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.members import (
    Member,
    Members,
    Node,
    boolean,
    integer,
    text,
)


class Table(Members):
    a = Member(text, None)
    b = Member(integer, 7)
    last_one = Member(boolean, default=False)


def a_node(value, name="It"):
    return Node(value, [], name)


def test_a_member_without_a_value_is_none_at_all():
    node = a_node({"b": 1, "a": None})

    members = Table(node)

    assert (members.a, members.b, members.last_one) == (None, 1, False)
    assert node.found == []


def test_what_is_wrong_counts_as_not_given_and_is_said_once():
    node = a_node({"a": [], "b": "1", "lastOne": True})

    members = Table(node)

    assert [(members.b, members.a, members.last_one) for _ in "ab"] == [(7, None, True)] * 2
    assert node.found == [
        (("b",), "The b of it must be an integer."),
        (("a",), "The a of it must be a string."),
    ]
    assert members.wrong == {"a", "b"}


def test_a_table_names_its_members():
    assert {name: row.takes for name, row in Table.rows.items()} == {
        "a": text,
        "b": integer,
        "lastOne": boolean,
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("a", "a", id="string"),
        pytest.param("", "", id="empty"),
        pytest.param(1, "1", id="integer"),
        pytest.param(1.5, "1.5", id="float"),
        pytest.param(True, "true", id="true"),
        pytest.param(False, "false", id="false"),
    ],
)
def test_a_scalar_is_taken_where_a_string_is_wanted(value, expected):
    assert text(a_node(value)) == expected
    assert Table(a_node({"a": value})).a == expected


@pytest.mark.parametrize("value", [0, "", False, "a", [1], {"a": 1}])
def test_a_required_member_is_there_even_if_it_is_false(value):
    assert a_node({"a": value}).required("a").value == value


@pytest.mark.parametrize(
    ("call", "value", "path", "detail"),
    [
        pytest.param(Node.mapping, [], (), "It must be a mapping.", id="no mapping"),
        pytest.param(Table, "a", (), "It must be a mapping.", id="members of a string"),
        pytest.param(Table, {"c": 1}, ("c",), "It has an unknown member 'c'.", id="unknown member"),
        pytest.param(lambda node: node.members("1"), {1: 1}, (1,),
                     "It has an unknown member '1'.", id="number as a name"),
        pytest.param(lambda node: node.required("inputs"), {}, (),
                     "It has no inputs; it requires an 'inputs'", id="absent"),
        pytest.param(lambda node: node.required("path"), {"path": None}, (),
                     "It has no path; it requires a 'path'", id="null"),
        pytest.param(lambda node: node.required("path"), {"path": []}, (),
                     "It has no path; it requires a 'path'", id="empty list"),
        pytest.param(lambda node: node.required("path"), {"path": {}}, (),
                     "It has no path; it requires a 'path'", id="empty mapping"),
        pytest.param(text, [], (), "It must be a string.", id="list for a string"),
        pytest.param(integer, "1", (), "It must be an integer.", id="text of a number"),
        pytest.param(integer, True, (), "It must be an integer.", id="boolean"),
        pytest.param(integer, 1.5, (), "It must be an integer.", id="float"),
        pytest.param(Node.items, {}, (), "It must be a list.", id="no list"),
    ],
)  # fmt: skip
def test_a_wrong_member_is_named_in_the_sentence(call, value, path, detail):
    node = a_node(value)

    call(node)

    assert node.found == [(path, detail)]
