"""Workflow documents as a whole.

Source: user guide, image-workflow-create-document. What a step's action takes is in
test_workflow_actions.py.
"""

from __future__ import annotations

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.catalogue.records import managed_workflows
from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.workflows.actions import (
    FOR_AMIS,
    FOR_CONTAINERS,
    STEP_ACTIONS,
)
from imagebuilder_mock.domain.documents.workflows.document import (
    WorkflowDocument,
    WorkflowOutput,
    WorkflowStep,
    parse_workflow_document,
)
from imagebuilder_mock.domain.documents.workflows.system_variables import SYSTEM_VARIABLES
from imagebuilder_mock.domain.documents.yaml_loading import load_document
from tests.model_inputs import MANY

from .builders import (
    INSTANCE,
    LAUNCH,
    a_document,
    a_step,
    parsed,
    parsed_step,
    refusal,
    step_refusal,
)

GUIDE = """\
---
name: sample-test-image
description: Workflow for a sample image.
schemaVersion: 1.0

parameters:
  - name: waitForActionAtEnd
    type: boolean
    default: true
    description: "Wait for an external action at the end of the workflow"

steps:
  - name: LaunchTestInstance
    action: LaunchInstance
    onFailure: Abort
    inputs:
      waitFor: "ssmAgent"

  - name: ApplyTestComponents
    action: ExecuteComponents
    onFailure: Abort
    inputs:
      instanceId.$: "$.stepOutputs.LaunchTestInstance.instanceId"

  - name: TerminateTestInstance
    action: TerminateInstance
    onFailure: Continue
    inputs:
      instanceId.$: "$.stepOutputs.LaunchTestInstance.instanceId"

  - name: WaitForActionAtEnd
    action: WaitForAction
    if:
      booleanEquals: true
      value: "$.parameters.waitForActionAtEnd"

outputs:
  - name: 'testedBy'
    value: '$.stepOutputs.LaunchTestInstance.instanceId'
"""


class TestDocument:
    def test_a_document_in_the_manner_of_the_guides_samples_is_taken(self):
        document = parse_workflow_document(GUIDE, "TEST")

        assert document.name == "sample-test-image"
        assert document.description == "Workflow for a sample image."
        assert [parameter.name for parameter in document.parameters] == ["waitForActionAtEnd"]
        assert [step.action for step in document.steps] == [
            "LaunchInstance",
            "ExecuteComponents",
            "TerminateInstance",
            "WaitForAction",
        ]
        assert [step.on_failure for step in document.steps] == [
            "Abort",
            "Abort",
            "Continue",
            "Abort",
        ]
        assert document.outputs == (
            WorkflowOutput("testedBy", "$.stepOutputs.LaunchTestInstance.instanceId"),
        )

    @pytest.mark.parametrize(
        "workflow",
        [workflow for workflow in managed_workflows() if workflow.name.startswith("express-")],
        ids=lambda workflow: workflow.name,
    )
    def test_the_express_workflows_do_not_wait_for_status_checks(self, workflow):
        """User guide, manage-image-workflows, which has no inventory and no findings in them."""
        document = parse_workflow_document(workflow.document(), workflow.type)

        assert document.steps[0].inputs == {"waitFor": "ssmAgent", "healthCheck": "RUNNING"}
        actions = {step.action for step in document.steps}
        assert not actions & {"CollectImageMetadata", "CollectImageScanFindings"}
        assert ("container" in workflow.name) == ("BootstrapInstanceForContainer" in actions)

    @pytest.mark.parametrize("workflow", managed_workflows(), ids=lambda workflow: workflow.name)
    def test_the_managed_workflows_are_documents_of_their_type(self, workflow):
        document = parse_workflow_document(workflow.document(), workflow.type)

        assert document.name == workflow.name
        assert document.parameters == ()

    def test_json_is_taken_too(self):
        assert parsed().steps == (
            WorkflowStep(name="Only", action="WaitForAction", timeout_seconds=259_200),
        )

    @pytest.mark.parametrize("version", ["1.0", "1", 1.0, 1])
    def test_the_schema_version_is_one(self, version):
        assert parsed(schemaVersion=version) == parsed()

    @pytest.mark.parametrize("version", ["1.1", 2, None, True, [1.0], "1.00"])
    def test_no_other_schema_version_is_taken(self, version):
        sentence = "Invalid schema version. Supported versions include: 1.0."

        assert refusal(a_document(schemaVersion=version)) == sentence

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("", "The document must be a mapping."),
            ("[]", "The document must be a mapping."),
            ("steps", "The document must be a mapping."),
            ("schemaVersion: 1.0\n", "The document has no steps; it requires a 'steps'"),
            ("schemaVersion: 1.0\nsteps: []", "The document has no steps; it requires a 'steps'"),
            ("schemaVersion: 1.0\nsteps: {}", "The document has no steps; it requires a 'steps'"),
            ("schemaVersion: 1.0\nsteps: x", "The document's 'steps' must be a list."),
            ("schemaVersion: 1.0\nsteps: [x]", "Every step must be a mapping."),
            ("schemaVersion: 1.0\nsteps: [{}]", "A step has no name; it requires a 'name'"),
            ("phases: []", "The document has an unknown member 'phases'."),
            ("1: 2", "The document has an unknown member '1'."),
        ],
    )
    def test_a_document_of_another_form_is_refused(self, text, sentence):
        assert refusal(text) == sentence

    @pytest.mark.parametrize("member", ["name", "description"])
    def test_texts_are_texts(self, member):
        assert refusal(a_document(**{member: []})) == (
            f"The {member} of the document must be a string."
        )

    def test_a_member_without_value_is_not_there(self):
        document = parsed(name=None, description=None, parameters=None, outputs=None)

        assert (document.name, document.description) == (None, None)
        assert (document.parameters, document.outputs) == ((), ())

    def test_what_yaml_itself_refuses_is_refused_in_the_same_way(self):
        assert refusal("a: b: c").startswith("Parsing the document failed. Error: ")


