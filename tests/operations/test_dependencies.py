"""What is in use cannot be deleted, and what uses what.

Source: API reference, the Delete operations; the text: observed for recipes (test_error_catalogue).
"""

from __future__ import annotations

import pytest

from tests.builders import (
    DOCUMENT,
    OWN,
    a_build,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_image,
    an_infrastructure,
)
from tests.model import needs_member
from tests.refusals import in_use

OTHER_DOCUMENT = DOCUMENT.replace("echo hello", "echo goodbye")

needs_recipe_wildcards = needs_member(
    "CreateImagePipeline", "imageRecipeArn", accepts=f"{OWN}image-recipe/golden/x.x.x"
)


def delete(client, arn):
    operation, params = deletion(client, arn)
    operation(**params)


def deletion(client, arn):
    """The operation that deletes the resource, and its parameters."""
    kind = arn.split(":")[-1].split("/")[0]
    operation, parameter = {
        "component": ("delete_component", "componentBuildVersionArn"),
        "image": ("delete_image", "imageBuildVersionArn"),
        "image-recipe": ("delete_image_recipe", "imageRecipeArn"),
        "image-pipeline": ("delete_image_pipeline", "imagePipelineArn"),
        "infrastructure-configuration": (
            "delete_infrastructure_configuration",
            "infrastructureConfigurationArn",
        ),
        "distribution-configuration": (
            "delete_distribution_configuration",
            "distributionConfigurationArn",
        ),
    }[kind]
    return getattr(client, operation), {parameter: arn}


@pytest.fixture
def is_kept(imagebuilder, refused):
    """Claims that the service does not delete the resource, because it is in use."""

    def check(arn):
        operation, params = deletion(imagebuilder, arn)
        assert refused(operation, **params) == in_use(arn)

    return check


def component_of_a_recipe(client):
    component = a_component(client)
    return component, a_recipe(client, components=[component])


def image_of_a_recipe(client):
    image = an_image(client)
    return image, a_recipe(client, parentImage=image)


def recipe_of_a_pipeline(client):
    recipe = a_recipe(client)
    return recipe, a_pipeline(client, imageRecipeArn=recipe)


def infrastructure_of_a_pipeline(client):
    infrastructure = an_infrastructure(client)
    return infrastructure, a_pipeline(client, infrastructureConfigurationArn=infrastructure)


def distribution_of_a_pipeline(client):
    distribution = a_distribution(client)
    return distribution, a_pipeline(client, distributionConfigurationArn=distribution)


@pytest.mark.parametrize(
    "made",
    [
        component_of_a_recipe,
        image_of_a_recipe,
        recipe_of_a_pipeline,
        infrastructure_of_a_pipeline,
        distribution_of_a_pipeline,
    ],
)
class TestUse:
    def test_what_is_in_use_cannot_go(self, imagebuilder, is_kept, made):
        used, _ = made(imagebuilder)

        is_kept(used)

    def test_after_its_user_it_can(self, imagebuilder, imagebuilder_mock, made):
        used, user = made(imagebuilder)
        delete(imagebuilder, user)

        delete(imagebuilder, used)

        assert used not in [resource.arn for resource in imagebuilder_mock.resources()]


class TestOrder:
    def test_a_stack_goes_from_the_pipeline_down(self, imagebuilder, imagebuilder_mock):
        """Seen: the sweepers of hashicorp/terraform-provider-aws."""
        component = a_component(imagebuilder)
        recipe = a_recipe(imagebuilder, components=[component])
        infrastructure, distribution = an_infrastructure(imagebuilder), a_distribution(imagebuilder)
        pipeline = a_pipeline(
            imagebuilder,
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=infrastructure,
            distributionConfigurationArn=distribution,
        )

        for arn in (pipeline, recipe, component, infrastructure, distribution):
            delete(imagebuilder, arn)

        assert imagebuilder_mock.resources() == []

    def test_with_two_users_both_have_to_go(self, imagebuilder, is_kept):
        recipe = a_recipe(imagebuilder)
        first, second = (a_pipeline(imagebuilder, imageRecipeArn=recipe) for _ in range(2))

        is_kept(recipe)
        delete(imagebuilder, first)
        is_kept(recipe)
        delete(imagebuilder, second)

        delete(imagebuilder, recipe)

    def test_an_image_keeps_nothing(self, imagebuilder):
        """Seen: acceptance tests of hashicorp/terraform-provider-aws delete in any order."""
        component = a_component(imagebuilder)
        recipe = a_recipe(imagebuilder, components=[component])
        infrastructure, distribution = an_infrastructure(imagebuilder), a_distribution(imagebuilder)
        image = an_image(
            imagebuilder,
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=infrastructure,
            distributionConfigurationArn=distribution,
        )

        for arn in (recipe, component, infrastructure, distribution):
            delete(imagebuilder, arn)

        shown = imagebuilder.get_image(imageBuildVersionArn=image)["image"]
        assert shown["imageRecipe"]["arn"] == recipe

    def test_a_pipeline_goes_before_its_images(self, imagebuilder, imagebuilder_mock):
        """Source: API reference, DeleteImagePipeline."""
        pipeline = a_pipeline(imagebuilder)
        image = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)[
            "imageBuildVersionArn"
        ]

        delete(imagebuilder, pipeline)

        assert imagebuilder_mock.builds.running == [image]


