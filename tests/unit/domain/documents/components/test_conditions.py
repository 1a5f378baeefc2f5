"""Conditions of ``if`` and ``Assert``.

Sources, all of the user guide: toe-conditional-constructs, toe-comparison-operators,
toe-logical-operators.
"""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.components.conditions import (
    COMPARISONS,
    Comparison,
    Condition,
)
from imagebuilder_mock.domain.documents.conditions import Logical

from .builders import parsed_step, step_refusal

FILE = {"fileExists": "/etc/hosts"}
FILE_EXISTS = Comparison("fileExists", "/etc/hosts", None)


def condition(value: object) -> Condition | None:
    return parsed_step(**{"if": value}).condition


@pytest.mark.parametrize("operator", COMPARISONS)
def test_an_operator_compares_with_the_member_beside_it(operator):
    beside = COMPARISONS[operator].beside
    baseline = 2.0 if operator.startswith("number") else "a"

    value = {operator: baseline} | ({beside: "{{ env:A }}"} if beside else {})

    expected = Comparison(operator, baseline, "{{ env:A }}" if beside else None)
    assert condition(value) == Condition(expected, then="Execute", otherwise="Skip")


@pytest.mark.parametrize(
    "operator", sorted(name for name, row in COMPARISONS.items() if row.beside)
)
def test_an_operator_misses_the_member_beside_it(operator):
    beside = COMPARISONS[operator].beside

    assert (
        step_refusal(**{"if": {operator: 1}})
        == f"Operator '{operator}' has no {beside}; it requires a '{beside}'"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(
            {"and": [FILE, {"not": {"binaryExists": "unzip"}}]},
            Logical(
                "and", (FILE_EXISTS, Logical("not", (Comparison("binaryExists", "unzip", None),)))
            ),
            id="and with not",
        ),
        pytest.param({"or": [FILE, FILE]}, Logical("or", (FILE_EXISTS, FILE_EXISTS)), id="or"),
        pytest.param({"not": [FILE]}, Logical("not", (FILE_EXISTS,)), id="not of a list of one"),
        pytest.param({"stringIsEmpty": ""}, Comparison("stringIsEmpty", "", None), id="empty text"),
        pytest.param(
            {"stringEquals": "", "value": ""}, Comparison("stringEquals", "", ""), id="empty texts"
        ),
        pytest.param(
            {"stringEquals": 1.5, "value": 1}, Comparison("stringEquals", 1.5, 1), id="scalars"
        ),
    ],
)
def test_an_expression_is_a_comparison_or_logical(value, expected):
    assert condition(value) == Condition(expected)


@pytest.mark.parametrize(
    "number", [0, -1, 1.5, "1", "-1.5", "+2", "1.10", ".5", "1e3", "{{ env:A }}"]
)
def test_a_number_may_be_a_text_or_a_reference(number):
    comparison = Comparison("numberEquals", number, 1)

    assert condition({"numberEquals": number, "value": 1}) == Condition(comparison)


@pytest.mark.parametrize("then", ["Abort", "Execute", "Skip"])
@pytest.mark.parametrize("otherwise", ["Abort", "Execute", "Skip"])
def test_then_and_else_say_what_becomes_of_the_step(then, otherwise):
    value = {**FILE, "then": then, "else": otherwise}

    assert condition(value) == Condition(FILE_EXISTS, then, otherwise)


def nested(levels: int) -> dict[str, object]:
    expression: dict[str, object] = FILE  # type: ignore[assignment]  # of strings, so far
    for _ in range(levels):
        expression = {"not": expression}
    return expression


def test_logical_operators_nest_four_deep():
    assert condition(nested(4)) is not None
    assert (
        step_refusal(**{"if": nested(5)})
        == "Logical operators must not be nested more than 4 levels deep."
    )


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        pytest.param("true", "The 'if' condition must be a mapping.", id="string"),
        pytest.param({}, "A condition must have exactly one operator; found none.", id="nothing"),
        pytest.param({"then": "Skip"}, "A condition must have exactly one operator; found none.",
                     id="no operator"),
        pytest.param({**FILE, "binaryExists": "a"},
                     "A condition must have exactly one operator; found 'fileExists', "
                     "'binaryExists'.", id="two operators"),
        pytest.param({"stringContains": "a"},
                     "The 'if' condition has an unknown member 'stringContains'.",
                     id="unknown operator"),
        pytest.param({"and": [{**FILE, "then": "Skip"}]},
                     "A condition has an unknown member 'then'.", id="then inside"),
        pytest.param({"and": ["a"]}, "A condition must be a mapping.", id="string inside"),
        pytest.param({"and": FILE}, "Operator 'and' must be a list.", id="and of a mapping"),
        pytest.param({"or": []}, "A condition has no or; it requires an 'or'", id="or of nothing"),
        pytest.param({"and": [FILE], "value": "a"}, "Operator 'and' has an unknown member 'value'.",
                     id="and with a value"),
        pytest.param({**FILE, "value": "a"}, "Operator 'fileExists' has an unknown member 'value'.",
                     id="file with a value"),
        pytest.param({"fileMD5Equals": "a", "value": "b"},
                     "Operator 'fileMD5Equals' has an unknown member 'value'.",
                     id="hash of a value"),
        pytest.param({"not": [FILE, FILE]}, "Operator 'not' must have exactly one condition.",
                     id="not of two"),
        pytest.param({"fileExists": ["a"]}, "Operator 'fileExists' must be a string.",
                     id="list of files"),
        pytest.param({"stringEquals": "a", "value": ["a"]},
                     "The value of operator 'stringEquals' must be a string.", id="list of values"),
        pytest.param({"numberEquals": "a10", "value": 1},
                     "Operator 'numberEquals' must have a number; found 'a10'.", id="no number"),
        pytest.param({"numberEquals": True, "value": 1},
                     "Operator 'numberEquals' must have a number; found 'True'.", id="boolean"),
        pytest.param({**FILE, "then": "skip"},
                     "Invalid value 'skip' for 'then'. Valid values are: Abort, Execute, Skip.",
                     id="then in lower case"),
        pytest.param({**FILE, "else": True},
                     "Invalid value 'True' for 'else'. Valid values are: Abort, Execute, Skip.",
                     id="else of a boolean"),
    ],
)  # fmt: skip
def test_another_condition_is_refused(value, detail):
    assert step_refusal(**{"if": value}) == detail


@pytest.mark.parametrize(
    ("inputs", "detail"),
    [
        pytest.param({**FILE, "then": "Skip"}, "A condition has an unknown member 'then'.",
                     id="then"),
        pytest.param({"value": "a"}, "A condition must have exactly one operator; found none.",
                     id="no operator"),
    ],
)  # fmt: skip
def test_assert_takes_an_expression_alone(inputs, detail):
    assert step_refusal(action="Assert", inputs=inputs) == detail
