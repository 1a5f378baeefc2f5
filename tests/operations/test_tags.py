"""TagResource, UntagResource, ListTagsForResource, and the tags that resources show.

Seen: the tags tests of hashicorp/terraform-provider-aws. Limits: API reference, TagMap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.builders import (
    AMAZON,
    DOCUMENT,
    OWN,
    a_build,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.model import needs_member
from tests.refusals import Refusal, invalid_value, refusal_of
from tests.workflow_builders import a_workflow

if TYPE_CHECKING:
    from collections.abc import Callable

FIFTY = {f"key-{number}": "value" for number in range(50)}


class Kind(NamedTuple):
    """A taggable type: how one is made, and how it is read."""

    make: Callable[..., str]
    member: str
    parameter: str

    def tags_of(self, client: Any, arn: str) -> Any:
        """The tags that its Get operation shows."""
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in self.member)
        return getattr(client, f"get_{name}")(**{self.parameter: arn})[self.member]["tags"]


KINDS = [
    Kind(a_component, "component", "componentBuildVersionArn"),
    Kind(a_recipe, "imageRecipe", "imageRecipeArn"),
    Kind(an_infrastructure, "infrastructureConfiguration", "infrastructureConfigurationArn"),
    Kind(a_distribution, "distributionConfiguration", "distributionConfigurationArn"),
    Kind(a_pipeline, "imagePipeline", "imagePipelineArn"),
    Kind(a_build, "image", "imageBuildVersionArn"),
    Kind(a_workflow, "workflow", "workflowBuildVersionArn"),
]


def tags(client, arn):
    return client.list_tags_for_resource(resourceArn=arn)["tags"]


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.member) for kind in KINDS])
class TestEachKind:
    def test_tags_of_the_making_are_shown_and_listed(self, imagebuilder, kind):
        arn = kind.make(imagebuilder, tags={"team": "images", "empty": ""})

        assert kind.tags_of(imagebuilder, arn) == {"team": "images", "empty": ""}
        assert tags(imagebuilder, arn) == {"team": "images", "empty": ""}

    def test_without_tags_there_is_an_empty_map(self, imagebuilder, kind):
        """Seen: a captured build of 2023; cloudsploit, imagebuilder specs."""
        arn = kind.make(imagebuilder)

        assert kind.tags_of(imagebuilder, arn) == tags(imagebuilder, arn) == {}

    def test_tags_are_added_replaced_and_taken_away(self, imagebuilder, kind):
        arn = kind.make(imagebuilder, tags={"kept": "1", "changed": "2", "gone": "3"})

        imagebuilder.tag_resource(resourceArn=arn, tags={"changed": "4", "new": "5"})
        imagebuilder.untag_resource(resourceArn=arn, tagKeys=["gone", "never-there"])

        expected = {"kept": "1", "changed": "4", "new": "5"}
        assert kind.tags_of(imagebuilder, arn) == tags(imagebuilder, arn) == expected

    def test_fifty_are_the_most(self, imagebuilder, refused, kind):
        arn = kind.make(imagebuilder, tags=FIFTY)

        refusal = refused(imagebuilder.tag_resource, resourceArn=arn, tags={"one-more": ""})

        assert refusal == Refusal(
            "InvalidParameterException",
            400,
            "The value supplied for parameter 'tags' is not valid. A resource can have at most 50 "
            "tags.",
        )

    def test_one_of_fifty_can_be_replaced(self, imagebuilder, kind):
        arn = kind.make(imagebuilder, tags=FIFTY)

        imagebuilder.tag_resource(resourceArn=arn, tags={"key-7": "other"})

        assert tags(imagebuilder, arn) == {**FIFTY, "key-7": "other"}

    def test_more_than_fifty_cannot_be_made_with(self, imagebuilder, kind):
        too_many = {**FIFTY, "one-more": ""}

        refusal = refusal_of(lambda: kind.make(imagebuilder, tags=too_many))

        assert refusal == invalid_value("tags", "'tags' must contain at most 50 entries")

    def test_keys_of_aws_are_refused(self, imagebuilder, refused, kind):
        arn = kind.make(imagebuilder)

        added = refused(imagebuilder.tag_resource, resourceArn=arn, tags={"aws:owner": "me"})
        made = refusal_of(lambda: kind.make(imagebuilder, tags={"aws:owner": "me"}))

        # What is called so for the tagging operations has its usual name elsewhere.
        assert (added.code, added.status) == ("InvalidParameterException", 400)
        assert (made.code, made.status) == ("InvalidParameterValueException", 400)
        assert added.message == made.message
        assert added.message.startswith("The value supplied for parameter 'tags.aws:owner' is not")

    def test_a_deleted_resource_has_none(self, imagebuilder, imagebuilder_mock, refused, kind):
        arn = kind.make(imagebuilder)
        if kind.member == "image":
            imagebuilder_mock.builds.complete(arn)
        delete = kind.parameter.replace("Arn", "").replace("BuildVersion", "")
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in delete)
        getattr(imagebuilder, f"delete_{name}")(**{kind.parameter: arn})

        assert refused(imagebuilder.list_tags_for_resource, resourceArn=arn).status == 404


class TestAnswers:
    def test_they_hold_the_tags_and_nothing_else(self, imagebuilder):
        """Seen: awscli examples."""
        arn = a_component(imagebuilder, tags={"team": "images"})

        added = imagebuilder.tag_resource(resourceArn=arn, tags={"a": "b"})
        taken = imagebuilder.untag_resource(resourceArn=arn, tagKeys=["a"])
        listed = imagebuilder.list_tags_for_resource(resourceArn=arn)

        assert set(added) == set(taken) == {"ResponseMetadata"}
        assert set(listed) == {"tags", "ResponseMetadata"}


class TestUnknown:
    @pytest.mark.parametrize(
        "arn",
        [
            pytest.param(f"{OWN}component/other/1.0.0/1", id="component"),
            pytest.param(f"{OWN}image/other/1.0.0/1", id="image"),
            pytest.param(f"{OWN}image-recipe/other/1.0.0", id="recipe"),
            pytest.param(f"{OWN}image-pipeline/other", id="pipeline"),
            pytest.param(f"{OWN}component/hello/1.0.0", id="a version, not a build"),
            pytest.param(f"{AMAZON}component/update-linux/1.0.0/1", id="Amazon's"),
            pytest.param(
                "arn:aws:imagebuilder:us-east-1:210987654321:component/hello/1.0.0/1",
                id="another account's",
            ),
            pytest.param(
                "arn:aws:imagebuilder:eu-west-1:123456789012:component/hello/1.0.0/1",
                id="another Region's",
            ),
        ],
    )
    def test_what_is_not_there_has_no_tags(self, imagebuilder, refused, arn):
        a_component(imagebuilder, name="hello")

        refusals = [
            refused(imagebuilder.list_tags_for_resource, resourceArn=arn),
            refused(imagebuilder.tag_resource, resourceArn=arn, tags={"a": "b"}),
            refused(imagebuilder.untag_resource, resourceArn=arn, tagKeys=["a"]),
        ]

        assert {(refusal.code, refusal.status) for refusal in refusals} == {
            ("ResourceNotFoundException", 404)
        }
        assert all(arn in refusal.message for refusal in refusals)

    def test_what_is_no_arn_is_refused(self, imagebuilder, refused):
        code, status, message = refused(imagebuilder.list_tags_for_resource, resourceArn="hello")

        assert (code, status) == ("InvalidParameterException", 400)
        assert "'resourceArn' must match pattern" in message


class TestUpdates:
    def test_an_update_keeps_the_tags(self, imagebuilder):
        given = {"tags": {"team": "images"}}
        infrastructure = an_infrastructure(imagebuilder, **given)
        distribution = a_distribution(imagebuilder, **given)
        recipe = a_recipe(imagebuilder)
        parts = {"imageRecipeArn": recipe, "infrastructureConfigurationArn": infrastructure}
        pipeline = a_pipeline(imagebuilder, **parts, **given)

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
        imagebuilder.update_image_pipeline(imagePipelineArn=pipeline, **parts)

        for arn in (infrastructure, distribution, pipeline):
            assert tags(imagebuilder, arn) == {"team": "images"}


class TestBuilds:
    def test_each_build_has_its_own(self, imagebuilder):
        """Seen: hashicorp/terraform-provider-aws, component_test.go."""
        first = a_component(imagebuilder, name="hello", tags={"build": "1"})
        second = a_component(
            imagebuilder,
            name="hello",
            data=DOCUMENT.replace("echo hello", "echo goodbye"),
            tags={"build": "2"},
        )

        assert [tags(imagebuilder, arn) for arn in (first, second)] == [
            {"build": "1"},
            {"build": "2"},
        ]

    def test_an_image_has_neither_its_recipes_tags_nor_its_pipelines(self, imagebuilder):
        """Seen: a captured build of 2023."""
        recipe = a_recipe(imagebuilder, tags={"of": "recipe"})
        pipeline = a_pipeline(imagebuilder, imageRecipeArn=recipe, tags={"of": "pipeline"})

        answer = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)

        assert tags(imagebuilder, answer["imageBuildVersionArn"]) == {}

    @needs_member("StartImagePipelineExecution", "tags")
    def test_a_run_by_hand_can_have_its_own(self, imagebuilder):
        answer = imagebuilder.start_image_pipeline_execution(
            imagePipelineArn=a_pipeline(imagebuilder), tags={"of": "run"}
        )

        assert tags(imagebuilder, answer["imageBuildVersionArn"]) == {"of": "run"}

    def test_later_tags_are_not_those_of_an_images_copies(self, imagebuilder):
        given = {"tags": {"stage": "test"}}
        made = {
            "imageRecipe": a_recipe(imagebuilder, **given),
            "infrastructureConfiguration": an_infrastructure(imagebuilder, **given),
            "distributionConfiguration": a_distribution(imagebuilder, **given),
        }
        arn = a_build(imagebuilder, **{f"{member}Arn": made[member] for member in made})

        for original in made.values():
            imagebuilder.tag_resource(resourceArn=original, tags={"stage": "production"})

        newer = a_build(imagebuilder, **{f"{member}Arn": made[member] for member in made})
        for build, stage in ((arn, "test"), (newer, "production")):
            image: Any = imagebuilder.get_image(imageBuildVersionArn=build)["image"]
            assert [image[member]["tags"] for member in made] == [{"stage": stage}] * 3
