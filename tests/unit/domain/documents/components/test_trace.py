"""What a component would run: loops unrolled, values filled in, conditions decided.

Sources, all of the user guide: toe-use-documents, toe-looping-constructs,
toe-conditional-constructs, toe-comparison-operators.
"""

from __future__ import annotations

import pytest

from imagebuilder_mock.catalogue.records import managed_components
from imagebuilder_mock.domain.documents.components.trace import (
    MAX_ITERATIONS,
    document_of,
    trace,
)
from imagebuilder_mock.domain.documents.components.variables import filled

from .builders import a_phase, a_step, parsed

PARAMETERS = [
    {"Where": {"type": "string", "default": "/srv"}},
    {"Who": {"type": "string"}},
]
CONSTANTS = [{"Fixed": {"type": "string", "value": "always"}}]


def traced(*steps, phase="build", given=None, **members):
    return list(trace(parsed(*steps, **members), phase, given or {}))


def inputs(*steps, **params):
    return [step.inputs for step in traced(*steps, **params)]


def a_command(command, **members):
    return a_step(inputs={"commands": [command]}, **members)


def commands(*steps, **params):
    return [step.inputs[0]["commands"][0] for step in traced(*steps, **params)]


class TestPhases:
    def test_the_steps_of_one_phase_are_traced_in_their_order(self):
        phases = [
            a_phase(a_command("one", name="First"), a_command("two", name="Second")),
            a_phase(a_command("three", name="Third"), name="validate"),
        ]

        assert commands(phases=phases) == ["one", "two"]
        assert commands(phases=phases, phase="validate") == ["three"]
        assert commands(phases=phases, phase="test") == []

    def test_a_step_says_what_it_is(self):
        [step] = traced(a_command("one"))

        assert (step.phase, step.step.name, step.step.action) == ("build", "Only", "ExecuteBash")
        assert (step.decision, step.round) == ("Execute", None)

    @pytest.mark.parametrize(
        "component", managed_components(), ids=lambda component: component.slug
    )
    def test_the_managed_components_can_be_traced(self, component):
        document = document_of(component.document())

        phases = [phase.name for phase in document.phases]
        assert any(list(trace(document, phase, {})) for phase in phases)


class TestValues:
    def test_parameters_and_constants_are_filled_in(self):
        text = "{{ Where }} {{Who}} {{ Fixed }}"
        document = {"parameters": PARAMETERS, "constants": CONSTANTS}

        assert commands(a_command(text), **document) == ["/srv  always"]
        assert commands(a_command(text), given={"Who": "me", "Where": "/opt"}, **document) == [
            "/opt me always"
        ]

    def test_what_only_the_instance_knows_stays_as_it_is_written(self):
        text = "{{ build.First.outputs.stdout }} {{ build.First.inputs[0].source }} {{ .ID }}"
        phases = [a_phase(a_command("x", name="First"), a_command(text))]

        assert commands(phases=phases)[1] == text

    def test_values_are_filled_in_however_deep(self):
        value = {"a": ["{{ x }}", {"b": "{{ x }}"}, ("{{ x }}", 7)], "c": None}
        assert filled(["x", None], {}) == ["x", ""]

        assert filled(value, {"x": "y"}) == {"a": ["y", {"b": "y"}, ["y", 7]], "c": None}
        assert filled(["x", None], {}) == ["x", ""]


