"""Templates are checked against CloudFormation's schemas, and refused in its words."""

from __future__ import annotations

import json
import runpy
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.protocol.model import input_members
from imagebuilder_mock.transports.moto.stacks.calls import StackFailure
from imagebuilder_mock.transports.moto.stacks.resource_types import RESOURCE_TYPES, VERSIONS
from imagebuilder_mock.transports.moto.stacks.schemas import check_properties, resource_schemas
from imagebuilder_mock.transports.moto.stacks.templates import parameters
from tests.beside_moto import aws
from tests.builders import DOCUMENT, MANAGED_PARENT
from tests.contracts.every_member import distribution, image_recipe, infrastructure, policy
from tests.model import has_member, needs_member

GENERATOR = Path(__file__).parents[3] / "docs" / "generate_stack_schemas.py"
REFUSED = "Properties validation failed for resource Web with message:\n"
RECIPE = "arn:aws:imagebuilder:us-east-1:123456789012:image-recipe/web/1.0.0"
INFRASTRUCTURE = "arn:aws:imagebuilder:us-east-1:123456789012:infrastructure-configuration/web"
# What a template has to give of each type, with values that the service takes too.
LEAST: dict[str, dict[str, Any]] = {
    "Component": {"Name": "web", "Version": "1.0.0", "Platform": "Linux", "Data": DOCUMENT},
    "ContainerRecipe": {
        "Name": "web",
        "Version": "1.0.0",
        "ContainerType": "DOCKER",
        "ParentImage": "amazonlinux:latest",
        "TargetRepository": {"Service": "ECR", "RepositoryName": "web"},
    },
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

_FURTHER_IN = {"launchPermission": "LaunchPermissionConfiguration"}
_RENAMED = {"semanticVersion": "Version"}

pytestmark = pytest.mark.needs("moto", "openapi_spec_validator")


@pytest.fixture
def cloudformation(mock):  # noqa: ARG001 - both are on
    return aws("cloudformation")


def create(cloudformation, kind, properties):
    resource = {"Type": f"AWS::ImageBuilder::{kind}", "Properties": properties}
    cloudformation.create_stack(
        StackName="web", TemplateBody=yaml.safe_dump({"Resources": {"Web": resource}})
    )
    return reason(cloudformation)


def refusal(kind, properties, *, ignores_unknown=False):
    """What the check of a resource Web says before a stack does anything; None if it passes."""
    row, members = RESOURCE_TYPES[f"AWS::ImageBuilder::{kind}"], input_members(f"Create{kind}")
    try:
        check_properties(row, "Web", properties, members, ignores_unknown=ignores_unknown)
    except StackFailure as failure:
        return failure.reason
    return None


def reason(cloudformation):
    """Why the resource was not created; None if it was."""
    events = cloudformation.describe_stack_events(StackName="web")["StackEvents"]
    reasons = [
        event["ResourceStatusReason"]
        for event in events
        if event["LogicalResourceId"] == "Web" and event["ResourceStatus"] == "CREATE_FAILED"
    ]
    return reasons[0] if reasons else None


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "given", "complaints"),
        [
            pytest.param(
                "Component",
                {"Tags": [{"Key": "a", "Value": "b"}]},
                ["#/Tags: expected type: JSONObject, found: JSONArray"],
                id="a list for a mapping",
            ),
            pytest.param(
                "InfrastructureConfiguration",
                {"InstanceTypes": "t3.micro", "Logging": "logs", "Description": {"a": "b"}},
                [
                    "#/InstanceTypes: expected type: JSONArray, found: String",
                    "#/Logging: expected type: JSONObject, found: String",
                    "#/Description: expected type: String, found: JSONObject",
                ],
                id="text for a list and a mapping",
            ),
            pytest.param(
                "InfrastructureConfiguration",
                {"TerminateInstanceOnFailure": "yes"},
                ["#/TerminateInstanceOnFailure: expected type: Boolean, found: String"],
                id="a text that is no boolean",
            ),
            pytest.param(
                "ImageRecipe",
                {"BlockDeviceMappings": [{}, {"Ebs": {"VolumeSize": "8 GB"}}]},
                ["#/BlockDeviceMappings/1/Ebs/VolumeSize: expected type: Integer, found: String"],
                id="a text that is no number",
            ),
            pytest.param(
                "Component",
                {"Tags": {"a/b": {"c": "d"}}},
                ["#/Tags/a~1b: expected type: String, found: JSONObject"],
                id="a tag that is no text",
            ),
            pytest.param(
                "Component",
                {"Name": None, "Version": None},
                ["#: required key [Name] not found", "#: required key [Version] not found"],
                id="what is required, all of it",
            ),
            pytest.param(
                "DistributionConfiguration",
                {"Distributions": [{"SsmParameterConfigurations": [{"DataType": "text"}]}]},
                [
                    "#/Distributions/0: required key [Region] not found",
                    (
                        "#/Distributions/0/SsmParameterConfigurations/0: "
                        "required key [ParameterName] not found"
                    ),
                ],
                id="what is required further in",
            ),
            pytest.param(
                "Component",
                {"Platform": "linux"},
                [
                    "#/Platform: #: only 1 subschema matches out of 2",
                    "#/Platform: failed validation constraint for keyword [enum]",
                ],
                id="another value than there are",
            ),
            pytest.param(
                "Component",
                {"Data": ""},
                ["#/Data: expected minLength: 1, actual: 0"],
                id="a text that is too short",
            ),
            pytest.param(
                "Component",
                {"Data": "x" * 16001},
                ["#/Data: expected maxLength: 16000, actual: 16001"],
                id="a text that is too long",
            ),
            pytest.param(
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
                id="a number and a text out of bounds, beside alternatives that are met",
            ),
            pytest.param(
                "ImagePipeline",
                {"ImageTestsConfiguration": {"TimeoutMinutes": 1441}},
                [
                    "#: #: only 1 subschema matches out of 2",
                    (
                        "#/ImageTestsConfiguration/TimeoutMinutes: "
                        "failed validation constraint for keyword [maximum]"
                    ),
                ],
                id="a number that is too high",
            ),
            pytest.param(
                "ImagePipeline",
                {"ImageRecipeArn": None},
                [
                    "#: #: only 1 subschema matches out of 2",
                    "#: #: 0 subschemas matched instead of one",
                    "#: required key [ContainerRecipeArn] not found",
                    "#: required key [ImageRecipeArn] not found",
                ],
                id="none of the alternatives of which one is needed",
            ),
            pytest.param(
                "ImagePipeline",
                {"ContainerRecipeArn": RECIPE.replace("image-", "container-")},
                [
                    "#: #: only 1 subschema matches out of 2",
                    "#: #: 2 subschemas matched instead of one",
                ],
                id="two alternatives of which one is allowed",
            ),
            pytest.param(
                "Image",
                {"ImageRecipeArn": None},
                [
                    "#: #: only 1 subschema matches out of 2",
                    "#: #: no subschema matched out of the total 3 subschemas",
                    "#: required key [ContainerRecipeArn] not found",
                    "#: required key [ImageRecipeArn] not found",
                    "#: required key [ImagePipelineExecutionSettings] not found",
                ],
                id="none of the alternatives that may be combined",
            ),
        ],
    )
    def test_they_are_in_the_words_of_cloudformations_validator(self, kind, given, complaints):
        properties = {
            name: value for name, value in (LEAST[kind] | given).items() if value is not None
        }

        assert refusal(kind, properties) == REFUSED + "\n".join(complaints)

    def test_they_fail_the_stack_before_anything_is_called(self, cloudformation, mock):
        properties = LEAST["Component"] | {"Tags": ["a"], "ClientToken": "once"}

        said = create(cloudformation, "Component", properties)

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

            assert create(aws("cloudformation"), "DistributionConfiguration", properties) is None

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

    def test_an_update_is_checked_too(self, cloudformation, mock):
        kind = "InfrastructureConfiguration"
        create(cloudformation, kind, LEAST[kind])
        properties = LEAST[kind] | {"ResourceTags": ["a"]}
        resource = {"Type": f"AWS::ImageBuilder::{kind}", "Properties": properties}

        cloudformation.update_stack(
            StackName="web", TemplateBody=yaml.safe_dump({"Resources": {"Web": resource}})
        )

        events = cloudformation.describe_stack_events(StackName="web")["StackEvents"]
        [failed] = [event for event in events if event["ResourceStatus"] == "UPDATE_FAILED"]
        assert failed["ResourceStatusReason"] == (
            f"{REFUSED}#/ResourceTags: expected type: JSONObject, found: JSONArray"
        )
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

        assert create(cloudformation, "InfrastructureConfiguration", properties) is None

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
        said = create(cloudformation, "ImageRecipe", LEAST["ImageRecipe"] | {"Name": "?"})

        assert said.startswith("Resource handler returned message")

    def test_keys_of_any_case_pass_below_an_ami_distribution(self, cloudformation, mock):
        permission = {"userIds": ["111122223333"]}
        given: dict[str, Any] = {"description": "web", "launchPermissionConfiguration": permission}
        distributed = [{"Region": "us-east-1", "AmiDistributionConfiguration": given}]
        properties = {"Name": "web", "Distributions": distributed}

        assert create(cloudformation, "DistributionConfiguration", properties) is None

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

    @needs_member("CreateImageRecipe", "amiWatermarks")
    @pytest.mark.parametrize("name", RESOURCE_TYPES)
    def test_every_property_is_accepted_and_reaches_the_operation(self, name):
        schema, kind = resource_schemas()["types"][name], RESOURCE_TYPES[name]
        members = input_members(f"Create{kind.name}")
        full = _full(schema, schema["definitions"], schema["readOnlyProperties"])
        # A pipeline has one of two recipes.
        recipes = (
            ("ContainerRecipeArn", "ImageRecipeArn") if kind.name == "ImagePipeline" else ("",)
        )
        for left_out in recipes:
            properties = {key: value for key, value in full.items() if key != left_out}
            assert refusal(kind.name, properties) is None

        given = parameters(kind, full, members)

        own = Counter(_leaves({key: full[key] for key in kind.own}))
        assert Counter(_leaves(full)) - own == Counter(_leaves(given))

    @needs_member("CreateImageRecipe", "amiWatermarks")
    @pytest.mark.parametrize(
        ("kind", "given"),
        [
            ("InfrastructureConfiguration", {"name": "web", **infrastructure()}),
            ("DistributionConfiguration", {"name": "web", "distributions": [distribution()]}),
            ("ImageRecipe", image_recipe("arn")),
            ("LifecyclePolicy", {"name": "web", **policy()}),
        ],
    )
    def test_a_stack_asks_for_what_a_full_template_says(self, cloudformation, mock, kind, given):
        given.get("distributions", [{}])[0].pop("s3ExportConfiguration", None)
        if "components" in given:
            component = mock.client().create_component(
                name="said",
                semanticVersion="1.0.0",
                platform="Linux",
                data=f"{DOCUMENT}parameters:\n  - Name: {{type: string}}\n",
                clientToken="once",
            )
            given["components"][0]["componentArn"] = component["componentBuildVersionArn"]

        create(cloudformation, kind, _properties(given))

        [call] = mock.calls.filter(f"Create{kind}")
        assert {name: call.parameters[name] for name in given} == given


