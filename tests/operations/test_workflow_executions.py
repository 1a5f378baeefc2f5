"""Runs of workflows as the API shows them: executions, and their steps, at every moment.

Sources: API reference; a real build of 2023, and samples of the AWS CLI (docs/fidelity.md).
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import pytest

from tests.build_views import before_workflows
from tests.builders import WINDOWS_PARENT, a_build, a_component, a_full_recipe, a_recipe
from tests.container_builders import a_container_build
from tests.model import is_required, needs_output
from tests.refusals import not_found
from tests.workflow_builders import (
    LAUNCH,
    a_run,
    a_workflow,
    executions_of,
    pages_of,
    slug_of,
    statuses_of,
    steps_of,
)

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc)
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
NO_ID = "00000000-0000-4000-8000-000000000000"
BUILD_STEPS = [
    ("LaunchBuildInstance", "LaunchInstance"),
    ("ApplyBuildComponents", "ExecuteComponents"),
    ("InventoryCollection", "CollectImageMetadata"),
    ("RunSanitizeScript", "SanitizeInstance"),
    ("RunSysPrepScript", "RunSysPrep"),
    ("CreateOutputAMI", "CreateImage"),
    ("TerminateBuildInstance", "TerminateInstance"),
]
TEST_STEPS = [
    ("LaunchTestInstance", "LaunchInstance"),
    ("CollectImageScanFindings", "CollectImageScanFindings"),
    ("ApplyTestComponents", "ExecuteComponents"),
    ("TerminateTestInstance", "TerminateInstance"),
]
COUNTS = ["totalStepCount", "totalStepsSucceeded", "totalStepsFailed", "totalStepsSkipped"]

instant = pytest.mark.imagebuilder(builds="instant", now=A_TIME)
held = pytest.mark.imagebuilder(builds="held", now=A_TIME)
clock = pytest.mark.imagebuilder(builds="clock", now=A_TIME)


def counts(execution):
    return [execution[name] for name in COUNTS]


def status(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"]


def the_step(client, execution, name):
    [step] = [step for step in steps_of(client, execution) if step["name"] == name]
    return client.get_workflow_step_execution(stepExecutionId=step["stepExecutionId"])


def shown_at(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


class TestExecutions:
    @instant
    def test_a_build_has_one_that_builds_and_then_one_that_tests(self, imagebuilder):
        """Seen: oldest first, no execution of a distribution."""
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        answer = imagebuilder.list_workflow_executions(imageBuildVersionArn=arn)

        assert answer["imageBuildVersionArn"] == arn
        assert "message" not in answer
        assert "nextToken" not in answer
        build, test = answer["workflowExecutions"]
        assert [(one["type"], slug_of(one)) for one in (build, test)] == [
            ("BUILD", "build-image"),
            ("TEST", "test-image"),
        ]
        for execution in (build, test):
            assert re.fullmatch(f"wf-{UUID}", execution["workflowExecutionId"])
            assert re.search(
                r"/[0-9]+\.[0-9]+\.[0-9]+/[0-9]+$", execution["workflowBuildVersionArn"]
            )
            assert execution["status"] == "COMPLETED"
            assert execution["startTime"] <= execution["endTime"]
            assert not {"message", "parallelGroup"} & set(execution)
            assert execution.get("retried", False) is False
        assert counts(build) == [7, 6, 0, 1]
        assert counts(test) == [4, 3, 0, 1]

    @instant
    def test_one_says_the_same_alone_but_for_whether_it_was_retried(self, imagebuilder):
        arn = a_build(imagebuilder)

        for execution in executions_of(imagebuilder, arn):
            alone = imagebuilder.get_workflow_execution(
                workflowExecutionId=execution["workflowExecutionId"]
            )
            del alone["ResponseMetadata"]
            assert re.fullmatch(UUID, alone.pop("requestId"))
            assert alone.pop("imageBuildVersionArn") == arn
            execution.pop("retried", None)
            assert alone == execution

    @instant
    @pytest.mark.skipif(
        is_required("CreateImageRecipe", "components"),
        reason="this botocore's recipes have components in any case",
    )
    def test_without_components_nothing_is_applied(self, imagebuilder):
        """Seen in the samples of the AWS CLI: 7/5/0/2 and 4/2/0/2."""
        build, test = executions_of(imagebuilder, a_build(imagebuilder))

        assert counts(build) == [7, 5, 0, 2]
        assert counts(test) == [4, 2, 0, 2]

    @instant
    def test_without_tests_nothing_is_tested(self, imagebuilder):
        arn = a_build(imagebuilder, imageTestsConfiguration={"imageTestsEnabled": False})

        assert [one["type"] for one in executions_of(imagebuilder, arn)] == ["BUILD"]

    @instant
    def test_windows_is_prepared_and_not_sanitized(self, imagebuilder):
        recipe = a_recipe(imagebuilder, parentImage=WINDOWS_PARENT)

        build, _ = executions_of(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe))

        statuses = dict(statuses_of(imagebuilder, build))
        assert statuses["RunSanitizeScript"] == "SKIPPED"
        assert statuses["RunSysPrepScript"] == "COMPLETED"

    @instant
    def test_a_scan_is_part_of_the_test(self, imagebuilder):
        arn = a_build(imagebuilder, imageScanningConfiguration={"imageScanningEnabled": True})

        _, test = executions_of(imagebuilder, arn)

        assert dict(statuses_of(imagebuilder, test))["CollectImageScanFindings"] == "COMPLETED"

    @instant
    def test_metadata_is_collected_if_it_was_asked_for(self, imagebuilder):
        arn = a_build(imagebuilder, enhancedImageMetadataEnabled=False)

        build, _ = executions_of(imagebuilder, arn)

        assert dict(statuses_of(imagebuilder, build))["InventoryCollection"] == "SKIPPED"
        image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert "osVersion" not in image

    @instant
    def test_a_container_is_distributed_by_a_workflow(self, imagebuilder):
        """Source: user guide, pipeline-workflows."""
        arn = a_container_build(imagebuilder)

        executions = executions_of(imagebuilder, arn)

        assert [(one["type"], slug_of(one)) for one in executions] == [
            ("BUILD", "build-container"),
            ("TEST", "test-container"),
            ("DISTRIBUTION", "distribute-container"),
        ]
        assert {one["status"] for one in executions} == {"COMPLETED"}
        pushed = the_step(imagebuilder, executions[2], "DistributeContainerImage")
        launched = the_step(imagebuilder, executions[0], "LaunchBuildInstance")
        assert json.loads(pushed["inputs"]) == json.loads(launched["outputs"])
        # Nothing is launched for the tests (aws-samples, containers).
        assert [step["action"] for step in steps_of(imagebuilder, executions[1])] == [
            "CollectImageScanFindings",
            "ExecuteComponents",
        ]
        assert json.loads(pushed["outputs"]) == {
            "status": "Success",
            "succeededRegions": ["us-east-1"],
            "failedRegions": [],
        }


class TestSteps:
    @instant
    def test_the_steps_of_the_managed_workflows_stand_in_their_order(self, imagebuilder):
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        build, test = executions_of(imagebuilder, arn)

        def named(execution):
            return [(step["name"], step["action"]) for step in steps_of(imagebuilder, execution)]

        assert named(build) == BUILD_STEPS
        assert named(test) == TEST_STEPS

    @instant
    def test_the_list_says_whose_steps_they_are(self, imagebuilder):
        arn = a_build(imagebuilder)
        build, _ = executions_of(imagebuilder, arn)

        answer = imagebuilder.list_workflow_step_executions(
            workflowExecutionId=build["workflowExecutionId"]
        )

        assert answer["imageBuildVersionArn"] == arn
        assert answer["workflowExecutionId"] == build["workflowExecutionId"]
        assert answer["workflowBuildVersionArn"] == build["workflowBuildVersionArn"]
        assert "message" not in answer

    @instant
    def test_inputs_and_outputs_are_json(self, imagebuilder):
        """Seen in the samples of the AWS CLI."""
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))
        build, _ = executions_of(imagebuilder, arn)
        steps = {step["name"]: step for step in steps_of(imagebuilder, build)}

        def of(name, member):
            return json.loads(steps[name][member])

        instance = of("LaunchBuildInstance", "outputs")
        assert of("LaunchBuildInstance", "inputs") == {"waitFor": "ssmAgent"}
        assert re.fullmatch("i-[0-9a-f]{17}", instance["instanceId"])
        applied = of("ApplyBuildComponents", "outputs")
        assert sorted(applied) == ["output", "runCommandId", "status"]
        assert applied["status"] == "Success"
        inventory = of("InventoryCollection", "outputs")
        assert inventory["osVersion"] == "Amazon Linux 2023"
        assert re.fullmatch(UUID, inventory["associationId"])
        image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        [ami] = image["outputResources"]["amis"]
        assert of("CreateOutputAMI", "outputs") == {"imageId": ami["image"]}
        assert "outputs" not in steps["TerminateBuildInstance"]
        for name in ("ApplyBuildComponents", "InventoryCollection", "TerminateBuildInstance"):
            assert of(name, "inputs") == instance

    @instant
    def test_a_skipped_step_has_no_time_no_outputs_and_inputs_as_written(self, imagebuilder):
        """Seen in the samples of the AWS CLI."""
        build, _ = executions_of(imagebuilder, a_build(imagebuilder))

        [skipped] = [
            step for step in steps_of(imagebuilder, build) if step["name"] == "RunSysPrepScript"
        ]

        assert skipped["status"] == "SKIPPED"
        assert skipped["startTime"] == skipped["endTime"]
        assert "outputs" not in skipped
        assert json.loads(skipped["inputs"]) == {
            "instanceId.$": "$.stepOutputs.LaunchBuildInstance.instanceId"
        }

    @instant
    def test_one_step_says_more_alone(self, imagebuilder):
        arn = a_build(imagebuilder)
        build, _ = executions_of(imagebuilder, arn)
        listed = steps_of(imagebuilder, build)[0]

        alone = the_step(imagebuilder, build, "LaunchBuildInstance")

        del alone["ResponseMetadata"]
        assert re.fullmatch(UUID, alone.pop("requestId"))
        assert re.fullmatch(f"step-{UUID}", alone["stepExecutionId"])
        more = {
            "workflowBuildVersionArn": build["workflowBuildVersionArn"],
            "workflowExecutionId": build["workflowExecutionId"],
            "imageBuildVersionArn": arn,
            "onFailure": "Abort",
            "timeoutSeconds": 4500,
        }
        assert alone == {**listed, **more}

    @needs_output("GetWorkflowStepExecution", "attemptNumber")
    @instant
    def test_attempts_are_counted_from_one(self, imagebuilder):
        build, _ = executions_of(imagebuilder, a_build(imagebuilder))

        step = the_step(imagebuilder, build, "LaunchBuildInstance")

        assert (step["attemptNumber"], step["maxAttempts"]) == (1, 1)

    @instant
    def test_what_the_document_says_of_a_step_is_shown(self, imagebuilder):
        workflow = a_workflow(
            imagebuilder,
            {**LAUNCH, "description": "begins", "onFailure": "Continue", "timeoutSeconds": 99},
        )
        [execution] = executions_of(imagebuilder, a_run(imagebuilder, workflow))

        step = the_step(imagebuilder, execution, "Launch")

        assert step["description"] == "begins"
        assert (step["onFailure"], step["timeoutSeconds"]) == ("Continue", 99)


class TestMoments:
    @held
    def test_before_the_stage_there_is_nothing_and_then_step_by_step(
        self, imagebuilder, imagebuilder_mock
    ):
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))
        seen = []
        while status(imagebuilder, arn) != "AVAILABLE":
            seen.append([(one["type"], one["status"]) for one in executions_of(imagebuilder, arn)])
            imagebuilder_mock.builds.advance(arn)

        build, test = ("BUILD", "COMPLETED"), ("TEST", "COMPLETED")
        assert seen == [
            [],
            [],
            [("BUILD", "RUNNING")],
            [build, ("TEST", "RUNNING")],
            [build, test],
            [build, test],
        ]

    @held
    def test_a_running_execution_shows_the_step_that_runs(self, imagebuilder, imagebuilder_mock):
        arn = a_build(imagebuilder)
        for _ in range(2):
            imagebuilder_mock.builds.advance(arn)

        [execution] = executions_of(imagebuilder, arn)

        assert counts(execution) == [7, 0, 0, 0]
        assert "endTime" not in execution
        step, *others = steps_of(imagebuilder, execution)
        assert (step["name"], step["status"]) == ("LaunchBuildInstance", "RUNNING")
        # Those not reached are listed from the start (aws-samples, debugging).
        assert [(one["name"], one["action"]) for one in others] == BUILD_STEPS[1:]
        assert {one["status"] for one in others} == {"PENDING"}
        assert not {"startTime", "endTime", "inputs"} & set().union(*others)
        assert json.loads(step["inputs"]) == {"waitFor": "ssmAgent"}
        assert not {"endTime", "outputs", "message"} & set(step)

    @clock
    def test_on_the_clock_each_step_has_its_time(self, imagebuilder, imagebuilder_mock):
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))
        durations = imagebuilder_mock.builds.durations
        imagebuilder_mock.clock.advance(minutes=4)

        [build] = executions_of(imagebuilder, arn)

        began = A_TIME + before_workflows(imagebuilder_mock)
        launch, components, *_ = steps_of(imagebuilder, build)
        assert build["startTime"] == launch["startTime"] == shown_at(began)
        launched = shown_at(began + durations["LaunchInstance"])
        assert launch["endTime"] == components["startTime"] == launched
        assert (launch["status"], components["status"]) == ("COMPLETED", "RUNNING")
        imagebuilder_mock.clock.advance(minutes=18)
        build, test = executions_of(imagebuilder, arn)
        assert build["endTime"] == test["startTime"]
        took = [durations[action] for name, action in BUILD_STEPS if name != "RunSysPrepScript"]
        assert build["endTime"] == shown_at(began + sum(took, timedelta()))

    def test_looks_at_executions_move_an_observed_build(self, imagebuilder):
        arn = a_build(imagebuilder)

        seen = []
        while True:
            executions = executions_of(imagebuilder, arn)
            seen.append([one["status"] for one in executions])
            if len(seen) > 5:
                break

        assert seen == [
            [],
            [],
            ["RUNNING"],
            ["COMPLETED", "RUNNING"],
            ["COMPLETED", "COMPLETED"],
            ["COMPLETED", "COMPLETED"],
        ]
        assert status(imagebuilder, arn) == "AVAILABLE"

    def test_a_look_at_one_execution_moves_its_build_and_one_at_steps_does_not(self, imagebuilder):
        arn = a_build(imagebuilder)
        for _ in range(3):
            executions = executions_of(imagebuilder, arn)
        one = {"workflowExecutionId": executions[0]["workflowExecutionId"]}

        for _ in range(3):
            steps_of(imagebuilder, executions[0])
            the_step(imagebuilder, executions[0], "LaunchBuildInstance")
        assert imagebuilder.get_workflow_execution(**one)["status"] == "COMPLETED"

        assert status(imagebuilder, arn) == "DISTRIBUTING"


class TestEnds:
    @held
    def test_a_cancelled_build_cancels_what_runs(self, imagebuilder, imagebuilder_mock):
        arn = a_build(imagebuilder)
        for _ in range(2):
            imagebuilder_mock.builds.advance(arn)
        imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)

        [execution] = executions_of(imagebuilder, arn)

        assert execution["status"] == "CANCELLED"
        assert execution["endTime"] == shown_at(A_TIME)
        assert counts(execution) == [7, 0, 0, 0]
        assert statuses_of(imagebuilder, execution) == [
            ("LaunchBuildInstance", "CANCELLED"),
            *((name, "PENDING") for name, _ in BUILD_STEPS[1:]),
        ]

    @held
    def test_a_failed_image_says_why_beside_its_executions(self, imagebuilder, imagebuilder_mock):
        arn = a_build(imagebuilder)
        imagebuilder_mock.builds.advance(arn)
        imagebuilder_mock.builds.fail(arn, reason="no capacity")

        answer = imagebuilder.list_workflow_executions(imageBuildVersionArn=arn)

        assert (answer["workflowExecutions"], answer["message"]) == ([], "no capacity")

    @instant
    def test_with_its_image_a_run_is_gone(self, imagebuilder, refused):
        arn = a_build(imagebuilder)
        executions = executions_of(imagebuilder, arn)
        steps = steps_of(imagebuilder, executions[0])
        imagebuilder.delete_image(imageBuildVersionArn=arn)

        assert refused(imagebuilder.list_workflow_executions, imageBuildVersionArn=arn) == (
            not_found("Image", arn)
        )
        run, step = executions[0]["workflowExecutionId"], steps[0]["stepExecutionId"]
        for operation in ("get_workflow_execution", "list_workflow_step_executions"):
            assert refused(getattr(imagebuilder, operation), workflowExecutionId=run) == (
                not_found("WorkflowExecution", run)
            )
        assert refused(imagebuilder.get_workflow_step_execution, stepExecutionId=step) == (
            not_found("WorkflowStepExecution", step)
        )


class TestWhoSees:
    @instant
    def test_other_accounts_and_regions_see_nothing(self, imagebuilder, imagebuilder_mock):
        arn = a_build(imagebuilder)
        [run, *_] = executions_of(imagebuilder, arn)
        [step, *_] = steps_of(imagebuilder, run)
        calls = {
            "list_workflow_executions": {"imageBuildVersionArn": arn},
            "get_workflow_execution": {"workflowExecutionId": run["workflowExecutionId"]},
            "list_workflow_step_executions": {"workflowExecutionId": run["workflowExecutionId"]},
            "get_workflow_step_execution": {"stepExecutionId": step["stepExecutionId"]},
        }
        for client in (
            imagebuilder_mock.client(account_id="210987654321"),
            imagebuilder_mock.client(region="eu-west-1"),
        ):
            for operation, params in calls.items():
                with pytest.raises(client.exceptions.ResourceNotFoundException):
                    getattr(client, operation)(**params)

    @pytest.mark.parametrize(
        ("operation", "member", "value"),
        [
            ("get_workflow_execution", "workflowExecutionId", "wf-1"),
            ("list_workflow_step_executions", "workflowExecutionId", NO_ID),
            ("get_workflow_step_execution", "stepExecutionId", f"wf-{NO_ID}"),
            ("list_workflow_executions", "imageBuildVersionArn", "image"),
        ],
    )
    def test_an_id_of_another_form_is_refused(
        self, imagebuilder, refused, operation, member, value
    ):
        refusal = refused(getattr(imagebuilder, operation), **{member: value})

        assert refusal.code == "InvalidParameterValueException"
        assert f"parameter '{member}'" in refusal.message


class TestPages:
    @instant
    def test_executions_come_page_by_page(self, imagebuilder):
        arn = a_run(imagebuilder, *(a_workflow(imagebuilder, LAUNCH) for _ in range(5)))

        pages = pages_of(
            imagebuilder, "list_workflow_executions", imageBuildVersionArn=arn, maxResults=2
        )

        assert [len(page["workflowExecutions"]) for page in pages] == [2, 2, 1]
        whole = [one for page in pages for one in page["workflowExecutions"]]
        assert whole == executions_of(imagebuilder, arn)

    @instant
    def test_steps_come_page_by_page(self, imagebuilder):
        arn = a_build(imagebuilder)
        build, test = executions_of(imagebuilder, arn)

        pages = pages_of(
            imagebuilder,
            "list_workflow_step_executions",
            workflowExecutionId=build["workflowExecutionId"],
            maxResults=3,
        )

        assert [len(page["steps"]) for page in pages] == [3, 3, 1]
        token = pages[0]["nextToken"]
        with pytest.raises(imagebuilder.exceptions.InvalidPaginationTokenException):
            imagebuilder.list_workflow_step_executions(
                workflowExecutionId=test["workflowExecutionId"], nextToken=token
            )


class TestComponents:
    @instant
    @pytest.mark.parametrize(
        ("phase", "applied"),
        [("build", ["COMPLETED", "SKIPPED"]), ("test", ["SKIPPED", "COMPLETED"])],
    )
    def test_components_are_applied_in_the_stages_of_their_phases(
        self, imagebuilder, phase, applied
    ):
        document = f"""\
schemaVersion: 1.0
phases:
  - name: {phase}
    steps:
      - name: Only
        action: ExecuteBash
        inputs:
          commands: ['true']
"""
        component = a_component(imagebuilder, data=document)
        recipe = a_recipe(imagebuilder, components=[component])

        build, test = executions_of(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe))

        assert [
            dict(statuses_of(imagebuilder, build))["ApplyBuildComponents"],
            dict(statuses_of(imagebuilder, test))["ApplyTestComponents"],
        ] == applied
