"""``mock.builds.fail_next``: where the next build that fits fails, and how far that is seen.

The failure context is that of the user guide, image-failure-context.
"""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import (
    DOCUMENT,
    FULL_DOCUMENT,
    MANAGED_COMPONENT,
    OWN,
    TEST_DOCUMENT,
    a_build,
    a_component,
    a_distribution,
    a_full_recipe,
    a_pipeline,
    a_recipe,
)
from tests.container_builders import a_container_build
from tests.model import is_required, modelled, needs_output
from tests.workflow_builders import (
    BUILD_IMAGE,
    DISTRIBUTE_IMAGE,
    LAUNCH,
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
TEMPLATE = "lt-0123456789abcdef0"

pytestmark = pytest.mark.imagebuilder(builds="instant", now=A_TIME)
failure_context = needs_output("GetImage", "image.state.failureContext")


def the_image(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]


def state_of(client, arn):
    return the_image(client, arn)["state"]


def status(client, arn):
    return state_of(client, arn)["status"]


def amis_of(client, arn):
    return [ami["region"] for ami in the_image(client, arn)["outputResources"]["amis"]]


def a_distribution_with(client, member, value, region="eu-west-1"):
    """One that configures what it distributes to a Region."""
    distributions = [
        {"region": region, "amiDistributionConfiguration": {}, member: value},
        {"region": "ap-southeast-2", "amiDistributionConfiguration": {}},
    ]
    return a_distribution(client, distributions=distributions)


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
        assert (step["status"], step["message"], step["outputs"]) == ("FAILED", detail, detail)
        assert (execution["status"], execution["message"]) == ("ROLLBACK_COMPLETED", detail)
        assert statuses_of(imagebuilder, execution) == [
            ("LaunchBuildInstance", "COMPLETED"),
            ("ApplyBuildComponents", "FAILED"),
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
        imagebuilder_mock.builds.fail_next(component=reference)

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
        assert statuses_of(imagebuilder, execution)[-1] == ("ApplyBuildComponents", "FAILED")
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
        imagebuilder_mock.builds.fail_next(component="web", message="ordered")

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
        failed = steps_of(imagebuilder, execution)[-1]
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
        imagebuilder_mock.builds.fail_next(step="RunSysPrepScript")

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


class TestDistribution:
    @failure_context
    def test_a_region_does_not_get_its_ami_and_the_others_keep_theirs(
        self, imagebuilder, imagebuilder_mock
    ):
        """The reason is one of a real build (aws-solutions deepracer-on-the-spot, issue 106)."""
        distribution = a_distribution(imagebuilder, "us-east-1", "eu-west-1", "ap-southeast-2")
        imagebuilder_mock.builds.fail_next(region="eu-west-1", message="no quota")

        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)

        reason = (
            "Not all distribution jobs are completed. 1) EC2 Client Error: 'no quota' when "
            "distributing the image from the source account (ID: 123456789012) to the destination "
            "account (ID: 123456789012) in Region eu-west-1."
        )
        assert state_of(imagebuilder, arn) == {
            "status": "FAILED",
            "reason": reason,
            "failureContext": {
                "imageStatus": "DISTRIBUTING",
                "distributionFailure": {
                    "errorMessage": reason,
                    "regionFailures": [
                        {
                            "region": "eu-west-1",
                            "status": "FAILED",
                            "errorMessage": "no quota",
                        }
                    ],
                },
            },
        }
        assert amis_of(imagebuilder, arn) == ["us-east-1", "ap-southeast-2"]
        assert {one["status"] for one in executions_of(imagebuilder, arn)} == {"COMPLETED"}

    @failure_context
    def test_all_accounts_of_the_region_fail(self, imagebuilder, imagebuilder_mock):
        accounts = ["210987654321", "123456789012"]
        distribution = a_distribution(
            imagebuilder,
            distributions=[
                {
                    "region": "eu-west-1",
                    "amiDistributionConfiguration": {"targetAccountIds": accounts},
                }
            ],
        )
        imagebuilder_mock.builds.fail_next(region="eu-west-1")

        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)

        failures = state_of(imagebuilder, arn)["failureContext"]["distributionFailure"]
        told = [entry.get("targetAccountId") for entry in failures["regionFailures"]]
        assert told == ["210987654321", None], "told of another account alone (UG)"
        assert [entry["errorMessage"] for entry in failures["regionFailures"]] == [
            "An internal error has occurred."
        ] * 2
        assert failures["errorMessage"].count(" in Region eu-west-1.") == 2
        second = a_build(imagebuilder, distributionConfigurationArn=distribution)
        assert status(imagebuilder, second) == "AVAILABLE", "that was one failure"

    @failure_context
    def test_a_long_error_is_cut_where_the_model_bounds_it(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(region="eu-west-1", message="x" * 2000)

        arn = a_build(
            imagebuilder, distributionConfigurationArn=a_distribution(imagebuilder, "eu-west-1")
        )

        failure = state_of(imagebuilder, arn)["failureContext"]["distributionFailure"]
        assert len(failure["errorMessage"]) == 1024
        assert [len(entry["errorMessage"]) for entry in failure["regionFailures"]] == [1024]

    def test_the_home_region_keeps_its_ami(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(region="us-east-1")

        arn = a_build(imagebuilder)

        assert status(imagebuilder, arn) == "FAILED"
        assert amis_of(imagebuilder, arn) == ["us-east-1"]

    def test_a_region_that_gets_nothing_does_not_fail(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(region="eu-west-1")

        assert status(imagebuilder, a_build(imagebuilder)) == "AVAILABLE"

    def test_a_retry_makes_what_is_missing_and_no_more(self, imagebuilder, imagebuilder_mock):
        if not hasattr(imagebuilder, "retry_image"):
            pytest.skip("this botocore has no RetryImage")
        distribution = a_distribution(imagebuilder, "us-east-1", "eu-west-1", "ap-southeast-2")
        imagebuilder_mock.builds.fail_next(region="eu-west-1")
        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)
        before = the_image(imagebuilder, arn)["outputResources"]["amis"]

        imagebuilder.retry_image(imageBuildVersionArn=arn)

        after = the_image(imagebuilder, arn)["outputResources"]["amis"]
        assert after[:2] == before
        assert [ami["region"] for ami in after] == ["us-east-1", "ap-southeast-2", "eu-west-1"]
        assert [one["type"] for one in executions_of(imagebuilder, arn)] == ["BUILD", "TEST"]

    @failure_context
    @pytest.mark.parametrize(
        ("member", "value", "step"),
        [
            (
                "launchTemplateConfigurations",
                [{"launchTemplateId": TEMPLATE}],
                "UPDATE_LAUNCH_TEMPLATES",
            ),
            (
                "licenseConfigurationArns",
                [
                    (
                        "arn:aws:license-manager:us-east-1:123456789012:license-configuration:"
                        "lic-0123456789abcdef0123456789abcdef"
                    )
                ],
                "ASSOCIATE_LICENSES",
            ),
            (
                "s3ExportConfiguration",
                {"roleName": "export", "diskImageFormat": "RAW", "s3Bucket": "images"},
                "EXPORT_AMI",
            ),
            (
                "fastLaunchConfigurations",
                [{"enabled": True}],
                "UPDATE_FAST_LAUNCH_CONFIGURATIONS",
            ),
            (
                "ssmParameterConfigurations",
                [{"parameterName": "/images/web"}],
                "PUT_SSM_PARAMETERS",
            ),
        ],
    )
    @pytest.mark.parametrize("named", [True, False], ids=["with region", "without"])
    def test_what_is_configured_afterwards_fails(
        self, imagebuilder, imagebuilder_mock, member, value, step, named
    ):
        """Reason and summary are in the guide's words (image-failure-context)."""
        distribution = a_distribution_with(imagebuilder, member, value)
        imagebuilder_mock.builds.fail_next(
            region="eu-west-1" if named else None, step=step, message="not there"
        )

        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)

        state = state_of(imagebuilder, arn)
        assert state["status"] == "FAILED"
        assert state["reason"].startswith("Integration failed with JobId '")
        assert state["reason"].endswith(
            f"', status = 'Failed' for ARN '{arn}'. In region 'eu-west-1' - 'not there'"
        )
        assert state["failureContext"] == {
            "imageStatus": "INTEGRATING",
            "distributionFailure": {
                "errorMessage": "In region 'eu-west-1' - 'not there'",
                "regionFailures": [
                    {
                        "region": "eu-west-1",
                        "status": "FAILED",
                        "imageConfigurationStep": step,
                        "errorMessage": "not there",
                    }
                ],
            },
        }
        assert amis_of(imagebuilder, arn) == ["us-east-1", "eu-west-1", "ap-southeast-2"]

    @failure_context
    def test_in_a_workflow_the_step_that_distributes_fails(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(region="eu-west-1", message="no quota")
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            DISTRIBUTE_IMAGE,
            distributionConfigurationArn=a_distribution(imagebuilder, "us-east-1", "eu-west-1"),
        )

        context = state_of(imagebuilder, arn)["failureContext"]
        assert (context["imageStatus"], context["failedStep"]) == (
            "DISTRIBUTING",
            "DistributeImage",
        )
        assert context["distributionFailure"]["regionFailures"][0]["region"] == "eu-west-1"
        _, execution = executions_of(imagebuilder, arn)
        assert context["workflowExecutionId"] == execution["workflowExecutionId"]
        assert slug_of(execution) == "distribute-image"

    @failure_context
    @pytest.mark.parametrize("own", [True, False], ids=["of the step", "of the configuration"])
    def test_in_a_workflow_the_step_that_configures_fails(
        self, imagebuilder, imagebuilder_mock, own
    ):
        """The step's own configurations are used instead of the distribution configuration's."""
        templates = [{"launchTemplateId": TEMPLATE}]
        images = {"distributedImages.$": "$.stepOutputs.Copy.distributedImages"}
        configurations = [{"region": "us-east-1", "launchTemplateConfigurations": templates}]
        workflow = a_workflow(
            imagebuilder,
            a_step("Copy", "DistributeImage"),
            a_step(
                "Apply",
                "ApplyImageConfigurations",
                inputs={**images, **({"configurations": configurations} if own else {})},
            ),
            type="DISTRIBUTION",
        )
        imagebuilder_mock.builds.fail_next(step="UPDATE_LAUNCH_TEMPLATES", message="not there")
        distribution = a_distribution_with(imagebuilder, "launchTemplateConfigurations", templates)

        arn = a_run(imagebuilder, BUILD_IMAGE, workflow, distributionConfigurationArn=distribution)

        context = state_of(imagebuilder, arn)["failureContext"]
        assert context["failedStep"] == "Apply"
        [failure] = context["distributionFailure"]["regionFailures"]
        assert failure["region"] == ("us-east-1" if own else "eu-west-1")

    @failure_context
    def test_a_repository_of_a_region_does_not_get_its_container(
        self, imagebuilder, imagebuilder_mock
    ):
        imagebuilder_mock.builds.fail_next(region="us-east-1", message="no login")

        arn = a_container_build(imagebuilder)

        state = state_of(imagebuilder, arn)
        assert state["status"] == "FAILED"
        assert state["failureContext"]["failedStep"] == "DistributeContainerImage"
        [failure] = state["failureContext"]["distributionFailure"]["regionFailures"]
        assert failure == {
            "region": "us-east-1",
            "status": "FAILED",
            "errorMessage": "no login",
        }
        assert the_image(imagebuilder, arn)["outputResources"].get("containers", []) == []


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
        imagebuilder_mock.builds.fail_next(recipe="web", region="us-east-1")

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
            ({"times": 0}, "times=0: give at least 1"),
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
        [step] = steps_of(imagebuilder, execution)
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


def test_the_answers_have_what_the_model_has_of_a_failure(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.fail_next()
    arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

    assert set(state_of(imagebuilder, arn)) == modelled(
        "GetImage", "image.state", {"status", "reason", "failureContext"}
    )
