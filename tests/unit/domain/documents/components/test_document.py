"""Component documents as a whole.

Sources, both of the user guide: toe-use-documents, manage-components.
"""

from __future__ import annotations

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.documents.components.conditions import Comparison, Condition
from imagebuilder_mock.domain.documents.components.document import (
    ComponentDocument,
    Phase,
    Step,
    parse_component_document,
)
from imagebuilder_mock.domain.documents.components.loops import DelimitedLoop, ForEachLoop, ForLoop
from imagebuilder_mock.domain.documents.conditions import Logical
from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.yaml_loading import load_document
from imagebuilder_mock.domain.resources.documents import ParameterDetail
from tests.model_inputs import MANY

from .builders import (
    IN_STEP,
    a_document,
    a_phase,
    a_step,
    parsed,
    parsed_step,
    refusal,
)
from .samples import DOWNLOADS, HARDENING, INSTALL_PACKAGES, REBOOT, TEST_ONLY

DOCUMENTS = [INSTALL_PACKAGES, REBOOT, DOWNLOADS, HARDENING, TEST_ONLY]
NAMES = ["packages", "reboot", "downloads", "hardening", "test only"]


def test_a_document_that_installs_packages_is_read():
    document = parse_component_document(INSTALL_PACKAGES, platform="Linux")

    version = "{{ validate.Version.outputs.stdout }}"
    build, validate = document.phases
    assert (document.name, document.description) == (
        "InstallNginx",
        "Installs nginx and starts it.",
    )
    assert document.parameters == (
        ParameterDetail("Packages", "string", ("nginx,curl",), "What to install, between commas."),
    )
    assert document.constants == {"FailExitCode": "1"}
    assert [step.name for step in build.steps] == ["Update", "Install"]
    assert build.steps[0] == Step(name="Update", action="UpdateOS")
    assert build.steps[1].timeout_seconds == 600
    assert build.steps[1].max_attempts == 3
    assert build.steps[1].loop == DelimitedLoop("Package", "{{ Packages }}", ",")
    assert validate.steps[1].inputs == (
        {
            "or": [
                {"numberGreaterThan": "1.10", "value": version},
                {"stringEquals": 2.0, "value": version},
            ]
        },
    )


def test_a_document_that_reboots_is_read():
    document = parse_component_document(REBOOT, platform="Windows")

    [phase] = document.phases
    assert (document.name, document.description) == (None, None)
    assert [step.on_failure for step in phase.steps] == ["Continue", "Abort", "Abort", "Abort"]
    assert phase.steps[1].inputs == ({"delaySeconds": 60},)


def test_a_document_with_downloads_a_loop_and_a_condition_is_read():
    document = parse_component_document(DOWNLOADS, platform="Linux")

    download, fetch, *_, remove = document.phases[0].steps
    no_folder = Logical("not", (Comparison("folderExists", "/opt/agents", None),))
    expression = Logical("and", (Comparison("binaryExists", "systemctl", None), no_folder))
    assert download.loop == ForLoop(None, 1, 3, 1)
    assert download.condition == Condition(expression, then="Execute", otherwise="Abort")
    assert download.inputs[0]["expectedBucketOwner"] == "012345678901"
    assert fetch.timeout_seconds == -1
    assert remove.on_failure == "Ignore"


def test_a_document_that_hardens_is_read():
    document = parse_component_document(HARDENING, platform="Linux")

    disable, permissions, again, nested = document.phases[0].steps
    assert [phase.name for phase in document.phases] == ["harden", "build"]
    assert disable.loop == ForEachLoop(None, ("cramfs", "squashfs", "udf"))
    assert len(permissions.inputs) == 2
    assert again.inputs == permissions.inputs
    assert (nested.timeout_seconds, nested.max_attempts) == (-1, 1)


