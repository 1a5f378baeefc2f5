"""Workflow documents of few steps, and the sentence that refuses one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument, WorkflowStep
    from imagebuilder_mock.domain.states import WorkflowType

IN_STEP = "Parsing step 'Only' failed. Error: "
LAUNCH = {"name": "Launch", "action": "LaunchInstance", "inputs": {"waitFor": "ssmAgent"}}
INSTANCE = {"instanceId.$": "$.stepOutputs.Launch.instanceId"}


def a_step(
    name: object = "Only", action: object = "WaitForAction", **members: object
) -> dict[str, object]:
    return {"name": name, "action": action, **members}


def a_document(*steps: Mapping[str, object], **members: object) -> str:
    """The text of a document, by default of one step that waits for an action."""
    document = {"schemaVersion": "1.0", "steps": list(steps or [a_step()]), **members}
    return json.dumps(document, ensure_ascii=False)


def parsed(
    *steps: Mapping[str, object], workflow_type: WorkflowType | None = None, **members: object
) -> WorkflowDocument:
    return parse_workflow_document(a_document(*steps, **members), workflow_type)


def parsed_step(**members: object) -> WorkflowStep:
    """The only step of a document, with the members given."""
    return parsed(a_step(**members)).steps[0]


def refusal(text: str, *, workflow_type: WorkflowType | None = None) -> str:
    """The sentence that refuses a document."""
    with pytest.raises(DocumentError) as caught:
        parse_workflow_document(text, workflow_type)
    return caught.value.detail


def step_refusal(**members: object) -> str:
    """The sentence that refuses a step, after the words that name the step."""
    sentence = refusal(a_document(a_step(**members)))
    assert sentence.startswith(IN_STEP)
    return sentence.removeprefix(IN_STEP)
