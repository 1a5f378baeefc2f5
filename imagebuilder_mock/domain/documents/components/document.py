"""Component documents: what AWSTOE runs on the build and test instances.

Sources: user guide page toe-use-documents and the pages that it links to. The sentences about a
step's name and about the schema version were seen, and so was ``Parsing step '<step>' in phase
'<phase>' failed. Error: `` before a problem of a step; the other sentences are written after these.
An imported script becomes "a component document with a single step that runs the script" (API
reference, ImportComponent); the names of its phase and step are inferred.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, cast

import yaml

from imagebuilder_mock.domain.documents.members import (
    POSITIVE,
    Document,
    Each,
    Member,
    Members,
    Node,
    OneOf,
    as_it_is,
    boolean,
    bounded,
)
from imagebuilder_mock.domain.documents.names import UNNAMED, UNREAD, Written, check_unique, named
from imagebuilder_mock.domain.documents.yaml_loading import read_document
from imagebuilder_mock.domain.records import Value, replace

from .actions import action_module, parse_inputs
from .conditions import Condition, parse_condition
from .loops import Loop, parse_loop
from .variables import Scope, Variables, check_references, declared_by

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from imagebuilder_mock.domain.resources.documents import ParameterDetail
    from imagebuilder_mock.domain.states import ComponentType, Platform


OnFailure = Literal["Abort", "Continue", "Ignore"]

DEFAULT_TIMEOUT_SECONDS = 7200
NO_TIMEOUT = -1
_PHASES = ("build", "validate", "test")
_NESTED = "Action ExecuteDocument does not support a {key} other than"


class Step(Value):
    """One action; ``inputs`` has one entry, or as many as the document lists."""

    name: str
    action: str
    inputs: tuple[Mapping[str, object], ...] = ()
    timeout_seconds: int = DEFAULT_TIMEOUT_SECONDS
    on_failure: OnFailure = "Abort"
    max_attempts: int = 1
    loop: Loop | None = None
    condition: Condition | None = None


class Phase(Value):
    """Steps that run one after another."""

    name: str
    steps: tuple[Step, ...]


class ComponentDocument(Value):
    """A document that the service accepts, with defaults filled in."""

    name: str | None
    description: str | None
    parameters: tuple[ParameterDetail, ...]
    constants: Mapping[str, str]
    phases: tuple[Phase, ...]

    @cached_property
    def component_type(self) -> ComponentType:
        """TEST for a document whose only phase is ``test`` (API reference, CreateComponent)."""
        return "TEST" if [phase.name for phase in self.phases] == ["test"] else "BUILD"


class _Step(Members):
    name = Member[Node | None](as_it_is, None, required=True)
    action = Member[Node | None](as_it_is, None, required=True)
    disable_logging = Member(boolean, default=False)
    inputs = Member[Node | None](as_it_is, None)
    timeout_seconds = Member(
        bounded(POSITIVE, "It must be -1 or greater than 0.", besides=(NO_TIMEOUT,)),
        DEFAULT_TIMEOUT_SECONDS,
    )
    on_failure = Member[OnFailure](OneOf[OnFailure](("Abort", "Continue", "Ignore")), "Abort")
    max_attempts = Member(bounded(POSITIVE, "It must be greater than 0."), 1)
    loop = Member[Loop | None](parse_loop, None)
    if_ = Member[Condition | None](parse_condition, None)


class _NestedStep(_Step):
    """A step that runs another document, whose steps have their own time-outs and attempts."""

    timeout_seconds = Member(
        OneOf((NO_TIMEOUT,), f"{_NESTED} -1.", _Step.timeout_seconds.takes), NO_TIMEOUT
    )
    max_attempts = Member(OneOf((1,), f"{_NESTED} 1.", _Step.max_attempts.takes), 1)


class _Phase(Members):
    name = Member[Node | None](as_it_is, None, required=True)
    disable_logging = Member(boolean, default=False)
    # A phase may be a placeholder: CloudSnorkel/cdk-github-runners has `steps: []`.
    steps = Member[list[Node]](
        Each(_Step), [], called="The 'steps' of {whole}", required=True, may_be_empty=True
    )


class _Document(Document, Variables):
    disable_logging = Member(boolean, default=False)
    phases = Member[list[Node]](
        Each(_Phase, "Every phase"), [], called="The document's 'phases'", required=True
    )


@lru_cache(maxsize=256)
def parse_component_document(text: str, *, platform: Platform | None = None) -> ComponentDocument:
    """Read a component's ``data``; DocumentError if the service would refuse it.

    Actions must be available on the platform, or on any platform if none is given. The error's
    ``detail`` follows after "The value supplied for parameter 'data' is not valid. ".
    """
    return read_document(text, lambda node: _document(_Document(node), platform))


def _document(members: _Document, platform: Platform | None) -> ComponentDocument:
    _ = members.disable_logging
    parameters, constants, are_named = declared_by(members)
    phases = tuple(_phases(members.phases))
    _check_phase_names(members.node, phases)
    document = ComponentDocument(
        name=members.name,
        description=members.description,
        parameters=parameters,
        constants=constants,
        phases=tuple(
            Phase(phase.name, tuple(_step(step, phase.name, platform) for step in phase.steps))
            for phase in phases
        ),
    )
    for written, phase in zip(phases, document.phases, strict=True):
        _check_loop_names(written, phase.steps)
    variables = {*(each.name for each in parameters), *constants} if are_named else None
    _check_references(document, phases, variables)
    return document


def _check_phase_names(document: Node, phases: tuple[Written, ...]) -> None:
    refused = {path for path, _ in document.found}
    are_read = all((*phase.node.path, "name") not in refused for phase in phases)
    are_others = all(phase.name not in (*_PHASES, UNNAMED) for phase in phases)
    if phases and are_read and are_others:
        document.refuse("At least one phase must be named 'build', 'validate' or 'test'.")


def _phases(entries: list[Node]) -> Iterator[Written]:
    for phase in named(entries, "phase"):
        members = _Phase(phase.node.called(f"Phase '{phase.name}'"))
        _ = members.disable_logging
        steps = tuple(named(members.steps, "step", f" in phase '{phase.name}'"))
        yield replace(phase, steps=(UNREAD,) if "steps" in members.wrong else steps)


def _step(written: Written, phase: str, platform: Platform | None) -> Step:
    node = _in_step(written, phase)
    is_nested = cast("Mapping[str, object]", node.value).get("action") == "ExecuteDocument"
    step = (_NestedStep if is_nested else _Step)(node)
    module = step.action and action_module(step.action, platform)
    _ = step.disable_logging
    return Step(
        name=written.name,
        action=module.name if module else "",
        inputs=parse_inputs(module, node, step.inputs) if module else (),
        timeout_seconds=step.timeout_seconds,
        on_failure=step.on_failure,
        max_attempts=step.max_attempts,
        loop=step.loop,
        condition=step.if_,
    )


def _in_step(written: Written, phase: str) -> Node:
    where = f"step '{written.name}' in phase '{phase}'"
    return written.node.called("The step", f"Parsing {where} failed. Error: ")


def _check_loop_names(phase: Written, steps: tuple[Step, ...]) -> None:
    taken: list[str] = []
    for written, step in zip(phase.steps, steps, strict=True):
        if step.loop is not None and step.loop.name:
            node = written.node.at("loop").at("name")
            check_unique(step.loop.name, node, "loop", taken, where=f" in phase '{phase.name}'")
            taken.append(step.loop.name)


def _check_references(
    document: ComponentDocument, phases: tuple[Written, ...], variables: Collection[str] | None
) -> None:
    steps = {phase.name: [step.name for step in phase.steps] for phase in phases}
    are_named = not any(UNNAMED in (phase, *names) for phase, names in steps.items())
    for written, phase in zip(phases, document.phases, strict=True):
        loops = {loop.name for step in phase.steps if (loop := step.loop) and loop.name}
        for node, step in zip(written.steps, phase.steps, strict=True):
            own_loops = {"loop", step.loop.name or "loop"} if step.loop else set[str]()
            scope = Scope(variables, steps if are_named else None, loops, own_loops)
            check_references(_in_step(node, phase.name), scope)


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
