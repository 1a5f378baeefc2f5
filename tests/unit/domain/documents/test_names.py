"""Which names phases, steps and parameters of documents can have."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.members import Node
from imagebuilder_mock.domain.documents.names import check_name

CHARACTERS = (
    "Allowed characters are combinations of numbers [0-9], english letters [a-z,A-Z] and special "
    "characters [-_]."
)
LENGTH = "A name must have between 3 and 128 characters."


@pytest.mark.parametrize("name", ["abc", "A-b_9", "a" * 128])
def test_a_name_has_3_to_128_of_the_allowed_characters(name):
    node = Node(name, [])

    check_name(name, node, "step", {"abd"})

    assert node.found == []


@pytest.mark.parametrize(
    ("name", "taken", "sentence"),
    [
        ("abc", "abc", "Duplicate step name 'abc' in phase 'x'. Names must be unique."),
        ("a b c", "", f"Invalid step name 'a b c' in phase 'x'. {CHARACTERS}"),
        ("abc\n", "", f"Invalid step name 'abc\n' in phase 'x'. {CHARACTERS}"),
        ("äöü", "", f"Invalid step name 'äöü' in phase 'x'. {CHARACTERS}"),
        ("ab", "", f"Invalid step name 'ab' in phase 'x'. {LENGTH}"),
        ("a" * 129, "", f"Invalid step name '{'a' * 129}' in phase 'x'. {LENGTH}"),
    ],
    ids=["duplicate", "spaces", "line end", "letters that are not english", "short", "long"],
)
def test_a_wrong_name_is_told_with_its_kind_and_its_place(name, taken, sentence):
    node = Node(name, [])

    check_name(name, node, "step", {taken}, where=" in phase 'x'")

    assert node.found == [((), sentence)]
