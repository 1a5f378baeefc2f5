"""Step actions: where they can stand, how long they may take, what they take.

Source: user guide, wfdoc-step-actions.
"""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS

from .builders import (
    INSTANCE,
    LAUNCH,
    a_document,
    a_step,
    parsed,
    parsed_step,
    refusal,
    step_refusal,
)

IMAGES = {"distributedImages.$": "$.workflowOutputs.images"}
INPUTS = {
    "LaunchInstance": {"waitFor": "ssmAgent"},
    "RunCommand": {"instanceId": "i-1", "documentName": "AWS-RunShellScript"},
    "ExecuteStateMachine": {"stateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:m"},
    "ModifyImageAttributes": IMAGES,
    "ApplyImageConfigurations": IMAGES,
    "RegisterImage": None,
    "WaitForAction": None,
    "DistributeImage": None,
}
MINUTE, HOUR, DAY = 60, 3600, 86_400

# The table of the guide: default, maximum, stages.
TABLE = [
    ("ApplyImageConfigurations", 360 * MINUTE, 12 * HOUR, "D"),
    ("BootstrapInstanceForContainer", 60 * MINUTE, 12 * HOUR, "BTD"),
    ("CollectImageMetadata", 30 * MINUTE, 12 * HOUR, "BTD"),
    ("CollectImageScanFindings", 120 * MINUTE, 12 * HOUR, "T"),
    ("CreateImage", 720 * MINUTE, 3 * DAY, "BTD"),
    ("CreateImageFromIso", 720 * MINUTE, 12 * HOUR, "BTD"),
    ("DistributeContainerImage", 120 * MINUTE, 12 * HOUR, "D"),
    ("DistributeImage", 360 * MINUTE, 12 * HOUR, "D"),
    ("ExecuteComponents", 720 * MINUTE, 24 * HOUR, "BT"),
    ("ExecuteStateMachine", 6 * HOUR, 24 * HOUR, "BTD"),
    ("LaunchInstance", 75 * MINUTE, 12 * HOUR, "BTD"),
    ("ModifyImageAttributes", 120 * MINUTE, 3 * HOUR, "D"),
    ("RegisterImage", 540 * MINUTE, 12 * HOUR, "BTD"),
    ("RunCommand", 720 * MINUTE, 12 * HOUR, "BTD"),
    ("RunSysPrep", 60 * MINUTE, 12 * HOUR, "BTD"),
    ("SanitizeInstance", 60 * MINUTE, 12 * HOUR, "BTD"),
    ("TerminateInstance", 30 * MINUTE, 12 * HOUR, "BTD"),
    ("WaitForAction", 3 * DAY, 7 * DAY, "BTD"),
    ("WaitForSSMAgent", 60 * MINUTE, 180 * MINUTE, "BTD"),
]


def inputs_of(action):
    return INPUTS.get(action, {"instanceId": "i-1"})


def test_the_guides_actions_are_there_and_no_others():
    assert sorted(STEP_ACTIONS) == [row[0] for row in TABLE]


@pytest.mark.parametrize(("action", "default", "longest", "stages"), TABLE)
def test_an_action_has_the_guides_times_and_stages(action, default, longest, stages):
    def step(**members):
        return a_step(action=action, inputs=inputs_of(action), **members)

    assert parsed(step()).steps[0].timeout_seconds == default
    assert parsed(step(timeoutSeconds=longest)).steps[0].timeout_seconds == longest
    assert refusal(a_document(step(timeoutSeconds=longest + 1))) == (
        f"Parsing step 'Only' failed. Error: Invalid timeoutSeconds {longest + 1}. For action "
        f"{action} it must be between 1 and {longest}."
    )
    for workflow_type in ("BUILD", "TEST", "DISTRIBUTION"):
        if workflow_type[0] in stages:
            assert parsed(step(), workflow_type=workflow_type).steps
        else:
            assert refusal(a_document(step()), workflow_type=workflow_type) == (
                f"Parsing step 'Only' failed. Error: Action {action} is not supported in a "
                f"workflow of type {workflow_type}."
            )


