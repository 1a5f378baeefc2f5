"""Component documents of one step, and the sentence that refuses one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagebuilder_mock.domain.documents.components.document import parse_component_document
from imagebuilder_mock.domain.documents.errors import DocumentError

if TYPE_CHECKING:
    from imagebuilder_mock.domain.documents.components.document import ComponentDocument, Step
    from imagebuilder_mock.domain.states import Platform

IN_STEP = "Parsing step 'Only' in phase 'build' failed. Error: "


def a_step(
    name: object = "Only", action: object = "ExecuteBash", **members: object
) -> dict[str, object]:
    inputs = members.pop("inputs", {"commands": ["true"]} if action == "ExecuteBash" else None)
    return {"name": name, "action": action, "inputs": inputs, **members}


def a_phase(*steps: dict[str, object], name: str = "build") -> dict[str, object]:
    return {"name": name, "steps": list(steps or [a_step()])}


def a_document(*steps: dict[str, object], **members: object) -> str:
    """The text of a document with one phase, or with other members."""
    document = {"schemaVersion": "1.0", "phases": [a_phase(*steps)], **members}
    return json.dumps(document, ensure_ascii=False)


def parsed(*steps: dict[str, object], **members: object) -> ComponentDocument:
    return parse_component_document(a_document(*steps, **members))


def parsed_step(**members: object) -> Step:
    """The only step of a document, of the action and with the members given."""
    return parsed(a_step(**members)).phases[0].steps[0]


def refusal(text: str, *, platform: Platform | None = None) -> str:
    """The sentence that refuses a document."""
    with pytest.raises(DocumentError) as caught:
        parse_component_document(text, platform=platform)
    return caught.value.detail


def step_refusal(**members: object) -> str:
    """The sentence that refuses a step, after the words that name the step."""
    sentence = refusal(a_document(a_step(**members)))
    assert sentence.startswith(IN_STEP)
    return sentence.removeprefix(IN_STEP)
