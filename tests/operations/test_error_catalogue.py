"""The errors that AWS was seen to answer with, word for word.

Each docstring says where. Left out is what a later release has overtaken: workflows of the type
DISTRIBUTION were refused until 2025. IAM policies are not weighed; a fault refuses in their stead.
"""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config

from tests.builders import (
    AMAZON,
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    OWN,
    a_build,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_image,
    an_infrastructure,
)
from tests.container_builders import a_container_pipeline, a_container_recipe, container_params
from tests.model import needs_member
from tests.refusals import Refusal, refusal_of


def invalid_value(text):
    return Refusal("InvalidParameterValueException", 400, text)


def invalid_combination(text):
    return Refusal("InvalidParameterCombinationException", 400, text)


def has_dependents(arn):
    return Refusal(
        "ResourceDependencyException",
        400,
        f"Resource dependency error: The resource ARN '{arn}' has other resources depended on it.",
    )


@pytest.fixture
def unchecked(imagebuilder_mock):
    """A client that sends what botocore itself would refuse, as other SDKs do."""
    return boto3.client(
        "imagebuilder",
        region_name="us-east-1",
        config=Config(parameter_validation=False),
        **imagebuilder_mock.credentials("123456789012"),
    )


class TestDependencies:
    def test_a_recipe_of_a_pipeline(self, imagebuilder, refused):
        """Seen: hashicorp/terraform-provider-aws#39985, #40037, #40128, #19642."""
        recipe = a_recipe(imagebuilder)
        a_pipeline(imagebuilder, imageRecipeArn=recipe)

        refusal = refused(imagebuilder.delete_image_recipe, imageRecipeArn=recipe)

        assert refusal == has_dependents(recipe)

    def test_a_component_of_a_recipe(self, imagebuilder, refused):
        """Seen: pulumi/pulumi#6919 (the build version ARN is in the text)."""
        component = a_component(imagebuilder)
        a_recipe(imagebuilder, components=[component])

        refusal = refused(imagebuilder.delete_component, componentBuildVersionArn=component)

        assert refusal == has_dependents(component)

    def test_an_infrastructure_configuration_of_a_pipeline(self, imagebuilder, refused):
        """Seen: ministryofjustice/modernisation-platform-ami-builds#1127."""
        infrastructure = an_infrastructure(imagebuilder)
        a_pipeline(imagebuilder, infrastructureConfigurationArn=infrastructure)

        refusal = refused(
            imagebuilder.delete_infrastructure_configuration,
            infrastructureConfigurationArn=infrastructure,
        )

        assert refusal == has_dependents(infrastructure)

    def test_a_container_recipe_of_a_pipeline(self, imagebuilder, refused):
        """As the others: the service's clients meet the same code."""
        recipe = a_container_recipe(imagebuilder)
        a_container_pipeline(imagebuilder, containerRecipeArn=recipe)

        refusal = refused(imagebuilder.delete_container_recipe, containerRecipeArn=recipe)

        assert refusal == has_dependents(recipe)

    def test_a_distribution_configuration_of_a_pipeline(self, imagebuilder, refused):
        """As the others: the service's clients meet the same code."""
        distribution = a_distribution(imagebuilder)
        a_pipeline(imagebuilder, distributionConfigurationArn=distribution)

        refusal = refused(
            imagebuilder.delete_distribution_configuration,
            distributionConfigurationArn=distribution,
        )

        assert refusal == has_dependents(distribution)

    @pytest.mark.imagebuilder(inspector=False)
    @needs_member("CreateImagePipeline", "imageScanningConfiguration")
    @pytest.mark.parametrize("scanned", ["ecr", "ec2"])
    def test_scanning_without_inspector(self, imagebuilder, refused, scanned):
        """Seen for 'ecr': hashicorp/terraform-provider-aws#35674; AMIs are 'ec2' resources."""
        recipe = (
            {"containerRecipeArn": a_container_recipe(imagebuilder)}
            if scanned == "ecr"
            else {"imageRecipeArn": a_recipe(imagebuilder)}
        )
        refusal = refused(
            imagebuilder.create_image_pipeline,
            name="scanned",
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            imageScanningConfiguration={"imageScanningEnabled": True},
            **recipe,
        )

        assert refusal == Refusal(
            "ResourceDependencyException",
            400,
            f"Resource dependency error: Amazon Inspector is not enabled for '{scanned}' "
            "resources in account '123456789012'.",
        )


