"""An account's quotas in a Region.

Numbers: AWS General Reference, "EC2 Image Builder endpoints and quotas". The code and its HTTP
status 402: API reference; the text was never seen.
"""

from __future__ import annotations

import pytest

from tests.builders import (
    AMAZON,
    DOCUMENT,
    MANAGED_PARENT,
    a_build,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.container_builders import a_container_recipe
from tests.model import needs_member
from tests.refusals import over_quota, refusal_of
from tests.workflow_builders import a_run, a_workflow


def more_components(client):
    return a_component(client)


def more_recipes(client):
    return a_recipe(client)


def more_infrastructures(client):
    return an_infrastructure(client)


def more_distributions(client):
    return a_distribution(client)


def more_pipelines(client):
    recipes = client.list_image_recipes()["imageRecipeSummaryList"]
    configurations = client.list_infrastructure_configurations()
    known = configurations["infrastructureConfigurationSummaryList"]
    return a_pipeline(
        client,
        imageRecipeArn=recipes[0]["arn"] if recipes else a_recipe(client),
        infrastructureConfigurationArn=known[0]["arn"] if known else an_infrastructure(client),
    )


KINDS = [
    ("components", more_components),
    ("image recipes", more_recipes),
    ("infrastructure configurations", more_infrastructures),
    ("distribution configurations", more_distributions),
    ("image pipelines", more_pipelines),
]


@pytest.mark.parametrize(
    ("quota", "more"),
    [
        pytest.param(quota, more, marks=pytest.mark.imagebuilder(quotas={quota: 2}), id=quota)
        for quota, more in KINDS
    ],
)
class TestKinds:
    def test_one_more_than_the_quota_is_refused(self, imagebuilder, imagebuilder_mock, quota, more):
        for _ in range(2):
            more(imagebuilder)
        before = len(imagebuilder_mock.resources())

        assert refusal_of(lambda: more(imagebuilder)) == over_quota(quota, 2)
        assert len(imagebuilder_mock.resources()) == before

    def test_each_region_and_each_account_has_its_own(self, imagebuilder_mock, quota, more):
        for client in (
            imagebuilder_mock.client(region="us-east-1"),
            imagebuilder_mock.client(region="eu-west-1"),
            imagebuilder_mock.client(region="us-east-1", account_id="210987654321"),
        ):
            for _ in range(2):
                more(client)
            assert refusal_of(lambda client=client: more(client)) == over_quota(quota, 2)


class TestRoom:
    @pytest.mark.imagebuilder(quotas={"components": 1})
    def test_what_is_deleted_makes_room(self, imagebuilder):
        arn = a_component(imagebuilder)
        imagebuilder.delete_component(componentBuildVersionArn=arn)

        after = a_component(imagebuilder)

        [left] = imagebuilder.list_components()["componentVersionList"]
        assert after.startswith(left["arn"])

    @pytest.mark.imagebuilder(quotas={"infrastructure configurations": 1})
    def test_an_update_needs_no_room(self, imagebuilder):
        arn = an_infrastructure(imagebuilder)

        imagebuilder.update_infrastructure_configuration(
            infrastructureConfigurationArn=arn, instanceProfileName="other"
        )

        updated = imagebuilder.get_infrastructure_configuration(infrastructureConfigurationArn=arn)
        assert updated["infrastructureConfiguration"]["instanceProfileName"] == "other"

    @pytest.mark.imagebuilder(quotas={"components": 1})
    def test_a_repeated_request_needs_no_room(self, imagebuilder):
        first = a_component(imagebuilder, name="hello", clientToken="t")

        assert a_component(imagebuilder, name="hello", clientToken="t") == first

    @pytest.mark.imagebuilder(quotas={"components": 0})
    @needs_member("CreateComponent", "dryRun")
    def test_a_dry_run_tells_of_the_quota(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_component,
            name="hello",
            semanticVersion="1.0.0",
            platform="Linux",
            data=DOCUMENT,
            dryRun=True,
        )

        assert refusal == over_quota("components", 0)


class TestSettings:
    def test_by_default_they_are_those_of_a_new_account(self, imagebuilder):
        for _ in range(75):
            more_pipelines(imagebuilder)

        refusal = refusal_of(lambda: more_pipelines(imagebuilder))

        assert refusal == over_quota("image pipelines", 75)

    @pytest.mark.imagebuilder(quotas=False)
    def test_false_lifts_them(self, imagebuilder):
        assert len({more_pipelines(imagebuilder) for _ in range(76)}) == 76

    @pytest.mark.imagebuilder(quotas={"image pipelines": 3})
    def test_a_mapping_sets_some_and_leaves_the_others(self, imagebuilder, refused):
        for _ in range(3):
            more_pipelines(imagebuilder)
        components = [{"componentArn": a_component(imagebuilder)} for _ in range(21)]

        recipe = refused(
            imagebuilder.create_image_recipe,
            name="golden",
            semanticVersion="1.0.0",
            parentImage=MANAGED_PARENT,
            components=components,
        )

        assert recipe == over_quota("components per image recipe", 20)
        assert refusal_of(lambda: more_pipelines(imagebuilder)) == over_quota("image pipelines", 3)

    @pytest.mark.imagebuilder(quotas={"image pipelines": 76})
    def test_a_mapping_can_raise_one(self, imagebuilder):
        assert len({more_pipelines(imagebuilder) for _ in range(76)}) == 76

        refusal = refusal_of(lambda: more_pipelines(imagebuilder))

        assert refusal == over_quota("image pipelines", 76)


class TestInside:
    def test_a_recipe_has_twenty_components(self, imagebuilder):
        arn = a_recipe(imagebuilder, components=[a_component(imagebuilder) for _ in range(20)])

        recipe = imagebuilder.get_image_recipe(imageRecipeArn=arn)["imageRecipe"]
        assert len(recipe["components"]) == 20

    def test_a_component_has_twenty_five_parameters(self, imagebuilder, refused):
        def with_parameters(number):
            declared = "".join(
                f"  - name{each}:\n      type: string\n      default: d\n" for each in range(number)
            )
            return f"{DOCUMENT}parameters:\n{declared}"

        a_component(imagebuilder, data=with_parameters(25))

        refusal = refused(
            imagebuilder.create_component,
            name="hello",
            semanticVersion="1.0.0",
            platform="Linux",
            data=with_parameters(26),
        )

        assert refusal == over_quota("parameters per component", 25)

    def test_a_components_parameters_have_1024_characters(self, imagebuilder):
        def declaring(length):
            declared = f"  - Name:\n      type: string\n      default: {'d' * length}\n"
            return a_component(imagebuilder, data=f"{DOCUMENT}parameters:\n{declared}")

        def giving(length):
            values = [{"name": "Name", "value": ["x" * length]}]
            return a_recipe(
                imagebuilder, components=[{"componentArn": component, "parameters": values}]
            )

        component = declaring(1024)
        giving(1024)

        too_long = [refusal_of(lambda: declaring(1025)), refusal_of(lambda: giving(1025))]

        assert too_long == [over_quota("component parameter length", 1024)] * 2

    @needs_member("CreateImage", "workflows")
    def test_a_workflows_parameters_have_1024_characters(self, imagebuilder):
        def declaring(length):
            declared = {"name": "what", "default": "d" * length}
            return a_workflow(imagebuilder, parameters=[declared])

        def giving(length):
            values = [{"name": "what", "value": ["x" * length]}]
            return a_run(imagebuilder, {"workflowArn": workflow, "parameters": values})

        workflow = declaring(1024)
        giving(1024)

        too_long = [refusal_of(lambda: declaring(1025)), refusal_of(lambda: giving(1025))]

        assert too_long == [over_quota("workflow parameter length", 1024)] * 2

    @pytest.mark.imagebuilder(quotas={"component size": 100, "Docker template size": 50})
    def test_documents_have_a_size(self, imagebuilder):
        component = refusal_of(lambda: a_component(imagebuilder))
        template = refusal_of(lambda: a_container_recipe(imagebuilder))

        assert component == over_quota("component size", 100)
        assert template == over_quota("Docker template size", 50)

    @pytest.mark.imagebuilder(quotas={"component size": len(DOCUMENT) + 10})
    def test_a_size_is_in_bytes(self, imagebuilder):
        a_component(imagebuilder, data=f"{DOCUMENT}# öööö")

        refusal = refusal_of(lambda: a_component(imagebuilder, data=f"{DOCUMENT}# ööööö"))

        assert refusal == over_quota("component size", len(DOCUMENT) + 10)

    @needs_member("CreateImage", "workflows")
    @pytest.mark.imagebuilder(quotas={"workflow size": 50})
    def test_workflows_have_a_size(self, imagebuilder):
        assert refusal_of(lambda: a_workflow(imagebuilder)) == over_quota("workflow size", 50)

    def test_a_distribution_has_fifty_target_accounts_in_all(self, imagebuilder, refused):
        def distribution(region, first, number):
            accounts = [f"{100000000000 + account}" for account in range(first, first + number)]
            return {
                "region": region,
                "amiDistributionConfiguration": {"targetAccountIds": accounts},
            }

        here = distribution("us-east-1", 0, 30)
        a_distribution(
            imagebuilder, distributions=[here, distribution("eu-west-1", 20, 30)]
        )  # ten of them in both Regions

        refusal = refused(
            imagebuilder.create_distribution_configuration,
            name="everywhere",
            distributions=[here, distribution("eu-west-1", 20, 31)],
        )

        assert refusal == over_quota("target accounts per distribution configuration", 50)

    def test_a_region_has_five_launch_templates(self, imagebuilder, refused):
        def distributions(number):
            templates = [{"launchTemplateId": f"lt-{each:017x}"} for each in range(number)]
            return [{"region": "us-east-1", "launchTemplateConfigurations": templates}]

        a_distribution(imagebuilder, distributions=distributions(5))

        refusal = refused(
            imagebuilder.create_distribution_configuration,
            name="everywhere",
            distributions=distributions(6),
        )

        assert refusal == over_quota("launch templates per distribution Region", 5)

    @needs_member("CreateDistributionConfiguration", "distributions.ssmParameterConfigurations")
    def test_a_region_has_ten_parameters(self, imagebuilder, refused):
        def distributions(number):
            parameters = [{"parameterName": f"/golden/{each}"} for each in range(number)]
            return [{"region": "us-east-1", "ssmParameterConfigurations": parameters}]

        a_distribution(imagebuilder, distributions=distributions(10))

        refusal = refused(
            imagebuilder.create_distribution_configuration,
            name="everywhere",
            distributions=distributions(11),
        )

        assert refusal == over_quota("SSM parameters per distribution Region", 10)

    @needs_member("CreateImage", "workflows")
    def test_an_image_has_ten_workflows(self, imagebuilder, refused):
        settings = {
            "imageRecipeArn": a_recipe(imagebuilder),
            "infrastructureConfigurationArn": an_infrastructure(imagebuilder),
            "executionRole": "arn:aws:iam::123456789012:role/builder",
        }
        workflows = [{"workflowArn": f"{AMAZON}workflow/test/test-image/x.x.x"}] * 11
        a_build(imagebuilder, **settings, workflows=workflows[:10])

        refusal = refused(imagebuilder.create_image, **settings, workflows=workflows)

        assert refusal == over_quota("workflows per image", 10)


@pytest.mark.imagebuilder(builds="held", quotas={"concurrent builds": 2})
class TestConcurrentBuilds:
    def test_one_more_is_refused(self, imagebuilder, refused):
        pipeline = a_pipeline(imagebuilder)
        recipe, infrastructure = a_recipe(imagebuilder), an_infrastructure(imagebuilder)
        for _ in range(2):
            a_build(imagebuilder)

        by_hand = refused(
            imagebuilder.create_image,
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=infrastructure,
        )
        by_pipeline = refused(
            imagebuilder.start_image_pipeline_execution, imagePipelineArn=pipeline
        )

        assert by_hand == by_pipeline == over_quota("concurrent builds", 2)

    @pytest.mark.parametrize("end", ["complete", "fail", "cancel"])
    def test_a_build_that_ends_makes_room(self, imagebuilder, imagebuilder_mock, end):
        first, _ = (a_build(imagebuilder) for _ in range(2))
        if end == "cancel":
            imagebuilder.cancel_image_creation(imageBuildVersionArn=first, clientToken="t")
        else:
            getattr(imagebuilder_mock.builds, end)(first)

        third = a_build(imagebuilder)

        assert third in imagebuilder_mock.builds.running

    def test_a_refused_build_takes_no_number(self, imagebuilder, imagebuilder_mock):
        recipe, infrastructure = (
            a_recipe(imagebuilder, name="golden"),
            an_infrastructure(imagebuilder),
        )
        settings = {"imageRecipeArn": recipe, "infrastructureConfigurationArn": infrastructure}
        first, _ = (a_build(imagebuilder, **settings) for _ in range(2))
        refusal_of(imagebuilder.create_image, **settings)
        imagebuilder_mock.builds.complete(first)

        assert a_build(imagebuilder, **settings).endswith(":image/golden/1.0.0/3")
