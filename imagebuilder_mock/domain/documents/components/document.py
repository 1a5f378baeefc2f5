"""Component documents: what AWSTOE runs on the build and test instances.

Sources: user guide page toe-use-documents and those it links to. Of the sentences that refuse a
document, those about a step's name and the schema version were seen, and that ``Parsing step
'<step>' in phase '<phase>' failed. Error: `` begins what is wrong in a step; the others speak in
their voice. A script that is imported becomes "a component document with a single step that runs
the script" (API reference, ImportComponent); the names of its phase and step are inferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import yaml

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import (
    integer_of,
    list_of,
    mapping_of,
    members_of,
    name_of,
    optional_text,
    required,
    text_of,
    unique,
)
from imagebuilder_mock.domain.documents.yaml_loading import load_document
from imagebuilder_mock.domain.resources.documents import ParameterDetail

from .actions import action_module, parse_inputs
from .conditions import parse_condition
from .loops import parse_loop
from .variables import Scope, check_references, parse_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.domain.states import ComponentType, Platform

    from .conditions import Condition
    from .loops import Loop
    from .variables import DocumentConstant, DocumentParameter


OnFailure = Literal["Abort", "Continue", "Ignore"]

DEFAULT_TIMEOUT_SECONDS = 7200
NO_TIMEOUT = -1

_SCHEMA_VERSIONS = ("1.0", "1")
_PHASES = ("build", "validate", "test")
_ON_FAILURE: Mapping[str, OnFailure] = {
    "Abort": "Abort",
    "Continue": "Continue",
    "Ignore": "Ignore",
}
_DOCUMENT_MEMBERS = (
    "name",
    "description",
    "schemaVersion",
    "parameters",
    "constants",
    "phases",
    "disableLogging",
)
_PHASE_MEMBERS = ("name", "steps", "disableLogging")
_STEP_MEMBERS = (
    "name",
    "action",
    "timeoutSeconds",
    "onFailure",
    "maxAttempts",
    "inputs",
    "loop",
    "if",
    "disableLogging",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action; ``inputs`` has an entry for each mapping that the document gives it."""

    name: str
    action: str
    inputs: tuple[Mapping[str, object], ...] = ()
    timeout_seconds: int = DEFAULT_TIMEOUT_SECONDS
    on_failure: OnFailure = "Abort"
    max_attempts: int = 1
    loop: Loop | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """Steps that run one after the other."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentDocument:
    """A document that the service takes, with its defaults filled in."""

    name: str | None
    description: str | None
    schema_version: str
    parameters: tuple[DocumentParameter, ...]
    constants: tuple[DocumentConstant, ...]
    phases: tuple[Phase, ...]

    @property
    def component_type(self) -> ComponentType:
        """TEST for a document whose only phase is ``test`` (API reference, CreateComponent)."""
        return "TEST" if [phase.name for phase in self.phases] == ["test"] else "BUILD"

    @property
    def parameter_details(self) -> tuple[ParameterDetail, ...] | None:
        """The parameters that it declares, as the service shows them."""
        details = tuple(
            ParameterDetail(
                name=parameter.name,
                type=parameter.type,
                default_value=None if parameter.default is None else (parameter.default,),
                description=parameter.description,
            )
            for parameter in self.parameters
        )
        return details or None


def parse_component_document(text: str, *, platform: Platform | None = None) -> ComponentDocument:
    """The document that a component's ``data`` holds, or a DocumentError.

    The service refuses an action that the component's platform does not have; without
    ``platform``, one of any platform is taken. The error's ``detail`` is what stands after "The
    value supplied for parameter 'data' is not valid. ".
    """
    members = members_of(load_document(text), "The document", known=_DOCUMENT_MEMBERS)
    if str(members.get("schemaVersion")) not in _SCHEMA_VERSIONS:
        raise DocumentError("Invalid schema version. Supported versions include: 1.0.")
    _check_logging(members, "the document")
    parameters, constants = parse_variables(members.get("parameters"), members.get("constants"))
    raw_phases = _raw_phases(members)
    document = ComponentDocument(
        name=optional_text(members, "name", "the document"),
        description=optional_text(members, "description", "the document"),
        schema_version="1.0",
        parameters=parameters,
        constants=constants,
        phases=tuple(
            Phase(name, tuple(_step(name, step, raw, platform) for step, raw in steps.items()))
            for name, steps in raw_phases.items()
        ),
    )
    _check_loop_names(document)
    _check_references(document, raw_phases)
    return document


def _raw_phases(members: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Each step as it is written, by the names of its phase and itself."""
    phases: dict[str, dict[str, object]] = {}
    for entry in list_of(required(members, "phases", "The document"), "The document's 'phases'"):
        mapping = mapping_of(entry, "Every phase")
        name = unique(name_of(required(mapping, "name", "A phase"), "phase"), phases, "phase")
        subject = f"Phase '{name}'"
        phase = members_of(mapping, subject, known=_PHASE_MEMBERS)
        _check_logging(phase, f"phase '{name}'")
        phases[name] = _raw_steps(required(phase, "steps", subject), name)
    if not any(name in phases for name in _PHASES):
        raise DocumentError("At least one phase must be named 'build', 'validate' or 'test'.")
    return phases