class TestTheFile:
    def test_it_is_as_the_generator_wrote_it(self):
        digest = runpy.run_path(str(GENERATOR))["digest"]

        assert resource_schemas()["digest"] == digest(resource_schemas()["types"])

    @pytest.mark.needs("cfnlint")
    def test_it_is_what_the_installed_cfn_lint_has(self):
        generator = runpy.run_path(str(GENERATOR))

        assert generator["DATA"].read_text(encoding="utf-8") == generator["text"](), (
            "run: python docs/generate_stack_schemas.py"
        )

    def test_it_has_the_types(self):
        assert set(resource_schemas()["types"]) == set(RESOURCE_TYPES)

    @pytest.mark.parametrize("name", RESOURCE_TYPES)
    def test_it_agrees_with_the_table_of_types(self, name):
        kind, schema = RESOURCE_TYPES[name], resource_schemas()["types"][name]
        if not has_member(f"Create{kind.name}", "name") and kind.name in {
            "LifecyclePolicy",
            "Workflow",
        }:
            pytest.skip(f"this botocore has no {kind.name}")
        read_only = {
            pointer.removeprefix("/properties/").replace("/", ".")
            for pointer in schema["readOnlyProperties"]
        }
        settable = [each for each in schema["properties"] if each not in read_only]

        replacing = {f"/properties/{each}" for each in settable if kind.is_replaced_by({each})}

        assert replacing == set(schema["createOnlyProperties"])
        # The template reference has Name among the return values too, and the CDK asks for Version.
        more = {"Name", "Version"} & set(settable)
        assert read_only - {"LatestVersion"} <= set(kind.attributes) <= read_only | more
        assert set(VERSIONS) <= read_only or "LatestVersion" not in schema["properties"]


