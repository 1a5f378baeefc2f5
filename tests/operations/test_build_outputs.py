"""What a build makes and finds out: AMIs, their names and descriptions, the OS version."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.build_views import the_image
from tests.builders import WINDOWS_PARENT, a_build, a_distribution, a_recipe, an_image
from tests.model import needs_member

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
STAMP = "2026-01-02T03-04-05.678Z"


def amis(client, **params):
    """The AMIs of a finished build."""
    return the_image(client, an_image(client, **params))["outputResources"]["amis"]


def places(amis):
    return [(ami["region"], ami["accountId"]) for ami in amis]


def distribution_to(client, *settings):
    """A distribution configuration of (Region, AMI settings)."""
    return a_distribution(
        client,
        distributions=[
            {"region": region, "amiDistributionConfiguration": ami} for region, ami in settings
        ],
    )


class TestOsVersion:
    def test_it_is_known_when_the_image_is_built(self, imagebuilder):
        """Seen: awscli examples, get-image (none while BUILDING)."""
        arn = a_build(imagebuilder)

        known = [the_image(imagebuilder, arn).get("osVersion") for _ in range(7)]

        assert known == [None] * 3 + ["Amazon Linux 2023"] * 4

    def test_it_is_the_parents(self, imagebuilder):
        arn = an_image(
            imagebuilder, imageRecipeArn=a_recipe(imagebuilder, parentImage=WINDOWS_PARENT)
        )

        image = the_image(imagebuilder, arn)

        assert (image["platform"], image["osVersion"]) == (
            "Windows",
            "Microsoft Windows Server 2022",
        )

    def test_it_is_handed_down_from_image_to_image(self, imagebuilder):
        base = an_image(imagebuilder)
        recipe = a_recipe(imagebuilder, parentImage=base)

        image = the_image(imagebuilder, an_image(imagebuilder, imageRecipeArn=recipe))

        assert image["imageRecipe"]["parentImage"] == base
        assert image["osVersion"] == "Amazon Linux 2023"

    def test_without_metadata_it_stays_unknown(self, imagebuilder):
        """Source: API reference, enhancedImageMetadataEnabled."""
        arn = an_image(imagebuilder, enhancedImageMetadataEnabled=False)

        image = the_image(imagebuilder, arn)

        assert "osVersion" not in image
        assert image["enhancedImageMetadataEnabled"] is False

    def test_of_an_ami_nothing_is_known(self, imagebuilder):
        recipe = a_recipe(imagebuilder, parentImage="ami-0123456789abcdef0")

        image = the_image(imagebuilder, an_image(imagebuilder, imageRecipeArn=recipe))

        assert "osVersion" not in image


class TestPlaces:
    def test_without_distribution_there_is_one_ami_at_home(self, imagebuilder):
        [ami] = amis(imagebuilder)

        assert places([ami]) == [("us-east-1", "123456789012")]
        assert ami["image"].startswith("ami-")
        assert len(ami["image"]) == len("ami-0123456789abcdef0")

    def test_home_comes_first_whether_it_is_a_target_or_not(self, imagebuilder):
        to_others = a_distribution(imagebuilder, "eu-west-1", "ap-south-1")
        to_all = a_distribution(imagebuilder, "eu-west-1", "us-east-1", "ap-south-1")

        for distribution in (to_others, to_all):
            made = amis(imagebuilder, distributionConfigurationArn=distribution)

            assert [ami["region"] for ami in made] == ["us-east-1", "eu-west-1", "ap-south-1"]
            assert len({ami["image"] for ami in made}) == 3

    def test_each_target_account_gets_one_in_the_region(self, imagebuilder):
        distribution = distribution_to(
            imagebuilder,
            ("us-east-1", {"targetAccountIds": ["123456789012", "210987654321"]}),
            ("eu-west-1", {"targetAccountIds": ["210987654321", "345678901234"]}),
        )

        made = amis(imagebuilder, distributionConfigurationArn=distribution)

        assert places(made) == [
            ("us-east-1", "123456789012"),
            ("us-east-1", "210987654321"),
            ("eu-west-1", "210987654321"),
            ("eu-west-1", "345678901234"),
        ]

    def test_a_region_without_ami_settings_gets_none(self, imagebuilder):
        distribution = a_distribution(
            imagebuilder,
            distributions=[
                {
                    "region": "eu-west-1",
                    "launchTemplateConfigurations": [{"launchTemplateId": "lt-0123456789abcdef0"}],
                }
            ],
        )

        made = amis(imagebuilder, distributionConfigurationArn=distribution)

        assert places(made) == [("us-east-1", "123456789012")]

    def test_the_copies_are_there_when_they_were_distributed(self, imagebuilder):
        distribution = a_distribution(imagebuilder, "us-east-1", "eu-west-1")
        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)

        counts = [len(the_image(imagebuilder, arn)["outputResources"]["amis"]) for _ in range(7)]

        assert counts == [0, 0, 0, 1, 1, 2, 2]


@pytest.mark.imagebuilder(now=A_TIME)
class TestNames:
    def test_by_default_it_is_the_recipes_name_and_the_time(self, imagebuilder):
        """Seen: a captured build of 2023; aws/aws-parallelcluster#2843."""
        [ami] = amis(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="Golden Image"))

        assert ami["name"] == "Golden Image 2026-01-02T03-04-05.678901Z"

    @pytest.mark.parametrize(
        ("template", "name"),
        [
            ("web {{ imagebuilder:buildDate }}", f"web {STAMP}"),
            ("web {{imagebuilder:buildDate}}", f"web {STAMP}"),
            ("{{ imagebuilder:buildDate }} web", f"{STAMP} web"),
            (
                "web-{{imagebuilder:buildVersion}}-{{ imagebuilder:buildDate }}",
                f"web-2-{STAMP}",
            ),
            (
                "web-{{ imagebuilder:buildVersion }}-{{imagebuilder:buildDate}}",
                f"web-2-{STAMP}",
            ),
        ],
    )
    def test_a_template_is_filled(self, imagebuilder, template, name):
        recipe = a_recipe(imagebuilder)
        distribution = distribution_to(imagebuilder, ("us-east-1", {"name": template}))
        a_build(imagebuilder, imageRecipeArn=recipe)

        [ami] = amis(imagebuilder, imageRecipeArn=recipe, distributionConfigurationArn=distribution)

        assert ami["name"] == name

    def test_each_region_has_its_own_template(self, imagebuilder):
        distribution = distribution_to(
            imagebuilder,
            ("eu-west-1", {"name": "there {{ imagebuilder:buildDate }}"}),
            ("us-east-1", {"name": "here {{ imagebuilder:buildDate }}"}),
            ("ap-south-1", {"description": "without a name"}),
        )
        recipe = a_recipe(imagebuilder, name="golden")

        made = amis(imagebuilder, imageRecipeArn=recipe, distributionConfigurationArn=distribution)

        assert [ami["name"] for ami in made] == [
            f"here {STAMP}",
            f"there {STAMP}",
            "golden 2026-01-02T03-04-05.678901Z",
        ]

    @pytest.mark.imagebuilder(builds="clock")
    def test_the_time_of_the_default_is_that_of_the_building(self, imagebuilder, imagebuilder_mock):
        """Seen: a captured build of 2023 (two seconds after dateCreated)."""
        arn = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="golden"))
        imagebuilder_mock.clock.advance(hours=1)

        [ami] = the_image(imagebuilder, arn)["outputResources"]["amis"]

        assert ami["name"] == "golden 2026-01-02T03-04-07.128901Z"

    @pytest.mark.imagebuilder(builds="clock")
    def test_the_build_date_is_date_created(self, imagebuilder, imagebuilder_mock):
        """Seen: a captured SNS message of 2024, in which the image's copy has the name too."""
        distribution = distribution_to(
            imagebuilder,
            ("us-east-1", {"name": "web {{ imagebuilder:buildDate }}", "description": "golden"}),
            ("eu-west-1", {"description": "without a name"}),
        )
        before = imagebuilder.get_distribution_configuration(
            distributionConfigurationArn=distribution
        )["distributionConfiguration"]
        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)
        imagebuilder_mock.clock.advance(hours=1)

        image = the_image(imagebuilder, arn)

        here, there = image["distributionConfiguration"]["distributions"]
        settings = {"name": f"web {STAMP}", "description": "golden"}
        assert here["amiDistributionConfiguration"] == settings
        assert there["amiDistributionConfiguration"] == {"description": "without a name"}
        assert image["outputResources"]["amis"][0]["name"] == f"web {STAMP}"
        after = imagebuilder.get_distribution_configuration(
            distributionConfigurationArn=distribution
        )["distributionConfiguration"]
        assert after == before


