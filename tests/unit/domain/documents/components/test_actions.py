"""Action modules: which there are, where they run, and what inputs they take.

Source: user guide page toe-action-modules.
"""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.components.actions import ACTION_MODULES
from imagebuilder_mock.domain.documents.components.document import parse_component_document

from .builders import (
    IN_STEP,
    a_document,
    a_step,
    parsed_step,
    refusal,
    step_refusal,
)

S3_DOWNLOAD = {"source": "s3://bucket/key", "destination": "/opt/key"}

# The least inputs that each module takes.
LEAST_INPUTS: dict[str, object] = {
    "Assert": {"fileExists": "/etc/hosts"},
    "ExecuteBash": {"commands": ["true"]},
    "ExecuteBinary": {"path": "/bin/true"},
    "ExecuteDocument": {"document": "s3://bucket/document.yml"},
    "ExecutePowerShell": {"commands": ["exit 0"]},
    "S3Download": [S3_DOWNLOAD],
    "S3Upload": [{"source": "/opt/key", "destination": "s3://bucket/key"}],
    "WebDownload": [{"source": "https://example.com/a", "destination": "/opt/a"}],
    "AppendFile": [{"path": "/opt/a"}],
    "CopyFile": [{"source": "/opt/a", "destination": "/opt/b"}],
    "CopyFolder": [{"source": "/opt/a", "destination": "/opt/b"}],
    "CreateFile": [{"path": "/opt/a"}],
    "CreateFolder": [{"path": "/opt/a"}],
    "CreateSymlink": [{"path": "/opt/a", "target": "/opt/b"}],
    "DeleteFile": [{"path": "/opt/a"}],
    "DeleteFolder": [{"path": "/opt/a"}],
    "ListFiles": [{"path": "/opt"}],
    "MoveFile": [{"source": "/opt/a", "destination": "/opt/b"}],
    "MoveFolder": [{"source": "/opt/a", "destination": "/opt/b"}],
    "ReadFile": [{"path": "/opt/a"}],
    "SetFileEncoding": [{"path": "/opt/a"}],
    "SetFileOwner": [{"path": "/opt/a", "owner": "root"}],
    "SetFolderOwner": [{"path": "/opt/a", "owner": "root"}],
    "SetFilePermissions": [{"path": "/opt/a", "permissions": 755}],
    "SetFolderPermissions": [{"path": "/opt/a", "permissions": "0755"}],
    "InstallMSI": {"path": "C:\\a.msi"},
    "UninstallMSI": {"path": "C:\\a.msi"},
    "Reboot": None,
    "SetRegistry": [{"path": "HKLM:\\Software\\A", "name": "B", "value": 1.1, "type": "DWORD"}],
    "UpdateOS": None,
}
PLATFORMS = {
    "ExecuteBash": {"Linux", "macOS"},
    "ExecutePowerShell": {"Windows"},
    "InstallMSI": {"Windows"},
    "UninstallMSI": {"Windows"},
    "SetRegistry": {"Windows"},
    "Reboot": {"Linux", "Windows"},
    "UpdateOS": {"Linux", "Windows"},
}


def test_the_modules_are_those_of_the_user_guide():
    assert set(ACTION_MODULES) == set(LEAST_INPUTS)


def test_files_are_deleted_by_force_too():
    """aws-samples, a component for Inspector."""
    inputs = [{"path": "/opt/a", "force": True}]

    assert parsed_step(action="DeleteFile", inputs=inputs).inputs == tuple(inputs)


def test_a_null_item_is_an_empty_text():
    """Measured on both of Go's YAML libraries."""
    assert parsed_step(inputs={"commands": ["a", None]}).inputs == ({"commands": ["a", None]},)


@pytest.mark.parametrize("action", LEAST_INPUTS)
def test_a_module_takes_its_required_inputs_alone(action):
    inputs = LEAST_INPUTS[action]

    step = parsed_step(action=action, inputs=inputs)

    entries = inputs if isinstance(inputs, list) else [] if inputs is None else [inputs]
    assert (step.action, step.inputs) == (action, tuple(entries))


