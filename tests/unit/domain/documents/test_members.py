"""Members of a loaded document, and the sentences about those that are wrong."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import (
    integer_of,
    list_of,
    mapping_of,
    members_of,
    name_of,
    optional_text,
    required,
    text_of,
    unique,
)

CHARACTERS = (
    "Allowed characters are combinations of numbers [0-9], english letters [a-z,A-Z] and special "
    "characters [-_]."
)


def test_a_member_without_a_value_is_none_at_all():
    assert members_of({"b": 1, "a": None}, "It", known=("a", "b")) == {"b": 1}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("a", "a", id="string"),
        pytest.param("", "", id="empty"),
        pytest.param(1, "1", id="integer"),
        pytest.param(1.5, "1.5", id="float"),
        pytest.param(True, "true", id="true"),
        pytest.param(False, "false", id="false"),
    ],
)
def test_a_scalar_is_taken_where_a_string_is_wanted(value, text):
    assert text_of(value, "It") == text
    assert optional_text({"a": value}, "a", "it") == text


def test_an_optional_text_may_be_absent():
    assert optional_text({}, "a", "it") is None


@pytest.mark.parametrize("value", [0, "", False, "a", [1], {"a": 1}])
def test_a_required_member_is_there_even_if_it_is_false(value):
    assert required({"a": value}, "a", "It") == value


@pytest.mark.parametrize(
    ("call", "detail"),
    [
        pytest.param(lambda: mapping_of([], "It"), "It must be a mapping.", id="no mapping"),
        pytest.param(lambda: members_of("a", "It", known=()), "It must be a mapping.",
                     id="members of a string"),
        pytest.param(lambda: members_of({"b": 1}, "It", known=("a",)),
                     "It has an unknown member 'b'.", id="unknown member"),
        pytest.param(lambda: members_of({1: 1}, "It", known=("1",)),
                     "It has an unknown member '1'.", id="number as a name"),
        pytest.param(lambda: required({}, "inputs", "It"),
                     "It has no inputs; it requires an 'inputs'", id="absent"),
        pytest.param(lambda: required({"path": None}, "path", "It"),
                     "It has no path; it requires a 'path'", id="null"),
        pytest.param(lambda: required({"path": []}, "path", "It"),
                     "It has no path; it requires a 'path'", id="empty list"),
        pytest.param(lambda: required({"path": {}}, "path", "It"),
                     "It has no path; it requires a 'path'", id="empty mapping"),
        pytest.param(lambda: text_of([], "It"), "It must be a string.", id="list for a string"),
        pytest.param(lambda: optional_text({"a": {}}, "a", "it"), "The a of it must be a string.",
                     id="mapping for a string"),
        pytest.param(lambda: integer_of("1", "It"), "It must be an integer.",
                     id="text of a number"),
        pytest.param(lambda: integer_of(True, "It"), "It must be an integer.", id="boolean"),
        pytest.param(lambda: integer_of(1.0, "It"), "It must be an integer.", id="float"),
        pytest.param(lambda: list_of({}, "It"), "It must be a list.", id="no list"),
        pytest.param(lambda: unique("abc", {"abc"}, "step", " in phase 'build'"),
                     "Duplicate step name 'abc' in phase 'build'. Names must be unique.",
                     id="duplicate name"),
        pytest.param(lambda: name_of([], "step"), "The step name '[]' must be a string.",
                     id="list for a name"),
        pytest.param(lambda: name_of("a b c", "step", " in phase 'build'"),
                     f"Invalid step name 'a b c' in phase 'build'. {CHARACTERS}", id="spaces"),
        pytest.param(lambda: name_of("abc\n", "step"), f"Invalid step name 'abc\n'. {CHARACTERS}",
                     id="line end"),
        pytest.param(lambda: name_of("äöü", "step"), f"Invalid step name 'äöü'. {CHARACTERS}",
                     id="letters that are not english"),
        pytest.param(lambda: name_of("ab", "phase"),
                     "Invalid phase name 'ab'. A name must have between 3 and 128 characters.",
                     id="short name"),
        pytest.param(lambda: name_of("a" * 129, "phase"), f"Invalid phase name '{'a' * 129}'. "
                     "A name must have between 3 and 128 characters.", id="long name"),
    ],
)  # fmt: skip
def test_a_wrong_member_is_named_in_the_sentence(call, detail):
    with pytest.raises(DocumentError) as caught:
        call()

    assert caught.value.detail == detail


@pytest.mark.parametrize("name", ["abc", "A-b_9", "a" * 128, 123])
def test_a_name_has_3_to_128_of_the_allowed_characters(name):
    assert name_of(name, "step") == str(name)


def test_a_name_that_nothing_else_has_is_taken():
    assert unique("abc", {"abd"}, "step") == "abc"