class TestLoops:
    @pytest.mark.parametrize(
        ("loop", "expected"),
        [
            ({"for": {"start": 1, "end": 3, "updateBy": 1}}, ["1:1", "2:2", "3:3"]),
            ({"for": {"start": 0, "end": 5, "updateBy": 2}}, ["0:0", "2:2", "4:4"]),
            ({"for": {"start": 3, "end": 1, "updateBy": -1}}, ["3:3", "2:2", "1:1"]),
            ({"for": {"start": 5, "end": 0, "updateBy": -2}}, ["5:5", "3:3", "1:1"]),
            ({"for": {"start": 2, "end": 2, "updateBy": 1}}, ["2:2"]),
            ({"forEach": ["a", "b"]}, ["0:a", "1:b"]),
            ({"forEach": {"list": "a,b", "delimiter": ","}}, ["0:a", "1:b"]),
            ({"forEach": {"list": "a b;c", "delimiter": ";"}}, ["0:a b", "1:c"]),
        ],
    )
    def test_each_round_is_a_step(self, loop, expected):
        step = a_command("{{ loop.index }}:{{ loop.value }}", loop=loop)

        assert commands(step) == expected
        assert [round_.round for round_ in traced(step)] == list(range(len(expected)))

    def test_a_loop_has_its_own_name_too(self):
        step = a_command(
            "{{ loop.value }} {{ numbers.value }} {{ numbers.index }}",
            loop={"name": "numbers", "forEach": ["a"]},
        )

        assert commands(step) == ["a a 0"]

    def test_the_values_of_a_loop_can_be_parameters(self):
        parameters = [{"List": {"type": "string", "default": "a,b"}}]
        delimited = a_command(
            "{{ loop.value }}", loop={"forEach": {"list": "{{ List }}", "delimiter": ","}}
        )
        listed = a_command("{{ loop.value }}", loop={"forEach": ["{{ List }}", "c"]})

        assert commands(delimited, parameters=parameters) == ["a", "b"]
        assert commands(listed, parameters=parameters) == ["a,b", "c"]

    def test_of_a_very_long_loop_the_beginning_is_shown(self):
        step = a_command("x", loop={"for": {"start": 1, "end": 10**9, "updateBy": 1}})

        assert len(traced(step)) == MAX_ITERATIONS == 1000

    def test_a_condition_is_decided_in_each_round(self):
        step = a_command(
            "x",
            loop={"forEach": ["a", "b"]},
            **{"if": {"stringEquals": "b", "value": "{{ loop.value }}", "else": "Abort"}},
        )

        assert [round_.decision for round_ in traced(step)] == ["Abort", "Execute"]


