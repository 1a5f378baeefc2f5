"""CreateContainerRecipe, GetContainerRecipe, ListContainerRecipes, DeleteContainerRecipe."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import (
    AMAZON,
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    OWN,
    a_component,
    an_infrastructure,
)
from tests.container_builders import (
    CONTAINER_PARENT,
    TEMPLATE,
    WINDOWS_CONTAINER_PARENT,
    a_container_pipeline,
    a_container_recipe,
    container_params,
)
from tests.model import modelled, needs_member, needs_optional, needs_output
from tests.refusals import (
    Refusal,
    already_exists,
    in_use,
    invalid_combination,
    invalid_value,
    not_found,
    over_quota,
)

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
PARENT_ONLY = "FROM {{{ imagebuilder:parentImage }}}\n"
REGISTRY_PARENT = "123456789012.dkr.ecr.us-east-1.amazonaws.com/base:1"
PUBLIC_PARENT = "public.ecr.aws/amazonlinux/amazonlinux:2023"

A_WILDCARD = "arn:aws:imagebuilder:us-east-1:123456789012:container-recipe/app/x.x.x"

needs_placeholders = needs_member("CreateContainerRecipe", "semanticVersion", accepts="1.0.x")


def the_recipe(client, arn):
    return client.get_container_recipe(containerRecipeArn=arn)["containerRecipe"]


def recipe_arns(client, **params):
    entries = client.list_container_recipes(**params)["containerRecipeSummaryList"]
    return [entry["arn"].removeprefix(f"{OWN}container-recipe/") for entry in entries]


def refusal_of_create(refused, client, **params):
    return refused(client.create_container_recipe, **container_params(client, **params))


class TestCreate:
    def test_it_answers_the_arn(self, imagebuilder):
        answer = imagebuilder.create_container_recipe(
            **container_params(imagebuilder, name="My_App One", clientToken="t")
        )

        assert set(answer) == modelled(
            "CreateContainerRecipe",
            "",
            {"requestId", "clientToken", "containerRecipeArn", "latestVersionReferences"},
        ) | {"ResponseMetadata"}
        assert answer["containerRecipeArn"] == f"{OWN}container-recipe/my-app-one/1.0.0"
        assert answer["clientToken"] == "t"

    @needs_output("CreateContainerRecipe", "latestVersionReferences")
    def test_it_answers_the_arns_by_which_to_follow_the_name(self, imagebuilder):
        """Source: user guide, ibhow-semantic-versioning."""
        answer = imagebuilder.create_container_recipe(
            **container_params(imagebuilder, name="app", semanticVersion="1.2.3")
        )

        assert answer["latestVersionReferences"] == {
            "latestVersionArn": f"{OWN}container-recipe/app/x.x.x",
            "latestMajorVersionArn": f"{OWN}container-recipe/app/1.x.x",
            "latestMinorVersionArn": f"{OWN}container-recipe/app/1.2.x",
            "latestPatchVersionArn": f"{OWN}container-recipe/app/1.2.3",
        }

    def test_a_name_and_version_can_be_used_once(self, imagebuilder, refused):
        arn = a_container_recipe(imagebuilder, name="app one")

        refusal = refusal_of_create(refused, imagebuilder, name="App_One")

        assert refusal == already_exists("ContainerRecipe", arn)

    def test_an_image_recipe_may_have_the_same_name(self, imagebuilder):
        imagebuilder.create_image_recipe(
            name="app",
            semanticVersion="1.0.0",
            parentImage=MANAGED_PARENT,
            components=[{"componentArn": MANAGED_COMPONENT}],
        )

        assert a_container_recipe(imagebuilder, name="app") == f"{OWN}container-recipe/app/1.0.0"

    @needs_placeholders
    def test_a_placeholder_counts_up(self, imagebuilder):
        """Source: API reference, CreateContainerRecipe; user guide, create-container-recipes."""
        made = [
            a_container_recipe(imagebuilder, name="app", semanticVersion=version)
            for version in ("1.0.x", "1.0.x", "1.x.0", "x.0.1")
        ]

        versions = [arn.rpartition("/")[2] for arn in made]
        assert versions == ["1.0.0", "1.0.1", "1.1.0", "2.0.1"]

    @needs_placeholders
    def test_there_is_one_placeholder_at_most(self, imagebuilder, refused):
        assert refusal_of_create(refused, imagebuilder, semanticVersion="1.x.x") == Refusal(
            "InvalidVersionNumberException",
            400,
            "The supplied semantic version does not follow the required format",
        )

    @needs_member("CreateContainerRecipe", "dryRun")
    def test_a_dry_run_makes_nothing(self, imagebuilder, refused):
        """The sentence is the user guide's, dry-run-resources."""
        assert refusal_of_create(refused, imagebuilder, dryRun=True) == Refusal(
            "DryRunOperationException",
            412,
            "Request would have succeeded, but dryRun flag is set.",
        )

    @needs_member("CreateContainerRecipe", "dryRun")
    def test_a_dry_run_finds_what_is_wrong(self, imagebuilder, refused):
        refusal = refusal_of_create(
            refused, imagebuilder, dryRun=True, dockerfileTemplateData="FROM scratch"
        )

        assert refusal.code == "InvalidParameterValueException"

    @pytest.mark.imagebuilder(quotas={"container recipes": 1})
    def test_there_is_a_quota(self, imagebuilder, refused):
        a_container_recipe(imagebuilder)

        assert refusal_of_create(refused, imagebuilder) == over_quota("container recipes", 1)


