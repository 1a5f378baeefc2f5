"""Workflow documents: the steps that Image Builder itself takes to build, test and distribute.

Source: user guide, image-workflow-create-document. The sentences that refuse a document speak in
the voice of those seen for component documents. The members of ``retry`` are not documented; the
number of attempts is what the API shows of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import (
    integer_of,
    list_of,
    mapping_of,
    members_of,
    optional_text,
    required,
    text_of,
    unique,
)
from imagebuilder_mock.domain.documents.yaml_loading import load_document

from .actions import FOR_AMIS, FOR_CONTAINERS, StepAction, step_action
from .conditions import parse_condition, references_of
from .parameters import WorkflowParameter, parse_parameters
from .variables import SUFFIX, References, is_reference, references_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagebuilder_mock.domain.states import WorkflowType

    from .conditions import Expression

MAX_OUTPUTS = 25
MAX_DESCRIPTION = 1024
MAX_ATTEMPTS = 10

OnFailure = Literal["Abort", "Continue"]

_SCHEMA_VERSIONS = ("1.0", "1")
_ON_FAILURE: Mapping[str, OnFailure] = {"Abort": "Abort", "Continue": "Continue"}
# The model's pattern for the names of steps that ran bounds them above; the guide below.
_STEP_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,99}")
_DOCUMENT_MEMBERS = ("name", "description", "schemaVersion", "parameters", "steps", "outputs")
_STEP_MEMBERS = (
    "name",
    "action",
    "description",
    "inputs",
    "onFailure",
    "rollbackEnabled",
    "timeoutSeconds",
    "waitSeconds",
    "if",
    "retry",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowStep:
    """One action, with its defaults filled in. Times are in seconds."""

    name: str
    action: str
    description: str | None = None
    inputs: Mapping[str, object] | None = None
    on_failure: OnFailure = "Abort"
    rollback_enabled: bool | str = True
    """Or a reference to a boolean."""
    timeout_seconds: int
    wait_seconds: int = 0
    condition: Expression | None = None
    max_attempts: int = 1


@dataclass(frozen=True, slots=True)
class WorkflowOutput:
    """A value that later workflows of the image can refer to."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowDocument:
    """A document that the service takes."""

    name: str | None
    description: str | None
    schema_version: str
    parameters: tuple[WorkflowParameter, ...]
    steps: tuple[WorkflowStep, ...]
    outputs: tuple[WorkflowOutput, ...]

    @property
    def has_container_steps(self) -> bool:
        return any(step.action == FOR_CONTAINERS for step in self.steps)


@lru_cache(maxsize=256)
def parse_workflow_document(
    text: str, workflow_type: WorkflowType | None = None
) -> WorkflowDocument:
    """The document that a workflow's ``data`` holds, or a DocumentError that names the step.

    The actions must be those of the type; without one, any will do.
    """
    members = members_of(load_document(text), "The document", known=_DOCUMENT_MEMBERS)
    if str(members.get("schemaVersion")) not in _SCHEMA_VERSIONS:
        raise DocumentError("Invalid schema version. Supported versions include: 1.0.")
    parameters = parse_parameters(members.get("parameters"))
    steps = tuple(_steps(members, parameters, workflow_type))
    _check_distribution(steps)
    return WorkflowDocument(
        name=optional_text(members, "name", "the document"),
        description=optional_text(members, "description", "the document"),
        schema_version="1.0",
        parameters=parameters,
        steps=steps,
        outputs=tuple(_outputs(members, parameters, steps)),
    )


def _steps(
    members: Mapping[str, object],
    parameters: tuple[WorkflowParameter, ...],
    workflow_type: WorkflowType | None,
) -> Iterator[WorkflowStep]:
    before: list[str] = []
    known = [parameter.name for parameter in parameters]
    for entry in list_of(required(members, "steps", "The document"), "The document's 'steps'"):
        name = unique(
            _name_of(required(mapping_of(entry, "Every step"), "name", "A step")), before, "step"
        )
        try:
            step = _step(name, entry, workflow_type)
            _check_references(step, References(known, before))
        except DocumentError as error:
            detail = f"Parsing step '{name}' failed. Error: {error.detail}"
            raise DocumentError(detail) from error
        before.append(name)
        yield step


def _name_of(value: object) -> str:
    name = text_of(value, f"The step name '{value}'")
    if _STEP_NAME.fullmatch(name) is None:
        raise DocumentError(
            f"Invalid step name '{name}'. A name must begin with a letter, have between 3 and 100 "
            "characters, and allowed characters are combinations of numbers [0-9], english "
            "letters [a-z,A-Z] and special characters [-_]."
        )
    return name


def _step(name: str, raw: object, workflow_type: WorkflowType | None) -> WorkflowStep:
    members = members_of(raw, "The step", known=_STEP_MEMBERS)
    action = step_action(
        text_of(required(members, "action", "The step"), "The action of the step"), workflow_type
    )
    timeout = _timeout(members, action)
    return WorkflowStep(
        name=name,
        action=action.name,
        description=_description(members),
        inputs=_inputs(members, action),
        on_failure=_on_failure(members),
        rollback_enabled=_rollback_enabled(members),
        timeout_seconds=timeout,
        wait_seconds=_wait(members, timeout),
        condition=parse_condition(members["if"]) if "if" in members else None,
        max_attempts=_attempts(members),
    )