class TestUpdates:
    def test_an_update_lets_go_and_takes_hold(self, imagebuilder, is_kept):
        old, new = a_recipe(imagebuilder), a_recipe(imagebuilder)
        infrastructure = an_infrastructure(imagebuilder)
        pipeline = a_pipeline(
            imagebuilder, imageRecipeArn=old, infrastructureConfigurationArn=infrastructure
        )

        imagebuilder.update_image_pipeline(
            imagePipelineArn=pipeline,
            imageRecipeArn=new,
            infrastructureConfigurationArn=infrastructure,
        )

        is_kept(new)
        is_kept(infrastructure)
        delete(imagebuilder, old)

    def test_a_distribution_that_an_update_leaves_out_can_go(self, imagebuilder):
        recipe, infrastructure = a_recipe(imagebuilder), an_infrastructure(imagebuilder)
        distribution = a_distribution(imagebuilder)
        pipeline = a_pipeline(
            imagebuilder,
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=infrastructure,
            distributionConfigurationArn=distribution,
        )

        imagebuilder.update_image_pipeline(
            imagePipelineArn=pipeline,
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=infrastructure,
        )

        delete(imagebuilder, distribution)

        left = imagebuilder.list_distribution_configurations()
        assert left["distributionConfigurationSummaryList"] == []

    def test_what_was_updated_itself_is_still_in_use(self, imagebuilder, is_kept):
        infrastructure, _ = infrastructure_of_a_pipeline(imagebuilder)

        imagebuilder.update_infrastructure_configuration(
            infrastructureConfigurationArn=infrastructure, instanceProfileName="other"
        )

        is_kept(infrastructure)


class TestWildcards:
    @pytest.mark.parametrize("version", ["x.x.x", "2.x.x", "2.1.x", "2.1.0"])
    def test_only_the_newest_match_is_in_use(self, imagebuilder, is_kept, version):
        others = [
            a_component(imagebuilder, name="hello", semanticVersion="1.0.0"),
            a_component(imagebuilder, name="hello", semanticVersion="2.0.0"),
            a_component(imagebuilder, name="hello", semanticVersion="2.1.0"),
        ]
        newest = a_component(
            imagebuilder, name="hello", semanticVersion="2.1.0", data=OTHER_DOCUMENT
        )
        a_recipe(imagebuilder, components=[f"{OWN}component/hello/{version}"])

        is_kept(newest)
        for other in others:
            delete(imagebuilder, other)

    def test_what_a_newer_version_replaces_can_go(self, imagebuilder, is_kept):
        old = a_component(imagebuilder, name="hello", semanticVersion="1.0.0")
        a_recipe(imagebuilder, components=[f"{OWN}component/hello/x.x.x"])
        is_kept(old)

        new = a_component(imagebuilder, name="hello", semanticVersion="1.0.1")

        is_kept(new)
        delete(imagebuilder, old)

    def test_a_version_in_use_by_its_own_arn_too_is_kept(self, imagebuilder, is_kept):
        old = a_component(imagebuilder, name="hello", semanticVersion="1.0.0")
        new = a_component(imagebuilder, name="hello", semanticVersion="1.0.1")
        a_recipe(imagebuilder, components=[f"{OWN}component/hello/x.x.x"])
        a_recipe(imagebuilder, components=[old])

        is_kept(old)
        is_kept(new)

    @needs_recipe_wildcards
    def test_a_pipeline_with_a_wildcard_keeps_the_newest_recipe(self, imagebuilder, is_kept):
        old = a_recipe(imagebuilder, name="golden", semanticVersion="1.0.0")
        new = a_recipe(imagebuilder, name="golden", semanticVersion="1.1.0")
        a_pipeline(imagebuilder, imageRecipeArn=f"{OWN}image-recipe/golden/x.x.x")

        is_kept(new)
        delete(imagebuilder, old)

    def test_a_recipe_with_a_wildcard_keeps_the_newest_available_parent(
        self, imagebuilder, imagebuilder_mock, is_kept
    ):
        recipe = a_recipe(imagebuilder, name="base")
        old, new = (an_image(imagebuilder, imageRecipeArn=recipe) for _ in range(2))
        failed = a_build(imagebuilder, imageRecipeArn=recipe)
        imagebuilder_mock.builds.fail(failed)
        a_recipe(imagebuilder, parentImage=f"{OWN}image/base/x.x.x")

        is_kept(new)
        delete(imagebuilder, old)
        delete(imagebuilder, failed)


class TestElsewhere:
    def test_the_same_name_of_another_account_is_not_in_use(self, imagebuilder, imagebuilder_mock):
        other = imagebuilder_mock.client(account_id="210987654321")
        mine, theirs = (a_component(client, name="hello") for client in (imagebuilder, other))
        a_recipe(imagebuilder, components=[mine])

        delete(other, theirs)

        assert imagebuilder_mock.resources(account_id="210987654321") == []
