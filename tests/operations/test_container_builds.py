"""Builds of container recipes: by CreateImage, and by pipelines."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.build_views import the_image
from tests.builders import (
    AMAZON,
    DOCUMENT,
    MANAGED_COMPONENT,
    OWN,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.container_builders import (
    CONTAINER_PARENT,
    a_container_build,
    a_container_pipeline,
    a_container_recipe,
)
from tests.model import needs_member
from tests.refusals import Refusal, invalid_combination, invalid_value

REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


def container_distribution(region, repository, **settings):
    return {
        "region": region,
        "containerDistributionConfiguration": {
            "targetRepository": {"service": "ECR", "repositoryName": repository},
            **settings,
        },
    }


class TestImage:
    def test_it_holds_a_container_recipe(self, imagebuilder):
        """Source: API reference, Image; the copy has no owner, as that of an image recipe."""
        recipe = a_container_recipe(
            imagebuilder, name="app", components=[MANAGED_COMPONENT], tags={"team": "apps"}
        )

        arn = a_container_build(imagebuilder, containerRecipeArn=recipe)

        image = the_image(imagebuilder, arn)
        assert arn == f"{OWN}image/app/1.0.0/1"
        assert (image["type"], image["platform"]) == ("DOCKER", "Linux")
        assert "imageRecipe" not in image
        kept = image["containerRecipe"]
        shown = imagebuilder.get_container_recipe(containerRecipeArn=recipe)["containerRecipe"]
        assert set(shown) - set(kept) == {"owner"}
        assert (kept["arn"], kept["tags"]) == (recipe, {"team": "apps"})

    def test_the_copy_has_its_references_resolved(self, imagebuilder):
        component = a_component(imagebuilder, name="hello")
        recipe = a_container_recipe(imagebuilder, components=[f"{OWN}component/hello/x.x.x"])

        image = the_image(imagebuilder, a_container_build(imagebuilder, containerRecipeArn=recipe))

        kept = image["containerRecipe"]
        assert kept["components"] == [{"componentArn": component}]
        assert kept["parentImage"] == f"{AMAZON}image/amazon-linux-2023-x86-2023/2026.10.5/1"

    def test_the_next_build_has_the_next_number(self, imagebuilder):
        recipe = a_container_recipe(imagebuilder, name="app")

        arns = [a_container_build(imagebuilder, containerRecipeArn=recipe) for _ in range(2)]

        assert arns == [f"{OWN}image/app/1.0.0/1", f"{OWN}image/app/1.0.0/2"]

    @pytest.mark.imagebuilder(builds="instant")
    @pytest.mark.parametrize(
        ("parent", "expected"),
        [
            pytest.param({}, "Amazon Linux 2023", id="image-builder"),
            pytest.param(
                {"parentImage": "mine:1", "imageOsVersionOverride": "Amazon Linux 2"},
                "Amazon Linux 2",
                id="override",
            ),
            pytest.param({"parentImage": "mine:1"}, None, id="unknown"),
        ],
    )
    def test_it_finds_its_os_version(self, imagebuilder, parent, expected):
        recipe = a_container_recipe(imagebuilder, **parent)

        image = the_image(imagebuilder, a_container_build(imagebuilder, containerRecipeArn=recipe))

        assert image.get("osVersion") == expected

    @pytest.mark.imagebuilder(builds="instant")
    def test_its_tests_run_on_the_host_too(self, imagebuilder, imagebuilder_mock):
        """User guide, toe-use-documents: the phase container-host-test, in the test stage."""
        _, _, phases = DOCUMENT.partition("phases:\n")
        document = DOCUMENT + phases.replace("name: build", "name: container-host-test")
        component = a_component(imagebuilder, name="probe", data=document)
        recipe = a_container_recipe(imagebuilder, components=[component])
        imagebuilder_mock.builds.fail_next(component="probe", phase="container-host-test")

        image = the_image(imagebuilder, a_container_build(imagebuilder, containerRecipeArn=recipe))

        assert image["state"]["reason"].endswith("component/probe/1.0.0/1 failed!")
        if "failureContext" in image["state"]:  # in the models that have it
            context = image["state"]["failureContext"]
            assert context["imageStatus"] == "TESTING"
            assert context["componentFailure"]["phaseName"] == "container-host-test"

    @pytest.mark.imagebuilder(builds="instant")
    def test_it_can_be_the_parent_of_another(self, imagebuilder):
        parent = a_container_build(imagebuilder)

        arn = a_container_build(
            imagebuilder, containerRecipeArn=a_container_recipe(imagebuilder, parentImage=parent)
        )

        assert the_image(imagebuilder, arn)["containerRecipe"]["parentImage"] == parent

    def test_the_list_shows_its_type(self, imagebuilder):
        a_container_build(imagebuilder)

        found = imagebuilder.list_images(filters=[{"name": "type", "values": ["DOCKER"]}])

        assert [entry["type"] for entry in found["imageVersionList"]] == ["DOCKER"]

    def test_a_build_is_of_one_recipe(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_image,
            containerRecipeArn=a_container_recipe(imagebuilder),
            imageRecipeArn=a_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
        )

        assert refusal == invalid_combination(
            "imageRecipeArn",
            "You must specify exactly one of 'imageRecipeArn' and 'containerRecipeArn'.",
        )

    def test_the_recipe_must_be_there(self, imagebuilder, refused):
        arn = f"{OWN}container-recipe/none/1.0.0"

        refusal = refused(
            imagebuilder.create_image,
            containerRecipeArn=arn,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
        )

        assert refusal == invalid_value(
            "containerRecipeArn",
            f"The provided resource 'ContainerRecipe' does not exist: '{arn}'.",
        )

    @pytest.mark.imagebuilder(inspector=False)
    def test_a_scan_needs_amazon_inspector(self, imagebuilder, refused):
        """Seen: terraform-provider-aws pull request 35674."""
        refusal = refused(
            imagebuilder.create_image,
            containerRecipeArn=a_container_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            imageScanningConfiguration={"imageScanningEnabled": True},
        )

        assert refusal == Refusal(
            "ResourceDependencyException",
            400,
            "Resource dependency error: Amazon Inspector is not enabled for 'ecr' resources in "
            "account '123456789012'.",
        )


class TestOutput:
    @pytest.mark.imagebuilder(builds="held")
    def test_there_is_none_before_the_distribution_has_ended(self, imagebuilder, imagebuilder_mock):
        arn = a_container_build(imagebuilder)
        seen = []

        while imagebuilder_mock.builds.running:
            image = the_image(imagebuilder, arn)
            seen.append((image["state"]["status"], image["outputResources"]))
            imagebuilder_mock.builds.advance(arn)

        version, name = "1.0.0-1", the_image(imagebuilder, arn)["name"]
        uris = [f"{REGISTRY}/hello:{version}", f"{REGISTRY}/hello:{name}-{version}"]
        pushed = {"containers": [{"region": "us-east-1", "imageUris": uris}]}
        assert seen == [
            ("PENDING", {"containers": []}),
            ("CREATING", {"containers": []}),
            ("BUILDING", {"containers": []}),
            ("TESTING", {"containers": []}),
            ("DISTRIBUTING", {"containers": []}),
            ("INTEGRATING", pushed),
        ]
        assert the_image(imagebuilder, arn)["outputResources"] == pushed

    @pytest.mark.imagebuilder(builds="instant")
    def test_each_region_has_its_uris(self, imagebuilder):
        """Source: API reference, Container; aws-samples, containers, for the two fixed tags."""
        distribution = a_distribution(
            imagebuilder,
            distributions=[
                container_distribution("us-east-1", "hello", containerTags=["latest", "1.0.0-1"]),
                container_distribution("eu-west-1", "hello-eu", containerTags=["stable"]),
                container_distribution("eu-north-1", "hello-north"),
            ],
        )
        recipe = a_container_recipe(imagebuilder, name="web")

        arns = [
            a_container_build(
                imagebuilder, containerRecipeArn=recipe, distributionConfigurationArn=distribution
            )
            for _ in range(2)
        ]

        def expected(build):
            fixed = [f"1.0.0-{build}", f"web-1.0.0-{build}"]
            here = [*fixed, "latest"] + (["1.0.0-1"] if build == 2 else [])
            return [
                {"region": "us-east-1", "imageUris": [f"{REGISTRY}/hello:{tag}" for tag in here]},
                {
                    "region": "eu-west-1",
                    "imageUris": [
                        f"{REGISTRY.replace('us-east-1', 'eu-west-1')}/hello-eu:{tag}"
                        for tag in (*fixed, "stable")
                    ],
                },
                {
                    "region": "eu-north-1",
                    "imageUris": [
                        f"{REGISTRY.replace('us-east-1', 'eu-north-1')}/hello-north:{tag}"
                        for tag in fixed
                    ],
                },
            ]

        outputs = [the_image(imagebuilder, arn)["outputResources"] for arn in arns]
        assert outputs == [{"containers": expected(1)}, {"containers": expected(2)}]

    @pytest.mark.imagebuilder(builds="instant")
    @pytest.mark.parametrize(
        ("region", "repositories"),
        [("us-east-1", ["second"]), ("eu-west-1", ["hello", "second"])],
    )
    def test_the_recipes_repository_is_for_a_distribution_that_has_none_here(
        self, imagebuilder, region, repositories
    ):
        """aws-samples, containers."""
        distribution = a_distribution(
            imagebuilder, distributions=[container_distribution(region, "second")]
        )

        arn = a_container_build(imagebuilder, distributionConfigurationArn=distribution)

        containers = the_image(imagebuilder, arn)["outputResources"]["containers"]
        uris = [uri for container in containers for uri in container["imageUris"]]
        assert [uri.partition("/")[2] for uri in uris if uri.endswith(":1.0.0-1")] == [
            f"{repository}:1.0.0-1" for repository in repositories
        ]

    @pytest.mark.imagebuilder(builds="instant")
    def test_what_a_distribution_says_of_amis_is_not_for_containers(self, imagebuilder):
        arn = a_container_build(
            imagebuilder, distributionConfigurationArn=a_distribution(imagebuilder, "eu-west-1")
        )

        containers = the_image(imagebuilder, arn)["outputResources"]["containers"]
        assert [container["region"] for container in containers] == ["us-east-1"]

    @pytest.mark.imagebuilder(builds="instant", region="cn-north-1")
    def test_china_has_a_domain_of_its_own(self, imagebuilder):
        parent = "amazonlinux:latest"
        component = a_component(imagebuilder)

        arn = a_container_build(
            imagebuilder,
            containerRecipeArn=a_container_recipe(
                imagebuilder, name="web", parentImage=parent, components=[component]
            ),
        )

        assert the_image(imagebuilder, arn)["outputResources"]["containers"] == [
            {
                "region": "cn-north-1",
                "imageUris": [
                    f"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/hello:{tag}"
                    for tag in ("1.0.0-1", "web-1.0.0-1")
                ],
            }
        ]


class TestPipeline:
    def test_it_shows_its_container_recipe(self, imagebuilder):
        recipe = a_container_recipe(imagebuilder)

        arn = a_container_pipeline(imagebuilder, containerRecipeArn=recipe)

        pipeline = imagebuilder.get_image_pipeline(imagePipelineArn=arn)["imagePipeline"]
        assert (pipeline["containerRecipeArn"], pipeline["platform"]) == (recipe, "Linux")
        assert "imageRecipeArn" not in pipeline

    @needs_member(
        "CreateImagePipeline",
        "containerRecipeArn",
        accepts="arn:aws:imagebuilder:us-east-1:123456789012:container-recipe/app/x.x.x",
    )
    def test_a_run_builds_the_newest_version(self, imagebuilder):
        a_container_recipe(imagebuilder, name="app")
        pipeline = a_container_pipeline(
            imagebuilder, containerRecipeArn=f"{OWN}container-recipe/app/x.x.x"
        )
        newest = a_container_recipe(imagebuilder, name="app", semanticVersion="1.1.0")

        started = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)

        image = the_image(imagebuilder, started["imageBuildVersionArn"])
        assert (image["type"], image["containerRecipe"]["arn"]) == ("DOCKER", newest)
        assert image["sourcePipelineArn"] == pipeline

    def test_an_update_may_change_the_recipe(self, imagebuilder):
        pipeline = a_container_pipeline(imagebuilder)
        other = a_container_recipe(imagebuilder)

        imagebuilder.update_image_pipeline(
            imagePipelineArn=pipeline,
            containerRecipeArn=other,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
        )

        shown = imagebuilder.get_image_pipeline(imagePipelineArn=pipeline)["imagePipeline"]
        assert shown["containerRecipeArn"] == other

    @pytest.mark.parametrize("member", ["imageRecipeArn", "containerRecipeArn"])
    def test_an_update_cannot_change_the_kind_of_recipe(self, imagebuilder, refused, member):
        """Source: API reference, UpdateImagePipeline."""
        if member == "imageRecipeArn":
            pipeline, other = a_container_pipeline(imagebuilder), a_recipe(imagebuilder)
        else:
            pipeline, other = a_pipeline(imagebuilder), a_container_recipe(imagebuilder)

        refusal = refused(
            imagebuilder.update_image_pipeline,
            imagePipelineArn=pipeline,
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            **{member: other},
        )

        assert refusal == invalid_combination(
            member, "The recipe must be of the same type as the pipeline's current recipe."
        )


@pytest.mark.imagebuilder(builds="instant", now=datetime(2026, 1, 1, tzinfo=timezone.utc))
class TestSchedule:
    """Source: user guide, schedule-pipeline: a run needs news, unless it is told otherwise."""

    def pipeline(self, client, **schedule):
        recipe = a_container_recipe(
            client,
            name="app",
            components=[f"{OWN}component/hello/x.x.x"],
            parentImage=CONTAINER_PARENT,
        )
        return a_container_pipeline(
            client,
            containerRecipeArn=recipe,
            schedule={"scheduleExpression": "cron(0 0 * * ? *)", **schedule},
        )

    def images(self, client, pipeline):
        answer = client.list_image_pipeline_images(imagePipelineArn=pipeline)
        return len(answer["imageSummaryList"])

    def test_without_news_there_is_no_run(self, imagebuilder, imagebuilder_mock):
        a_component(imagebuilder, name="hello")
        pipeline = self.pipeline(imagebuilder)

        imagebuilder_mock.clock.advance(days=3)

        assert self.images(imagebuilder, pipeline) == 1

    def test_a_new_component_is_news(self, imagebuilder, imagebuilder_mock):
        a_component(imagebuilder, name="hello")
        pipeline = self.pipeline(imagebuilder)
        imagebuilder_mock.clock.advance(days=1)

        a_component(imagebuilder, name="hello", semanticVersion="1.0.1")
        imagebuilder_mock.clock.advance(days=2)

        assert self.images(imagebuilder, pipeline) == 2

    def test_a_run_can_be_had_each_time(self, imagebuilder, imagebuilder_mock):
        a_component(imagebuilder, name="hello")
        pipeline = self.pipeline(
            imagebuilder, pipelineExecutionStartCondition="EXPRESSION_MATCH_ONLY"
        )

        imagebuilder_mock.clock.advance(days=3)

        assert self.images(imagebuilder, pipeline) == 3