class TestTemplate:
    def test_there_must_be_one(self, imagebuilder, refused):
        """The sentence is the user guide's, create-container-recipes."""
        assert refusal_of_create(
            refused, imagebuilder, dockerfileTemplateData=None
        ) == invalid_combination(
            "dockerfileTemplateData",
            "You must specify either dockerfileTemplateData or a dockerfileTemplateUri.",
        )

    def test_there_must_not_be_two(self, imagebuilder, refused):
        assert refusal_of_create(
            refused, imagebuilder, dockerfileTemplateUri="s3://bucket/Dockerfile"
        ) == invalid_combination(
            "dockerfileTemplateData",
            "You must specify either dockerfileTemplateData or a dockerfileTemplateUri.",
        )

    def test_nothing_is_in_s3(self, imagebuilder, refused):
        assert refusal_of_create(
            refused,
            imagebuilder,
            dockerfileTemplateData=None,
            dockerfileTemplateUri="s3://bucket/Dockerfile",
        ) == invalid_value(
            "dockerfileTemplateUri",
            "The document at 's3://bucket/Dockerfile' could not be read. imagebuilder_mock looks "
            "it up in moto: switch moto's mock_aws on. "
            "Or put the document there with mock.documents.put().",
        )

    def test_it_is_at_an_address_in_s3(self, imagebuilder, refused):
        """The sentence is the user guide's, create-container-recipes."""
        assert refusal_of_create(
            refused,
            imagebuilder,
            dockerfileTemplateData=None,
            dockerfileTemplateUri="https://bucket/Dockerfile",
        ) == invalid_value("dockerfileTemplateUri", "Invalid S3 URI.")

    def test_it_needs_the_place_of_the_parent_image(self, imagebuilder, refused):
        assert refusal_of_create(
            refused, imagebuilder, dockerfileTemplateData="FROM scratch"
        ) == invalid_value(
            "dockerfileTemplateData",
            "The Dockerfile template must contain '{{{ imagebuilder:parentImage }}}'.",
        )

    def test_with_components_it_needs_theirs_too(self, imagebuilder, refused):
        """Source: user guide, create-container-recipes."""
        assert refusal_of_create(
            refused,
            imagebuilder,
            components=[MANAGED_COMPONENT],
            dockerfileTemplateData=PARENT_ONLY,
        ) == invalid_value(
            "dockerfileTemplateData",
            "The Dockerfile template must contain '{{{ imagebuilder:environments }}}'.",
        )

    @needs_optional("CreateContainerRecipe", "components")
    def test_without_components_the_parent_image_is_enough(self, imagebuilder):
        arn = a_container_recipe(imagebuilder, dockerfileTemplateData=PARENT_ONLY)

        assert the_recipe(imagebuilder, arn)["dockerfileTemplateData"] == PARENT_ONLY


