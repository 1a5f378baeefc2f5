"""The errors that AWS was seen to answer with, word for word.

Each docstring says where. What only a neighbour can know (an instance profile that does not
exist, a role without permissions) is not here.
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
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.model import needs_member
from tests.refusals import Refusal


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

    @pytest.mark.imagebuilder(inspector=False)
    @needs_member("CreateImagePipeline", "imageScanningConfiguration")
    def test_scanning_without_inspector(self, imagebuilder, refused):
        """Seen for 'ecr': hashicorp/terraform-provider-aws#35674; AMIs are 'ec2' resources."""
        refusal = refused(
            imagebuilder.create_image_pipeline,
            name="scanned",
            imageRecipeArn=a_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            imageScanningConfiguration={"imageScanningEnabled": True},
        )

        assert refusal == Refusal(
            "ResourceDependencyException",
            400,
            "Resource dependency error: Amazon Inspector is not enabled for 'ec2' resources in "
            "account '123456789012'.",
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

    def test_a_program_can_catch_them_by_their_class(self, imagebuilder):
        """boto3 finds the class by the code, also where the operation does not model it."""
        with pytest.raises(imagebuilder.exceptions.ResourceNotFoundException):
            imagebuilder.get_image(imageBuildVersionArn=f"{OWN}image/gone/1.0.0/1")
