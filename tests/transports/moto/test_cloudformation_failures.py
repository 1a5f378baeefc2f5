"""Stacks that fail: the resource that failed has the reason, and the stack comes to an end."""

from __future__ import annotations

import logging
import re

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from imagebuilder_mock import UnexpectedCallError
from imagebuilder_mock.operations import HANDLERS
from tests.beside_moto import aws
from tests.builders import MANAGED_PARENT, OWN
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
    physical_ids,
    reason_of_stack,
    reasons,
    recipe,
    status,
    template,
    update,
)

pytestmark = pytest.mark.needs("moto", "openapi_spec_validator")

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NOWHERE = f"{OWN}image/no/1.0.0"
# moto cannot delete a VPC whose route table is associated with a subnet, as any VPC of the CDK has.
NETWORK = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"},
    },
    "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
    "Association": {
        "Type": "AWS::EC2::SubnetRouteTableAssociation",
        "Properties": {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
    },
}


def a_parameter(name, value):
    properties = {"Name": name, "Type": "String", "Value": value}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties}


class TestWords:
    """What a handler says (observed-2026.md §11)."""

    def test_a_refusal_names_the_request_and_has_another_token(self, cloudformation):
        create(cloudformation, template(**recipe(ParentImage=NOWHERE)))

        reason = reasons(cloudformation, "CREATE_FAILED")["Recipe"]
        found = re.fullmatch(
            rf'Resource handler returned message: "(?P<text>.*) \(Service: Imagebuilder, '
            rf"Status Code: 400, Request ID: (?P<request>{UUID})\) \(SDK Attempt Count: 1\)\" "
            rf"\(RequestToken: (?P<token>{UUID}), HandlerErrorCode: InvalidRequest\)",
            reason,
        )
        assert found is not None, reason
        assert "parentImage" in found["text"]
        assert found["request"] != found["token"]

    @pytest.mark.parametrize(
        ("name", "resource"),
        [
            ("ImageRecipe", recipe()["Recipe"]),
            ("InfrastructureConfiguration", INFRASTRUCTURE),
        ],
    )
    def test_what_exists_has_the_name_of_a_property_for_its_identifier(
        self, cloudformation, name, resource
    ):
        create(cloudformation, template(Component=COMPONENT, First=resource))

        cloudformation.create_stack(
            StackName="second",
            TemplateBody=template(Component=a_component("other"), Again=resource),
        )

        found = cloudformation.describe_stack_events(StackName="second")["StackEvents"]
        [reason] = [each["ResourceStatusReason"] for each in found if "FAILED" in str(each)]
        assert reason.startswith(
            f"Resource handler returned message: \"Resource of type 'AWS::ImageBuilder::{name}' "
            f"with identifier '{name}Arn' already exists.\" (RequestToken: "
        )
        assert reason.endswith(", HandlerErrorCode: AlreadyExists)")

    def test_what_is_gone_is_not_found_by_its_arn(self, mock, cloudformation):
        create(cloudformation, template(Web=INFRASTRUCTURE))
        arn = physical_ids(cloudformation)["Web"]
        mock.client().delete_infrastructure_configuration(infrastructureConfigurationArn=arn)

        changed = template(Web=infrastructure(Description="new"))

        assert update(cloudformation, changed) == "UPDATE_ROLLBACK_COMPLETE"
        reason = reasons(cloudformation, "UPDATE_FAILED")["Web"]
        assert (
            f"\"Resource of type 'AWS::ImageBuilder::InfrastructureConfiguration' with "
            f"identifier '{arn}' was not found.\"" in reason
        )
        assert "HandlerErrorCode: NotFound" in reason

    def test_a_failed_image_has_its_reason_in_the_handlers_sentence(self, mock, cloudformation):
        mock.builds.fail_next()

        assert create(cloudformation, template(**images())) == "ROLLBACK_COMPLETE"

        assert left(mock) == []
        assert re.fullmatch(
            "Resource handler returned message: \"Error occurred during operation '.* failed.*'.\" "
            rf"\(RequestToken: {UUID}, HandlerErrorCode: GeneralServiceException\)",
            reasons(cloudformation, "CREATE_FAILED")["Image"],
        )


def a_component(name):
    return a_resource("Component", **{**COMPONENT["Properties"], "Name": name})