@pytest.mark.parametrize("action", [name for name in STEP_ACTIONS if inputs_of(name)])
class TestRequiredInputs:
    def test_an_action_says_that_it_has_no_inputs(self, action):
        nothing: tuple[object, ...] = (None, {}, [])
        for inputs in nothing:
            assert step_refusal(action=action, inputs=inputs) == (
                f"Action {action} has no inputs; it requires an 'inputs'"
            ), inputs

    def test_inputs_are_a_mapping(self, action):
        for inputs in ("", 0, False, "x", ["x"]):
            assert step_refusal(action=action, inputs=inputs) == (
                f"Action {action} inputs must be a mapping."
            ), inputs

    def test_each_that_is_missing_is_named(self, action):
        for key in inputs_of(action):
            others = {other: value for other, value in inputs_of(action).items() if other != key}
            name = key.removesuffix(".$")
            article = "an" if name[0] in "aeiou" else "a"

            expected = (
                f"Action {action} has no {name}; it requires {article} '{name}'"
                if others
                else f"Action {action} has no inputs; it requires an 'inputs'"
            )
            assert step_refusal(action=action, inputs=others) == expected
            assert step_refusal(action=action, inputs={**others, name: None}) == (
                f"Action {action} has no {name}; it requires {article} '{name}'"
            )


@pytest.mark.parametrize("action", STEP_ACTIONS)
def test_an_input_that_an_action_does_not_have_is_refused(action):
    inputs = {**(inputs_of(action) or {}), "colour": "red"}

    assert step_refusal(action=action, inputs=inputs) == (
        f"Action {action} has an unknown input 'colour'."
    )


def test_an_input_is_given_once():
    assert step_refusal(inputs={"payload": "{}", "payload.$": "$.imagebuilder.platform"}) == (
        "Action WaitForAction has an input both with and without '.$'."
    )


@pytest.mark.parametrize("inputs", [None, {}, []])
def test_an_action_that_needs_no_inputs_has_none(inputs):
    assert parsed_step(inputs=inputs).inputs is None


