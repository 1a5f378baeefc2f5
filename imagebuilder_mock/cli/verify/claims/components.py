"""Documents of components: which are accepted, and in which words the others are refused."""

from __future__ import annotations

import json
from typing import Any

from imagebuilder_mock.cli.verify.claim import claim
from imagebuilder_mock.domain.quotas import over_quota

from .standing import DOCUMENT, TEST_DOCUMENT, Case, cases, create, get

_BASH = {"name": "Only", "action": "ExecuteBash", "inputs": {"commands": ["true"]}}
_CHARACTERS = (
    "Allowed characters are combinations of numbers [0-9], english letters [a-z,A-Z] and special "
    "characters [-_]."
)
_IN_STEP = "Parsing step 'Only' in phase 'build' failed. Error: "


def _document(*steps: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A document with one phase, or with other members."""
    phases = [{"name": "build", "steps": list(steps or (_BASH,))}]
    return {"data": json.dumps({"schemaVersion": "1.0", "phases": phases, **members})}


def _step(**members: Any) -> dict[str, Any]:
    return _document({**_BASH, **members})


def _nested(levels: int) -> dict[str, Any]:
    return {"not": _nested(levels - 1)} if levels else {"fileExists": "/etc/hosts"}


_COMPONENTS: tuple[Case, ...] = (
    Case(
        "no-mapping",
        "A document has to be a mapping.",
        ("components.grammar", "components.other-sentences"),
        {"data": "- build\n"},
        "The document must be a mapping.",
    ),
    Case(
        "schema-version",
        "A schema version other than 1.0 is refused.",
        ("components.grammar",),
        _document(schemaVersion="2.0"),
        "Invalid schema version. Supported versions include: 1.0.",
    ),
    Case(
        "no-phases",
        "A document without phases is refused.",
        ("components.grammar", "components.other-sentences"),
        _document(phases=[]),
        "The document has no phases; it requires a 'phases'",
    ),
    Case(
        "phase-name",
        "The name of a phase has only letters, digits, hyphens and underscores.",
        ("components.other-sentences",),
        _document(phases=[{"name": "build it", "steps": [_BASH]}]),
        f"Invalid phase name 'build it'. {_CHARACTERS}",
    ),
    Case(
        "phase-twice",
        "The names of phases are unique.",
        ("components.other-sentences",),
        _document(phases=[{"name": "build", "steps": [_BASH]}] * 2),
        "Duplicate phase name 'build'. Names must be unique.",
    ),
    Case(
        "no-known-phase",
        "A document has at least one phase that the service runs.",
        ("components.other-sentences",),
        _document(phases=[{"name": "update", "steps": [_BASH]}]),
        "At least one phase must be named 'build', 'validate' or 'test'.",
    ),
    Case(
        "unknown-member",
        "A member that a document does not have is refused.",
        ("components.unknown-members",),
        _document(outputs=[]),
        "The document has an unknown member 'outputs'.",
    ),
    Case(
        "unknown-member-of-a-phase",
        "A member that a phase does not have is refused.",
        ("components.unknown-members",),
        _document(phases=[{"name": "build", "steps": [_BASH], "colour": "red"}]),
        "Phase 'build' has an unknown member 'colour'.",
    ),
    Case(
        "unknown-member-of-a-step",
        "A member that a step does not have is refused.",
        ("components.unknown-members",),
        _step(timeout=1),
        f"{_IN_STEP}The step has an unknown member 'timeout'.",
    ),
    Case(
        "step-name",
        "The name of a step has only letters, digits, hyphens and underscores.",
        ("components.seen-sentences",),
        _step(name="Say hello!"),
        f"Invalid step name 'Say hello!' in phase 'build'. {_CHARACTERS}",
    ),
    Case(
        "short-step-name",
        "The name of a step has three characters at least.",
        ("components.other-sentences",),
        _step(name="ab"),
        "Invalid step name 'ab' in phase 'build'. A name must have between 3 and 128 characters.",
    ),
    Case(
        "step-twice",
        "The names of a phase's steps are unique.",
        ("components.other-sentences",),
        _document(_BASH, _BASH),
        "Duplicate step name 'Only' in phase 'build'. Names must be unique.",
    ),
    Case(
        "unsupported-action",
        "The refusal of an action that the platform does not have names the platform.",
        ("components.seen-sentences",),
        _step(action="ExecutePowerShell"),
        f"{_IN_STEP}Unsupported action ExecutePowerShell for os platform linux.",
    ),
    Case(
        "no-action",
        "A step without an action is refused.",
        ("components.other-sentences",),
        _document({"name": "Only"}),
        f"{_IN_STEP}The step has no action; it requires an 'action'",
    ),
    Case(
        "no-inputs",
        "An action that needs inputs is refused without them.",
        ("components.seen-sentences",),
        _step(action="S3Download", inputs=[]),
        f"{_IN_STEP}Action S3Download has no inputs; it requires an 'inputs'",
    ),
    Case(
        "unknown-input",
        "An input that the action does not have is refused.",
        ("components.grammar", "components.other-sentences"),
        _step(inputs={"commands": ["true"], "command": "true"}),
        f"{_IN_STEP}An entry of 'inputs' of action ExecuteBash has an unknown member 'command'.",
    ),
    Case(
        "form-of-inputs",
        "A list of inputs is refused where a mapping is needed.",
        ("components.other-sentences",),
        _step(inputs=[{"commands": ["true"]}]),
        f"{_IN_STEP}Action ExecuteBash requires its 'inputs' to be a mapping.",
    ),
    Case(
        "timeout-of-nothing",
        "A time-out is -1 or greater than 0.",
        ("components.other-sentences",),
        _step(timeoutSeconds=0),
        f"{_IN_STEP}Invalid timeoutSeconds 0. It must be -1 or greater than 0.",
    ),
    Case(
        "no-attempts",
        "A step has one attempt at least.",
        ("components.other-sentences",),
        _step(maxAttempts=0),
        f"{_IN_STEP}Invalid maxAttempts 0. It must be greater than 0.",
    ),
    Case(
        "on-failure",
        "onFailure is one of three words, and their case counts.",
        ("components.other-sentences",),
        _step(onFailure="abort"),
        f"{_IN_STEP}Invalid onFailure 'abort'. Valid values are: Abort, Continue, Ignore.",
    ),
    Case(
        "endless-loop",
        "A loop that leads away from its end is refused.",
        ("components.endless-loop",),
        _step(loop={"for": {"start": 1, "end": 10, "updateBy": -1}}),
        f"{_IN_STEP}The loop's 'for' results in an infinite loop: start 1, end 10, updateBy -1.",
    ),
    Case(
        "loop-by-zero",
        "A loop whose step is 0 is refused.",
        ("components.endless-loop",),
        _step(loop={"for": {"start": 1, "end": 2, "updateBy": 0}}),
        f"{_IN_STEP}The loop's 'for' results in an infinite loop: start 1, end 2, updateBy 0.",
    ),
    Case(
        "delimiter",
        "forEach divides a text at one of nine delimiters.",
        ("components.other-sentences",),
        _step(loop={"forEach": {"list": "a|b", "delimiter": "|"}}),
        (
            f"{_IN_STEP}Invalid delimiter '|' of the loop's 'forEach'. Valid delimiters are "
            r". , ; : \n \t space - _."
        ),
    ),
    Case(
        "deep-condition",
        "Logical operators nest four deep at most.",
        ("components.grammar",),
        _step(**{"if": _nested(5)}),
        f"{_IN_STEP}Logical operators must not be nested more than 4 levels deep.",
    ),
    Case(
        "four-deep-assert",
        "Logical operators in Assert may nest four deep.",
        ("components.assert-depth",),
        _step(action="Assert", inputs=_nested(4)),
    ),
    Case(
        "deep-assert",
        "Logical operators in Assert nest four deep at most.",
        ("components.assert-depth",),
        _step(action="Assert", inputs=_nested(5)),
        f"{_IN_STEP}Logical operators must not be nested more than 4 levels deep.",
    ),
    Case(
        "unknown-operator",
        "An operator that conditions do not have is refused.",
        ("components.other-sentences",),
        _step(**{"if": {"stringContains": "a"}}),
        f"{_IN_STEP}The 'if' condition has an unknown member 'stringContains'.",
    ),
    Case(
        "other-braces",
        "Braces that hold no reference are left alone.",
        ("components.other-braces",),
        _step(inputs={"commands": ["echo {{ 1 + 1 }}"]}),
    ),
    Case(
        "yaml-version",
        "A document may say that it is YAML 1.2.",
        ("components.yaml-version-and-slash",),
        {"data": f"%YAML 1.2\n---\n{DOCUMENT}"},
    ),
    Case(
        "escaped-slash",
        "A slash may be escaped in a document in JSON.",
        ("components.yaml-version-and-slash",),
        {"data": _step(inputs={"commands": ["cat /etc/hosts"]})["data"].replace("/", r"\/")},
    ),
    Case(
        "too-many-parameters",
        "A component has 25 parameters at most.",
        ("quotas.sentence", "quotas.defaults"),
        _document(parameters=[{f"Name{number}": {"type": "string"}} for number in range(26)]),
        over_quota("parameters per component", 25),
    ),
    Case(
        "too-long-a-default",
        "The default of a component's parameter has 1,024 characters at most.",
        ("quotas.sizes", "quotas.sentence"),
        _document(parameters=[{"Long": {"type": "string", "default": "a" * 1025}}]),
        over_quota("component parameter length", 1024),
    ),
)

CLAIMS = (
    *cases("components", "Component", _COMPONENTS, parameter="data"),
    claim(
        "components.type-of-test",
        "A component whose document only tests is of the type TEST.",
        ("components.type",),
        create("Component", data=TEST_DOCUMENT),
        get("Component", {"type": "TEST"}),
    ),
    claim(
        "components.type-of-validate",
        "A component whose document only validates is of the type BUILD.",
        ("components.type",),
        create("Component", data=DOCUMENT.replace("name: build", "name: validate")),
        get("Component", {"type": "BUILD"}),
    ),
    claim(
        "components.parameters-shown",
        "A component shows the parameters of its document.",
        ("components.grammar",),
        get(
            "Component",
            {
                "parameters": [
                    {
                        "name": "Greeting",
                        "type": "string",
                        "defaultValue": ["hello"],
                        "description": "What to say.",
                    },
                    {"name": "Name", "type": "string"},
                ]
            },
            "<<greeting>>",
        ),
    ),
)
