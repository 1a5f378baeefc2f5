"""Documents of components that are taken or refused, and in which words."""

from __future__ import annotations

import json
from typing import Any

from imagebuilder_mock.cli.verify.claim import (
    ACCEPTED,
    Answered,
    Claim,
    Refused,
    call,
    invalid,
)

from .standing import DOCUMENT, TEST_DOCUMENT

_BASH = {"name": "Only", "action": "ExecuteBash", "inputs": {"commands": ["true"]}}
_CHARACTERS = (
    "Allowed characters are combinations of numbers [0-9], english letters [a-z,A-Z] and special "
    "characters [-_]."
)
_IN_STEP = "Parsing step 'Only' in phase 'build' failed. Error: "
_FILE = {"fileExists": "/etc/hosts"}


def _document(*steps: dict[str, Any], **members: Any) -> str:
    """The text of a component's document with one phase, or with other members."""
    phases = [{"name": "build", "steps": list(steps or (_BASH,))}]
    return json.dumps({"schemaVersion": "1.0", "phases": phases, **members})


def _step(**members: Any) -> str:
    return _document({**_BASH, **members})


def _nested(levels: int) -> dict[str, Any]:
    expression: dict[str, Any] = _FILE
    for _ in range(levels):
        expression = {"not": expression}
    return expression