class TestDuplicates:
    def test_an_image_recipe(self, imagebuilder, refused):
        """Seen: ministryofjustice/modernisation-platform-ami-builds#549."""
        a_recipe(imagebuilder, name="golden")

        refusal = refused(
            imagebuilder.create_image_recipe,
            name="golden",
            semanticVersion="1.0.0",
            parentImage=MANAGED_PARENT,
            components=[{"componentArn": MANAGED_COMPONENT}],
        )

        assert refusal == Refusal(
            "ResourceAlreadyExistsException",
            400,
            "The following resource 'ImageRecipe' already exists: "
            f"'{OWN}image-recipe/golden/1.0.0'.",
        )


class TestComponents:
    def test_a_malformed_arn(self, imagebuilder, refused):
        """Seen: boto/boto3#2224."""
        code, status, message = refused(
            imagebuilder.get_component, componentBuildVersionArn=f"{OWN}component/hello"
        )

        assert (code, status) == ("InvalidParameterValueException", 400)
        assert message.startswith(
            "The value supplied for parameter 'componentBuildVersionArn' is not valid. "
            "'componentBuildVersionArn' must match pattern ^arn:aws"
        )

    @pytest.mark.parametrize("kind", ["component", "image", "workflow"])
    @pytest.mark.parametrize("version", ["1.0.0", "x.x.x"])
    def test_a_version_where_a_build_is_deleted(self, imagebuilder, refused, kind, version):
        """Seen for components: TF pull request 40354; so too for the others."""
        name = "test/web" if kind == "workflow" else "web"
        parameter = f"{kind}BuildVersionArn"

        refusal = refused(
            getattr(imagebuilder, f"delete_{kind}"),
            **{parameter: f"{OWN}{kind}/{name}/{version}"},
        )

        assert refusal == Refusal(
            "InvalidParameterValueException",
            400,
            f"The value supplied for parameter '{parameter}' is not valid. The supplied Arn is "
            f"not a valid Image Builder {kind.title()} Build Version Arn.",
        )

    def test_a_version_with_a_placeholder(self, imagebuilder, refused):
        """Seen: aws-cloudformation/cloudformation-coverage-roadmap#2439."""
        refusal = refused(
            imagebuilder.create_component,
            name="hello",
            semanticVersion="1.0.x",
            platform="Linux",
            data=DOCUMENT,
        )

        assert refusal == invalid_value(
            "The value supplied for parameter 'semanticVersion' is not valid. semanticVersion must "
            r"match pattern ^[0-9]+\.[0-9]+\.[0-9]+$"
        )

    def test_a_step_name_with_other_characters(self, imagebuilder, refused):
        """Seen in a public log of CreateComponent."""
        refusal = refused(
            imagebuilder.create_component,
            name="hello",
            semanticVersion="1.0.0",
            platform="Linux",
            data=DOCUMENT.replace("name: Greet", "name: Say hello!"),
        )

        assert refusal == invalid_value(
            "The value supplied for parameter 'data' is not valid. Invalid step name 'Say hello!' "
            "in phase 'build'. Allowed characters are combinations of numbers [0-9], english "
            "letters [a-z,A-Z] and special characters [-_]."
        )

    def test_an_action_without_inputs(self, imagebuilder, refused):
        """Seen: CloudSnorkel/cdk-github-runners#964 (the detail)."""
        refusal = refused(
            imagebuilder.create_component,
            name="hello",
            semanticVersion="1.0.0",
            platform="Linux",
            data=(
                "schemaVersion: 1.0\n"
                "phases:\n"
                "  - name: build\n"
                "    steps:\n"
                "      - name: Download\n"
                "        action: S3Download\n"
            ),
        )

        assert refusal == invalid_value(
            "The value supplied for parameter 'data' is not valid. Parsing step 'Download' in "
            "phase 'build' failed. Error: Action S3Download has no inputs; it requires an 'inputs'"
        )

    def test_parameters_that_the_component_does_not_have(self, imagebuilder, refused):
        """Seen: aws-ia/terraform-aws-ec2-image-builder#106 (a CloudTrail record)."""
        component = a_component(imagebuilder)

        refusal = refused(
            imagebuilder.create_image_recipe,
            name="golden",
            semanticVersion="1.0.0",
            parentImage=MANAGED_PARENT,
            components=[
                {
                    "componentArn": component,
                    "parameters": [{"name": "Greeting", "value": ["hello"]}],
                }
            ],
        )

        assert refusal == invalid_combination(
            "The value supplied for parameter 'components[0].parameters' is not valid. The "
            "following parameters are not defined in the provided component: Greeting"
        )