class TestSteps:
    def test_the_defaults_are_filled_in(self):
        assert parsed_step() == WorkflowStep(
            name="Only",
            action="WaitForAction",
            description=None,
            inputs=None,
            on_failure="Abort",
            rollback_enabled=True,
            timeout_seconds=3 * 24 * 3600,
            wait_seconds=0,
            condition=None,
            max_attempts=1,
        )

    def test_all_members_are_read(self):
        step = parsed_step(
            description="asks",
            inputs={"payload": "{}"},
            onFailure="Continue",
            rollbackEnabled=False,
            timeoutSeconds=60,
            waitSeconds=59,
            retry={"maxAttempts": 3},
            **{"if": {"stringEquals": "Linux", "value": "$.imagebuilder.platform"}},
        )

        assert (step.description, step.inputs) == ("asks", {"payload": "{}"})
        assert (step.on_failure, step.rollback_enabled) == ("Continue", False)
        assert (step.timeout_seconds, step.wait_seconds, step.max_attempts) == (60, 59, 3)
        assert step.condition is not None
        assert step.condition.holds({"imagebuilder": {"platform": "Linux"}})

    @pytest.mark.parametrize("name", ["abc", "A_b", "Step-1", "a" * 100])
    def test_a_name_has_letters_digits_hyphens_and_underscores(self, name):
        assert parsed_step(name=name).name == name

    @pytest.mark.parametrize("name", ["ab", "1st", "_ab", "a b c", "a.b", "äöü", "a" * 101, "", 12])
    def test_any_other_name_is_refused(self, name):
        assert refusal(a_document(a_step(name))) == (
            f"Invalid step name '{name}'. A name must begin with a letter, have between 3 and 100 "
            "characters, and allowed characters are combinations of numbers [0-9], english "
            "letters [a-z,A-Z] and special characters [-_]."
        )

    def test_a_name_is_a_text(self):
        assert refusal(a_document(a_step(["a"]))) == "The step name '['a']' must be a string."

    def test_a_name_is_given_once(self):
        assert refusal(a_document(a_step(), a_step())) == (
            "Duplicate step name 'Only'. Names must be unique."
        )

    @pytest.mark.parametrize(
        ("members", "sentence"),
        [
            ({"loop": {}}, "The step has an unknown member 'loop'."),
            ({"action": None}, "The step has no action; it requires an 'action'"),
            ({"action": ["a"]}, "The action of the step must be a string."),
            (
                {"action": "Sleep"},
                f"Unsupported action 'Sleep'. Supported actions are: {', '.join(STEP_ACTIONS)}.",
            ),
            (
                {"onFailure": "Retry"},
                "Invalid onFailure 'Retry'. Valid values are: Abort, Continue.",
            ),
            ({"onFailure": {}}, "The onFailure of the step must be a string."),
            (
                {"description": ""},
                "The description of the step must have between 1 and 1024 characters.",
            ),
            (
                {"description": "a" * 1025},
                "The description of the step must have between 1 and 1024 characters.",
            ),
            ({"description": []}, "The description of the step must be a string."),
            (
                {"rollbackEnabled": "no"},
                "The rollbackEnabled of the step must be a boolean or a reference.",
            ),
            (
                {"rollbackEnabled": 1},
                "The rollbackEnabled of the step must be a boolean or a reference.",
            ),
            (
                {"rollbackEnabled": "$.parameters.keep"},
                "The reference '$.parameters.keep' does not refer to a known variable.",
            ),
            ({"timeoutSeconds": "60"}, "The timeoutSeconds of the step must be an integer."),
            ({"timeoutSeconds": True}, "The timeoutSeconds of the step must be an integer."),
            (
                {"timeoutSeconds": 0},
                (
                    "Invalid timeoutSeconds 0. For action WaitForAction it must be between 1 and "
                    "604800."
                ),
            ),
            ({"waitSeconds": 1.5}, "The waitSeconds of the step must be an integer."),
            (
                {"waitSeconds": -1},
                (
                    "Invalid waitSeconds -1. It must be at least 0, and less than the "
                    "timeoutSeconds, 259200."
                ),
            ),
            (
                {"timeoutSeconds": 60, "waitSeconds": 60},
                (
                    "Invalid waitSeconds 60. It must be at least 0, and less than the "
                    "timeoutSeconds, 60."
                ),
            ),
            ({"retry": 3}, "The retry of the step must be a mapping."),
            ({"retry": {"maxAttempts": "3"}}, "The maxAttempts of the retry must be an integer."),
            (
                {"retry": {"maxAttempts": 0}},
                "Invalid maxAttempts 0. It must be between 1 and 10.",
            ),
            (
                {"retry": {"maxAttempts": 11}},
                "Invalid maxAttempts 11. It must be between 1 and 10.",
            ),
            ({"if": []}, "A condition must be a mapping."),
        ],
    )
    def test_what_is_wrong_is_said_after_the_steps_name(self, members, sentence):
        assert step_refusal(**members) == sentence

    def test_what_is_not_known_of_a_retry_is_left_alone(self):
        """Its members are not documented; the API shows the number of attempts."""
        assert parsed_step(retry={"intervalSeconds": 5}).max_attempts == 1

    def test_a_rollback_can_depend_on_a_parameter(self):
        step = parsed(
            a_step(rollbackEnabled="$.parameters.undo"),
            parameters=[{"name": "undo", "type": "boolean", "default": False}],
        ).steps[0]

        assert step.rollback_enabled == "$.parameters.undo"