def test_a_document_in_json_is_read():
    assert parse_component_document(TEST_ONLY) == ComponentDocument(
        name=None,
        description=None,
        parameters=(),
        constants={},
        phases=(
            Phase(
                "test",
                (
                    Step(
                        name="HelloWorld",
                        action="ExecuteBash",
                        inputs=({"commands": ["echo 'Hello, world'"]},),
                        timeout_seconds=7200,
                        on_failure="Abort",
                        max_attempts=1,
                        loop=None,
                        condition=None,
                    ),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("phases", "component_type"),
    [
        pytest.param(["test"], "TEST", id="test alone"),
        pytest.param(["build"], "BUILD", id="build alone"),
        pytest.param(["validate"], "BUILD", id="validate alone"),
        pytest.param(["validate", "test"], "BUILD", id="validate and test"),
        pytest.param(["test", "container-host-test"], "BUILD", id="test and another"),
    ],
)
def test_a_single_phase_named_test_makes_a_test_component(phases, component_type):
    document = parsed(phases=[a_phase(name=name) for name in phases])

    assert document.component_type == component_type


@pytest.mark.parametrize("version", ["1.0", "1", "'1.0'", "'1'", '"1.0"'])
def test_the_schema_version_is_1(version):
    text = TEST_ONLY.replace('"1.0"', version)

    assert parse_component_document(text) == parse_component_document(TEST_ONLY)


@pytest.mark.parametrize("version", ["", "2.0", "1.00", "'1.1'", "true", "[1.0]"])
def test_another_schema_version_is_refused(version):
    # Seen for a document without one.
    detail = "Invalid schema version. Supported versions include: 1.0."

    assert refusal(TEST_ONLY.replace('"1.0"', version)) == detail


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        pytest.param("", "The document must be a mapping.", id="empty"),
        pytest.param("- build", "The document must be a mapping.", id="list"),
        pytest.param("a: b: c",
                     "Parsing the document failed. Error: mapping values are not allowed",
                     id="no YAML"),
        pytest.param(a_document(outputs=[]), "The document has an unknown member 'outputs'.",
                     id="unknown member"),
        pytest.param(a_document(name=["a"]), "The name of the document must be a string.",
                     id="list for a name"),
        pytest.param(a_document(description={}),
                     "The description of the document must be a string.",
                     id="mapping for a description"),
        pytest.param(a_document(disableLogging="a"),
                     "The disableLogging of the document must be a boolean.", id="logging"),
        pytest.param(a_document(phases=None), "The document has no phases; it requires a 'phases'",
                     id="no phases"),
        pytest.param(a_document(phases=[]), "The document has no phases; it requires a 'phases'",
                     id="empty phases"),
        pytest.param(a_document(phases={"build": []}), "The document's 'phases' must be a list.",
                     id="mapping of phases"),
        pytest.param(a_document(phases=["build"]), "Every phase must be a mapping.",
                     id="name of a phase alone"),
        pytest.param(a_document(phases=[{"steps": []}]),
                     "A phase has no name; it requires a 'name'",
                     id="phase without a name"),
        pytest.param(a_document(phases=[a_phase(name="build it")]),
                     "Invalid phase name 'build it'. Allowed characters are combinations of "
                     "numbers [0-9], english letters [a-z,A-Z] and special characters [-_].",
                     id="phase with a space"),
        pytest.param(a_document(phases=[a_phase(), a_phase()]),
                     "Duplicate phase name 'build'. Names must be unique.", id="two of one name"),
        pytest.param(a_document(phases=[a_phase(name="update")]),
                     "At least one phase must be named 'build', 'validate' or 'test'.",
                     id="no phase that the service runs"),
        pytest.param(a_document(phases=[{**a_phase(), "description": "a"}]),
                     "Phase 'build' has an unknown member 'description'.",
                     id="unknown member of a phase"),
        pytest.param(a_document(phases=[{**a_phase(), "disableLogging": 1}]),
                     "The disableLogging of phase 'build' must be a boolean.",
                     id="logging of a phase"),
        pytest.param(a_document(phases=[{"name": "build"}]),
                     "Phase 'build' has no steps; it requires a 'steps'", id="no steps"),
        pytest.param(a_document(phases=[{"name": "build", "steps": {}}]),
                     "The 'steps' of phase 'build' must be a list.", id="mapping of steps"),
        pytest.param(a_document(phases=[{"name": "build", "steps": "a"}]),
                     "The 'steps' of phase 'build' must be a list.", id="string for steps"),
        pytest.param(a_document(phases=[{"name": "build", "steps": ["a"]}]),
                     "Every step in phase 'build' must be a mapping.", id="name of a step alone"),
        pytest.param(a_document(phases=[{"name": "build", "steps": [{"action": "UpdateOS"}]}]),
                     "A step in phase 'build' has no name; it requires a 'name'",
                     id="step without a name"),
        pytest.param(a_document(a_step("Loading ssh keys")),
                     "Invalid step name 'Loading ssh keys' in phase 'build'. Allowed characters "
                     "are combinations of numbers [0-9], english letters [a-z,A-Z] and special "
                     "characters [-_].", id="step with spaces, seen in aws/aws-cdk#19909"),
        pytest.param(a_document(a_step("ab")), "Invalid step name 'ab' in phase 'build'. A name "
                     "must have between 3 and 128 characters.", id="short name of a step"),
        pytest.param(a_document(a_step(), a_step()),
                     "Duplicate step name 'Only' in phase 'build'. Names must be unique.",
                     id="two steps of one name"),
        pytest.param(a_document({"name": "Only"}),
                     f"{IN_STEP}The step has no action; it requires an 'action'", id="no action"),
        pytest.param(a_document(a_step(action=["Reboot"])),
                     f"{IN_STEP}The action of the step must be a string.", id="list of actions"),
        pytest.param(a_document(a_step(timeout=1)),
                     f"{IN_STEP}The step has an unknown member 'timeout'.",
                     id="unknown member of a step"),
        pytest.param(a_document(a_step(disableLogging="on")),
                     f"{IN_STEP}The disableLogging of the step must be a boolean.",
                     id="logging of a step"),
        pytest.param(a_document(a_step(timeoutSeconds=0)),
                     f"{IN_STEP}Invalid timeoutSeconds 0. It must be -1 or greater than 0.",
                     id="no time"),
        pytest.param(a_document(a_step(timeoutSeconds=-2)),
                     f"{IN_STEP}Invalid timeoutSeconds -2. It must be -1 or greater than 0.",
                     id="negative time"),
        pytest.param(a_document(a_step(timeoutSeconds="60")),
                     f"{IN_STEP}The timeoutSeconds of the step must be an integer.",
                     id="text of a time"),
        pytest.param(a_document(a_step(maxAttempts=0)),
                     f"{IN_STEP}Invalid maxAttempts 0. It must be greater than 0.",
                     id="no attempts"),
        pytest.param(a_document(a_step(maxAttempts=1.5)),
                     f"{IN_STEP}The maxAttempts of the step must be an integer.",
                     id="part of an attempt"),
        pytest.param(a_document(a_step(onFailure="abort")),
                     f"{IN_STEP}Invalid onFailure 'abort'. Valid values are: Abort, Continue, "
                     "Ignore.", id="onFailure in lower case"),
        pytest.param(a_document(a_step(onFailure=["Abort"])),
                     f"{IN_STEP}The onFailure of the step must be a string.",
                     id="list of onFailure"),
        pytest.param(a_document(a_step(action="ExecuteDocument", inputs={"document": "a.yml"},
                                       timeoutSeconds=60)),
                     f"{IN_STEP}Action ExecuteDocument does not support a timeoutSeconds other "
                     "than -1.", id="time of a nested document"),
        pytest.param(a_document(a_step(action="ExecuteDocument", inputs={"document": "a.yml"},
                                       maxAttempts=2)),
                     f"{IN_STEP}Action ExecuteDocument does not support a maxAttempts other "
                     "than 1.",
                     id="attempts of a nested document"),
        pytest.param(a_document(a_step(loop={"name": "Files", "forEach": ["a"]}),
                                a_step("Next", loop={"name": "Files", "forEach": ["a"]})),
                     "Duplicate loop name 'Files' in phase 'build'. Names must be unique.",
                     id="two loops of one name"),
    ],
)  # fmt: skip
def test_another_document_is_refused(text, detail):
    assert refusal(text).startswith(detail)


IN_YAML = """
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Only
        action: ExecuteBash
        inputs: {{commands: [true]}}
        {member}
"""


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("300.0", 300),
        ("1_000", 1000),
        ("0x10", 16),
        ("010", 8),
        ("09", 9),
        ("0o10", 8),
        ("0b101", 5),
        ("+5", 5),
        ("1e3", 1000),
        ("-0x1", -1),
    ],
)
def test_a_number_is_read_as_go_reads_it(written, seconds):
    """Measured on both of Go's YAML libraries."""
    text = IN_YAML.format(member=f"timeoutSeconds: {written}")

    assert parse_component_document(text).phases[0].steps[0].timeout_seconds == seconds