class TestContainerRecipes:
    def test_a_windows_image_without_its_version(self, imagebuilder, refused):
        """Seen: hashicorp/terraform-provider-aws pull request 24712."""
        given = container_params(
            imagebuilder,
            parentImage="123456789012.dkr.ecr.us-east-1.amazonaws.com/base:latest",
            platformOverride="Windows",
            components=[{"componentArn": MANAGED_COMPONENT.replace("linux", "windows")}],
        )

        assert refused(imagebuilder.create_container_recipe, **given) == invalid_combination(
            "The value supplied for parameter 'parentImage' is not valid. You must specify an "
            "image OsVersion override when using ECR Repositories as your parent image for Windows "
            "Platform."
        )

    def test_a_public_image_without_its_platform(self, imagebuilder, refused):
        """Seen: CloudSnorkel/cdk-github-runners#550 (the text)."""
        given = container_params(
            imagebuilder, parentImage="public.ecr.aws/amazonlinux/amazonlinux:latest"
        )

        assert refused(imagebuilder.create_container_recipe, **given) == invalid_combination(
            "The value supplied for parameter 'parentImage' is not valid. You must specify a "
            "platform override when using ECR Public Repositories as your parent image."
        )


class TestLifecyclePolicies:
    @pytest.mark.needs("moto")
    def test_a_role_that_is_not_there(self, imagebuilder, refused):
        """Seen: terraform-provider-aws, lifecycle_policy.go (a part of the sentence)."""
        from moto import mock_aws

        with mock_aws():
            iam = boto3.client("iam", "us-east-1")
            iam.create_instance_profile(InstanceProfileName="builder")
            refusal = refused(
                imagebuilder.create_lifecycle_policy,
                name="tidy",
                executionRole="arn:aws:iam::123456789012:role/gone",
                resourceType="AMI_IMAGE",
                policyDetails=[
                    {
                        "action": {"type": "DEPRECATE"},
                        "filter": {"type": "AGE", "value": 1, "unit": "DAYS"},
                    }
                ],
                resourceSelection={"tagMap": {"team": "web"}},
            )

        assert refusal == invalid_value(
            "The value supplied for parameter 'executionRole' is not valid. The provided role does "
            "not exist or does not have sufficient permissions."
        )


