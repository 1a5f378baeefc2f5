"""``mock.events``: what the service would tell EventBridge, SNS, CloudWatch Logs and S3.

Sources: user guide, integ-eventbridge, integ-sns, wfdoc-step-actions, monitor-cwlogs.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.engines.topic_message import packed_version
from tests.build_views import before_workflows
from tests.builders import (
    DOCUMENT,
    OWN,
    a_build,
    a_component,
    a_distribution,
    a_full_recipe,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.clients import the_client
from tests.container_builders import a_container_build
from tests.model import needs_member, needs_optional, service_model
from tests.workflow_builders import BUILD_IMAGE, WAIT, a_run, a_workflow, executions_of, steps_of

A_TIME = datetime(2026, 1, 2, 13, 4, 5, 678000, tzinfo=timezone.utc)
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
AMAZON = "627945338248"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
STATE_CHANGE = "EC2 Image Builder Image State Change"
STEP_WAITING = "EC2 Image Builder Workflow Step Waiting"
STAGES = ["PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING", "AVAILABLE"]

instant = pytest.mark.imagebuilder(builds="instant", now=A_TIME)


def bodies(mock, destination, name=None):
    return [
        event.body
        for event in mock.events.sent_to(destination)
        if name is None or event.name == name
    ]


def changes(mock, arn):
    """The image's changes of state, as EventBridge is told of them."""
    return [
        (body["detail"]["previous-state"]["status"], body["detail"]["state"]["status"])
        for body in bodies(mock, "EventBridge", STATE_CHANGE)
        if body["resources"] == [arn]
    ]


def replayed(mock, arn):
    """The state that the events lead to; each must follow from the one before."""
    state = "PENDING"
    for before, after in changes(mock, arn):
        assert before == state
        state = after
    return state


def lines(mock, arn=None):
    return [
        str(body["message"])
        for body in bodies(mock, "CloudWatchLogs")
        if arn is None or body["logStreamName"] == "/".join(arn.split("/")[-2:])
    ]


