"""Workflow documents: the steps that Image Builder itself takes to build, test and distribute.

Source: user guide, image-workflow-create-document. The sentences that refuse a document are written
after those seen for component documents. The members of ``retry`` are not documented; the API shows
the number of attempts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from imagebuilder_mock.domain.documents.conditions import Expression
from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import (
    Document,
    Each,
    Member,
    Members,
    Node,
    OneOf,
    as_boolean,
    as_it_is,
    bounded,
    integer,
    text,
)
from imagebuilder_mock.domain.documents.names import UNNAMED, Written, check_unique, named
from imagebuilder_mock.domain.documents.yaml_loading import read_document
from imagebuilder_mock.domain.records import Value

from .actions import FOR_AMIS, FOR_CONTAINERS, STEP_ACTIONS, StepAction
from .conditions import parse_condition, references_of
from .parameters import Named, Parameter, members_of_each, parse_parameters
from .variables import SUFFIX, References, is_reference, references_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from imagebuilder_mock.domain.resources.documents import ParameterDetail
    from imagebuilder_mock.domain.states import WorkflowType

MAX_OUTPUTS = 25
MAX_DESCRIPTION = 1024
MAX_ATTEMPTS = 10

OnFailure = Literal["Abort", "Continue"]

# The maximum is that of the model, for names of steps that ran; the minimum is the guide's.
_STEP_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,99}")


class WorkflowStep(Value):
    """One action, with its defaults filled in. Times are in seconds."""

    name: str
    action: str
    timeout_seconds: int
    description: str | None = None
    inputs: Mapping[str, object] | None = None
    on_failure: OnFailure = "Abort"
    rollback_enabled: bool | str = True
    """A boolean, or a reference to one."""
    wait_seconds: int = 0
    condition: Expression | None = None
    max_attempts: int = 1


class WorkflowOutput(Value):
    """A value to which later workflows of the image can refer."""

    name: str
    value: str


class WorkflowDocument(Value):
    """A document that the service accepts, with defaults filled in."""

    name: str | None
    description: str | None
    parameters: tuple[ParameterDetail, ...]
    steps: tuple[WorkflowStep, ...]
    outputs: tuple[WorkflowOutput, ...]


def _attempts(node: Node) -> int | None:
    if "maxAttempts" not in (node.mapping() or ()):
        return None
    takes = bounded(range(1, MAX_ATTEMPTS + 1), f"It must be between 1 and {MAX_ATTEMPTS}.")
    return takes(node.called("The retry").at("maxAttempts"))


def _boolean_or_reference(node: Node) -> bool | str | None:
    # Both spellings are in use: the value's own, and the key's that marks a reference.
    if isinstance(node.value, str) and is_reference(node.value):
        return node.value
    found = as_boolean(node.value)
    if found is None:
        node.must("be a boolean or a reference")
    return found


class _Step(Members):
    name = Member[Node | None](as_it_is, None, required=True)
    action = Member[str | None](text, None, required=True)
    description = Member[str | None](
        OneOf(
            range(1, MAX_DESCRIPTION + 1),
            f"The description of the step must have between 1 and {MAX_DESCRIPTION} characters.",
        ),
        None,
    )
    inputs = Member[Node | None](as_it_is, None)
    on_failure = Member[OnFailure](OneOf[OnFailure](("Abort", "Continue")), "Abort")
    rollback_enabled = Member[bool | str](_boolean_or_reference, default=True)
    timeout_seconds = Member[int | None](integer, None)
    wait_seconds = Member[int | None](integer, None)
    if_ = Member[Expression | None](parse_condition, None)
    retry = Member(_attempts, 1)


class _Output(Named):
    value = Member(text, "", required=True)


class _Document(Document):
    parameters = Member[list[Node]](
        Each(Parameter, "A parameter"), [], called="The document's 'parameters'"
    )
    steps = Member[list[Node]](Each(_Step), [], called="The document's 'steps'", required=True)
    outputs = Member[list[Node]](Each(_Output, "An output"), [], called="The document's 'outputs'")


@lru_cache(maxsize=256)
def parse_workflow_document(
    text: str, workflow_type: WorkflowType | None = None
) -> WorkflowDocument:
    """Read a workflow's ``data``; DocumentError if the service would refuse it.

    Actions must be available in workflows of the type, or of any type if none is given.
    """
    return read_document(text, lambda node: _document(_Document(node), workflow_type))


def _document(members: _Document, workflow_type: WorkflowType | None) -> WorkflowDocument:
    parameters = parse_parameters(members.parameters)
    are_named = len(parameters) == len(members.parameters) and "parameters" not in members.wrong
    names = [parameter.name for parameter in parameters] if are_named else None
    references = References(names, ())
    steps = []
    for written in named(members.steps, "step", check=_check_name):
        steps.append(_step(written, workflow_type, references))
        references = references.after(None if written.name == UNNAMED else written.name)
    _check_distribution(members.steps, steps)
    return WorkflowDocument(
        name=members.name,
        description=members.description,
        parameters=parameters,
        steps=tuple(steps),
        outputs=tuple(_outputs(members.outputs, references)),
    )


def _check_name(name: str, node: Node, kind: str, taken: Collection[str], *, where: str) -> None:
    if _STEP_NAME.fullmatch(name):
        check_unique(name, node, kind, taken, where=where)
        return
    node.refuse(
        f"Invalid step name '{name}'. A name must begin with a letter, have between 3 and 100 "
        "characters, and allowed characters are combinations of numbers [0-9], english "
        "letters [a-z,A-Z] and special characters [-_]."
    )


def _step(
    written: Written, workflow_type: WorkflowType | None, references: References
) -> WorkflowStep:
    node = written.node.called("The step", f"Parsing step '{written.name}' failed. Error: ")
    members = _Step(node)
    action = _action(members, workflow_type)
    timeout = members.timeout_seconds if action is None else _timeout(members, action)
    step = WorkflowStep(
        name=written.name,
        action=action.name if action else "",
        timeout_seconds=timeout or 0,
        description=members.description,
        inputs=_inputs(members, action) if action else None,
        on_failure=members.on_failure,
        rollback_enabled=members.rollback_enabled,
        wait_seconds=_wait(members, timeout) or 0,
        condition=members.if_,
        max_attempts=members.retry,
    )
    for found, reference in _references(members):
        references.check(found, reference)
    return step


def _action(members: _Step, workflow_type: WorkflowType | None) -> StepAction | None:
    name = members.action
    action = STEP_ACTIONS.get(name or "")
    if action is not None and (workflow_type is None or workflow_type in action.types):
        return action
    if name is not None:
        members.node.at("action").refuse(
            f"Unsupported action '{name}'. Supported actions are: {', '.join(STEP_ACTIONS)}."
            if action is None
            else f"Action {name} is not supported in a workflow of type {workflow_type}."
        )
    return None


def _timeout(members: _Step, action: StepAction) -> int | None:
    node = members.node.find(_Step.timeout_seconds.name)
    longest = action.longest_timeout
    rule = f"For action {action.name} it must be between 1 and {longest}."
    return action.timeout if node is None else bounded(range(1, longest + 1), rule)(node)


def _wait(members: _Step, timeout: int | None) -> int | None:
    node = members.node.find(_Step.wait_seconds.name)
    if node is None or timeout is None:
        return members.wait_seconds
    rule = f"It must be at least 0, and less than the timeoutSeconds, {timeout}."
    return bounded(range(timeout), rule)(node)


def _inputs(members: _Step, action: StepAction) -> Mapping[str, object] | None:
    node, whole = members.inputs, members.node.called(f"Action {action.name}")
    if node is None or node.value in ([], {}):
        if action.required:
            whole.lacks("inputs")
        return None
    node = node.called(f"{whole.subject} inputs")
    inputs = {str(key): node.at(key) for key in node.mapping() or ()}
    given = {key.removesuffix(SUFFIX): value for key, value in inputs.items()}
    if len(given) != len(inputs):
        node.refuse(f"{whole.subject} has an input both with and without '.$'.")
    for key in [key for key in given if key not in (*action.required, *action.optional)]:
        given.pop(key).refuse(f"{whole.subject} has an unknown input '{key}'.")
    for key in action.required:
        if key not in given or given[key].value in (None, [], {}):
            node.called(whole.subject).lacks(key)
            given.pop(key, None)
    for key, value in inputs.items():
        if key.removesuffix(SUFFIX) in given:
            _check_input(action, key, value)
    return {key: value.value for key, value in inputs.items()}


def _check_input(action: StepAction, key: str, node: Node) -> None:
    # Under a key with the suffix a literal is taken too, as in examples of the user guide.
    if key.endswith(SUFFIX) and is_reference(node.value):
        return
    try:
        action.check_input(key.removesuffix(SUFFIX), node.value)
    except DocumentError as error:
        node.refuse(error.detail)


def _references(members: _Step) -> Iterator[tuple[Node, str]]:
    inputs, condition = members.inputs, members.node.find(_Step.if_.name)
    for node in inputs.below() if inputs else ():
        yield from references_in(node)
    if isinstance(members.rollback_enabled, str):
        yield members.node.at("rollbackEnabled"), members.rollback_enabled
    if condition is not None:
        yield from ((node, str(node.value)) for node in references_of(condition))


def _check_distribution(nodes: list[Node], steps: list[WorkflowStep]) -> None:
    actions = [step.action for step in steps]
    if FOR_CONTAINERS in actions and (others := sorted({*actions} & FOR_AMIS)):
        nodes[actions.index(FOR_CONTAINERS)].at("action").refuse(
            f"A workflow with the action {FOR_CONTAINERS} must not have the actions: "
            f"{', '.join(others)}."
        )


def _outputs(entries: list[Node], references: References) -> Iterator[WorkflowOutput]:
    if len(entries) > MAX_OUTPUTS:
        entries[MAX_OUTPUTS].refuse(f"A document must not have more than {MAX_OUTPUTS} outputs.")
    for members in members_of_each(entries, _Output, "output"):
        if is_reference(members.value):
            references.check(members.node.at("value"), members.value)
        elif members.value:
            for node, reference in references_in(members.node.at("value")):
                references.check(node, reference)
        yield WorkflowOutput(members.name or "", members.value)