class TestInfrastructureConfigurations:
    @pytest.mark.needs("moto")
    def test_an_instance_profile_that_is_not_there(self, imagebuilder, refused):
        """Seen: aws/aws-cdk#11441; rhythmictech/terraform-aws-imagebuilder-pipeline#16."""
        from moto import mock_aws

        with mock_aws():
            iam = boto3.client("iam", "us-east-1")
            iam.create_instance_profile(InstanceProfileName="builder")
            refusal = refused(
                imagebuilder.create_infrastructure_configuration,
                name="web",
                instanceProfileName="gone",
            )

        assert refusal == invalid_value(
            "The value supplied for parameter 'instanceProfileName' is not valid. The provided "
            "instance profile does not exist. Please specify a different instance profile and try "
            "again."
        )


class TestPermissions:
    def test_a_refusal_by_iam(self, imagebuilder, imagebuilder_mock):
        """Seen: aws-parallelcluster#3867, for another operation."""
        pipeline = f"{OWN}image-pipeline/golden"
        sentence = (
            "User: arn:aws:iam::123456789012:user/reader is not authorized to perform: "
            f"imagebuilder:DeleteImagePipeline on resource: {pipeline}"
        )
        imagebuilder_mock.faults.add(
            "DeleteImagePipeline", error="AccessDeniedException", message=sentence
        )

        refusal = refusal_of(imagebuilder.delete_image_pipeline, imagePipelineArn=pipeline)

        assert refusal == Refusal("AccessDeniedException", 403, sentence)


class TestDryRuns:
    @needs_member("CreateImageRecipe", "dryRun")
    def test_a_request_that_would_succeed(self, imagebuilder, refused):
        """Documented: user guide, dry-run-resources."""
        refusal = refused(
            imagebuilder.create_image_recipe,
            name="golden",
            semanticVersion="1.0.0",
            parentImage=MANAGED_PARENT,
            components=[{"componentArn": MANAGED_COMPONENT}],
            dryRun=True,
        )

        assert refusal == Refusal(
            "DryRunOperationException",
            412,
            "Request would have succeeded, but dryRun flag is set.",
        )


class TestDistributionConfigurations:
    def test_a_region_without_output(self, imagebuilder, refused):
        """Seen: hashicorp/terraform-provider-aws#17390; pulumi/pulumi#6343."""
        expected = invalid_value(
            "The value supplied for parameter 'distributions[0]' is not valid. One or more outputs "
            "should be provided for each region in a distribution configuration."
        )
        arn = a_distribution(imagebuilder)

        created = refused(
            imagebuilder.create_distribution_configuration,
            name="everywhere",
            distributions=[{"region": "us-east-1"}],
        )
        updated = refused(
            imagebuilder.update_distribution_configuration,
            distributionConfigurationArn=arn,
            distributions=[{"region": "us-east-1"}],
        )

        assert (created, updated) == (expected, expected)

    @pytest.mark.parametrize(
        ("settings", "path"),
        [
            pytest.param(
                {"launchPermission": {"userIds": []}}, "launchPermission.userIds", id="userIds"
            ),
            pytest.param({"targetAccountIds": []}, "targetAccountIds", id="targetAccountIds"),
        ],
    )
    def test_an_empty_list(self, unchecked, refused, settings, path):
        """Seen: rhythmictech/terraform-aws-imagebuilder-pipeline#11; go-to-k/cdk-real-drift."""
        whole = f"distributions[0].amiDistributionConfiguration.{path}"

        refusal = refused(
            unchecked.create_distribution_configuration,
            name="everywhere",
            distributions=[{"region": "us-east-1", "amiDistributionConfiguration": settings}],
            clientToken="t",
        )

        assert refusal == invalid_value(
            f"The value supplied for parameter '{whole}' is not valid. '{whole}' must contain at "
            "least 1 items"
        )


