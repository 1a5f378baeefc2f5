"""CreateImageRecipe, GetImageRecipe, ListImageRecipes, DeleteImageRecipe."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from tests.builders import (
    AMAZON,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    OWN,
    WINDOWS_PARENT,
    a_build,
    a_component,
    a_recipe,
)
from tests.model import modelled, needs_member, needs_optional, needs_output
from tests.refusals import Refusal, already_exists, invalid_value, not_found

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
WINDOWS_COMPONENT = MANAGED_COMPONENT.replace("linux", "windows")

needs_placeholders = needs_member("CreateImageRecipe", "semanticVersion", accepts="1.0.x")
needs_wildcards = needs_member(
    "GetImageRecipe", "imageRecipeArn", accepts=f"{OWN}image-recipe/golden/x.x.x"
)


def the_recipe(client, arn):
    return client.get_image_recipe(imageRecipeArn=arn)["imageRecipe"]


def recipe_arns(client, **params):
    entries = client.list_image_recipes(**params)["imageRecipeSummaryList"]
    return [entry["arn"].removeprefix(f"{OWN}image-recipe/") for entry in entries]


class TestCreate:
    def test_it_answers_the_arn(self, imagebuilder):
        answer = imagebuilder.create_image_recipe(
            name="My_Recipe One",
            semanticVersion="1.2.3",
            parentImage=MANAGED_PARENT,
            components=[{"componentArn": MANAGED_COMPONENT}],
            clientToken="t",
        )

        assert set(answer) == modelled(
            "CreateImageRecipe",
            "",
            {"requestId", "clientToken", "imageRecipeArn", "latestVersionReferences"},
        ) | {"ResponseMetadata"}
        assert answer["imageRecipeArn"] == f"{OWN}image-recipe/my-recipe-one/1.2.3"

    @needs_output("CreateImageRecipe", "latestVersionReferences")
    def test_it_answers_the_arns_by_which_to_follow_the_name(self, imagebuilder):
        answer = imagebuilder.create_image_recipe(
            name="golden", semanticVersion="1.2.3", parentImage=MANAGED_PARENT
        )

        assert answer["latestVersionReferences"] == {
            "latestVersionArn": f"{OWN}image-recipe/golden/x.x.x",
            "latestMajorVersionArn": f"{OWN}image-recipe/golden/1.x.x",
            "latestMinorVersionArn": f"{OWN}image-recipe/golden/1.2.x",
            "latestPatchVersionArn": f"{OWN}image-recipe/golden/1.2.3",
        }

    @pytest.mark.parametrize("name", ["golden-image", "Golden_Image", "GOLDEN IMAGE"])
    def test_a_name_and_version_can_be_used_once(self, imagebuilder, refused, name):
        """Seen: ministryofjustice/modernisation-platform-ami-builds#549."""
        arn = a_recipe(imagebuilder, name="Golden Image")

        refusal = refused(
            imagebuilder.create_image_recipe,
            name=name,
            semanticVersion="1.0.0",
            parentImage="ami-0123456789abcdef0",
            components=[{"componentArn": MANAGED_COMPONENT}],
        )

        assert refusal == already_exists("ImageRecipe", arn)

    def test_a_deleted_version_can_be_made_again(self, imagebuilder):
        first = a_recipe(imagebuilder, name="golden")
        imagebuilder.delete_image_recipe(imageRecipeArn=first)

        assert a_recipe(imagebuilder, name="golden") == first

    def test_a_number_above_30_bits_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_image_recipe,
            name="golden",
            semanticVersion="1.0.1073741824",
            parentImage=MANAGED_PARENT,
            components=[{"componentArn": MANAGED_COMPONENT}],
        )

        assert refusal == Refusal(
            "InvalidVersionNumberException",
            400,
            "The supplied semantic version does not follow the required format. Each number must "
            "be between 0 and 1073741823.",
        )