class TestDescriptions:
    def test_it_is_the_recipes(self, imagebuilder):
        """Seen: a captured build of 2023."""
        [ami] = amis(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, description="the best"))

        assert ami["description"] == "the best"

    def test_without_one_there_is_none(self, imagebuilder):
        [ami] = amis(imagebuilder)

        assert set(ami) == {"region", "image", "name", "accountId"}

    def test_that_of_the_distribution_goes_before_it(self, imagebuilder):
        distribution = distribution_to(
            imagebuilder,
            ("us-east-1", {"description": "here"}),
            ("eu-west-1", {"description": "there"}),
        )

        made = amis(
            imagebuilder,
            imageRecipeArn=a_recipe(imagebuilder, description="the best"),
            distributionConfigurationArn=distribution,
        )

        assert [ami["description"] for ami in made] == ["here", "there"]

    def test_copies_do_not_take_over_the_recipes(self, imagebuilder):
        """Source: API reference, AmiDistributionConfiguration."""
        made = amis(
            imagebuilder,
            imageRecipeArn=a_recipe(imagebuilder, description="the best"),
            distributionConfigurationArn=a_distribution(imagebuilder, "us-east-1", "eu-west-1"),
        )

        assert [ami.get("description") for ami in made] == ["the best", None]


@needs_member("CreateImageRecipe", "amiWatermarks")
class TestWatermarks:
    """Source: user guide, ami-watermarks."""

    def marks(self, mock, arn):
        return [ami.watermarks for ami in mock.images.amis(arn)]

    def test_they_go_with_every_copy_and_on_to_what_is_built_of_it(
        self, imagebuilder, imagebuilder_mock
    ):
        base = an_image(
            imagebuilder,
            imageRecipeArn=a_recipe(imagebuilder, amiWatermarks=["golden", "hardened"]),
            distributionConfigurationArn=a_distribution(imagebuilder, "us-east-1", "eu-west-1"),
        )
        recipe = a_recipe(imagebuilder, parentImage=base, amiWatermarks=["web", "golden"])

        image = an_image(imagebuilder, imageRecipeArn=recipe)

        assert self.marks(imagebuilder_mock, base) == [("golden", "hardened")] * 2
        assert self.marks(imagebuilder_mock, image) == [("golden", "hardened", "web")]

    def test_with_more_than_five_in_all_the_build_fails(self, imagebuilder, imagebuilder_mock):
        base = an_image(
            imagebuilder, imageRecipeArn=a_recipe(imagebuilder, amiWatermarks=["one", "two"])
        )
        recipe = a_recipe(
            imagebuilder, parentImage=base, amiWatermarks=["abc", "def", "ghi", "jkl"]
        )
        arn = a_build(imagebuilder, imageRecipeArn=recipe)

        imagebuilder_mock.builds.complete(arn)

        image = the_image(imagebuilder, arn)
        assert image["state"]["status"] == "FAILED"
        assert image["state"]["reason"].endswith(
            "The AMI would have 6 watermarks; it can have at most 5."
        )
        assert image["outputResources"] == {"amis": []}


