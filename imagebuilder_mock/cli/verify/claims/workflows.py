"""Documents of workflows that are taken or refused, and in which words."""

from __future__ import annotations

import json
from typing import Any

from imagebuilder_mock.cli.verify.claim import (
    ABSENT,
    ACCEPTED,
    Answered,
    Claim,
    Refused,
    call,
    invalid,
)

_WAIT = {"name": "Only", "action": "WaitForAction"}
_LAUNCH = {"name": "Launch", "action": "LaunchInstance", "inputs": {"waitFor": "ssmAgent"}}
_IN_WORKFLOW = "Parsing step 'Only' failed. Error: "


def _workflow(*steps: dict[str, Any], **members: Any) -> str:
    return json.dumps({"schemaVersion": "1.0", "steps": list(steps or (_WAIT,)), **members})


def _waiting(**members: Any) -> str:
    return _workflow({**_WAIT, **members})


# The same of workflows; all are of the type TEST.
_WORKFLOWS: tuple[tuple[str, str, tuple[str, ...], str, str | None], ...] = (
    (
        "no-steps",
        "A workflow without steps is refused.",
        ("workflows.grammar", "workflows.sentences"),
        _workflow(steps=[]),
        "The document has no steps; it requires a 'steps'",
    ),
    (
        "phases",
        "A member that a workflow does not have is refused.",
        ("workflows.grammar", "workflows.sentences"),
        _workflow(phases=[]),
        "The document has an unknown member 'phases'.",
    ),
    (
        "schema-version",
        "A schema version other than 1.0 is refused.",
        ("workflows.sentences",),
        _workflow(schemaVersion="1.1"),
        "Invalid schema version. Supported versions include: 1.0.",
    ),
    (
        "step-that-begins-with-a-digit",
        "The name of a step begins with a letter.",
        ("workflows.step-names", "workflows.sentences"),
        _waiting(name="1st"),
        (
            "Invalid step name '1st'. A name must begin with a letter, have between 3 and 100 "
            "characters, and allowed characters are combinations of numbers [0-9], english letters "
            "[a-z,A-Z] and special characters [-_]."
        ),
    ),
    (
        "long-step-name",
        "The name of a step may have 100 characters.",
        ("workflows.step-names",),
        _waiting(name="a" * 100),
        None,
    ),
    (
        "step-twice",
        "The names of steps are unique.",
        ("workflows.sentences",),
        _workflow(_WAIT, _WAIT),
        "Duplicate step name 'Only'. Names must be unique.",
    ),
    (
        "on-failure",
        "onFailure of a step is one of two words.",
        ("workflows.sentences",),
        _waiting(onFailure="Ignore"),
        f"{_IN_WORKFLOW}Invalid onFailure 'Ignore'. Valid values are: Abort, Continue.",
    ),
    (
        "unknown-member-of-a-step",
        "A member that a step does not have is refused.",
        ("workflows.sentences", "workflows.grammar"),
        _waiting(loop={}),
        f"{_IN_WORKFLOW}The step has an unknown member 'loop'.",
    ),
    (
        "longest-timeout",
        "Each action has a longest time-out.",
        ("workflows.grammar", "workflows.sentences"),
        _waiting(timeoutSeconds=604801),
        (
            f"{_IN_WORKFLOW}Invalid timeoutSeconds 604801. For action WaitForAction it must be "
            "between 1 and 604800."
        ),
    ),
    (
        "wait-seconds",
        "waitSeconds are less than the time-out.",
        ("workflows.sentences",),
        _waiting(timeoutSeconds=60, waitSeconds=60),
        (
            f"{_IN_WORKFLOW}Invalid waitSeconds 60. It must be at least 0, and less than the "
            "timeoutSeconds, 60."
        ),
    ),
    (
        "eleven-attempts",
        "A retry has ten attempts at most.",
        ("workflows.retry",),
        _waiting(retry={"maxAttempts": 11}),
        f"{_IN_WORKFLOW}Invalid maxAttempts 11. It must be between 1 and 10.",
    ),
    (
        "other-members-of-a-retry",
        "Other members of a retry are taken.",
        ("workflows.retry",),
        _waiting(retry={"maxAttempts": 10, "colour": "red"}),
        None,
    ),
    (
        "unknown-input",
        "An input that the action does not have is refused.",
        ("workflows.inputs",),
        _waiting(inputs={"colour": "red"}),
        f"{_IN_WORKFLOW}Action WaitForAction has an unknown input 'colour'.",
    ),
    (
        "missing-input",
        "An input that the action needs is missed.",
        ("workflows.inputs", "workflows.sentences"),
        _workflow({"name": "Only", "action": "LaunchInstance"}),
        f"{_IN_WORKFLOW}Action LaunchInstance has no inputs; it requires an 'inputs'",
    ),
    (
        "action-of-another-type",
        "An action stands in workflows of its types alone.",
        ("workflows.grammar", "workflows.sentences"),
        _workflow({"name": "Only", "action": "DistributeImage"}),
        f"{_IN_WORKFLOW}Action DistributeImage is not supported in a workflow of type TEST.",
    ),
    (
        "unknown-reference",
        "A reference to nothing that is known is refused.",
        ("workflows.sentences",),
        _waiting(**{"if": {"stringEquals": "a", "value": "$.parameters.none"}}),
        f"{_IN_WORKFLOW}The reference '$.parameters.none' does not refer to a known variable.",
    ),
    (
        "reference-into-a-list",
        "A reference may index the list that a step gives.",
        ("workflows.references",),
        _workflow(
            _LAUNCH,
            {
                "name": "Run",
                "action": "RunCommand",
                "inputs": {
                    "instanceId.$": "$.stepOutputs.Launch.instanceId",
                    "documentName": "AWS-RunShellScript",
                    "parameters": {"commands": ["date"]},
                },
            },
            {
                "name": "Again",
                "action": "RunCommand",
                "inputs": {
                    "instanceId.$": "$.stepOutputs.Launch.instanceId",
                    "documentName": "AWS-RunShellScript",
                    "parameters": {"commands.$": ["$.stepOutputs.Run.output[0]"]},
                },
            },
        ),
        None,
    ),
    (
        "parameter-type",
        "A parameter has one of four types.",
        ("workflows.sentences",),
        _workflow(parameters=[{"name": "size", "type": "float"}]),
        (
            "Parameter 'size' has the unsupported type 'float'. Supported types include: string, "
            "integer, boolean, stringList."
        ),
    ),
    (
        "value-of-a-boolean",
        "The default of a parameter has its type.",
        ("workflows.sentences",),
        _workflow(parameters=[{"name": "wait", "type": "boolean", "default": 1}]),
        "The value of the parameter 'wait' must be a boolean.",
    ),
    (
        "comparison-with-a-text",
        "A number may be compared with a text.",
        ("workflows.comparisons",),
        _workflow(
            {**_WAIT, "if": {"numberGreaterThan": 1, "value": "$.parameters.word"}},
            parameters=[{"name": "word", "type": "string", "default": "five"}],
        ),
        None,
    ),
)