@needs_placeholders
class TestPlaceholders:
    """Sources: user guide, create-image-recipes; ec2-image-builder-roadmap#110, #85."""

    def made(self, client, *versions):
        return [
            a_recipe(client, name="golden", semanticVersion=version).rpartition("/")[2]
            for version in versions
        ]

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("1.0.x", ["1.0.0", "1.0.1", "1.0.2"]),
            ("1.x.0", ["1.0.0", "1.1.0", "1.2.0"]),
            ("x.2.0", ["0.2.0", "1.2.0", "2.2.0"]),
        ],
    )
    def test_the_first_number_is_0(self, imagebuilder, template, expected):
        """Samples of AWS (debugging, lifecycle); for ``1.x.0`` TF pull request 45288."""
        assert self.made(imagebuilder, *[template] * 3) == expected

    @pytest.mark.parametrize(
        ("template", "expected"),
        [("2.0.x", "2.0.8"), ("2.x.7", "2.1.7"), ("x.0.7", "3.0.7"), ("x.9.9", "0.9.9")],
    )
    def test_it_is_one_above_the_highest_in_its_place(self, imagebuilder, template, expected):
        self.made(imagebuilder, "1.0.7", "2.0.7", "2.0.3")

        assert self.made(imagebuilder, template) == [expected]

    def test_zero_counts_too(self, imagebuilder):
        assert self.made(imagebuilder, "1.0.0", "1.0.x") == ["1.0.0", "1.0.1"]

    def test_a_number_is_never_used_again(self, imagebuilder):
        self.made(imagebuilder, "1.0.x", "1.0.x")
        imagebuilder.delete_image_recipe(imageRecipeArn=f"{OWN}image-recipe/golden/1.0.1")

        assert self.made(imagebuilder, "1.0.x") == ["1.0.2"]

    @pytest.mark.parametrize("version", ["x.x.x", "1.x.x", "x.0.x"])
    def test_there_is_one_at_most(self, imagebuilder, refused, version):
        """The sentence is the user guide's, create-image-recipes."""
        refusal = refused(
            imagebuilder.create_image_recipe,
            name="golden",
            semanticVersion=version,
            parentImage=MANAGED_PARENT,
        )

        assert refusal == Refusal(
            "InvalidVersionNumberException",
            400,
            "The supplied semantic version does not follow the required format",
        )

    def test_the_highest_number_has_no_next(self, imagebuilder, refused):
        self.made(imagebuilder, "1.0.1073741823")

        refusal = refused(
            imagebuilder.create_image_recipe,
            name="golden",
            semanticVersion="1.0.x",
            parentImage=MANAGED_PARENT,
        )

        assert refusal == Refusal(
            "InvalidVersionNumberException",
            400,
            "The supplied semantic version does not follow the required format. No number is left "
            "for the placeholder.",
        )


class TestGet:
    @pytest.mark.imagebuilder(now=A_TIME)
    @needs_optional("CreateImageRecipe", "components")
    def test_what_is_not_given_is_absent(self, imagebuilder):
        """Seen: terraform-provider-aws, image_recipe_test.go; cloudsploit, imagebuilder specs."""
        arn = a_recipe(imagebuilder, name="Golden")

        answer = imagebuilder.get_image_recipe(imageRecipeArn=arn)

        assert set(answer) == {
            "requestId",
            "imageRecipe",
            "latestVersionReferences",
            "ResponseMetadata",
        }
        assert answer["imageRecipe"] == {
            "arn": f"{OWN}image-recipe/golden/1.0.0",
            "name": "Golden",
            "platform": "Linux",
            "owner": "123456789012",
            "version": "1.0.0",
            "parentImage": MANAGED_PARENT,
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "tags": {},
        }

    def test_what_is_given_is_shown(self, imagebuilder):
        """Seen: terraform-provider-aws, image_recipe_test.go (mappings come back as sent)."""
        given = {
            "description": "golden",
            "workingDirectory": "/opt",
            "blockDeviceMappings": [
                {"deviceName": "/dev/xvda"},
                {"ebs": {"iops": 100}},
                {"noDevice": ""},
                {"virtualName": "ephemeral0"},
                {
                    "deviceName": "/dev/xvdb",
                    "ebs": {"encrypted": True, "volumeSize": 8, "volumeType": "gp3"},
                },
            ],
            "additionalInstanceConfiguration": {
                "systemsManagerAgent": {"uninstallAfterBuild": True},
                "userDataOverride": "ZWNobw==",
            },
            "tags": {"team": "images"},
        }
        arn = a_recipe(imagebuilder, **given)

        recipe = the_recipe(imagebuilder, arn)

        assert {name: recipe[name] for name in given} == given

    @needs_member("CreateImageRecipe", "amiTags")
    @needs_member("CreateImageRecipe", "amiWatermarks")
    def test_tags_and_watermarks_of_the_ami_are_shown(self, imagebuilder):
        given = {"amiTags": {"team": "images"}, "amiWatermarks": ["golden", "Golden"]}
        arn = a_recipe(imagebuilder, **given)

        recipe = the_recipe(imagebuilder, arn)

        assert {name: recipe[name] for name in given} == given

    def test_references_come_back_as_they_were_written(self, imagebuilder):
        """Seen: terraform-provider-aws, image_recipe_test.go; cloudsploit, imagebuilder specs."""
        build = a_component(imagebuilder, name="hello")
        components = [
            {"componentArn": MANAGED_COMPONENT},
            {"componentArn": build},
            {"componentArn": f"{AMAZON}component/hello-world-linux/1.x.x"},
        ]

        recipe = the_recipe(imagebuilder, a_recipe(imagebuilder, components=components))

        assert recipe["components"] == components
        assert recipe["parentImage"] == MANAGED_PARENT

    @needs_wildcards
    @pytest.mark.parametrize(
        ("version", "expected"),
        [("x.x.x", "2.2.4"), ("1.x.x", "1.7.8"), ("1.6.x", "1.6.8"), ("1.7.8", "1.7.8")],
    )
    def test_a_wildcard_means_the_highest_version(self, imagebuilder, version, expected):
        for number in ("2.2.4", "1.7.8", "1.6.8"):
            a_recipe(imagebuilder, name="golden", semanticVersion=number)

        found = the_recipe(imagebuilder, f"{OWN}image-recipe/golden/{version}")

        assert found["version"] == expected

    @needs_wildcards
    @pytest.mark.parametrize("version", ["x.2.x", "1.x.8"])
    def test_right_of_a_wildcard_there_are_only_wildcards(self, imagebuilder, refused, version):
        refusal = refused(
            imagebuilder.get_image_recipe, imageRecipeArn=f"{OWN}image-recipe/golden/{version}"
        )

        assert refusal == invalid_value(
            "imageRecipeArn",
            f"The version '{version}' has a wildcard that is followed by a number. Every node to "
            "the right of the first wildcard must be a wildcard.",
        )

    @pytest.mark.parametrize("version", ["1.0.1", pytest.param("2.x.x", marks=needs_wildcards)])
    def test_what_is_not_there_is_not_found(self, imagebuilder, refused, version):
        """Seen: terraform-provider-aws, image_recipe_test.go (the code)."""
        a_recipe(imagebuilder, name="golden")
        arn = f"{OWN}image-recipe/golden/{version}"

        assert refused(imagebuilder.get_image_recipe, imageRecipeArn=arn) == not_found(
            "ImageRecipe", arn
        )