def decision(condition, **params):
    [step] = traced(a_command("x", **{"if": condition}), **params)
    return step.decision


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ({"stringEquals": "a", "value": "a"}, True),
            ({"stringEquals": "a", "value": "b"}, False),
            ({"stringEquals": True, "value": "true"}, True),
            ({"stringEquals": "0", "value": 0}, True),
            ({"stringLessThan": "b", "value": "a"}, True),
            ({"stringLessThan": "a", "value": "a"}, False),
            ({"stringLessThanEquals": "a", "value": "a"}, True),
            ({"stringGreaterThan": "a", "value": "b"}, True),
            ({"stringGreaterThan": "b", "value": "a"}, False),
            ({"stringGreaterThanEquals": "a", "value": "a"}, True),
            ({"stringIsEmpty": ""}, True),
            ({"stringIsEmpty": "a"}, False),
            ({"stringIsWhitespace": " \t"}, True),
            ({"stringIsWhitespace": "a"}, False),
            ({"patternMatches": "a*", "value": "abc"}, True),
            ({"patternMatches": "a*", "value": "bc"}, False),
            ({"numberEquals": 5, "value": 5}, True),
            ({"numberEquals": 5, "value": "5.0"}, True),
            ({"numberEquals": 5, "value": "five"}, False),
            ({"numberLessThan": 5, "value": 4}, True),
            ({"numberLessThanEquals": 5, "value": 5}, True),
            ({"numberGreaterThan": 5, "value": 10}, True),
            ({"numberGreaterThan": 5, "value": 5}, False),
            ({"numberGreaterThanEquals": 5, "value": 5}, True),
        ],
    )
    def test_a_comparison_of_known_values_is_decided(self, condition, expected):
        assert decision(condition) == ("Execute" if expected else "Skip")
        assert decision({"not": condition}) == ("Skip" if expected else "Execute")
        assert decision({**condition, "then": "Abort", "else": "Execute"}) == (
            "Abort" if expected else "Execute"
        )

    def test_a_comparison_can_have_parameters(self):
        condition = {"stringEquals": "{{ Where }}", "value": "/opt"}

        assert decision(condition, parameters=PARAMETERS) == "Skip"
        assert decision(condition, parameters=PARAMETERS, given={"Where": "/opt"}) == "Execute"

    @pytest.mark.parametrize(
        "condition",
        [
            {"fileExists": "/etc/hosts"},
            {"binaryExists": "git"},
            {"stringEquals": "a", "value": "{{ build.First.outputs.stdout }}"},
            {"stringEquals": "{{ build.First.outputs.stdout }}", "value": "a"},
            {"stringEquals": "a", "value": "{{ build.First.inputs[0].source }}"},
        ],
    )
    def test_what_only_the_instance_knows_lets_the_step_run(self, condition):
        def decided(condition):
            phases = [a_phase(a_command("x", name="First"), a_command("y", **{"if": condition}))]
            return traced(phases=phases)[1].decision

        assert decided({**condition, "then": "Abort", "else": "Abort"}) == "Execute"
        assert decided({"not": condition}) == "Execute"

    TRUE, FALSE, OPEN = (
        {"stringIsEmpty": ""},
        {"stringIsEmpty": "a"},
        {"fileExists": "/etc/hosts"},
    )

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ({"and": [TRUE, TRUE]}, "Abort"),
            ({"and": [TRUE, FALSE]}, "Skip"),
            ({"and": [OPEN, FALSE]}, "Skip"),
            ({"and": [OPEN, TRUE]}, "Execute"),
            ({"or": [FALSE, TRUE]}, "Abort"),
            ({"or": [FALSE, FALSE]}, "Skip"),
            ({"or": [OPEN, TRUE]}, "Abort"),
            ({"or": [OPEN, FALSE]}, "Execute"),
            ({"not": {"or": [FALSE, FALSE]}}, "Abort"),
        ],
    )
    def test_a_part_can_decide_the_whole(self, condition, expected):
        assert decision({**condition, "then": "Abort", "else": "Skip"}) == expected


class TestErrors:
    """What fails whatever the instance has on it."""

    def errors(self, *steps, **params):
        return [step.error for step in traced(*steps, **params)]

    def an_assertion(self, **condition):
        return a_step(action="Assert", inputs=condition)

    def test_an_assertion_about_values_holds_or_not(self):
        steps = [
            self.an_assertion(stringEquals="/srv", value="{{ Where }}"),
            {**self.an_assertion(stringEquals="/opt", value="{{ Where }}"), "name": "Other"},
        ]

        errors = self.errors(*steps, parameters=PARAMETERS, given={"Who": "me"})

        assert errors == [None, "The assertion does not hold."]

    def test_an_assertion_about_the_instance_is_taken_to_hold(self):
        assert self.errors(self.an_assertion(fileExists="/etc/nginx")) == [None]

    def test_a_test_knows_nothing_of_the_build(self):
        """User guide, toe-use-documents: Image Builder runs each stage by itself."""
        reference = "build.Only.outputs.stdout"
        phases = [
            a_phase(a_command("one")),
            a_phase(a_command(f"echo {{{{ {reference} }}}}"), name="validate"),
            a_phase(a_command(f"echo {{{{ {reference} }}}}"), name="test"),
        ]

        assert self.errors(phases=phases, phase="validate") == [None]
        assert self.errors(phases=phases, phase="test") == [
            f"The reference '{reference}' could not be resolved."
        ]

    def test_a_step_that_is_skipped_has_none(self):
        step = self.an_assertion(stringEquals="a", value="b")
        step["if"] = {"stringEquals": "a", "value": "b"}

        assert self.errors(step) == [None]
