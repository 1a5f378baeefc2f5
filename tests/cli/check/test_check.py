"""``imagebuilder-mock check``: what the service would refuse, and where it stands."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_mock import DocumentProblem, check_document
from imagebuilder_mock.cli.command_line import main
from tests.container_builders import TEMPLATE
from tests.lifecycle_builders import a_policy_request
from tests.workflow_builders import a_workflow_document

COMPONENT = """\
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Update
        action: ExecuteBash
        inputs:
          commands: [dnf update -y]
"""
MISSPELT = COMPONENT.replace("ExecuteBash", "ExecutBash").replace("name: Update", "name: a b")
WORKFLOW = a_workflow_document()
POLICY = json.dumps(a_policy_request(), indent=2)
PROPERTIES = """\
Name: clean-up
ExecutionRole: arn:aws:iam::123456789012:role/lifecycle
ResourceType: AMI_IMAGE
PolicyDetails:
  - Action: {Type: DELETE}
    Filter: {Type: AGE, Value: "6", Unit: MONTHS}
ResourceSelection:
  TagMap: {Stage: test}
"""
SOUND = {
    "component": COMPONENT,
    "workflow": WORKFLOW,
    "dockerfile": TEMPLATE,
    "lifecycle-policy": POLICY,
    "lifecycle-policy of CloudFormation": PROPERTIES,
}


@pytest.fixture
def check(tmp_path, capsys, monkeypatch):
    """Check files of these texts; the answer is the status, what is printed, and the errors."""
    monkeypatch.chdir(tmp_path)

    def check(*arguments, **files):
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        status = main(["check", *arguments, *files])
        said = capsys.readouterr()
        return status, said.out, said.err

    return check


# Documents


@pytest.mark.parametrize("kind", SOUND)
def test_a_document_that_the_service_takes_has_no_problem(kind):
    assert check_document(SOUND[kind]) == []
    assert check_document(SOUND[kind], kind.partition(" ")[0]) == []


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("component", COMPONENT.replace("phases:", "phase:"), "1:1: The document has no phases"),
        ("component", COMPONENT + "  - [", "10:1: Parsing the document failed."),
        ("component", COMPONENT.replace("1.0", "2.0"), "1:1: Invalid schema version."),
        ("workflow", "steps:\n- {name: Wait, action: Sleep}\n", "1:1: Invalid schema version."),
        ("workflow", '{"schemaVersion": "1.0", "steps": []}', "1:1: The document has no steps"),
        ("dockerfile", "FROM scratch\n", "1:1: The Dockerfile template must contain"),
        ("lifecycle-policy", POLICY.replace("AGE", "AGES"), "must be one of [AGE, COUNT]"),
        ("lifecycle-policy", PROPERTIES.replace("AGE", "COUNT"), "6:14: "),
    ],
)
def test_the_kind_of_a_damaged_document_is_told_too(kind, text, told):
    if kind == "lifecycle-policy" and "COUNT" in text:
        text = text.replace("DELETE", "DEPRECATE")

    problems = check_document(text)

    assert {problem.kind for problem in problems} == {kind}
    assert any(told in str(problem) for problem in problems), problems


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just text",
        "- a\n- list\n",
        "name: an action\nruns: {using: composite, steps: []}\n",
        "version: 0.2\nphases:\n  build:\n    commands: [make]\n",  # of CodeBuild
        "schemaVersion: '2.2'\nmainSteps:\n- {action: 'aws:runShellScript', name: a}\n",  # of SSM
        "a: 1\n---\nb: 2\n",
    ],
)
def test_a_text_of_no_known_kind_is_a_value_error(text):
    with pytest.raises(ValueError, match="not a document of a known kind"):
        check_document(text)


@pytest.mark.parametrize("given", [COMPONENT.encode(), Path("web.yml")], ids=["bytes", "path"])
def test_what_is_no_text_is_a_type_error(given):
    with pytest.raises(TypeError, match="takes the text of a document, not"):
        check_document(given)


def test_a_kind_that_there_is_not_is_a_value_error():
    with pytest.raises(ValueError, match="'recipe' is not a kind of document"):
        check_document(COMPONENT, "recipe")  # type: ignore[arg-type] # that is wrong


def test_problems_stand_in_the_order_of_their_places():
    problems = check_document(MISSPELT)

    assert problems == [
        DocumentProblem(
            line=5,
            column=9,
            message="Invalid step name 'a b' in phase 'build'. Allowed characters are "
            "combinations of numbers [0-9], english letters [a-z,A-Z] and special characters "
            "[-_].",
            kind="component",
            path=("phases", 0, "steps", 0, "name"),
        ),
        DocumentProblem(
            line=6,
            column=9,
            message="Parsing step 'a b' in phase 'build' failed. Error: Unsupported action "
            "ExecutBash. Did you mean 'ExecuteBash'?",
            kind="component",
            path=("phases", 0, "steps", 0, "action"),
        ),
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (COMPONENT.replace("commands", "command"), "commands"),
        (WORKFLOW.replace("WaitForAction", "WaitForActions"), "WaitForAction"),
        (COMPONENT.replace("inputs:", "onFailure: abort\n        inputs:"), "Abort"),
        (COMPONENT.replace("inputs:", "loop: {for: {updatBy: 1}}\n        inputs:"), "updateBy"),
        (TEMPLATE.replace("parentImage", "parentimage"), "parentImage"),
        (POLICY.replace("policyDetails", "policyDetail"), None),
        (POLICY.replace("executionRole", "executionrole"), "executionRole"),
        (PROPERTIES.replace("ExecutionRole", "ExecutionRoles"), "ExecutionRole"),
        (COMPONENT.replace("ExecuteBash", "Zzz"), None),
    ],
)
def test_a_word_that_is_nearly_right_is_told_with_the_right_one(text, meant):
    kind: Any = "lifecycle-policy" if "olicyDetail" in text else None

    messages = [problem.message for problem in check_document(text, kind)]

    if meant is not None:
        assert any(message.endswith(f"Did you mean '{meant}'?") for message in messages), messages
    elif "Zzz" in text:
        assert not any("Did you mean" in message for message in messages)


def test_a_component_is_fine_if_one_platform_takes_it():
    for_windows = COMPONENT.replace("ExecuteBash", "ExecutePowerShell")
    for_none = for_windows + "      - {name: Two, action: ExecuteBash, inputs: {commands: [a]}}\n"

    assert check_document(for_windows) == []
    [problem] = check_document(for_none)
    assert "for os platform" in problem.message


def test_a_workflow_is_fine_if_one_type_takes_it():
    distribution = {"name": "Share", "action": "DistributeImage"}
    inputs = {"instanceId": "i-1"}
    collect = {"name": "Collect", "action": "CollectImageScanFindings", "inputs": inputs}

    assert check_document(a_workflow_document(distribution)) == []
    assert check_document(a_workflow_document(collect)) == []
    [problem] = check_document(a_workflow_document(collect, distribution))
    assert "is not supported in a workflow of type" in problem.message


def test_quotas_are_those_of_the_service():
    names = [f"Parameter{number}" for number in range(26)]
    many = "".join(f"  - {name}: {{type: string}}\n" for name in names)
    long = COMPONENT.replace("dnf update -y", "x" * 65536)

    [problem] = check_document(COMPONENT + "parameters:\n" + many)
    assert "the quota for parameters per component, which is 25" in problem.message
    [problem] = check_document(long)
    assert "the quota for component size, which is 65536" in problem.message
    many_steps = [{"name": f"Step{n}", "action": "WaitForAction"} for n in range(16)]
    [problem] = check_document(a_workflow_document(*many_steps))
    assert "the quota for steps per workflow, which is 15" in problem.message


def test_every_mistake_of_a_policy_is_told():
    policy = a_policy_request()
    policy["resourceType"] = "CONTAINER"
    policy["policyDetails"] = [
        {"action": {"type": "DELETE"}, "filter": {"type": "AGE", "value": 1}},
        {"action": {"type": "DELETE"}, "filter": {"type": "COUNT", "value": "1"}},
        {"action": {"type": "DISABLE"}, "filter": {"type": "COUNT", "value": 1}, "a": 1},
        {"action": {"type": "DEPRECATE"}, "filter": {"type": "COUNT", "value": 1}},
    ]
    policy["resourceSelection"] = {}

    found = {problem.path for problem in check_document(json.dumps(policy))}

    assert found == {
        ("resourceType",),
        ("policyDetails",),
        ("policyDetails", 0, "filter", "unit"),
        ("policyDetails", 1, "filter", "value"),
        ("policyDetails", 2, "a"),
        ("policyDetails", 3, "filter", "type"),
        ("resourceSelection",),
    }


def test_a_member_that_is_null_is_not_given():
    text = POLICY.replace('"unit": "DAYS"', '"unit": null')

    assert "needs a 'unit'" in check_document(text)[0].message
    assert check_document(POLICY.replace("{", '{"description": null,', 1)) == []


@pytest.mark.parametrize(
    "text", ["[1", "- a", "a: {b: &a [*a]}\npolicyDetails: *a", "x: " + "[" * 9]
)
def test_what_is_no_mapping_is_no_policy(text):
    assert check_document(text, "lifecycle-policy")


# The command


def test_what_is_fine_is_not_spoken_of(check):
    assert check(**{"a.yml": COMPONENT, "b.json": POLICY}) == (0, "", "")


def test_problems_are_printed_with_their_places(check):
    status, out, err = check(**{"a.yml": MISSPELT})

    assert (status, err) == (1, "")
    assert [line.split(" ", 1)[0] for line in out.splitlines()] == ["a.yml:5:9:", "a.yml:6:9:"]
    assert out.endswith("Unsupported action ExecutBash. Did you mean 'ExecuteBash'?\n")


def test_a_named_file_of_no_known_kind_is_wrong_use(check):
    status, out, err = check(**{"a.yml": MISSPELT, "b.txt": "text"})

    assert (status, out.count("a.yml")) == (2, 2)
    assert "b.txt is not a document of a known kind" in err


def test_a_file_that_cannot_be_read_is_wrong_use(check, tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")

    status, _, err = check("missing.yml", "binary")

    assert status == 2
    assert "missing.yml cannot be read" in err
    assert "binary is not UTF-8 text" in err


def test_the_kind_can_be_named(check):
    status, out, _ = check("--kind", "workflow", **{"a.yml": COMPONENT})

    assert status == 1
    assert "has an unknown member 'phases'" in out


def test_a_folder_without_documents_is_told_and_is_no_mistake(check, tmp_path):
    for name, text in {"full/component.yml": COMPONENT, "none/values.json": "{}"}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert check("full", "none") == (0, "", "imagebuilder-mock check: no documents in none\n")


def test_folders_are_walked_and_other_files_passed_over(check, tmp_path):
    for name, text in {
        "a/component.yml": MISSPELT,
        "a/b/Dockerfile": TEMPLATE.replace("{{{ imagebuilder:components }}}", ""),
        "a/b/Other.dockerfile": "FROM scratch\n",
        "a/.git/component.yml": MISSPELT,
        "a/readme.md": "phases:",
        "a/other.json": "{}",
        "a/large.yml": "#" * 1_048_577,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "a" / "binary.yml").write_bytes(b"\xff\xfe\xff")

    status, out, err = check("a")

    assert (status, err) == (1, "")
    assert {line.split(":")[0].replace("\\", "/") for line in out.splitlines()} == {
        "a/component.yml",
        "a/b/Dockerfile",
    }


def test_standard_input_is_a_document_too(check, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MISSPELT.encode())))

    status, out, _ = check("-")

    assert status == 1
    assert out.startswith("<stdin>:5:9: ")


def test_json_has_every_member_of_a_problem(check):
    status, out, _ = check("--format", "json", **{"a.yml": MISSPELT, "b.yml": COMPONENT})

    answer = json.loads(out)
    assert status == 1
    assert answer["files"] == ["a.yml", "b.yml"]
    assert answer["notes"] == []
    [first, second] = answer["problems"]
    assert {name: first[name] for name in first if name != "message"} == {
        "file": "a.yml",
        "line": 5,
        "column": 9,
        "kind": "component",
        "path": ["phases", 0, "steps", 0, "name"],
        "resource": None,
        "severity": "error",
    }
    assert second["message"].endswith("Did you mean 'ExecuteBash'?")


def test_github_shows_problems_at_their_lines(check):
    status, out, _ = check(
        "--format", "github", **{"a,b.yml": COMPONENT.replace("ExecuteBash", "Zz%")}
    )

    assert status == 1
    assert out == (
        "::error file=a%2Cb.yml,line=6,col=9,title=EC2 Image Builder component::Parsing step "
        "'Update' in phase 'build' failed. Error: Unsupported action Zz%25.\n"
    )


class Terminal(io.StringIO):
    def isatty(self):
        return True


UNUSED = """\
schemaVersion: 1.0
parameters:
  - Unused: {type: string}
  - Used: {type: string}