class TestEventBridge:
    @instant
    def test_each_change_of_state_is_told_in_the_documented_envelope(
        self, imagebuilder, imagebuilder_mock
    ):
        arn = a_build(imagebuilder)

        [first, *others] = bodies(imagebuilder_mock, "EventBridge")

        assert re.fullmatch(UUID, first.pop("id"))
        assert first == {
            "version": "0",
            "detail-type": STATE_CHANGE,
            "source": "aws.imagebuilder",
            "account": "123456789012",
            "time": "2026-01-02T13:04:05Z",
            "region": "us-east-1",
            "resources": [arn],
            "detail": {
                "previous-state": {"status": "PENDING"},
                "state": {"status": "CREATING"},
            },
        }
        assert len(others) == 5
        assert changes(imagebuilder_mock, arn) == list(pairwise(STAGES))

    @instant
    def test_an_event_says_whose_it_is_and_when_it_was(self, imagebuilder, imagebuilder_mock):
        a_build(imagebuilder)

        event = imagebuilder_mock.events[0]

        assert (event.account_id, event.region, event.time) == ("123456789012", "us-east-1", A_TIME)
        assert len(imagebuilder_mock.events) == len(list(imagebuilder_mock.events))

    @pytest.mark.imagebuilder(builds="held")
    def test_ends_of_other_kinds_are_told_too(self, imagebuilder, imagebuilder_mock):
        failed, cancelled = a_build(imagebuilder), a_build(imagebuilder)
        imagebuilder_mock.builds.fail(failed)
        imagebuilder.cancel_image_creation(imageBuildVersionArn=cancelled)

        assert changes(imagebuilder_mock, failed) == [("PENDING", "FAILED")]
        assert changes(imagebuilder_mock, cancelled) == [("PENDING", "CANCELLED")]

    @pytest.mark.imagebuilder(builds="held")
    def test_the_events_of_a_retry_lead_to_the_state_again(self, imagebuilder, imagebuilder_mock):
        if not hasattr(imagebuilder, "retry_image"):
            pytest.skip("this botocore has no RetryImage")
        arn = a_build(imagebuilder)
        for _ in range(3):
            imagebuilder_mock.builds.advance(arn)
        imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)
        imagebuilder.retry_image(imageBuildVersionArn=arn)

        assert changes(imagebuilder_mock, arn)[-2:] == [
            ("TESTING", "CANCELLED"),
            ("CANCELLED", "TESTING"),
        ]
        imagebuilder_mock.builds.complete(arn)
        assert replayed(imagebuilder_mock, arn) == "AVAILABLE"

    @instant
    def test_a_step_that_waits_is_told(self, imagebuilder, imagebuilder_mock):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

        [body] = bodies(imagebuilder_mock, "EventBridge", STEP_WAITING)

        [step] = imagebuilder.list_waiting_workflow_steps()["steps"]
        assert body["resources"] == [arn, step["workflowBuildVersionArn"]]
        assert body["detail"] == {
            "workflow-execution-id": step["workflowExecutionId"],
            "workflow-step-execution-id": step["stepExecutionId"],
            "workflow-step-name": "Approve",
        }

    @needs_member("CreateImagePipeline", "schedule.autoDisablePolicy")
    @instant
    def test_a_pipeline_that_is_disabled_is_told(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(
            imagebuilder,
            imageRecipeArn=a_full_recipe(imagebuilder),
            schedule={
                "scheduleExpression": "rate(1 day)",
                "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
                "autoDisablePolicy": {"failureCount": 2},
            },
        )
        imagebuilder_mock.builds.fail_next(times=5)
        imagebuilder_mock.clock.advance(days=4)

        name = "EC2 Image Builder Image Pipeline Automatically Disabled"
        [body] = bodies(imagebuilder_mock, "EventBridge", name)

        assert body["resources"] == [arn]
        assert body["detail"] == {"consecutive-failures": "2"}
        assert body["time"] == "2026-01-04T13:04:05Z"
        listed = imagebuilder.list_image_pipeline_images(imagePipelineArn=arn)
        assert len(listed["imageSummaryList"]) == 2

    @instant
    def test_other_accounts_and_regions_have_their_own(self, imagebuilder_mock):
        client = imagebuilder_mock.client(region="eu-west-1", account_id="210987654321")
        a_build(client)

        for event in imagebuilder_mock.events:
            assert (event.region, event.account_id) == ("eu-west-1", "210987654321")


class TestWaitingStep:
    @instant
    def test_a_step_can_tell_a_topic_and_a_function(self, imagebuilder, imagebuilder_mock):
        """What a published lab of 2026 has, with the payload as aws-samples read it."""
        wait = {
            **WAIT,
            "inputs": {
                "snsTopicArn": TOPIC,
                "lambdaFunctionName": "approve",
                "payload": '{"image": "{{ $.imagebuilder.imageName }}"}',
            },
        }
        recipe = a_recipe(imagebuilder, name="web")
        a_run(imagebuilder, a_workflow(imagebuilder, wait), imageRecipeArn=recipe)

        [event] = bodies(imagebuilder_mock, "EventBridge", STEP_WAITING)
        [message] = bodies(imagebuilder_mock, "SNS", TOPIC)
        [payload] = bodies(imagebuilder_mock, "Lambda", "approve")

        assert message == payload
        assert message == {
            "imageArn": event["resources"][0],
            "workflowArn": event["resources"][1],
            "workflowExecutionId": event["detail"]["workflow-execution-id"],
            "workflowStepExecutionId": event["detail"]["workflow-step-execution-id"],
            "workflowStepName": "Approve",
            "version": "1.0",
            "customPayload": '{"image": "web"}',
        }

    @instant
    def test_without_payload_there_is_none(self, imagebuilder, imagebuilder_mock):
        wait = {**WAIT, "inputs": {"snsTopicArn": TOPIC}}
        a_run(imagebuilder, a_workflow(imagebuilder, wait))

        [message] = bodies(imagebuilder_mock, "SNS")

        assert message["version"] == "1.0"
        assert "customPayload" not in message
        assert bodies(imagebuilder_mock, "Lambda") == []


class TestTopic:
    @pytest.mark.imagebuilder(builds="held")
    def test_a_message_is_sent_at_the_end_and_not_before(self, imagebuilder, imagebuilder_mock):
        settings = {
            "infrastructureConfigurationArn": an_infrastructure(imagebuilder, snsTopicArn=TOPIC)
        }
        built, failed, cancelled = (a_build(imagebuilder, **settings) for _ in range(3))
        for _ in range(5):
            imagebuilder_mock.builds.advance(built)
        assert bodies(imagebuilder_mock, "SNS") == []

        imagebuilder_mock.builds.advance(built)
        imagebuilder_mock.builds.fail(failed, reason="no disk")
        imagebuilder.cancel_image_creation(imageBuildVersionArn=cancelled)

        assert [
            (body["arn"], body["state"]) for body in bodies(imagebuilder_mock, "SNS", TOPIC)
        ] == [
            (built, {"status": "AVAILABLE"}),
            (failed, {"status": "FAILED", "reason": "no disk"}),
        ]

    @instant
    def test_the_message_of_a_good_build_has_the_captured_keys(
        self, imagebuilder, imagebuilder_mock
    ):
        """Those of the guide's sample, and more of a message that was captured on 2024-08-27."""
        component = a_component(imagebuilder, name="web", data=DOCUMENT)
        pipeline = a_pipeline(
            imagebuilder,
            imageRecipeArn=a_recipe(
                imagebuilder,
                name="My Image",
                components=[component],
                description="serves",
                workingDirectory="/opt",
                blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 8}}],
            ),
            infrastructureConfigurationArn=an_infrastructure(
                imagebuilder, name="infra", snsTopicArn=TOPIC, keyPair="key"
            ),
            distributionConfigurationArn=a_distribution(
                imagebuilder,
                name="dist",
                distributions=[{"region": "us-east-1", "amiDistributionConfiguration": {}}],
            ),
        )
        arn = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)[
            "imageBuildVersionArn"
        ]

        [body] = bodies(imagebuilder_mock, "SNS", TOPIC)

        build, test = executions_of(imagebuilder, arn)
        image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        [ami] = image["outputResources"]["amis"]
        del ami["description"]
        date = "Jan 2, 2026 1:04:05 PM"
        for member in ("distributionJobId", "integrationJobId"):
            assert re.fullmatch(UUID, body.pop(member))
        recipe, infrastructure = body.pop("imageRecipe"), body.pop("infrastructureConfiguration")
        distribution = body.pop("distributionConfiguration")
        for part, resource in (
            (body, arn),
            (recipe, f"{OWN}image-recipe/my-image/1.0.0"),
            (infrastructure, f"{OWN}infrastructure-configuration/infra"),
            (distribution, f"{OWN}distribution-configuration/dist"),
        ):
            tags = part.pop("tags")
            assert part["arn"] == resource
            assert re.fullmatch(UUID, tags.pop("internalId"))
            assert tags == {"resourceArn": resource}
        parent = recipe.pop("parentImage")
        assert re.fullmatch(
            f"arn:aws:imagebuilder:us-east-1:{AMAZON}:image/amazon-linux-2023-x86/[0-9.]+/1",
            parent,
        )
        assert body.pop("workflows") == [
            {"workflowArn": each["workflowBuildVersionArn"].replace("1:aws:", f"1:{AMAZON}:")}
            for each in (build, test)
        ]
        assert body == {
            "versionlessArn": f"{OWN}image/my-image",
            "semver": 1237940039285380274899124225,
            "arn": arn,
            "name": "My Image",
            "version": "1.0.0",
            "type": "AMI",
            "buildVersion": 1,
            "state": {"status": "AVAILABLE"},
            "platform": "Linux",
            "sourcePipelineArn": pipeline,
            "imageTestsConfigurationDocument": {"imageTestsEnabled": True, "timeoutMinutes": 720},
            "dateCreated": date,
            "outputResources": {"amis": [ami]},
            "buildExecutionId": build["workflowExecutionId"].removeprefix("wf-"),
            "testExecutionId": test["workflowExecutionId"].removeprefix("wf-"),
            "executionRole": "arn:aws:iam::123456789012:role/aws-service-role/"
            "imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder",
            "accountId": "123456789012",
            "osVersion": "Amazon Linux 2023",
            "enhancedImageMetadataEnabled": True,
            "buildType": "USER_INITIATED",
        }
        assert recipe == {
            "arn": f"{OWN}image-recipe/my-image/1.0.0",
            "name": "My Image",
            "version": "1.0.0",
            "description": "serves",
            "components": [{"componentArn": component}],
            "platform": "Linux",
            "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 8}}],
            "dateCreated": date,
            "workingDirectory": "/opt",
            "accountId": "123456789012",
        }
        assert infrastructure == {
            "arn": f"{OWN}infrastructure-configuration/infra",
            "name": "infra",
            "instanceProfileName": "builder",
            "keyPair": "key",
            "terminateInstanceOnFailure": True,
            "snsTopicArn": TOPIC,
            "dateCreated": date,
            "accountId": "123456789012",
        }
        assert distribution == {
            "arn": f"{OWN}distribution-configuration/dist",
            "name": "dist",
            "distributions": [{"region": "us-east-1", "amiDistributionConfiguration": {}}],
            "dateCreated": date,
            "accountId": "123456789012",
        }

    @pytest.mark.skipif(
        "RetryImage" not in service_model().operation_names,
        reason="this botocore has no RetryImage",
    )
    @pytest.mark.imagebuilder(builds="held")
    def test_of_a_retried_workflow_the_message_has_the_newest_run(
        self, imagebuilder, imagebuilder_mock
    ):
        arn = a_build(
            imagebuilder,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder, snsTopicArn=TOPIC),
        )
        while imagebuilder_mock.builds.advance(arn) != "TESTING":
            pass
        imagebuilder_mock.builds.fail(arn)
        imagebuilder.retry_image(imageBuildVersionArn=arn)
        imagebuilder_mock.builds.complete(arn)

        body = bodies(imagebuilder_mock, "SNS", TOPIC)[-1]

        build, failed, test = executions_of(imagebuilder, arn)
        assert failed["type"] == test["type"] == "TEST"
        assert f"wf-{body['buildExecutionId']}" == build["workflowExecutionId"]
        assert f"wf-{body['testExecutionId']}" == test["workflowExecutionId"]

    @pytest.mark.skipif(
        "RetryImage" not in service_model().operation_names,
        reason="this botocore has no RetryImage",
    )
    @instant
    def test_a_job_has_one_id_wherever_it_is_told_of(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(region="us-east-1")
        arn = a_build(
            imagebuilder,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder, snsTopicArn=TOPIC),
            distributionConfigurationArn=a_distribution(imagebuilder),
        )
        imagebuilder.retry_image(imageBuildVersionArn=arn)

        failed, retried = bodies(imagebuilder_mock, "SNS")

        job = f"Distribution failed with JobId '{retried['distributionJobId']}', "
        assert failed["state"]["reason"].startswith(job)

    @instant
    def test_the_message_of_a_failed_build_has_no_amis_and_no_ids(
        self, imagebuilder, imagebuilder_mock
    ):
        imagebuilder_mock.builds.fail_next(region="us-east-1")
        a_build(
            imagebuilder,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder, snsTopicArn=TOPIC),
        )

        [body] = bodies(imagebuilder_mock, "SNS")

        assert body["state"]["status"] == "FAILED"
        assert body["state"]["reason"].startswith("Distribution failed with JobId ")
        assert body["outputResources"] == {"amis": []}
        ids = {"buildExecutionId", "testExecutionId", "distributionJobId", "integrationJobId"}
        assert not ids & set(body)
        assert "distributionConfiguration" not in body

    @pytest.mark.parametrize(
        ("region", "account"), [("us-east-1", AMAZON), ("us-east-2", "813215560771")]
    )
    def test_what_is_amazons_shows_the_number_of_its_account(self, region, account):
        """A message that was captured on 2024-08-27; the API says ``aws``."""
        with mock_imagebuilder(builds="instant") as mock:
            client = mock.client(region=region)
            topic = an_infrastructure(client, snsTopicArn=TOPIC.replace("us-east-1", region))
            component = f"arn:aws:imagebuilder:{region}:aws:component/update-linux/x.x.x"
            recipe = a_recipe(client, components=[component])
            a_build(client, imageRecipeArn=recipe, infrastructureConfigurationArn=topic)

            [body] = bodies(mock, "SNS")

            offered = [
                *(each["workflowArn"] for each in body["workflows"]),
                *(each["componentArn"] for each in body["imageRecipe"]["components"]),
                body["imageRecipe"]["parentImage"],
            ]
            assert {arn.split(":")[4] for arn in offered} == {account}

    @instant
    def test_without_a_distribution_configuration_there_are_no_jobs(
        self, imagebuilder, imagebuilder_mock
    ):
        """A message that was captured on 2024-08-27."""
        a_build(
            imagebuilder,
            infrastructureConfigurationArn=an_infrastructure(
                imagebuilder, snsTopicArn=TOPIC, logging={"s3Logs": {}}
            ),
        )

        [body] = bodies(imagebuilder_mock, "SNS")

        assert not {"distributionJobId", "integrationJobId", "distributionConfiguration"} & set(
            body
        )
        assert {"buildExecutionId", "testExecutionId"} <= set(body)
        assert body["imageRecipe"]["blockDeviceMappings"] == []
        assert body["infrastructureConfiguration"]["logging"] == {"s3Logs": {}}

    @instant
    def test_a_container_has_its_uris(self, imagebuilder, imagebuilder_mock):
        arn = a_container_build(
            imagebuilder,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder, snsTopicArn=TOPIC),
        )

        [body] = bodies(imagebuilder_mock, "SNS")

        image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert body["outputResources"] == image["outputResources"]
        assert body["type"] == "DOCKER"
        assert body["containerRecipe"]["name"] == image["name"]
        assert "imageRecipe" not in body

    def test_the_guides_sample_of_a_packed_version_is_right(self):
        assert packed_version(Arn.parse(f"{OWN}image/web/1.0.0/3")) == 1237940039285380274899124227
        assert packed_version(Arn.parse(f"{OWN}image/web/1.0.0/7")) == 1237940039285380274899124231


