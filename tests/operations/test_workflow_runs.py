"""How workflows run: groups, what a failure leads to, attempts, rollback, values, distribution.

Sources: user guide, manage-image-workflows, pipeline-workflows, image-workflow-create-document,
wfdoc-step-actions, wfdoc-dynamic-vars.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from tests.builders import OWN, a_distribution, a_pipeline, a_recipe, an_infrastructure
from tests.container_builders import a_container_recipe
from tests.model import is_required, needs_output
from tests.workflow_builders import (
    BUILD_IMAGE,
    CREATE,
    DISTRIBUTE_IMAGE,
    INSTANCE,
    LAUNCH,
    ROLE,
    SSM_AGENT,
    TEST_IMAGE,
    WAIT,
    a_run,
    a_step,
    a_workflow,
    executions_of,
    slug_of,
    statuses_of,
    steps_of,
)

A_TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

instant = pytest.mark.imagebuilder(builds="instant", now=A_TIME)
held = pytest.mark.imagebuilder(builds="held", now=A_TIME)
clock = pytest.mark.imagebuilder(builds="clock", now=A_TIME)


def the_image(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]


def status(client, arn):
    return the_image(client, arn)["state"]["status"]


def amis_of(client, arn):
    return the_image(client, arn)["outputResources"]["amis"]


def outputs_of(client, execution, name):
    [step] = [step for step in steps_of(client, execution) if step["name"] == name]
    return json.loads(step["outputs"])


def inputs_of(client, execution, name):
    [step] = [step for step in steps_of(client, execution) if step["name"] == name]
    return json.loads(step["inputs"])


def waits(client, name, **params):
    """A test workflow that waits; its name is what the run shows."""
    return {"workflowArn": a_workflow(client, WAIT, name=name), **params}


def running(client, arn):
    return [slug_of(one) for one in executions_of(client, arn) if one["status"] == "RUNNING"]


def answer_all(client, arn, *names, action="RESUME"):
    """Answer the steps of these workflows that wait."""
    for step in client.list_waiting_workflow_steps()["steps"]:
        if step["workflowBuildVersionArn"].split("/")[2] in names:
            client.send_workflow_step_action(
                stepExecutionId=step["stepExecutionId"], imageBuildVersionArn=arn, action=action
            )


class TestOrder:
    @instant
    def test_stages_have_their_order_whatever_the_order_of_the_list(self, imagebuilder):
        arn = a_run(imagebuilder, DISTRIBUTE_IMAGE, TEST_IMAGE, BUILD_IMAGE)

        assert [one["type"] for one in executions_of(imagebuilder, arn)] == [
            "BUILD",
            "TEST",
            "DISTRIBUTION",
        ]
        assert status(imagebuilder, arn) == "AVAILABLE"

    @instant
    def test_a_type_without_workflow_is_not_run(self, imagebuilder, imagebuilder_mock):
        arn = a_run(imagebuilder, BUILD_IMAGE)

        assert [one["type"] for one in executions_of(imagebuilder, arn)] == ["BUILD"]
        stages = [
            row["stage"] for row in imagebuilder_mock.builds.timeline(arn).rows if row["stage"]
        ]
        assert "TESTING" not in stages

    @instant
    def test_without_build_there_is_no_ami_and_nothing_to_distribute(self, imagebuilder):
        arn = a_run(
            imagebuilder,
            a_workflow(imagebuilder, LAUNCH),
            distributionConfigurationArn=a_distribution(imagebuilder, "us-east-1", "eu-west-1"),
        )

        assert status(imagebuilder, arn) == "AVAILABLE"
        assert amis_of(imagebuilder, arn) == []

    @instant
    def test_groups_run_in_the_order_in_which_each_is_named_first(self, imagebuilder):
        """The guide's example: A, then B and D, then C, then E."""
        arn = a_run(
            imagebuilder,
            waits(imagebuilder, "aaa"),
            waits(imagebuilder, "bbb", parallelGroup="tests-1"),
            waits(imagebuilder, "ccc"),
            waits(imagebuilder, "ddd", parallelGroup="tests-1"),
            waits(imagebuilder, "eee", parallelGroup="tests-2"),
        )

        for group in (["aaa"], ["bbb", "ddd"], ["ccc"], ["eee"]):
            assert running(imagebuilder, arn) == group
            answer_all(imagebuilder, arn, *group)
        assert status(imagebuilder, arn) == "AVAILABLE"
        groups = [one.get("parallelGroup") for one in executions_of(imagebuilder, arn)]
        assert groups == [None, "tests-1", "tests-1", None, "tests-2"]

    @instant
    def test_five_of_a_group_run_at_once_and_the_rest_as_others_end(self, imagebuilder):
        names = [f"wait{number}" for number in range(7)]
        arn = a_run(
            imagebuilder, *(waits(imagebuilder, name, parallelGroup="many") for name in names)
        )

        assert running(imagebuilder, arn) == names[:5]
        answer_all(imagebuilder, arn, "wait3")
        assert running(imagebuilder, arn) == ["wait0", "wait1", "wait2", "wait4", "wait5"]
        answer_all(imagebuilder, arn, "wait0", "wait1")
        assert running(imagebuilder, arn) == ["wait2", "wait4", "wait5", "wait6"]
        answer_all(imagebuilder, arn, *names)
        assert status(imagebuilder, arn) == "AVAILABLE"

    @clock
    def test_a_group_takes_the_time_of_its_longest(self, imagebuilder, imagebuilder_mock):
        durations = imagebuilder_mock.builds.durations
        durations["Launch"], durations["Slow"] = timedelta(minutes=1), timedelta(minutes=9)
        group = {"parallelGroup": "group"}
        arn = a_run(
            imagebuilder,
            {"workflowArn": a_workflow(imagebuilder, LAUNCH), **group},
            {"workflowArn": a_workflow(imagebuilder, LAUNCH, a_step("Slow")), **group},
        )

        imagebuilder_mock.clock.advance(seconds=11, minutes=9)
        assert [one["status"] for one in executions_of(imagebuilder, arn)] == [
            "COMPLETED",
            "RUNNING",
        ]
        imagebuilder_mock.clock.advance(minutes=1)

        assert status(imagebuilder, arn) == "DISTRIBUTING"


