"""Dynamic variables in a run. Source: user guide, wfdoc-dynamic-vars."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.workflows.variables import (
    UnresolvedReferenceError,
    as_text,
    is_reference,
    look_up,
    resolve,
)

VARIABLES = {
    "stepOutputs": {
        "Launch": {"instanceId": "i-1"},
        "Run": {"output": ["one", ["two", "three"]], "status": "Success"},
    },
    "imagebuilder": {"imageBuildNumber": 1, "securityGroups": ["sg-1"], "yes": True},
}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("$.stepOutputs.Launch.instanceId", "i-1"),
        ("$.stepOutputs.Launch", {"instanceId": "i-1"}),
        ("$.stepOutputs.Run.output[0]", "one"),
        ("$.stepOutputs.Run.output[1][1]", "three"),
        ("$.imagebuilder.imageBuildNumber", 1),
        ("$.imagebuilder.securityGroups", ["sg-1"]),
    ],
)
def test_a_reference_leads_to_a_value_of_any_type(reference, expected):
    assert look_up(reference, VARIABLES) == expected
    assert resolve({"a.$": reference}, VARIABLES) == {"a": expected}


@pytest.mark.parametrize(
    "reference",
    [
        "$.stepOutputs.None.instanceId",
        "$.stepOutputs.Launch.instanceId.more",
        "$.stepOutputs.Launch[0]",
        "$.stepOutputs.Run.output[2]",
        "$.workflowOutputs.x",
    ],
)
def test_a_reference_that_leads_nowhere_is_named(reference):
    with pytest.raises(UnresolvedReferenceError) as caught:
        look_up(reference, VARIABLES)
    assert str(caught.value) == reference


def test_a_value_is_resolved_however_deep_it_is():
    value = {
        "parameters": {
            "commands": ["echo {{ $.stepOutputs.Launch.instanceId }}", 7],
            "more.$": ["$.stepOutputs.Launch.instanceId", "$.imagebuilder.yes"],
            "odd.$": {"plain": 1},
            "text.$": "{{ $.stepOutputs.Launch.instanceId }}!",
        },
        "instanceId.$": "$.stepOutputs.Launch.instanceId",
        "literal": "$.stepOutputs.Launch.instanceId",
    }

    assert resolve(value, VARIABLES) == {
        "parameters": {
            "commands": ["echo i-1", 7],
            "more": ["i-1", True],
            "odd": {"plain": 1},
            "text": "i-1!",
        },
        "instanceId": "i-1",
        "literal": "$.stepOutputs.Launch.instanceId",
    }


def test_a_value_inside_a_text_is_written_as_json_writes_it():
    text = "{{$.imagebuilder.imageBuildNumber}} {{ $.imagebuilder.securityGroups }}"
    text += " {{ $.imagebuilder.yes }} {{ name }}"

    assert resolve(text, VARIABLES) == '1 ["sg-1"] true {{ name }}'
    assert as_text("x") == "x"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("$.a", True), ("$a", False), ("a$.b", False), (1, False), (None, False)],
)
def test_a_reference_begins_with_the_root(value, expected):
    assert is_reference(value) is expected
