"""Loops of a step. Source: user guide page toe-looping-constructs."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.components.loops import (
    DELIMITERS,
    DelimitedLoop,
    ForEachLoop,
    ForLoop,
)

from .builders import parsed_step, step_refusal


@pytest.mark.parametrize(
    ("value", "loop"),
    [
        pytest.param({"for": {"start": 1, "end": 9, "updateBy": 2}}, ForLoop(None, 1, 9, 2),
                     id="up"),
        pytest.param({"name": "Down", "for": {"start": 9, "end": -1, "updateBy": -3}},
                     ForLoop("Down", 9, -1, -3), id="down, with a name"),
        pytest.param({"for": {"start": 1, "end": 1, "updateBy": -1}}, ForLoop(None, 1, 1, -1),
                     id="once"),
        pytest.param({"forEach": ["a", 1, "{{ env:A }}"]},
                     ForEachLoop(None, ("a", "1", "{{ env:A }}")), id="each of a list"),
        pytest.param({"forEach": ["a", None]}, ForEachLoop(None, ("a", "")),
                     id="nothing as an empty text, as in Go"),
        pytest.param({"name": "Parts", "forEach": {"list": "a,b"}},
                     DelimitedLoop("Parts", "a,b", ","), id="parts between commas"),
    ],
)  # fmt: skip
def test_a_loop_goes_over_numbers_texts_or_parts_of_a_text(value, loop):
    assert parsed_step(loop=value).loop == loop


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_text_is_divided_at_one_of_nine_delimiters(delimiter):
    value = {"forEach": {"list": "a", "delimiter": delimiter}}

    assert parsed_step(loop=value).loop == DelimitedLoop(None, "a", delimiter)


def test_a_step_without_a_loop_has_none():
    assert parsed_step(loop=None).loop is None


ONE_OF = "The loop requires exactly one of 'for' and 'forEach'."
COUNT = {"start": 1, "end": 2, "updateBy": 1}
DELIMITER = r" of the loop's 'forEach'. Valid delimiters are . , ; : \n \t space - _."


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        pytest.param([], "The loop must be a mapping.", id="list"),
        pytest.param({"name": "a"}, ONE_OF, id="neither"),
        pytest.param({"for": COUNT, "forEach": ["a"]}, ONE_OF, id="both"),
        pytest.param({"foreach": ["a"]}, "The loop has an unknown member 'foreach'.",
                     id="unknown member"),
        pytest.param({"name": ["a"], "for": COUNT}, "The name of the loop must be a string.",
                     id="list for a name"),
        pytest.param({"for": [1, 2]}, "The loop's 'for' must be a mapping.", id="for of a list"),
        pytest.param({"for": {"start": 1, "end": 2}},
                     "The loop's 'for' has no updateBy; it requires an 'updateBy'", id="no step"),
        pytest.param({"for": {**COUNT, "end": "{{ env:A }}"}},
                     "The end of the loop's 'for' must be an integer.", id="end by reference"),
        pytest.param({"for": {**COUNT, "step": 1}},
                     "The loop's 'for' has an unknown member 'step'.", id="unknown member of for"),
        pytest.param({"for": {**COUNT, "updateBy": 0}},
                     "The loop's 'for' results in an infinite loop: start 1, end 2, updateBy 0.",
                     id="step of zero"),
        pytest.param({"for": {**COUNT, "updateBy": -1}},
                     "The loop's 'for' results in an infinite loop: start 1, end 2, updateBy -1.",
                     id="away from the end"),
        pytest.param({"forEach": []}, "The loop has no forEach; it requires a 'forEach'",
                     id="empty list"),
        pytest.param({"forEach": "a,b"}, "The loop's 'forEach' must be a list.", id="text"),
        pytest.param({"forEach": [["a"]]},
                     "Every item of the loop's 'forEach' must be a string.", id="list of lists"),
        pytest.param({"forEach": {"delimiter": ","}},
                     "The loop's 'forEach' has no list; it requires a 'list'", id="no list"),
        pytest.param({"forEach": {"list": ["a"]}},
                     "The list of the loop's 'forEach' must be a string.", id="list of a list"),
        pytest.param({"forEach": {"list": "a", "delimiter": "|"}},
                     f"Invalid delimiter '|'{DELIMITER}", id="unknown delimiter"),
        pytest.param({"forEach": {"list": "a", "delimiter": ", "}},
                     f"Invalid delimiter ', '{DELIMITER}", id="two delimiters"),
    ],
)  # fmt: skip
def test_another_loop_is_refused(value, detail):
    assert step_refusal(loop=value) == detail