class TestAnyFailure:
    def test_one_of_another_service_fails_its_resource(self, mock, cloudformation):
        aws("iam").create_role(RoleName="taken", AssumeRolePolicyDocument="{}")
        role = {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": "taken", "AssumeRolePolicyDocument": {}},
        }

        assert create(cloudformation, template(Role=role, **recipe())) == "ROLLBACK_COMPLETE"

        assert reasons(cloudformation, "CREATE_FAILED") == {
            "Role": "Role with name taken already exists."
        }
        assert left(mock) == []

    def test_motos_own_error_does_too_and_its_traceback_is_logged(self, cloudformation, caplog):
        role = {"Type": "AWS::IAM::Role", "Properties": {}}

        with caplog.at_level(logging.ERROR, "imagebuilder_mock"):
            ended = create(cloudformation, template(Role=role, **recipe()))

        assert ended == "ROLLBACK_COMPLETE"
        assert "AssumeRolePolicyDocument" in reasons(cloudformation, "CREATE_FAILED")["Role"]
        assert "Traceback" in caplog.text

    def test_a_bug_of_ours_does_too(self, mock, cloudformation, caplog, monkeypatch):
        def broken(*_):
            raise ZeroDivisionError("ours")

        monkeypatch.setitem(HANDLERS, "CreateImageRecipe", broken)

        assert create(cloudformation, template(**recipe())) == "ROLLBACK_COMPLETE"

        assert reasons(cloudformation, "CREATE_FAILED") == {"Recipe": "ZeroDivisionError: ours"}
        assert "Traceback" in caplog.text
        assert left(mock) == []

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            ("ServiceUnavailableException", "HandlerErrorCode: ServiceInternalError"),
            (EndpointConnectionError, "HandlerErrorCode: NetworkFailure"),
        ],
    )
    def test_a_fault_is_met_once_by_an_update_too(self, mock, cloudformation, error, said):
        create(cloudformation, template(Web=INFRASTRUCTURE))
        mock.faults.add("UpdateInfrastructureConfiguration", error=error, message="as ordered")

        ended = update(cloudformation, template(Web=infrastructure(Description="new")))

        assert ended == "UPDATE_ROLLBACK_COMPLETE"
        reason = reasons(cloudformation, "UPDATE_FAILED")["Web"]
        assert "as ordered" in reason
        assert said in reason

    def test_a_subscribers_error_comes_out_of_the_call(self, mock, cloudformation):
        def refuse(_):
            raise ValueError("the subscriber's")

        unsubscribe = mock.events.subscribe(refuse)

        with pytest.raises(ValueError, match="the subscriber's"):
            create(cloudformation, template(**images()))

        # As out of any call: what was asked is done.
        unsubscribe()
        assert status(cloudformation) == "CREATE_COMPLETE"

    def test_a_call_that_the_test_did_not_expect_comes_out_too(self, mock, cloudformation):
        create(cloudformation, template(Web=INFRASTRUCTURE))
        mock.calls.expect_only("GetInfrastructureConfiguration")

        with pytest.raises(UnexpectedCallError, match="UpdateInfrastructureConfiguration"):
            update(cloudformation, template(Web=infrastructure(InstanceProfileName="x")))

    def test_an_embedded_stack_fails_the_one_around_it(self, mock, cloudformation):
        aws("s3").create_bucket(Bucket="templates")
        aws("s3").put_object(
            Bucket="templates", Key="inner", Body=template(**recipe(ParentImage=NOWHERE))
        )
        inner = {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": "https://s3.amazonaws.com/templates/inner"},
        }

        assert create(cloudformation, template(Inner=inner)) == "ROLLBACK_COMPLETE"

        reason = reasons(cloudformation, "CREATE_FAILED")["Inner"]
        assert "was not successfully created" in reason
        assert "failed to create: [Recipe]" in reason
        assert left(mock) == []


