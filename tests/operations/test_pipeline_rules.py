"""What CreateImagePipeline and UpdateImagePipeline refuse, and CreateImage with them."""

from __future__ import annotations

import pytest

from tests.builders import (
    AMAZON,
    OWN,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_image,
    an_infrastructure,
)
from tests.container_builders import a_container_recipe
from tests.model import needs_member
from tests.refusals import Refusal, invalid_combination, invalid_value

BUILD_IMAGE = f"{AMAZON}workflow/build/build-image/x.x.x"
TEST_IMAGE = f"{AMAZON}workflow/test/test-image/x.x.x"
LICENCE = "arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-" + 32 * "0"

needs_logging = needs_member("CreateImagePipeline", "loggingConfiguration")
needs_scan_types = needs_member(
    "CreateImagePipeline", "imageScanningConfiguration.imageScanningTypes"
)


@pytest.fixture
def given(imagebuilder):
    """What a pipeline must have."""
    return {
        "imageRecipeArn": a_recipe(imagebuilder, name="golden"),
        "infrastructureConfigurationArn": an_infrastructure(imagebuilder, name="default"),
    }


def the_pipeline(client, arn):
    return client.get_image_pipeline(imagePipelineArn=arn)["imagePipeline"]


class TestRules:
    """They hold for updates too."""

    @pytest.fixture(params=["create", "update"])
    def refused_settings(self, request, imagebuilder, refused, given):
        arn = a_pipeline(imagebuilder, **given)
        operation, own = {
            "create": (imagebuilder.create_image_pipeline, {"name": "another"}),
            "update": (imagebuilder.update_image_pipeline, {"imagePipelineArn": arn}),
        }[request.param]

        def refusal(*, without=(), **params):
            settings = {**given, **params}
            return refused(
                operation,
                **own,
                **{name: value for name, value in settings.items() if name not in without},
            )

        return refusal

    def test_a_recipe_must_be_named(self, refused_settings):
        assert refused_settings(without=["imageRecipeArn"]) == invalid_combination(
            "imageRecipeArn",
            "You must specify exactly one of 'imageRecipeArn' and 'containerRecipeArn'.",
        )

    def test_two_recipes_are_one_too_many(self, refused_settings):
        assert refused_settings(
            containerRecipeArn=f"{OWN}container-recipe/golden/1.0.0"
        ) == invalid_combination(
            "imageRecipeArn",
            "You must specify exactly one of 'imageRecipeArn' and 'containerRecipeArn'.",
        )

    @pytest.mark.parametrize(
        ("member", "label", "arn"),
        [
            ("imageRecipeArn", "ImageRecipe", f"{OWN}image-recipe/other/1.0.0"),
            ("containerRecipeArn", "ContainerRecipe", f"{OWN}container-recipe/other/1.0.0"),
            (
                "infrastructureConfigurationArn",
                "InfrastructureConfiguration",
                f"{OWN}infrastructure-configuration/other",
            ),
            (
                "distributionConfigurationArn",
                "DistributionConfiguration",
                f"{OWN}distribution-configuration/other",
            ),
        ],
    )
    def test_what_it_refers_to_must_be_there(self, refused_settings, member, label, arn):
        without = ["imageRecipeArn"] if member == "containerRecipeArn" else []

        refusal = refused_settings(without=without, **{member: arn})

        assert refusal == invalid_value(
            member, f"The provided resource '{label}' does not exist: '{arn}'."
        )

    def test_workflows_need_a_role(self, refused_settings):
        """Source: API reference, CreateImagePipeline."""
        assert refused_settings(workflows=[{"workflowArn": BUILD_IMAGE}]) == invalid_combination(
            "workflows", "Workflows need an 'executionRole'."
        )

    @pytest.mark.parametrize("member", [{"parallelGroup": "tests"}, {"onFailure": "ABORT"}])
    def test_groups_and_endings_are_for_tests(self, refused_settings, member):
        """Source: user guide, pipeline-workflows."""
        workflows = [{"workflowArn": TEST_IMAGE, **member}, {"workflowArn": BUILD_IMAGE, **member}]

        refusal = refused_settings(executionRole="builder", workflows=workflows)

        assert refusal == invalid_combination(
            "workflows[1]", "'parallelGroup' and 'onFailure' are for test workflows only."
        )

    def test_an_own_workflow_must_be_there(self, refused_settings):
        arn = f"{OWN}workflow/test/smoke/1.0.0/1"

        refusal = refused_settings(executionRole="builder", workflows=[{"workflowArn": arn}])

        assert refusal == invalid_value(
            "workflows[0].workflowArn", f"The provided resource 'Workflow' does not exist: '{arn}'."
        )

    @needs_logging
    @pytest.mark.parametrize("member", ["imageLogGroupName", "pipelineLogGroupName"])
    def test_a_log_group_elsewhere_needs_a_role(
        self, imagebuilder, refused_settings, given, member
    ):
        """Source: API reference, PipelineLoggingConfiguration."""
        logging = {"loggingConfiguration": {member: "/golden"}}

        assert refused_settings(**logging) == invalid_combination(
            f"loggingConfiguration.{member}",
            "A log group outside of '/aws/imagebuilder/' needs an execution role.",
        )
        a_pipeline(imagebuilder, **given, **logging, executionRole="builder")

    @needs_member("CreateImageRecipe", "amiWatermarks")
    def test_watermarks_and_the_public_do_not_go_together(self, imagebuilder, refused_settings):
        """Source: user guide, ami-watermarks."""
        recipe = a_recipe(imagebuilder, amiWatermarks=["golden"])
        public = {"launchPermission": {"userGroups": ["all"]}}
        distribution = a_distribution(
            imagebuilder,
            distributions=[
                {"region": "us-east-1", "licenseConfigurationArns": [LICENCE]},
                {"region": "eu-west-1", "amiDistributionConfiguration": public},
            ],
        )

        refusal = refused_settings(imageRecipeArn=recipe, distributionConfigurationArn=distribution)

        assert refusal == invalid_combination(
            "distributionConfigurationArn",
            "'distributions[1]' makes the AMI public, and an AMI with watermarks cannot be public.",
        )

    @needs_member("CreateImageRecipe", "amiWatermarks")
    @pytest.mark.parametrize("parent", ["image", "version", "AMI"])
    def test_watermarks_come_with_the_ami_that_is_built_on(
        self, imagebuilder, refused_settings, parent
    ):
        """Source: user guide, ami-watermarks."""
        marked = a_recipe(imagebuilder, name="marked", amiWatermarks=["golden"])
        base = an_image(imagebuilder, imageRecipeArn=marked)
        [ami] = imagebuilder.get_image(imageBuildVersionArn=base)["image"]["outputResources"][
            "amis"
        ]
        parents = {"image": base, "version": f"{OWN}image/marked/x.x.x", "AMI": ami["image"]}
        public = {"launchPermission": {"userGroups": ["all"]}}
        distribution = a_distribution(
            imagebuilder,
            distributions=[{"region": "eu-west-1", "amiDistributionConfiguration": public}],
        )

        refusal = refused_settings(
            imageRecipeArn=a_recipe(imagebuilder, parentImage=parents[parent]),
            distributionConfigurationArn=distribution,
        )

        assert refusal == invalid_combination(
            "distributionConfigurationArn",
            "'distributions[0]' makes the AMI public, and an AMI with watermarks cannot be public.",
        )

    @needs_member("CreateImageRecipe", "amiWatermarks")
    def test_watermarks_go_with_private_amis(self, imagebuilder, given):
        recipe = a_recipe(imagebuilder, amiWatermarks=["golden"])

        a_pipeline(
            imagebuilder,
            **{**given, "imageRecipeArn": recipe},
            distributionConfigurationArn=a_distribution(imagebuilder),
        )
        a_pipeline(imagebuilder, **{**given, "imageRecipeArn": recipe})

        made = imagebuilder.list_image_pipelines()["imagePipelineList"]
        assert [pipeline["imageRecipeArn"] for pipeline in made] == [recipe, recipe]


