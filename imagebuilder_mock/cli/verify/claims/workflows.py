"""Documents of workflows: which are accepted, and in which words the others are refused."""

from __future__ import annotations

import json
from typing import Any

from imagebuilder_mock.cli.verify.claim import ABSENT, claim
from imagebuilder_mock.domain.quotas import over_quota

from .standing import Case, cases, create, get

_WAIT = {"name": "Only", "action": "WaitForAction"}
_LAUNCH = {"name": "Launch", "action": "LaunchInstance", "inputs": {"waitFor": "ssmAgent"}}
_IN_STEP = "Parsing step 'Only' failed. Error: "


def _document(*steps: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A document with these steps, or with one, and with other members."""
    document = {"schemaVersion": "1.0", "steps": list(steps or (_WAIT,)), **members}
    return {"data": json.dumps(document)}


def _step(**members: Any) -> dict[str, Any]:
    return _document({**_WAIT, **members})


def _run(name: str, **parameters: Any) -> dict[str, Any]:
    return {
        "name": name,
        "action": "RunCommand",
        "inputs": {
            "instanceId.$": "$.stepOutputs.Launch.instanceId",
            "documentName": "AWS-RunShellScript",
            "parameters": parameters,
        },
    }


_WORKFLOWS: tuple[Case, ...] = (
    Case(
        "no-steps",
        "A workflow without steps is refused.",
        ("workflows.grammar", "workflows.sentences"),
        _document(steps=[]),
        "The document has no steps; it requires a 'steps'",
    ),
    Case(
        "phases",
        "A member that a workflow does not have is refused.",
        ("workflows.grammar", "workflows.sentences"),
        _document(phases=[]),
        "The document has an unknown member 'phases'.",
    ),
    Case(
        "schema-version",
        "A schema version other than 1.0 is refused.",
        ("workflows.sentences",),
        _document(schemaVersion="1.1"),
        "Invalid schema version. Supported versions include: 1.0.",
    ),
    Case(
        "step-that-begins-with-a-digit",
        "The name of a step begins with a letter.",
        ("workflows.step-names", "workflows.sentences"),
        _step(name="1st"),
        (
            "Invalid step name '1st'. A name must begin with a letter, have between 3 and 100 "
            "characters, and allowed characters are combinations of numbers [0-9], english letters "
            "[a-z,A-Z] and special characters [-_]."
        ),
    ),
    Case(
        "long-step-name",
        "The name of a step may have 100 characters.",
        ("workflows.step-names",),
        _step(name="a" * 100),
    ),
    Case(
        "step-twice",
        "The names of steps are unique.",
        ("workflows.sentences",),
        _document(_WAIT, _WAIT),
        "Duplicate step name 'Only'. Names must be unique.",
    ),
    Case(
        "on-failure",
        "onFailure of a step is one of two words.",
        ("workflows.sentences",),
        _step(onFailure="Ignore"),
        f"{_IN_STEP}Invalid onFailure 'Ignore'. Valid values are: Abort, Continue.",
    ),
    Case(
        "unknown-member-of-a-step",
        "A member that a step does not have is refused.",
        ("workflows.sentences", "workflows.grammar"),
        _step(loop={}),
        f"{_IN_STEP}The step has an unknown member 'loop'.",
    ),
    Case(
        "longest-timeout",
        "The longest time-out of a step depends on its action.",
        ("workflows.grammar", "workflows.sentences"),
        _step(timeoutSeconds=604801),
        (
            f"{_IN_STEP}Invalid timeoutSeconds 604801. For action WaitForAction it must be "
            "between 1 and 604800."
        ),
    ),
    Case(
        "wait-seconds",
        "waitSeconds is less than the time-out.",
        ("workflows.sentences",),
        _step(timeoutSeconds=60, waitSeconds=60),
        (
            f"{_IN_STEP}Invalid waitSeconds 60. It must be at least 0, and less than the "
            "timeoutSeconds, 60."
        ),
    ),
    Case(
        "eleven-attempts",
        "A retry has ten attempts at most.",
        ("workflows.retry",),
        _step(retry={"maxAttempts": 11}),
        f"{_IN_STEP}Invalid maxAttempts 11. It must be between 1 and 10.",
    ),
    Case(
        "other-members-of-a-retry",
        "A retry may have other members.",
        ("workflows.retry",),
        _step(retry={"maxAttempts": 10, "colour": "red"}),
    ),
    Case(
        "unknown-input",
        "An input that the action does not have is refused.",
        ("workflows.inputs",),
        _step(inputs={"colour": "red"}),
        f"{_IN_STEP}Action WaitForAction has an unknown input 'colour'.",
    ),
    Case(
        "missing-input",
        "A step without an input that its action needs is refused.",
        ("workflows.inputs", "workflows.sentences"),
        _document({"name": "Only", "action": "LaunchInstance"}),
        f"{_IN_STEP}Action LaunchInstance has no inputs; it requires an 'inputs'",
    ),
    Case(
        "action-of-another-type",
        "An action is refused in a workflow of a type that does not have it.",
        ("workflows.grammar", "workflows.sentences"),
        _document({"name": "Only", "action": "DistributeImage"}),
        f"{_IN_STEP}Action DistributeImage is not supported in a workflow of type TEST.",
    ),
    Case(
        "unknown-reference",
        "A reference to an unknown variable is refused.",
        ("workflows.sentences",),
        _step(**{"if": {"stringEquals": "a", "value": "$.parameters.none"}}),
        f"{_IN_STEP}The reference '$.parameters.none' does not refer to a known variable.",
    ),
    Case(
        "reference-into-a-list",
        "A reference may index the list that a step gives.",
        ("workflows.references",),
        _document(
            _LAUNCH,
            _run("Run", commands=["date"]),
            _run("Again", **{"commands.$": ["$.stepOutputs.Run.output[0]"]}),
        ),
    ),
    Case(
        "parameter-type",
        "A parameter has one of four types.",
        ("workflows.sentences",),
        _document(parameters=[{"name": "size", "type": "float"}]),
        (
            "Parameter 'size' has the unsupported type 'float'. Supported types include: string, "
            "integer, boolean, stringList."
        ),
    ),
    Case(
        "value-of-a-boolean",
        "The default of a parameter is of the parameter's type.",
        ("workflows.sentences",),
        _document(parameters=[{"name": "wait", "type": "boolean", "default": 1}]),
        "The value of the parameter 'wait' must be a boolean.",
    ),
    Case(
        "comparison-with-a-text",
        "A number may be compared with a text.",
        ("workflows.comparisons",),
        _document(
            {**_WAIT, "if": {"numberGreaterThan": 1, "value": "$.parameters.word"}},
            parameters=[{"name": "word", "type": "string", "default": "five"}],
        ),
    ),
    Case(
        "too-many-steps",
        "A workflow has 15 steps at most.",
        ("quotas.sentence", "quotas.defaults"),
        _document(*({**_WAIT, "name": f"Step{number}"} for number in range(16))),
        over_quota("steps per workflow", 15),
    ),
    Case(
        "distribution",
        "The caller's own workflow may be of the type DISTRIBUTION.",
        ("workflows.distribution-type",),
        {**_step(), "type": "DISTRIBUTION"},
        {"workflowBuildVersionArn": "<<own>>workflow/distribution/<<name>>/1.0.0/1"},
    ),
)

CLAIMS = (
    *cases("workflows", "Workflow", _WORKFLOWS, parameter="data"),
    claim(
        "workflows.default-of-a-list",
        "A workflow shows its parameters, and the default of a list as it is.",
        ("workflows.grammar",),
        create(
            "Workflow",
            **_document(
                parameters=[
                    {"name": "wait", "type": "boolean", "default": True},
                    {"name": "all", "type": "stringList", "default": ["a", "b"]},
                ]
            ),
        ),
        get(
            "Workflow",
            {
                "parameters": [
                    {"name": "wait", "type": "boolean", "defaultValue": ["true"]},
                    {"name": "all", "type": "stringList", "defaultValue": ["a", "b"]},
                ],
                "changeDescription": ABSENT,
            },
        ),
    ),
)