@pytest.mark.parametrize("action", LEAST_INPUTS)
def test_a_module_is_supported_on_its_platforms_only(action):
    text = a_document(a_step(action=action, inputs=LEAST_INPUTS[action]))

    for platform in ("Linux", "Windows", "macOS"):
        if platform in PLATFORMS.get(action, {platform}):
            assert parse_component_document(text, platform=platform).phases
        else:
            assert "Unsupported action" in refusal(text, platform=platform)


@pytest.mark.parametrize(
    ("action", "platform", "detail"),
    [
        pytest.param("ExecutePowerShell", "Linux", "ExecutePowerShell for os platform linux.",
                     id="of Windows, seen in aws-samples/cdk-image-pipeline#135"),
        pytest.param("InvokeBash", "Linux", "InvokeBash for os platform linux.",
                     id="no module, seen"),
        pytest.param("ExecuteBash", "Windows", "ExecuteBash for os platform windows.",
                     id="of Linux"),
        pytest.param("UpdateOS", "macOS", "UpdateOS for os platform darwin.", id="not of macOS"),
        pytest.param("executebash", None, "executebash.", id="platform unknown"),
    ],
)  # fmt: skip
def test_an_unsupported_action_is_named_with_the_platform(action, platform, detail):
    text = a_document(a_step(action=action, inputs={"commands": ["true"]}))

    assert refusal(text, platform=platform) == f"{IN_STEP}Unsupported action {detail}"


@pytest.mark.parametrize(
    "action", sorted(name for name, least in LEAST_INPUTS.items() if least is not None)
)
def test_a_module_that_requires_inputs_has_some(action):
    # Seen for S3Download with an empty list: CloudSnorkel/cdk-github-runners#964.
    nothing: tuple[object, ...] = (None, [], {})
    for inputs in nothing:
        assert (
            step_refusal(action=action, inputs=inputs)
            == f"Action {action} has no inputs; it requires an 'inputs'"
        ), inputs


@pytest.mark.parametrize("action", sorted(LEAST_INPUTS))
def test_inputs_of_the_other_form_are_refused(action):
    form = ACTION_MODULES[action].form
    inputs = {"path": "/opt/a"} if form == "list" else [{"path": "/opt/a"}]

    expected = "a list" if form == "list" else "a mapping"
    assert (
        step_refusal(action=action, inputs=inputs)
        == f"Action {action} requires its 'inputs' to be {expected}."
    )


@pytest.mark.parametrize(
    ("action", "key"),
    [(module.name, key) for module in ACTION_MODULES.values() for key in module.required],
)
def test_each_required_input_is_missed(action, key):
    [entry] = parsed_step(action=action, inputs=LEAST_INPUTS[action]).inputs
    others = {other: value for other, value in entry.items() if other != key} | {key: None}
    inputs = [others] if ACTION_MODULES[action].form == "list" else others

    detail = f"Action {action} has no {key}; it requires a"
    assert step_refusal(action=action, inputs=inputs).startswith(detail)


