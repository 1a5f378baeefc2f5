"""``mock.builds.fail_next``: which builds an order means, how often, and what cannot be ordered."""

from __future__ import annotations

import pytest

from tests.builders import OWN, a_build, a_full_recipe, a_pipeline
from tests.model import needs_output
from tests.operations.ordered_failures.failed_builds import (
    A_TIME,
    failure_context,
    state_of,
    status,
)
from tests.workflow_builders import (
    BUILD_IMAGE,
    LAUNCH,
    a_run,
    a_workflow,
    executions_of,
    steps_of,
)

pytestmark = pytest.mark.imagebuilder(builds="instant", now=A_TIME)


class TestOrders:
    @pytest.mark.parametrize("by", ["name", "other spelling", "arn", "wildcard"])
    def test_a_recipe_is_named_or_given_by_arn(self, imagebuilder, imagebuilder_mock, by):
        recipe = a_full_recipe(imagebuilder, name="My Web")
        reference = {
            "name": "My Web",
            "other spelling": "my_web",
            "arn": recipe,
            "wildcard": f"{recipe.rpartition('/')[0]}/x.x.x",
        }[by]
        imagebuilder_mock.builds.fail_next(recipe=reference)

        other = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))
        meant = a_build(imagebuilder, imageRecipeArn=recipe)

        assert [status(imagebuilder, arn) for arn in (other, meant)] == ["AVAILABLE", "FAILED"]

    def test_an_image_without_recipe_is_none_of_a_recipes(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(recipe="web", region="us-east-1", optional=True)

        arn = imagebuilder.import_vm_image(
            name="web",
            semanticVersion="1.0.0",
            platform="Linux",
            vmImportTaskId="import-ami-0123456789abcdef0",
        )["imageArn"]

        assert status(imagebuilder, arn) == "AVAILABLE"

    def test_the_next_build_alone_fails(self, imagebuilder, imagebuilder_mock):
        recipe = a_full_recipe(imagebuilder)
        imagebuilder_mock.builds.fail_next()

        arns = [a_build(imagebuilder, imageRecipeArn=recipe) for _ in range(2)]

        assert [status(imagebuilder, arn) for arn in arns] == ["FAILED", "AVAILABLE"]

    def test_as_many_builds_fail_as_were_ordered(self, imagebuilder, imagebuilder_mock):
        recipe = a_full_recipe(imagebuilder)
        imagebuilder_mock.builds.fail_next(times=2)

        arns = [a_build(imagebuilder, imageRecipeArn=recipe) for _ in range(3)]

        assert [status(imagebuilder, arn) for arn in arns] == ["FAILED", "FAILED", "AVAILABLE"]

    def test_orders_are_carried_out_one_after_the_other(self, imagebuilder, imagebuilder_mock):
        recipe = a_full_recipe(imagebuilder)
        for message in ("first", "second"):
            imagebuilder_mock.builds.fail_next(step="LaunchBuildInstance", message=message)

        reasons = [
            state_of(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe))["reason"]
            for _ in range(2)
        ]

        assert [reason.rpartition(" ")[2] for reason in reasons] == ["first", "second"]

    def test_an_order_stays_until_it_is_met(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(recipe="late")
        a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        late = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder, name="late"))

        assert status(imagebuilder, late) == "FAILED"

    def test_a_reset_forgets_orders(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next()
        imagebuilder_mock.reset()

        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        assert status(imagebuilder, arn) == "AVAILABLE"

    @needs_output("GetImagePipeline", "imagePipeline.consecutiveFailures")
    def test_a_scheduled_failure_counts_for_the_pipeline(self, imagebuilder, imagebuilder_mock):
        arn = a_pipeline(
            imagebuilder,
            imageRecipeArn=a_full_recipe(imagebuilder),
            schedule={
                "scheduleExpression": "rate(1 day)",
                "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
            },
        )
        imagebuilder_mock.builds.fail_next(times=2)

        imagebuilder_mock.clock.advance(days=2)
        pipeline = imagebuilder.get_image_pipeline(imagePipelineArn=arn)["imagePipeline"]
        assert (pipeline["consecutiveFailures"], pipeline["lastRunStatus"]) == (2, "FAILED")
        imagebuilder_mock.clock.advance(days=1)

        pipeline = imagebuilder.get_image_pipeline(imagePipelineArn=arn)["imagePipeline"]
        assert (pipeline["consecutiveFailures"], pipeline["lastRunStatus"]) == (0, "AVAILABLE")

    @pytest.mark.parametrize(
        ("params", "said"),
        [
            ({"times": 0}, "times=0: give a whole number from 1 on"),
            ({"times": "3"}, "times='3': give a whole number from 1 on"),
            ({"component": ""}, "component='': give a string that is not empty"),
            ({"exit_status": 0}, "exit_status=0: a command that fails ends with a number but 0"),
            ({"region": ""}, "region='': give a Region's name, such as 'us-east-1'"),
            ({"region": "us-east-1", "phase": "build"}, "name a region or account, or a comp"),
            (
                {"account_id": "1" * 12, "component": "a"},
                "name a region or account, or a component",
            ),
            ({"account_id": "1"}, "account_id='1': an account is a string of 12 digits"),
            ({"account_id": "1" * 12, "step": "Launch"}, "name one of ASSOCIATE_LICENSES"),
            ({"phase": "install"}, "builds run the phases build, validate, test,"),
            ({"region": "us-east-1", "step": "Launch"}, "name one of ASSOCIATE_LICENSES"),
        ],
    )
    def test_an_order_that_cannot_be_met_is_refused(self, imagebuilder_mock, params, said):
        with pytest.raises(ValueError, match=said):
            imagebuilder_mock.builds.fail_next(**params)

    @pytest.mark.parametrize(
        "arn",
        ["arn:aws:s3:::bucket", f"{OWN}component/web/x.2.x", f"{OWN}component/web/one/1"],
    )
    @pytest.mark.parametrize("member", ["recipe", "component"])
    def test_an_arn_that_is_none_is_refused(self, imagebuilder_mock, member, arn):
        with pytest.raises(ValueError, match=f"{member}='{arn}': give a name or an ARN"):
            imagebuilder_mock.builds.fail_next(**{member: arn})


class TestOutside:
    @failure_context
    @pytest.mark.imagebuilder(builds="held")
    def test_a_build_that_is_failed_by_hand_says_where_it_stood(
        self, imagebuilder, imagebuilder_mock
    ):
        arn = a_build(imagebuilder)
        early = a_build(imagebuilder)
        for _ in range(2):
            imagebuilder_mock.builds.advance(arn)
        for one in (arn, early):
            imagebuilder_mock.builds.fail(one, reason="enough")

        [execution] = executions_of(imagebuilder, arn)
        step = steps_of(imagebuilder, execution)[0]
        assert state_of(imagebuilder, arn) == {
            "status": "FAILED",
            "reason": "enough",
            "failureContext": {
                "imageStatus": "BUILDING",
                "workflowExecutionId": execution["workflowExecutionId"],
                "workflowArn": execution["workflowBuildVersionArn"],
                "stepExecutionId": step["stepExecutionId"],
                "failedStep": "LaunchBuildInstance",
            },
        }
        assert (execution["status"], step["status"]) == ("FAILED", "FAILED")
        assert state_of(imagebuilder, early)["failureContext"] == {"imageStatus": "PENDING"}

    @failure_context
    @pytest.mark.imagebuilder(builds="held")
    def test_a_cancelled_build_has_no_failure(self, imagebuilder):
        arn = a_build(imagebuilder)
        imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)

        assert state_of(imagebuilder, arn) == {"status": "CANCELLED"}

    @failure_context
    @pytest.mark.imagebuilder(builds="held")
    def test_a_workflow_that_is_gone_by_its_stage_fails_the_build(
        self, imagebuilder, imagebuilder_mock
    ):
        workflow = a_workflow(imagebuilder, LAUNCH)
        arn = a_run(imagebuilder, BUILD_IMAGE, workflow)
        imagebuilder.delete_workflow(workflowBuildVersionArn=workflow)

        imagebuilder_mock.builds.complete(arn)

        assert state_of(imagebuilder, arn) == {
            "status": "FAILED",
            "reason": f"The workflow '{workflow}' does not exist.",
            "failureContext": {"imageStatus": "TESTING", "workflowArn": workflow},
        }