@pytest.mark.parametrize("written", ["'0x10'", "1.5", "0x", "1e999", "9" * 50, "2024-01-31"])
def test_what_is_no_number_for_go_is_none(written):
    text = IN_YAML.format(member=f"timeoutSeconds: {written}")

    assert refusal(text) == f"{IN_STEP}The timeoutSeconds of the step must be an integer."


@pytest.mark.parametrize("written", ["yes", "No", "on", "OFF", "y", "N", "true", "FALSE"])
def test_a_boolean_may_be_a_word(written):
    """Measured on both of Go's YAML libraries."""
    document = parse_component_document(IN_YAML.format(member=f"disableLogging: {written}"))

    assert [step.name for step in document.phases[0].steps] == ["Only"]


@pytest.mark.parametrize("written", ["'yes'", "yEs", "1", "0x1"])
def test_another_word_is_no_boolean(written):
    text = IN_YAML.format(member=f"disableLogging: {written}")

    assert refusal(text) == f"{IN_STEP}The disableLogging of the step must be a boolean."


def test_a_phase_may_have_no_steps():
    """CloudSnorkel/cdk-github-runners, a snapshot of 2026-07-31."""
    document = parse_component_document(a_document(phases=[{"name": "build", "steps": []}]))

    assert document.phases == (Phase("build", ()),)