class TestLogs:
    @instant
    def test_changes_of_state_and_steps_are_logged(self, imagebuilder, imagebuilder_mock):
        """Real logs: amazonlinux/amazon-linux-2023#1054, aws-parallelcluster#6358, aws-samples."""
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder, name="My Web"))
        image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        parent = imagebuilder.get_image(imageBuildVersionArn=image["imageRecipe"]["parentImage"])
        [ami] = parent["image"]["outputResources"]["amis"]
        recipe = imagebuilder.get_image_recipe(imageRecipeArn=image["imageRecipe"]["arn"])
        written = recipe["imageRecipe"]["parentImage"]
        build, _ = executions_of(imagebuilder, arn)
        outputs = {
            step["name"]: json.loads(
                imagebuilder.get_workflow_step_execution(stepExecutionId=step["stepExecutionId"])[
                    "outputs"
                ]
            )
            for step in imagebuilder.list_workflow_step_executions(
                workflowExecutionId=build["workflowExecutionId"]
            )["steps"]
            if step["name"] in ("LaunchBuildInstance", "ApplyBuildComponents")
        }
        instance_id = outputs["LaunchBuildInstance"]["instanceId"]
        command_id = outputs["ApplyBuildComponents"]["runCommandId"]
        workflow = build["workflowBuildVersionArn"].replace("1:aws:", f"1:{AMAZON}:")

        groups = {event.name for event in imagebuilder_mock.events.sent_to("CloudWatchLogs")}

        assert groups == {"/aws/imagebuilder/My Web"}
        logged = lines(imagebuilder_mock, arn)
        assert logged[:15] == [
            f"Image transitioned to CREATING state for Image ARN: {arn}",
            f"Image transitioned to BUILDING state for Image ARN: {arn}",
            f"Resolved Image Recipe parent image {written} to AMI {ami['image']}.",
            f"Started BUILD workflow {workflow}",
            f"Total {build['totalStepCount']} steps to run for workflow {workflow}",
            "No 'if' conditions to evaluate for step: LaunchBuildInstance",
            "Started step LaunchBuildInstance with action LaunchInstance",
            "Launching instance",
            f"Launched instance (instance id: {instance_id})",
            (
                f"Waiting for instance availability (id: {instance_id}, "
                "expected state: ['passed']). Attempt number: 1."
            ),
            "No 'if' conditions to evaluate for step: ApplyBuildComponents",
            "Started step ApplyBuildComponents with action ExecuteComponents",
            "Sending command to instance to run",
            f"Running command (command id: {command_id})",
            f"Waiting for command to complete (command id: {command_id}). Attempt number: 1.",
        ]
        assert logged[-1] == f"Image transitioned to AVAILABLE state for Image ARN: {arn}"

    @instant
    def test_the_steps_of_components_are_logged_with_their_values(
        self, imagebuilder, imagebuilder_mock
    ):
        document = """\
schemaVersion: 1.0
parameters:
  - Who:
      type: string
      default: you
phases:
  - name: build
    steps:
      - name: Greet
        action: ExecuteBash
        loop:
          forEach: [a, b]
        inputs:
          commands: ['echo {{ Who }} {{ loop.value }}']
      - name: Never
        action: ExecuteBash
        if:
          stringEquals: me
          value: '{{ Who }}'
        inputs:
          commands: ['false']
"""
        component = a_component(imagebuilder, data=document)
        parameters = [{"name": "Who", "value": ["all"]}]
        recipe = a_recipe(
            imagebuilder, components=[{"componentArn": component, "parameters": parameters}]
        )
        a_build(imagebuilder, imageRecipeArn=recipe)

        logged = [line for line in lines(imagebuilder_mock) if line.startswith("Document")]

        begin = f"Document {component} phase build step"
        assert logged == [
            f'{begin} Greet round 0 Execute ExecuteBash {{"commands": ["echo all a"]}}',
            f'{begin} Greet round 1 Execute ExecuteBash {{"commands": ["echo all b"]}}',
            f'{begin} Never Skip ExecuteBash {{"commands": ["false"]}}',
        ]

    @instant
    def test_a_failure_is_logged_with_its_reason(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="LaunchBuildInstance", message="no capacity")
        a_build(imagebuilder)

        logged = lines(imagebuilder_mock)
        first = logged.index("no capacity")
        failing = "Action failed for step LaunchBuildInstance. Failing step"
        assert logged[first + 1] == failing

    @instant
    def test_the_first_step_of_a_component_that_fails_is_logged_in_detail(
        self, imagebuilder, imagebuilder_mock
    ):
        """User guide, image-failure-context ("full component output"), for the block of lines."""
        component = a_component(imagebuilder, data=DOCUMENT)
        imagebuilder_mock.builds.fail_next(component=component, exit_status=3)
        a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        assert [line for line in lines(imagebuilder_mock) if line.startswith("  ")] == [
            "  Document: hello",
            f"  ComponentArn: {component}",
            "  Phase: build",
            "  Step: Greet",
            "  Action: ExecuteBash",
            "  ErrorMessage: exit status 3",
        ]

    @instant
    @pytest.mark.parametrize(
        ("order", "written"),
        [
            ({"exit_status": 3}, ["CmdExecution: ExitCode 3"]),
            ({"message": "no disk"}, ["CmdExecution: Stderr: no disk", "CmdExecution: ExitCode 1"]),
        ],
    )
    def test_a_command_that_fails_is_logged(self, imagebuilder, imagebuilder_mock, order, written):
        """aws/res#66 and aws-parallelcluster#6358, for the lines."""
        component = a_component(imagebuilder, data=DOCUMENT)
        imagebuilder_mock.builds.fail_next(component=component, **order)
        a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        logged = lines(imagebuilder_mock)
        error = "CmdExecution: [ERROR] Command execution has resulted in an error"
        assert [line for line in logged if line.startswith("Cmd")] == [*written, error]
        [failed] = [line for line in logged if line.startswith("Command failed")]
        assert re.fullmatch(rf"Command failed \(command id: {UUID}, state: Failed\)", failed)
        assert "Action failed for step ApplyBuildComponents. Failing step" in logged

    @instant
    @pytest.mark.parametrize(
        ("step", "is_command"),
        [("RunSanitizeScript", True), ("ApplyBuildComponents", True), ("CreateOutputAMI", False)],
    )
    def test_a_step_that_is_ordered_to_fail_names_its_command(
        self, imagebuilder, imagebuilder_mock, step, is_command
    ):
        """aws-samples, debugging, for the message of a command without a result."""
        imagebuilder_mock.builds.fail_next(step=step)
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        [build] = executions_of(imagebuilder, arn)
        [failed] = [each for each in steps_of(imagebuilder, build) if each["name"] == step]
        outputs, logged = json.loads(failed["outputs"]), lines(imagebuilder_mock)
        if is_command:
            message = (
                "ExpectationNotMet. ssm:ListCommandInvocations returned terminal state Failed in "
                f"workflow step {step}"
            )
            assert outputs == {"errorMessage": message, "runCommandId": outputs["runCommandId"]}
            line = f"Command failed (command id: {outputs['runCommandId']}, state: Failed)"
            assert (line in logged, message in logged) == (True, False)
        else:
            message = f"The step '{step}' failed."
            assert outputs == {"errorMessage": message}
            assert message in logged
        assert failed["message"] == message
        assert logged.count(f"Action failed for step {step}. Failing step") == 1

    @instant
    def test_what_fails_without_a_command_writes_none(self, imagebuilder, imagebuilder_mock):
        inputs = "inputs:\n          commands:\n            - echo hello"
        folder = DOCUMENT.replace(inputs, "inputs: [{path: /tmp/hello}]")
        component = a_component(imagebuilder, data=folder.replace("ExecuteBash", "CreateFolder"))
        imagebuilder_mock.builds.fail_next(component=component)
        a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        assert not [line for line in lines(imagebuilder_mock) if line.startswith("Cmd")]

    @needs_member("CreateImage", "loggingConfiguration")
    @instant
    def test_a_log_group_can_be_named(self, imagebuilder, imagebuilder_mock):
        a_build(imagebuilder, loggingConfiguration={"logGroupName": "/aws/imagebuilder/mine"})

        groups = {event.name for event in imagebuilder_mock.events.sent_to("CloudWatchLogs")}

        assert groups == {"/aws/imagebuilder/mine"}

    @instant
    @pytest.mark.parametrize(
        ("prefix", "folder"), [({}, ""), ({"s3KeyPrefix": "/logs/web/"}, "logs/web/")]
    )
    def test_a_bucket_gets_the_logs_of_each_step_that_ran_components(
        self, imagebuilder, imagebuilder_mock, prefix, folder
    ):
        """The keys are those of the user guide and aws-samples."""
        component = a_component(imagebuilder, data=DOCUMENT)
        arn = a_build(
            imagebuilder,
            imageRecipeArn=a_recipe(imagebuilder, name="My Web", components=[component]),
            infrastructureConfigurationArn=an_infrastructure(
                imagebuilder, logging={"s3Logs": {"s3BucketName": "bucket", **prefix}}
            ),
        )

        uploaded = bodies(imagebuilder_mock, "S3", "bucket")

        build, _ = executions_of(imagebuilder, arn)
        place = f"{folder}My Web/1.0.0/1/{build['workflowExecutionId']}/ApplyBuildComponents"
        assert {body["key"]: body["lines"] for body in uploaded} == {
            f"{place}/console.log": ["ApplyBuildComponents (ExecuteComponents) COMPLETED"],
            f"{place}/application.log": ["ApplyBuildComponents (ExecuteComponents) COMPLETED"],
            f"{place}/detailedoutput.json": ['{"status": "success", "failureMessage": ""}'],
        }

    @instant
    def test_a_bucket_gets_the_logs_of_a_container_that_failed(
        self, imagebuilder, imagebuilder_mock
    ):
        bucket = {"s3Logs": {"s3BucketName": "bucket"}}
        infrastructure = an_infrastructure(imagebuilder, logging=bucket)
        imagebuilder_mock.builds.fail_next(message="no disk")
        a_container_build(imagebuilder, infrastructureConfigurationArn=infrastructure)

        uploaded = bodies(imagebuilder_mock, "S3", "bucket")

        files = [body["key"].rpartition("/")[2] for body in uploaded]
        assert files == ["application.log", "detailedoutput.json"]
        assert json.loads(uploaded[1]["lines"][0])["status"] == "failed"

    @needs_optional("CreateImageRecipe", "components")
    @instant
    def test_a_bucket_gets_nothing_where_no_components_ran(self, imagebuilder, imagebuilder_mock):
        bucket = {"s3Logs": {"s3BucketName": "bucket"}}
        infrastructure = an_infrastructure(imagebuilder, logging=bucket)
        a_build(imagebuilder, infrastructureConfigurationArn=infrastructure)

        assert bodies(imagebuilder_mock, "S3") == []


