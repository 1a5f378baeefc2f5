"""Which build a version or wildcard means, and the copies that an image keeps."""

from __future__ import annotations

import pytest

from tests.build_views import status, the_image
from tests.builders import (
    DOCUMENT,
    MANAGED_PARENT,
    OWN,
    a_build,
    a_component,
    a_distribution,
    a_recipe,
    an_image,
    an_infrastructure,
)
from tests.model import modelled
from tests.refusals import not_found


@pytest.mark.imagebuilder(builds="held")
class TestSelection:
    """Source: API reference, GetImage: a version or wildcard means AVAILABLE builds alone."""

    @pytest.fixture
    def builds(self, imagebuilder, imagebuilder_mock):
        """Available: 1.0.0/1, 1.0.0/2, 2.0.0/1. Not: 1.0.0/3, 2.0.0/2, 3.0.0/1."""
        infrastructure = an_infrastructure(imagebuilder)
        arns = {}
        for version, ends in (("1.0.0", "cc-"), ("2.0.0", "cf"), ("3.0.0", "-")):
            recipe = a_recipe(imagebuilder, name="golden", semanticVersion=version)
            for end in ends:
                arn = a_build(
                    imagebuilder,
                    imageRecipeArn=recipe,
                    infrastructureConfigurationArn=infrastructure,
                )
                arns[arn.removeprefix(f"{OWN}image/golden/")] = arn
                if end == "c":
                    imagebuilder_mock.builds.complete(arn)
                elif end == "f":
                    imagebuilder_mock.builds.fail(arn)
        return arns

    @pytest.mark.parametrize(
        ("version", "expected"),
        [
            ("1.0.0", "1.0.0/2"),
            ("1.0.x", "1.0.0/2"),
            ("1.x.x", "1.0.0/2"),
            ("2.0.0", "2.0.0/1"),
            ("x.x.x", "2.0.0/1"),
        ],
    )
    def test_the_newest_available_build_is_meant(self, imagebuilder, builds, version, expected):
        image = the_image(imagebuilder, f"{OWN}image/golden/{version}")

        assert image["arn"] == builds[expected]

    @pytest.mark.parametrize("version", ["3.0.0", "3.x.x", "4.x.x", "1.1.x"])
    @pytest.mark.usefixtures("builds")
    def test_without_one_nothing_is_found(self, imagebuilder, refused, version):
        arn = f"{OWN}image/golden/{version}"

        assert refused(imagebuilder.get_image, imageBuildVersionArn=arn) == not_found("Image", arn)

    def test_the_arn_of_a_build_means_it_in_any_state(self, imagebuilder, builds):
        states = [status(imagebuilder, builds[build]) for build in ("1.0.0/3", "2.0.0/2")]

        assert states == ["PENDING", "FAILED"]


class TestCopies:
    def test_a_recipe_is_copied_with_its_wildcards_resolved(self, imagebuilder):
        """Seen: a captured build of 2023."""
        component = a_component(imagebuilder, name="hello")
        recipe = a_recipe(imagebuilder, components=[f"{OWN}component/hello/x.x.x"])
        arn = a_build(imagebuilder, imageRecipeArn=recipe)
        a_component(imagebuilder, name="hello", semanticVersion="2.0.0")

        copy = the_image(imagebuilder, arn)["imageRecipe"]

        assert set(copy) == modelled(
            "GetImage",
            "image.imageRecipe",
            {
                "additionalInstanceConfiguration",
                "arn",
                "blockDeviceMappings",
                "components",
                "dateCreated",
                "name",
                "parentImage",
                "platform",
                "tags",
                "version",
            },
        )
        assert copy["components"] == [{"componentArn": component}]
        assert copy["parentImage"] == the_image(imagebuilder, MANAGED_PARENT)["arn"]
        assert copy["blockDeviceMappings"] == []
        assert copy["additionalInstanceConfiguration"] == {}

    def test_the_next_build_takes_what_is_new(self, imagebuilder):
        a_component(imagebuilder, name="hello")
        recipe = a_recipe(imagebuilder, components=[f"{OWN}component/hello/1.x.x"])
        a_build(imagebuilder, imageRecipeArn=recipe)
        newer = a_component(
            imagebuilder, name="hello", data=DOCUMENT.replace("echo hello", "echo goodbye")
        )

        second = a_build(imagebuilder, imageRecipeArn=recipe)

        copy = the_image(imagebuilder, second)["imageRecipe"]
        assert copy["components"] == [{"componentArn": newer}]

    def test_later_updates_change_nothing(self, imagebuilder):
        infrastructure = an_infrastructure(imagebuilder, description="old")
        distribution = a_distribution(imagebuilder, description="old")
        arn = a_build(
            imagebuilder,
            infrastructureConfigurationArn=infrastructure,
            distributionConfigurationArn=distribution,
        )
        before = the_image(imagebuilder, arn)

        imagebuilder.update_infrastructure_configuration(
            infrastructureConfigurationArn=infrastructure, instanceProfileName="other"
        )
        imagebuilder.update_distribution_configuration(
            distributionConfigurationArn=distribution,
            distributions=[
                {
                    "region": "eu-west-1",
                    "amiDistributionConfiguration": {"name": "{{ imagebuilder:buildDate }}"},
                }
            ],
        )

        after = the_image(imagebuilder, arn)
        for member in ("infrastructureConfiguration", "distributionConfiguration"):
            assert after[member] == before[member]
            assert "dateUpdated" not in after[member]
            assert after[member]["description"] == "old"

    def test_the_next_build_has_the_update(self, imagebuilder):
        arn = an_infrastructure(imagebuilder)
        a_build(imagebuilder, infrastructureConfigurationArn=arn)
        imagebuilder.update_infrastructure_configuration(
            infrastructureConfigurationArn=arn, instanceProfileName="other"
        )

        second = a_build(imagebuilder, infrastructureConfigurationArn=arn)

        copy = the_image(imagebuilder, second)["infrastructureConfiguration"]
        assert copy["instanceProfileName"] == "other"

    def test_what_a_test_changes_itself_is_in_the_next_build(self, imagebuilder, imagebuilder_mock):
        arn = an_infrastructure(imagebuilder, tags={"stage": "test"})
        first = a_build(imagebuilder, infrastructureConfigurationArn=arn)
        [own] = imagebuilder_mock.resources("infrastructure-configuration")
        own.instance_types = ["m5.large"]
        second = a_build(imagebuilder, infrastructureConfigurationArn=arn)
        own.tags["stage"] = "production"

        third = a_build(imagebuilder, infrastructureConfigurationArn=arn)

        seen = [
            the_image(imagebuilder, build)["infrastructureConfiguration"]
            for build in (first, second, third)
        ]
        assert [copy.get("instanceTypes") for copy in seen] == [None, ["m5.large"], ["m5.large"]]
        assert [copy["tags"]["stage"] for copy in seen] == ["test", "test", "production"]

    def test_they_outlive_what_they_were_copied_from(self, imagebuilder):
        recipe, infrastructure = a_recipe(imagebuilder), an_infrastructure(imagebuilder)
        arn = an_image(
            imagebuilder, imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure
        )
        before = the_image(imagebuilder, arn)

        imagebuilder.delete_image_recipe(imageRecipeArn=recipe)
        imagebuilder.delete_infrastructure_configuration(
            infrastructureConfigurationArn=infrastructure
        )

        assert the_image(imagebuilder, arn) == before