phases:
  - name: build
    steps:
      - {name: Echo, action: ExecuteBash, inputs: {commands: ["echo {{Used}}"]}}
"""
WAITING = """\
schemaVersion: 1.0
parameters:
  - {name: topic, type: string}
  - {name: unused, type: string}
steps:
  - {name: Alone, action: WaitForAction}
  - name: Told
    action: WaitForAction
    inputs: {snsTopicArn.$: $.parameters.topic}
"""


LATER = """\
schemaVersion: 1.0
phases:
  - name: setup
    steps: []
  - name: build
    steps:
      - name: First
        action: ExecuteBash
        inputs: {commands: ["echo {{ build.Second.outputs.stdout }}",
                 "echo {{ loop.value }}"]}
      - name: Second
        action: ExecuteBash
        loop: {forEach: [a]}
        inputs: {commands: ["echo {{ build.First.outputs.stdout }} {{ loop.value }}"]}
  - name: test
    steps:
      - name: Third
        action: ExecuteBash
        inputs:
          commands:
            - echo "{{ build.First.outputs.stdout }}"
"""
OUTPUTS = """\
schemaVersion: 1.0
steps:
  - name: Run
    action: RunCommand
    rollbackEnabled: false
    inputs: {instanceId: i-1234567890abcdef0, documentName: AWS-RunShellScript}
  - name: Stop
    action: TerminateInstance
    inputs: {instanceId: i-1234567890abcdef0}
  - name: Wait
    action: WaitForAction
    inputs: {payload: "{}"}
  - name: Again
    action: RunCommand
    inputs: {instanceId.$: $.stepOutputs.Run.stdout, documentName: AWS-RunShellScript}
