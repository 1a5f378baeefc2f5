"""``imagebuilder-mock schema``: it refuses nothing that the checker accepts."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from imagebuilder_mock import check_document
from imagebuilder_mock.cli.check.schemas import schema_of
from imagebuilder_mock.cli.command_line import main
from tests.damaged_documents import COMPONENT, POLICY, WORKFLOW, damaged, places_in

jsonschema = pytest.importorskip("jsonschema")


ROOT = Path(__file__).parents[3]
PROPERTIES = {
    "Name": "clean-up",
    "ExecutionRole": "a",
    "ResourceType": "AMI_IMAGE",
    "PolicyDetails": [
        {"Action": {"Type": "DELETE"}, "Filter": {"Type": "AGE", "Value": "6", "Unit": "DAYS"}}
    ],
    "ResourceSelection": {"TagMap": {"Stage": "test"}},
}
SOUND: dict[Any, Any] = {"component": COMPONENT, "workflow": WORKFLOW, "lifecycle-policy": POLICY}
KINDS: list[Any] = ["component", "workflow", "lifecycle-policy"]


def refuses(kind, document):
    return not jsonschema.Draft202012Validator(schema_of(kind)).is_valid(document)


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_prints_a_schema_of_the_draft_that_it_names(capsys, kind):
    assert main(["schema", kind]) == 0

    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("kind", KINDS)
def test_sound_documents_are_valid(kind):
    assert not refuses(kind, SOUND[kind])
    assert not refuses("lifecycle-policy", PROPERTIES)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "imagebuilder_mock/catalogue/data/workflows").rglob("*.yml")), ids=str
)
def test_amazons_workflows_are_valid(path):
    assert not refuses("workflow", yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(deadline=None)
def test_law_what_is_accepted_is_valid(kind, data):
    document = data.draw(damaged(SOUND[kind]))

    if not check_document(json.dumps(document), kind):
        assert not refuses(kind, document)


def test_most_of_what_is_refused_is_not_valid():
    refused = seen = 0
    for kind, sound in SOUND.items():
        for document in damaged_once(sound):
            if check_document(json.dumps(document), kind):
                refused += 1
                seen += refuses(kind, document)

    assert refused > 200
    assert seen / refused >= 0.8, (seen, refused)


def damaged_once(sound):
    """Each member taken away, renamed, and changed to some values."""
    for *way, last in [path for path in places_in(sound) if path]:
        for change in ("take away", "rename", True, 1, "text", ["a"], {"a": "b"}):
            document = deepcopy(sound)
            holder = document
            for key in way:
                holder = holder[key]
            if change in {"take away", "rename"} if isinstance(change, str) else False:
                value = holder.pop(last)
                if change == "rename" and isinstance(holder, dict):
                    holder[f"{last}s"] = value
            else:
                holder[last] = change
            yield document