class TestValues:
    @pytest.mark.parametrize(
        ("action", "name", "value", "values"),
        [
            ("LaunchInstance", "waitFor", "sshd", "ssmAgent"),
            ("LaunchInstance", "healthCheck", "GREEN", "RUNNING, STATUS_CHECK_PASSED"),
            (
                "RegisterImage",
                "architecture",
                "sparc",
                "i386, x86_64, arm64, x86_64_mac, arm64_mac",
            ),
            ("RegisterImage", "bootMode", "bios", "legacy-bios, uefi, uefi-preferred"),
            ("RegisterImage", "imdsSupport", "v1.0", "v2.0"),
            ("RegisterImage", "tpmSupport", ["v2.0"], "v2.0"),
            ("RegisterImage", "virtualizationType", "xen", "hvm, paravirtual"),
        ],
    )
    def test_an_input_with_a_list_of_values_takes_no_other(self, action, name, value, values):
        inputs = {**(inputs_of(action) or {}), name: value}

        assert step_refusal(action=action, inputs=inputs) == (
            f"Invalid value '{value}' of the input '{name}'. Valid values are: {values}."
        )

    def test_what_the_run_will_put_in_is_not_judged(self):
        for inputs in (
            {"waitFor": "ssmAgent", "healthCheck.$": "$.imagebuilder.platform"},
            {"waitFor": "ssmAgent", "healthCheck": "{{ $.imagebuilder.platform }}"},
        ):
            assert parsed_step(action="LaunchInstance", inputs=inputs).inputs == inputs

    @pytest.mark.parametrize("key", ["input", "input.$"])
    def test_json_is_json_of_up_to_16_kib(self, key):
        """aws-samples, step-functions-integration, have JSON under ``input.$``."""
        action = "ExecuteStateMachine"

        def inputs(value):
            return {**(inputs_of(action) or {}), key: value}

        whole = f'"{"a" * (16 * 1024 - 2)}"'
        assert parsed_step(action=action, inputs=inputs(whole)).inputs == inputs(whole)
        assert parsed_step(action=action, inputs=inputs('{"id": {{ $.imagebuilder.imageId }}}'))
        for value in ("{", {"a": 1}, "", f"{whole} "):
            assert step_refusal(action=action, inputs=inputs(value)) == (
                "The input 'input' must be a valid JSON string of at most 16384 bytes."
            )

    @pytest.mark.parametrize("key", ["payload", "payload.$"])
    def test_a_payload_is_any_text_of_up_to_16_kib(self, key):
        """aws-samples, approval-gate and gated-distribution."""
        for text in ("Approve?", "{", "", "{{ $.imagebuilder.imageName }}?", "a" * 16 * 1024):
            parsed_step(inputs={key: text})
        for value in ({"a": 1}, 3, None, ["a"], "ä" * 8193):
            assert step_refusal(inputs={key: value}) == (
                "The input 'payload' must be a string of at most 16384 bytes."
            )

    @pytest.mark.parametrize(
        ("member", "value", "missing"),
        [
            ("launchTemplateConfigurations", [{"accountId": "123456789012"}], "launchTemplateId"),
            ("launchTemplateConfigurations", ["lt-1"], "launchTemplateId"),
            ("s3ExportConfiguration", {"roleName": "r", "diskImageFormat": "RAW"}, "s3Bucket"),
            ("fastLaunchConfigurations", [{}], "enabled"),
            ("ssmParameterConfigurations", [{"dataType": "text"}], "parameterName"),
        ],
    )
    def test_a_configuration_has_what_it_needs(self, member, value, missing):
        """User guide, wfdoc-step-actions ("Yes if ... is specified")."""
        entry = {"region": "us-east-1", member: value}
        inputs = {**(inputs_of("ApplyImageConfigurations") or {}), "configurations": [entry]}

        assert step_refusal(action="ApplyImageConfigurations", inputs=inputs) == (
            f"The input 'configurations' has a '{member}' without '{missing}'."
        )

    @pytest.mark.parametrize(
        ("action", "name", "entry", "member"),
        [
            ("DistributeImage", "distributions", {"targetAccountIds": "1"}, "targetAccountIds"),
            (
                "ModifyImageAttributes",
                "attributes",
                {"launchPermission": {"userIds": "123456789012"}},
                "userIds",
            ),
        ],
    )
    def test_accounts_are_a_list(self, action, name, entry, member):
        inputs = {**(inputs_of(action) or {}), name: [{"region": "us-east-1", **entry}]}

        assert step_refusal(action=action, inputs=inputs) == (
            f"The input '{name}' has a '{member}' that is no list."
        )

    @pytest.mark.parametrize("value", ["topic", 5, "arn:aws:sns:us-east-1:123456789012:"])
    def test_a_topic_is_an_arn(self, value):
        assert step_refusal(action="WaitForAction", inputs={"snsTopicArn": value}) == (
            "The input 'snsTopicArn' must be the ARN of an SNS topic."
        )

    def test_what_a_configuration_needs_can_be_a_reference(self):
        template = {"launchTemplateId.$": "$.imagebuilder.imageName"}
        entry = {"region": "us-east-1", "launchTemplateConfigurations": [template]}
        inputs = {**(inputs_of("ApplyImageConfigurations") or {}), "configurations": [entry]}

        assert parsed_step(action="ApplyImageConfigurations", inputs=inputs).inputs == inputs

    @pytest.mark.parametrize(
        "value", ["us-east-1", {}, ["us-east-1"], [{"name": "a"}], [{"region": None}]]
    )
    @pytest.mark.parametrize(
        ("action", "name"),
        [
            ("DistributeImage", "distributions"),
            ("ModifyImageAttributes", "attributes"),
            ("ApplyImageConfigurations", "configurations"),
        ],
    )
    def test_what_is_said_for_a_region_names_it(self, action, name, value):
        inputs = {**(inputs_of(action) or {}), name: value}

        assert step_refusal(action=action, inputs=inputs) == (
            f"The input '{name}' must be a list of mappings that have a 'region'."
        )

    def test_the_guides_sample_of_a_distribution_is_taken(self):
        document = parsed(
            a_step(
                action="DistributeImage",
                inputs={
                    "distributions": [
                        {
                            "region.$": "$.parameters.SourceRegion",
                            "description": "AMI distribution to source region",
                            "amiTags": {"BuildDate": "{{imagebuilder:buildDate:yyyyMMHHss}}"},
                        }
                    ]
                },
            ),
            parameters=[{"name": "SourceRegion", "type": "string"}],
            workflow_type="DISTRIBUTION",
        )

        assert [step.action for step in document.steps] == ["DistributeImage"]

    def test_the_guides_sample_of_a_snapshot_is_taken(self):
        document = parsed(
            LAUNCH,
            a_step(
                "CreateSnapshot",
                "RunCommand",
                inputs={
                    **INSTANCE,
                    "documentName": "AWS-RunShellScript",
                    "parameters": {"commands": ["aws ec2 create-snapshot"]},
                },
            ),
            a_step(
                action="RegisterImage",
                inputs={
                    "architecture": "x86_64",
                    "bootMode": "uefi",
                    "blockDeviceMapping": [
                        {
                            "DeviceName": "/dev/sda1",
                            "Ebs": {"SnapshotId.$": "$.stepOutputs.CreateSnapshot.output[0]"},
                        }
                    ],
                },
            ),
        )

        actions = [step.action for step in document.steps]
        assert actions == ["LaunchInstance", "RunCommand", "RegisterImage"]
