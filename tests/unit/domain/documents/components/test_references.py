"""What ``{{ }}`` refers to.

Sources, all of the user guide: toe-use-documents (chaining), toe-looping-constructs,
toe-user-defined-variables.
"""

from __future__ import annotations

import pytest

from .builders import IN_STEP, a_document, a_phase, a_step, parsed, refusal

PARAMETERS = [{"Source": {"type": "string"}}]
CONSTANTS = [{"Exit-Code": {"type": "string", "value": "{{ not looked at }} {{ Nothing }}"}}]
LOOP = {"name": "Files", "forEach": ["a", "b"]}
OTHER_LOOP = {"name": "Others", "forEach": ["a"]}


def document(expression: str, **members: object) -> dict[str, object]:
    """A document with a download step, a step with another loop, and one with the expression."""
    only = a_step(inputs={"commands": [f"echo {expression} >> log"]}, **members)
    download = a_step(
        "Download",
        "S3Download",
        inputs=[{"source": "s3://bucket/key", "destination": "/opt/key"}],
    )
    return {
        "parameters": PARAMETERS,
        "constants": CONSTANTS,
        "phases": [
            a_phase(only, download, a_step("Other", loop=OTHER_LOOP)),
            a_phase(a_step("Version"), name="validate"),
        ],
    }


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("{{ Source }}", id="parameter"),
        pytest.param("{{Source}}{{Source }}", id="parameter with fewer spaces"),
        pytest.param("{{ Exit-Code }}", id="constant"),
        pytest.param("{{ build.Download.inputs[0].destination }}", id="input of a list"),
        pytest.param("{{build.Only.inputs.commands}}", id="input of a mapping"),
        pytest.param("{{ validate.Version.outputs.stdout }}", id="output of another phase"),
        pytest.param("{{ aws:ssm:/my/parameter }}", id="Parameter Store"),
        pytest.param("{{ aws:ssm:resolve(Source) }}", id="Parameter Store by parameter"),
        pytest.param("{{ aws:imds:placement/region }}", id="instance metadata"),
        pytest.param("{{ aws:imds:iamnot }}", id="instance metadata of a similar name"),
        pytest.param("{{ env:ProgramFiles(x86) }}", id="environment"),
        pytest.param("{{ context:accountId }}", id="context"),
        pytest.param("{{ loop.value }}{{ Files.count }}", id="loop, in a step without one"),
        pytest.param("{{ .ID }}", id="template of Docker"),
        pytest.param("{{ item | quote }}", id="template of Ansible"),
        pytest.param("{{ a.b.c }}", id="path that is no reference"),
        pytest.param("{{}} {{ }} ${{ github.ref }} {{{ a.b }}}", id="other braces"),
    ],
)
def test_a_reference_to_what_there_is_is_taken(expression):
    assert parsed(**document(expression)).phases


@pytest.mark.parametrize(
    "expression", ["{{ loop.index }}", "{{loop.value}}", "{{ Files.value }}", "{{ item.value }}"]
)
def test_a_step_refers_to_its_own_loop(expression):
    assert parsed(**document(expression, loop=LOOP)).phases
    assert parsed(**document(expression, loop={"forEach": ["a"]})).phases


@pytest.mark.parametrize(
    ("expression", "detail"),
    [
        pytest.param("{{ source }}", "The following parameters or constants are not defined in the "
                     "document: source.", id="name in another case"),
        pytest.param("{{ Source }} {{X}}", "The following parameters or constants are not defined "
                     "in the document: X.", id="second reference"),
        pytest.param("{{ aws:ssm:resolve( Name ) }}", "The following parameters or constants are "
                     "not defined in the document: Name.", id="resolve"),
        pytest.param("{{ build.Missing.outputs.stdout }}", "The reference "
                     "'build.Missing.outputs.stdout' is not valid: there is no step 'Missing' in "
                     "phase 'build'.", id="unknown step"),
        pytest.param("{{ build.Version.outputs.stdout }}", "The reference "
                     "'build.Version.outputs.stdout' is not valid: there is no step 'Version' in "
                     "phase 'build'.", id="step of another phase"),
        pytest.param("{{ test.Version.inputs[0].path }}", "The reference "
                     "'test.Version.inputs[0].path' is not valid: there is no step 'Version' in "
                     "phase 'test'.", id="unknown phase"),
        pytest.param("{{ context:hostName }}", "The reference 'context:hostName' is not valid: the "
                     "keys of the context are executionId, accountId, region, osPlatform, osName, "
                     "osVersion, date, dateTime, uuid, hostname, phase, step.", id="context"),
        pytest.param("{{ aws:imds:iam/info }}", "The reference 'aws:imds:iam/info' is not "
                     "supported: its instance metadata path returns credentials.", id="iam"),
        pytest.param("{{ aws:imds:/identity-credentials }}", "The reference "
                     "'aws:imds:/identity-credentials' is not supported: its instance metadata "
                     "path returns credentials.", id="identity-credentials"),
    ],
)  # fmt: skip
def test_a_reference_to_what_there_is_not_is_refused(expression, detail):
    assert refusal(a_document(**document(expression))) == IN_STEP + detail


@pytest.mark.parametrize(
    ("expression", "detail"),
    [
        pytest.param("{{ loop.count }}", "The reference 'loop.count' is not valid: a loop has the "
                     "members index and value.", id="unknown member"),
        pytest.param("{{ Files.key }}", "The reference 'Files.key' is not valid: a loop has the "
                     "members index and value.", id="unknown member by name"),
        pytest.param("{{ Others.value }}", "The reference 'Others.value' is not valid: 'Others' is "
                     "the loop of another step.", id="loop of another step"),
    ],
)  # fmt: skip
def test_a_step_with_a_loop_refers_to_no_other(expression, detail):
    assert refusal(a_document(**document(expression, loop=LOOP))) == IN_STEP + detail


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"loop": {"forEach": ["{{ Missing }}"]}}, id="list of a loop"),
        pytest.param({"loop": {"forEach": {"list": "{{ Missing }}"}}}, id="text of a loop"),
        pytest.param({"if": {"not": [{"stringEquals": "a", "value": "{{ Missing }}"}]}}, id="if"),
        pytest.param({"inputs": {"commands": ["true", "{{ Missing }}"]}}, id="inputs"),
    ],
)
def test_references_are_looked_for_in_inputs_loops_and_conditions(members):
    assert refusal(a_document(a_step(**members))).endswith("not defined in the document: Missing.")