class TestFailures:
    @instant
    def test_a_failed_test_fails_the_build(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="Launch", message="no capacity")
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            a_workflow(imagebuilder, LAUNCH),
            a_workflow(imagebuilder, WAIT),
        )

        assert status(imagebuilder, arn) == "FAILED"
        executions = executions_of(imagebuilder, arn)
        assert len(executions) == 2, "later workflows do not run"
        assert len(amis_of(imagebuilder, arn)) == 1, "the AMI as far as the build got"

    @instant
    def test_a_test_can_fail_and_the_build_go_on(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="Launch", message="no capacity")
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            {"workflowArn": a_workflow(imagebuilder, LAUNCH), "onFailure": "CONTINUE"},
            a_workflow(imagebuilder, a_step("Terminate")),
        )

        assert status(imagebuilder, arn) == "AVAILABLE"
        _, failed, after = executions_of(imagebuilder, arn)
        assert (failed["status"], failed["message"]) == ("ROLLBACK_COMPLETED", "no capacity")
        assert after["status"] == "COMPLETED"
        assert "reason" not in the_image(imagebuilder, arn)["state"]

    @instant
    def test_abort_is_as_nothing_said(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="Terminate")
        arn = a_run(
            imagebuilder,
            {
                "workflowArn": a_workflow(imagebuilder, a_step("Terminate")),
                "onFailure": "ABORT",
            },
        )

        assert status(imagebuilder, arn) == "FAILED"

    @instant
    def test_a_step_can_fail_and_the_workflow_go_on(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="First")
        arn = a_run(
            imagebuilder,
            a_workflow(
                imagebuilder, LAUNCH, a_step("First", onFailure="Continue"), a_step("Second")
            ),
        )

        [execution] = executions_of(imagebuilder, arn)
        assert statuses_of(imagebuilder, execution) == [
            ("Launch", "COMPLETED"),
            ("First", "FAILED"),
            ("Second", "COMPLETED"),
        ]
        assert execution["status"] == "COMPLETED"
        assert (execution["totalStepsSucceeded"], execution["totalStepsFailed"]) == (2, 1)
        assert "message" not in execution
        assert all("rollbackStatus" not in step for step in steps_of(imagebuilder, execution))

    @instant
    @pytest.mark.parametrize("action", ["TerminateInstance", "WaitForAction"])
    def test_a_condition_over_what_is_not_there_fails_the_step(
        self, imagebuilder, imagebuilder_mock, action
    ):
        """It neither waits for an action, nor does a later attempt do the step's work."""
        condition = {"stringEquals": "a", "value": "$.workflowOutputs.none"}
        step = a_step("Ask", action, onFailure="Continue", retry={"maxAttempts": 3})
        arn = a_run(
            imagebuilder,
            a_workflow(imagebuilder, {**step, "if": condition}, a_step("After")),
        )

        assert imagebuilder.list_waiting_workflow_steps()["steps"] == []
        assert imagebuilder_mock.builds.waiting == []
        [execution] = executions_of(imagebuilder, arn)
        assert statuses_of(imagebuilder, execution) == [("Ask", "FAILED"), ("After", "COMPLETED")]
        message = "The reference '$.workflowOutputs.none' could not be resolved."
        assert steps_of(imagebuilder, execution)[0]["message"] == message
        waiting = [
            event
            for event in imagebuilder_mock.events
            if event.name == "EC2 Image Builder Workflow Step Waiting"
        ]
        assert waiting == []

    @clock
    def test_a_step_that_failed_at_once_leaves_nothing_that_ends_the_next_one_early(
        self, imagebuilder, imagebuilder_mock
    ):
        durations = imagebuilder_mock.builds.durations
        durations["Ask"], durations["After"] = timedelta(minutes=1), timedelta(minutes=9)
        condition = {"stringEquals": "a", "value": "$.workflowOutputs.none"}
        ask = {**a_step("Ask", onFailure="Continue"), "if": condition}
        arn = a_run(imagebuilder, a_workflow(imagebuilder, ask, a_step("After")))

        imagebuilder_mock.clock.advance(minutes=5)

        [execution] = executions_of(imagebuilder, arn)
        assert statuses_of(imagebuilder, execution) == [("Ask", "FAILED"), ("After", "RUNNING")]

    @instant
    def test_an_input_that_is_not_there_fails_the_step(self, imagebuilder):
        step = a_step("Use", inputs={"instanceId.$": "$.workflowOutputs.none"})
        arn = a_run(imagebuilder, a_workflow(imagebuilder, step))

        [execution] = executions_of(imagebuilder, arn)
        [failed] = steps_of(imagebuilder, execution)
        assert failed["status"] == "FAILED"
        assert failed["message"] == "The reference '$.workflowOutputs.none' could not be resolved."
        assert json.loads(failed["inputs"]) == {"instanceId.$": "$.workflowOutputs.none"}

    @clock
    def test_a_step_that_takes_longer_than_its_time_fails(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.durations["Terminate"] = timedelta(hours=1)
        arn = a_run(imagebuilder, a_workflow(imagebuilder, a_step("Terminate", timeoutSeconds=60)))

        imagebuilder_mock.clock.advance(seconds=11 + 60)

        [execution] = executions_of(imagebuilder, arn)
        [step] = steps_of(imagebuilder, execution)
        assert (step["status"], step["message"]) == (
            "FAILED",
            "The step timed out after 60 seconds.",
        )


class TestAttempts:
    @needs_output("GetWorkflowStepExecution", "attemptNumber")
    @instant
    def test_a_step_is_tried_as_often_as_the_document_says(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="Try", message="not yet", times=2)
        arn = a_run(
            imagebuilder,
            a_workflow(imagebuilder, a_step("Try", retry={"maxAttempts": 3})),
        )

        assert status(imagebuilder, arn) == "AVAILABLE"
        [execution] = executions_of(imagebuilder, arn)
        [step] = steps_of(imagebuilder, execution)
        assert (step["attemptNumber"], step["maxAttempts"]) == (3, 3)
        assert step["status"] == "COMPLETED"
        assert execution["totalStepsSucceeded"] == 1
        assert "message" not in step, "what went wrong before is of no interest any more"

    @instant
    def test_after_the_last_attempt_the_step_has_failed(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="Try", message="never", times=3)
        arn = a_run(
            imagebuilder,
            a_workflow(imagebuilder, a_step("Try", retry={"maxAttempts": 2})),
        )

        assert status(imagebuilder, arn) == "FAILED"
        [execution] = executions_of(imagebuilder, arn)
        [step] = steps_of(imagebuilder, execution)
        assert step.get("attemptNumber", 2) == 2
        assert step["message"] == "never"

    @clock
    def test_each_attempt_takes_its_time(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.durations["Try"] = timedelta(minutes=1)
        imagebuilder_mock.builds.fail_next(step="Try")
        arn = a_run(
            imagebuilder,
            a_workflow(imagebuilder, a_step("Try", retry={"maxAttempts": 2})),
        )

        imagebuilder_mock.clock.advance(seconds=11 + 119)
        assert status(imagebuilder, arn) == "TESTING"
        imagebuilder_mock.clock.advance(seconds=1)

        assert status(imagebuilder, arn) == "DISTRIBUTING"


class TestPause:
    @clock
    def test_a_step_begins_after_its_pause(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.durations["Stop"] = timedelta(seconds=30)
        arn = a_run(imagebuilder, a_workflow(imagebuilder, a_step("Stop", waitSeconds=60)))

        imagebuilder_mock.clock.advance(seconds=11 + 59)
        [execution] = executions_of(imagebuilder, arn)
        [step] = steps_of(imagebuilder, execution)
        assert step["status"] == "PENDING"
        assert "inputs" not in step
        imagebuilder_mock.clock.advance(seconds=1)
        assert statuses_of(imagebuilder, execution) == [("Stop", "RUNNING")]
        imagebuilder_mock.clock.advance(seconds=30)

        assert status(imagebuilder, arn) == "DISTRIBUTING"

    @held
    def test_who_moves_the_build_need_not_wait(self, imagebuilder, imagebuilder_mock):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, {**WAIT, "waitSeconds": 60}, LAUNCH))

        imagebuilder_mock.builds.finish_all()

        [step] = imagebuilder.list_waiting_workflow_steps()["steps"]
        assert step["imageBuildVersionArn"] == arn


class TestRollback:
    STEPS = (
        LAUNCH,
        a_step("Collect", "CollectImageMetadata", inputs=INSTANCE),
        a_step("Break"),
        a_step("Never"),
    )

    def failed(self, client, mock, *steps, **params):
        mock.builds.fail_next(step="Break", message="broken")
        given = {name: params.pop(name) for name in ("parameters",) if name in params}
        workflow = a_workflow(client, *(steps or self.STEPS), **given)
        return a_run(client, BUILD_IMAGE, workflow, **params)

    def undone(self, client, arn):
        """Each step's rollback status."""
        execution = executions_of(client, arn)[-1]
        return [step.get("rollbackStatus") for step in steps_of(client, execution)]

    @instant
    def test_what_can_be_undone_is(self, imagebuilder, imagebuilder_mock):
        arn = self.failed(imagebuilder, imagebuilder_mock)

        execution = executions_of(imagebuilder, arn)[-1]
        assert execution["status"] == "ROLLBACK_COMPLETED"
        assert execution["message"] == "broken"
        assert statuses_of(imagebuilder, execution) == [
            ("Launch", "COMPLETED"),
            ("Collect", "COMPLETED"),
            ("Break", "FAILED"),
        ]
        assert self.undone(imagebuilder, arn) == ["COMPLETED", "COMPLETED", None]
        assert status(imagebuilder, arn) == "FAILED"

    @clock
    def test_a_rollback_takes_its_time(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.durations["rollback"] = timedelta(minutes=5)
        imagebuilder_mock.builds.fail_next(step="Break")
        steps = (LAUNCH, a_step("Break"))
        arn = a_run(imagebuilder, a_workflow(imagebuilder, *steps))
        imagebuilder_mock.clock.advance(seconds=11 + 135 + 30)

        [execution] = executions_of(imagebuilder, arn)
        assert execution["status"] == "ROLLBACK_IN_PROGRESS"
        assert "endTime" not in execution
        assert self.undone(imagebuilder, arn) == ["RUNNING", None]
        assert status(imagebuilder, arn) == "TESTING"
        imagebuilder_mock.clock.advance(minutes=5)

        assert self.undone(imagebuilder, arn) == ["COMPLETED", None]
        assert status(imagebuilder, arn) == "FAILED"

    @clock
    @pytest.mark.parametrize("end", ["cancel", "fail"])
    def test_the_end_of_the_build_leaves_no_rollback_open(
        self, imagebuilder, imagebuilder_mock, end
    ):
        imagebuilder_mock.builds.fail_next(step="Break")
        arn = a_run(imagebuilder, a_workflow(imagebuilder, LAUNCH, a_step("Break")))
        imagebuilder_mock.clock.advance(seconds=11 + 135 + 30)

        if end == "cancel":
            imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)
        else:
            imagebuilder_mock.builds.fail(arn, reason="enough")

        assert self.undone(imagebuilder, arn) == ["COMPLETED", None]
        [execution] = executions_of(imagebuilder, arn)
        assert execution["status"] == ("CANCELLED" if end == "cancel" else "FAILED")
        imagebuilder_mock.clock.advance(hours=1)
        assert executions_of(imagebuilder, arn) == [execution]

    @instant
    def test_a_step_can_be_kept(self, imagebuilder, imagebuilder_mock):
        launch = {**LAUNCH, "rollbackEnabled": False}
        arn = self.failed(imagebuilder, imagebuilder_mock, launch, *self.STEPS[1:])

        assert self.undone(imagebuilder, arn) == ["SKIPPED", "COMPLETED", None]

    @instant
    def test_an_instance_can_be_kept_for_a_look(self, imagebuilder, imagebuilder_mock):
        """Source: user guide, wfdoc-step-actions: the infrastructure's setting decides."""
        arn = self.failed(
            imagebuilder,
            imagebuilder_mock,
            infrastructureConfigurationArn=an_infrastructure(
                imagebuilder, terminateInstanceOnFailure=False
            ),
        )

        assert self.undone(imagebuilder, arn) == ["SKIPPED", "COMPLETED", None]

    @instant
    def test_with_nothing_to_undo_the_workflow_has_just_failed(
        self, imagebuilder, imagebuilder_mock
    ):
        launch = {**LAUNCH, "rollbackEnabled": False}
        arn = self.failed(imagebuilder, imagebuilder_mock, launch, a_step("Break"))

        assert executions_of(imagebuilder, arn)[-1]["status"] == "FAILED"
        assert self.undone(imagebuilder, arn) == ["SKIPPED", None]

    @instant
    @pytest.mark.parametrize(
        ("reference", "expected"),
        [
            ("$.parameters.undo", "SKIPPED"),
            ("$.imagebuilder.terminateInstanceOnFailure", "COMPLETED"),
            ("$.workflowOutputs.none", "COMPLETED"),
        ],
    )
    def test_whether_to_undo_can_be_a_reference(
        self, imagebuilder, imagebuilder_mock, reference, expected
    ):
        launch = {**LAUNCH, "rollbackEnabled": reference}
        arn = self.failed(
            imagebuilder,
            imagebuilder_mock,
            launch,
            a_step("Break"),
            parameters=[{"name": "undo", "type": "boolean", "default": False}],
        )

        assert self.undone(imagebuilder, arn) == [expected, None]


class TestValues:
    @instant
    def test_parameters_have_the_values_of_the_build_or_their_defaults(self, imagebuilder):
        parameters = [
            {"name": "kept", "default": "as declared"},
            {"name": "list", "type": "stringList"},
            {"name": "number", "type": "integer", "default": 1},
            {"name": "yes", "type": "boolean", "default": False},
        ]
        step = a_step(
            "Run",
            "RunCommand",
            inputs={
                "instanceId": "i-0123456789abcdef0",
                "documentName": "AWS-RunShellScript",
                "parameters": {
                    "kept.$": "$.parameters.kept",
                    "list.$": "$.parameters.list",
                    "first": ["{{ $.parameters.list[0] }} of {{ $.parameters.number }}"],
                    "yes.$": "$.parameters.yes",
                },
            },
        )
        given = {
            "workflowArn": a_workflow(imagebuilder, step, parameters=parameters),
            "parameters": [
                {"name": "list", "value": ["a", "b"]},
                {"name": "number", "value": ["7"]},
                {"name": "yes", "value": ["true"]},
            ],
        }

        [execution] = executions_of(imagebuilder, a_run(imagebuilder, given))

        assert inputs_of(imagebuilder, execution, "Run")["parameters"] == {
            "kept": "as declared",
            "list": ["a", "b"],
            "first": ["a of 7"],
            "yes": True,
        }

    @instant
    def test_a_condition_can_depend_on_a_parameter(self, imagebuilder):
        condition = {"booleanEquals": True, "value": "$.parameters.wait"}
        workflow = a_workflow(
            imagebuilder,
            {**WAIT, "if": condition},
            parameters=[{"name": "wait", "type": "boolean", "default": True}],
        )
        no = {"workflowArn": workflow, "parameters": [{"name": "wait", "value": ["false"]}]}

        assert status(imagebuilder, a_run(imagebuilder, workflow)) == "TESTING"
        assert status(imagebuilder, a_run(imagebuilder, no)) == "AVAILABLE"

    @instant
    def test_system_variables_tell_of_the_build(self, imagebuilder):
        names = [
            "cloudWatchLogGroup",
            "cloudWatchLogStream",
            "collectImageMetadata",
            "collectImageScanFindings",
            "imageBuildNumber",
            "imageName",
            "imageType",
            "imageVersionNumber",
            "instanceProfileName",
            "platform",
            "s3Logs",
            "securityGroups",
            "sourceImageARN",
            "subnetId",
            "terminateInstanceOnFailure",
            "workflowPhase",
            "workingDirectory",
            "dateTime",
        ]
        step = a_step(
            "Run",
            "RunCommand",
            inputs={
                "instanceId": "i-0123456789abcdef0",
                "documentName": "AWS-RunShellScript",
                "parameters": {f"{name}.$": f"$.imagebuilder.{name}" for name in names},
            },
        )
        arn = a_run(
            imagebuilder,
            a_workflow(imagebuilder, step),
            imageRecipeArn=a_recipe(imagebuilder, name="My Web", workingDirectory="/opt"),
            infrastructureConfigurationArn=an_infrastructure(
                imagebuilder,
                securityGroupIds=["sg-0123456789abcdef0"],
                subnetId="subnet-0123456789abcdef0",
                logging={"s3Logs": {"s3BucketName": "logs"}},
            ),
        )

        [execution] = executions_of(imagebuilder, arn)

        assert inputs_of(imagebuilder, execution, "Run")["parameters"] == {
            "cloudWatchLogGroup": "/aws/imagebuilder/My Web",
            "cloudWatchLogStream": "1.0.0/1",
            "collectImageMetadata": True,
            "collectImageScanFindings": False,
            "imageBuildNumber": 1,
            "imageName": "My Web",
            "imageType": "AMI",
            "imageVersionNumber": "1.0.0",
            "instanceProfileName": "builder",
            "platform": "Linux",
            "s3Logs": {"s3BucketName": "logs"},
            "securityGroups": ["sg-0123456789abcdef0"],
            "sourceImageARN": f"{OWN}image/my-web/1.0.0/1",
            "subnetId": "subnet-0123456789abcdef0",
            "terminateInstanceOnFailure": True,
            "workflowPhase": "Test",
            "workingDirectory": "/opt",
            "dateTime": "2026-01-02T03-04-05Z",
        }

    @instant
    def test_a_build_starts_from_the_parent_and_a_test_from_the_output(self, imagebuilder):
        look = a_step("Look", inputs={"instanceId.$": "$.imagebuilder.imageId"})
        parent = "ami-0123456789abcdef0"
        arn = a_run(
            imagebuilder,
            a_workflow(imagebuilder, LAUNCH, look, CREATE, type="BUILD"),
            a_workflow(imagebuilder, look),
            imageRecipeArn=a_recipe(imagebuilder, parentImage=parent),
        )

        build, test = executions_of(imagebuilder, arn)

        assert inputs_of(imagebuilder, build, "Look") == {"instanceId": parent}
        [ami] = amis_of(imagebuilder, arn)
        assert inputs_of(imagebuilder, test, "Look") == {"instanceId": ami["image"]}

    @instant
    def test_outputs_of_a_workflow_are_for_those_that_come_later(self, imagebuilder):
        build = a_workflow(
            imagebuilder,
            LAUNCH,
            CREATE,
            type="BUILD",
            outputs=[
                {"name": "made", "value": "$.stepOutputs.Create.imageId"},
                {"name": "said", "value": "it is {{ $.stepOutputs.Create.imageId }}"},
                {"name": "fixed", "value": "always"},
            ],
        )
        step = a_step(
            "Run",
            "RunCommand",
            inputs={
                "instanceId": "i-0123456789abcdef0",
                "documentName": "AWS-RunShellScript",
                "parameters": {
                    f"{name}.$": f"$.workflowOutputs.{name}" for name in ("made", "said", "fixed")
                },
            },
        )
        arn = a_run(imagebuilder, build, a_workflow(imagebuilder, step))

        _, test = executions_of(imagebuilder, arn)

        [ami] = amis_of(imagebuilder, arn)
        assert inputs_of(imagebuilder, test, "Run")["parameters"] == {
            "made": ami["image"],
            "said": f"it is {ami['image']}",
            "fixed": "always",
        }

    @instant
    def test_an_output_of_a_skipped_step_is_none(self, imagebuilder):
        never = {"stringEquals": "Windows", "value": "$.imagebuilder.platform"}
        first = a_workflow(
            imagebuilder,
            {**LAUNCH, "if": never},
            outputs=[{"name": "instance", "value": "$.stepOutputs.Launch.instanceId"}],
        )
        use = a_step("Use", inputs={"instanceId.$": "$.workflowOutputs.instance"})
        arn = a_run(imagebuilder, first, a_workflow(imagebuilder, use))

        assert status(imagebuilder, arn) == "FAILED"

    @instant
    def test_each_action_gives_the_outputs_of_the_guide(self, imagebuilder):
        machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Check"
        arn = a_run(
            imagebuilder,
            a_workflow(
                imagebuilder,
                {**LAUNCH, "inputs": {**SSM_AGENT, "healthCheck": "RUNNING"}},
                a_step("Agent", "WaitForSSMAgent", inputs=INSTANCE),
                a_step("Machine", "ExecuteStateMachine", inputs={"stateMachineArn": machine}),
                a_step(
                    "Command",
                    "RunCommand",
                    inputs={**INSTANCE, "documentName": "AWS-RunShellScript"},
                ),
                a_step("Iso", "CreateImageFromIso", inputs=INSTANCE),
                a_step(
                    "Register",
                    "RegisterImage",
                    inputs={
                        "blockDeviceMapping": [
                            {"Ebs": {"SnapshotId.$": "$.stepOutputs.Command.output[0]"}}
                        ]
                    },
                ),
                type="BUILD",
            ),
        )

        [execution] = executions_of(imagebuilder, arn)

        assert status(imagebuilder, arn) == "AVAILABLE"
        assert outputs_of(imagebuilder, execution, "Agent") == {"status": "Online"}
        started = outputs_of(imagebuilder, execution, "Machine")
        assert sorted(started) == ["executionArn", "output"]
        assert started["executionArn"].startswith(
            "arn:aws:states:us-east-1:123456789012:execution:Check:"
        )
        command = outputs_of(imagebuilder, execution, "Command")
        assert (sorted(command), command["output"]) == (["output", "runCommandId", "status"], [""])
        assert sorted(outputs_of(imagebuilder, execution, "Iso")) == [
            "amiName",
            "architecture",
            "snapshotId",
        ]
        [ami] = amis_of(imagebuilder, arn)
        assert outputs_of(imagebuilder, execution, "Register") == {"imageId": ami["image"]}

    @instant
    def test_the_instance_of_a_launch_can_be_given(self, imagebuilder):
        launch = {**LAUNCH, "inputs": {**SSM_AGENT, "parentInstanceId": "i-1"}}

        [execution] = executions_of(
            imagebuilder, a_run(imagebuilder, a_workflow(imagebuilder, launch))
        )

        assert outputs_of(imagebuilder, execution, "Launch") == {"instanceId": "i-1"}


class TestDistribution:
    TWO_REGIONS = ("us-east-1", "eu-west-1")

    @instant
    def test_the_managed_workflow_carries_out_the_distribution_configuration(self, imagebuilder):
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            DISTRIBUTE_IMAGE,
            distributionConfigurationArn=a_distribution(imagebuilder, *self.TWO_REGIONS),
        )

        amis = amis_of(imagebuilder, arn)
        assert [ami["region"] for ami in amis] == ["us-east-1", "eu-west-1"]
        _, execution = executions_of(imagebuilder, arn)
        distributed = outputs_of(imagebuilder, execution, "DistributeImage")["distributedImages"]
        assert distributed == [
            {
                "region": ami["region"],
                "name": ami["name"],
                "amiId": ami["image"],
                "accountId": "123456789012",
                "dateStarted": "2026-01-02T03:04:05.000000Z",
                "dateStopped": "2026-01-02T03:04:05.000000Z",
                "status": "Completed",
                "step": "Completed",
            }
            for ami in amis
        ]
        for name, member in (
            ("ModifyImageAttributes", "modifiedImages"),
            ("ApplyImageConfigurations", "configuredImages"),
        ):
            assert outputs_of(imagebuilder, execution, name) == {member: distributed}
            assert inputs_of(imagebuilder, execution, name) == {"distributedImages": distributed}

    @instant
    def test_the_document_can_have_distributions_of_its_own(self, imagebuilder):
        """They are used instead of the configuration's (user guide, wfdoc-step-actions)."""
        distribute = a_step(
            "Distribute",
            "DistributeImage",
            inputs={
                "distributions": [
                    {
                        "region.$": "$.parameters.region",
                        "name": "copy {{ imagebuilder:buildDate }}",
                        "description": "a copy",
                        "targetAccountIds": ["210987654321"],
                    }
                ]
            },
        )
        workflow = a_workflow(
            imagebuilder,
            distribute,
            type="DISTRIBUTION",
            parameters=[{"name": "region", "default": "ap-southeast-2"}],
        )
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            workflow,
            distributionConfigurationArn=a_distribution(imagebuilder, *self.TWO_REGIONS),
        )

        home, copy = amis_of(imagebuilder, arn)
        assert home["region"] == "us-east-1"
        assert (copy["region"], copy["accountId"]) == ("ap-southeast-2", "210987654321")
        assert (copy["name"], copy["description"]) == (
            "copy 2026-01-02T03-04-05.000000Z",
            "a copy",
        )

    @instant
    @pytest.mark.parametrize("value", [["eu-west-1"], ["a", "b"]])
    def test_a_distribution_that_is_none_at_the_run_fails_the_step(self, imagebuilder, value):
        distribute = a_step(
            "Distribute", "DistributeImage", inputs={"distributions.$": "$.parameters.where"}
        )
        workflow = a_workflow(
            imagebuilder,
            distribute,
            type="DISTRIBUTION",
            parameters=[{"name": "where", "type": "stringList", "default": value}],
        )

        arn = a_run(imagebuilder, BUILD_IMAGE, workflow)

        assert status(imagebuilder, arn) == "FAILED"
        _, execution = executions_of(imagebuilder, arn)
        assert execution["message"] == (
            "The input 'distributions' must be a list of mappings that have a 'region'."
        )

    @instant
    def test_without_distributions_the_ami_stays_where_it_is(self, imagebuilder):
        arn = a_run(imagebuilder, BUILD_IMAGE, DISTRIBUTE_IMAGE)

        assert [ami["region"] for ami in amis_of(imagebuilder, arn)] == ["us-east-1"]

    @instant
    def test_a_container_gets_the_managed_workflow_unless_it_has_one(self, imagebuilder):
        build = BUILD_IMAGE.replace("build-image", "build-container")
        mine = a_workflow(
            imagebuilder,
            a_step(
                "Push",
                "DistributeContainerImage",
                inputs={"instanceId.$": "$.workflowOutputs.InstanceId"},
            ),
            type="DISTRIBUTION",
            name="mine",
        )

        def slugs(*workflows):
            arn = imagebuilder.create_image(
                containerRecipeArn=a_container_recipe(imagebuilder),
                infrastructureConfigurationArn=an_infrastructure(imagebuilder),
                workflows=[{"workflowArn": workflow} for workflow in workflows],
                executionRole=ROLE,
            )["imageBuildVersionArn"]
            assert status(imagebuilder, arn) == "AVAILABLE"
            return [slug_of(one) for one in executions_of(imagebuilder, arn)]

        assert slugs(build) == ["build-container", "distribute-container"]
        assert slugs(build, mine) == ["build-container", "mine"]


