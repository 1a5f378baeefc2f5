"""What templates say: functions in all their forms, dynamic references, order, tags."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

import pytest
import yaml
from botocore.exceptions import ClientError

from tests.beside_moto import aws
from tests.builders import OWN
from tests.model import needs_output
from tests.stack_builders import (
    COMPONENT,
    INFRASTRUCTURE,
    a_resource,
    change_set,
    create,
    infrastructure,
    left,
    outputs,
    reasons,
    recipe,
    status,
    template,
    update,
)

pytestmark = pytest.mark.needs("moto", "openapi_spec_validator")

LATEST = f"{OWN}image-recipe/web/x.x.x"
DISTRIBUTION = {"Region": "us-east-1"}


def distribution(**ami):
    return a_resource(
        "DistributionConfiguration",
        Name="web",
        Distributions=[{**DISTRIBUTION, "AmiDistributionConfiguration": ami}],
    )


def shown(mock, name):
    [found] = [each for each in mock.resources() if f"{name}/web" in each.arn]
    return found


class TestFunctions:
    @needs_output("CreateComponent", "latestVersionReferences")
    @pytest.mark.parametrize(
        "value",
        [
            "!GetAtt Recipe.LatestVersion.Arn",
            "!GetAtt [Recipe, LatestVersion.Arn]",
            "!GetAtt [Recipe, LatestVersion, Arn]",
            "{Fn::GetAtt: Recipe.LatestVersion.Arn}",
            "{Fn::GetAtt: [Recipe, LatestVersion.Arn]}",
            "{Fn::GetAtt: [Recipe, !Ref Which]}",
            "!Sub '${Recipe.LatestVersion.Arn}'",
            "{Fn::Sub: '${Recipe.LatestVersion.Arn}'}",
            "!Join ['', [!Sub ['${Kind}', {Kind: !GetAtt Recipe.LatestVersion.Arn}], '']]",
            "!Select [1, !Split ['|', !Sub 'a|${Recipe.LatestVersion.Arn}']]",
        ],
    )
    def test_an_attribute_with_a_dot_in_its_name_in_yaml(self, cloudformation, value):
        body = template(**recipe()) + (
            "Parameters: {Which: {Type: String, Default: LatestVersion.Arn}}\n"
            f"Outputs: {{Latest: {{Value: {value}}}}}\n"
        )

        assert create(cloudformation, body) == "CREATE_COMPLETE"

        assert outputs(cloudformation) == {"Latest": LATEST}

    @needs_output("CreateComponent", "latestVersionReferences")
    @pytest.mark.parametrize(
        "value",
        [
            {"Fn::GetAtt": "Recipe.LatestVersion.Arn"},
            {"Fn::GetAtt": ["Recipe", "LatestVersion.Arn"]},
            {"Fn::Sub": ["${Recipe.LatestVersion.Arn}${Nothing}", {"Nothing": ""}]},
        ],
    )
    def test_and_in_json_within_a_property(self, cloudformation, value):
        parameter = {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Name": "/latest", "Type": "String", "Value": value},
        }

        body = json.dumps({"Resources": {"Latest": parameter, **recipe()}})

        assert create(cloudformation, body) == "CREATE_COMPLETE"
        assert aws("ssm").get_parameter(Name="/latest")["Parameter"]["Value"] == LATEST

    @needs_output("CreateComponent", "latestVersionReferences")
    def test_what_else_a_text_has_stays(self, mock, cloudformation):
        text = "$$ ${!Literal} ${Component.Name} of ${Recipe.LatestVersion.Major}, ${AWS::Region}"

        described = infrastructure(Description={"Fn::Sub": text})
        create(cloudformation, template(Web=described, **recipe()))

        major = f"{OWN}image-recipe/web/1.x.x"
        assert shown(mock, "infrastructure-configuration").description == (
            f"$$ ${{Literal}} web of {major}, us-east-1"
        )

    @pytest.mark.parametrize("form", ["Web.ImageId", ["Web", "ImageId"]])
    def test_an_attribute_that_does_not_exist_fails_the_one_that_asks(self, cloudformation, form):
        body = template(
            Web=INFRASTRUCTURE, **recipe(Description={"Fn::GetAtt": form}, Components=[])
        )

        assert create(cloudformation, body) == "ROLLBACK_COMPLETE"
        assert reasons(cloudformation, "CREATE_FAILED") == {
            "Recipe": "Template error: resource Web does not support attribute type ImageId in "
            "Fn::GetAtt"
        }

    def test_in_an_output_it_is_refused_at_any_depth(self, cloudformation):
        value = {"Fn::Join": ["", ["a", {"Fn::Sub": "${Web.ImageId}"}]]}
        body = yaml.safe_dump(
            {"Resources": {"Web": INFRASTRUCTURE}, "Outputs": {"A": {"Value": value}}}
        )

        with pytest.raises(
            ClientError, match="resource Web does not support attribute type ImageId"
        ):
            create(cloudformation, body)

        assert cloudformation.list_stacks()["StackSummaries"] == []

    def test_a_change_set_that_changes_nothing_is_known_whatever_the_form(self, cloudformation):
        body = template(**recipe(Components=[{"ComponentArn": {"Fn::GetAtt": "Component.Arn"}}]))
        create(cloudformation, body)

        made = change_set(cloudformation, body)

        found = cloudformation.describe_change_set(ChangeSetName=made)
        assert (found["Status"], found.get("Changes", [])) == ("FAILED", [])


class TestDynamicReferences:
    @pytest.fixture(autouse=True)
    def _parameter(self, mock):  # noqa: ARG002 - on
        for value in ("first", "second"):
            aws("ssm").put_parameter(Name="/a/b", Value=value, Type="String", Overwrite=True)

    def describe(self, cloudformation, text, **properties):
        return create(cloudformation, template(Web=infrastructure(Description=text, **properties)))

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("{{resolve:ssm:/a/b}}", "second"),
            ("{{resolve:ssm:/a/b:1}}", "first"),
            ("<{{resolve:ssm:/a/b:1}}-{{resolve:ssm:/a/b:2}}>", "<first-second>"),
            ({"Fn::Sub": "{{resolve:ssm:/a/${AWS::Region}:1}}"}, "there"),
            ("{{resolve:secretsmanager:secret:SecretString:user}}", "builder"),
            ("{{resolve:secretsmanager:secret}}", '{"user": "builder"}'),
        ],
    )
    def test_a_property_has_the_value(self, mock, cloudformation, text, value):
        aws("ssm").put_parameter(Name="/a/us-east-1", Value="there", Type="String")
        aws("secretsmanager").create_secret(Name="secret", SecretString='{"user": "builder"}')

        assert self.describe(cloudformation, text) == "CREATE_COMPLETE"

        assert shown(mock, "infrastructure-configuration").description == value

    def test_tags_have_it_too_and_a_newer_value_changes_nothing_by_itself(
        self, mock, cloudformation
    ):
        tags = {"Branch": "{{resolve:ssm:/a/b}}"}
        self.describe(cloudformation, "first", Tags=tags)
        aws("ssm").put_parameter(Name="/a/b", Value="third", Type="String", Overwrite=True)
        web = infrastructure(Description="first", Tags=tags)

        update(cloudformation, template(Web=web, Component=COMPONENT))

        assert shown(mock, "infrastructure-configuration").tags == {"Branch": "second"}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{{resolve:ssm:/none}}", r"Parameters: \[ssm:/none\] cannot be found"),
            ("{{resolve:ssm:/a/b:9}}", r"Parameters: \[ssm:/a/b:9\] cannot be found"),
            ("{{resolve:secretsmanager:none}}", "can't find"),
        ],
    )
    def test_one_that_is_not_there_fails_the_resource(self, cloudformation, text, said):
        assert self.describe(cloudformation, text) == "ROLLBACK_COMPLETE"

        [(name, reason)] = reasons(cloudformation, "CREATE_FAILED").items()
        assert name == "Web"
        assert re.search(said, reason)

    def test_secure_parameters_are_not_for_these_properties(self, cloudformation):
        with pytest.raises(
            ClientError,
            match=r"SSM Secure reference is not supported in: "
            r"\[AWS::ImageBuilder::InfrastructureConfiguration/Properties/Description\]",
        ):
            self.describe(cloudformation, "{{resolve:ssm-secure:/a/b:1}}")

        assert cloudformation.list_stacks()["StackSummaries"] == []


class TestCamelCase:
    def test_it_deploys_below_the_amis_configuration_with_a_warning(self, mock, cloudformation):
        ami = {
            "name": "web {{ imagebuilder:buildDate }}",
            "amiTags": {"Team": "platform"},
            "launchPermissionConfiguration": {"userIds": ["111122223333"]},
        }

        assert create(cloudformation, template(Web=distribution(**ami))) == "CREATE_COMPLETE"

        [made] = mock.client().get_distribution_configuration(
            distributionConfigurationArn=f"{OWN}distribution-configuration/web"
        )["distributionConfiguration"]["distributions"]
        assert made["amiDistributionConfiguration"] == {
            "name": ami["name"],
            "amiTags": {"Team": "platform"},
            "launchPermission": {"userIds": ["111122223333"]},
        }
        where = "#/Distributions/0/AmiDistributionConfiguration: extraneous key"
        found = cloudformation.describe_stack_events(StackName="web")["StackEvents"]
        said = [each["ResourceStatusReason"] for each in found if where in str(each)]
        keys = ("amiTags", "launchPermissionConfiguration", "name")
        complaints = [f"{where} [{key}] is not permitted" for key in keys]
        first = "Properties validation failed for resource Web with message:"
        assert said == ["\n".join([first, *complaints])]

    def test_no_key_of_amis_tags_is_complained_of(self, cloudformation):
        create(
            cloudformation,
            template(
                Web=distribution(Name="web {{ imagebuilder:buildDate }}", AmiTags={"team": "x"})
            ),
        )

        found = cloudformation.describe_stack_events(StackName="web")["StackEvents"]
        assert "extraneous" not in str(found)


class TestResourcesOfTheSameStack:
    ROLE: ClassVar[dict[str, Any]] = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": "builder", "AssumeRolePolicyDocument": {"Statement": []}},
    }
    KEY: ClassVar[dict[str, Any]] = {
        "Type": "AWS::KMS::Key",
        "Properties": {
            "Description": "images",
            "Enabled": True,
            "EnableKeyRotation": False,
            "KeyPolicy": {"Statement": []},
        },
    }

    def resources(self):
        component = a_resource(
            "Component", **COMPONENT["Properties"], KmsKeyId={"Fn::GetAtt": ["Key", "Arn"]}
        )
        infrastructure = a_resource(
            "InfrastructureConfiguration",
            Name="web",
            InstanceProfileName={"Ref": "Profile"},
            SnsTopicArn={"Ref": "Topic"},
            Logging={"S3Logs": {"S3BucketName": {"Ref": "Bucket"}}},
        )
        return {
            "Component": component,
            "Infrastructure": infrastructure,
            "Profile": {
                "Type": "AWS::IAM::InstanceProfile",
                "Properties": {"Path": "/", "Roles": [{"Ref": "Role"}]},
            },
            "Role": self.ROLE,
            "Key": self.KEY,
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
        }

    @pytest.mark.parametrize("is_reversed", [False, True])
    def test_are_there_in_any_order(self, mock, cloudformation, is_reversed):
        resources = list(self.resources().items())

        body = yaml.dump(
            {"Resources": dict(resources[::-1] if is_reversed else resources)},
            sort_keys=False,
            Dumper=yaml.SafeDumper,
        )

        assert create(cloudformation, body) == "CREATE_COMPLETE"
        assert left(mock) == ["component/web/1.0.0/1", "infrastructure-configuration/web"]

    @pytest.mark.parametrize("is_first", [False, True])
    def test_a_name_that_is_missing_is_so_wherever_it_stands(self, cloudformation, is_first):
        """The role shows that the template is about IAM, where nobody has such a profile."""
        role, web = ("Role", self.ROLE), ("Web", INFRASTRUCTURE)

        body = json.dumps({"Resources": dict([role, web] if is_first else [web, role])})

        assert create(cloudformation, body) == "ROLLBACK_COMPLETE"
        assert "instance profile" in reasons(cloudformation, "CREATE_FAILED")["Web"]

    def test_an_update_goes_by_references_and_not_by_the_templates_order(
        self, mock, cloudformation
    ):
        def body(version):
            component = a_resource("Component", **{**COMPONENT["Properties"], "Version": version})
            made = recipe(Version=version)["Recipe"]
            return json.dumps({"Resources": {"Recipe": made, "Component": component}})

        create(cloudformation, body("1.0.0"))

        assert update(cloudformation, body("2.0.0")) == "UPDATE_COMPLETE"

        assert left(mock) == ["component/web/2.0.0/1", "image-recipe/web/2.0.0"]
        [used] = mock.client().get_image_recipe(imageRecipeArn=f"{OWN}image-recipe/web/2.0.0")[
            "imageRecipe"
        ]["components"]
        assert used["componentArn"] == f"{OWN}component/web/2.0.0/1"
        # Each is made once, and nothing is tried again.
        made = [call.operation for call in mock.calls if call.operation.startswith("Create")]
        assert made == ["CreateComponent", "CreateImageRecipe"] * 2


class TestTagsOfTheStack:
    BODY = template(**recipe(Tags={"own": "1"}))

    def tags(self, mock):
        return {
            name: mock.client().list_tags_for_resource(resourceArn=f"{OWN}{name}")["tags"]
            for name in left(mock)
        }

    def test_changed_ones_reach_the_resources(self, mock, cloudformation):
        create(
            cloudformation, self.BODY, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}]
        )

        update(
            cloudformation, self.BODY, Tags=[{"Key": "a", "Value": "2"}, {"Key": "c", "Value": "1"}]
        )

        assert self.tags(mock) == {
            "component/web/1.0.0/1": {"a": "2", "c": "1"},
            "image-recipe/web/1.0.0": {"a": "2", "c": "1", "own": "1"},
        }
        # What comes without tags leaves them.
        update(cloudformation, template(**recipe(Tags={"own": "2"})))
        assert self.tags(mock)["image-recipe/web/1.0.0"] == {"a": "2", "c": "1", "own": "2"}

    def test_through_a_change_set_too(self, mock, cloudformation):
        create(cloudformation, self.BODY, Tags=[{"Key": "a", "Value": "1"}])

        body = template(**recipe(Tags={"own": "2"}))
        made = change_set(cloudformation, body, Tags=[{"Key": "a", "Value": "2"}])
        cloudformation.execute_change_set(ChangeSetName=made)

        assert self.tags(mock)["component/web/1.0.0/1"] == {"a": "2"}

    def test_they_are_restored_when_the_update_fails(self, mock, cloudformation):
        create(cloudformation, self.BODY, Tags=[{"Key": "a", "Value": "1"}])
        before = self.tags(mock)

        broken = template(**recipe(Version="2.0.0", ParentImage=f"{OWN}image/no/1.0.0"))
        update(cloudformation, broken, Tags=[{"Key": "a", "Value": "2"}])

        assert status(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
        assert self.tags(mock) == before

    def test_parameters_that_stay_do_not_hide_them(self, mock, cloudformation):
        """moto takes the update for one that changes nothing."""
        body = template(**recipe(Description={"Ref": "Text"}))
        body += "Parameters: {Text: {Type: String}}\n"
        given = [{"ParameterKey": "Text", "ParameterValue": "same"}]
        create(cloudformation, body, Parameters=given)

        update(cloudformation, body, Parameters=given, Tags=[{"Key": "a", "Value": "2"}])

        assert self.tags(mock)["component/web/1.0.0/1"] == {"a": "2"}
        with pytest.raises(ClientError, match="No updates are to be performed"):
            update(cloudformation, body, Parameters=given, Tags=[{"Key": "a", "Value": "2"}])


def described(value):
    """A template with a component that has this description."""
    properties = {**COMPONENT["Properties"], "Description": value}
    return {"Resources": {"Component": {**COMPONENT, "Properties": properties}}}


class TestForms:
    """What moto takes apart as it comes is refused in CloudFormation's words."""

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (described({"Ref": 5}), "every Ref object must have a single String value"),
            (described({"Fn::GetAtt": ["Web"]}), "every Fn::GetAtt object requires two non-empty"),
            (described({"Fn::Sub": ["${Web}"]}), "Fn::Sub intrinsic functions don't specify"),
            (described({"Fn::Join": "text"}), "every Fn::Join object requires two parameters"),
            (described({"Fn::Split": ["a"]}), "every Fn::Split object requires two parameters"),
            (described({"Fn::Select": ["a", []]}), "an integer index and a list"),
            (described({"Fn::If": ["Is", "a"]}), "Fn::If requires a list argument with three"),
            (described({"Fn::If": ["Is", 1, 2]}), "unresolved condition dependency Is in Fn::If"),
            (described({"Fn::FindInMap": ["Map"]}), "every Fn::FindInMap object requires three"),
            (
                {"Resources": {"Web": {**INFRASTRUCTURE, "DependsOn": 5}}},
                "DependsOn must be a string or list of strings",
            ),
            (
                {"Resources": {"Web": {**INFRASTRUCTURE, "DeletionPolicy": "Keep"}}},
                "Unrecognized DeletionPolicy Keep for resource Web",
            ),
            (
                {"Resources": {"Web": {**INFRASTRUCTURE, "Condition": "Is"}}},
                "Unresolved condition dependency Is in the Resources block of the template",
            ),
            (
                {"Conditions": {"Is": {"Fn::Not": [{"Condition": "No"}]}}, **described("")},
                "unresolved condition dependency No in Fn::Not",
            ),
            (
                {"Conditions": {"Is": {"Fn::Not": [{"Condition": {}}]}}, **described("")},
                r"unresolved condition dependency \{\} in Fn::Not",
            ),
            (
                {"Outputs": {"Out": "text"}, **described("")},
                r"\[/Outputs/Out\] Every Outputs member must contain a Value object",
            ),
            (
                {"Parameters": {"In": {"Default": ""}}, **described("")},
                r"\[/Parameters/In\] Every Parameters object must contain a Type member",
            ),
            (
                {"Parameters": {"Component": {"Type": "String", "Default": ""}}, **described("")},
                r"\[/Resources/Component\] has the name of a parameter",
            ),
            (
                {"Resources": {"Recipe": a_resource("Recipe", Name="web")}},
                r"Unrecognized resource types: \[AWS::ImageBuilder::Recipe\]",
            ),
            (
                {"Resources": {"Web": INFRASTRUCTURE, "Fn::ForEach::Each": ["Name", ["a"], {}]}},
                r"\[/Resources/Fn::ForEach::Each\] .* write out the resources",
            ),
            (
                {
                    "Parameters": {
                        "In": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/none"}
                    },
                    **described(""),
                },
                r"Unable to fetch parameters \[/none\] from parameter store for this account",
            ),
            (
                {"Parameters": {"In": {"Type": "Number", "Default": "x"}}, **described("")},
                "Parameter 'In' must be a number",
            ),
        ],
        ids=lambda each: each if isinstance(each, str) else "",
    )
    def test_what_is_malformed_is_no_template(self, mock, cloudformation, body, said):
        with pytest.raises(ClientError, match=said) as caught:
            create(cloudformation, json.dumps(body))

        assert caught.value.response["Error"]["Code"] == "ValidationError"
        assert left(mock) == []
        assert cloudformation.list_stacks()["StackSummaries"] == []

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (
                {"Fn::FindInMap": ["Names", {"Ref": "AWS::Region"}, "text"]},
                "Template error: Unable to get mapping for Names::us-east-1::text",
            ),
            (
                {"Fn::Select": ["2", {"Fn::Split": [",", "a,b"]}]},
                "Template error: Fn::Select cannot select nonexistent value at index 2",
            ),
            (
                {"Ref": "Never"},
                (
                    "Template format error: Unresolved resource dependencies [Never] in the "
                    "Resources block of the template"
                ),
            ),
        ],
    )
    def test_what_is_looked_up_in_vain_fails_the_one_that_asks(self, cloudformation, value, said):
        body = {
            "Mappings": {"Names": {"eu-west-1": {"text": "a"}}},
            "Conditions": {"Is": {"Fn::Equals": ["a", "b"]}},
            **described(value),
        }
        body["Resources"]["Never"] = {**INFRASTRUCTURE, "Condition": "Is"}

        assert create(cloudformation, json.dumps(body)) == "ROLLBACK_COMPLETE"

        assert reasons(cloudformation, "CREATE_FAILED") == {"Component": said}


@pytest.mark.parametrize("given", [None, "t3.micro, m5.large"], ids=["default", "given"])
@pytest.mark.parametrize("kind", ["CommaDelimitedList", "List<String>"])
def test_a_parameter_that_is_a_list_is_one(mock, cloudformation, kind, given):
    body = {
        "Parameters": {"Types": {"Type": kind, "Default": "t3.micro, m5.large"}},
        "Resources": {
            "Web": infrastructure(InstanceTypes={"Ref": "Types"}),
        },
    }
    values = [{"ParameterKey": "Types", "ParameterValue": given}] if given else []

    create(cloudformation, json.dumps(body), Parameters=values)

    [made] = mock.resources("infrastructure-configuration")
    assert made.instance_types == ["t3.micro", "m5.large"]
