"""Stacks whose image is not built yet: they wait, and end as the image does."""

from __future__ import annotations

from threading import Thread
from typing import ClassVar

import pytest
import yaml
from botocore.exceptions import ClientError

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.stack_builders import (
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
    reason_of_stack,
    reasons,
    status,
    template,
    update,
)

pytestmark = [
    pytest.mark.needs("moto", "openapi_spec_validator"),
    pytest.mark.usefixtures("moto"),
]

USED = {
    "Type": "AWS::SSM::Parameter",
    "Properties": {
        "Name": "/image",
        "Type": "String",
        "Value": {"Fn::GetAtt": ["Image", "ImageId"]},
    },
}
IMAGE_ID = {"Id": {"Value": {"Fn::Sub": "${Image.ImageId}"}}}


@pytest.fixture
def mock(moto):  # noqa: ARG001 - on around ours
    with mock_imagebuilder(builds="held") as mock:
        yield mock


def used(**image):
    """An image, whose AMI is in a parameter and an output that is exported."""
    outputs = {"Id": {**IMAGE_ID["Id"], "Export": {"Name": "golden"}}}
    return yaml.safe_dump({"Resources": {"Used": USED, **images(**image)}, "Outputs": outputs})


class TestCreations:
    def test_what_needs_the_image_waits_for_it(self, mock, cloudformation):
        assert create(cloudformation, used()) == "CREATE_IN_PROGRESS"
        assert ("Image", "CREATE_COMPLETE") not in events(cloudformation)
        shown = cloudformation.list_stack_resources(StackName="web")["StackResourceSummaries"]
        assert {each["LogicalResourceId"] for each in shown} > {"Image", "Used"}
        assert aws("ssm").describe_parameters()["Parameters"] == []

        mock.builds.finish_all()

        assert status(cloudformation) == "CREATE_COMPLETE"
        [ami] = aws("ec2").describe_images(Owners=["self"])["Images"]
        assert aws("ssm").get_parameter(Name="/image")["Parameter"]["Value"] == ami["ImageId"]
        assert outputs(cloudformation) == {"Id": ami["ImageId"]}
        [export] = cloudformation.list_exports()["Exports"]
        assert (export["Name"], export["Value"]) == ("golden", ami["ImageId"])
        told = [each for each in events(cloudformation) if each[0] in {"Image", "Used"}]
        assert [name for name, said in told if said == "CREATE_COMPLETE"] == ["Used", "Image"]

    @pytest.mark.parametrize("ending", ["failed", "cancelled"])
    def test_the_image_is_named_when_it_ends_otherwise(self, mock, cloudformation, ending):
        create(cloudformation, used())
        [build] = mock.builds.running

        if ending == "failed":
            mock.builds.fail(build, reason="out of luck")
        else:
            mock.client().cancel_image_creation(imageBuildVersionArn=build, clientToken="once")

        # The events alone are read.
        said = {"failed": "out of luck", "cancelled": "Image creation is cancelled."}[ending]
        failures = reasons(cloudformation, "CREATE_FAILED")
        assert list(failures) == ["Image"]
        assert f"\"Error occurred during operation '{said}'.\"" in failures["Image"]
        assert "[Image]" in reason_of_stack(cloudformation, "ROLLBACK_IN_PROGRESS")
        assert status(cloudformation) == "ROLLBACK_COMPLETE"
        assert left(mock) == []
        assert cloudformation.list_exports()["Exports"] == []

    def test_one_that_waits_cannot_be_updated_and_can_be_deleted(self, mock, cloudformation):
        create(cloudformation, used())

        with pytest.raises(ClientError, match="is in CREATE_IN_PROGRESS state"):
            update(cloudformation, template(Web=INFRASTRUCTURE))

        cloudformation.delete_stack(StackName="web")
        assert left(mock) == []

    def test_a_name_that_another_stack_exports_fails_it(self, mock, cloudformation):
        body = used(Tags={"stack": "first"})
        create(cloudformation, body)
        mock.builds.finish_all()
        assert status(cloudformation) == "CREATE_COMPLETE"
        exported = {"Name": {"Value": "1", "Export": {"Name": "golden"}}}
        resources = {"Web": infrastructure(Name="other")}

        cloudformation.create_stack(
            StackName="second",
            TemplateBody=yaml.safe_dump({"Resources": resources, "Outputs": exported}),
        )

        assert status(cloudformation, "second") == "ROLLBACK_COMPLETE"
        assert "Export with name golden is already exported by stack web" in reason_of_stack(
            cloudformation, "ROLLBACK_IN_PROGRESS", "second"
        )
        assert len(cloudformation.list_exports()["Exports"]) == 1

    def test_a_change_set_waits_too(self, mock, cloudformation):
        made = change_set(cloudformation, used(), "CREATE")
        cloudformation.execute_change_set(ChangeSetName=made)
        assert status(cloudformation) == "CREATE_IN_PROGRESS"

        mock.builds.finish_all()

        assert status(cloudformation) == "CREATE_COMPLETE"
        image_id = aws("ssm").get_parameter(Name="/image")["Parameter"]["Value"]
        assert outputs(cloudformation) == {"Id": image_id}


