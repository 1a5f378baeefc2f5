"""Warn of what the service accepts, but the author may not have meant.

Sources, of the user guide: toe-user-defined-variables and wfdoc-dynamic-vars (a parameter is there
to be referred to), toe-use-documents (the phases that Image Builder runs; steps of the build and of
the test stage cannot refer to each other), toe-looping-constructs, and wfdoc-step-actions (what
each action gives, which of them can be rolled back, and whom a WaitForAction tells).
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.builds import PHASES_OF_STAGE
from imagebuilder_mock.domain.documents.components.variables import REFERENCE, chained_steps
from imagebuilder_mock.domain.documents.errors import Problem
from imagebuilder_mock.domain.documents.members import Node
from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS
from imagebuilder_mock.domain.documents.workflows.variables import ROOT, references_in
from imagebuilder_mock.domain.documents.yaml_loading import load_document, places_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from .problems import DocumentKind

    Warned: TypeAlias = Iterator[tuple[tuple[object, ...], str]]
    """The path of what is warned of, and the sentence."""

_STAGES = {phase: stage for stage, phases in PHASES_OF_STAGE.items() for phase in phases}
"""The phases of a component that Image Builder runs, and the stage in which it does."""
_LOOP = re.compile(r"loop\.(?:index|value)")
_WAITING = "WaitForAction"
_TOLD = ("snsTopicArn", "lambdaFunctionName")


def warnings_of(text: str, kind: DocumentKind) -> list[Problem]:
    """The warnings for a component or a workflow that the service accepts."""
    if kind == "component":
        found = _of_component(load_document(text), text)
    elif kind == "workflow":
        found = _of_workflow(load_document(text), text)
    else:
        return []
    warnings = list(found)
    if not warnings:
        return []
    place_of = places_in(text)
    told = [Problem(path, *place_of(path), sentence) for path, sentence in warnings]
    return sorted(told, key=attrgetter("line", "column"))


def _of_component(document: Any, text: str) -> Warned:
    for member in ("parameters", "constants"):
        for index, entry in enumerate(document.get(member) or ()):
            [name] = entry
            if not re.search(r"\{\{\s*" + re.escape(name) + r"\s*\}\}", text):
                yield (member, index), f"The {member[:-1]} '{name}' is not used."
    ran: list[tuple[str, str]] = []
    for at, phase in enumerate(document["phases"]):
        name = str(phase["name"])
        if name not in _STAGES:
            yield ("phases", at, "name"), f"Image Builder does not run the phase '{name}'."
        for index, step in enumerate(phase["steps"]):
            for path, sentence in _of_component_step(step, name, ran):
                yield ("phases", at, "steps", index, *path), sentence
            ran.append((name, str(step["name"])))


def _of_component_step(step: Any, phase: str, ran: list[tuple[str, str]]) -> Warned:
    for node in Node(step, []).texts("{{"):
        for written in REFERENCE.findall(str(node.value)):
            expression = written.strip()
            why = None
            for other_phase, other in chained_steps(expression):
                if _STAGES.get(other_phase) != _STAGES.get(phase):
                    why = (
                        f"the phase '{other_phase}' runs in another stage, and its values are gone"
                    )
                elif (other_phase, other) not in ran:
                    why = f"the step '{other}' runs later"
            if _LOOP.fullmatch(expression) and "loop" not in step:
                why = f"the step '{step['name']}' has no loop"
            if why is not None:
                yield node.path, f"The reference '{expression}' cannot be resolved: {why}."


def _of_workflow(document: Any, text: str) -> Warned:
    for index, entry in enumerate(document.get("parameters") or ()):
        name = str(entry["name"])
        if not re.search(r"\$\.parameters\." + re.escape(name) + r"(?![\w-])", text):
            yield ("parameters", index), f"The parameter '{name}' is not used."
    actions = {str(step["name"]): str(step["action"]) for step in document["steps"]}
    whole = Node(document, [])
    results = [
        (each.at("value"), str(each.at("value").value)) for each in _entries(whole, "outputs")
    ]
    for node, reference in (*references_in(whole), *results):
        root, *others = reference.removeprefix(ROOT).split(".")
        if root == "stepOutputs":
            outputs = STEP_ACTIONS[actions[others[0]]].outputs
            if others[1].partition("[")[0] not in outputs:
                gives = ", ".join(outputs) or "nothing"
                sentence = (
                    f"The reference '{reference}' cannot be resolved: the step '{others[0]}' of "
                    f"action {actions[others[0]]} gives {gives}."
                )
                yield node.path, sentence
    for index, step in enumerate(document["steps"]):
        for path, sentence in _of_workflow_step(step):
            yield ("steps", index, *path), sentence


def _entries(document: Node, member: str) -> list[Node]:
    entries = document.find(member)
    return [] if entries is None else entries.items() or []


def _of_workflow_step(step: Any) -> Warned:
    action = STEP_ACTIONS[step["action"]]
    if "rollbackEnabled" in step and action.undone is None:
        yield ("rollbackEnabled",), f"'rollbackEnabled' is ignored: {action.name} has no rollback."
    inputs = {str(key).removesuffix(".$"): key for key in step.get("inputs") or ()}
    if action.name == _WAITING and inputs.keys().isdisjoint(_TOLD):
        sentence = (
            f"Nobody is told that the step '{step['name']}' waits: it has neither '{_TOLD[0]}' nor "
            f"'{_TOLD[1]}'."
        )
        yield (), sentence
        if "payload" in inputs:
            yield ("inputs", inputs["payload"]), "'payload' is ignored: nobody is told."