class TestParentImage:
    @pytest.mark.parametrize(
        ("parent", "overrides", "platform"),
        [
            pytest.param(CONTAINER_PARENT, {}, "Linux", id="managed"),
            pytest.param(WINDOWS_CONTAINER_PARENT, {}, "Windows", id="managed-windows"),
            pytest.param("amazonlinux:latest", {}, "Linux", id="docker-hub"),
            pytest.param(REGISTRY_PARENT, {}, "Linux", id="ecr"),
            pytest.param(PUBLIC_PARENT, {"platformOverride": "Linux"}, "Linux", id="ecr-public"),
            pytest.param(
                REGISTRY_PARENT,
                {
                    "platformOverride": "Windows",
                    "imageOsVersionOverride": "Microsoft Windows Server 2019",
                },
                "Windows",
                id="ecr-windows",
            ),
        ],
    )
    def test_it_tells_the_platform(self, imagebuilder, parent, overrides, platform):
        """Source: API reference, CreateContainerRecipe; terraform, container_recipe_test.go."""
        component = MANAGED_COMPONENT.replace("linux", platform.lower())
        arn = a_container_recipe(
            imagebuilder, parentImage=parent, components=[component], **overrides
        )

        recipe = the_recipe(imagebuilder, arn)

        assert (recipe["platform"], recipe["parentImage"]) == (platform, parent)

    @pytest.mark.parametrize(
        "override", [{"platformOverride": "Linux"}, {"imageOsVersionOverride": "Amazon Linux 2"}]
    )
    def test_an_image_of_image_builder_takes_no_override(self, imagebuilder, refused, override):
        """The sentence is the user guide's, create-container-recipes."""
        assert refusal_of_create(refused, imagebuilder, **override) == invalid_combination(
            "parentImage",
            "You cannot specify a platform override when using an Image Builder Image as your "
            "parent.",
        )

    def test_public_repositories_need_an_override(self, imagebuilder, refused):
        """Seen: cdk-github-runners issue 550."""
        assert refusal_of_create(
            refused, imagebuilder, parentImage=PUBLIC_PARENT
        ) == invalid_combination(
            "parentImage",
            "You must specify a platform override when using ECR Public Repositories as your "
            "parent image.",
        )

    def test_windows_needs_the_os_version(self, imagebuilder, refused):
        """Seen: terraform-provider-aws pull request 24712."""
        assert refusal_of_create(
            refused, imagebuilder, parentImage=REGISTRY_PARENT, platformOverride="Windows"
        ) == invalid_combination(
            "parentImage",
            "You must specify an image OsVersion override when using ECR Repositories as your "
            "parent image for Windows Platform.",
        )

    @needs_member("CreateContainerRecipe", "platformOverride", accepts="macOS")
    def test_macos_is_refused(self, imagebuilder, refused):
        """The sentence is the user guide's, create-container-recipes."""
        assert refusal_of_create(
            refused, imagebuilder, parentImage=REGISTRY_PARENT, platformOverride="macOS"
        ) == invalid_value(
            "platformOverride", "Container recipes don't currently support the macOS platform."
        )

    def test_it_must_be_a_container_image(self, imagebuilder, refused):
        assert refusal_of_create(
            refused, imagebuilder, parentImage=MANAGED_PARENT
        ) == invalid_value(
            "parentImage", "The parent image of a container recipe must be a container image."
        )

    def test_it_must_be_there(self, imagebuilder, refused):
        arn = f"{OWN}image/none/1.0.0/1"

        assert refusal_of_create(refused, imagebuilder, parentImage=arn) == invalid_value(
            "parentImage", f"The provided resource 'Image' does not exist: '{arn}'."
        )

    @pytest.mark.parametrize(
        "arn",
        [
            pytest.param(f"{OWN}component/hello/1.0.0/1", id="component"),
            pytest.param(f"{OWN}image/hello", id="no-version"),
            pytest.param("arn:aws:ecr:us-east-1:123456789012:repository/hello", id="ecr"),
        ],
    )
    def test_no_other_arn_is_one(self, imagebuilder, refused, arn):
        assert refusal_of_create(refused, imagebuilder, parentImage=arn) == invalid_value(
            "parentImage",
            "The parent image of a container recipe must be an Image Builder image ARN, or the "
            "name of an image in a registry.",
        )