class TestReferences:
    @pytest.mark.parametrize("variable", sorted(SYSTEM_VARIABLES))
    def test_a_step_can_refer_to_the_system_variables(self, variable):
        inputs = {"payload.$": f"$.imagebuilder.{variable}"}

        assert parsed_step(inputs=inputs).inputs == inputs

    @pytest.mark.parametrize(
        "reference",
        [
            "$.parameters.unknown",
            "$.parameters",
            "$.stepOutputs.Launch",
            "$.stepOutputs.Only.reason",
            "$.stepOutputs.Later.reason",
            "$.imagebuilder.unknown",
            "$.imagebuilder",
            "$.workflowOutputs",
            "$.elsewhere.x",
        ],
    )
    def test_a_reference_means_something_that_is_there_by_then(self, reference):
        sentence = f"The reference '{reference}' does not refer to a known variable."
        later = a_step("Later")
        members = {
            "inputs": {"payload.$": reference},
            "if": {"stringEquals": "a", "value": reference},
            "rollbackEnabled": reference,
        }

        for member, value in members.items():
            text = a_document(LAUNCH, a_step(**{member: value}), later)
            assert refusal(text) == f"Parsing step 'Only' failed. Error: {sentence}"
        text = a_document(LAUNCH, a_step(inputs={"payload": f"id: {{{{ {reference} }}}}"}), later)
        assert refusal(text) == f"Parsing step 'Only' failed. Error: {sentence}"

    def test_both_sides_of_a_condition_can_be_references(self):
        assert (
            step_refusal(
                **{"if": {"not": {"numberEquals": "$.parameters.a", "value": "$.parameters.b"}}}
            )
            == "The reference '$.parameters.a' does not refer to a known variable."
        )

    @pytest.mark.parametrize("reference", ["$.", "$.a b", "$.a..b", "$.a[x]", "$.a.$", "$.a[0]b"])
    def test_a_reference_has_nodes(self, reference):
        assert step_refusal(inputs={"payload.$": reference}) == f"Invalid reference '{reference}'."

    def test_a_key_with_the_mark_of_a_reference_may_have_a_literal(self):
        """Two examples of the user guide have one; aws-samples have text with references in it."""
        inputs: dict[str, object] = {
            "instanceId.$": "i-1234567890abcdef0",
            "documentName.$": "AWS-{{ $.imagebuilder.platform }}",
            "parameters": {"prefix.$": ["$.imagebuilder.imageName", "a"], "other.$": 1},
        }

        assert parsed_step(action="RunCommand", inputs=inputs).inputs == inputs

    def test_the_references_in_a_text_under_such_a_key_are_checked(self):
        assert step_refusal(inputs={"payload.$": "{{ $.imagebuilder.x }}?"}) == (
            "The reference '$.imagebuilder.x' does not refer to a known variable."
        )

    def test_the_lists_of_references_of_a_deeper_key_are_checked_one_by_one(self):
        step = a_step(
            action="RunCommand",
            inputs={
                "instanceId": "i-1",
                "documentName": "AWS-RunShellScript",
                "parameters": {"commands.$": ["$.imagebuilder.platform", "$.imagebuilder.x"]},
            },
        )

        assert refusal(a_document(step)) == (
            "Parsing step 'Only' failed. Error: The reference '$.imagebuilder.x' does not refer to "
            "a known variable."
        )

    def test_outputs_of_earlier_workflows_are_known_at_the_run_only(self):
        inputs = {"payload.$": "$.workflowOutputs.anything"}

        assert parsed_step(inputs=inputs).inputs == inputs

    def test_a_text_that_only_looks_like_a_reference_is_a_text(self):
        inputs = {"payload": '"$.parameters.unknown"'}

        assert parsed_step(inputs=inputs).inputs == inputs