class TestImagePipelines:
    def test_a_cron_expression_that_ends_early(self, imagebuilder, refused):
        """Seen: hashicorp/terraform-provider-aws#17396."""
        refusal = refused(
            imagebuilder.create_image_pipeline,
            name="nightly",
            imageRecipeArn=a_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            schedule={"scheduleExpression": "cron(0 0 * * *)"},
        )

        assert refusal == invalid_value(
            "The value supplied for parameter 'schedule.scheduleExpression' is not valid. Invalid "
            "schedule expression. Details: Invalid CRON expression: error at position 9, details: "
            "Unexpected end of expression."
        )

    @needs_member("CreateImagePipeline", "workflows")
    def test_a_version_of_a_managed_workflow(self, imagebuilder, refused):
        """Seen: aws/aws-cdk#29910 (the braces are the service's own)."""
        refusal = refused(
            imagebuilder.create_image_pipeline,
            name="nightly",
            imageRecipeArn=a_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            executionRole="arn:aws:iam::123456789012:role/builder",
            workflows=[{"workflowArn": f"{AMAZON}workflow/build/build-image/1.0.2/1"}],
        )

        assert refusal == invalid_value(
            "The value supplied for parameter 'workflows' is not valid. AWS managed workflows must "
            "have latest version 'x.x.x' for '{workflow_arn_str}'"
        )


class TestImages:
    def test_a_list_by_name_of_one_version(self, imagebuilder, refused):
        """Seen: aws/aws-sdk-js-v3#2901."""
        refusal = refused(
            imagebuilder.list_images,
            byName=True,
            filters=[{"name": "version", "values": ["1.0.0"]}],
        )

        assert refusal == invalid_combination(
            "The value supplied for parameter 'filters' is not valid. You cannot list Images by "
            "name and filter by version in the same request."
        )