class TestComponents:
    @needs_member(
        "CreateContainerRecipe",
        "components.componentArn",
        accepts="arn:aws:imagebuilder:us-east-1:aws-marketplace:component/agent/x.x.x",
    )
    def test_one_of_the_marketplace_is_refused(self, imagebuilder, refused):
        """The sentence is the user guide's, create-container-recipes."""
        product = "arn:aws:imagebuilder:us-east-1:aws-marketplace:component/agent/x.x.x"

        assert refusal_of_create(
            refused, imagebuilder, components=[MANAGED_COMPONENT, product]
        ) == invalid_value(
            "components[1].componentArn",
            "Container Recipes must not contain marketplace components.",
        )

    @needs_member("CreateComponent", "platform", accepts="macOS")
    def test_one_for_macos_is_refused(self, imagebuilder, refused):
        """The sentence is the user guide's, create-container-recipes."""
        component = a_component(imagebuilder, platform="macOS", data=DOCUMENT)

        assert refusal_of_create(
            refused, imagebuilder, parentImage=REGISTRY_PARENT, components=[component]
        ) == invalid_value(
            "components", "Container recipes don't currently support the macOS platform."
        )

    def test_one_for_another_platform_is_refused(self, imagebuilder, refused):
        """The sentence is the user guide's, create-image-recipes."""
        component = MANAGED_COMPONENT.replace("linux", "windows")

        assert refusal_of_create(
            refused, imagebuilder, components=[component]
        ) == invalid_combination(
            "components[0].componentArn",
            "Component ARN does not match the Parent Image Platform.",
        )

    def test_one_in_use_cannot_be_deleted(self, imagebuilder, refused):
        component = a_component(imagebuilder)
        a_container_recipe(imagebuilder, components=[component])

        refusal = refused(imagebuilder.delete_component, componentBuildVersionArn=component)

        assert refusal == in_use(component)


def test_the_image_of_the_instance_that_builds_is_an_ami(imagebuilder, refused):
    """Source: API reference, InstanceConfiguration; the sentence for it is inferred."""
    assert refusal_of_create(
        refused, imagebuilder, instanceConfiguration={"image": "amazonlinux:latest"}
    ) == invalid_value(
        "instanceConfiguration.image",
        "The image of the instance must be an AMI ID, or an SSM parameter prefixed by 'ssm:'.",
    )


def test_volumes_of_the_instance_that_builds_are_checked(imagebuilder, refused):
    """Source: user guide, create-image-recipes."""
    devices = [{"deviceName": "/dev/sdb", "ebs": {"volumeType": "io1"}}]

    assert refusal_of_create(
        refused, imagebuilder, instanceConfiguration={"blockDeviceMappings": devices}
    ) == invalid_combination(
        "instanceConfiguration.blockDeviceMappings[0].ebs.iops",
        "The volume type 'io1' needs 'iops'.",
    )


