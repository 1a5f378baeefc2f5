"""Fault rules: what matches, how often a rule fires, what several of them do together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.world.faults import (
    NO_FAULT,
    CutAnswer,
    Fault,
    FaultError,
    FaultRule,
    FaultRules,
)
from imagebuilder_mock.world.record import holds

REFUSAL = FaultError("ServiceException", "Down", 500)


def rules(*given, seed=0):
    made = FaultRules(seed)
    for rule in given:
        made.add(rule)
    return made


def meet(made, operation="GetImage", region="us-east-1", **params):
    return made.meet(operation, params, region)


def test_without_rules_nothing_goes_wrong():
    assert meet(rules()) is NO_FAULT
    assert not rules().concern("GetImage")


def test_a_rule_fires_as_often_as_it_says():
    rule = FaultRule(operation="GetImage", outcome=REFUSAL, times=2)
    made = rules(rule)

    assert [meet(made).outcome for _ in range(3)] == [REFUSAL, REFUSAL, None]
    assert (rule.matched, rule.fired, rule.is_spent) == (2, 2, True)
    assert not made.concern("GetImage")


def test_a_rule_without_end_never_is_spent():
    made = rules(FaultRule(operation="*", outcome=REFUSAL, times=None))

    assert [meet(made, name).outcome for name in ("GetImage", "ListImages")] == [REFUSAL] * 2
    assert made.concern("CreateImage")


@pytest.mark.parametrize(
    ("rule", "call"),
    [
        ({"operation": "ListImages"}, {}),
        ({"operation": "GetImage", "region": "eu-west-1"}, {}),
        ({"operation": "GetImage", "when": {"name": "web"}}, {"name": "app"}),
        ({"operation": "GetImage", "when": {"name": "web"}}, {}),
        ({"operation": "GetImage", "when": lambda params: "name" in params}, {}),
    ],
    ids=["operation", "Region", "parameter", "absent parameter", "function"],
)
def test_a_request_that_does_not_match_is_let_through(rule, call):
    made = FaultRule(outcome=REFUSAL, **rule)

    assert meet(rules(made), **call).outcome is None
    assert made.matched == 0


def test_delays_add_up_and_the_first_outcome_ends_it():
    late = FaultRule(operation="*", latency=timedelta(seconds=1), times=None)
    first = FaultRule(operation="GetImage", outcome=CutAnswer(), latency=timedelta(seconds=2))
    second = FaultRule(operation="GetImage", outcome=REFUSAL)
    made = rules(late, first, second)

    assert meet(made) == Fault(timedelta(seconds=3), CutAnswer())
    assert meet(made) == Fault(timedelta(seconds=1), REFUSAL)
    assert meet(made) == Fault(timedelta(seconds=1))


def fired(seed, count=1000):
    made = rules(FaultRule(operation="*", outcome=REFUSAL, times=None, probability=0.25), seed=seed)
    return [meet(made).outcome is not None for _ in range(count)]


def test_a_probability_is_about_as_frequent_and_repeats_with_the_seed():
    assert 200 < sum(fired(seed=1)) < 300
    assert fired(seed=1) == fired(seed=1) != fired(seed=2)


def test_rules_with_the_same_probability_fire_apart_from_each_other():
    made = rules(
        *(
            FaultRule(operation=name, outcome=REFUSAL, times=None, probability=0.5)
            for name in ("GetImage", "ListImages")
        )
    )

    first = [meet(made, "GetImage").outcome for _ in range(50)]
    second = [meet(made, "ListImages").outcome for _ in range(50)]

    assert first != second


def test_a_copy_shares_the_rules_but_not_the_list():
    rule = FaultRule(operation="GetImage", outcome=REFUSAL)
    made = rules(rule)

    twin = made.copy()
    twin.add(FaultRule(operation="ListImages", outcome=REFUSAL))
    made.clear()

    assert (len(made), [kept.operation for kept in twin]) == (0, ["GetImage", "ListImages"])


def test_a_removed_rule_is_asked_no_more():
    rule = FaultRule(operation="GetImage", outcome=REFUSAL)
    made = rules(rule)

    made.remove(rule)

    assert meet(made) is NO_FAULT


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (FaultRule(operation="*", outcome=REFUSAL), "add('*', error='ServiceException', times=1)"),
        (
            FaultRule(operation="*", outcome=CutAnswer(), times=None, probability=0.5),
            "add('*', truncated=True, probability=0.5)",
        ),
        (
            FaultRule(operation="*", latency=timedelta(minutes=1), region="eu-west-1"),
            "add('*', latency=60, times=1, region='eu-west-1')",
        ),
    ],
    ids=["error", "cut", "late"],
)
def test_a_rule_is_written_as_the_call_that_adds_it(rule, text):
    assert str(rule) == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_found_holds_for_itself(value):
    assert holds(value, value)


def test_a_mapping_holds_if_the_named_members_do():
    found = {"a": 1, "tags": {"team": "images", "x": "y"}, "list": [{"b": 1, "c": 2}]}

    assert holds({"tags": {"team": "images"}}, found)
    assert holds({"list": ({"b": 1},)}, found)
    assert not holds({"tags": {"team": "other"}}, found)
    assert not holds({"tags": {"none": "y"}}, found)
    assert not holds({"list": []}, found)
    assert not holds({"a": {"b": 1}}, found)
    assert not holds({"a": [1]}, found)
