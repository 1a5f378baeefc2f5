"""What a failure of a step leads to: attempts, rollback, what goes on and what does not.

Sources: user guide, image-workflow-create-document, wfdoc-step-actions.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.build_views import amis_of, before_workflows, status, the_image
from tests.builders import (
    an_infrastructure,
)
from tests.model import needs_output
from tests.workflow_builders import (
    BUILD_IMAGE,
    INSTANCE,
    LAUNCH,
    WAIT,
    a_run,
    a_step,
    a_workflow,
    executions_of,
    statuses_of,
    steps_of,
)

A_TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

instant = pytest.mark.imagebuilder(builds="instant", now=A_TIME)
clock = pytest.mark.imagebuilder(builds="clock", now=A_TIME)


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
        condition = {"stringEquals": "a", "value": "$.workflowOutputs.none"}
        ask = {**a_step("Ask", onFailure="Continue"), "if": condition}
        workflow = a_workflow(imagebuilder, ask, a_step("After"))
        durations = imagebuilder_mock.builds.durations
        durations["Ask"], durations["After"] = timedelta(minutes=1), timedelta(minutes=9)
        arn = a_run(imagebuilder, workflow)

        imagebuilder_mock.clock.advance(minutes=5)

        [execution] = executions_of(imagebuilder, arn)
        assert statuses_of(imagebuilder, execution) == [("Ask", "FAILED"), ("After", "RUNNING")]

    @instant
    @pytest.mark.parametrize(
        ("action", "member", "detail"),
        [
            ("WaitForAction", "snsTopicArn", "must be the ARN of an SNS topic."),
            (
                "ExecuteStateMachine",
                "input",
                "must be a valid JSON string of at most 16384 bytes.",
            ),
        ],
    )
    def test_a_value_of_the_run_that_an_input_does_not_take_fails_the_step(
        self, imagebuilder, action, member, detail
    ):
        inputs = {f"{member}.$": "$.parameters.given"}
        if action == "ExecuteStateMachine":
            inputs["stateMachineArn"] = "arn:aws:states:us-east-1:123456789012:stateMachine:Check"
        ask = a_step("Ask", action, inputs=inputs)
        workflow = a_workflow(
            imagebuilder, ask, parameters=[{"name": "given", "default": "no such thing"}]
        )

        [execution] = executions_of(imagebuilder, a_run(imagebuilder, workflow))

        [step] = steps_of(imagebuilder, execution)
        assert (step["status"], step["message"]) == ("FAILED", f"The input '{member}' {detail}")

    @instant
    def test_an_input_that_is_not_there_fails_the_step(self, imagebuilder):
        step = a_step("Use", inputs={"instanceId.$": "$.workflowOutputs.none"})
        arn = a_run(imagebuilder, a_workflow(imagebuilder, step))

        [execution] = executions_of(imagebuilder, arn)
        [failed] = steps_of(imagebuilder, execution)
        assert failed["status"] == "FAILED"
        assert failed["message"] == "The reference '$.workflowOutputs.none' could not be resolved."
        assert json.loads(failed["inputs"]) == {"instanceId.$": "$.workflowOutputs.none"}

    @pytest.mark.parametrize("mode", ["observed", "instant", "clock", "held"])
    def test_a_short_time_out_alone_fails_no_step(self, mode):
        """How long steps take by default are samples."""
        launch = {**LAUNCH, "timeoutSeconds": 30}
        with mock_imagebuilder(builds=mode, now=A_TIME) as mock:
            client = mock.client()
            arn = a_run(client, a_workflow(client, launch))
            mock.builds.finish_all()

            assert status(client, arn) == "AVAILABLE"

    @pytest.mark.parametrize("named", ["Launch", "LaunchInstance"])
    @instant
    def test_a_step_that_is_said_to_take_longer_fails_in_every_mode(
        self, imagebuilder, imagebuilder_mock, named
    ):
        workflow = a_workflow(imagebuilder, {**LAUNCH, "timeoutSeconds": 30})
        imagebuilder_mock.builds.durations[named] = timedelta(minutes=1)

        arn = a_run(imagebuilder, workflow)

        assert status(imagebuilder, arn) == "FAILED"

    @clock
    def test_a_step_that_takes_longer_than_its_time_fails(self, imagebuilder, imagebuilder_mock):
        workflow = a_workflow(imagebuilder, a_step("Terminate", timeoutSeconds=60))
        imagebuilder_mock.builds.durations["Terminate"] = timedelta(hours=1)
        arn = a_run(imagebuilder, workflow)

        imagebuilder_mock.clock.advance(seconds=2 + 60)

        [execution] = executions_of(imagebuilder, arn)
        [step] = steps_of(imagebuilder, execution)
        assert (step["status"], step["message"]) == (
            "FAILED",
            "The step timed out after 60 seconds.",
        )


class TestOutputs:
    MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:Check"
    FAILED = "ExpectationNotMet. stepfunctions:DescribeExecution returned terminal state FAILED"
    CHECK = a_step("Check", "ExecuteStateMachine", inputs={"stateMachineArn": MACHINE})

    @instant
    def test_a_state_machine_that_fails_gives_its_error_and_cause(
        self, imagebuilder, imagebuilder_mock
    ):
        """Source: a published lab of 2026-03-28, for the keys and their order."""
        imagebuilder_mock.builds.fail_next(step="Check", error="NotReady", cause="too early")

        [execution] = executions_of(
            imagebuilder, a_run(imagebuilder, a_workflow(imagebuilder, self.CHECK))
        )

        [step] = steps_of(imagebuilder, execution)
        assert list(json.loads(step["outputs"]).items()) == [
            ("errorMessage", self.FAILED),
            ("error", "NotReady"),
            ("cause", "too early"),
            ("status", "FAILED"),
        ]
        assert execution["message"] == step["message"] == self.FAILED

    @instant
    def test_only_a_state_machine_has_an_error_and_a_cause(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="Terminate", error="NotReady", optional=True)

        arn = a_run(imagebuilder, a_workflow(imagebuilder, a_step("Terminate")))

        assert status(imagebuilder, arn) == "AVAILABLE"

    @pytest.mark.parametrize("named", [{}, {"step": "S", "component": "c"}, {"region": "r"}])
    def test_the_error_of_a_state_machine_needs_its_step(self, imagebuilder_mock, named):
        with pytest.raises(ValueError, match="step="):
            imagebuilder_mock.builds.fail_next(error="NotReady", **named)

    @instant
    def test_a_state_machine_that_succeeds_gives_its_status(self, imagebuilder):
        """Source: a published lab of 2026-03-28."""
        [execution] = executions_of(
            imagebuilder, a_run(imagebuilder, a_workflow(imagebuilder, self.CHECK))
        )

        [step] = steps_of(imagebuilder, execution)
        outputs = json.loads(step["outputs"])
        assert list(outputs) == ["output", "executionArn", "status"]
        assert (outputs["output"], outputs["status"]) == ("{}", "SUCCEEDED")

    @instant
    @pytest.mark.parametrize(
        ("parameters", "expected"),
        [({}, [""]), ({"parameters": {"commands": ["date", "true"]}}, ["", ""])],
        ids=["none", "two"],
    )
    def test_a_command_gives_a_text_for_each_line(self, imagebuilder, parameters, expected):
        """Source: aws-samples."""
        inputs = {"documentName": "AWS-RunShellScript", "instanceId": "i-1", **parameters}
        run = a_step("Run", "RunCommand", inputs=inputs)

        [execution] = executions_of(
            imagebuilder, a_run(imagebuilder, a_workflow(imagebuilder, run))
        )

        [step] = steps_of(imagebuilder, execution)
        assert json.loads(step["outputs"])["output"] == expected


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
        workflow = a_workflow(imagebuilder, a_step("Try", retry={"maxAttempts": 2}))
        imagebuilder_mock.builds.durations["Try"] = timedelta(minutes=1)
        imagebuilder_mock.builds.fail_next(step="Try")
        arn = a_run(imagebuilder, workflow)

        begun = A_TIME + before_workflows(imagebuilder_mock)
        imagebuilder_mock.clock.move_to(begun + timedelta(seconds=119))
        assert status(imagebuilder, arn) == "TESTING"
        imagebuilder_mock.clock.advance(seconds=1)

        assert status(imagebuilder, arn) == "DISTRIBUTING"


def until_it_breaks(mock):
    """How long a build on the clock takes until a workflow of ``LAUNCH`` and ``Break`` fails."""
    durations = mock.builds.durations
    steps = durations["LaunchInstance"] + durations["TerminateInstance"]
    return before_workflows(mock) + steps


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
            ("Never", "PENDING"),
        ]
        assert self.undone(imagebuilder, arn) == ["COMPLETED", "COMPLETED", None, None]
        assert status(imagebuilder, arn) == "FAILED"

    @clock
    def test_a_rollback_takes_its_time(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.durations["rollback"] = timedelta(minutes=5)
        imagebuilder_mock.builds.fail_next(step="Break")
        steps = (LAUNCH, a_step("Break"))
        arn = a_run(imagebuilder, a_workflow(imagebuilder, *steps))
        imagebuilder_mock.clock.move_to(A_TIME + until_it_breaks(imagebuilder_mock))

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
        imagebuilder_mock.clock.move_to(A_TIME + until_it_breaks(imagebuilder_mock))

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

        assert self.undone(imagebuilder, arn) == ["SKIPPED", "COMPLETED", None, None]

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

        assert self.undone(imagebuilder, arn) == ["SKIPPED", "COMPLETED", None, None]

    @instant
    def test_with_nothing_to_undo_the_rollback_is_complete_at_once(
        self, imagebuilder, imagebuilder_mock
    ):
        """Seen of a test workflow of one step: aws-samples, step-functions-integration."""
        launch = {**LAUNCH, "rollbackEnabled": False}
        arn = self.failed(imagebuilder, imagebuilder_mock, launch, a_step("Break"))

        assert executions_of(imagebuilder, arn)[-1]["status"] == "ROLLBACK_COMPLETED"
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