class TestList:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_an_entry_is_a_version(self, imagebuilder):
        """Seen: cloudsploit, imagebuilder specs (no version member)."""
        a_recipe(imagebuilder, name="Golden", description="hidden", tags={"team": "images"})

        answer = imagebuilder.list_image_recipes()

        assert set(answer) == {"requestId", "imageRecipeSummaryList", "ResponseMetadata"}
        assert answer["imageRecipeSummaryList"] == [
            {
                "arn": f"{OWN}image-recipe/golden/1.0.0",
                "name": "Golden",
                "platform": "Linux",
                "owner": "123456789012",
                "parentImage": MANAGED_PARENT,
                "dateCreated": "2026-01-02T03:04:05.678Z",
                "tags": {"team": "images"},
            }
        ]

    def test_the_oldest_is_listed_first(self, imagebuilder):
        for version in ("2.0.0", "1.0.0"):
            a_recipe(imagebuilder, name="golden", semanticVersion=version)
        a_recipe(imagebuilder, name="another")

        assert recipe_arns(imagebuilder) == ["golden/2.0.0", "golden/1.0.0", "another/1.0.0"]

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("name", "Golden", "golden/1.0.0"),
            ("parentImage", "ami-0123456789abcdef0", "by-id/1.0.0"),
            ("platform", "Windows", "windows/1.0.0"),
        ],
    )
    def test_each_filter(self, imagebuilder, name, value, expected):
        """Source: API reference, ListImageRecipes."""
        a_recipe(imagebuilder, name="Golden")
        a_recipe(imagebuilder, name="By id", parentImage="ami-0123456789abcdef0")
        a_recipe(imagebuilder, name="windows", parentImage=WINDOWS_PARENT)

        found = recipe_arns(imagebuilder, filters=[{"name": name, "values": [value]}])

        assert found == [expected]

    def test_an_unknown_filter_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_image_recipes, filters=[{"name": "version", "values": ["1.0.0"]}]
        )

        assert refusal == invalid_value(
            "filters[0].name",
            "'version' is not a filter of this operation. Valid filters are: name, parentImage, "
            "platform.",
        )

    @pytest.mark.parametrize("owner", ["Amazon", "Shared", "ThirdParty"])
    def test_others_have_none(self, imagebuilder, owner):
        a_recipe(imagebuilder, name="mine")

        assert recipe_arns(imagebuilder, owner=owner) == []
        assert recipe_arns(imagebuilder, owner="Self") == ["mine/1.0.0"]


