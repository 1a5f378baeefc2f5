"""AWS::ImageBuilder::* in moto's stacks: what a stack makes is what the API shows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from botocore.exceptions import ClientError

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.transports.moto.stacks.resource_types import RESOURCE_TYPES
from tests.beside_moto import aws
from tests.builders import MANAGED_PARENT, OWN
from tests.container_builders import a_container_recipe
from tests.model import needs_member, needs_operation, needs_output, service_model
from tests.stack_builders import (
    COMPONENT,
    INFRASTRUCTURE,
    a_resource,
    change_set,
    create,
    events,
    images,
    infrastructure,
    left,
    outputs,
    physical_ids,
    reasons,
    recipe,
    status,
    template,
    update,
)

GOLDEN = Path(__file__).with_name("golden_image.yml").read_text(encoding="utf-8")
WORKFLOW = """
schemaVersion: 1.0
steps:
  - name: Launch
    action: LaunchInstance
    inputs:
      waitFor: ssmAgent
"""

# moto's CloudFormation cannot be imported without it.
pytestmark = pytest.mark.needs("moto", "openapi_spec_validator")


class TestAGoldenImage:
    @pytest.fixture(autouse=True)
    def _stack(self, cloudformation):
        tags = [{"Key": "owner", "Value": "platform"}]
        assert create(cloudformation, GOLDEN, Tags=tags) == "CREATE_COMPLETE"

    def test_what_it_describes_is_there(self, mock, cloudformation):
        assert left(mock) == [
            "component/hardening/1.0.0/1",
            "distribution-configuration/golden",
            "image-pipeline/golden",
            "image-recipe/golden/1.0.0",
            "image/golden/1.0.0/1",
            "infrastructure-configuration/golden",
        ]
        recipe = mock.client().get_image_recipe(imageRecipeArn=f"{OWN}image-recipe/golden/1.0.0")
        [device] = recipe["imageRecipe"]["blockDeviceMappings"]
        assert device["ebs"] == {
            "volumeSize": 20,
            "volumeType": "gp3",
            "deleteOnTermination": True,
        }
        assert recipe["imageRecipe"]["components"] == [
            {"componentArn": f"{OWN}component/hardening/1.0.0/1"}
        ]
        assert physical_ids(cloudformation)["Recipe"] == f"{OWN}image-recipe/golden/1.0.0"

    def test_the_distribution_has_its_permissions_under_the_apis_name(self, mock):
        found = mock.client().get_distribution_configuration(
            distributionConfigurationArn=f"{OWN}distribution-configuration/golden"
        )["distributionConfiguration"]["distributions"][0]

        assert found["amiDistributionConfiguration"] == {
            "name": "golden {{ imagebuilder:buildDate }}",
            "amiTags": {"Team": "platform"},
            "launchPermission": {"userIds": ["111122223333"]},
        }

    def test_the_image_is_built_and_handed_on(self, cloudformation):
        found = outputs(cloudformation)

        assert found["RecipeArn"] == f"{OWN}image-recipe/golden/1.0.0"
        assert (found["RecipeName"], found["ComponentType"]) == ("golden", "BUILD")
        [ami] = aws("ec2").describe_images(Owners=["self"])["Images"]
        assert found["ImageId"] == ami["ImageId"]
        parameter = aws("ssm").get_parameter(Name="/golden/image-id")["Parameter"]
        assert parameter["Value"] == ami["ImageId"]

    def test_a_resource_has_the_stacks_tags_and_its_own(self, mock):
        tags = mock.client().list_tags_for_resource(
            resourceArn=f"{OWN}component/hardening/1.0.0/1"
        )["tags"]

        assert tags == {"owner": "platform", "branch": "main"}

    def test_an_update_replaces_what_the_specification_says_and_updates_the_rest(
        self, mock, cloudformation
    ):
        before = physical_ids(cloudformation)
        changed = (
            GOLDEN.replace("Default: 1.0.0", "Default: 1.1.0")
            .replace("4711", "4712")
            .replace("Default: main", "Default: release")
        )

        assert update(cloudformation, changed) == "UPDATE_COMPLETE"

        after = physical_ids(cloudformation)
        replaced = {name for name in before if before[name] != after[name]}
        assert replaced == {"Hardening", "Recipe", "Image"}
        assert left(mock) == [
            "component/hardening/1.1.0/1",
            "distribution-configuration/golden",
            "image-pipeline/golden",
            "image-recipe/golden/1.1.0",
            "image/golden/1.1.0/1",
            "infrastructure-configuration/golden",
        ]
        client = mock.client()
        pipeline = client.get_image_pipeline(imagePipelineArn=f"{OWN}image-pipeline/golden")
        assert pipeline["imagePipeline"]["imageRecipeArn"] == after["Recipe"]
        assert pipeline["imagePipeline"]["description"] == "Release 1.1.0"
        assert pipeline["imagePipeline"]["tags"] == {"owner": "platform", "branch": "release"}
        infrastructure = client.get_infrastructure_configuration(
            infrastructureConfigurationArn=f"{OWN}infrastructure-configuration/golden"
        )["infrastructureConfiguration"]
        assert infrastructure["resourceTags"] == {"CostCenter": "4712"}
        assert outputs(cloudformation)["RecipeArn"] == after["Recipe"]

    def test_others_that_refer_to_what_is_replaced_are_updated(self, cloudformation):
        before = outputs(cloudformation)["ImageId"]

        update(cloudformation, GOLDEN.replace("Default: 1.0.0", "Default: 1.1.0"))

        after = outputs(cloudformation)["ImageId"]
        assert before != after
        assert aws("ssm").get_parameter(Name="/golden/image-id")["Parameter"]["Value"] == after

    def test_a_deletion_leaves_nothing_but_the_ami(self, mock, cloudformation):
        cloudformation.delete_stack(StackName="web")

        assert left(mock) == []
        assert [call.operation for call in mock.calls if call.error] == []
        assert len(aws("ec2").describe_images(Owners=["self"])["Images"]) == 1


class TestTypes:
    def test_all_the_operations_behind_them_are_the_services(self):
        operations = service_model().operation_names
        for kind in RESOURCE_TYPES.values():
            if f"Create{kind.name}" not in operations:
                continue
            verbs = ["Get", "Delete"] + (["Update"] if kind.is_updatable else [])
            assert all(f"{verb}{kind.name}" in operations for verb in verbs)
            got = service_model().operation_model(f"Get{kind.name}")
            assert kind.arn_member in got.input_shape.members  # type: ignore[union-attr]
            assert kind.member in got.output_shape.members  # type: ignore[union-attr]

    @needs_output("CreateComponent", "latestVersionReferences")
    def test_versions_have_references_to_the_latest(self, cloudformation):
        body = yaml.safe_dump(
            {
                "Resources": recipe(),
                "Outputs": {
                    part: {"Value": {"Fn::GetAtt": ["Recipe", f"LatestVersion.{part}"]}}
                    for part in ("Arn", "Major", "Minor", "Patch")
                },
            }
        )

        create(cloudformation, body)

        own = f"{OWN}image-recipe/web/"
        assert outputs(cloudformation) == {
            "Arn": f"{own}x.x.x",
            "Major": f"{own}1.x.x",
            "Minor": f"{own}1.0.x",
            "Patch": f"{own}1.0.0",
        }

    def test_a_container_recipe(self, mock, cloudformation):
        made = mock.client().get_container_recipe(
            containerRecipeArn=a_container_recipe(mock.client())
        )["containerRecipe"]
        properties = {
            "Name": "app",
            "Version": "2.0.0",
            "ContainerType": "DOCKER",
            "ParentImage": made["parentImage"],
            "Components": [{"ComponentArn": {"Ref": "Component"}}],
            "DockerfileTemplateData": made["dockerfileTemplateData"],
            "TargetRepository": {"Service": "ECR", "RepositoryName": "app"},
        }
        resource = a_resource("ContainerRecipe", **properties)

        assert create(cloudformation, template(Component=COMPONENT, Recipe=resource)) == (
            "CREATE_COMPLETE"
        )

        found = mock.client().get_container_recipe(
            containerRecipeArn=f"{OWN}container-recipe/app/2.0.0"
        )["containerRecipe"]
        assert found["targetRepository"] == {"service": "ECR", "repositoryName": "app"}

    @needs_operation("CreateWorkflow")
    def test_a_workflow(self, mock, cloudformation):
        properties = {"Name": "build", "Version": "1.0.0", "Type": "TEST", "Data": WORKFLOW}

        create(cloudformation, template(Workflow=a_resource("Workflow", **properties)))

        assert left(mock) == ["workflow/test/build/1.0.0/1"]

    @needs_operation("CreateLifecyclePolicy")
    def test_a_lifecycle_policy_is_updated_in_place(self, mock, cloudformation):
        properties = {
            "Name": "old",
            "ExecutionRole": "arn:aws:iam::123456789012:role/lifecycle",
            "ResourceType": "AMI_IMAGE",
            "ResourceSelection": {"TagMap": {"Team": "platform"}},
            "PolicyDetails": [
                {
                    "Action": {"Type": "DELETE", "IncludeResources": {"Amis": True}},
                    "Filter": {"Type": "AGE", "Value": "6", "Unit": "MONTHS"},
                }
            ],
        }
        create(cloudformation, template(Policy=a_resource("LifecyclePolicy", **properties)))

        properties |= {"Description": "half a year", "Status": "DISABLED"}
        update(cloudformation, template(Policy=a_resource("LifecyclePolicy", **properties)))

        policy = mock.client().get_lifecycle_policy(
            lifecyclePolicyArn=f"{OWN}lifecycle-policy/old"
        )["lifecyclePolicy"]
        assert (policy["description"], policy["status"]) == ("half a year", "DISABLED")
        assert policy["resourceSelection"] == {"tagMap": {"Team": "platform"}}
        assert policy["policyDetails"][0]["filter"]["value"] == 6


class TestFailures:
    def test_a_refusal_rolls_the_stack_back_with_the_services_reason(self, mock, cloudformation):
        body = template(Infrastructure=INFRASTRUCTURE, **recipe(ParentImage=f"{OWN}image/no/1.0.0"))

        assert create(cloudformation, body) == "ROLLBACK_COMPLETE"

        [(name, reason)] = reasons(cloudformation, "CREATE_FAILED").items()
        assert name == "Recipe"
        assert "parentImage" in reason
        assert "Status Code: 400" in reason
        assert "HandlerErrorCode: InvalidRequest" in reason
        assert left(mock) == []
        assert cloudformation.describe_stack_resources(StackName="web")["StackResources"] == []
        cloudformation.delete_stack(StackName="web")

    def test_an_update_that_fails_leaves_all_as_it_was(self, mock, cloudformation):
        pipeline = a_resource(
            "ImagePipeline",
            Name="web",
            ImageRecipeArn={"Ref": "Recipe"},
            InfrastructureConfigurationArn={"Ref": "Infrastructure"},
        )
        create(
            cloudformation,
            template(Infrastructure=INFRASTRUCTURE, Pipeline=pipeline, **recipe()),
        )
        before, ids = left(mock), physical_ids(cloudformation)
        pipeline["Properties"] = pipeline["Properties"] | {"Schedule": {"ScheduleExpression": "no"}}

        ended = update(
            cloudformation,
            template(
                Added=a_resource(
                    "DistributionConfiguration",
                    Name="added",
                    Distributions=[{"Region": "us-east-1", "AmiDistributionConfiguration": {}}],
                ),
                Infrastructure=infrastructure(Description="changed before the failure"),
                Pipeline=pipeline,
                **recipe(Version="2.0.0"),
            ),
        )

        assert ended == "UPDATE_ROLLBACK_COMPLETE"
        assert "scheduleExpression" in reasons(cloudformation, "UPDATE_FAILED")["Pipeline"]
        assert (left(mock), physical_ids(cloudformation)) == (before, ids)
        found = mock.client().get_infrastructure_configuration(
            infrastructureConfigurationArn=ids["Infrastructure"]
        )["infrastructureConfiguration"]
        assert "description" not in found
        found = mock.client().get_image_pipeline(imagePipelineArn=ids["Pipeline"])["imagePipeline"]
        assert found["imageRecipeArn"] == ids["Recipe"]

    def test_a_recipe_that_changes_under_its_version_is_there_already(self, cloudformation):
        create(cloudformation, template(**recipe()))

        assert update(cloudformation, template(**recipe(Description="other"))) == (
            "UPDATE_ROLLBACK_COMPLETE"
        )
        assert "AlreadyExists" in reasons(cloudformation, "UPDATE_FAILED")["Recipe"]

    def test_what_others_need_cannot_be_deleted(self, mock, cloudformation):
        create(cloudformation, template(**recipe()))
        user = mock.client().create_image_recipe(
            name="other",
            semanticVersion="1.0.0",
            parentImage=MANAGED_PARENT,
            components=[{"componentArn": f"{OWN}component/web/1.0.0/1"}],
        )["imageRecipeArn"]

        cloudformation.delete_stack(StackName="web")

        assert status(cloudformation) == "DELETE_FAILED"
        assert "Component" in reasons(cloudformation, "DELETE_FAILED")
        mock.client().delete_image_recipe(imageRecipeArn=user)
        cloudformation.delete_stack(StackName="web")
        assert left(mock) == []

    def test_an_attribute_that_a_type_does_not_have(self, cloudformation):
        body = yaml.safe_dump(
            {
                "Resources": {"Web": INFRASTRUCTURE},
                "Outputs": {"Id": {"Value": {"Fn::GetAtt": ["Web", "ImageId"]}}},
            }
        )

        with pytest.raises(ClientError, match="ImageId"):
            create(cloudformation, body)


class TestUpdates:
    def test_what_the_template_has_no_more_is_deleted_after_the_update(self, mock, cloudformation):
        create(cloudformation, template(**recipe()))

        resources = recipe(Version="2.0.0", Components=[{"ComponentArn": {"Ref": "Other"}}])
        resources["Other"] = a_resource("Component", **{**COMPONENT["Properties"], "Name": "other"})
        del resources["Component"]

        assert update(cloudformation, template(**resources)) == "UPDATE_COMPLETE"
        assert left(mock) == ["component/other/1.0.0/1", "image-recipe/web/2.0.0"]
        # It can be made again under its logical id.
        assert update(cloudformation, template(Component=COMPONENT, **resources)) == (
            "UPDATE_COMPLETE"
        )
        # Numbers are never reused.
        assert "component/web/1.0.0/2" in left(mock)

    @pytest.mark.parametrize("policy", ["UpdateReplacePolicy", "DeletionPolicy"])
    def test_policies_retain(self, mock, cloudformation, policy):
        retained = {**INFRASTRUCTURE, policy: "Retain"}
        create(cloudformation, template(Web=retained, Component=COMPONENT))

        if policy == "UpdateReplacePolicy":
            other = {**infrastructure(Name="other"), policy: "Retain"}
            body = template(Web=other, Component=COMPONENT)
        else:
            body = template(Component=COMPONENT)
        update(cloudformation, body)

        assert "infrastructure-configuration/web" in left(mock)

    @pytest.mark.parametrize(
        ("policy", "kept"), [("Retain", [True, True]), ("RetainExceptOnCreate", [False, True])]
    )
    def test_what_stays_when_a_creation_fails_and_when_a_stack_goes(
        self, mock, cloudformation, policy, kept
    ):
        retained = {**INFRASTRUCTURE, "DeletionPolicy": policy}
        stays = []
        for parent in (f"{OWN}image/no/1.0.0", MANAGED_PARENT):
            create(cloudformation, template(A=retained, **recipe(ParentImage=parent)))
            cloudformation.delete_stack(StackName="web")
            stays.append(left(mock) == ["infrastructure-configuration/web"])
            mock.reset()

        assert stays == kept

    def test_a_change_set_makes_and_updates(self, mock, cloudformation):
        for kind, version in (("CREATE", "1.0.0"), ("UPDATE", "2.0.0")):
            made = change_set(cloudformation, template(**recipe(Version=version)), kind)
            cloudformation.execute_change_set(ChangeSetName=made)

            assert status(cloudformation) == f"{kind}_COMPLETE"
            assert left(mock) == ["component/web/1.0.0/1", f"image-recipe/web/{version}"]

    def test_a_change_set_that_fails_is_rolled_back(self, mock, cloudformation):
        body = template(**recipe(ParentImage=f"{OWN}image/no/1.0.0"))
        made = change_set(cloudformation, body, "CREATE")
        cloudformation.execute_change_set(ChangeSetName=made)

        assert status(cloudformation) == "ROLLBACK_COMPLETE"
        assert "parentImage" in reasons(cloudformation, "CREATE_FAILED")["Recipe"]
        assert left(mock) == []

    def test_a_change_set_that_is_refused_leaves_the_stack_as_it_was(self, cloudformation):
        create(cloudformation, template(Web=INFRASTRUCTURE))
        before = events(cloudformation)
        body = {
            "Parameters": {"In": {"Type": "Number", "Default": "x"}},
            "Resources": {"Web": INFRASTRUCTURE, "Component": COMPONENT},
        }
        made = change_set(cloudformation, yaml.safe_dump(body))

        with pytest.raises(ClientError, match="Parameter 'In' must be a number"):
            cloudformation.execute_change_set(ChangeSetName=made)

        assert events(cloudformation) == before


class TestImages:
    @pytest.mark.usefixtures("moto")
    def test_a_stack_waits_for_a_build_that_is_held(self):
        with mock_imagebuilder(builds="held") as mock:
            cloudformation = aws("cloudformation")
            assert create(cloudformation, template(**images())) == "CREATE_IN_PROGRESS"

            mock.builds.finish_all()

            assert status(cloudformation) == "CREATE_COMPLETE"

    @pytest.mark.usefixtures("moto")
    def test_a_build_that_fails_later_rolls_back_later(self):
        with mock_imagebuilder(builds="held") as mock:
            cloudformation = aws("cloudformation")
            create(cloudformation, template(**images()))
            [build] = mock.builds.running

            mock.builds.fail(build, reason="out of luck")

            assert status(cloudformation) == "ROLLBACK_COMPLETE"
            assert left(mock) == []

    @pytest.mark.usefixtures("moto")
    def test_a_build_under_way_is_cancelled_before_it_is_deleted(self):
        with mock_imagebuilder(builds="held") as mock:
            cloudformation = aws("cloudformation")
            create(cloudformation, template(**images()))

            cloudformation.delete_stack(StackName="web")

            assert left(mock) == []

    @needs_operation("StartResourceStateUpdate")
    def test_deletion_settings_delete_the_ami_too(self, mock, cloudformation):
        role = "arn:aws:iam::123456789012:role/lifecycle"
        create(cloudformation, template(**images(DeletionSettings={"ExecutionRole": role})))
        assert len(aws("ec2").describe_images(Owners=["self"])["Images"]) == 1

        cloudformation.delete_stack(StackName="web")

        assert left(mock) == []
        assert aws("ec2").describe_images(Owners=["self"])["Images"] == []

    @pytest.mark.parametrize("on_update", [True, False])
    def test_a_pipeline_is_started_and_again_when_it_changes(self, mock, cloudformation, on_update):
        def body(description):
            pipeline = a_resource(
                "ImagePipeline",
                Name="web",
                Description=description,
                ImageRecipeArn={"Ref": "Recipe"},
                InfrastructureConfigurationArn={"Ref": "Infrastructure"},
            )
            settings = {
                "DeploymentId": {"Fn::GetAtt": ["Pipeline", "DeploymentId"]},
                "OnUpdate": on_update,
            }
            resources = images(
                ImageRecipeArn=None,
                InfrastructureConfigurationArn=None,
                ImagePipelineExecutionSettings=settings,
            )
            return template(Pipeline=pipeline, **resources)

        assert create(cloudformation, body("first")) == "CREATE_COMPLETE"
        image = mock.client().get_image(imageBuildVersionArn=physical_ids(cloudformation)["Image"])
        assert image["image"]["sourcePipelineArn"] == f"{OWN}image-pipeline/web"

        assert update(cloudformation, body("second")) == "UPDATE_COMPLETE"

        number = 2 if on_update else 1
        assert physical_ids(cloudformation)["Image"] == f"{OWN}image/web/1.0.0/{number}"

    def test_an_unknown_deployment_is_a_reason(self, cloudformation):
        settings = {"DeploymentId": "mine"}
        resources = images(
            ImageRecipeArn=None,
            InfrastructureConfigurationArn=None,
            ImagePipelineExecutionSettings=settings,
        )

        assert create(cloudformation, template(**resources)) == "ROLLBACK_COMPLETE"
        assert "deployment ID 'mine'" in reasons(cloudformation, "CREATE_FAILED")["Image"]


class TestOnAndOff:
    def test_an_account_and_a_region_have_their_own(self, mock):
        keys = aws("sts").assume_role(
            RoleArn="arn:aws:iam::111122223333:role/deployer", RoleSessionName="test"
        )["Credentials"]
        there = aws(
            "cloudformation",
            "eu-west-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

        create(there, template(Web=INFRASTRUCTURE))

        [made] = mock.resources(region="eu-west-1", account_id="111122223333")
        assert ":eu-west-1:111122223333:" in made.arn

    @pytest.mark.usefixtures("moto")
    def test_moto_is_as_before_when_the_mock_is_off(self):
        aws("cloudformation").list_stacks()
        parsing = sys.modules["moto.cloudformation.parsing"]
        models = sys.modules["moto.cloudformation.models"]

        def held():
            owners = (parsing, parsing.ResourceMap, models.CloudFormationBackend)
            return [dict(vars(owner)) for owner in owners]

        before = held()
        with mock_imagebuilder():
            assert held() == before
            aws("cloudformation").list_stacks()
            assert held() != before

        assert held() == before
        with pytest.warns(UserWarning, match="not supported"):
            aws("cloudformation").create_stack(
                StackName="web", TemplateBody=template(Web=INFRASTRUCTURE)
            )

    @pytest.mark.usefixtures("moto")
    def test_a_stack_that_outlives_the_mock_can_be_deleted(self):
        with mock_imagebuilder():
            create(aws("cloudformation"), template(Web=INFRASTRUCTURE))

        aws("cloudformation").delete_stack(StackName="web")

        assert aws("cloudformation").list_stacks()["StackSummaries"][0]["StackStatus"] == (
            "DELETE_COMPLETE"
        )

    @pytest.mark.usefixtures("moto")
    def test_a_stack_of_an_earlier_start_touches_nothing_of_a_later_one(self):
        with mock_imagebuilder():
            create(aws("cloudformation"), template(Web=INFRASTRUCTURE))

        with mock_imagebuilder() as mock:
            mock.client().create_infrastructure_configuration(
                name="web", instanceProfileName="builder", clientToken="once"
            )
            aws("cloudformation").delete_stack(StackName="web")

            assert left(mock) == ["infrastructure-configuration/web"]

    def test_a_stack_without_image_builder_is_motos_alone(self, mock, cloudformation):
        queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "web"}}

        assert create(cloudformation, template(Queue=queue)) == "CREATE_COMPLETE"
        update(cloudformation, template(Queue={**queue, "Properties": {"QueueName": "other"}}))
        cloudformation.delete_stack(StackName="web")

        assert aws("sqs").list_queues().get("QueueUrls", []) == []
        assert not mock.calls


@needs_member("CreateImageRecipe", "semanticVersion", accepts="1.0.x")
def test_a_version_with_a_wildcard_counts_up(mock, cloudformation):
    create(cloudformation, template(**recipe(Version="1.0.x")))
    update(cloudformation, template(**recipe(Version="1.0.x", Description="second")))

    assert "image-recipe/web/1.0.1" in left(mock)