class TestSubscribers:
    @instant
    def test_a_subscriber_is_told_each_event_until_it_leaves(self, imagebuilder, imagebuilder_mock):
        told: list[Any] = []
        leave = imagebuilder_mock.events.subscribe(told.append)
        a_build(imagebuilder)

        assert told == list(imagebuilder_mock.events)
        leave()
        leave()
        a_build(imagebuilder)
        assert len(told) < len(imagebuilder_mock.events)

    def test_what_cannot_be_called_does_not_subscribe(self, imagebuilder_mock):
        with pytest.raises(TypeError, match=r"subscribe\('told'\): give a function"):
            imagebuilder_mock.events.subscribe("told")

    @pytest.mark.parametrize("mode", ["observed", "instant", "clock", "held"])
    def test_a_subscriber_can_answer_the_step_that_waits(self, mode):
        """It is called when the call that caused the event is over, so it may use clients."""
        client: Any = the_client()
        with mock_imagebuilder(builds=mode, now=A_TIME) as mock:

            def approve(event):
                if event.name == STEP_WAITING:
                    client.send_workflow_step_action(
                        stepExecutionId=event.body["detail"]["workflow-step-execution-id"],
                        imageBuildVersionArn=event.body["resources"][0],
                        action="RESUME",
                        reason="by itself",
                    )

            mock.events.subscribe(approve)
            arn = a_run(client, BUILD_IMAGE, a_workflow(client, WAIT))
            mock.builds.finish_all()
            if mode != "instant":
                mock.builds.finish_all()

            assert client.list_waiting_workflow_steps()["steps"] == []
            assert replayed(mock, arn) == "AVAILABLE"
            assert mock.builds.running == []

    @pytest.mark.imagebuilder(builds="clock", now=A_TIME)
    def test_as_time_passes_a_subscriber_is_told_at_the_events_own_time(
        self, imagebuilder, imagebuilder_mock
    ):
        told = []

        def listen(event):
            if event.name == STEP_WAITING:
                told.append(imagebuilder_mock.clock.now())
                [step] = imagebuilder.list_waiting_workflow_steps()["steps"]
                imagebuilder.send_workflow_step_action(
                    stepExecutionId=step["stepExecutionId"],
                    imageBuildVersionArn=step["imageBuildVersionArn"],
                    action="RESUME",
                )

        imagebuilder_mock.events.subscribe(listen)
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))
        imagebuilder_mock.clock.advance(days=4)

        assert told == [A_TIME + before_workflows(imagebuilder_mock)]
        assert replayed(imagebuilder_mock, arn) == "AVAILABLE"

    @instant
    def test_a_subscriber_finds_the_state_that_it_was_told_of(
        self, imagebuilder, imagebuilder_mock
    ):
        found = []

        def look(event):
            if event.name == STATE_CHANGE:
                arn = event.body["resources"][0]
                found.append(imagebuilder.get_image(imageBuildVersionArn=arn)["image"]["arn"])

        imagebuilder_mock.events.subscribe(look)
        arn = a_build(imagebuilder)

        assert found == [arn] * 6

    @instant
    def test_what_a_subscriber_raises_is_the_tests_business_and_the_world_is_whole(
        self, imagebuilder, imagebuilder_mock
    ):
        def fail(event):
            message = f"not {event.name}"
            raise LookupError(message)

        leave = imagebuilder_mock.events.subscribe(fail)
        with pytest.raises(LookupError, match="not "):
            a_build(imagebuilder)
        leave()

        [image] = imagebuilder.list_image_build_versions(
            imageVersionArn=changes_of_any(imagebuilder_mock).rpartition("/")[0]
        )["imageSummaryList"]
        assert image["state"]["status"] == "AVAILABLE"

    @instant
    def test_of_two_subscribers_that_fail_the_first_ones_error_comes_out(
        self, imagebuilder, imagebuilder_mock
    ):
        def failing(message):
            def fail(_):
                raise LookupError(message)

            return fail

        imagebuilder_mock.events.subscribe(failing("first"))
        imagebuilder_mock.events.subscribe(failing("second"))

        with pytest.raises(LookupError, match="first"):
            a_build(imagebuilder)

    @instant
    def test_a_reset_forgets_events_and_keeps_subscribers(self, imagebuilder, imagebuilder_mock):
        told: list[Any] = []
        imagebuilder_mock.events.subscribe(told.append)
        a_build(imagebuilder)
        imagebuilder_mock.reset()

        assert len(imagebuilder_mock.events) == 0
        told.clear()
        a_build(imagebuilder)
        assert told


def changes_of_any(mock):
    """The image of the first event."""
    return mock.events.sent_to("EventBridge")[0].body["resources"][0]


def test_events_stay_readable_when_the_mock_is_off():
    with mock_imagebuilder(builds="instant", now=A_TIME) as mock:
        a_build(the_client())

    assert mock.events[0].time == A_TIME


@mock_imagebuilder(builds="instant")
class TestOfAClass:
    """A class that is decorated: what one test does is nothing to the next."""

    @pytest.mark.parametrize("time", ["first", "second"])
    def test_each_test_has_its_own_events_and_durations(self, time):  # noqa: ARG002
        from imagebuilder_mock import current_mock

        mock = current_mock()
        assert len(mock.events) == 0
        assert mock.builds.durations["CREATING"] < timedelta(hours=1)

        a_build(the_client())
        mock.builds.durations["CREATING"] = timedelta(hours=1)

        assert len(mock.events) > 0