def _typed(document: str, workflow_type: str) -> Any:
    return {
        "name": "<<name>>",
        "semanticVersion": "1.0.0",
        "type": workflow_type,
        "data": document,
    }


CLAIMS: tuple[Claim, ...] = (
    *(
        Claim(
            id=f"workflows.{key}",
            sentence=sentence,
            rows=rows,
            calls=(
                call(
                    "CreateWorkflow",
                    _typed(document, "TEST"),
                    ACCEPTED if detail is None else invalid("data", detail),
                ),
            ),
        )
        for key, sentence, rows, document, detail in _WORKFLOWS
    ),
    Claim(
        id="workflows.too-many-steps",
        sentence="A workflow has 15 steps at most.",
        rows=("quotas.sentence", "quotas.defaults"),
        calls=(
            call(
                "CreateWorkflow",
                _typed(
                    _workflow(*({**_WAIT, "name": f"Step{number}"} for number in range(16))), "TEST"
                ),
                Refused(
                    "ServiceQuotaExceededException",
                    "The request would exceed the quota for steps per workflow, which is 15.",
                ),
            ),
        ),
    ),
    Claim(
        id="workflows.distribution",
        sentence="A workflow of one's own may be of the type DISTRIBUTION.",
        rows=("workflows.distribution-type",),
        calls=(
            call(
                "CreateWorkflow",
                _typed(_waiting(), "DISTRIBUTION"),
                Answered(
                    {"workflowBuildVersionArn": ("<<own>>workflow/distribution/<<name>>/1.0.0/1")}
                ),
            ),
        ),
    ),
    Claim(
        id="workflows.default-of-a-list",
        sentence="A workflow shows its parameters, and a list's default as it is.",
        rows=("workflows.grammar",),
        calls=(
            call(
                "CreateWorkflow",
                _typed(
                    _workflow(
                        parameters=[
                            {"name": "wait", "type": "boolean", "default": True},
                            {"name": "all", "type": "stringList", "default": ["a", "b"]},
                        ]
                    ),
                    "TEST",
                ),
                made="workflowBuildVersionArn",
            ),
            call(
                "GetWorkflow",
                {"workflowBuildVersionArn": "<<made>>"},
                Answered(
                    {
                        "workflow.parameters": [
                            {"name": "wait", "type": "boolean", "defaultValue": ["true"]},
                            {"name": "all", "type": "stringList", "defaultValue": ["a", "b"]},
                        ],
                        "workflow.changeDescription": ABSENT,
                    }
                ),
            ),
        ),
    ),
)