def _with(properties, path, name):
    """A copy with one property more, which is not empty, at a pointer."""
    changed = json.loads(json.dumps(properties))
    below = changed
    for step in path.split("/")[1:]:
        below = below[int(step)] if step.isdecimal() else below.setdefault(step, {})
    below[name] = "1.0.0"
    return changed


def _properties(given, renamed=_RENAMED):
    """Parameters of the API as the properties of a template."""
    if isinstance(given, list):
        return [_properties(each, _FURTHER_IN) for each in given]
    if not isinstance(given, dict):
        return given
    return {
        renamed.get(key, key[0].upper() + key[1:]): (
            value if key.endswith(("ags", "tagMap")) else _properties(value, _FURTHER_IN)
        )
        for key, value in given.items()
    }


def _full(schema, definitions, left_out=(), path=""):
    """A value with every property that a template can give, each leaf once."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if "properties" in schema:
        return {
            name: _full(below, definitions, path=f"{path}/{name}".lstrip("/"))
            for name, below in schema["properties"].items()
            if f"/properties/{name}" not in left_out
        }
    if "patternProperties" in schema:
        return {"key": path}
    if schema.get("type") == "array":
        return [_full(schema["items"], definitions, path=f"{path}/0")]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "integer":
        return schema.get("minimum", 100)
    return True if schema.get("type") == "boolean" else path


def _leaves(value):
    if isinstance(value, dict):
        for below in value.values():
            yield from _leaves(below)
    elif isinstance(value, list):
        for below in value:
            yield from _leaves(below)
    else:
        yield value