def _description(members: Mapping[str, object]) -> str | None:
    text = optional_text(members, "description", "the step")
    if text is not None and not 1 <= len(text) <= MAX_DESCRIPTION:
        raise DocumentError(
            f"The description of the step must have between 1 and {MAX_DESCRIPTION} characters."
        )
    return text


def _inputs(members: Mapping[str, object], action: StepAction) -> Mapping[str, object] | None:
    raw = members.get("inputs")
    subject = f"Action {action.name}"
    if raw in (None, [], {}):
        if action.required:
            required(members, "inputs", subject)
        return None
    inputs = {str(key): value for key, value in mapping_of(raw, f"{subject} inputs").items()}
    given = {key.removesuffix(SUFFIX): value for key, value in inputs.items()}
    if len(given) != len(inputs):
        raise DocumentError(f"{subject} has an input both with and without '.$'.")
    for key in given:
        if key not in action.required and key not in action.optional:
            raise DocumentError(f"{subject} has an unknown input '{key}'.")
    for key in action.required:
        required(given, key, subject)
    for key, value in inputs.items():
        if not key.endswith(SUFFIX):
            action.check_input(key, value)
        elif not is_reference(value):
            raise DocumentError(f"The input '{key}' must be a reference that begins with '$.'.")
    return inputs


def _on_failure(members: Mapping[str, object]) -> OnFailure:
    value = text_of(members.get("onFailure", "Abort"), "The onFailure of the step")
    if value not in _ON_FAILURE:
        raise DocumentError(f"Invalid onFailure '{value}'. Valid values are: Abort, Continue.")
    return _ON_FAILURE[value]


def _rollback_enabled(members: Mapping[str, object]) -> bool | str:
    # Both spellings are in use: the value's own, and the key's that marks a reference.
    value = members.get("rollbackEnabled", True)
    if isinstance(value, bool) or (isinstance(value, str) and is_reference(value)):
        return value
    raise DocumentError("The rollbackEnabled of the step must be a boolean or a reference.")


def _timeout(members: Mapping[str, object], action: StepAction) -> int:
    seconds = integer_of(
        members.get("timeoutSeconds", action.timeout), "The timeoutSeconds of the step"
    )
    if not 1 <= seconds <= action.longest_timeout:
        raise DocumentError(
            f"Invalid timeoutSeconds {seconds}. For action {action.name} it must be between 1 and "
            f"{action.longest_timeout}."
        )
    return seconds


def _wait(members: Mapping[str, object], timeout: int) -> int:
    seconds = integer_of(members.get("waitSeconds", 0), "The waitSeconds of the step")
    if not 0 <= seconds < timeout:
        raise DocumentError(
            f"Invalid waitSeconds {seconds}. It must be at least 0, and less than the "
            f"timeoutSeconds, {timeout}."
        )
    return seconds


def _attempts(members: Mapping[str, object]) -> int:
    if "retry" not in members:
        return 1
    retry = mapping_of(members["retry"], "The retry of the step")
    attempts = integer_of(retry.get("maxAttempts", 1), "The maxAttempts of the retry")
    if not 1 <= attempts <= MAX_ATTEMPTS:
        raise DocumentError(
            f"Invalid maxAttempts {attempts}. It must be between 1 and {MAX_ATTEMPTS}."
        )
    return attempts


def _check_references(step: WorkflowStep, references: References) -> None:
    found = [*references_in(step.inputs)]
    if isinstance(step.rollback_enabled, str):
        found.append(step.rollback_enabled)
    if step.condition is not None:
        found += references_of(step.condition)
    for text in found:
        references.check(text)


def _check_distribution(steps: tuple[WorkflowStep, ...]) -> None:
    actions = {step.action for step in steps}
    if FOR_CONTAINERS in actions and (others := sorted(actions & FOR_AMIS)):
        raise DocumentError(
            f"A workflow with the action {FOR_CONTAINERS} must not have the actions: "
            f"{', '.join(others)}."
        )


def _outputs(
    members: Mapping[str, object],
    parameters: tuple[WorkflowParameter, ...],
    steps: tuple[WorkflowStep, ...],
) -> Iterator[WorkflowOutput]:
    raw = members.get("outputs")
    entries = [] if raw is None else list_of(raw, "The document's 'outputs'")
    if len(entries) > MAX_OUTPUTS:
        raise DocumentError(f"A document must not have more than {MAX_OUTPUTS} outputs.")
    references = References(
        [parameter.name for parameter in parameters], [step.name for step in steps]
    )
    taken: list[str] = []
    for entry in entries:
        output = members_of(entry, "An output", known=("name", "value"))
        name = unique(
            text_of(required(output, "name", "An output"), "The name of an output"),
            taken,
            "output",
        )
        taken.append(name)
        value = text_of(
            required(output, "value", f"Output '{name}'"), f"The value of output '{name}'"
        )
        for text in references_in(value, is_reference=is_reference(value)):
            references.check(text)
        yield WorkflowOutput(name, value)
