"""Stacks within others and of stack sets: outputs, and images that are not built yet."""

from __future__ import annotations

import json

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.stack_builders import (
    create,
    events,
    images,
    infrastructure,
    left,
    outputs,
    reasons,
    status,
    template,
    update,
)

pytestmark = pytest.mark.needs("moto", "openapi_spec_validator")

INNER = {
    "Type": "AWS::CloudFormation::Stack",
    "Properties": {"TemplateURL": "https://s3.amazonaws.com/templates/inner"},
}
OTHER = infrastructure(Name="other")
AMI = {"Fn::GetAtt": ["Inner", "Outputs.Ami"]}


def around(value=AMI):
    """A template with a stack within it, whose output a resource and an output ask for."""
    asking = {
        **OTHER,
        "Properties": {**OTHER["Properties"], "Name": "asking", "Description": value},
    }
    resources = {"Asking": asking, "Inner": INNER}
    return json.dumps({"Resources": resources, "Outputs": {"Ami": {"Value": AMI}}})


@pytest.fixture
def mock(moto):  # noqa: ARG001 - on around ours
    with mock_imagebuilder(builds="held") as mock:
        s3 = aws("s3")
        s3.create_bucket(Bucket="templates")
        inner = json.dumps(
            {
                "Resources": images(),
                "Outputs": {"Ami": {"Value": {"Fn::GetAtt": ["Image", "ImageId"]}}},
            }
        )
        s3.put_object(Bucket="templates", Key="inner", Body=inner)
        yield mock


def test_the_one_around_waits_for_the_image_and_gets_the_output(mock, cloudformation):
    assert create(cloudformation, around()) == "CREATE_IN_PROGRESS"
    [build] = mock.builds.running
    assert ("Inner", "CREATE_COMPLETE") not in events(cloudformation)

    mock.builds.complete(build)

    assert status(cloudformation) == "CREATE_COMPLETE"
    [ami] = mock.images.amis(build)
    assert outputs(cloudformation) == {"Ami": ami.image_id}
    [asking] = [each for each in mock.resources("infrastructure-configuration") if each.description]
    assert asking.description == ami.image_id
    assert ("Inner", "CREATE_COMPLETE") in events(cloudformation)


def test_so_it_does_on_an_update(mock, cloudformation):
    create(cloudformation, template(Other=OTHER))

    assert update(cloudformation, around()) == "UPDATE_IN_PROGRESS"
    mock.builds.finish_all()

    assert status(cloudformation) == "UPDATE_COMPLETE"
    assert list(outputs(cloudformation)) == ["Ami"]


def test_an_image_that_fails_fails_both(mock, cloudformation):
    create(cloudformation, around())

    mock.builds.fail(mock.builds.running[0], reason="as ordered")

    assert status(cloudformation) == "ROLLBACK_COMPLETE"
    [said] = reasons(cloudformation, "CREATE_FAILED").values()
    assert said.endswith(
        "was not successfully created: The following resource(s) failed to create: [Image]."
    )
    assert left(mock) == []


def test_one_around_that_has_nothing_of_image_builder_waits_too(mock, cloudformation):
    body = {"Resources": {"Inner": INNER}, "Outputs": {"Ami": {"Value": AMI}}}

    assert create(cloudformation, json.dumps(body)) == "CREATE_IN_PROGRESS"
    mock.builds.finish_all()

    assert status(cloudformation) == "CREATE_COMPLETE"
    assert list(outputs(cloudformation)) == ["Ami"]


def test_an_output_that_it_does_not_have_fails_the_one_that_asks(mock, cloudformation):
    body = around({"Fn::GetAtt": ["Inner", "Outputs.None"]})

    assert create(cloudformation, body) == "ROLLBACK_COMPLETE"

    assert reasons(cloudformation, "CREATE_FAILED") == {
        "Asking": "Template error: resource Inner does not support attribute type Outputs.None in "
        "Fn::GetAtt"
    }
    assert left(mock) == []


def test_a_stack_set_says_what_became_of_its_stacks(mock, cloudformation):
    def said():
        found = cloudformation.list_stack_instances(StackSetName="web")["Summaries"]
        return [each["Status"] for each in found]

    cloudformation.create_stack_set(StackSetName="web", TemplateBody=template(**images()))
    cloudformation.create_stack_instances(
        StackSetName="web", Accounts=["111122223333"], Regions=["us-east-1", "eu-west-1"]
    )
    # The parent of the recipe is not in the second Region.
    assert said() == ["OUTDATED", "OUTDATED"]

    mock.builds.finish_all()

    assert said() == ["CURRENT", "OUTDATED"]
    failed = cloudformation.describe_stack_instance(
        StackSetName="web", StackInstanceAccount="111122223333", StackInstanceRegion="eu-west-1"
    )["StackInstance"]
    assert failed["StackInstanceStatus"] == {"DetailedStatus": "FAILED"}
