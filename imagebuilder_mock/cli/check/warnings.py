"""What the service takes, and what its author may not have meant.

Sources: user guide, toe-user-defined-variables and wfdoc-dynamic-vars (a parameter is there to be
referred to), and the step action WaitForAction (it is told to a topic or a function, if given).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.documents.errors import Problem
from imagebuilder_mock.domain.documents.yaml_loading import load_document, places_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .kinds import DocumentKind

_WAITING = "WaitForAction"
_TOLD = ("snsTopicArn", "lambdaFunctionName")


def warnings_of(text: str, kind: DocumentKind) -> list[Problem]:
    """Of a component or a workflow that the service takes."""
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
    return [Problem(path, *place_of(path), sentence) for path, sentence in warnings]


def _of_component(document: Any, text: str) -> Iterator[tuple[tuple[object, ...], str]]:
    for member in ("parameters", "constants"):
        for index, entry in enumerate(document.get(member) or ()):
            [name] = entry
            if not re.search(r"\{\{\s*" + re.escape(name) + r"\s*\}\}", text):
                yield (member, index), f"The {member[:-1]} '{name}' is not used."


def _of_workflow(document: Any, text: str) -> Iterator[tuple[tuple[object, ...], str]]:
    for index, entry in enumerate(document.get("parameters") or ()):
        name = str(entry["name"])
        if not re.search(r"\$\.parameters\." + re.escape(name) + r"(?![\w-])", text):
            yield ("parameters", index), f"The parameter '{name}' is not used."
    for index, step in enumerate(document["steps"]):
        inputs = {str(key).removesuffix(".$") for key in step.get("inputs") or ()}
        if step["action"] == _WAITING and inputs.isdisjoint(_TOLD):
            sentence = (
                f"Nobody is told that the step '{step['name']}' waits: it has neither "
                f"'{_TOLD[0]}' nor '{_TOLD[1]}'."
            )
            yield ("steps", index), sentence