# What follows the subject in the id, the sentence, the rows, the document, and what is said of it:
# nothing if it is taken.
_COMPONENTS: tuple[tuple[str, str, tuple[str, ...], str, str | None], ...] = (
    (
        "no-mapping",
        "A document has to be a mapping.",
        ("components.grammar", "components.other-sentences"),
        "- build\n",
        "The document must be a mapping.",
    ),
    (
        "schema-version",
        "A schema version other than 1.0 is refused.",
        ("components.grammar",),
        _document(schemaVersion="2.0"),
        "Invalid schema version. Supported versions include: 1.0.",
    ),
    (
        "no-phases",
        "A document without phases is refused.",
        ("components.grammar", "components.other-sentences"),
        _document(phases=[]),
        "The document has no phases; it requires a 'phases'",
    ),
    (
        "phase-name",
        "The name of a phase has letters, digits, hyphens and underscores.",
        ("components.other-sentences",),
        _document(phases=[{"name": "build it", "steps": [_BASH]}]),
        f"Invalid phase name 'build it'. {_CHARACTERS}",
    ),
    (
        "phase-twice",
        "The names of phases are unique.",
        ("components.other-sentences",),
        _document(phases=[{"name": "build", "steps": [_BASH]}] * 2),
        "Duplicate phase name 'build'. Names must be unique.",
    ),
    (
        "no-known-phase",
        "At least one phase is one that the service runs.",
        ("components.other-sentences",),
        _document(phases=[{"name": "update", "steps": [_BASH]}]),
        "At least one phase must be named 'build', 'validate' or 'test'.",
    ),
    (
        "unknown-member",
        "A member that a document does not have is refused.",
        ("components.unknown-members",),
        _document(outputs=[]),
        "The document has an unknown member 'outputs'.",
    ),
    (
        "unknown-member-of-a-phase",
        "A member that a phase does not have is refused.",
        ("components.unknown-members",),
        _document(phases=[{"name": "build", "steps": [_BASH], "colour": "red"}]),
        "Phase 'build' has an unknown member 'colour'.",
    ),
    (
        "unknown-member-of-a-step",
        "A member that a step does not have is refused.",
        ("components.unknown-members",),
        _step(timeout=1),
        f"{_IN_STEP}The step has an unknown member 'timeout'.",
    ),
    (
        "step-name",
        "The name of a step has letters, digits, hyphens and underscores.",
        ("components.seen-sentences",),
        _step(name="Say hello!"),
        f"Invalid step name 'Say hello!' in phase 'build'. {_CHARACTERS}",
    ),
    (
        "short-step-name",
        "The name of a step has three characters at least.",
        ("components.other-sentences",),
        _step(name="ab"),
        "Invalid step name 'ab' in phase 'build'. A name must have between 3 and 128 characters.",
    ),
    (
        "step-twice",
        "The names of a phase's steps are unique.",
        ("components.other-sentences",),
        _document(_BASH, _BASH),
        "Duplicate step name 'Only' in phase 'build'. Names must be unique.",
    ),
    (
        "unsupported-action",
        "An action that the platform does not have is refused with the platform.",
        ("components.seen-sentences",),
        _step(action="ExecutePowerShell"),
        f"{_IN_STEP}Unsupported action ExecutePowerShell for os platform linux.",
    ),
    (
        "no-action",
        "A step without an action is refused.",
        ("components.other-sentences",),
        _document({"name": "Only"}),
        f"{_IN_STEP}The step has no action; it requires an 'action'",
    ),
    (
        "no-inputs",
        "An action that needs inputs is refused without any.",
        ("components.seen-sentences",),
        _step(action="S3Download", inputs=[]),
        f"{_IN_STEP}Action S3Download has no inputs; it requires an 'inputs'",
    ),
    (
        "unknown-input",
        "An input that the action does not have is refused.",
        ("components.grammar", "components.other-sentences"),
        _step(inputs={"commands": ["true"], "command": "true"}),
        f"{_IN_STEP}An entry of 'inputs' of action ExecuteBash has an unknown member 'command'.",
    ),
    (
        "form-of-inputs",
        "Inputs of the other form are refused.",
        ("components.other-sentences",),
        _step(inputs=[{"commands": ["true"]}]),
        f"{_IN_STEP}Action ExecuteBash requires its 'inputs' to be a mapping.",
    ),
    (
        "timeout-of-nothing",
        "A time-out is -1 or above 0.",
        ("components.other-sentences",),
        _step(timeoutSeconds=0),
        f"{_IN_STEP}Invalid timeoutSeconds 0. It must be -1 or greater than 0.",
    ),
    (
        "no-attempts",
        "There is one attempt at least.",
        ("components.other-sentences",),
        _step(maxAttempts=0),
        f"{_IN_STEP}Invalid maxAttempts 0. It must be greater than 0.",
    ),
    (
        "on-failure",
        "onFailure is one of three words, in their case.",
        ("components.other-sentences",),
        _step(onFailure="abort"),
        f"{_IN_STEP}Invalid onFailure 'abort'. Valid values are: Abort, Continue, Ignore.",
    ),
    (
        "endless-loop",
        "A loop that leads away from its end is refused.",
        ("components.endless-loop",),
        _step(loop={"for": {"start": 1, "end": 10, "updateBy": -1}}),
        f"{_IN_STEP}The loop's 'for' results in an infinite loop: start 1, end 10, updateBy -1.",
    ),
    (
        "loop-by-zero",
        "A loop that never moves is refused.",
        ("components.endless-loop",),
        _step(loop={"for": {"start": 1, "end": 2, "updateBy": 0}}),
        f"{_IN_STEP}The loop's 'for' results in an infinite loop: start 1, end 2, updateBy 0.",
    ),
    (
        "delimiter",
        "A text is divided at one of nine delimiters.",
        ("components.other-sentences",),
        _step(loop={"forEach": {"list": "a|b", "delimiter": "|"}}),
        (
            f"{_IN_STEP}Invalid delimiter '|' of the loop's 'forEach'. Valid delimiters are "
            r". , ; : \n \t space - _."
        ),
    ),
    (
        "deep-condition",
        "Logical operators nest four deep.",
        ("components.grammar",),
        _step(**{"if": _nested(5)}),
        f"{_IN_STEP}Logical operators must not be nested more than 4 levels deep.",
    ),
    (
        "four-deep-assert",
        "Logical operators that nest four deep are taken in Assert.",
        ("components.assert-depth",),
        _step(action="Assert", inputs=_nested(4)),
        None,
    ),
    (
        "deep-assert",
        "Logical operators nest four deep in Assert too.",
        ("components.assert-depth",),
        _step(action="Assert", inputs=_nested(5)),
        f"{_IN_STEP}Logical operators must not be nested more than 4 levels deep.",
    ),
    (
        "unknown-operator",
        "An operator that conditions do not have is refused.",
        ("components.other-sentences",),
        _step(**{"if": {"stringContains": "a"}}),
        f"{_IN_STEP}The 'if' condition has an unknown member 'stringContains'.",
    ),
    (
        "other-braces",
        "Braces that hold none of the forms of a reference are left alone.",
        ("components.other-braces",),
        _step(inputs={"commands": ["echo {{ 1 + 1 }}"]}),
        None,
    ),
    (
        "yaml-version",
        "A document may say that it is YAML 1.2.",
        ("components.yaml-version-and-slash",),
        f"%YAML 1.2\n---\n{DOCUMENT}",
        None,
    ),
    (
        "escaped-slash",
        "A slash may be escaped in a document that is written as JSON.",
        ("components.yaml-version-and-slash",),
        _step(inputs={"commands": ["cat /etc/hosts"]}).replace("/", r"\/"),
        None,
    ),
)