class TestScanning:
    """Source: API reference, ImageScanningConfiguration."""

    @pytest.fixture
    def refused_scan(self, imagebuilder, refused, given):
        def refusal(*, tests=True, **scanning):
            return refused(
                imagebuilder.create_image_pipeline,
                name="scanned",
                **given,
                imageTestsConfiguration={"imageTestsEnabled": tests},
                imageScanningConfiguration=scanning,
            )

        return refusal

    def test_a_repository_is_kept_for_amis_too(self, imagebuilder, given):
        """aws-samples/cdk-image-pipeline sends it for AMIs."""
        scanning = {
            "imageScanningEnabled": True,
            "ecrConfiguration": {"repositoryName": "scans", "containerTags": ["scanned"]},
        }

        pipeline = a_pipeline(imagebuilder, **given, imageScanningConfiguration=scanning)
        image = imagebuilder.create_image(**given, imageScanningConfiguration=scanning)

        shown = imagebuilder.get_image_pipeline(imagePipelineArn=pipeline)["imagePipeline"]
        built = imagebuilder.get_image(imageBuildVersionArn=image["imageBuildVersionArn"])
        assert shown["imageScanningConfiguration"] == scanning
        assert built["image"]["imageScanningConfiguration"] == scanning

    def test_it_needs_image_tests(self, refused_scan):
        assert refused_scan(tests=False, imageScanningEnabled=True) == invalid_combination(
            "imageScanningConfiguration.imageScanningEnabled",
            "Scans run during image tests, which are not enabled.",
        )

    @pytest.mark.imagebuilder(inspector=False)
    def test_it_needs_inspector(self, refused_scan):
        """Seen for 'ecr' resources: terraform-provider-aws#35674."""
        assert refused_scan(imageScanningEnabled=True) == Refusal(
            "ResourceDependencyException",
            400,
            "Resource dependency error: Amazon Inspector is not enabled for 'ec2' resources in "
            "account '123456789012'.",
        )

    @needs_scan_types
    @pytest.mark.imagebuilder(inspector=False)
    def test_on_demand_it_does_not(self, imagebuilder, given):
        scanning = {
            "imageScanningEnabled": True,
            "imageScanningTypes": ["ON_DEMAND_AMI_CVE"],
            "scanResultCondition": {"maximumSeverityLabel": "LOW", "fixAvailable": False},
        }

        arn = a_pipeline(imagebuilder, **given, imageScanningConfiguration=scanning)

        assert the_pipeline(imagebuilder, arn)["imageScanningConfiguration"] == scanning

    @needs_scan_types
    @pytest.mark.parametrize("types", [{}, {"imageScanningTypes": ["TEST_INSTANCE_CVE"]}])
    def test_a_condition_is_for_scans_on_demand(self, refused_scan, types):
        refusal = refused_scan(
            imageScanningEnabled=True, scanResultCondition={"maximumSeverityLabel": "LOW"}, **types
        )

        assert refusal == invalid_combination(
            "imageScanningConfiguration.scanResultCondition",
            "A condition for the results needs the scan type 'ON_DEMAND_AMI_CVE'.",
        )

    @needs_scan_types
    def test_of_a_container_there_is_none_on_demand(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_image,
            containerRecipeArn=a_container_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            imageScanningConfiguration={"imageScanningTypes": ["ON_DEMAND_AMI_CVE"]},
        )

        assert refusal == invalid_combination(
            "imageScanningConfiguration.imageScanningTypes",
            "The scan type 'ON_DEMAND_AMI_CVE' is for AMIs only.",
        )
