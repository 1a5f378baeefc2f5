"""Distribution to an account that a test lets fail, beside others that get theirs.

Source of what is told of it: user guide, image-failure-context.
"""

from __future__ import annotations

import pytest

from tests.build_views import the_image
from tests.builders import a_build, a_distribution
from tests.model import needs_output
from tests.operations.ordered_failures.failed_builds import distribution_details

HOME, OTHER, THIRD = "123456789012", "210987654321", "345678901234"
TEMPLATES = ("lt-0123456789abcdef0", "lt-0123456789abcdef1")

pytestmark = pytest.mark.imagebuilder(builds="instant")
failure_context = needs_output("GetImage", "image.state.failureContext")


def places(client, arn):
    amis = the_image(client, arn)["outputResources"]["amis"]
    return [(ami["region"], ami["accountId"]) for ami in amis]


def failures_of(client, arn):
    context = the_image(client, arn)["state"]["failureContext"]
    return context["distributionFailure"]["regionFailures"]


@pytest.fixture
def to_two_accounts(imagebuilder):
    """In two Regions."""
    return a_distribution(
        imagebuilder,
        distributions=[
            {
                "region": region,
                "amiDistributionConfiguration": {"targetAccountIds": [OTHER, THIRD]},
            }
            for region in ("us-east-1", "eu-west-1")
        ],
    )


class TestCopies:
    def test_an_account_gets_none_in_any_region(
        self, imagebuilder, imagebuilder_mock, to_two_accounts
    ):
        imagebuilder_mock.builds.fail_next(account_id=OTHER, message="no access")

        arn = a_build(imagebuilder, distributionConfigurationArn=to_two_accounts)

        assert distribution_details(imagebuilder, arn) == (
            "Not all distribution jobs are completed. 1) EC2 Client Error: 'no access' when "
            f"distributing the image from the source account (ID: {HOME}) to the destination "
            f"account (ID: {OTHER}) in Region us-east-1. 2) EC2 Client Error: 'no access' when "
            f"distributing the image from the source account (ID: {HOME}) to the destination "
            f"account (ID: {OTHER}) in Region eu-west-1."
        )
        assert places(imagebuilder, arn) == [
            ("us-east-1", HOME),
            ("us-east-1", THIRD),
            ("eu-west-1", THIRD),
        ]
        again = a_build(imagebuilder, distributionConfigurationArn=to_two_accounts)
        assert the_image(imagebuilder, again)["state"]["status"] == "AVAILABLE"

    @failure_context
    def test_with_a_region_it_fails_there_alone(
        self, imagebuilder, imagebuilder_mock, to_two_accounts
    ):
        imagebuilder_mock.builds.fail_next(account_id=OTHER, region="eu-west-1", message="no")

        arn = a_build(imagebuilder, distributionConfigurationArn=to_two_accounts)

        assert failures_of(imagebuilder, arn) == [
            {
                "region": "eu-west-1",
                "targetAccountId": OTHER,
                "status": "FAILED",
                "errorMessage": "no",
            }
        ]
        assert ("us-east-1", OTHER) in places(imagebuilder, arn)

    def test_a_retry_makes_the_missing_copies(
        self, imagebuilder, imagebuilder_mock, to_two_accounts
    ):
        if not hasattr(imagebuilder, "retry_image"):
            pytest.skip("the model has no RetryImage")
        imagebuilder_mock.builds.fail_next(account_id=OTHER)
        arn = a_build(imagebuilder, distributionConfigurationArn=to_two_accounts)

        imagebuilder.retry_image(imageBuildVersionArn=arn)

        assert the_image(imagebuilder, arn)["state"] == {"status": "AVAILABLE"}
        assert len(places(imagebuilder, arn)) == 5

    def test_no_step_of_a_build_fails(self, imagebuilder, imagebuilder_mock):
        imagebuilder_mock.builds.fail_next(account_id=OTHER, optional=True)

        assert the_image(imagebuilder, a_build(imagebuilder))["state"]["status"] == "AVAILABLE"


class TestConfiguration:
    @failure_context
    @pytest.mark.parametrize(
        ("ordered", "failed"),
        [({"region": "us-east-1"}, [None, OTHER]), ({"account_id": OTHER}, [OTHER])],
        ids=["region", "account"],
    )
    def test_the_account_is_told_where_it_is_another_one(
        self, imagebuilder, imagebuilder_mock, ordered, failed
    ):
        distribution = a_distribution(
            imagebuilder,
            distributions=[
                {
                    "region": "us-east-1",
                    "amiDistributionConfiguration": {"targetAccountIds": [OTHER]},
                    "launchTemplateConfigurations": [
                        {"launchTemplateId": TEMPLATES[0]},
                        {"launchTemplateId": TEMPLATES[1], "accountId": OTHER},
                    ],
                }
            ],
        )
        step = "UPDATE_LAUNCH_TEMPLATES"
        imagebuilder_mock.builds.fail_next(step=step, **ordered)

        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)

        failures = failures_of(imagebuilder, arn)
        assert [each.get("targetAccountId") for each in failures] == failed
        assert {each["imageConfigurationStep"] for each in failures} == {step}