@pytest.mark.parametrize(
    ("action", "inputs"),
    [
        pytest.param("ExecuteBinary", {"path": "a", "arguments": ["-a", 1, True]}, id="arguments"),
        pytest.param("ExecuteBinary", {"path": "a", "arguments": []}, id="no arguments"),
        pytest.param("ExecutePowerShell", {"file": "C:\\a.ps1"}, id="script file"),
        pytest.param(
            "ExecuteDocument",
            {
                "document": "s3://bucket/document.yml",
                "document-s3-bucket-owner": 123456789012,
                "phases": "build,test",
                "parameters": [{"name": "a", "value": ""}, {"name": "b", "value": 1}],
            },
            id="document with parameters",
        ),
        pytest.param("S3Download", [{**S3_DOWNLOAD, "expectedBucketOwner": 123456789012,
                                     "overwrite": False}, S3_DOWNLOAD], id="two downloads"),
        pytest.param("CreateFile", [{"path": "a", "content": "", "permissions": "0644"}],
                     id="empty file"),
        pytest.param("SetRegistry", [{"path": "HKCU:\\A", "name": "b", "value": ["c", "d"],
                                      "type": "MULTI_SZ"}], id="registry value of many texts"),
        pytest.param("InstallMSI", {"path": "a.msi", "properties": {"TARGETDIR": "C:\\a", "N": 1}},
                     id="properties"),
        pytest.param("Reboot", {"delaySeconds": 60}, id="delay"),
        pytest.param("Reboot", {"delaySeconds": "{{ env:DELAY }}"}, id="delay by reference"),
        pytest.param("UpdateOS", {"include": ["KB1234567", "*Security*"], "exclude": []},
                     id="updates"),
        pytest.param("Assert", {"not": {"stringEquals": "a", "value": "b"}}, id="condition"),
    ],
)  # fmt: skip
def test_documented_inputs_are_taken(action, inputs):
    entries = inputs if isinstance(inputs, list) else [inputs]

    assert parsed_step(action=action, inputs=inputs).inputs == tuple(entries)


@pytest.mark.parametrize("action", ["Reboot", "UpdateOS"])
@pytest.mark.parametrize("inputs", [None, {}])
def test_a_module_without_required_inputs_may_have_none(action, inputs):
    assert parsed_step(action=action, inputs=inputs).inputs == ()


@pytest.mark.parametrize(
    ("action", "inputs", "detail"),
    [
        pytest.param("ExecuteBash", {"commands": ["true"], "command": "true"},
                     "An entry of 'inputs' of action ExecuteBash has an unknown member 'command'.",
                     id="unknown input"),
        pytest.param("S3Download", ["s3://bucket/key"],
                     "An entry of 'inputs' of action S3Download must be a mapping.",
                     id="entry that is no mapping"),
        pytest.param("ExecuteBash", {"commands": "true"},
                     "The input 'commands' of action ExecuteBash must be a list.",
                     id="commands in one string"),
        pytest.param("ExecuteBash", {"commands": [{'echo "a': 'b"'}]},
                     "Every item of the input 'commands' of action ExecuteBash must be a string.",
                     id="command that YAML reads as a mapping"),
        pytest.param("ExecutePowerShell", {"commands": ["a"], "file": "a.ps1"},
                     "Action ExecutePowerShell requires exactly one of 'commands' and 'file'.",
                     id="both commands and file"),
        pytest.param("ExecutePowerShell", {"commands": []},
                     "Action ExecutePowerShell requires exactly one of 'commands' and 'file'.",
                     id="no commands"),
        pytest.param("DeleteFile", [{"path": ["/opt/a"]}],
                     "The input 'path' of action DeleteFile must be a string.", id="list of paths"),
        pytest.param("ExecuteDocument", {"document": "a.yml", "parameters": {"a": "b"}},
                     "The input 'parameters' of action ExecuteDocument must be a list.",
                     id="mapping of parameters"),
        pytest.param("ExecuteDocument", {"document": "a.yml", "parameters": [{"name": "a"}]},
                     "A parameter in the input 'parameters' of action ExecuteDocument has no "
                     "value; it requires a 'value'", id="parameter without a value"),
        pytest.param("InstallMSI", {"path": "a.msi", "properties": ["A=1"]},
                     "The input 'properties' of action InstallMSI must be a mapping.",
                     id="list of properties"),
        pytest.param("InstallMSI", {"path": "a.msi", "properties": {"A": ["1"]}},
                     "Every value of the input 'properties' of action InstallMSI must be a string.",
                     id="list as a property"),
        pytest.param("Reboot", {"delaySeconds": -1},
                     "The input 'delaySeconds' of action Reboot must not be negative.",
                     id="negative delay"),
        pytest.param("Reboot", {"delaySeconds": 1.5},
                     "The input 'delaySeconds' of action Reboot must be an integer.",
                     id="part of a second"),
    ],
)  # fmt: skip
def test_other_inputs_are_refused(action, inputs, detail):
    assert step_refusal(action=action, inputs=inputs) == detail