def test_a_name_is_unique_within_its_phase_only():
    loop = {"name": "Files", "forEach": ["a"]}

    phases = [a_phase(a_step(loop=loop), name=name) for name in ("build", "test")]

    assert parsed(phases=phases).phases


def test_a_step_names_its_time_and_attempts():
    step = parsed_step(timeoutSeconds=1, maxAttempts=9, disableLogging=False)

    assert (step.timeout_seconds, step.max_attempts) == (1, 9)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The way to everything inside a value."""
    entries = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    inner = [place for key, member in entries for place in places(member, (*path, key))]
    return [path, *inner] if path else inner


LOADED = [load_document(text) for text in DOCUMENTS]
PLACES = [(index, place) for index, document in enumerate(LOADED) for place in places(document)]
WORDS = st.sampled_from(
    ["", "name", "steps", "inputs", "for", "forEach", "not", "value", "build", "{{ a }}", "Assert"],
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@MANY
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_a_document_with_anything_anywhere_is_read_or_refused(place, value):
    index, (*way, last) = place
    document = copy.deepcopy(LOADED[index])
    target = document
    for key in way:
        target = target[key]
    target[last] = value

    with suppress(DocumentError):
        read = parse_component_document(json.dumps(document, ensure_ascii=False))
        assert isinstance(read, ComponentDocument)


@MANY
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with pytest.raises(DocumentError):
        parse_component_document(text)


@given(data=st.data(), text=st.sampled_from(DOCUMENTS))
def test_a_document_that_was_cut_off_is_read_or_refused(data, text):
    end = data.draw(st.integers(0, len(text)))

    with suppress(DocumentError):
        assert isinstance(parse_component_document(text[:end]), ComponentDocument)


@pytest.mark.parametrize("text", DOCUMENTS, ids=NAMES)
def test_a_document_means_the_same_in_json(text):
    in_json = json.dumps(load_document(text))

    assert parse_component_document(in_json) == parse_component_document(text)