ROLE = "arn:aws:iam::123456789012:role/builder"
LINKED_ROLE = (
    "arn:aws:iam::123456789012:role/aws-service-role/imagebuilder.amazonaws.com/"
    "AWSServiceRoleForImageBuilder"
)


@pytest.mark.imagebuilder(builds="instant")
@needs_member("CreateImage", "executionRole")
class TestServiceLinkedRole:
    """Seen: aws-samples, windows; aws/karpenter-provider-aws#8513, for parameters."""

    @needs_member("CreateDistributionConfiguration", "distributions.ssmParameterConfigurations")
    @pytest.mark.parametrize(
        ("role", "name", "refused"),
        [
            ({}, "/imagebuilder/web", False),
            ({}, "/golden/web", True),
            ({}, "/imagebuilders/web", True),
            ({"executionRole": LINKED_ROLE}, "/golden/web", True),
            ({"executionRole": ROLE}, "/golden/web", False),
        ],
    )
    def test_it_puts_parameters_below_its_own_path(self, imagebuilder, role, name, refused):
        distribution = {
            "region": "us-east-1",
            "ssmParameterConfigurations": [{"parameterName": name}],
        }

        arn = a_build(
            imagebuilder,
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
            **role,
        )

        state = the_image(imagebuilder, arn)["state"]
        assert state["status"] == ("FAILED" if refused else "AVAILABLE")
        assert ("ssm:PutParameter" in state.get("reason", "")) == refused

    @pytest.mark.parametrize(
        ("role", "enabled", "refused"),
        [({}, True, True), ({}, False, False), ({"executionRole": ROLE}, True, False)],
    )
    def test_it_cannot_enable_fast_launch(self, imagebuilder, role, enabled, refused):
        distribution = {
            "region": "us-east-1",
            "fastLaunchConfigurations": [{"enabled": enabled}],
        }

        arn = a_build(
            imagebuilder,
            imageRecipeArn=a_recipe(imagebuilder, parentImage=WINDOWS_PARENT),
            distributionConfigurationArn=a_distribution(imagebuilder, distributions=[distribution]),
            **role,
        )

        state = the_image(imagebuilder, arn)["state"]
        assert state["status"] == ("FAILED" if refused else "AVAILABLE")
        sentence = (
            "Can't enable EC2 Fast Launch. The IAM credentials that you are using do not have "
            "sufficient permissions."
        )
        assert (sentence in state.get("reason", "")) == refused
