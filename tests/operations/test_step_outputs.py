"""What a test sets as the outputs of workflow steps: ``mock.builds.set_outputs``."""

from __future__ import annotations

import json

import pytest

from tests.build_views import amis_of, the_image
from tests.workflow_builders import (
    AN_AMI,
    WAIT,
    a_run,
    a_step,
    a_workflow,
    executions_of,
    steps_of,
)

pytestmark = pytest.mark.imagebuilder(builds="instant")

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:Check"
CHECK = a_step("Check", "ExecuteStateMachine", inputs={"stateMachineArn": MACHINE})


def outputs_of(client, arn):
    [execution] = executions_of(client, arn)
    return json.loads(steps_of(client, execution)[0]["outputs"])


def test_a_step_gives_what_is_set_beside_what_it_gives_anyway(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.set_outputs("Check", {"output": '{"passed": true}'})
    workflow = a_workflow(imagebuilder, CHECK)

    for _ in range(2):
        outputs = outputs_of(imagebuilder, a_run(imagebuilder, workflow))
        assert (outputs["output"], outputs["status"]) == ('{"passed": true}', "SUCCEEDED")


def test_the_ami_of_a_build_can_be_set(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.set_outputs("Check", {"output": AN_AMI})
    outputs = [{"name": "ImageId", "value": "$.stepOutputs.Check.output"}]

    arn = a_run(imagebuilder, a_workflow(imagebuilder, CHECK, type="BUILD", outputs=outputs))

    assert [ami["image"] for ami in amis_of(imagebuilder, arn)] == [AN_AMI]


def test_some_times_come_before_what_is_set_for_good(imagebuilder, imagebuilder_mock):
    for output, times in (("ever", None), ("one", 1), ("two", 1), ("newest", None)):
        imagebuilder_mock.builds.set_outputs("Check", {"output": output}, times=times)
    workflow = a_workflow(imagebuilder, CHECK)

    seen = [outputs_of(imagebuilder, a_run(imagebuilder, workflow))["output"] for _ in range(4)]

    assert seen == ["one", "two", "newest", "newest"]


@pytest.mark.parametrize(("named", "expected"), [("mine", "set"), ("other", "{}")])
def test_a_workflow_can_be_named(imagebuilder, imagebuilder_mock, named, expected):
    imagebuilder_mock.builds.set_outputs("Check", {"output": "set"}, workflow=named, optional=True)

    arn = a_run(imagebuilder, a_workflow(imagebuilder, CHECK, name="mine"))

    assert outputs_of(imagebuilder, arn)["output"] == expected


def test_an_answer_that_resumes_gives_it_too(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.set_outputs("Approve", {"reason": "as set"})
    arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))
    [step] = imagebuilder.list_waiting_workflow_steps()["steps"]

    imagebuilder.send_workflow_step_action(
        stepExecutionId=step["stepExecutionId"], imageBuildVersionArn=arn, action="RESUME"
    )

    assert outputs_of(imagebuilder, arn) == {"action": "RESUME", "reason": "as set"}


def test_a_step_whose_action_does_not_give_it_fails_and_says_so(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.set_outputs("Check", {"imageId": AN_AMI})

    arn = a_run(imagebuilder, a_workflow(imagebuilder, CHECK))

    assert the_image(imagebuilder, arn)["state"]["reason"].endswith(
        "set_outputs('Check') has imageId; ExecuteStateMachine gives output, executionArn, status."
    )


def test_so_does_a_step_that_waits(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.set_outputs("Approve", {"imageId": AN_AMI})
    arn = a_run(imagebuilder, a_workflow(imagebuilder, WAIT))
    [step] = imagebuilder.list_waiting_workflow_steps()["steps"]

    imagebuilder.send_workflow_step_action(
        stepExecutionId=step["stepExecutionId"], imageBuildVersionArn=arn, action="RESUME"
    )

    assert the_image(imagebuilder, arn)["state"]["status"] == "FAILED"


@pytest.mark.parametrize(
    ("outputs", "more", "said"),
    [
        ({"imageID": AN_AMI}, {}, "No step gives imageID. Steps give"),
        ({"output": ""}, {"times": 0}, "times=0: give a whole number from 1 on, or None"),
        ({"output": float("nan")}, {}, "give what JSON can hold"),
        ({"output": ""}, {"workflow": "arn:nothing"}, "a name or an ARN"),
    ],
)
def test_a_mistake_in_an_order_is_told_at_once(imagebuilder_mock, outputs, more, said):
    with pytest.raises(ValueError, match=said):
        imagebuilder_mock.builds.set_outputs("Check", outputs, **more)


def test_an_order_is_part_of_saved_state(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.set_outputs("Check", {"output": "set"}, times=1)
    before = imagebuilder_mock.snapshot()
    workflow = a_workflow(imagebuilder, CHECK, name="mine")
    a_run(imagebuilder, workflow)

    imagebuilder_mock.restore(before)

    arn = a_run(imagebuilder, a_workflow(imagebuilder, CHECK, name="mine"))
    assert outputs_of(imagebuilder, arn)["output"] == "set"
