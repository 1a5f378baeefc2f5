"""``mock.builds.fail_next``: the distribution to a Region or account fails, or its configuration.

The failure context is that of the user guide, image-failure-context.
"""

from __future__ import annotations

import pytest

from tests.build_views import the_image
from tests.builders import a_build, a_distribution
from tests.container_builders import a_container_build
from tests.operations.ordered_failures.failed_builds import (
    A_TIME,
    TEMPLATE,
    a_distribution_with,
    amis_of,
    distribution_details,
    failure_context,
    state_of,
    status,
)
from tests.workflow_builders import (
    BUILD_IMAGE,
    DISTRIBUTE_IMAGE,
    a_run,
    a_step,
    a_workflow,
    executions_of,
    slug_of,
)

pytestmark = pytest.mark.imagebuilder(builds="instant", now=A_TIME)


class TestDistribution:
    @failure_context
    def test_a_region_does_not_get_its_ami_and_the_others_keep_theirs(
        self, imagebuilder, imagebuilder_mock
    ):
        """Seen: deepracer-on-the-spot#106; the sentence around it in AWS's knowledge centre."""
        distribution = a_distribution(imagebuilder, "us-east-1", "eu-west-1", "ap-southeast-2")
        imagebuilder_mock.builds.fail_next(region="eu-west-1", message="no quota")

        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)

        details = (
            "Not all distribution jobs are completed. 1) EC2 Client Error: 'no quota' when "
            "distributing the image from the source account (ID: 123456789012) to the destination "
            "account (ID: 123456789012) in Region eu-west-1."
        )
        assert distribution_details(imagebuilder, arn) == details
        assert state_of(imagebuilder, arn) == {
            "status": "FAILED",
            "reason": state_of(imagebuilder, arn)["reason"],
            "failureContext": {
                "imageStatus": "DISTRIBUTING",
                "distributionFailure": {
                    "errorMessage": details,
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
    def test_a_cause_stands_in_the_place_of_ec2s_error(self, imagebuilder, imagebuilder_mock):
        """Seen: cdk-image-pipeline#76."""
        cause = "AMI Copy Reported Failure For ami-0123456789abcdef0"
        imagebuilder_mock.builds.fail_next(region="eu-west-1", cause=cause)

        arn = a_build(
            imagebuilder, distributionConfigurationArn=a_distribution(imagebuilder, "eu-west-1")
        )

        assert distribution_details(imagebuilder, arn) == (
            f"Not all distribution jobs are completed. 1) {cause} when distributing the image from "
            "the source account (ID: 123456789012) to the destination account (ID: 123456789012) "
            "in Region eu-west-1."
        )
        failure = state_of(imagebuilder, arn)["failureContext"]["distributionFailure"]
        assert failure["regionFailures"][0]["errorMessage"] == cause

    @pytest.mark.parametrize(
        "order",
        [
            {"region": "eu-west-1", "step": "PUT_SSM_PARAMETERS"},
            {"region": "eu-west-1", "message": "no"},
        ],
    )
    def test_a_cause_is_of_a_place_alone(self, imagebuilder_mock, order):
        with pytest.raises(ValueError, match="cause='no disk': give it with a region or account"):
            imagebuilder_mock.builds.fail_next(cause="no disk", **order)

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
        imagebuilder_mock.builds.fail_next(region="eu-west-1", optional=True)

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