class TestGet:
    @pytest.mark.imagebuilder(now=A_TIME)
    @needs_optional("CreateContainerRecipe", "components")
    def test_what_is_not_given_is_absent(self, imagebuilder):
        """Seen: terraform-provider-aws, container_recipe_test.go."""
        arn = a_container_recipe(imagebuilder, name="App")

        answer = imagebuilder.get_container_recipe(containerRecipeArn=arn)

        assert set(answer) == modelled(
            "GetContainerRecipe", "", {"requestId", "containerRecipe", "latestVersionReferences"}
        ) | {"ResponseMetadata"}
        assert answer["containerRecipe"] == {
            "arn": f"{OWN}container-recipe/app/1.0.0",
            "containerType": "DOCKER",
            "name": "App",
            "platform": "Linux",
            "owner": "123456789012",
            "version": "1.0.0",
            "dockerfileTemplateData": TEMPLATE,
            "encrypted": True,
            "parentImage": CONTAINER_PARENT,
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "tags": {},
            "targetRepository": {"service": "ECR", "repositoryName": "hello"},
        }

    def test_what_is_given_is_shown(self, imagebuilder):
        """Seen: terraform-provider-aws, container_recipe_test.go (references as written)."""
        given = {
            "description": "the app",
            "components": [
                {"componentArn": MANAGED_COMPONENT},
                {"componentArn": f"{AMAZON}component/hello-world-linux/1.x.x"},
            ],
            "workingDirectory": "/opt",
            "kmsKeyId": "alias/own",
            "instanceConfiguration": {
                "image": "ami-0123456789abcdef0",
                "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 8}}],
            },
            "tags": {"team": "apps"},
        }
        arn = a_container_recipe(imagebuilder, **given)

        recipe = the_recipe(imagebuilder, arn)

        assert {name: recipe[name] for name in given} == given

    @needs_member("GetContainerRecipe", "containerRecipeArn", accepts=A_WILDCARD)
    @pytest.mark.parametrize(("version", "expected"), [("x.x.x", "2.0.0"), ("1.x.x", "1.1.0")])
    def test_a_wildcard_means_the_highest_version(self, imagebuilder, version, expected):
        for number in ("2.0.0", "1.0.0", "1.1.0"):
            a_container_recipe(imagebuilder, name="app", semanticVersion=number)

        found = the_recipe(imagebuilder, f"{OWN}container-recipe/app/{version}")

        assert found["version"] == expected

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        """Seen: terraform-provider-aws, container_recipe_test.go (the code)."""
        arn = f"{OWN}container-recipe/app/1.0.0"

        assert refused(imagebuilder.get_container_recipe, containerRecipeArn=arn) == not_found(
            "ContainerRecipe", arn
        )

    def test_tags_can_be_changed(self, imagebuilder):
        arn = a_container_recipe(imagebuilder, tags={"team": "apps", "stage": "test"})

        imagebuilder.tag_resource(resourceArn=arn, tags={"stage": "live"})
        imagebuilder.untag_resource(resourceArn=arn, tagKeys=["team"])

        assert the_recipe(imagebuilder, arn)["tags"] == {"stage": "live"}
        assert imagebuilder.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "live"}


class TestList:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_an_entry_is_a_version(self, imagebuilder):
        """Seen: cloudsploit, imagebuilder specs (no version member)."""
        a_container_recipe(imagebuilder, name="App", description="hidden", tags={"team": "apps"})

        answer = imagebuilder.list_container_recipes()

        assert set(answer) == {"requestId", "containerRecipeSummaryList", "ResponseMetadata"}
        assert answer["containerRecipeSummaryList"] == [
            {
                "arn": f"{OWN}container-recipe/app/1.0.0",
                "containerType": "DOCKER",
                "name": "App",
                "platform": "Linux",
                "owner": "123456789012",
                "parentImage": CONTAINER_PARENT,
                "dateCreated": "2026-01-02T03:04:05.678Z",
                "tags": {"team": "apps"},
            }
        ]

    @needs_output("ListContainerRecipes", "containerRecipeSummaryList.instanceImage")
    def test_the_image_of_the_building_instance_is_shown(self, imagebuilder):
        """Source: API reference, ContainerRecipeSummary."""
        a_container_recipe(imagebuilder, instanceConfiguration={"image": "ami-0123456789abcdef0"})

        (entry,) = imagebuilder.list_container_recipes()["containerRecipeSummaryList"]

        assert entry["instanceImage"] == "ami-0123456789abcdef0"

    def test_the_oldest_is_listed_first(self, imagebuilder):
        for version in ("2.0.0", "1.0.0"):
            a_container_recipe(imagebuilder, name="app", semanticVersion=version)
        a_container_recipe(imagebuilder, name="another")

        assert recipe_arns(imagebuilder) == ["app/2.0.0", "app/1.0.0", "another/1.0.0"]

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("containerType", "DOCKER", ["app/1.0.0", "hub/1.0.0", "windows/1.0.0"]),
            ("name", "App", ["app/1.0.0"]),
            ("parentImage", "amazonlinux:latest", ["hub/1.0.0"]),
            ("platform", "Windows", ["windows/1.0.0"]),
        ],
    )
    def test_each_filter(self, imagebuilder, name, value, expected):
        """Source: API reference, ListContainerRecipes."""
        a_container_recipe(imagebuilder, name="App")
        a_container_recipe(imagebuilder, name="hub", parentImage="amazonlinux:latest")
        a_container_recipe(imagebuilder, name="windows", parentImage=WINDOWS_CONTAINER_PARENT)

        found = recipe_arns(imagebuilder, filters=[{"name": name, "values": [value]}])

        assert found == expected

    def test_an_unknown_filter_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_container_recipes, filters=[{"name": "version", "values": ["1.0.0"]}]
        )

        assert refusal == invalid_value(
            "filters[0].name",
            "'version' is not a filter of this operation. Valid filters are: containerType, name, "
            "parentImage, platform.",
        )

    def test_pages_follow_each_other(self, imagebuilder):
        for name in ("first", "second", "third"):
            a_container_recipe(imagebuilder, name=name)

        first = imagebuilder.list_container_recipes(maxResults=2)
        rest = recipe_arns(imagebuilder, maxResults=2, nextToken=first["nextToken"])

        assert len(first["containerRecipeSummaryList"]) == 2
        assert rest == ["third/1.0.0"]

    @pytest.mark.parametrize("owner", ["Amazon", "Shared"])
    def test_others_have_none(self, imagebuilder, owner):
        a_container_recipe(imagebuilder, name="mine")

        assert recipe_arns(imagebuilder, owner=owner) == []
        assert recipe_arns(imagebuilder, owner="Self") == ["mine/1.0.0"]

    def test_there_are_no_other_owners(self, imagebuilder, refused):
        """Source: API reference, ListContainerRecipes."""
        assert refused(imagebuilder.list_container_recipes, owner="ThirdParty") == invalid_value(
            "owner", "Container recipes can be listed for Self, Shared, Amazon."
        )