class TestUpdates:
    CHANGED: ClassVar = {"ImageTestsConfiguration": {"ImageTestsEnabled": False}}

    @pytest.fixture(autouse=True)
    def _stack(self, mock, cloudformation):
        create(cloudformation, used())
        mock.builds.finish_all()
        assert status(cloudformation) == "CREATE_COMPLETE"

    def test_the_old_image_goes_when_the_new_one_is_built(self, mock, cloudformation):
        before = outputs(cloudformation)["Id"]

        assert update(cloudformation, used(**self.CHANGED)) == "UPDATE_IN_PROGRESS"
        assert [each for each in left(mock) if "image/" in each] == [
            "image/web/1.0.0/1",
            "image/web/1.0.0/2",
        ]

        mock.builds.finish_all()

        assert status(cloudformation) == "UPDATE_COMPLETE"
        assert physical_ids(cloudformation)["Image"].endswith("image/web/1.0.0/2")
        assert [each for each in left(mock) if "image/" in each] == ["image/web/1.0.0/2"]
        after = outputs(cloudformation)["Id"]
        assert before != after
        assert aws("ssm").get_parameter(Name="/image")["Parameter"]["Value"] == after

    def test_it_stays_when_the_new_one_fails(self, mock, cloudformation):
        before = outputs(cloudformation)
        written = cloudformation.get_template(StackName="web")["TemplateBody"]
        update(cloudformation, used(**self.CHANGED))
        [build] = mock.builds.running

        mock.builds.fail(build, reason="out of luck")

        assert status(cloudformation) == "UPDATE_ROLLBACK_COMPLETE"
        assert "out of luck" in reasons(cloudformation, "UPDATE_FAILED")["Image"]
        assert outputs(cloudformation) == before
        assert cloudformation.get_template(StackName="web")["TemplateBody"] == written
        assert [each for each in left(mock) if "image/" in each] == ["image/web/1.0.0/1"]

    def test_neither_stays_when_the_stack_goes_meanwhile(self, mock, cloudformation):
        update(cloudformation, used(**self.CHANGED))

        cloudformation.delete_stack(StackName="web")

        assert left(mock) == []


def test_a_step_that_waits_for_an_action_holds_a_stack_in_any_mode():
    """The default mode moves builds as they are looked at, and stops at such a step."""
    workflow = a_resource(
        "Workflow",
        Name="approval",
        Version="1.0.0",
        Type="TEST",
        Data="schemaVersion: 1.0\nsteps: [{name: Approve, action: WaitForAction}]",
    )
    with mock_imagebuilder() as mock:
        cloudformation = aws("cloudformation")
        role = "arn:aws:iam::123456789012:role/builder"
        body = {
            "Approval": workflow,
            **images(Workflows=[{"WorkflowArn": {"Ref": "Approval"}}], ExecutionRole=role),
        }
        assert create(cloudformation, template(**body)) == "CREATE_IN_PROGRESS"
        [build] = mock.builds.waiting

        mock.client().cancel_image_creation(imageBuildVersionArn=build, clientToken="once")

        assert status(cloudformation) == "ROLLBACK_COMPLETE"
        assert list(reasons(cloudformation, "CREATE_FAILED")) == ["Image"]


def test_another_thread_that_reads_meanwhile_makes_nothing_itself():
    seen = []

    def look():
        cloudformation = aws("cloudformation")
        seen.append((status(cloudformation), physical_ids(cloudformation).get("Used")))

    def read(_):
        thread = Thread(target=look)
        thread.start()
        thread.join()

    with mock_imagebuilder() as mock:
        mock.events.subscribe(read)

        assert create(aws("cloudformation"), used()) == "CREATE_COMPLETE"

        assert seen[0] == ("CREATE_IN_PROGRESS", "")
        assert [call.operation for call in mock.calls].count("CreateImage") == 1