class TestRollbacksThatFail:
    def test_what_moto_cannot_delete_stops_that_of_a_creation(self, mock, cloudformation):
        body = template(**NETWORK, **recipe(ParentImage=NOWHERE))

        assert create(cloudformation, body) == "ROLLBACK_FAILED"

        assert list(reasons(cloudformation, "CREATE_FAILED")) == ["Recipe"]
        assert "Vpc" in reasons(cloudformation, "DELETE_FAILED")
        assert "[Vpc]" in reason_of_stack(cloudformation, "ROLLBACK_FAILED")
        assert left(mock) == []
        # What is left is shown, and nothing is made again.
        assert "Vpc" in physical_ids(cloudformation)
        assert "Component" not in physical_ids(cloudformation)
        with pytest.raises(ClientError, match="is in ROLLBACK_FAILED state"):
            update(cloudformation, template(**recipe()))

    def test_and_that_of_an_update(self, mock, cloudformation):
        create(cloudformation, template(**recipe()))
        before = left(mock)

        ended = update(
            cloudformation,
            template(**NETWORK, **recipe(Version="2.0.0", ParentImage=NOWHERE)),
        )

        assert ended == "UPDATE_ROLLBACK_FAILED"
        assert list(reasons(cloudformation, "UPDATE_FAILED")) == ["Recipe"]
        assert "Vpc" in reasons(cloudformation, "DELETE_FAILED")
        assert left(mock) == before

    def test_a_deletion_says_which(self, mock, cloudformation):
        assert create(cloudformation, template(**NETWORK, **recipe())) == "CREATE_COMPLETE"

        cloudformation.delete_stack(StackName="web")

        assert status(cloudformation) == "DELETE_FAILED"
        assert "Vpc" in reasons(cloudformation, "DELETE_FAILED")
        assert left(mock) == []

    def test_a_fault_of_a_deletion_is_met_once(self, mock, cloudformation):
        create(cloudformation, template(Web=INFRASTRUCTURE, **recipe()))
        mock.faults.add("DeleteImageRecipe", error="ServiceException", message="as ordered")

        cloudformation.delete_stack(StackName="web")

        assert status(cloudformation) == "DELETE_FAILED"
        failures = reasons(cloudformation, "DELETE_FAILED")
        assert "as ordered" in failures["Recipe"]
        # The component is used by the recipe still; the rest is gone.
        assert left(mock) == ["component/web/1.0.0/1", "image-recipe/web/1.0.0"]
        cloudformation.delete_stack(StackName="web")
        assert left(mock) == []


