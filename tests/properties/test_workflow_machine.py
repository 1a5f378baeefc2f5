"""Builds with workflows that wait, fail and are retried, in every mode: what always holds."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.resources.images import Image
from tests.builders import a_distribution, a_full_recipe, a_sharing_policy, an_infrastructure
from tests.clients import the_client
from tests.machines import MockMachine, in_each_mode
from tests.refusals import refusal_of
from tests.workflow_builders import (
    BUILD_IMAGE,
    DISTRIBUTE_IMAGE,
    INSTANCE,
    LAUNCH,
    ROLE,
    WAIT,
    a_step,
    a_workflow,
)

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
TERMINAL = {"AVAILABLE", "FAILED", "CANCELLED"}
ENDED = {"COMPLETED", "FAILED", "ROLLBACK_COMPLETED", "CANCELLED"}
UNFINISHED = {"PENDING", "RUNNING", "CANCELLED"}
TYPES = {"BUILDING": "BUILD", "TESTING": "TEST", "DISTRIBUTING": "DISTRIBUTION"}
STATE_CHANGE = "EC2 Image Builder Image State Change"

DOCUMENTS = {
    "waits": (LAUNCH, {**WAIT, "timeoutSeconds": 600}),
    "forgives": (
        {**WAIT, "timeoutSeconds": 300, "onFailure": "Continue"},
        a_step("Stop", onFailure="Continue"),
        a_step("Retry", retry={"maxAttempts": 2}),
    ),
    "pauses": (
        a_step("Later", waitSeconds=60),
        {**LAUNCH, "rollbackEnabled": False},
        {
            **a_step("Skip"),
            "if": {"stringEquals": "Build", "value": "$.imagebuilder.workflowPhase"},
        },
        a_step("Collect", "CollectImageMetadata", inputs=INSTANCE),
        a_step("Stop"),
    ),
}
TESTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(DOCUMENTS)),
        st.sampled_from([None, None, "one", "two"]),
        st.sampled_from([None, "CONTINUE"]),
    ),
    max_size=4,
)
ORDERS = st.sampled_from(
    [
        {"step": "Stop"},
        {"step": "Retry", "times": 2},
        {"step": "Approve"},
        {"step": "LaunchBuildInstance"},
        {"component": "part"},
        {"phase": "validate"},
        {"region": "eu-west-1"},
        {"step": "DistributeImage"},
    ]
)


# Named, because the oldest Hypothesis takes seconds to describe a lambda.
def something_is_there(machine: WorkflowMachine) -> bool:
    return bool(machine.images())


def something_runs(machine: WorkflowMachine) -> bool:
    return bool(machine.mock.builds.running)


def something_waits(machine: WorkflowMachine) -> bool:
    return any(machine.waiting_steps())


class WorkflowMachine(MockMachine):
    """A few workflows, and builds of them in all combinations."""

    @initialize()
    def begin(self):
        self.mock = mock_imagebuilder(builds=self.mode, now=START).start()
        self.client: Any = the_client()
        self.can_retry = hasattr(self.client, "retry_image")
        self.recipe = a_full_recipe(self.client, name="web")
        self.infrastructure = an_infrastructure(self.client)
        self.distribution = a_distribution(self.client, "us-east-1", "eu-west-1")
        self.workflows = {
            name: a_workflow(self.client, *steps, name=name) for name, steps in DOCUMENTS.items()
        }
        self.ended: dict[str, str] = {}
        self.lost_amis: set[str] = set()
        self.gone: dict[str, list[str]] = {}
        self.shared: set[str] = set()

    # What is there, seen without looking: a look moves an observed build

    def images(self) -> dict[str, Image]:
        found = self.mock.resources(region="us-east-1")
        return {image.arn: image for image in found if isinstance(image, Image)}

    def waiting_steps(self) -> list[Any]:
        return [
            step
            for image in self.images().values()
            for execution in image.executions
            for step in execution.steps
            if step.is_waiting
        ]

    def draw(self, data: st.DataObject, arns: Any) -> str:
        drawn: str = data.draw(st.sampled_from(sorted(arns)))
        return drawn

    # What can happen

    @rule(tests=TESTS, builds=st.booleans(), distributes=st.booleans())
    def start(self, tests, builds, distributes):
        workflows: list[dict[str, Any]] = [{"workflowArn": BUILD_IMAGE}] if builds else []
        for name, group, on_failure in tests:
            workflow = {"workflowArn": self.workflows[name]}
            if group is not None:
                workflow["parallelGroup"] = group
            if on_failure is not None:
                workflow["onFailure"] = on_failure
            workflows.append(workflow)
        if distributes:
            workflows.append({"workflowArn": DISTRIBUTE_IMAGE})
        given = {"workflows": workflows, "executionRole": ROLE} if workflows else {}
        self.client.create_image(
            imageRecipeArn=self.recipe,
            infrastructureConfigurationArn=self.infrastructure,
            distributionConfigurationArn=self.distribution,
            **given,
        )

    @rule(order=ORDERS)
    def order_a_failure(self, order):
        self.mock.builds.fail_next(**order, optional=True)

    @precondition(something_is_there)
    @rule(data=st.data())
    def look(self, data):
        arn = self.draw(data, self.images())
        before = self.images()[arn].state.status
        answer = self.client.list_workflow_executions(imageBuildVersionArn=arn)
        assert answer.get("message") == (
            self.images()[arn].state.reason if before == "FAILED" else None
        )

    @rule()
    def look_for_steps_that_wait(self):
        before = [step.step_execution_id for step in self.waiting_steps()]
        shown = self.client.list_waiting_workflow_steps()["steps"]
        assert {step["stepExecutionId"] for step in shown} == set(before[:25])

    @precondition(something_runs)
    @rule(data=st.data())
    def advance(self, data):
        arn = self.draw(data, self.mock.builds.running)
        waits = arn in self.mock.builds.waiting
        before = self.images()[arn].state.status
        after = self.mock.builds.advance(arn)
        if waits:
            assert after == before
        elif after == before:
            assert arn in self.mock.builds.waiting

    @precondition(something_runs)
    @rule(data=st.data())
    def complete(self, data):
        arn = self.draw(data, self.mock.builds.running)
        try:
            self.mock.builds.complete(arn)
        except RuntimeError:
            assert arn in self.mock.builds.waiting
        else:
            assert self.images()[arn].state.status in TERMINAL

    @rule()
    def finish_all(self):
        self.mock.builds.finish_all()
        assert self.mock.builds.running == self.mock.builds.waiting

    @precondition(something_waits)
    @rule(data=st.data(), action=st.sampled_from(["RESUME", "STOP"]))
    def answer(self, data, action):
        steps = {step.step_execution_id: step for step in self.waiting_steps()}
        chosen = self.draw(data, steps)
        self.client.send_workflow_step_action(
            stepExecutionId=chosen,
            imageBuildVersionArn=steps[chosen].image_build_version_arn,
            action=action,
        )
        assert steps[chosen].status == ("COMPLETED" if action == "RESUME" else "FAILED")

    @precondition(something_runs)
    @rule(data=st.data())
    def fail(self, data):
        self.mock.builds.fail(self.draw(data, self.mock.builds.running), reason="no disk")

    @precondition(something_runs)
    @rule(data=st.data())
    def cancel(self, data):
        arn = self.draw(data, self.mock.builds.running)
        self.client.cancel_image_creation(imageBuildVersionArn=arn)
        assert self.images()[arn].state.status == "CANCELLED"

    @precondition(something_is_there)
    @rule(data=st.data())
    def retry(self, data):
        if not self.can_retry:
            return
        arn = self.draw(data, self.images())
        status = self.images()[arn].state.status
        if status in {"FAILED", "CANCELLED"}:
            del self.ended[arn]
            self.client.retry_image(imageBuildVersionArn=arn)
        else:
            refusal = refusal_of(self.client.retry_image, imageBuildVersionArn=arn)
            assert refusal.code == "InvalidParameterValueException"

    @precondition(something_is_there)
    @rule(data=st.data())
    def delete(self, data):
        arn = self.draw(data, self.images())
        image = self.images()[arn]
        if image.state.status not in TERMINAL or arn in self.shared:
            refusal = refusal_of(self.client.delete_image, imageBuildVersionArn=arn)
            assert refusal.code == "ResourceDependencyException"
            return
        self.client.delete_image(imageBuildVersionArn=arn)
        del self.ended[arn]
        self.lost_amis |= ids_of(image)
        self.gone[arn] = [execution.workflow_execution_id for execution in image.executions]

    @precondition(something_is_there)
    @rule(data=st.data(), accounts=st.sets(st.just("444455556666")))
    def share(self, data, accounts):
        arn = self.draw(data, self.images())
        policy = a_sharing_policy(arn, *accounts)
        self.client.put_image_policy(imageArn=arn, policy=policy)
        self.shared = self.shared | {arn} if accounts else self.shared - {arn}

    @rule(seconds=st.sampled_from([1, 60, 299, 600, 1500]))
    def let_time_pass(self, seconds):
        before = {arn: status_of(image) for arn, image in self.images().items()}
        self.mock.clock.advance(seconds=seconds)
        if not self.mock.builds.running and self.mode in {"held", "instant"}:
            ended = {arn for arn, status in before.items() if status in TERMINAL}
            after = {arn: status_of(image) for arn, image in self.images().items()}
            assert all(after[arn] == before[arn] for arn in ended)

    # What always holds

    @invariant()
    def what_has_ended_stays_as_it_was(self):
        images = self.images()
        for arn, status in self.ended.items():
            assert images[arn].state.status == status
        self.ended = {
            arn: image.state.status
            for arn, image in images.items()
            if image.state.status in TERMINAL
        }

    @invariant()
    def counts_add_up(self):
        for image in self.images().values():
            for run in image.executions:
                done = run.total_steps_succeeded + run.total_steps_failed + run.total_steps_skipped
                others = [step for step in run.steps if step.status in UNFINISHED]
                assert done + len(others) == len(run.steps) == run.total_step_count
                if run.status == "COMPLETED":
                    assert done == run.total_step_count
                if run.status == "ROLLBACK_COMPLETED":
                    assert run.total_steps_failed >= 1

    @invariant()
    def what_has_ended_has_an_end_and_what_runs_has_none(self):
        for image in self.images().values():
            for run in image.executions:
                assert (run.end_time is not None) == (run.status in ENDED) == run.has_ended
                assert run.has_ended or image.is_in_progress
                for step in run.steps:
                    if step.start_time is None:
                        assert (step.status, step.end_time) == ("PENDING", None)
                        continue
                    assert (step.end_time is None) == step.is_open
                    assert step.start_time <= (step.end_time or self.mock.clock.now())
                    if run.has_ended:
                        assert not step.is_open
                        assert step.rollback_status != "RUNNING"
                        assert (step.ticket, run.ticket) == (None, None)
                    if step.status == "SKIPPED":
                        assert step.start_time == step.end_time
                        assert step.outputs is None

    @invariant()
    def the_state_of_an_image_follows_from_what_runs(self):
        for image in self.images().values():
            status = image.state.status
            counted = [run for run in image.executions if not run.retried]
            running = [run for run in counted if not run.has_ended]
            stage = image.plan.stage(status)
            if stage is not None and stage.groups:
                assert running, "a stage is over when its workflows are"
                assert {run.type for run in running} == {TYPES[status]}
                assert len(running) <= 5
                assert len({run.parallel_group for run in running}) == 1
            else:
                assert running == []
            for run in counted:
                if status == "AVAILABLE" or (running and run.type != TYPES[status]):
                    assert run.status == "COMPLETED" or run.continues_on_failure
            if status == "AVAILABLE":
                planned = [
                    workflow
                    for each in image.plan.stages
                    for group in each.groups
                    for workflow in group
                ]
                assert len(counted) == len(planned)
            context = image.state.failure_context
            assert (context is not None) == (status == "FAILED") == (image.state.reason is not None)
            if context is not None and context.workflow_execution_id is not None:
                [blamed] = [
                    run
                    for run in image.executions
                    if run.workflow_execution_id == context.workflow_execution_id
                ]
                assert blamed.has_failed

    @invariant()
    def those_who_wait_are_known(self):
        images = self.images().values()
        open_steps = {
            image.arn: [run.open_step for run in image.executions if not run.has_ended]
            for image in images
        }
        waiting = [
            arn
            for arn, steps in open_steps.items()
            if steps and all(step is not None and step.is_waiting for step in steps)
        ]
        assert self.mock.builds.waiting == waiting
        assert self.mock.builds.running == [image.arn for image in images if image.is_in_progress]

    @invariant()
    def no_ami_of_a_deleted_image_comes_back(self):
        seen: set[str] = set()
        for image in self.images().values():
            amis = ids_of(image)
            assert not amis & (self.lost_amis | seen)
            seen |= amis

    @invariant()
    def what_is_deleted_is_not_found(self):
        for arn, executions in self.gone.items():
            refusal = refusal_of(self.client.list_workflow_executions, imageBuildVersionArn=arn)
            assert refusal.code == "ResourceNotFoundException"
            for execution in executions:
                refusal = refusal_of(
                    self.client.get_workflow_execution, workflowExecutionId=execution
                )
                assert refusal.code == "ResourceNotFoundException"

    @invariant()
    def the_events_replay_to_the_state(self):
        states: dict[str, str] = {}
        for event in self.mock.events.sent_to("EventBridge"):
            if event.name == STATE_CHANGE:
                body: Any = event.body
                [arn] = body["resources"]
                assert body["detail"]["previous-state"]["status"] == states.get(arn, "PENDING")
                states[arn] = body["detail"]["state"]["status"]
        for arn, image in self.images().items():
            assert states.get(arn, "PENDING") == image.state.status
        for arn in self.gone:
            assert states[arn] in TERMINAL


def ids_of(image: Image) -> set[str]:
    resources = image.output_resources
    return {ami.image for ami in resources.amis or ()} if resources else set()


def status_of(image: Image) -> str:
    return image.state.status


TestObserved, TestInstant, TestClock, TestHeld = in_each_mode(WorkflowMachine)


@pytest.mark.parametrize("mode", ["observed", "instant", "clock", "held"])
@given(
    orders=st.lists(ORDERS, max_size=2),
    tests=TESTS,
    moves=st.lists(st.sampled_from([1, 300, 900, None]), max_size=6),
)
def test_the_same_program_has_the_same_ids_times_and_order(mode, orders, tests, moves):
    def told():
        client: Any = the_client()
        with mock_imagebuilder(builds=mode, now=START, seed=7) as mock:
            for order in orders:
                mock.builds.fail_next(**order, optional=True)
            workflows = [
                {"workflowArn": a_workflow(client, *DOCUMENTS[name], name=f"{name}-{number}")}
                for number, (name, *_) in enumerate(tests)
            ]
            arn = client.create_image(
                imageRecipeArn=a_full_recipe(client, name="web"),
                infrastructureConfigurationArn=an_infrastructure(client, name="infra"),
                workflows=[{"workflowArn": BUILD_IMAGE}, *workflows],
                executionRole=ROLE,
                clientToken="token",
            )["imageBuildVersionArn"]
            for seconds in moves:
                if seconds is None:
                    mock.builds.finish_all()
                else:
                    mock.clock.advance(seconds=seconds)
            [image] = [one for one in mock.resources() if isinstance(one, Image)]
            # The log names the components, whose numbers go on; it is among the events.
            rows = [{**row, "log": []} for row in mock.builds.timeline(arn).rows]
            return rows, [repr(run) for run in image.executions], list(mock.events)

    first, second = told(), told()

    assert first[:2] == second[:2]
    # The component has a name of its own in each run, which the log tells.
    assert [(event.name, event.time) for event in first[2]] == [
        (event.name, event.time) for event in second[2]
    ]
