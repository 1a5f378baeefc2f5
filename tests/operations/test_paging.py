"""Pages of lists, and botocore's paginators over them.

Sources: API reference, ``maxResults`` and ``nextToken`` of the List operations; aws/aws-cli#8980
and CloudSnorkel/cdk-github-runners#262 (filters after the page was cut).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest
from botocore.config import Config

from tests.builders import (
    OWN,
    a_build,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.model import highest
from tests.refusals import Refusal, invalid_value
from tests.workflow_builders import a_workflow

if TYPE_CHECKING:
    from collections.abc import Callable

BAD_TOKEN = Refusal(
    "InvalidPaginationTokenException",
    400,
    "The value supplied for parameter 'nextToken' is not valid. 'nextToken' must be a token from "
    "a previous response of this operation.",
)


class Listing(NamedTuple):
    """A list operation, the member with its entries, and what makes some entries."""

    operation: str
    member: str
    fill: Callable[[Any, int], dict[str, str]]
    """Makes that many; the answer are the parameters that list them."""

    @property
    def api_name(self):
        return "".join(word.title() for word in self.operation.split("_"))

    def page(self, client, **params):
        """The ARNs of one page, and the token of the next."""
        answer = getattr(client, self.operation)(**params)
        return [entry["arn"] for entry in answer[self.member]], answer.get("nextToken")

    def pages(self, client, **params):
        """The ARNs of each page."""
        arns, token = self.page(client, **params)
        found = [arns]
        while token is not None:
            arns, token = self.page(client, **params, nextToken=token)
            found.append(arns)
        return found


def components(client, number):
    for _ in range(number):
        a_component(client)
    return {}


def component_builds(client, number):
    for each in range(number):
        a_component(client, name="hello", description=f"build {each}")
    return {"componentVersionArn": f"{OWN}component/hello/1.0.0"}


def recipes(client, number):
    for _ in range(number):
        a_recipe(client)
    return {}


def infrastructures(client, number):
    for _ in range(number):
        an_infrastructure(client)
    return {}


def distributions(client, number):
    for _ in range(number):
        a_distribution(client)
    return {}


def pipelines(client, number):
    parts = {
        "imageRecipeArn": a_recipe(client),
        "infrastructureConfigurationArn": an_infrastructure(client),
    }
    for _ in range(number):
        a_pipeline(client, **parts)
    return {}


def images(client, number):
    infrastructure = an_infrastructure(client)
    for _ in range(number):
        a_build(client, infrastructureConfigurationArn=infrastructure)
    return {}


def image_builds(client, number):
    parts = {
        "imageRecipeArn": a_recipe(client, name="golden"),
        "infrastructureConfigurationArn": an_infrastructure(client),
    }
    for _ in range(number):
        a_build(client, **parts)
    return {"imageVersionArn": f"{OWN}image/golden/1.0.0"}


def pipeline_images(client, number):
    pipeline = a_pipeline(client)
    for _ in range(number):
        client.start_image_pipeline_execution(imagePipelineArn=pipeline)
    return {"imagePipelineArn": pipeline}


def workflows(client, number):
    for _ in range(number):
        a_workflow(client)
    return {}


def workflow_builds(client, number):
    for each in range(number):
        a_workflow(client, name="asks", description=f"build {each}")
    return {"workflowVersionArn": f"{OWN}workflow/test/asks/x.x.x"}


COMPONENTS = Listing("list_components", "componentVersionList", components)

LISTINGS = [
    COMPONENTS,
    Listing("list_component_build_versions", "componentSummaryList", component_builds),
    Listing("list_image_recipes", "imageRecipeSummaryList", recipes),
    Listing(
        "list_infrastructure_configurations",
        "infrastructureConfigurationSummaryList",
        infrastructures,
    ),
    Listing(
        "list_distribution_configurations", "distributionConfigurationSummaryList", distributions
    ),
    Listing("list_image_pipelines", "imagePipelineList", pipelines),
    Listing("list_images", "imageVersionList", images),
    Listing("list_image_build_versions", "imageSummaryList", image_builds),
    Listing("list_image_pipeline_images", "imageSummaryList", pipeline_images),
    Listing("list_workflows", "workflowVersionList", workflows),
    Listing("list_workflow_build_versions", "workflowSummaryList", workflow_builds),
]

each_list = pytest.mark.parametrize(
    "listing", [pytest.param(listing, id=listing.operation) for listing in LISTINGS]
)


@each_list
class TestPages:
    def test_pages_follow_one_another_to_the_end(self, imagebuilder, listing):
        params = listing.fill(imagebuilder, 5)
        [whole] = listing.pages(imagebuilder, **params)

        pages = listing.pages(imagebuilder, **params, maxResults=2)

        assert [len(page) for page in pages] == [2, 2, 1]
        assert [arn for page in pages for arn in page] == whole
        assert len(set(whole)) == 5

    def test_a_page_has_twenty_five_by_default(self, imagebuilder, listing):
        params = listing.fill(imagebuilder, 26)

        pages = listing.pages(imagebuilder, **params)

        assert [len(page) for page in pages] == [25, 1]

    def test_a_full_page_at_the_end_has_no_token(self, imagebuilder, listing):
        params = listing.fill(imagebuilder, 4)

        pages = listing.pages(imagebuilder, **params, maxResults=2)

        assert [len(page) for page in pages] == [2, 2]

    def test_an_empty_list_is_one_empty_page(self, imagebuilder, listing):
        params = listing.fill(imagebuilder, 0)

        assert listing.page(imagebuilder, **params) == ([], None)

    def test_a_page_can_have_the_highest_size(self, imagebuilder, listing):
        params = listing.fill(imagebuilder, 1)
        most = highest(listing.api_name, "maxResults")

        arns, token = listing.page(imagebuilder, **params, maxResults=most)

        assert (len(arns), token) == (1, None)

    def test_other_sizes_are_refused(self, imagebuilder, imagebuilder_mock, refused, listing):
        params = listing.fill(imagebuilder, 1)
        most = highest(listing.api_name, "maxResults")
        unchecked = boto3.client(
            "imagebuilder",
            region_name="us-east-1",
            config=Config(parameter_validation=False),
            **imagebuilder_mock.credentials("123456789012"),
        )
        operation = getattr(unchecked, listing.operation)

        assert [refused(operation, **params, maxResults=size) for size in (0, most + 1)] == [
            invalid_value("maxResults", "'maxResults' must be at least 1"),
            invalid_value("maxResults", f"'maxResults' must be at most {most}"),
        ]

    def test_a_made_up_token_is_refused(self, imagebuilder, refused, listing):
        params = listing.fill(imagebuilder, 3)
        operation = getattr(imagebuilder, listing.operation)
        _, token = listing.page(imagebuilder, **params, maxResults=1)

        for made_up in ("1", "MQ==", token[:-4], f"{token} ", token.swapcase(), "\N{BULLET}"):
            assert refused(operation, **params, nextToken=made_up) == BAD_TOKEN

    def test_a_paginator_goes_through_all(self, imagebuilder, listing):
        if not imagebuilder.can_paginate(listing.operation):
            pytest.skip("this botocore has no such paginator")
        params = listing.fill(imagebuilder, 5)
        [whole] = listing.pages(imagebuilder, **params)
        paginator = imagebuilder.get_paginator(listing.operation)

        pages = list(paginator.paginate(**params, PaginationConfig={"PageSize": 2}))
        full = paginator.paginate(**params, PaginationConfig={"PageSize": 2}).build_full_result()

        assert [len(page[listing.member]) for page in pages] == [2, 2, 1]
        assert [entry["arn"] for entry in full[listing.member]] == whole
        assert "NextToken" not in full

    def test_a_paginator_goes_on_where_it_stopped(self, imagebuilder, listing):
        if not imagebuilder.can_paginate(listing.operation):
            pytest.skip("this botocore has no such paginator")
        params = listing.fill(imagebuilder, 5)
        [whole] = listing.pages(imagebuilder, **params)
        paginator = imagebuilder.get_paginator(listing.operation)

        first = paginator.paginate(
            **params, PaginationConfig={"PageSize": 2, "MaxItems": 3}
        ).build_full_result()
        rest = paginator.paginate(
            **params, PaginationConfig={"PageSize": 2, "StartingToken": first["NextToken"]}
        ).build_full_result()

        found = [entry["arn"] for part in (first, rest) for entry in part[listing.member]]
        assert found == whole


class TestTokens:
    def test_a_page_can_have_another_size_than_the_one_before(self, imagebuilder):
        COMPONENTS.fill(imagebuilder, 5)
        _, token = COMPONENTS.page(imagebuilder, maxResults=1)

        arns, token = COMPONENTS.page(imagebuilder, maxResults=4, nextToken=token)

        assert (len(arns), token) == (4, None)

    def test_a_token_can_be_used_again(self, imagebuilder):
        COMPONENTS.fill(imagebuilder, 3)
        _, token = COMPONENTS.page(imagebuilder, maxResults=1)

        first = COMPONENTS.page(imagebuilder, maxResults=1, nextToken=token)

        assert COMPONENTS.page(imagebuilder, maxResults=1, nextToken=token) == first

    def test_a_token_is_good_for_its_operation_alone(self, imagebuilder, refused):
        COMPONENTS.fill(imagebuilder, 2)
        recipes(imagebuilder, 2)
        _, token = COMPONENTS.page(imagebuilder, maxResults=1)

        assert refused(imagebuilder.list_image_recipes, nextToken=token) == BAD_TOKEN

    @pytest.mark.parametrize("change", [{"owner": "Amazon"}, {"byName": True}])
    def test_a_token_is_good_for_its_list_alone(self, imagebuilder, refused, change):
        COMPONENTS.fill(imagebuilder, 2)
        _, token = COMPONENTS.page(imagebuilder, maxResults=1)

        assert refused(imagebuilder.list_components, nextToken=token, **change) == BAD_TOKEN

    @pytest.mark.parametrize("elsewhere", [{"region": "eu-west-1"}, {"account_id": "210987654321"}])
    def test_a_token_is_good_for_its_caller_alone(
        self, imagebuilder, imagebuilder_mock, refused, elsewhere
    ):
        COMPONENTS.fill(imagebuilder, 2)
        _, token = COMPONENTS.page(imagebuilder, maxResults=1)
        other = imagebuilder_mock.client(**elsewhere)
        COMPONENTS.fill(other, 2)

        assert refused(other.list_components, nextToken=token) == BAD_TOKEN


class TestChanges:
    """Pages go on behind the last entry that was shown, whatever has happened meanwhile."""

    def test_what_is_deleted_moves_nothing_out_of_sight(self, imagebuilder):
        arns = [a_component(imagebuilder) for _ in range(4)]
        _, token = COMPONENTS.page(imagebuilder, maxResults=2)
        for arn in arns[:2]:
            imagebuilder.delete_component(componentBuildVersionArn=arn)

        rest, _ = COMPONENTS.page(imagebuilder, nextToken=token)

        assert rest == [arn.removesuffix("/1") for arn in arns[2:]]

    def test_what_is_new_is_at_the_end_of_the_list(self, imagebuilder):
        COMPONENTS.fill(imagebuilder, 3)
        _, token = COMPONENTS.page(imagebuilder, maxResults=2)
        new = a_component(imagebuilder)

        rest, _ = COMPONENTS.page(imagebuilder, nextToken=token)

        assert rest[1:] == [new.removesuffix("/1")]


class TestFilters:
    """A page is cut first and filtered then."""

    def test_pages_can_be_short_or_empty_and_have_a_next_one(self, imagebuilder):
        for name in ("blue-1", "red-1", "red-2", "red-3", "blue-2"):
            a_component(imagebuilder, name=name)

        pages = COMPONENTS.pages(
            imagebuilder, maxResults=2, filters=[{"name": "name", "values": ["blue-1", "blue-2"]}]
        )

        assert [len(page) for page in pages] == [1, 0, 1]

    def test_a_paginator_finds_all_in_spite_of_empty_pages(self, imagebuilder):
        if not imagebuilder.can_paginate("list_components"):
            pytest.skip("this botocore has no such paginator")
        COMPONENTS.fill(imagebuilder, 30)
        last = a_component(imagebuilder, name="needle")

        found = (
            imagebuilder.get_paginator("list_components")
            .paginate(filters=[{"name": "name", "values": ["needle"]}])
            .build_full_result()
        )

        assert [entry["arn"] for entry in found["componentVersionList"]] == [
            last.removesuffix("/1")
        ]
