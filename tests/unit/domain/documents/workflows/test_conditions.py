"""The ``if`` of a workflow step. Source: user guide, image-workflow-create-document."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.members import Node
from imagebuilder_mock.domain.documents.workflows.conditions import parse_condition, references_of
from imagebuilder_mock.domain.documents.workflows.variables import UnresolvedReferenceError

from .builders import step_refusal

VARIABLES = {
    "parameters": {"count": 5, "text": "5", "word": "five", "yes": True, "list": ["a"]},
    "imagebuilder": {"platform": "Linux", "imageBuildNumber": 1},
}


def holds(condition):
    parsed = parse_condition(Node(condition, []))
    assert parsed is not None
    return parsed.holds(VARIABLES)


class TestComparisons:
    @pytest.mark.parametrize(
        ("operator", "operand", "reference", "expected"),
        [
            ("stringEquals", "Linux", "$.imagebuilder.platform", True),
            ("stringEquals", "linux", "$.imagebuilder.platform", False),
            ("stringEquals", "5", "$.parameters.count", True),
            ("stringEquals", 5, "$.parameters.text", True),
            ("stringEquals", "true", "$.parameters.yes", True),
            ("stringEquals", True, "$.parameters.yes", True),
            ("stringEquals", "True", "$.parameters.yes", False),
            ("booleanEquals", True, "$.parameters.yes", True),
            ("booleanEquals", False, "$.parameters.yes", False),
            ("booleanEquals", True, "$.imagebuilder.imageBuildNumber", False),
            ("booleanEquals", True, "$.parameters.word", False),
            ("numberEquals", 5, "$.parameters.count", True),
            ("numberEquals", 5.0, "$.parameters.count", True),
            ("numberEquals", 5, "$.parameters.text", True),
            ("numberEquals", 1, "$.parameters.yes", False),
            ("numberEquals", 5, "$.parameters.word", False),
            ("numberGreaterThan", 4, "$.parameters.count", True),
            ("numberGreaterThan", 5, "$.parameters.count", False),
            ("numberGreaterThanEquals", 5, "$.parameters.count", True),
            ("numberGreaterThanEquals", 6, "$.parameters.text", False),
            ("numberLessThan", 6, "$.parameters.count", True),
            ("numberLessThan", 5, "$.parameters.count", False),
            ("numberLessThanEquals", 5, "$.parameters.count", True),
            ("numberLessThanEquals", 4, "$.parameters.count", False),
            ("numberLessThan", 9, "$.parameters.word", False),
            ("numberGreaterThan", 0, "$.parameters.word", False),
            ("numberLessThan", 9, "$.parameters.list", False),
        ],
    )
    def test_the_value_is_compared_with_the_operand(self, operator, operand, reference, expected):
        assert holds({operator: operand, "value": reference}) is expected

    def test_both_sides_can_be_references_and_both_can_be_values(self):
        assert holds({"stringEquals": "$.parameters.count", "value": "$.parameters.text"})
        assert holds({"numberLessThan": 2, "value": 1})

    @pytest.mark.parametrize("member", ["stringEquals", "value"])
    def test_a_reference_without_value_is_an_error_of_the_run(self, member):
        condition = {"stringEquals": "a", "value": "a", member: "$.workflowOutputs.none"}

        with pytest.raises(UnresolvedReferenceError, match=r"workflowOutputs\.none"):
            holds(condition)


class TestLogic:
    TRUE, FALSE = (
        {"stringEquals": "Linux", "value": "$.imagebuilder.platform"},
        {"stringEquals": "Windows", "value": "$.imagebuilder.platform"},
    )

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ({"and": [TRUE, TRUE]}, True),
            ({"and": [TRUE, FALSE]}, False),
            ({"and": [TRUE]}, True),
            ({"or": [FALSE, TRUE]}, True),
            ({"or": [FALSE, FALSE]}, False),
            ({"not": FALSE}, True),
            ({"not": {"or": [FALSE, TRUE]}}, False),
            ({"and": [TRUE, {"not": {"and": [TRUE, FALSE]}}]}, True),
        ],
    )
    def test_and_or_and_not_join_conditions(self, condition, expected):
        assert holds(condition) is expected

    @pytest.mark.parametrize(
        ("condition", "expected"), [({"and": [FALSE]}, False), ({"or": [TRUE]}, True)]
    )
    def test_what_is_decided_asks_no_further(self, condition, expected):
        [operator] = condition
        unknown = {"stringEquals": "a", "value": "$.workflowOutputs.none"}

        assert holds({operator: [*condition[operator], unknown]}) is expected

    def test_all_references_are_found(self):
        condition = Node(
            {
                "and": [
                    {"not": {"stringEquals": "$.a.b", "value": "$.c.d"}},
                    {"or": [{"numberEquals": 1, "value": "$.e.f"}]},
                ]
            },
            [],
        )

        assert [found.value for found in references_of(condition)] == ["$.a.b", "$.c.d", "$.e.f"]


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("true", "A condition must be a mapping."),
        ({}, "A condition must have exactly one operator."),
        ({"value": 1}, "A condition must have exactly one operator."),
        (
            {"stringEquals": "a", "booleanEquals": True, "value": "b"},
            "A condition must have exactly one operator.",
        ),
        (
            {"fileExists": "a", "value": "b"},
            (
                "Unsupported condition 'fileExists'. Supported conditions are: and, or, not, "
                "booleanEquals, numberEquals, numberGreaterThan, numberGreaterThanEquals, "
                "numberLessThan, numberLessThanEquals, stringEquals."
            ),
        ),
        (
            {"stringEquals": "a"},
            "The condition stringEquals has no value; it requires a 'value'",
        ),
        (
            {"stringEquals": "a", "value": None},
            "The condition stringEquals has no value; it requires a 'value'",
        ),
        (
            {"stringEquals": None, "value": "a"},
            "The condition stringEquals must have a string.",
        ),
        ({"stringEquals": ["a"], "value": "a"}, "The condition stringEquals must have a string."),
        ({"booleanEquals": "true", "value": 1}, "The condition booleanEquals must have a boolean."),
        ({"numberEquals": "1", "value": 1}, "The condition numberEquals must have a number."),
        ({"numberLessThan": True, "value": 1}, "The condition numberLessThan must have a number."),
        ({"and": {}}, "The condition and must be a list."),
        ({"and": []}, "The condition and must not be empty."),
        ({"or": []}, "The condition or must not be empty."),
        ({"not": []}, "A condition must be a mapping."),
        ({"and": [1]}, "A condition must be a mapping."),
        (
            {"not": {"numberEquals": 1, "value": 1}, "value": 1},
            "The condition not does not support a 'value'.",
        ),
    ],
)
def test_a_condition_of_another_form_is_refused_with_the_steps_name(condition, sentence):
    assert step_refusal(**{"if": condition}) == sentence


def test_conditions_nest_ten_deep():
    def nested(levels):
        condition: object = {"stringEquals": "a", "value": "a"}
        for _ in range(levels - 1):
            condition = {"not": condition}
        return condition

    assert isinstance(holds(nested(10)), bool)
    assert step_refusal(**{"if": nested(11)}) == (
        "A condition must not be nested deeper than 10 levels."
    )
