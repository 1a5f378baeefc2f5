"""In which order workflows run, in which groups, and which of them again.

Sources: user guide, manage-image-workflows, pipeline-workflows, image-workflow-create-document.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.build_views import amis_of, before_workflows, status, the_image
from tests.builders import (
    OWN,
    a_distribution,
    a_pipeline,
)
from tests.workflow_builders import (
    AN_AMI,
    BUILD_IMAGE,
    CREATE,
    DISTRIBUTE_IMAGE,
    INSTANCE,
    LAUNCH,
    ROLE,
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
        group = {"parallelGroup": "group"}
        workflows = [
            {"workflowArn": a_workflow(imagebuilder, LAUNCH, *more), **group}
            for more in ((), (a_step("Slow"),))
        ]
        durations = imagebuilder_mock.builds.durations
        durations["Launch"], durations["Slow"] = timedelta(minutes=1), timedelta(minutes=9)
        arn = a_run(imagebuilder, *workflows)

        imagebuilder_mock.clock.move_to(
            A_TIME + before_workflows(imagebuilder_mock) + timedelta(minutes=9)
        )
        assert [one["status"] for one in executions_of(imagebuilder, arn)] == [
            "COMPLETED",
            "RUNNING",
        ]
        imagebuilder_mock.clock.advance(minutes=1)

        assert status(imagebuilder, arn) == "DISTRIBUTING"


class TestPause:
    @clock
    def test_a_step_begins_after_its_pause(self, imagebuilder, imagebuilder_mock):
        workflow = a_workflow(imagebuilder, a_step("Stop", waitSeconds=60))
        imagebuilder_mock.builds.durations["Stop"] = timedelta(seconds=30)
        arn = a_run(imagebuilder, workflow)

        begun = A_TIME + before_workflows(imagebuilder_mock)
        imagebuilder_mock.clock.move_to(begun + timedelta(seconds=59))
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


class TestImageId:
    """Source: aws-samples, packer-build and attestable image."""

    def built(self, client, value, *steps, **params):
        outputs = [{"name": "ImageId", "value": value}]
        steps = steps or (LAUNCH, CREATE)
        return a_run(client, a_workflow(client, *steps, type="BUILD", outputs=outputs), **params)

    @instant
    def test_the_ami_is_the_one_that_the_output_names(self, imagebuilder, imagebuilder_mock):
        arn = self.built(imagebuilder, AN_AMI)

        [ami] = amis_of(imagebuilder, arn)
        assert (ami["image"], ami["region"]) == (AN_AMI, "us-east-1")
        assert ami["name"].startswith(f"{the_image(imagebuilder, arn)['name']} 20")
        [known] = imagebuilder_mock.images.amis(arn)
        assert (known.image_id, known.tags) == (AN_AMI, {})

    @instant
    def test_an_adopted_ami_is_copied_tagged_and_shared(self, imagebuilder, imagebuilder_mock):
        friend, tags = "111111111111", {"CreatedBy": "me"}
        settings = {"launchPermission": {"userIds": [friend]}, "amiTags": tags}
        sharing = {"amiDistributionConfiguration": settings}
        distribution = a_distribution(
            imagebuilder,
            distributions=[
                {"region": "us-east-1", **sharing},
                {"region": "eu-west-1", "amiDistributionConfiguration": {}},
            ],
        )

        arn = self.built(imagebuilder, AN_AMI, distributionConfigurationArn=distribution)

        home, copy = amis_of(imagebuilder, arn)
        assert (home["image"], copy["region"]) == (AN_AMI, "eu-west-1")
        known = imagebuilder_mock.images.amis(arn)[0]
        assert (known.shared_with, known.tags) == ({friend}, tags)

    @instant
    def test_the_inventory_is_the_build_instances(self, imagebuilder):
        collect = a_step("Collect", "CollectImageMetadata", inputs=INSTANCE)
        arn = self.built(imagebuilder, AN_AMI, LAUNCH, collect)

        packages = imagebuilder.list_image_packages(imageBuildVersionArn=arn)
        assert the_image(imagebuilder, arn)["osVersion"] == "Amazon Linux 2023"
        assert packages["imagePackageList"]

    @instant
    @pytest.mark.parametrize(
        "value",
        ["it is {{ $.stepOutputs.Create.imageId }}", "ami", "$.stepOutputs.Launch.instanceId"],
    )
    def test_what_is_no_ami_id_fails_the_image(self, imagebuilder, value):
        arn = self.built(imagebuilder, value)

        state = the_image(imagebuilder, arn)["state"]
        assert state["status"] == "FAILED"
        assert state["reason"] == "Invalid ImageId output value, must be AMI ID as a string."

    @instant
    def test_so_does_the_id_of_a_step_that_was_skipped(self, imagebuilder):
        never = {"stringEquals": "Windows", "value": "$.imagebuilder.platform"}
        skipped = {**CREATE, "if": never}

        arn = self.built(imagebuilder, "$.stepOutputs.Create.imageId", LAUNCH, skipped)

        assert status(imagebuilder, arn) == "FAILED"
