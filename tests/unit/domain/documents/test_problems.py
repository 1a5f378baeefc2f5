"""All that is wrong with a document: each problem once, where it stands, the first one first."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.documents.components.document import parse_component_document
from imagebuilder_mock.domain.documents.dockerfile import check_dockerfile_template
from imagebuilder_mock.domain.documents.errors import DocumentError, Problem, problems_of
from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document

if TYPE_CHECKING:
    from collections.abc import Callable

COMPONENT = """\
schemaVersion: 1.0
parameters: [{Source: {type: string}}]
constants: [{Exit: {type: string, value: 1}}]
phases:
  - name: build
    steps:
      - {name: First, action: ExecuteBash, inputs: {commands: [a, '{{ Source }} {{ Exit }}']}}
      - name: Second
        action: S3Download
        loop: {name: Files, for: {start: 1, end: 2, updateBy: 1}}
        inputs: [{source: a, destination: b}, {source: a, destination: b}]
      - name: Third
        action: Assert
        if: {and: [{not: {fileExists: a}}, {numberEquals: 1, value: 1}], then: Skip}
        inputs: {stringEquals: a, value: '{{ build.First.outputs.stdout }}'}
  - name: validate
    steps:
      - {name: First, action: UpdateOS}
      - {name: Nested, action: ExecuteDocument, inputs: {document: a}}
"""
STEPS = ("phases", 0, "steps")
IN_COMPONENTS = {
    ("name",): ["a"],
    ("outputs",): [],
    ("disableLogging",): "on",
    ("parameters", 0, "Source", "default"): {"a": 1},
    ("constants", 0, "Exit", "value"): ["a"],
    ("phases", 1, "disableLogging"): 1,
    (*STEPS, 0, "onFailure"): "Retry",
    (*STEPS, 0, "maxAttempts"): 0,
    (*STEPS, 0, "inputs", "commands", 0): "{{ Missing }}",
    (*STEPS, 1, "loop", "for", "end"): "2",
    (*STEPS, 1, "inputs", 1, "source"): ["a"],
    (*STEPS, 1, "inputs", 0, "overwritten"): True,
    (*STEPS, 2, "if", "then"): "skip",
    (*STEPS, 2, "if", "and", 0, "not", "fileExists"): ["a"],
    (*STEPS, 2, "if", "and", 1, "numberEquals"): "one",
    (*STEPS, 2, "inputs", "value"): "{{ build.Zeroth.outputs.stdout }}",
    (*STEPS, 3): {"name": "a b", "action": "UpdateOS"},
    ("phases", 1, "steps", 0, "action"): "Sleep",
    ("phases", 1, "steps", 1, "timeoutSeconds"): 60,
}
WORKFLOW = """\
schemaVersion: 1.0
parameters: [{name: keep, type: boolean, default: true}, {name: list, type: stringList}]
steps:
  - {name: Launch, action: LaunchInstance, inputs: {waitFor: ssmAgent}}
  - name: Run
    action: RunCommand
    if: {and: [{not: {booleanEquals: true, value: $.parameters.keep}}, {numberEquals: 1, value: 1}]}
    inputs:
      instanceId.$: $.stepOutputs.Launch.instanceId
      documentName: AWS-RunShellScript
      parameters: {commands.$: [$.parameters.list], text: 'on {{ $.imagebuilder.platform }}'}
  - {name: Wait, action: WaitForAction, retry: {maxAttempts: 3}}
outputs: [{name: what, value: $.stepOutputs.Wait.reason}]
"""
IN_WORKFLOWS = {
    ("description",): ["a"],
    ("phases",): [],
    ("parameters", 0, "default"): "perhaps",
    ("parameters", 1, "default"): "a",
    ("steps", 0, "inputs", "waitFor"): "nothing",
    ("steps", 0, "inputs", "instanceType"): "m5.large",
    ("steps", 0, "onFailure"): "Ignore",
    ("steps", 1, "timeoutSeconds"): 0,
    ("steps", 1, "if", "and", 0, "not", "value"): "$.parameters.kept",
    ("steps", 1, "if", "and", 1, "numberEquals"): "1",
    ("steps", 1, "inputs", "instanceId.$"): "$.stepOutputs.Launched.instanceId",
    ("steps", 1, "inputs", "parameters", "commands.$", 0): "$.parameters.lists",
    ("steps", 1, "inputs", "parameters", "text"): "on {{ $.imagebuilder.platforms }}",
    ("steps", 2, "description"): "",
    ("steps", 2, "waitSeconds"): -1,
    ("steps", 2, "retry", "maxAttempts"): 11,
    ("steps", 2, "rollbackEnabled"): "no",
    ("outputs", 0, "value"): "$.stepOutputs.Waited.reason",
}
WRITERS: dict[str, Callable[[object], str]] = {
    "YAML": lambda document: yaml.safe_dump(document, sort_keys=False),
    "JSON": json.dumps,
    "JSON of many lines": lambda document: json.dumps(document, indent=3),
}


def planted(text, plants):
    document = yaml.safe_load(text)
    for (*way, last), value in plants.items():
        target = document
        for key in way:
            target = target[key]
        if isinstance(target, list) and last == len(target):
            target.append(copy.deepcopy(value))
        else:
            target[last] = copy.deepcopy(value)
    return document


def place_of(node, path):
    """The line and column by PyYAML's own reading."""
    place = node
    for key in path:
        if isinstance(node, yaml.SequenceNode):
            node = place = node.value[key]
        else:
            [(place, node)] = [pair for pair in node.value if pair[0].value == key]
    return place.start_mark.line + 1, place.start_mark.column + 1


