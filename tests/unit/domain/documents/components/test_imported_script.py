"""The document that an imported script becomes."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.documents.components.document import (
    document_for,
    parse_component_document,
)

# A reference, as any document's, is looked up: here are the scripts that hold none.
SCRIPTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200).filter(
    lambda script: "{{" not in script
)


def script_of(document):
    (phase,) = yaml.safe_load(document)["phases"]
    (step,) = phase["steps"]
    (script,) = step["inputs"]["commands"]
    return script


@pytest.mark.parametrize(
    ("platform", "action"),
    [("Linux", "ExecuteBash"), ("macOS", "ExecuteBash"), ("Windows", "ExecutePowerShell")],
)
@pytest.mark.parametrize(("kind", "phase"), [("BUILD", "build"), ("TEST", "test")])
def test_it_is_one_step(platform, action, kind, phase):
    text = document_for("echo hello", name="Say hello", platform=platform, component_type=kind)

    assert text == (
        "name: Say hello\n"
        "schemaVersion: '1.0'\n"
        "phases:\n"
        f"- name: {phase}\n"
        "  steps:\n"
        "  - name: RunScript\n"
        f"    action: {action}\n"
        "    inputs:\n"
        "      commands:\n"
        "      - echo hello\n"
    )


@pytest.mark.parametrize("kind", ["BUILD", "TEST"])
def test_it_is_of_the_type_that_was_asked_for(kind):
    text = document_for("echo hello", name="hello", platform="Linux", component_type=kind)

    assert parse_component_document(text, platform="Linux").component_type == kind


def test_what_can_be_read_stays_so():
    text = document_for("echo größer", name="hello", platform="Linux", component_type="BUILD")

    assert "- echo größer\n" in text


@pytest.mark.parametrize("script", ["a\x85b", "a\r\nb\r\n", "\ta", "a\x07", "- [", "# a", "~"])
def test_no_character_is_lost(script):
    text = document_for(script, name="hello", platform="Linux", component_type="BUILD")

    assert script_of(text) == script


@given(script=SCRIPTS, platform=st.sampled_from(["Linux", "Windows", "macOS"]))
def test_every_script_becomes_a_document_that_holds_it(script, platform):
    text = document_for(script, name="hello", platform=platform, component_type="BUILD")

    parse_component_document(text, platform=platform)
    assert script_of(text) == script