class TestUpdatesThatFail:
    def test_resources_of_other_services_are_restored(self, cloudformation):
        def a_queue(timeout):
            """moto changes the object itself."""
            properties = {"QueueName": "kept", "VisibilityTimeout": timeout}
            return {"Type": "AWS::SQS::Queue", "Properties": properties}

        ssm, sqs = aws("ssm"), aws("sqs")
        create(
            cloudformation,
            template(Kept=a_parameter("/kept", "1"), Queue=a_queue(30), **recipe()),
        )

        ended = update(
            cloudformation,
            template(
                Kept=a_parameter("/kept", "2"),
                Added=a_parameter("/added", "2"),
                Queue=a_queue(60),
                **recipe(Version="2.0.0", ParentImage=NOWHERE),
            ),
        )

        assert ended == "UPDATE_ROLLBACK_COMPLETE"
        names = {each["Name"]: each for each in ssm.describe_parameters()["Parameters"]}
        assert set(names) == {"/kept"}
        assert ssm.get_parameter(Name="/kept")["Parameter"]["Value"] == "1"
        url = sqs.get_queue_url(QueueName="kept")["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        assert found["Attributes"] == {"VisibilityTimeout": "30"}

    def test_one_that_is_added_fails_to_be_created(self, mock, cloudformation):
        create(cloudformation, template(Web=INFRASTRUCTURE))

        update(cloudformation, template(Web=INFRASTRUCTURE, **recipe(ParentImage=NOWHERE)))

        assert list(reasons(cloudformation, "CREATE_FAILED")) == ["Recipe"]
        assert reason_of_stack(cloudformation, "UPDATE_ROLLBACK_IN_PROGRESS") == (
            "The following resource(s) failed to create: [Recipe]."
        )
        assert left(mock) == ["infrastructure-configuration/web"]

    def test_what_the_update_was_to_remove_stays(self, cloudformation):
        create(cloudformation, template(Gone=a_parameter("/gone", "1"), **recipe()))

        update(cloudformation, template(**recipe(Version="2.0.0", ParentImage=NOWHERE)))

        assert aws("ssm").get_parameter(Name="/gone")["Parameter"]["Value"] == "1"
        assert set(physical_ids(cloudformation)) == {"Gone", "Component", "Recipe"}

    def test_tags_that_are_refused_take_the_properties_back(self, mock, cloudformation):
        create(cloudformation, template(Web=INFRASTRUCTURE))
        changed = infrastructure(Description="new", Tags={"aws:reserved": "no"})

        ended = update(cloudformation, template(Web=changed))

        assert ended == "UPDATE_ROLLBACK_COMPLETE"
        [made] = mock.resources()
        assert made.description is None

    def test_a_template_that_is_refused_changes_nothing(self, cloudformation):
        create(cloudformation, template(**recipe()))
        before = events(cloudformation)

        with pytest.raises(ClientError, match=r"Unresolved resource dependencies \[Nobody\]"):
            update(
                cloudformation,
                template(**recipe(Components=[{"ComponentArn": {"Ref": "Nobody"}}])),
            )

        assert (status(cloudformation), events(cloudformation)) == ("CREATE_COMPLETE", before)
        assert update(cloudformation, template(**recipe(Version="2.0.0"))) == "UPDATE_COMPLETE"

    def test_a_parameter_without_a_value_changes_nothing(self, mock, cloudformation):
        create(cloudformation, template(**recipe()))
        before = left(mock)
        body = template(**recipe(Version={"Ref": "Release"}))
        body += "Parameters: {Release: {Type: String}}\n"

        with pytest.raises(ClientError, match="Release"):
            update(cloudformation, body)

        assert (status(cloudformation), left(mock)) == ("CREATE_COMPLETE", before)
        assert update(cloudformation, template(**recipe(Version="2.0.0"))) == "UPDATE_COMPLETE"


class TestTemplates:
    @pytest.mark.parametrize(
        ("resources", "said"),
        [
            (
                recipe(ParentImage={"Fn::Sub": "${Nobody}"}),
                r"Unresolved resource dependencies \[Nobody\] in the Resources block of",
            ),
            (
                {"One": {**INFRASTRUCTURE, "DependsOn": ["Nobody"]}},
                r"Unresolved resource dependencies \[Nobody\] in the Resources block of",
            ),
            (
                {
                    "One": {**INFRASTRUCTURE, "DependsOn": "Two"},
                    "Two": {**COMPONENT, "DependsOn": ["One"]},
                },
                r"Circular dependency between resources: \[One, Two\]",
            ),
        ],
    )
    def test_one_that_is_refused_makes_no_stack(self, cloudformation, resources, said):
        with pytest.raises(ClientError, match=said):
            create(cloudformation, template(**resources))

        assert cloudformation.list_stacks()["StackSummaries"] == []

    @pytest.mark.parametrize(
        ("resource", "said"),
        [
            ("nothing", r"\[/Resources/Web\] resource definition is malformed"),
            ({"Properties": {}}, r"\[/Resources/Web\] Every Resources object must contain a Type"),
            (
                {**INFRASTRUCTURE, "Properties": None},
                r"\[/Resources/Web/Properties\] 'null' values",
            ),
        ],
    )
    def test_one_that_is_malformed_is_refused_by_a_change_set_too(
        self, cloudformation, resource, said
    ):
        body = template(Web=resource, Component=COMPONENT)

        with pytest.raises(ClientError, match=said):
            create(cloudformation, body)
        with pytest.raises(ClientError, match=said):
            change_set(cloudformation, body, "CREATE")

        assert cloudformation.list_stacks()["StackSummaries"] == []

    def test_a_logical_id_stays_with_its_type(self, cloudformation):
        create(cloudformation, template(Web=INFRASTRUCTURE))

        with pytest.raises(ClientError, match=r"Update of resource type is not permitted.*\[Web\]"):
            update(cloudformation, template(Web=COMPONENT))


class TestEvents:
    def test_what_stays_is_skipped(self, cloudformation):
        retained = {**INFRASTRUCTURE, "DeletionPolicy": "Retain"}
        create(cloudformation, template(Web=retained, Component=COMPONENT))

        update(cloudformation, template(Component=COMPONENT))

        assert ("Web", "DELETE_SKIPPED") in events(cloudformation)

    def test_each_resource_is_told_of(self, cloudformation):
        create(cloudformation, template(**recipe()))
        update(cloudformation, template(**recipe(Version="2.0.0", ParentImage=MANAGED_PARENT)))
        cloudformation.delete_stack(StackName="web")

        stack = cloudformation.list_stacks()["StackSummaries"][0]["StackId"]
        assert events(cloudformation, stack) == [
            ("web", "CREATE_IN_PROGRESS"),
            ("Component", "CREATE_IN_PROGRESS"),
            ("Component", "CREATE_COMPLETE"),
            ("Recipe", "CREATE_IN_PROGRESS"),
            ("Recipe", "CREATE_COMPLETE"),
            ("web", "CREATE_COMPLETE"),
            ("web", "UPDATE_IN_PROGRESS"),
            ("Recipe", "UPDATE_IN_PROGRESS"),
            ("Recipe", "UPDATE_COMPLETE"),
            ("Recipe", "DELETE_IN_PROGRESS"),
            ("Recipe", "DELETE_COMPLETE"),
            ("web", "UPDATE_COMPLETE"),
            ("web", "DELETE_IN_PROGRESS"),
            ("Recipe", "DELETE_IN_PROGRESS"),
            ("Recipe", "DELETE_COMPLETE"),
            ("Component", "DELETE_IN_PROGRESS"),
            ("Component", "DELETE_COMPLETE"),
            ("web", "DELETE_COMPLETE"),
        ]