outputs:
  - {name: Result, value: $.stepOutputs.Stop.status}
"""


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        (UNUSED, [(3, 5, "The parameter 'Unused' is not used.")]),
        (
            WAITING,
            [
                (4, 5, "The parameter 'unused' is not used."),
                (6, 5, "Nobody is told that the step 'Alone' waits: it has neither"),
            ],
        ),
        (
            LATER,
            [
                (3, 5, "Image Builder does not run the phase 'setup'."),
                (9, 29, "The reference 'build.Second.outputs.stdout' cannot be resolved: the step"),
                (10, 18, "The reference 'loop.value' cannot be resolved: the step 'First' has no"),
                (
                    21,
                    15,
                    "The reference 'build.First.outputs.stdout' cannot be resolved: the phase",
                ),
            ],
        ),
        (
            OUTPUTS,
            [
                (5, 5, "'rollbackEnabled' is ignored: RunCommand has no rollback."),
                (10, 5, "Nobody is told that the step 'Wait' waits: it has neither"),
                (12, 14, "'payload' is ignored: nobody is told."),
                (15, 14, "The reference '$.stepOutputs.Run.stdout' cannot be resolved: the step"),
                (17, 20, "The reference '$.stepOutputs.Stop.status' cannot be resolved: the step"),
            ],
        ),
    ],
)
def test_warnings_count_if_they_are_to(check, text, warnings):
    status, out, _ = check("--format", "json", **{"a.yml": text})
    strict, *_ = check("--strict", **{"a.yml": text})

    told = json.loads(out)["problems"]
    assert (status, strict) == (0, 1)
    assert [(each["line"], each["column"], each["severity"]) for each in told] == [
        (line, column, "warning") for line, column, _ in warnings
    ]
    for each, (_, _, sentence) in zip(told, warnings, strict=True):
        assert each["message"].startswith(sentence)
    assert check_document(text) == []


def test_warnings_are_marked_in_text(check):
    assert check(**{"a.yml": UNUSED})[1] == (
        "a.yml:3:5: warning: The parameter 'Unused' is not used.\n"
    )


@pytest.mark.parametrize(("no_color", "has_colours"), [("", True), ("1", False)])
def test_a_terminal_has_colours_unless_its_user_wants_none(
    check, monkeypatch, no_color, has_colours
):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", no_color)

    check(**{"a.yml": MISSPELT})

    assert ("\x1b[" in terminal.getvalue()) == has_colours
