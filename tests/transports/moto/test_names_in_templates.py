"""Whether a name in a template is looked up does not depend on what the template makes before."""

from __future__ import annotations

import pytest

from tests.beside_moto import aws
from tests.stack_builders import INFRASTRUCTURE, create, reasons, recipe, template, update

# moto's CloudFormation cannot be imported without it.
pytestmark = pytest.mark.needs("moto", "openapi_spec_validator")

PROFILE = {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [], "Path": "/"}}
FIRST = {**INFRASTRUCTURE, "DependsOn": "Profile"}
LAST = {**PROFILE, "DependsOn": "Infrastructure"}


@pytest.mark.parametrize(
    "body",
    [
        template(Profile=PROFILE, Infrastructure=FIRST),
        template(Profile=LAST, Infrastructure=INFRASTRUCTURE),
    ],
    ids=["made before", "made after"],
)
def test_what_the_template_makes_itself_does_not_count(cloudformation, body):
    assert create(cloudformation, body) == "CREATE_COMPLETE"


def test_nor_what_it_makes_while_it_waits_for_an_image(cloudformation):
    image = {
        "Type": "AWS::ImageBuilder::Image",
        "DependsOn": "Profile",
        "Properties": {
            "ImageRecipeArn": {"Ref": "Recipe"},
            "InfrastructureConfigurationArn": {"Ref": "Infrastructure"},
        },
    }
    late = {
        "Type": INFRASTRUCTURE["Type"],
        "DependsOn": "Image",
        "Properties": {**INFRASTRUCTURE["Properties"], "Name": "late"},
    }
    body = template(
        Profile=PROFILE, Infrastructure=INFRASTRUCTURE, **recipe(), Image=image, Late=late
    )
    cloudformation.create_stack(StackName="web", TemplateBody=body)
    waiter = cloudformation.get_waiter("stack_create_complete")

    waiter.wait(StackName="web", WaiterConfig={"Delay": 0, "MaxAttempts": 20})


def test_what_was_there_before_the_stack_counts(cloudformation):
    aws("iam").create_instance_profile(InstanceProfileName="bilder")

    assert create(cloudformation, template(Infrastructure=INFRASTRUCTURE)) == "ROLLBACK_COMPLETE"
    assert "does not exist" in str(reasons(cloudformation, "CREATE_FAILED"))


def test_what_the_stack_has_made_counts_for_its_next_change(cloudformation):
    assert create(cloudformation, template(Profile=PROFILE)) == "CREATE_COMPLETE"

    body = template(Profile=PROFILE, Infrastructure=INFRASTRUCTURE)

    assert update(cloudformation, body) == "UPDATE_ROLLBACK_COMPLETE"
