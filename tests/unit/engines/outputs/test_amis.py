"""AMIs: in which Regions and accounts, and what they are called."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest

from imagebuilder_mock.engines.outputs.amis import build_date_text, filled_text, has_build_date
from tests.builders import a_distribution, a_recipe, an_image

ACCOUNT, OTHER = "123456789012", "210987654321"
MOMENT = datetime(2022, 10, 26, 22, 30, 5, 912619, tzinfo=timezone.utc)

instant = pytest.mark.imagebuilder(builds="instant", now=MOMENT)


def amis_of(client, *distributions, **params):
    if distributions:
        params["distributionConfigurationArn"] = a_distribution(
            client, distributions=list(distributions)
        )
    arn = an_image(client, **params)
    image = client.get_image(imageBuildVersionArn=arn)["image"]
    return image["outputResources"]["amis"]


def to(region, **settings):
    return {"region": region, "amiDistributionConfiguration": settings}


def places(amis):
    return [(ami["region"], ami["accountId"]) for ami in amis]


@instant
def test_without_distribution_there_is_one_ami_where_it_was_built(imagebuilder):
    (ami,) = amis_of(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="Web"))

    assert places([ami]) == [("us-east-1", ACCOUNT)]
    assert re.fullmatch("ami-0[0-9a-f]{16}", ami["image"])
    assert ami["name"] == "Web 2022-10-26T22-30-05.912619Z"


@instant
def test_there_is_a_copy_for_every_region_and_target_account(imagebuilder):
    amis = amis_of(
        imagebuilder,
        to("us-east-1", targetAccountIds=[ACCOUNT, OTHER]),
        to("eu-west-1"),
        to("ap-southeast-2", targetAccountIds=[OTHER]),
    )

    assert places(amis) == [
        ("us-east-1", ACCOUNT),
        ("us-east-1", OTHER),
        ("eu-west-1", ACCOUNT),
        ("ap-southeast-2", OTHER),
    ]
    assert len({ami["image"] for ami in amis}) == 4


@instant
def test_each_region_has_its_own_name_and_description(imagebuilder):
    here, there = amis_of(
        imagebuilder,
        to("eu-west-1", name="there {{ imagebuilder:buildDate }}", description="copied"),
        to("us-east-1", name="here {{ imagebuilder:buildDate }}", description="built"),
    )

    assert (here["name"], here["description"]) == (f"here {build_date_text(MOMENT)}", "built")
    assert (there["name"], there["description"]) == (f"there {build_date_text(MOMENT)}", "copied")


@instant
def test_the_recipes_description_stands_in_for_the_amis(imagebuilder):
    recipe = a_recipe(imagebuilder, description="a web server")

    (ami,) = amis_of(imagebuilder, to("us-east-1"), imageRecipeArn=recipe)

    assert ami["description"] == "a web server"


@instant
def test_a_region_that_gets_no_ami_gets_none(imagebuilder):
    """A distribution can be about a launch template alone."""
    amis = amis_of(
        imagebuilder,
        {
            "region": "us-east-1",
            "launchTemplateConfigurations": [{"launchTemplateId": "lt-0123456789abcdef0"}],
        },
    )

    assert places(amis) == [("us-east-1", ACCOUNT)]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("web", "web"),
        ("web {{ imagebuilder:buildDate }}", "web 2022-10-26T22-30-05.912Z"),
        ("web {{imagebuilder:buildDate}}", "web 2022-10-26T22-30-05.912Z"),
        ("web {{imagebuilder:buildDate:yyyy-MM-dd}}", "web 2022-10-26"),
        ("web {{ imagebuilder:buildDate:yyyyMMddHHmmss }}", "web 20221026223005"),
        ("web {{ imagebuilder:buildVersion }}", "web 7"),
        ("{{imagebuilder:buildVersion}}.{{imagebuilder:buildDate:yyyy}}", "7.2022"),
        ("web {{ imagebuilder:other }}", "web {{ imagebuilder:other }}"),
    ],
)
def test_placeholders_in_names_and_tags_are_filled(template, text):
    """Source: a captured SNS message of 2024, for milliseconds."""
    assert filled_text(template, build_date=MOMENT, build_number=7) == text
    assert has_build_date(template) == ("buildDate" in template)
