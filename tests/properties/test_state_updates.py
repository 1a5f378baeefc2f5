"""Updates of images' states by hand, in any order and mode: the law of who may go where."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.resources.images import Image
from tests.builders import a_recipe
from tests.clients import the_client
from tests.lifecycle_builders import a_count, a_policy
from tests.machines import MockMachine, in_each_mode
from tests.refusals import refusal_of

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
STATES = ["AVAILABLE", "DEPRECATED", "DISABLED", "FAILED", "CANCELLED"]
TARGETS = ["AVAILABLE", "DEPRECATED", "DISABLED", "DELETED"]
# User guide, image-lifecycle-rules.
WAYS = {
    "AVAILABLE": {"DEPRECATED", "DISABLED", "DELETED"},
    "DEPRECATED": {"AVAILABLE", "DISABLED", "DELETED"},
    "DISABLED": {"AVAILABLE", "DELETED"},
    "FAILED": {"DELETED"},
    "CANCELLED": {"DELETED"},
}


def something_is_there(machine: UpdateMachine) -> bool:
    return bool(machine.states)


def something_is_available(machine: UpdateMachine) -> bool:
    return bool(machine.available())


def something_runs(machine: UpdateMachine) -> bool:
    return bool(machine.pending)


class UpdateMachine(MockMachine):
    """The model: the state of each image, and what an execution under way will make of it."""

    @initialize()
    def begin(self):
        self.mock = mock_imagebuilder(builds=self.mode, now=START).start()
        self.client: Any = the_client()
        self.recipe = a_recipe(self.client, name="web")
        self.states: dict[str, str] = {}
        self.pending: dict[str, tuple[str, str]] = {}
        self.due: dict[str, datetime] = {}
        # Of these the model knows nothing: a run of their policy may be anywhere.
        self.others = a_recipe(self.client, name="others")
        self.policy = self.a_policy_over_others()
        self.policy_runs: list[str] = []

    def a_policy_over_others(self) -> str:
        others = {"recipes": [{"name": "others", "semanticVersion": "1.0.0"}]}
        return a_policy(self.client, a_count(1, include=("amis",)), resourceSelection=others)

    def available(self) -> list[str]:
        """Those that nothing is done with."""
        busy = {image for image, _ in self.pending.values()}
        return sorted(
            image
            for image, state in self.states.items()
            if state == "AVAILABLE" and image not in busy
        )

    def waits(self, execution: str) -> bool:
        """Whether its time has not come."""
        return self.mock.clock.now() < self.due.get(execution, START)

    def settle(self, execution: str) -> None:
        """The execution has ended well: its image is where it was to go."""
        image, target = self.pending.pop(execution)
        if target == "DELETED":
            del self.states[image]
        else:
            self.states[image] = target

    @rule(state=st.sampled_from(STATES))
    def add(self, state):
        self.states[self.mock.images.add(recipe=self.recipe, state=state)] = state

    @precondition(something_is_there)
    @rule(data=st.data(), to=st.sampled_from(TARGETS), with_amis=st.booleans())
    def update(self, data, to, with_amis):
        image = data.draw(st.sampled_from(sorted(self.states)))
        with_amis = with_amis or to == "DELETED"
        request: Any = {"resourceArn": image, "state": {"status": to}}
        if with_amis:
            request |= {"executionRole": "role", "includeResources": {"amis": True}}
        is_busy = any(busy == image for busy, _ in self.pending.values())

        if to not in WAYS[self.states[image]]:
            refusal = refusal_of(self.client.start_resource_state_update, **request)
            assert refusal.code == "InvalidParameterValueException"
        elif with_amis and is_busy:
            refusal = refusal_of(self.client.start_resource_state_update, **request)
            assert refusal.code == "ResourceInUseException"
        elif not with_amis and is_busy:
            return  # it would get in the way of the execution
        elif with_amis:
            answer = self.client.start_resource_state_update(**request)
            self.pending[answer["lifecycleExecutionId"]] = (image, to)
            if self.mode == "instant":
                self.settle(answer["lifecycleExecutionId"])
        else:
            answer = self.client.start_resource_state_update(**request)
            assert "lifecycleExecutionId" not in answer
            self.states[image] = to

    @precondition(something_is_available)
    @rule(data=st.data(), seconds=st.sampled_from([60, 90]))
    def schedule_a_deprecation(self, data, seconds):
        image = data.draw(st.sampled_from(self.available()))
        due = self.mock.clock.now() + timedelta(seconds=seconds)
        answer = self.client.start_resource_state_update(
            resourceArn=image, state={"status": "DEPRECATED"}, updateAt=due
        )
        self.pending[answer["lifecycleExecutionId"]] = (image, "DEPRECATED")
        self.due[answer["lifecycleExecutionId"]] = due

    @precondition(something_runs)
    @rule(data=st.data())
    def look(self, data):
        execution = data.draw(st.sampled_from(sorted(self.pending)))
        answer = self.client.get_lifecycle_execution(lifecycleExecutionId=execution)
        assert answer["lifecycleExecution"]["state"] == {"status": "IN_PROGRESS"}
        if self.mode == "observed" and not self.waits(execution):
            self.settle(execution)

    @precondition(something_runs)
    @rule(data=st.data())
    def complete(self, data):
        execution = data.draw(st.sampled_from(sorted(self.pending)))
        self.mock.lifecycle.complete(execution)
        self.settle(execution)

    @precondition(something_runs)
    @rule(data=st.data())
    def cancel(self, data):
        execution = data.draw(st.sampled_from(sorted(self.pending)))
        self.client.cancel_lifecycle_execution(lifecycleExecutionId=execution)
        if self.mode != "instant":
            self.mock.lifecycle.complete(execution)
        answer = self.client.get_lifecycle_execution(lifecycleExecutionId=execution)
        assert answer["lifecycleExecution"]["state"] == {"status": "CANCELLED"}
        del self.pending[execution]

    @rule()
    def let_time_pass(self):
        self.mock.clock.advance(seconds=60)
        if self.mode != "held":
            for execution in list(self.pending):
                if not self.waits(execution):
                    self.settle(execution)

    @rule(move=st.sampled_from(["start", "advance", "pause", "cancel", "complete", "delete"]))
    def move_a_policy_run(self, move):
        running = set(self.mock.lifecycle.running)
        run = next((run for run in reversed(self.policy_runs) if run in running), None)
        if move == "delete":
            self.client.delete_lifecycle_policy(lifecyclePolicyArn=self.policy)
            self.policy = self.a_policy_over_others()
        elif move == "start" or run is None:
            self.mock.images.add(recipe=self.others)
            self.policy_runs.append(self.mock.lifecycle.start(self.policy))
        elif move == "cancel":
            self.client.cancel_lifecycle_execution(lifecycleExecutionId=run)
        else:
            # What is being cancelled cannot be paused.
            with suppress(ValueError):
                getattr(self.mock.lifecycle, move)(run)

    @invariant()
    def images_are_where_the_law_says(self):
        found = {
            each.arn: each.state.status
            for each in self.mock.resources()
            if isinstance(each, Image) and each.name == "web"
        }
        assert found == self.states

    @invariant()
    def what_is_under_way_is_told(self):
        assert {*self.mock.lifecycle.running} - {*self.policy_runs} == set(self.pending)

    @invariant()
    def only_a_deprecation_leaves_its_time(self):
        due = {image: self.due.get(execution) for execution, (image, _) in self.pending.items()}
        for each in self.mock.resources():
            if isinstance(each, Image) and each.state.status == "AVAILABLE":
                assert each.deprecation_time == due.get(each.arn)
            if isinstance(each, Image) and each.state.status == "DEPRECATED":
                assert each.deprecation_time is not None
                assert each.deprecation_time <= self.mock.clock.now()


TestObserved, TestInstant, TestClock, TestHeld = in_each_mode(UpdateMachine)
