"""Steps that wait for an action: who waits, what answers do, and what comes of none.

Sources: API reference, SendWorkflowStepAction; user guide, wfdoc-step-actions.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from tests.build_views import the_image
from tests.builders import a_build
from tests.refusals import invalid_value, not_found
from tests.workflow_builders import (
    BUILD_IMAGE,
    LAUNCH,
    WAIT,
    a_run,
    a_step,
    a_workflow,
    executions_of,
    pages_of,
    statuses_of,
    steps_of,
)

A_TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
NO_STEP = "step-00000000-0000-4000-8000-000000000000"
MODES = ("observed", "instant", "clock", "held")

each_mode = pytest.mark.parametrize(
    (),
    [
        pytest.param(marks=pytest.mark.imagebuilder(builds=mode, now=A_TIME), id=mode)
        for mode in MODES
    ],
)
instant = pytest.mark.imagebuilder(builds="instant", now=A_TIME)


def status(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"]


def a_waiting_run(client, mock, *steps, **params):
    """A build of one test workflow that has come to the step that waits."""
    arn = a_run(client, a_workflow(client, *(steps or (WAIT,))), **params)
    mock.builds.finish_all()
    return arn


def waiting(client):
    return client.list_waiting_workflow_steps()["steps"]


def answer(client, arn, action="RESUME", **params):
    """Answer the step of this build that waits."""
    [step] = [step for step in waiting(client) if step["imageBuildVersionArn"] == arn]
    return client.send_workflow_step_action(
        stepExecutionId=step["stepExecutionId"],
        imageBuildVersionArn=arn,
        action=action,
        **params,
    )


class TestWaiting:
    @each_mode
    def test_a_step_that_waits_holds_the_build_in_every_mode(self, imagebuilder, imagebuilder_mock):
        arn = a_waiting_run(imagebuilder, imagebuilder_mock)

        for _ in range(3):
            assert status(imagebuilder, arn) == "TESTING"
            imagebuilder_mock.builds.finish_all()
            imagebuilder_mock.clock.advance(days=1, seconds=-20)
        assert imagebuilder_mock.builds.running == imagebuilder_mock.builds.waiting == [arn]

    @each_mode
    def test_an_answer_lets_it_go_on(self, imagebuilder, imagebuilder_mock):
        arn = a_waiting_run(imagebuilder, imagebuilder_mock, WAIT, a_step("Terminate"))

        answer(imagebuilder, arn)
        imagebuilder_mock.builds.finish_all()

        assert waiting(imagebuilder) == []
        assert status(imagebuilder, arn) == "AVAILABLE"
        [execution] = executions_of(imagebuilder, arn)
        assert statuses_of(imagebuilder, execution) == [
            ("Approve", "COMPLETED"),
            ("Terminate", "COMPLETED"),
        ]

    @instant
    def test_the_list_shows_who_waits_for_what(self, imagebuilder):
        first, second = (a_run(imagebuilder, a_workflow(imagebuilder, WAIT)) for _ in range(2))
        a_build(imagebuilder)

        answered = imagebuilder.list_waiting_workflow_steps()

        assert "requestId" not in answered
        assert [step["imageBuildVersionArn"] for step in answered["steps"]] == [first, second]
        [execution] = executions_of(imagebuilder, first)
        [step] = steps_of(imagebuilder, execution)
        assert answered["steps"][0] == {
            "stepExecutionId": step["stepExecutionId"],
            "imageBuildVersionArn": first,
            "workflowExecutionId": execution["workflowExecutionId"],
            "workflowBuildVersionArn": execution["workflowBuildVersionArn"],
            "name": "Approve",
            "action": "WaitForAction",
            "startTime": "2026-01-02T03:04:05.000Z",
        }
        assert step["status"] == "RUNNING"

    @instant
    def test_the_list_comes_page_by_page(self, imagebuilder):
        for _ in range(5):
            a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

        pages = pages_of(imagebuilder, "list_waiting_workflow_steps", maxResults=2)

        assert [len(page["steps"]) for page in pages] == [2, 2, 1]

    @instant
    def test_other_accounts_and_regions_wait_for_themselves(self, imagebuilder, imagebuilder_mock):
        a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

        for client in (
            imagebuilder_mock.client(account_id="210987654321"),
            imagebuilder_mock.client(region="eu-west-1"),
        ):
            assert waiting(client) == []

    def test_a_look_for_steps_that_wait_moves_observed_builds(self, imagebuilder):
        """Who only asks for steps that wait comes to one."""
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

        looks = 0
        while not waiting(imagebuilder):
            looks += 1
            assert looks < 10

        answer(imagebuilder, arn)
        while status(imagebuilder, arn) != "AVAILABLE":
            looks += 1
            assert looks < 20

    @pytest.mark.imagebuilder(builds="held")
    def test_a_build_that_waits_cannot_be_completed(self, imagebuilder, imagebuilder_mock):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

        with pytest.raises(RuntimeError, match="waits for an action on the step Approve"):
            imagebuilder_mock.builds.complete(arn)
        assert imagebuilder_mock.builds.advance(arn) == "TESTING"

    @instant
    def test_a_build_waits_only_while_nothing_else_of_it_runs(
        self, imagebuilder, imagebuilder_mock
    ):
        group = {"parallelGroup": "group"}
        arn = a_run(
            imagebuilder,
            {"workflowArn": a_workflow(imagebuilder, WAIT), **group},
            {"workflowArn": a_workflow(imagebuilder, LAUNCH), **group},
        )

        waits, ended = executions_of(imagebuilder, arn)

        assert (waits["status"], ended["status"]) == ("RUNNING", "COMPLETED")
        assert imagebuilder_mock.builds.waiting == [arn]
        answer(imagebuilder, arn)
        assert status(imagebuilder, arn) == "AVAILABLE"


class TestAnswers:
    @instant
    def test_the_answer_is_echoed(self, imagebuilder):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))
        [step] = waiting(imagebuilder)

        answered = answer(imagebuilder, arn, clientToken="token")

        del answered["ResponseMetadata"]
        assert answered == {
            "stepExecutionId": step["stepExecutionId"],
            "imageBuildVersionArn": arn,
            "clientToken": "token",
        }

    @instant
    @pytest.mark.parametrize("reason", [{}, {"reason": "looks good"}])
    def test_what_was_answered_is_the_output_of_the_step(self, imagebuilder, reason):
        workflow = a_workflow(
            imagebuilder,
            WAIT,
            a_step("Use", inputs={"instanceId.$": "$.stepOutputs.Approve.action"}),
        )
        arn = a_run(imagebuilder, workflow)
        answer(imagebuilder, arn, **reason)
        [execution] = executions_of(imagebuilder, arn)

        waited, after = steps_of(imagebuilder, execution)

        assert json.loads(waited["outputs"]) == {"action": "RESUME", **reason}
        assert json.loads(after["inputs"]) == {"instanceId": "RESUME"}

    @instant
    def test_stop_fails_the_step_and_so_the_build(self, imagebuilder):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT, a_step("Never")))

        answer(imagebuilder, arn, "STOP", reason="not today")

        [execution] = executions_of(imagebuilder, arn)
        step, never = steps_of(imagebuilder, execution)
        assert never["status"] == "PENDING"
        detail = "The step was stopped: not today"
        assert (step["status"], step["message"]) == ("FAILED", detail)
        assert json.loads(step["outputs"]) == {"errorMessage": detail}
        assert (execution["status"], execution["message"]) == ("ROLLBACK_COMPLETED", detail)
        assert execution["totalStepsFailed"] == 1
        state = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]["state"]
        assert state["status"] == "FAILED"
        assert state["reason"] == (
            f"Workflow Execution ID: '{execution['workflowExecutionId']}' failed with reason: "
            f"{detail}"
        )

    @instant
    def test_stop_before_a_distribution_leaves_the_ami_where_it_is(self, imagebuilder):
        """Source: aws-samples, gated-distribution."""
        distribute = a_step(
            "Distribute",
            "DistributeImage",
            inputs={"distributions": [{"region": "eu-west-1"}]},
        )
        workflow = a_workflow(imagebuilder, WAIT, distribute, type="DISTRIBUTION")
        arn = a_run(imagebuilder, BUILD_IMAGE, workflow)

        answer(imagebuilder, arn, "STOP", reason="not today")

        image = the_image(imagebuilder, arn)
        assert image["state"]["status"] == "FAILED"
        assert image["state"]["reason"].endswith("not today")
        assert [ami["region"] for ami in image["outputResources"]["amis"]] == ["us-east-1"]

    @instant
    def test_stop_without_reason_has_none(self, imagebuilder):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

        answer(imagebuilder, arn, "STOP")

        [execution] = executions_of(imagebuilder, arn)
        assert execution["message"] == "The step was stopped."

    @instant
    def test_a_step_that_continues_on_failure_lets_the_rest_run_after_stop(self, imagebuilder):
        wait = {**WAIT, "onFailure": "Continue"}
        look = a_step("Look", inputs={"instanceId.$": "$.stepOutputs.Approve.reason"})
        arn = a_run(imagebuilder, a_workflow(imagebuilder, wait, look))

        answer(imagebuilder, arn, "STOP", reason="never mind")

        [execution] = executions_of(imagebuilder, arn)
        assert statuses_of(imagebuilder, execution) == [
            ("Approve", "FAILED"),
            ("Look", "COMPLETED"),
        ]
        assert execution["status"] == "COMPLETED"
        assert status(imagebuilder, arn) == "AVAILABLE"
        look_again = steps_of(imagebuilder, execution)[1]
        assert json.loads(look_again["inputs"]) == {"instanceId": "never mind"}

    @instant
    def test_a_step_is_answered_once(self, imagebuilder, refused):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))
        step = waiting(imagebuilder)[0]["stepExecutionId"]
        answer(imagebuilder, arn)

        assert refused(
            imagebuilder.send_workflow_step_action,
            stepExecutionId=step,
            imageBuildVersionArn=arn,
            action="STOP",
        ) == invalid_value("stepExecutionId", f"The step '{step}' is not waiting for an action.")

    @instant
    def test_an_answer_that_is_repeated_with_its_token_is_answered_alike(
        self, imagebuilder, refused
    ):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))
        step = waiting(imagebuilder)[0]["stepExecutionId"]
        call = {"stepExecutionId": step, "imageBuildVersionArn": arn, "clientToken": "token"}

        for _ in range(2):
            answered = imagebuilder.send_workflow_step_action(action="RESUME", **call)
            assert answered["stepExecutionId"] == step
        refusal = refused(imagebuilder.send_workflow_step_action, action="STOP", **call)
        assert refusal.code == "IdempotentParameterMismatchException"

    @pytest.mark.imagebuilder(builds="held")
    def test_a_step_that_does_not_wait_cannot_be_answered(
        self, imagebuilder, imagebuilder_mock, refused
    ):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, LAUNCH))
        for _ in range(2):
            imagebuilder_mock.builds.advance(arn)
        [execution] = executions_of(imagebuilder, arn)
        step = steps_of(imagebuilder, execution)[0]["stepExecutionId"]

        assert refused(
            imagebuilder.send_workflow_step_action,
            stepExecutionId=step,
            imageBuildVersionArn=arn,
            action="RESUME",
        ) == invalid_value("stepExecutionId", f"The step '{step}' is not waiting for an action.")

    @instant
    def test_the_image_must_be_the_steps_own(self, imagebuilder, refused):
        """Source: API reference: the request fails with a validation error."""
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))
        other = a_build(imagebuilder)
        step = waiting(imagebuilder)[0]["stepExecutionId"]

        assert refused(
            imagebuilder.send_workflow_step_action,
            stepExecutionId=step,
            imageBuildVersionArn=other,
            action="RESUME",
        ) == invalid_value(
            "imageBuildVersionArn", f"The step '{step}' does not belong to the image '{other}'."
        )
        assert imagebuilder.list_waiting_workflow_steps()["steps"][0]["imageBuildVersionArn"] == arn

    @instant
    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))
        gone = f"{arn[:-1]}9"
        step = waiting(imagebuilder)[0]["stepExecutionId"]

        def refusal(step, image):
            return refused(
                imagebuilder.send_workflow_step_action,
                stepExecutionId=step,
                imageBuildVersionArn=image,
                action="RESUME",
            )

        assert refusal(NO_STEP, arn) == not_found("WorkflowStepExecution", NO_STEP)
        assert refusal(step, gone) == not_found("Image", gone)

    @instant
    def test_an_action_of_another_name_is_refused(self, imagebuilder, refused):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

        refusal = refused(
            imagebuilder.send_workflow_step_action,
            stepExecutionId=waiting(imagebuilder)[0]["stepExecutionId"],
            imageBuildVersionArn=arn,
            action="PAUSE",
        )

        assert refusal.code == "InvalidParameterValueException"
        assert "parameter 'action'" in refusal.message

    @instant
    @pytest.mark.parametrize("action", ["RESUME", "STOP"])
    def test_a_build_whose_workflow_is_deleted_fails(self, imagebuilder, imagebuilder_mock, action):
        workflow = a_workflow(imagebuilder, WAIT, a_step("Terminate"))
        arn, other = (a_run(imagebuilder, workflow) for _ in range(2))
        imagebuilder.delete_workflow(workflowBuildVersionArn=workflow)

        answer(imagebuilder, arn, action)

        image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert image["state"]["status"] == "FAILED"
        assert image["state"]["reason"] == f"The workflow '{workflow}' does not exist."
        [execution] = executions_of(imagebuilder, arn)
        assert execution["status"] == "CANCELLED"
        assert [step["imageBuildVersionArn"] for step in waiting(imagebuilder)] == [other]
        assert imagebuilder_mock.builds.waiting == [other]


class TestTimeout:
    @each_mode
    def test_after_three_days_the_step_has_waited_too_long(self, imagebuilder, imagebuilder_mock):
        arn = a_waiting_run(imagebuilder, imagebuilder_mock)
        began = datetime.fromisoformat(waiting(imagebuilder)[0]["startTime"].replace("Z", "+00:00"))

        imagebuilder_mock.clock.move_to(began + timedelta(days=3, seconds=-1))
        assert status(imagebuilder, arn) == "TESTING"
        imagebuilder_mock.clock.advance(seconds=1)

        assert status(imagebuilder, arn) == "FAILED"
        assert waiting(imagebuilder) == []
        [execution] = executions_of(imagebuilder, arn)
        [step] = steps_of(imagebuilder, execution)
        assert step["message"] == "The step timed out after 259200 seconds."
        assert (step["status"], execution["status"]) == ("FAILED", "ROLLBACK_COMPLETED")
        ended = began + timedelta(days=3)
        assert step["endTime"] == f"{ended:%Y-%m-%dT%H:%M:%S}.000Z"

    @instant
    def test_the_document_can_set_the_time(self, imagebuilder, imagebuilder_mock):
        wait = {**WAIT, "timeoutSeconds": 60}
        arn = a_run(imagebuilder, a_workflow(imagebuilder, wait))

        imagebuilder_mock.clock.advance(seconds=59)
        assert imagebuilder_mock.builds.waiting == [arn]
        imagebuilder_mock.clock.advance(seconds=1)

        assert status(imagebuilder, arn) == "FAILED"

    @instant
    def test_a_step_that_continues_on_failure_lets_the_rest_run(
        self, imagebuilder, imagebuilder_mock
    ):
        wait = {**WAIT, "timeoutSeconds": 60, "onFailure": "Continue"}
        arn = a_run(imagebuilder, a_workflow(imagebuilder, wait, a_step("Terminate")))

        imagebuilder_mock.clock.advance(minutes=1)

        assert status(imagebuilder, arn) == "AVAILABLE"

    @instant
    def test_who_has_timed_out_cannot_be_answered(self, imagebuilder, imagebuilder_mock, refused):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))
        step = waiting(imagebuilder)[0]["stepExecutionId"]
        imagebuilder_mock.clock.advance(days=3)

        refusal = refused(
            imagebuilder.send_workflow_step_action,
            stepExecutionId=step,
            imageBuildVersionArn=arn,
            action="RESUME",
        )

        assert refusal == invalid_value(
            "stepExecutionId", f"The step '{step}' is not waiting for an action."
        )

    @instant
    def test_an_answer_in_time_ends_the_wait_for_good(self, imagebuilder, imagebuilder_mock):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT, {**WAIT, "name": "Again"}))
        imagebuilder_mock.clock.advance(days=2)
        answer(imagebuilder, arn)

        imagebuilder_mock.clock.advance(days=2)
        assert [step["name"] for step in waiting(imagebuilder)] == ["Again"]
        imagebuilder_mock.clock.advance(days=1)

        assert status(imagebuilder, arn) == "FAILED"


class TestEnds:
    @instant
    @pytest.mark.parametrize("end", ["cancel", "fail"])
    def test_the_end_of_the_build_ends_the_wait(self, imagebuilder, imagebuilder_mock, end):
        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

        if end == "cancel":
            imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)
        else:
            imagebuilder_mock.builds.fail(arn, reason="no more")

        assert waiting(imagebuilder) == imagebuilder_mock.builds.waiting == []
        imagebuilder_mock.clock.advance(days=4)
        [execution] = executions_of(imagebuilder, arn)
        [step] = steps_of(imagebuilder, execution)
        expected = "CANCELLED" if end == "cancel" else "FAILED"
        assert (execution["status"], step["status"]) == (expected, expected)
        assert status(imagebuilder, arn) == expected
        assert step["endTime"] == "2026-01-02T03:04:05.000Z"

    @instant
    def test_one_that_fails_ends_the_wait_of_the_others_of_its_group(
        self, imagebuilder, imagebuilder_mock
    ):
        group = {"parallelGroup": "group"}
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            {"workflowArn": a_workflow(imagebuilder, WAIT), **group},
            {"workflowArn": a_workflow(imagebuilder, {**WAIT, "name": "Other"}), **group},
        )
        first, second = waiting(imagebuilder)

        imagebuilder.send_workflow_step_action(
            stepExecutionId=second["stepExecutionId"], imageBuildVersionArn=arn, action="STOP"
        )

        assert waiting(imagebuilder) == imagebuilder_mock.builds.waiting == []
        _, cancelled, failed = executions_of(imagebuilder, arn)
        assert (cancelled["status"], failed["status"]) == ("CANCELLED", "ROLLBACK_COMPLETED")
        assert first["workflowExecutionId"] == cancelled["workflowExecutionId"]