def _component(document: str, detail: str | None, **params: object) -> Any:
    given = {
        "name": "<<name>>",
        "semanticVersion": "1.0.0",
        "platform": "Linux",
        "data": document,
        **params,
    }
    return call("CreateComponent", given, ACCEPTED if detail is None else invalid("data", detail))


def _type_of(key: str, sentence: str, document: str, component_type: str) -> Claim:
    return Claim(
        id=f"components.{key}",
        sentence=sentence,
        rows=("components.type",),
        calls=(
            _component(document, None),
            call(
                "GetComponent",
                {"componentBuildVersionArn": "<<own>>component/<<name>>/1.0.0/1"},
                Answered({"component.type": component_type}),
            ),
        ),
    )


CLAIMS: tuple[Claim, ...] = (
    *(
        Claim(
            id=f"components.{key}",
            sentence=sentence,
            rows=rows,
            calls=(_component(document, detail),),
        )
        for key, sentence, rows, document, detail in _COMPONENTS
    ),
    _type_of("type-of-test", "A document that only tests is a test.", TEST_DOCUMENT, "TEST"),
    _type_of(
        "type-of-validate",
        "A document that only validates is a build component.",
        DOCUMENT.replace("name: build", "name: validate"),
        "BUILD",
    ),
    Claim(
        id="components.parameters-shown",
        sentence="A component shows the parameters of its document.",
        rows=("components.grammar",),
        calls=(
            call(
                "GetComponent",
                {"componentBuildVersionArn": "<<greeting>>"},
                Answered(
                    {
                        "component.parameters": [
                            {
                                "name": "Greeting",
                                "type": "string",
                                "defaultValue": ["hello"],
                                "description": "What to say.",
                            },
                            {"name": "Name", "type": "string"},
                        ]
                    }
                ),
            ),
        ),
    ),
    Claim(
        id="components.too-many-parameters",
        sentence="A component has 25 parameters at most.",
        rows=("quotas.sentence", "quotas.defaults"),
        calls=(
            call(
                "CreateComponent",
                {
                    "name": "<<name>>",
                    "semanticVersion": "1.0.0",
                    "platform": "Linux",
                    "data": _document(
                        parameters=[{f"Name{number}": {"type": "string"}} for number in range(26)]
                    ),
                },
                Refused(
                    "ServiceQuotaExceededException",
                    "The request would exceed the quota for parameters per component, which is 25.",
                ),
            ),
        ),
    ),
    Claim(
        id="components.too-long-a-default",
        sentence="The default of a component's parameter has 1,024 characters at most.",
        rows=("quotas.sizes", "quotas.sentence"),
        calls=(
            call(
                "CreateComponent",
                {
                    "name": "<<name>>",
                    "semanticVersion": "1.0.0",
                    "platform": "Linux",
                    "data": _document(
                        parameters=[{"Long": {"type": "string", "default": "a" * 1025}}]
                    ),
                },
                Refused(
                    "ServiceQuotaExceededException",
                    "The request would exceed the quota for component parameter length, which is "
                    "1024.",
                ),
            ),
        ),
    ),
)
