"""A new image: the copies it keeps, with every reference resolved."""

from __future__ import annotations

from typing import Any

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.builders import (
    OWN,
    a_build,
    a_component,
    a_distribution,
    a_recipe,
    an_image,
    an_infrastructure,
)
from tests.refusals import invalid_value, over_quota, refusal_of


def image_of(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]


def test_build_numbers_go_up_and_are_never_given_twice(imagebuilder):
    params = {"imageRecipeArn": a_recipe(imagebuilder, name="Web")}
    first = an_image(imagebuilder, **params)
    imagebuilder.delete_image(imageBuildVersionArn=first)

    assert first == f"{OWN}image/web/1.0.0/1"
    assert a_build(imagebuilder, **params) == f"{OWN}image/web/1.0.0/2"


def test_wildcards_are_resolved_when_the_build_begins(imagebuilder):
    old = a_component(imagebuilder, name="nginx", semanticVersion="1.0.0")
    recipe = a_recipe(imagebuilder, components=[f"{OWN}component/nginx/x.x.x"])
    first = a_build(imagebuilder, imageRecipeArn=recipe)
    new = a_component(imagebuilder, name="nginx", semanticVersion="1.1.0")
    second = a_build(imagebuilder, imageRecipeArn=recipe)

    for image, component in ((first, old), (second, new)):
        copy: Any = image_of(imagebuilder, image)["imageRecipe"]
        assert [one["componentArn"] for one in copy["components"]] == [component]
        assert copy["parentImage"].endswith("/1")


def test_an_image_keeps_the_configurations_it_was_built_with(imagebuilder):
    infrastructure = an_infrastructure(imagebuilder, description="old")
    distribution = a_distribution(imagebuilder, description="old")
    arn = a_build(
        imagebuilder,
        infrastructureConfigurationArn=infrastructure,
        distributionConfigurationArn=distribution,
    )

    imagebuilder.update_infrastructure_configuration(
        infrastructureConfigurationArn=infrastructure,
        instanceProfileName="builder",
        description="new",
    )
    imagebuilder.tag_resource(resourceArn=infrastructure, tags={"team": "images"})
    imagebuilder.delete_distribution_configuration(distributionConfigurationArn=distribution)

    image = image_of(imagebuilder, arn)
    assert image["infrastructureConfiguration"]["description"] == "old"
    assert image["infrastructureConfiguration"].get("tags", {}) == {}
    assert image["distributionConfiguration"]["description"] == "old"


def test_a_wildcard_that_means_nothing_any_more_starts_no_build(imagebuilder, imagebuilder_mock):
    component = a_component(imagebuilder, name="nginx")
    reference = f"{OWN}component/nginx/x.x.x"
    recipe = a_recipe(imagebuilder, components=[reference])
    resource = next(one for one in imagebuilder_mock.resources() if one.arn == component)
    resource.state = type(resource.state)("DISABLED")

    refusal = refusal_of(lambda: a_build(imagebuilder, imageRecipeArn=recipe))

    assert refusal == invalid_value(
        "components", f"The provided resource 'Component' does not exist: '{reference}'."
    )
    assert imagebuilder_mock.builds.running == []


def test_a_parent_that_is_not_there_any_more_starts_no_build(imagebuilder, imagebuilder_mock):
    parent = an_image(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="base"))
    reference = f"{OWN}image/base/x.x.x"
    recipe = a_recipe(imagebuilder, parentImage=reference)
    resource = next(one for one in imagebuilder_mock.resources() if one.arn == parent)
    resource.state = type(resource.state)("DISABLED")

    refusal = refusal_of(lambda: a_build(imagebuilder, imageRecipeArn=recipe))

    assert refusal == invalid_value(
        "parentImage", f"The provided resource 'Image' does not exist: '{reference}'."
    )


def test_an_ami_can_be_the_parent(imagebuilder):
    recipe = a_recipe(imagebuilder, parentImage="ami-12345678")

    image = image_of(imagebuilder, an_image(imagebuilder, imageRecipeArn=recipe))

    assert image["imageRecipe"]["parentImage"] == "ami-12345678"
    assert "osVersion" not in image


@pytest.mark.parametrize("end", ["complete", "fail"])
def test_more_builds_at_once_than_the_quota_are_refused(end):
    with mock_imagebuilder(quotas={"concurrent builds": 1}, builds="held") as mock:
        client = mock.client()
        arn = a_build(client)

        assert refusal_of(lambda: a_build(client)) == over_quota("concurrent builds", 1)

        getattr(mock.builds, end)(arn)
        a_build(client)