class TestPipelines:
    @instant
    def test_a_pipeline_runs_its_workflows(self, imagebuilder):
        workflow = a_workflow(imagebuilder, LAUNCH, name="mine")
        pipeline = a_pipeline(
            imagebuilder,
            workflows=[
                {"workflowArn": BUILD_IMAGE},
                {"workflowArn": f"{OWN}workflow/test/mine/x.x.x"},
            ],
            executionRole=ROLE,
        )
        newer = a_workflow(imagebuilder, LAUNCH, a_step("Terminate"), name="mine")

        image = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)

        executions = executions_of(imagebuilder, image["imageBuildVersionArn"])
        assert executions[1]["workflowBuildVersionArn"] == newer
        assert newer != workflow
        shown = the_image(imagebuilder, image["imageBuildVersionArn"])
        assert shown["workflows"][1]["workflowArn"] == f"{OWN}workflow/test/mine/x.x.x"

    @instant
    def test_a_scheduled_run_that_cannot_be_is_skipped(self, imagebuilder, imagebuilder_mock):
        """A newer version of a workflow can need a value that the pipeline does not give."""
        a_workflow(imagebuilder, LAUNCH, name="mine")
        pipeline = a_pipeline(
            imagebuilder,
            workflows=[{"workflowArn": f"{OWN}workflow/test/mine/x.x.x"}],
            executionRole=ROLE,
            schedule={
                "scheduleExpression": "rate(1 day)",
                "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
            },
        )
        imagebuilder_mock.clock.advance(days=1)
        a_workflow(imagebuilder, LAUNCH, name="mine", parameters=[{"name": "needed"}])

        imagebuilder_mock.clock.advance(days=2)

        listed = imagebuilder.list_image_pipeline_images(imagePipelineArn=pipeline)
        assert len(listed["imageSummaryList"]) == 1