@pytest.mark.parametrize(
    ("parse", "sound", "plants"),
    [
        pytest.param(parse_component_document, COMPONENT, IN_COMPONENTS, id="component"),
        pytest.param(parse_workflow_document, WORKFLOW, IN_WORKFLOWS, id="workflow"),
    ],
)
@given(data=st.data())
def test_law_every_planted_error_is_a_problem_where_it_stands(parse, sound, plants, data):
    assert parse(sound)
    paths = data.draw(st.sets(st.sampled_from(sorted(plants, key=str)), min_size=1))
    write = WRITERS[data.draw(st.sampled_from(sorted(WRITERS)))]
    text = write(planted(sound, {path: plants[path] for path in plants if path in paths}))

    with pytest.raises(DocumentError) as caught:
        parse(text)

    # Of a step whose name is wrong, it is the name that is.
    expected = {(*path, "name") if path == (*STEPS, 3) else path for path in paths}
    problems = caught.value.problems
    assert sorted((problem.path for problem in problems), key=str) == sorted(expected, key=str)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for problem in problems:
        assert (problem.line, problem.column) == place_of(root, problem.path)
    assert problems_of(parse, text) == problems
    assert problems[0].sentence == caught.value.detail


@pytest.mark.parametrize(
    ("parse", "sound", "old", "new", "path"),
    [
        pytest.param(parse_component_document, COMPONENT, "Source", "On",
                     ("parameters", 0, "On"), id="name of a parameter that is referred to"),
        pytest.param(parse_component_document, COMPONENT, "[{Source: {type: string}}]", "a",
                     ("parameters",), id="no list of parameters"),
        pytest.param(parse_component_document, COMPONENT, "name: First, action: ExecuteBash",
                     "action: ExecuteBash", (*STEPS, 0), id="step without its name"),
        pytest.param(parse_component_document, COMPONENT, "commands: [a,", "commands: ['{{Gone}} "
                     "{{ Gone }}',", (*STEPS, 0, "inputs", "commands", 0), id="said twice"),
        pytest.param(parse_component_document, COMPONENT, "name: Second", "name: '{{ Second }}'",
                     (*STEPS, 1, "name"), id="braces in a name"),
        pytest.param(parse_component_document, COMPONENT, "action: S3Download", "action: Get",
                     (*STEPS, 1, "action"), id="inputs of an action that there is not"),
        pytest.param(parse_component_document, COMPONENT.replace("validate", "update"), "build",
                     "build it",
                     ("phases", 0, "name"), id="name of a phase"),
        pytest.param(parse_workflow_document, WORKFLOW, "name: keep", "name: [keep]",
                     ("parameters", 0, "name"), id="list for a name that is referred to"),
        pytest.param(parse_workflow_document, WORKFLOW, "name: Launch, ", "",
                     ("steps", 0), id="step of a workflow without its name"),
        pytest.param(parse_workflow_document, WORKFLOW, "documentName:", "unknown.$: 1\n      "
                     "documentName:", ("steps", 1, "inputs", "unknown.$"), id="unknown input"),
        pytest.param(parse_workflow_document, WORKFLOW, "action: RunCommand", "action: Run",
                     ("steps", 1, "action"), id="inputs of a step action that there is not"),
        pytest.param(parse_workflow_document, WORKFLOW, "retry:", "timeoutSeconds: 0, waitSeconds: "
                     "99, retry:", ("steps", 2, "timeoutSeconds"), id="wait against a wrong time"),
    ],
)  # fmt: skip
def test_what_follows_from_a_problem_is_none_of_its_own(parse, sound, old, new, path):
    assert old in sound

    assert [problem.path for problem in problems_of(parse, sound.replace(old, new))] == [path]


def test_a_problem_in_what_an_alias_or_a_merge_repeats_stands_where_it_is_written():
    text = """\
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - &step
        name: First
        action: UpdateOS
        onFailure: Retry
      - {<<: *step, name: Second}
  - {name: test, steps: [*step]}
"""

    assert [
        (problem.path, problem.line, problem.column)
        for problem in problems_of(parse_component_document, text)
    ] == [
        (("phases", 0, "steps", 0, "onFailure"), 8, 9),
        (("phases", 0, "steps", 1, "onFailure"), 8, 9),
        (("phases", 1, "steps", 0, "onFailure"), 8, 9),
    ]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        pytest.param("a: 1\nb: c: d", 2, 5, id="no YAML"),
        pytest.param("a: 1\n b\x07", 2, 3, id="control character"),
        pytest.param("a" * 1_048_577, 1, 1, id="too large"),
        pytest.param("", 1, 1, id="empty"),
    ],
)
def test_what_cannot_be_read_is_one_problem(text, line, column):
    [problem] = problems_of(parse_workflow_document, text)

    assert (problem.path, problem.line, problem.column) == ((), line, column)


def test_a_sound_document_has_no_problems():
    assert problems_of(parse_component_document, COMPONENT, platform="Linux") == ()


def test_all_that_is_wrong_with_a_dockerfile_template():
    template = (
        "FROM {{{ imagebuilder:base }}}\n {{{ imagebuilder:components }}}\n"
        "RUN {{{ imagebuilder:environments }}} {{{ imagebuilder:x }}}"
    )

    assert problems_of(check_dockerfile_template, template, has_components=True) == (
        Problem((), 1, 6, "The placeholder '{{{ imagebuilder:base }}}' is not supported."),
        Problem((), 3, 39, "The placeholder '{{{ imagebuilder:x }}}' is not supported."),
        Problem(
            (), 1, 1, "The Dockerfile template must contain '{{{ imagebuilder:parentImage }}}'."
        ),
        Problem(
            (),
            2,
            2,
            "'{{{ imagebuilder:environments }}}' must come before '{{{ imagebuilder:components }}}'"
            " in the Dockerfile template.",
        ),
    )