class TestOutputs:
    @pytest.mark.parametrize(
        ("outputs", "sentence"),
        [
            ({}, "The document's 'outputs' must be a list."),
            ([1], "An output must be a mapping."),
            ([{"name": "a"}], "Output 'a' has no value; it requires a 'value'"),
            ([{"value": "a"}], "An output has no name; it requires a 'name'"),
            ([{"name": "a", "value": "b", "type": "c"}], "An output has an unknown member 'type'."),
            ([{"name": [1], "value": "b"}], "The name of an output must be a string."),
            ([{"name": "a", "value": [1]}], "The value of output 'a' must be a string."),
            (
                [{"name": "a", "value": "b"}, {"name": "a", "value": "c"}],
                "Duplicate output name 'a'. Names must be unique.",
            ),
            (
                [{"name": "a", "value": "$.stepOutputs.Gone.x"}],
                "The reference '$.stepOutputs.Gone.x' does not refer to a known variable.",
            ),
            (
                [{"name": "a", "value": "it is {{ $.stepOutputs.Gone.x }}"}],
                "The reference '$.stepOutputs.Gone.x' does not refer to a known variable.",
            ),
            (
                [{"name": "a", "value": "it is {{ $.stepOutputs.Only.x[y] }}"}],
                "Invalid reference '$.stepOutputs.Only.x[y]'.",
            ),
        ],
    )
    def test_an_output_of_another_form_is_refused(self, outputs, sentence):
        assert refusal(a_document(outputs=outputs)) == sentence

    def test_a_document_has_up_to_25_outputs(self):
        outputs = [{"name": f"output{number}", "value": "x"} for number in range(26)]

        assert len(parsed(outputs=outputs[:25]).outputs) == 25
        assert refusal(a_document(outputs=outputs)) == (
            "A document must not have more than 25 outputs."
        )

    def test_the_value_of_an_output_is_a_text(self):
        assert parsed(outputs=[{"name": 1, "value": True}]).outputs == (
            WorkflowOutput("1", "true"),
        )

    def test_an_output_can_refer_to_every_step(self):
        value = "$.stepOutputs.Only.reason"

        assert parsed(outputs=[{"name": "why", "value": value}]).outputs[0].value == value


