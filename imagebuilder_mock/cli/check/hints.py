"""Suggest the word that may have been meant, behind a sentence of the service."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.documents.components import actions as component_actions
from imagebuilder_mock.domain.documents.components import document as component_document
from imagebuilder_mock.domain.documents.dockerfile import PLACEHOLDERS
from imagebuilder_mock.domain.documents.workflows import actions as workflow_actions
from imagebuilder_mock.domain.documents.workflows import document as workflow_document
from imagebuilder_mock.domain.suggestions import closest
from imagebuilder_mock.protocol.model import service_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.documents.errors import Problem

    from .problems import DocumentKind

_UNKNOWN = re.compile(
    r"Unsupported action '?([^'.\s]+)'?"
    r"|has an unknown (?:member|input) '([^']+)'"
    r"|Invalid \w+ '([^']+)'\. Valid values are: (.+)\.$"
    r"|'([^']+)' is not a parameter of this request"
    r"|The property '([^']+)' is not known"
    r"|The placeholder '\{\{\{ imagebuilder:(\w+) \}\}\}' is not supported"
)
_LEAST_ALIKE = 0.7


def with_hint(kind: DocumentKind, problem: Problem) -> str:
    """The sentence, followed by the known word that is most like the one that it refuses."""
    match = _UNKNOWN.search(problem.sentence)
    if match is None:
        return problem.sentence
    word = next(group for group in match.groups() if group)
    words = match[4].split(", ") if match[4] else _words(kind)
    meant = closest(word.rpartition(".")[2], words, cutoff=_LEAST_ALIKE)
    return problem.sentence if meant is None else f"{problem.sentence} Did you mean '{meant}'?"


@cache
def _words(kind: DocumentKind) -> frozenset[str]:
    if kind == "component":
        modules = component_actions.ACTION_MODULES
        inputs = {
            name
            for module in modules.values()
            for name in (*module.required, *module.optional, *module.one_of)
        }
        return frozenset({*modules, *inputs, *component_document.MEMBERS})
    if kind == "workflow":
        actions = workflow_actions.STEP_ACTIONS
        inputs = {
            name for action in actions.values() for name in (*action.required, *action.optional)
        }
        return frozenset({*actions, *inputs, *workflow_document.MEMBERS})
    if kind == "dockerfile":
        return frozenset(PLACEHOLDERS)
    shape = service_model().operation_model("CreateLifecyclePolicy").input_shape
    members = set(_members_of(shape))
    return frozenset(members | {name[0].upper() + name[1:] for name in members})


def _members_of(shape: Any) -> Iterator[str]:
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield name
            yield from _members_of(member)
    elif shape.type_name == "list":
        yield from _members_of(shape.member)