class TestDelete:
    def test_it_answers_the_arn(self, imagebuilder):
        arn = a_recipe(imagebuilder)

        answer = imagebuilder.delete_image_recipe(imageRecipeArn=arn)

        assert set(answer) == {"requestId", "imageRecipeArn", "ResponseMetadata"}
        assert answer["imageRecipeArn"] == arn

    def test_a_deleted_recipe_is_gone(self, imagebuilder, refused):
        arn = a_recipe(imagebuilder)
        imagebuilder.delete_image_recipe(imageRecipeArn=arn)

        for operation in (imagebuilder.get_image_recipe, imagebuilder.delete_image_recipe):
            assert refused(operation, imageRecipeArn=arn) == not_found("ImageRecipe", arn)
        assert recipe_arns(imagebuilder) == []

    @needs_wildcards
    def test_a_wildcard_deletes_nothing(self, imagebuilder, refused):
        a_recipe(imagebuilder, name="golden")

        refusal = refused(
            imagebuilder.delete_image_recipe, imageRecipeArn=f"{OWN}image-recipe/golden/x.x.x"
        )

        assert refusal == invalid_value(
            "imageRecipeArn", "A recipe is deleted by its exact version."
        )


class TestNesting:
    @needs_optional("CreateImageRecipe", "components")
    @pytest.mark.parametrize("member", ["tags", "blockDeviceMappings"])
    def test_what_the_caller_does_to_an_answer_changes_nothing(self, imagebuilder, member):
        arn = a_recipe(
            imagebuilder,
            tags={"team": "images"},
            blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 8}}],
        )
        before = the_recipe(imagebuilder, arn)

        the_recipe(imagebuilder, arn)[member].clear()
        the_recipe(imagebuilder, arn)["blockDeviceMappings"][0]["ebs"]["volumeSize"] = 9

        assert the_recipe(imagebuilder, arn) == before

    def test_what_the_caller_does_to_the_request_later_changes_nothing(self, imagebuilder):
        mappings: list[dict[str, Any]] = [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 8}}]
        arn = a_recipe(imagebuilder, blockDeviceMappings=mappings)

        mappings[0]["ebs"]["volumeSize"] = 9

        assert the_recipe(imagebuilder, arn)["blockDeviceMappings"] == [
            {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 8}}
        ]


def test_a_windows_recipe_has_windows_components(imagebuilder):
    arn = a_recipe(imagebuilder, parentImage=WINDOWS_PARENT, components=[WINDOWS_COMPONENT])

    assert the_recipe(imagebuilder, arn)["platform"] == "Windows"


class TestDatesAsVersions:
    """As in the awscli examples: 2019.12.02."""

    def test_a_version_stays_as_it_was_written(self, imagebuilder):
        component = a_component(imagebuilder, name="dated", semanticVersion="2026.01.02")
        recipe = a_recipe(
            imagebuilder, name="dated", semanticVersion="2026.01.02", components=[component]
        )
        image = a_build(imagebuilder, imageRecipeArn=recipe)

        assert component == f"{OWN}component/dated/2026.01.02/1"
        assert recipe == f"{OWN}image-recipe/dated/2026.01.02"
        assert image == f"{OWN}image/dated/2026.01.02/1"
        found = imagebuilder.get_image_recipe(imageRecipeArn=recipe)
        assert found["imageRecipe"]["version"] == "2026.01.02"

    def test_it_is_the_version_without_the_zeros(self, imagebuilder, refused):
        recipe = a_recipe(imagebuilder, name="dated", semanticVersion="2026.01.02")

        refusal = refused(
            imagebuilder.create_image_recipe,
            name="dated",
            semanticVersion="2026.1.2",
            parentImage=MANAGED_PARENT,
            components=[{"componentArn": MANAGED_COMPONENT}],
        )

        assert refusal == already_exists("ImageRecipe", recipe)

    @needs_member("CreateImageRecipe", "semanticVersion", accepts="1.0.x")
    def test_a_placeholder_keeps_what_is_beside_it(self, imagebuilder):
        a_recipe(imagebuilder, name="dated", semanticVersion="2026.01.02")

        recipe = a_recipe(imagebuilder, name="dated", semanticVersion="2026.01.x")

        assert recipe == f"{OWN}image-recipe/dated/2026.01.3"