class TestDistribution:
    @pytest.mark.parametrize("action", sorted(FOR_AMIS))
    def test_a_workflow_distributes_amis_or_containers(self, action):
        """Source: user guide, wfdoc-step-actions."""
        images = {"distributedImages.$": "$.workflowOutputs.images"}
        text = a_document(
            LAUNCH,
            a_step(action=FOR_CONTAINERS, inputs=INSTANCE),
            a_step("Other", action, inputs=None if action == "DistributeImage" else images),
        )

        assert refusal(text, workflow_type="DISTRIBUTION") == (
            f"A workflow with the action {FOR_CONTAINERS} must not have the actions: {action}."
        )


# Laws

NAMES = st.sampled_from(["Launch", "Apply_2", "x-y", "abc", "Wait", "Step-6", "a" * 100])
WORDS = st.text("abc XYZ-_.\u00e4", max_size=12)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, object]:
    """Documents that the guide allows: of any actions, with references backwards only."""
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    parameters = draw(st.lists(NAMES, max_size=3, unique=True))
    launched: list[str] = []
    steps = []
    for name in names:
        action = draw(st.sampled_from(sorted(set(STEP_ACTIONS) - {FOR_CONTAINERS})))
        steps.append(draw(_steps(name, action, launched, parameters)))
        if action == "LaunchInstance":
            launched.append(name)
    return {
        "schemaVersion": draw(st.sampled_from(["1.0", 1.0, 1])),
        "name": draw(WORDS | st.none()),
        "parameters": [
            {"name": name, "type": draw(st.sampled_from(["string", "stringList"]))}
            for name in parameters
        ],
        "steps": steps,
        "outputs": [
            {"name": f"{name}-output", "value": f"$.stepOutputs.{name}.x"} for name in names
        ],
    }


@st.composite
def _steps(
    draw: st.DrawFn, name: str, action: str, launched: list[str], parameters: list[str]
) -> dict[str, object]:
    known = STEP_ACTIONS[action]
    roots = [f"$.imagebuilder.{variable}" for variable in sorted(SYSTEM_VARIABLES)]
    roots += [f"$.parameters.{parameter}" for parameter in parameters]
    roots += [f"$.stepOutputs.{before}.instanceId" for before in launched]
    reference = st.sampled_from([*roots, "$.workflowOutputs.other"])
    inputs: dict[str, object] = {f"{key}.$": draw(reference) for key in known.required}
    for key in draw(
        st.lists(st.sampled_from(sorted(known.optional)), unique=True)
        if known.optional
        else st.just([])
    ):
        inputs[f"{key}.$"] = draw(reference)
    step: dict[str, object] = {"name": name, "action": action}
    if inputs:
        step["inputs"] = inputs
    if draw(st.booleans()):
        step["onFailure"] = draw(st.sampled_from(["Abort", "Continue"]))
    if draw(st.booleans()):
        step["timeoutSeconds"] = draw(st.integers(1, known.longest_timeout))
    if draw(st.booleans()):
        step["if"] = draw(_conditions(reference))
    if draw(st.booleans()):
        step["rollbackEnabled"] = draw(st.booleans() | reference)
    if draw(st.booleans()):
        step["retry"] = {"maxAttempts": draw(st.integers(1, 10))}
    return step


