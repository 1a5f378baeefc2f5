"""``mock.builds.fail_next``: components and steps of workflows fail.

The failure context is that of the user guide, image-failure-context.
"""

from __future__ import annotations

import json

import pytest

from tests.builders import (
    DOCUMENT,
    FULL_DOCUMENT,
    MANAGED_COMPONENT,
    TEST_DOCUMENT,
    a_build,
    a_component,
    a_full_recipe,
    a_recipe,
)
from tests.model import is_required, modelled
from tests.operations.ordered_failures.failed_builds import (
    A_TIME,
    amis_of,
    failure_context,
    state_of,
    status,
)
from tests.workflow_builders import (
    LAUNCH,
    WAIT,
    a_run,
    a_workflow,
    executions_of,
    statuses_of,
    steps_of,
)

pytestmark = pytest.mark.imagebuilder(builds="instant", now=A_TIME)


class TestComponents:
    @failure_context
    def test_the_failure_is_seen_from_the_step_to_the_image(self, imagebuilder, imagebuilder_mock):
        component = a_component(imagebuilder, name="web", data=DOCUMENT)
        recipe = a_recipe(imagebuilder, components=[component])
        imagebuilder_mock.builds.fail_next(component="web", exit_status=7)

        arn = a_build(imagebuilder, imageRecipeArn=recipe)

        [execution] = executions_of(imagebuilder, arn)
        step = steps_of(imagebuilder, execution)[1]
        detail = f"Document {component} failed!"
        assert state_of(imagebuilder, arn) == {
            "status": "FAILED",
            "reason": (
                f"Workflow Execution ID: '{execution['workflowExecutionId']}' failed with reason: "
                f"{detail}"
            ),
            "failureContext": {
                "imageStatus": "BUILDING",
                "workflowExecutionId": execution["workflowExecutionId"],
                "workflowArn": execution["workflowBuildVersionArn"],
                "stepExecutionId": step["stepExecutionId"],
                "failedStep": "ApplyBuildComponents",
                "componentFailure": {
                    "componentArn": component,
                    "phaseName": "build",
                    "stepName": "Greet",
                    "action": "ExecuteBash",
                    "errorMessage": "exit status 7",
                },
            },
        }
        assert (step["status"], step["message"]) == ("FAILED", detail)
        outputs = json.loads(step["outputs"])
        assert sorted(outputs) == ["errorMessage", "output", "runCommandId"]
        assert outputs["errorMessage"] == detail
        assert (execution["status"], execution["message"]) == ("ROLLBACK_COMPLETED", detail)
        assert statuses_of(imagebuilder, execution)[:3] == [
            ("LaunchBuildInstance", "COMPLETED"),
            ("ApplyBuildComponents", "FAILED"),
            ("InventoryCollection", "PENDING"),
        ]
        assert amis_of(imagebuilder, arn) == []
        listed = imagebuilder.list_image_build_versions(imageVersionArn=arn.rpartition("/")[0])
        assert listed["imageSummaryList"][0]["state"] == state_of(imagebuilder, arn)

    @pytest.mark.parametrize(
        "by", ["name", "other spelling", "build", "version", "major", "wildcard", "without"]
    )
    def test_a_component_is_named_or_given_by_arn(self, imagebuilder, imagebuilder_mock, by):
        component = a_component(imagebuilder, name="My Web")
        base = component.rpartition("/")[0]
        reference = {
            "name": "My Web",
            "other spelling": "my_web",
            "build": component,
            "version": base,
            "major": f"{base.rpartition('/')[0]}/1.x.x",
            "wildcard": f"{base.rpartition('/')[0]}/x.x.x",
            "without": base.rpartition("/")[0],
        }[by]
        imagebuilder_mock.builds.fail_next(component=reference)

        other = a_build(imagebuilder)
        meant = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        assert [status(imagebuilder, arn) for arn in (other, meant)] == ["AVAILABLE", "FAILED"]

    @pytest.mark.parametrize("version", ["1.0.0/2", "1.0.1", "2.x.x"])
    def test_an_arn_of_another_version_means_another_component(
        self, imagebuilder, imagebuilder_mock, version
    ):
        component = a_component(imagebuilder)
        reference = component.replace("1.0.0/1", version)
        imagebuilder_mock.builds.fail_next(component=reference, optional=True)

        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        assert status(imagebuilder, arn) == "AVAILABLE"

    def test_a_managed_component_can_fail_too(self, imagebuilder, imagebuilder_mock):
        recipe = a_recipe(imagebuilder, components=[MANAGED_COMPONENT])
        imagebuilder_mock.builds.fail_next(component="update-linux")

        assert status(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe)) == "FAILED"

    def test_the_message_is_the_tests(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(phase="build", message="no disk")
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        state = state_of(imagebuilder, arn)
        assert state["status"] == "FAILED"
        if "failureContext" in state:
            assert state["failureContext"]["componentFailure"]["errorMessage"] == "no disk"

    @failure_context
    def test_a_long_message_is_cut(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(message="a" * 2000)
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        failure = state_of(imagebuilder, arn)["failureContext"]["componentFailure"]
        assert failure["errorMessage"] == "a" * 1024

    def test_a_phase_fails_in_its_stage(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(phase="test")

        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        build, test = executions_of(imagebuilder, arn)
        assert (build["status"], test["status"]) == ("COMPLETED", "ROLLBACK_COMPLETED")
        assert amis_of(imagebuilder, arn) == ["us-east-1"]
        state = state_of(imagebuilder, arn)
        if "failureContext" in state:
            assert state["failureContext"]["imageStatus"] == "TESTING"
            assert state["failureContext"]["componentFailure"]["phaseName"] == "test"

    @failure_context
    def test_validate_runs_after_build_for_all_components(self, imagebuilder, imagebuilder_mock):
        both = FULL_DOCUMENT.replace("name: test", "name: validate")
        first, second = (a_component(imagebuilder, data=both) for _ in range(2))
        recipe = a_recipe(imagebuilder, components=[first, second])
        imagebuilder_mock.builds.fail_next(phase="validate")

        arn = a_build(imagebuilder, imageRecipeArn=recipe)

        failure = state_of(imagebuilder, arn)["failureContext"]["componentFailure"]
        assert (failure["componentArn"], failure["phaseName"]) == (first, "validate")
        documents = [
            event.body["message"].split()[1:4:2]
            for event in imagebuilder_mock.events.sent_to("CloudWatchLogs")
            if str(event.body["message"]).startswith("Document ")
        ]
        assert documents == [[first, "build"], [second, "build"], [first, "validate"]]

    @failure_context
    def test_a_step_of_a_component_fails(self, imagebuilder, imagebuilder_mock):
        document = (
            DOCUMENT
            + """\
      - name: Second
        action: ExecuteBash
        inputs:
          commands: ['true']
"""
        )
        component = a_component(imagebuilder, name="web", data=document)
        imagebuilder_mock.builds.fail_next(component="web", step="Second")

        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        failure = state_of(imagebuilder, arn)["failureContext"]["componentFailure"]
        assert failure["stepName"] == "Second"

    def test_with_nothing_named_a_component_fails(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next()

        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        assert status(imagebuilder, arn) == "FAILED"
        state = state_of(imagebuilder, arn)
        if "failureContext" in state:
            assert state["failureContext"]["failedStep"] == "ApplyBuildComponents"

    def test_the_only_test_component_fails_in_the_test(self, imagebuilder, imagebuilder_mock):
        component = a_component(imagebuilder, data=TEST_DOCUMENT)
        imagebuilder_mock.builds.fail_next()

        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        assert [one["type"] for one in executions_of(imagebuilder, arn)] == ["BUILD", "TEST"]
        assert status(imagebuilder, arn) == "FAILED"

    @pytest.mark.skipif(
        is_required("CreateImageRecipe", "components"),
        reason="this botocore's recipes have components in any case",
    )
    @pytest.mark.parametrize("message", [None, "no disk"])
    def test_a_recipe_without_components_fails_where_they_would_be(
        self, imagebuilder, imagebuilder_mock, message
    ):
        imagebuilder_mock.builds.fail_next(message=message)

        arn = a_build(imagebuilder)

        state = state_of(imagebuilder, arn)
        assert state["status"] == "FAILED"
        assert state["reason"].endswith(f"failed with reason: {message or 'exit status 1'}")
        [execution] = executions_of(imagebuilder, arn)
        assert statuses_of(imagebuilder, execution)[1] == ("ApplyBuildComponents", "FAILED")
        if "failureContext" in state:
            assert "componentFailure" not in state["failureContext"]

    @pytest.mark.parametrize(
        ("on_failure", "expected", "steps"),
        [
            ("Abort", "FAILED", ["First"]),
            ("Continue", "FAILED", ["First", "Second"]),
            ("Ignore", "AVAILABLE", ["First", "Second"]),
        ],
    )
    def test_the_documents_own_on_failure_decides(
        self, imagebuilder, imagebuilder_mock, on_failure, expected, steps
    ):
        """Source: user guide, toe-use-documents."""
        document = f"""\
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: First
        action: ExecuteBash
        onFailure: {on_failure}
        inputs:
          commands: ['false']
      - name: Second
        action: ExecuteBash
        inputs:
          commands: ['true']
"""
        component = a_component(imagebuilder, name="web", data=document)
        imagebuilder_mock.builds.fail_next(component="web", step="First")

        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        assert status(imagebuilder, arn) == expected
        logged = [
            str(event.body["message"]).split()[5]
            for event in imagebuilder_mock.events.sent_to("CloudWatchLogs")
            if str(event.body["message"]).startswith("Document ")
        ]
        assert logged == steps

    def test_the_outputs_have_the_summary_of_awstoe(self, imagebuilder, imagebuilder_mock):
        """Its members were seen in ec2-image-builder-roadmap#91; where it stands is inferred."""
        steps = [
            {"name": name, "action": "ExecuteBash", "inputs": {"commands": ["x"]}, **more}
            for name, more in (
                ("Tolerated", {"onFailure": "Ignore"}),
                ("Skipped", {"if": {"stringEquals": "a", "value": "b", "then": "Execute"}}),
                ("Fine", {}),
                ("Broken", {"onFailure": "Continue"}),
                ("Last", {}),
            )
        ]
        document = {"schemaVersion": 1.0, "phases": [{"name": "build", "steps": steps}]}
        component = a_component(imagebuilder, name="web", data=json.dumps(document))
        for step in ("Tolerated", "Broken"):
            imagebuilder_mock.builds.fail_next(component="web", step=step)

        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        [execution] = executions_of(imagebuilder, arn)
        [failed] = [
            step for step in steps_of(imagebuilder, execution) if step["status"] == "FAILED"
        ]
        summary = json.loads(json.loads(failed["outputs"])["output"])
        assert summary == {
            "executionId": summary["executionId"],
            "status": "failed",
            "failedStepCount": 1,
            "executedStepCount": 4,
            "ignoredFailedStepCount": 1,
            "failureMessage": f"Document {component} failed!",
            "logUrl": f"TOE_2026-01-02_03-04-05_UTC-0_{summary['executionId']}",
        }

    @pytest.mark.parametrize(
        ("then", "expected"), [("Abort", "FAILED"), ("Skip", "AVAILABLE"), ("Execute", "FAILED")]
    )
    def test_a_condition_decides_before_an_order(
        self, imagebuilder, imagebuilder_mock, then, expected
    ):
        document = f"""\
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: First
        action: ExecuteBash
        if:
          stringEquals: 'a'
          value: 'a'
          then: {then}
        inputs:
          commands: ['true']
"""
        component = a_component(imagebuilder, name="web", data=document)
        imagebuilder_mock.builds.fail_next(component="web", message="ordered", optional=True)

        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, components=[component]))

        assert status(imagebuilder, arn) == expected
        state = state_of(imagebuilder, arn)
        if expected == "FAILED" and "failureContext" in state:
            error = state["failureContext"]["componentFailure"]["errorMessage"]
            assert error == (
                "ordered" if then == "Execute" else "The condition of the step aborts the document."
            )


class TestSteps:
    @failure_context
    @pytest.mark.parametrize("message", [None, "no capacity"])
    def test_a_step_of_a_workflow_fails(self, imagebuilder, imagebuilder_mock, message):
        imagebuilder_mock.builds.fail_next(step="CreateOutputAMI", message=message)

        arn = a_build(imagebuilder)

        [execution] = executions_of(imagebuilder, arn)
        [failed] = [one for one in steps_of(imagebuilder, execution) if one["status"] == "FAILED"]
        detail = message or "The step 'CreateOutputAMI' failed."
        assert state_of(imagebuilder, arn) == {
            "status": "FAILED",
            "reason": (
                f"Workflow Execution ID: '{execution['workflowExecutionId']}' failed with reason: "
                f"{detail}"
            ),
            "failureContext": {
                "imageStatus": "BUILDING",
                "workflowExecutionId": execution["workflowExecutionId"],
                "workflowArn": execution["workflowBuildVersionArn"],
                "stepExecutionId": failed["stepExecutionId"],
                "failedStep": "CreateOutputAMI",
            },
        }

    def test_a_step_that_is_skipped_does_not_fail(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="RunSysPrepScript", optional=True)

        assert status(imagebuilder, a_build(imagebuilder)) == "AVAILABLE"

    def test_a_step_that_continues_on_failure_fails_alone(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="TerminateBuildInstance")

        arn = a_build(imagebuilder)

        build, _ = executions_of(imagebuilder, arn)
        assert (build["status"], build["totalStepsFailed"]) == ("COMPLETED", 1)
        assert status(imagebuilder, arn) == "AVAILABLE"

    def test_a_step_that_would_wait_fails_at_once(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="Approve", message="nobody is there")

        arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))

        assert status(imagebuilder, arn) == "FAILED"
        assert imagebuilder.list_waiting_workflow_steps()["steps"] == []
        [execution] = executions_of(imagebuilder, arn)
        assert execution["message"] == "nobody is there"

    def test_a_long_message_is_cut(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(step="Launch", message="a" * 600)

        arn = a_run(imagebuilder, a_workflow(imagebuilder, LAUNCH))

        [execution] = executions_of(imagebuilder, arn)
        [step] = steps_of(imagebuilder, execution)
        assert execution["message"] == step["message"] == "a" * 500


def test_the_answers_have_what_the_model_has_of_a_failure(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.fail_next()
    arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

    assert set(state_of(imagebuilder, arn)) == modelled(
        "GetImage", "image.state", {"status", "reason", "failureContext"}
    )
