"""What step actions do in a build keeps to their rows."""

from __future__ import annotations

import json

import pytest

from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS, NewId
from imagebuilder_mock.engines.builds import actions
from tests.workflow_builders import a_run, a_workflow, executions_of, steps_of

GIVEN = {
    "documentName": "AWS-RunShellScript",
    "instanceId": "i-0123456789abcdef0",
    "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Check",
    "waitFor": "ssmAgent",
}
OF_LINUX_AMIS = [
    name
    for name, action in STEP_ACTIONS.items()
    # Without components there is nothing to execute.
    if action.takes is not None
    and name != "ExecuteComponents"
    and "BUILD" in action.types
    and action.output_type != "DOCKER"
    and "Linux" in (action.platforms or {"Linux"})
]


def test_what_does_something_has_a_row():
    assert actions._WORK.keys() <= STEP_ACTIONS.keys()


@pytest.mark.parametrize("name", STEP_ACTIONS)
def test_an_output_that_depends_on_the_build_comes_from_what_the_action_does(name):
    outputs = STEP_ACTIONS[name].outputs.values()

    if any(isinstance(value, type) for value in outputs):
        # Who answers a step that waits gives its outputs.
        assert name in actions._WORK or STEP_ACTIONS[name].takes is None


@pytest.mark.imagebuilder(builds="instant")
@pytest.mark.parametrize("name", OF_LINUX_AMIS)
def test_an_action_gives_what_its_row_says(imagebuilder, name):
    action = STEP_ACTIONS[name]
    inputs = {member: GIVEN[member] for member in action.required}
    step = {"name": "Only", "action": name, **({"inputs": inputs} if inputs else {})}
    workflow = a_workflow(imagebuilder, step, type="BUILD")

    [execution] = executions_of(imagebuilder, a_run(imagebuilder, workflow))
    [ran] = steps_of(imagebuilder, execution)

    outputs = json.loads(ran.get("outputs", "{}"))
    assert list(outputs) == list(action.outputs)
    assert all(_fits(outputs[member], value) for member, value in action.outputs.items())


def _fits(given, value):
    if isinstance(value, (type, NewId)):
        return isinstance(given, value if isinstance(value, type) else str)
    return given == value