class TestDelete:
    def test_a_deleted_recipe_is_gone(self, imagebuilder, refused):
        arn = a_container_recipe(imagebuilder)

        answer = imagebuilder.delete_container_recipe(containerRecipeArn=arn)

        assert set(answer) == {"requestId", "containerRecipeArn", "ResponseMetadata"}
        assert answer["containerRecipeArn"] == arn
        for operation in (
            imagebuilder.get_container_recipe,
            imagebuilder.delete_container_recipe,
        ):
            assert refused(operation, containerRecipeArn=arn) == not_found("ContainerRecipe", arn)
        assert recipe_arns(imagebuilder) == []

    @needs_member("DeleteContainerRecipe", "containerRecipeArn", accepts=A_WILDCARD)
    def test_a_wildcard_deletes_nothing(self, imagebuilder, refused):
        a_container_recipe(imagebuilder, name="app")

        refusal = refused(
            imagebuilder.delete_container_recipe,
            containerRecipeArn=f"{OWN}container-recipe/app/x.x.x",
        )

        assert refusal == invalid_value(
            "containerRecipeArn", "A recipe is deleted by its exact version."
        )

    @needs_member("CreateImagePipeline", "containerRecipeArn", accepts=A_WILDCARD)
    @pytest.mark.parametrize("version", ["1.0.0", "1.x.x"])
    def test_one_that_a_pipeline_uses_cannot_be_deleted(self, imagebuilder, refused, version):
        """Source: API reference, DeleteContainerRecipe."""
        arn = a_container_recipe(imagebuilder, name="app")
        pipeline = a_container_pipeline(
            imagebuilder, containerRecipeArn=f"{OWN}container-recipe/app/{version}"
        )

        refusal = refused(imagebuilder.delete_container_recipe, containerRecipeArn=arn)

        assert refusal == in_use(arn)
        imagebuilder.delete_image_pipeline(imagePipelineArn=pipeline)
        imagebuilder.delete_container_recipe(containerRecipeArn=arn)

    def test_one_that_was_built_can_be_deleted(self, imagebuilder):
        arn = a_container_recipe(imagebuilder)
        image = imagebuilder.create_image(
            containerRecipeArn=arn,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
        )["imageBuildVersionArn"]

        imagebuilder.delete_container_recipe(containerRecipeArn=arn)

        kept = imagebuilder.get_image(imageBuildVersionArn=image)["image"]["containerRecipe"]
        assert kept["arn"] == arn