class TestCodesOnly:
    """The code is certain, the text was never seen."""

    @pytest.mark.parametrize(
        ("kind", "parameter", "resource"),
        [
            ("component", "componentBuildVersionArn", "component/gone/1.0.0/1"),
            ("image", "imageBuildVersionArn", "image/gone/1.0.0/1"),
            ("image_recipe", "imageRecipeArn", "image-recipe/gone/1.0.0"),
            ("container_recipe", "containerRecipeArn", "container-recipe/gone/1.0.0"),
            ("workflow", "workflowBuildVersionArn", "workflow/test/gone/1.0.0/1"),
            ("image_pipeline", "imagePipelineArn", "image-pipeline/gone"),
            (
                "infrastructure_configuration",
                "infrastructureConfigurationArn",
                "infrastructure-configuration/gone",
            ),
            (
                "distribution_configuration",
                "distributionConfigurationArn",
                "distribution-configuration/gone",
            ),
        ],
    )
    def test_what_is_gone_is_not_found(self, imagebuilder, refused, kind, parameter, resource):
        """Seen: the "disappears" acceptance tests of hashicorp/terraform-provider-aws."""
        operations = [getattr(imagebuilder, f"{verb}_{kind}") for verb in ("get", "delete")]

        refusals = [
            refused(operation, **{parameter: f"{OWN}{resource}"}) for operation in operations
        ]

        assert [refusal[:2] for refusal in refusals] == [("ResourceNotFoundException", 404)] * 2

    def test_an_update_of_what_is_gone(self, imagebuilder, refused):
        """Seen: AWS's CloudFormation handlers take this code for a resource that is gone."""
        infrastructure = an_infrastructure(imagebuilder)

        refusals = [
            refused(
                imagebuilder.update_infrastructure_configuration,
                infrastructureConfigurationArn=f"{OWN}infrastructure-configuration/gone",
                instanceProfileName="builder",
            ),
            refused(
                imagebuilder.update_distribution_configuration,
                distributionConfigurationArn=f"{OWN}distribution-configuration/gone",
                distributions=[],
            ),
            refused(
                imagebuilder.update_image_pipeline,
                imagePipelineArn=f"{OWN}image-pipeline/gone",
                imageRecipeArn=a_recipe(imagebuilder),
                infrastructureConfigurationArn=infrastructure,
            ),
        ]

        assert [refusal[:2] for refusal in refusals] == [("ResourceNotFoundException", 404)] * 3

    def test_a_build_that_is_running_is_not_deleted(self, imagebuilder, refused):
        """Seen: AWS's CloudFormation handler for images, which then cancels it."""
        refusal = refused(imagebuilder.delete_image, imageBuildVersionArn=a_build(imagebuilder))

        assert refusal[:2] == ("ResourceDependencyException", 400)

    def test_a_build_that_has_ended_is_not_cancelled(self, imagebuilder, refused):
        """Seen: AWS's CloudFormation handler for images expects this code."""
        image = an_image(imagebuilder)

        refusal = refused(imagebuilder.cancel_image_creation, imageBuildVersionArn=image)

        assert refusal[:2] == ("InvalidParameterValueException", 400)

    def test_a_duplicate_of_every_other_kind(self, imagebuilder, refused):
        """Seen: AWS's CloudFormation handlers expect this code."""
        component = {
            "name": "hello",
            "semanticVersion": "1.0.0",
            "platform": "Linux",
            "data": DOCUMENT,
        }
        container = container_params(imagebuilder, name="app")
        pipeline = {
            "name": "nightly",
            "imageRecipeArn": a_recipe(imagebuilder),
            "infrastructureConfigurationArn": an_infrastructure(imagebuilder, name="small"),
        }
        a_component(imagebuilder, **component)
        a_container_recipe(imagebuilder, name="app")
        a_distribution(imagebuilder, name="everywhere")
        a_pipeline(imagebuilder, **pipeline)

        refusals = [
            refused(imagebuilder.create_component, **component),
            refused(imagebuilder.create_container_recipe, **container),
            refused(
                imagebuilder.create_distribution_configuration, name="everywhere", distributions=[]
            ),
            refused(
                imagebuilder.create_infrastructure_configuration,
                name="small",
                instanceProfileName="builder",
            ),
            refused(imagebuilder.create_image_pipeline, **pipeline),
        ]

        assert [refusal[:2] for refusal in refusals] == [
            ("ResourceAlreadyExistsException", 400)
        ] * 5

    def test_a_client_token_of_another_request(self, imagebuilder, refused):
        """Documented: API reference, clientToken."""
        an_infrastructure(imagebuilder, name="first", clientToken="a-token")

        refusal = refused(
            imagebuilder.create_infrastructure_configuration,
            name="second",
            instanceProfileName="builder",
            clientToken="a-token",
        )

        assert refusal[:2] == ("IdempotentParameterMismatchException", 400)

    def test_a_page_token_of_nobody(self, imagebuilder, refused):
        """Documented: API reference, the errors of the list operations."""
        refusal = refused(imagebuilder.list_images, nextToken="a-token")

        assert refusal[:2] == ("InvalidPaginationTokenException", 400)

    def test_a_policy_that_is_no_json(self, imagebuilder, refused):
        """Documented: API reference, PutComponentPolicy."""
        refusal = refused(
            imagebuilder.put_component_policy,
            componentArn=a_component(imagebuilder),
            policy="{",
        )

        assert refusal[:2] == ("InvalidParameterValueException", 400)

    def test_tags_of_what_is_gone(self, imagebuilder, refused):
        """Documented: API reference, the errors of the tagging operations."""
        gone = f"{OWN}image-pipeline/gone"

        refusals = [
            refused(imagebuilder.list_tags_for_resource, resourceArn=gone),
            refused(imagebuilder.tag_resource, resourceArn=gone, tags={"team": "web"}),
            refused(imagebuilder.untag_resource, resourceArn=gone, tagKeys=["team"]),
        ]

        assert [refusal[:2] for refusal in refusals] == [("ResourceNotFoundException", 404)] * 3

    def test_a_program_can_catch_them_by_their_class(self, imagebuilder):
        """boto3 finds the class by the code, also where the operation does not model it."""
        with pytest.raises(imagebuilder.exceptions.ResourceNotFoundException):
            imagebuilder.get_image(imageBuildVersionArn=f"{OWN}image/gone/1.0.0/1")
