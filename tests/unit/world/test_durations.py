"""How long things take: defaults, and what a test sets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS
from imagebuilder_mock.world.durations import Durations

MINUTE = timedelta(minutes=1)


@pytest.fixture
def durations():
    return Durations()


def test_every_action_that_does_not_wait_has_one(durations):
    assert set(STEP_ACTIONS) - {"WaitForAction"} <= set(durations)


def test_stages_without_workflows_have_one(durations):
    assert durations["CREATING"] == timedelta(milliseconds=450)
    assert durations["DISTRIBUTING"] == timedelta(minutes=5)
    with pytest.raises(KeyError):
        durations["AVAILABLE"]


def test_a_duration_is_set_and_taken_back(durations):
    before = durations["LaunchInstance"]
    durations["LaunchInstance"] = MINUTE
    assert durations["LaunchInstance"] == MINUTE

    del durations["LaunchInstance"]

    assert durations["LaunchInstance"] == before
    with pytest.raises(KeyError):
        del durations["LaunchInstance"]


def test_a_step_has_its_own_or_that_of_its_action(durations):
    assert durations.of_step("Launch", "LaunchInstance") == durations["LaunchInstance"]
    durations["Launch"] = MINUTE
    assert durations.of_step("Launch", "LaunchInstance") == MINUTE
    assert durations.of_step("Other", "LaunchInstance") == durations["LaunchInstance"]


def test_it_is_a_mapping(durations):
    defaults = len(durations)
    durations["Launch"] = durations["LaunchInstance"] = MINUTE

    assert len(durations) == len(list(durations)) == defaults + 1
    assert "Launch" in durations
    assert dict(durations)["Launch"] == MINUTE


@pytest.mark.parametrize("value", [timedelta(seconds=-1), 60, None])
def test_a_duration_is_a_timedelta_of_at_least_nothing(durations, value):
    with pytest.raises(ValueError, match="give a timedelta of zero or more"):
        durations["Launch"] = value
    assert "Launch" not in durations
