"""Templates are checked against CloudFormation's schemas, and refused in its words."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.protocol.model import input_members
from imagebuilder_mock.transports.moto.stacks.calls import StackFailure
from imagebuilder_mock.transports.moto.stacks.properties import check_properties, parameters
from imagebuilder_mock.transports.moto.stacks.resource_types import RESOURCE_TYPES, resource_schemas
from tests.beside_moto import aws
from tests.builders import DOCUMENT, MANAGED_PARENT
from tests.model import needs_member
from tests.stack_builders import a_resource, create, reasons, template, update

REFUSED = "Properties validation failed for resource Web with message:\n"
RECIPE = "arn:aws:imagebuilder:us-east-1:123456789012:image-recipe/web/1.0.0"
INFRASTRUCTURE = "arn:aws:imagebuilder:us-east-1:123456789012:infrastructure-configuration/web"
# What a template has to give of each type, with values that the service takes too.
LEAST: dict[str, dict[str, Any]] = {
    "Component": {"Name": "web", "Version": "1.0.0", "Platform": "Linux", "Data": DOCUMENT},
    "DistributionConfiguration": {"Name": "web", "Distributions": [{"Region": "us-east-1"}]},
    "Image": {"ImageRecipeArn": RECIPE, "InfrastructureConfigurationArn": INFRASTRUCTURE},
    "ImagePipeline": {
        "Name": "web",
        "ImageRecipeArn": RECIPE,
        "InfrastructureConfigurationArn": INFRASTRUCTURE,
    },
    "ImageRecipe": {"Name": "web", "Version": "1.0.0", "ParentImage": MANAGED_PARENT},
    "InfrastructureConfiguration": {"Name": "web", "InstanceProfileName": "builder"},
}

pytestmark = pytest.mark.needs("moto", "openapi_spec_validator")


def reason(cloudformation, kind, properties):
    """Why a stack cannot create the resource Web; None if it can."""
    create(cloudformation, template(Web=a_resource(kind, **properties)))
    return reasons(cloudformation, "CREATE_FAILED").get("Web")


def refusal(kind, properties, *, ignores_unknown=False):
    """What the check of a resource Web says before a stack does anything; None if it passes."""
    row, members = RESOURCE_TYPES[f"AWS::ImageBuilder::{kind}"], input_members(f"Create{kind}")
    try:
        check_properties(row, "Web", properties, members, ignores_unknown=ignores_unknown)
    except StackFailure as failure:
        return failure.reason
    return None


REFUSALS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a list for a mapping": (
        "Component",
        {"Tags": [{"Key": "a", "Value": "b"}]},
        ["#/Tags: expected type: JSONObject, found: JSONArray"],
    ),
    "text for a list and a mapping": (
        "InfrastructureConfiguration",
        {"InstanceTypes": "t3.micro", "Logging": "logs", "Description": {"a": "b"}},
        [
            "#/InstanceTypes: expected type: JSONArray, found: String",
            "#/Logging: expected type: JSONObject, found: String",
            "#/Description: expected type: String, found: JSONObject",
        ],
    ),
    "a text that is no boolean": (
        "InfrastructureConfiguration",
        {"TerminateInstanceOnFailure": "yes"},
        ["#/TerminateInstanceOnFailure: expected type: Boolean, found: String"],
    ),
    "a text that is no number": (
        "ImageRecipe",
        {"BlockDeviceMappings": [{}, {"Ebs": {"VolumeSize": "8 GB"}}]},
        ["#/BlockDeviceMappings/1/Ebs/VolumeSize: expected type: Integer, found: String"],
    ),
    "a tag that is no text": (
        "Component",
        {"Tags": {"a/b": {"c": "d"}}},
        ["#/Tags/a~1b: expected type: String, found: JSONObject"],
    ),
    "what is required, all of it": (
        "Component",
        {"Name": None, "Version": None},
        ["#: required key [Name] not found", "#: required key [Version] not found"],
    ),
    "what is required further in": (
        "DistributionConfiguration",
        {"Distributions": [{"SsmParameterConfigurations": [{"DataType": "text"}]}]},
        [
            "#/Distributions/0: required key [Region] not found",
            (
                "#/Distributions/0/SsmParameterConfigurations/0: "
                "required key [ParameterName] not found"
            ),
        ],
    ),
    "another value than there are": (
        "Component",
        {"Platform": "linux"},
        [
            "#/Platform: #: only 1 subschema matches out of 2",
            "#/Platform: failed validation constraint for keyword [enum]",
        ],
    ),
    "a text that is too short": (
        "Component",
        {"Data": ""},
        ["#/Data: expected minLength: 1, actual: 0"],
    ),
    "a text that is too long": (
        "Component",
        {"Data": "x" * 16001},
        ["#/Data: expected maxLength: 16000, actual: 16001"],
    ),
    "a number and a text out of bounds, beside alternatives that are met": (
        "ImagePipeline",
        {
            "ImageTestsConfiguration": {"TimeoutMinutes": 59},
            "Schedule": {"Timezone": "Europe Berlin"},
        },
        [
            "#: #: only 1 subschema matches out of 2",
            (
                "#/ImageTestsConfiguration/TimeoutMinutes: "
                "failed validation constraint for keyword [minimum]"
            ),
            "#/Schedule/Timezone: failed validation constraint for keyword [pattern]",
        ],
    ),
    "a number that is too high": (
        "ImagePipeline",
        {"ImageTestsConfiguration": {"TimeoutMinutes": 1441}},
        [
            "#: #: only 1 subschema matches out of 2",
            (
                "#/ImageTestsConfiguration/TimeoutMinutes: "
                "failed validation constraint for keyword [maximum]"
            ),
        ],
    ),
    "none of the alternatives of which one is needed": (
        "ImagePipeline",
        {"ImageRecipeArn": None},
        [
            "#: #: only 1 subschema matches out of 2",
            "#: #: 0 subschemas matched instead of one",
            "#: required key [ContainerRecipeArn] not found",
            "#: required key [ImageRecipeArn] not found",
        ],
    ),
    "two alternatives of which one is allowed": (
        "ImagePipeline",
        {"ContainerRecipeArn": RECIPE.replace("image-", "container-")},
        [
            "#: #: only 1 subschema matches out of 2",
            "#: #: 2 subschemas matched instead of one",
        ],
    ),
    "none of the alternatives that may be combined": (
        "Image",
        {"ImageRecipeArn": None},
        [
            "#: #: only 1 subschema matches out of 2",
            "#: #: no subschema matched out of the total 3 subschemas",
            "#: required key [ContainerRecipeArn] not found",
            "#: required key [ImageRecipeArn] not found",
            "#: required key [ImagePipelineExecutionSettings] not found",
        ],
    ),
}


class TestRefusals:
    @pytest.mark.parametrize(("kind", "given", "complaints"), REFUSALS.values(), ids=REFUSALS)
    def test_they_are_in_the_words_of_cloudformations_validator(self, kind, given, complaints):
        properties = {
            name: value for name, value in (LEAST[kind] | given).items() if value is not None
        }

        assert refusal(kind, properties) == REFUSED + "\n".join(complaints)

    def test_they_fail_the_stack_before_anything_is_called(self, cloudformation, mock):
        properties = LEAST["Component"] | {"Tags": ["a"], "ClientToken": "once"}

        said = reason(cloudformation, "Component", properties)

        assert said == refusal("Component", properties)
        assert "#/Tags: expected type: JSONObject, found: JSONArray\n" in said
        assert not mock.calls

    @pytest.mark.parametrize(
        ("kind", "path", "name"),
        [
            ("Component", "", "ClientToken"),
            pytest.param(
                "Component", "", "DryRun", marks=needs_member("CreateComponent", "dryRun")
            ),
            ("Component", "", "SemanticVersion"),
            ("Component", "", "description"),
            (
                "DistributionConfiguration",
                "/Distributions/0/AmiDistributionConfiguration",
                "LaunchPermission",
            ),
            ("DistributionConfiguration", "/Distributions/0", "S3ExportConfiguration"),
        ],
    )
    def test_a_parameter_that_is_no_property_is_refused_with_the_date_of_the_schema(
        self, kind, path, name
    ):
        said = refusal(kind, _with(LEAST[kind], path, name))

        assert said == (
            f"{REFUSED}#{path}: extraneous key [{name}] is not permitted\n"
            f"The schema of AWS::ImageBuilder::{kind} is of {resource_schemas()['date']}. "
            f'With unknown_members="ignore" the mock takes [{name}] all the same.'
        )

    def test_what_nobody_knows_is_not_offered_that(self):
        said = refusal("Component", LEAST["Component"] | {"Nam": "web"})

        assert "extraneous key [Nam]" in said
        assert "unknown_members" not in said

    @pytest.mark.usefixtures("moto")
    def test_what_botocore_knows_passes_if_unknown_members_are_ignored(self):
        exported = {"RoleName": "exporter", "DiskImageFormat": "RAW", "S3Bucket": "bucket"}
        with mock_imagebuilder(unknown_members="ignore") as mock:
            properties = _with(
                LEAST["DistributionConfiguration"], "/Distributions/0", "S3ExportConfiguration"
            )
            properties["Distributions"][0]["S3ExportConfiguration"] = exported

            assert reason(aws("cloudformation"), "DistributionConfiguration", properties) is None

            [call] = mock.calls.filter("CreateDistributionConfiguration")
            given: Any = call.parameters["distributions"]
            assert given[0]["s3ExportConfiguration"]["s3Bucket"] == "bucket"

    def test_what_nobody_knows_is_refused_even_then(self):
        properties = LEAST["Component"] | {"Nam": "web", "ClientToken": "once"}

        said = refusal("Component", properties, ignores_unknown=True)

        assert "[Nam]" in said
        assert "[ClientToken]" not in said

    def test_what_is_read_only_cannot_be_given(self):
        said = refusal("Component", LEAST["Component"] | {"Type": "BUILD"})

        assert said.startswith("Encountered unsupported property Type")

    @pytest.mark.parametrize(
        ("properties", "found"), [([], "JSONArray"), ("a", "String"), (True, "String")]
    )
    def test_they_are_an_object(self, cloudformation, properties, found):
        kind = "InfrastructureConfiguration"
        said = f"{REFUSED}#: expected type: JSONObject, found: {found}"
        wrong = template(Web={"Type": f"AWS::ImageBuilder::{kind}", "Properties": properties})

        create(cloudformation, wrong)
        assert reasons(cloudformation, "CREATE_FAILED") == {"Web": said}
        cloudformation.delete_stack(StackName="web")

        reason(cloudformation, kind, LEAST[kind])
        update(cloudformation, wrong)
        assert reasons(cloudformation, "UPDATE_FAILED") == {"Web": said}

    def test_an_update_is_checked_too(self, cloudformation, mock):
        kind = "InfrastructureConfiguration"
        reason(cloudformation, kind, LEAST[kind])
        properties = LEAST[kind] | {"ResourceTags": ["a"]}

        update(cloudformation, template(Web=a_resource(kind, **properties)))

        assert reasons(cloudformation, "UPDATE_FAILED") == {
            "Web": f"{REFUSED}#/ResourceTags: expected type: JSONObject, found: JSONArray"
        }
        assert not mock.calls.filter("UpdateInfrastructureConfiguration")


class TestWhatPasses:
    def test_texts_pass_as_what_they_say_and_scalars_as_texts(self, cloudformation, mock):
        properties = LEAST["InfrastructureConfiguration"] | {
            "TerminateInstanceOnFailure": "False",
            "InstanceMetadataOptions": {"HttpPutResponseHopLimit": "2"},
            "KeyPair": 4711,
            "ResourceTags": {"Spot": True, "Share": 0.5, 2026: date(2026, 11, 30)},
            "Tags": {True: False},
        }

        assert reason(cloudformation, "InfrastructureConfiguration", properties) is None

        [call] = mock.calls.filter("CreateInfrastructureConfiguration")
        assert call.parameters["terminateInstanceOnFailure"] is False
        assert call.parameters["instanceMetadataOptions"] == {"httpPutResponseHopLimit": 2}
        assert call.parameters["keyPair"] == "4711"
        assert call.parameters["resourceTags"] == {
            "Spot": "true",
            "Share": "0.5",
            "2026": "2026-11-30",
        }
        assert call.parameters["tags"] == {"true": "false"}

    def test_what_only_the_service_bounds_is_refused_by_the_service(self, cloudformation):
        said = reason(cloudformation, "ImageRecipe", LEAST["ImageRecipe"] | {"Name": "?"})

        assert said.startswith("Resource handler returned message")

    def test_keys_of_any_case_pass_below_an_ami_distribution(self, cloudformation, mock):
        permission = {"userIds": ["111122223333"]}
        given: dict[str, Any] = {"description": "web", "launchPermissionConfiguration": permission}
        distributed = [{"Region": "us-east-1", "AmiDistributionConfiguration": given}]
        properties = {"Name": "web", "Distributions": distributed}

        assert reason(cloudformation, "DistributionConfiguration", properties) is None

        [call] = mock.calls.filter("CreateDistributionConfiguration")
        made: Any = call.parameters["distributions"]
        assert made[0]["amiDistributionConfiguration"] == {
            "description": "web",
            "launchPermission": permission,
        }

        given["amiTags"] = ["a"]
        assert "AmiDistributionConfiguration/amiTags: expected type: JSONObject" in refusal(
            "DistributionConfiguration", properties
        )

    def test_a_property_that_only_a_newer_botocore_knows_is_refused_with_that_reason(self):
        kind = RESOURCE_TYPES["AWS::ImageBuilder::ImageRecipe"]
        members = dict(input_members("CreateImageRecipe"))
        members.pop("amiTags", None)

        with pytest.raises(StackFailure, match=r"^#/AmiTags is a property that the installed"):
            parameters(kind, LEAST["ImageRecipe"] | {"AmiTags": {"a": "b"}}, members)


def _with(properties, path, name):
    """A copy with one property more, which is not empty, at a pointer."""
    changed = json.loads(json.dumps(properties))
    below = changed
    for step in path.split("/")[1:]:
        below = below[int(step)] if step.isdecimal() else below.setdefault(step, {})
    below[name] = "1.0.0"
    return changed