def _raw_steps(value: object, phase: str) -> dict[str, object]:
    where = f" in phase '{phase}'"
    steps: dict[str, object] = {}
    for entry in list_of(value, f"The 'steps' of phase '{phase}'"):
        written = required(mapping_of(entry, f"Every step{where}"), "name", f"A step{where}")
        steps[unique(name_of(written, "step", where), steps, "step", where)] = entry
    return steps


def _step(phase: str, name: str, raw: object, platform: Platform | None) -> Step:
    try:
        members = members_of(raw, "The step", known=_STEP_MEMBERS)
        action = text_of(required(members, "action", "The step"), "The action of the step")
        module = action_module(action, platform)
        _check_logging(members, "the step")
        return Step(
            name=name,
            action=action,
            inputs=parse_inputs(module, members.get("inputs")),
            timeout_seconds=_timeout(members, action),
            on_failure=_on_failure(members),
            max_attempts=_max_attempts(members, action),
            loop=parse_loop(members["loop"]) if "loop" in members else None,
            condition=parse_condition(members["if"]) if "if" in members else None,
        )
    except DocumentError as error:
        raise _in_step(phase, name, error) from error


def _timeout(members: Mapping[str, object], action: str) -> int:
    nested = action == "ExecuteDocument"
    default = NO_TIMEOUT if nested else DEFAULT_TIMEOUT_SECONDS
    seconds = integer_of(members.get("timeoutSeconds", default), "The timeoutSeconds of the step")
    if seconds < 1 and seconds != NO_TIMEOUT:
        raise DocumentError(f"Invalid timeoutSeconds {seconds}. It must be -1 or greater than 0.")
    if nested and seconds != NO_TIMEOUT:
        raise DocumentError(f"Action {action} does not support a timeoutSeconds other than -1.")
    return seconds


def _max_attempts(members: Mapping[str, object], action: str) -> int:
    attempts = integer_of(members.get("maxAttempts", 1), "The maxAttempts of the step")
    if attempts < 1:
        raise DocumentError(f"Invalid maxAttempts {attempts}. It must be greater than 0.")
    if action == "ExecuteDocument" and attempts != 1:
        raise DocumentError(f"Action {action} does not support a maxAttempts other than 1.")
    return attempts


def _on_failure(members: Mapping[str, object]) -> OnFailure:
    value = text_of(members.get("onFailure", "Abort"), "The onFailure of the step")
    if value not in _ON_FAILURE:
        raise DocumentError(
            f"Invalid onFailure '{value}'. Valid values are: Abort, Continue, Ignore.",
        )
    return _ON_FAILURE[value]


def _check_logging(members: Mapping[str, object], subject: str) -> None:
    if not isinstance(members.get("disableLogging", False), bool):
        raise DocumentError(f"The disableLogging of {subject} must be a boolean.")


def _check_loop_names(document: ComponentDocument) -> None:
    for phase in document.phases:
        taken: set[str] = set()
        for step in phase.steps:
            if step.loop is not None and step.loop.name:
                where = f" in phase '{phase.name}'"
                taken.add(unique(step.loop.name, taken, "loop", where))


def _check_references(
    document: ComponentDocument,
    raw_phases: Mapping[str, Mapping[str, object]],
) -> None:
    variables = {parameter.name for parameter in document.parameters}
    variables |= {constant.name for constant in document.constants}
    for phase in document.phases:
        loops = {loop.name for step in phase.steps if (loop := step.loop) and loop.name}
        for step in phase.steps:
            own_loops = {"loop", step.loop.name or "loop"} if step.loop else set[str]()
            scope = Scope(variables, raw_phases, loops, own_loops)
            try:
                # A step's name and action cannot hold braces, so the whole step may be searched.
                check_references(raw_phases[phase.name][step.name], scope)
            except DocumentError as error:
                raise _in_step(phase.name, step.name, error) from error


def _in_step(phase: str, step: str, error: DocumentError) -> DocumentError:
    return DocumentError(
        f"Parsing step '{step}' in phase '{phase}' failed. Error: {error.detail}",
    )


_STEP = "RunScript"


def document_for(
    script: str, *, name: str, platform: Platform, component_type: ComponentType
) -> str:
    """The YAML text of a document whose one step runs the script."""
    action = "ExecutePowerShell" if platform == "Windows" else "ExecuteBash"
    step = {"name": _STEP, "action": action, "inputs": {"commands": [script]}}
    phase = {"name": "test" if component_type == "TEST" else "build", "steps": [step]}
    document = {"name": name, "schemaVersion": "1.0", "phases": [phase]}
    # PyYAML writes this old line end as it is, and reads it as a space.
    is_readable = "\x85" not in script
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=is_readable)