class TestRetry:
    @pytest.fixture(autouse=True)
    def _needs_the_operation(self, imagebuilder):
        if not hasattr(imagebuilder, "retry_image"):
            pytest.skip("this botocore has no RetryImage")

    @instant
    def test_the_stage_that_failed_is_run_again_and_the_one_before_is_not(
        self, imagebuilder, imagebuilder_mock
    ):
        """Source: API reference, RetryImage and WorkflowExecutionMetadata."""
        imagebuilder_mock.builds.fail_next(step="Launch")
        arn = a_run(imagebuilder, BUILD_IMAGE, a_workflow(imagebuilder, LAUNCH))
        assert status(imagebuilder, arn) == "FAILED"
        made = amis_of(imagebuilder, arn)

        imagebuilder.retry_image(imageBuildVersionArn=arn)

        assert status(imagebuilder, arn) == "AVAILABLE"
        build, failed, again = executions_of(imagebuilder, arn)
        assert [one["retried"] for one in (build, failed, again)] == [False, True, False]
        assert [one["status"] for one in (build, failed, again)] == [
            "COMPLETED",
            "ROLLBACK_COMPLETED",
            "COMPLETED",
        ]
        assert amis_of(imagebuilder, arn) == made
        state = the_image(imagebuilder, arn)["state"]
        assert state == {"status": "AVAILABLE"}
        answer = imagebuilder.list_workflow_executions(imageBuildVersionArn=arn)
        assert "message" not in answer

    @held
    def test_of_a_cancelled_build_the_stage_is_run_again(self, imagebuilder, imagebuilder_mock):
        arn = a_run(imagebuilder, BUILD_IMAGE, a_workflow(imagebuilder, WAIT))
        imagebuilder_mock.builds.finish_all()
        imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)

        imagebuilder.retry_image(imageBuildVersionArn=arn)

        assert status(imagebuilder, arn) == "TESTING"
        [step] = imagebuilder.list_waiting_workflow_steps()["steps"]
        _, cancelled, again = executions_of(imagebuilder, arn)
        assert (cancelled["status"], cancelled["retried"]) == ("CANCELLED", True)
        assert step["workflowExecutionId"] == again["workflowExecutionId"]


@instant
@pytest.mark.skipif(
    is_required("CreateImageRecipe", "components"),
    reason="this botocore's recipes have components in any case",
)
def test_a_build_needs_no_workflow_that_makes_an_ami(imagebuilder):
    arn = a_run(imagebuilder, a_workflow(imagebuilder, LAUNCH, type="BUILD"))

    assert status(imagebuilder, arn) == "AVAILABLE"
    assert amis_of(imagebuilder, arn) == []
