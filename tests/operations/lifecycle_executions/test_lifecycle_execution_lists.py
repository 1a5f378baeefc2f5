"""ListLifecycleExecutions and ListLifecycleExecutionResources: order, filters, pages, errors."""

from __future__ import annotations

import pytest

from tests.builders import OWN
from tests.lifecycle_builders import a_policy, pages_of, resources_of
from tests.operations.lifecycle_executions.conftest import DELETE_ALL, NOW, runs_of
from tests.refusals import invalid_value, not_found

UNKNOWN = "lce-00000000-0000-4000-8000-000000000000"

pytestmark = pytest.mark.imagebuilder(now=NOW)


class TestLists:
    def test_the_newest_run_comes_first_page_by_page(self, imagebuilder, lifecycle):
        policy = a_policy(imagebuilder)
        runs = [lifecycle.run(policy) for _ in range(5)]

        pages = pages_of(imagebuilder.list_lifecycle_executions, resourceArn=policy, maxResults=2)

        listed = [
            [run["lifecycleExecutionId"] for run in page["lifecycleExecutions"]] for page in pages
        ]
        assert listed == [runs[:2:-1], runs[2:0:-1], runs[:1]]

    def test_resources_come_page_by_page_from_the_newest(self, imagebuilder, lifecycle, images):
        arns = images(30)
        execution = lifecycle.run(a_policy(imagebuilder))

        first = imagebuilder.list_lifecycle_execution_resources(lifecycleExecutionId=execution)
        second = imagebuilder.list_lifecycle_execution_resources(
            lifecycleExecutionId=execution, nextToken=first["nextToken"]
        )

        assert first["lifecycleExecutionId"] == execution
        assert first["lifecycleExecutionState"] == {"status": "SUCCESS"}
        assert [each["resourceId"] for each in first["resources"]] == arns[:25]
        assert [each["resourceId"] for each in second["resources"]] == arns[25:]
        assert "nextToken" not in second

    def test_a_token_is_for_one_parent(self, imagebuilder, lifecycle, images, refused):
        [image, *_] = images(2)
        execution = lifecycle.run(a_policy(imagebuilder))
        page = imagebuilder.list_lifecycle_execution_resources(
            lifecycleExecutionId=execution, maxResults=1
        )

        refusal = refused(
            imagebuilder.list_lifecycle_execution_resources,
            lifecycleExecutionId=execution,
            parentResourceId=image,
            nextToken=page["nextToken"],
        )

        assert refusal.code == "InvalidPaginationTokenException"

    @pytest.mark.parametrize("parent", [f"{OWN}image/other/1.0.0/1", "ami-1"])
    def test_an_image_that_is_not_part_of_it_made_nothing(
        self, imagebuilder, lifecycle, images, parent
    ):
        images(1)
        execution = lifecycle.run(a_policy(imagebuilder, DELETE_ALL))

        assert resources_of(imagebuilder, execution, parent) == []

    @pytest.mark.parametrize(
        "arn",
        [
            f"{OWN}image-recipe/web/1.0.0",
            f"{OWN}image/web/1.0.0",
            f"{OWN}image-pipeline/web",
        ],
    )
    def test_only_policies_and_builds_have_executions(self, imagebuilder, refused, arn):
        assert refused(imagebuilder.list_lifecycle_executions, resourceArn=arn) == invalid_value(
            "resourceArn", "The resource must be a lifecycle policy or an image build version."
        )

    def test_what_is_unknown_has_none(self, imagebuilder):
        for arn in (f"{OWN}lifecycle-policy/other", f"{OWN}image/web/1.0.0/1"):
            assert runs_of(imagebuilder, arn) == []

    def test_other_accounts_and_regions_see_nothing(self, imagebuilder, imagebuilder_mock):
        policy = a_policy(imagebuilder)
        execution = imagebuilder_mock.lifecycle.run(policy)
        for options in ({"account_id": "210987654321"}, {"region": "eu-west-1"}):
            other = imagebuilder_mock.client(**{"region": "us-east-1", **options})
            assert runs_of(other, policy) == []
            with pytest.raises(other.exceptions.ResourceNotFoundException):
                other.get_lifecycle_execution(lifecycleExecutionId=execution)

    @pytest.mark.parametrize(
        "operation",
        [
            "get_lifecycle_execution",
            "list_lifecycle_execution_resources",
            "cancel_lifecycle_execution",
        ],
    )
    def test_an_unknown_execution_is_not_found(self, imagebuilder, refused, operation):
        refusal = refused(getattr(imagebuilder, operation), lifecycleExecutionId=UNKNOWN)

        assert refusal == not_found("LifecycleExecution", UNKNOWN)