def _conditions(reference: st.SearchStrategy[str]) -> st.SearchStrategy[object]:
    comparisons = st.one_of(
        st.fixed_dictionaries({"stringEquals": WORDS, "value": reference}),
        st.fixed_dictionaries({"booleanEquals": st.booleans(), "value": reference}),
        st.fixed_dictionaries({"numberLessThan": st.integers(-99, 99), "value": reference}),
    )
    return st.recursive(
        comparisons,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"not": inner}),
            st.fixed_dictionaries({"and": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"or": st.lists(inner, min_size=1, max_size=3)}),
        ),
        max_leaves=4,
    )


@given(documents())
def test_law_what_the_guide_allows_is_taken(document):
    parse = parse_workflow_document(json.dumps(document, ensure_ascii=False))

    steps = document["steps"]
    assert isinstance(steps, list)
    assert [step.name for step in parse.steps] == [step["name"] for step in steps]
    for step, raw in zip(parse.steps, steps, strict=True):
        assert step.inputs == raw.get("inputs")
        assert step.timeout_seconds == raw.get("timeoutSeconds", STEP_ACTIONS[step.action].timeout)


@given(documents())
def test_law_an_action_is_refused_by_the_types_that_do_not_have_it(document):
    text = json.dumps(document, ensure_ascii=False)
    actions = [step.action for step in parse_workflow_document(text).steps]

    for workflow_type in ("BUILD", "TEST", "DISTRIBUTION"):
        wrong = [name for name in actions if workflow_type not in STEP_ACTIONS[name].types]
        if wrong:
            assert refusal(text, workflow_type=workflow_type).endswith(
                f"Error: Action {wrong[0]} is not supported in a workflow of type {workflow_type}."
            )
        else:
            assert parse_workflow_document(text, workflow_type).steps


VALUES: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        "",
        "x",
        "$.a",
        "$.stepOutputs.x.y",
        "{{ $.a[x] }}",
        [],
        [1],
        {},
        {"a": "b"},
        [[]],
        {"a.$": ["$.b"]},
        "a" * 2000,
    ]
)


@MANY
@given(
    st.sampled_from([GUIDE, *(workflow.document() for workflow in managed_workflows())]),
    st.data(),
)
def test_law_a_changed_document_is_parsed_or_refused_and_nothing_else(text, data):
    """Whatever stands anywhere in a document, the answer is a document or a sentence."""
    document = copy.deepcopy(load_document(text))
    for _ in range(data.draw(st.integers(1, 3))):
        _change_something(document, data)

    with suppress(DocumentError):
        result = parse_workflow_document(json.dumps(document))
        assert isinstance(result, WorkflowDocument)


@given(st.text(max_size=200))
def test_law_any_text_is_parsed_or_refused(text):
    with pytest.raises(DocumentError):
        parse_workflow_document(text)


def _change_something(document: object, data: st.DataObject) -> None:
    """Put another value somewhere, take something away, or add something."""
    places = list(_places(document))
    parent, key = data.draw(st.sampled_from(places))
    change = data.draw(st.sampled_from(["replace", "remove", "add"]))
    if change == "replace":
        parent[key] = copy.deepcopy(data.draw(VALUES))
    elif change == "remove":
        del parent[key]
    elif isinstance(parent, dict):
        names = st.sampled_from(["if", "retry", "rollbackEnabled", "waitSeconds", "x", "inputs"])
        parent[data.draw(names)] = copy.deepcopy(data.draw(VALUES))
    else:
        parent.append(copy.deepcopy(data.draw(VALUES)))


def _places(value):
    """Everything in a document that can be changed: a container, and where in it."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in list(members):
        yield value, key
        if isinstance(member, (dict, list)):
            yield from _places(member)
