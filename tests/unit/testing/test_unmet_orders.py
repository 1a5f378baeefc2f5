"""``mock.unmet``: the orders of a test that nothing has met, and what came nearest."""

from __future__ import annotations

from copy import copy

import pytest

from imagebuilder_mock import UnmetOrdersError, mock_imagebuilder
from imagebuilder_mock.mock import switch
from tests.builders import a_build, a_component, a_full_recipe, a_recipe

instant = pytest.mark.imagebuilder(builds="instant")


@pytest.fixture
def unmet(imagebuilder_mock):
    """The orders so far with what came nearest; nobody waits for them after the test."""
    yield lambda: {order.order: order.nearest for order in imagebuilder_mock.unmet}
    imagebuilder_mock.reset()


def nearest(unmet):
    [text] = unmet().values()
    return text


def a_build_of(client, name):
    return a_build(
        client, imageRecipeArn=a_recipe(client, components=[a_component(client, name=name)])
    )


# What came nearest


@instant
@pytest.mark.parametrize(
    ("order", "said"),
    [
        (
            {"component": "hardning"},
            "No build has a component 'hardning'. Did you mean component '",
        ),
        ({"component": "web"}, "No build has a component 'web'. Components were: 'hardening'."),
        ({"recipe": "other"}, "No build has a recipe 'other'. Recipes were: 'recipe-"),
        ({"step": "LaunchBuildInstnce"}, "Did you mean step 'LaunchBuildInstance'?"),
        (
            {"component": "hardening", "step": "Hi"},
            "No build has a step 'Hi'. Steps were: 'Greet'.",
        ),
        ({"region": "eu-west-1"}, "No build has a region 'eu-west-1'. Regions were: 'us-east-1'."),
        ({"phase": "validate"}, "none came to a place where all of it fits."),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_of_a_failure_the_part_that_no_build_has(
    imagebuilder, imagebuilder_mock, unmet, order, said
):
    imagebuilder_mock.builds.fail_next(**order)
    a_build_of(imagebuilder, "hardening")

    assert said in nearest(unmet)


@instant
@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"step": "RunSysPrepScrpt"}, "Did you mean step 'RunSysPrepScript'?"),
        (
            {"step": "LaunchBuildInstance", "workflow": "test-image"},
            "The step 'LaunchBuildInstance' has not run in a workflow 'test-image'.",
        ),
    ],
)
def test_of_outputs_the_step_that_ran(imagebuilder, imagebuilder_mock, unmet, order, said):
    imagebuilder_mock.builds.set_outputs(outputs={"instanceId": "i-0"}, **order)
    a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

    assert said in nearest(unmet)


def test_of_a_build_that_stands_its_state(imagebuilder, imagebuilder_mock, unmet):
    imagebuilder_mock.builds.fail_next()
    assert nearest(unmet) == "No build has started."

    arn = a_build(imagebuilder)
    assert nearest(unmet) == f"The build {arn} is still PENDING."


@instant
def test_of_an_order_that_came_too_late_that_it_did(imagebuilder, imagebuilder_mock, unmet):
    a_build(imagebuilder)
    imagebuilder_mock.builds.fail_next()

    assert nearest(unmet) == "No build has started since, and those before have ended."


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (("GetImage",), "GetImage was not called. Calls were: ListImages (2)."),
        (("ListImages",), "ListImages was called before the rule was added, and not since."),
    ],
)
def test_of_a_fault_rule_what_was_called(imagebuilder, imagebuilder_mock, unmet, rule, said):
    imagebuilder.list_images()
    imagebuilder.list_images()
    imagebuilder_mock.faults.add(*rule, error=500)

    assert nearest(unmet) == said


def test_of_a_fault_rule_in_what_the_nearest_call_differs(imagebuilder, imagebuilder_mock, unmet):
    imagebuilder_mock.faults.add(
        "ListImages", error=500, region="eu-west-1", when={"owner": "Self"}
    )
    imagebuilder.list_images()
    imagebuilder.list_images(owner="Self")

    assert nearest(unmet) == (
        "ListImages was called 2 time(s) since, and the nearest call differs. "
        "region: expected 'eu-west-1', and it was 'us-east-1'."
    )


# What is met


@instant
def test_an_order_that_was_met_once_is_met(imagebuilder, imagebuilder_mock):
    mock = imagebuilder_mock
    mock.builds.fail_next(component="web", times=3)
    mock.builds.set_outputs("LaunchBuildInstance", {"instanceId": "i-0"}, times=2)
    mock.faults.add("ListImages", latency=1, times=9)
    assert len(mock.unmet) == 3
    with pytest.raises(UnmetOrdersError, match="Nothing has met 3 orders of this test") as caught:
        mock.assert_all_met()
    assert caught.value.orders == mock.unmet

    a_build_of(imagebuilder, "web")
    imagebuilder.list_images()

    assert mock.unmet == []
    mock.assert_all_met()
    assert len(mock.faults) == 1


@instant
def test_outputs_that_newer_ones_stand_before_are_met(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.set_outputs("LaunchBuildInstance", {"instanceId": "i-0"})
    imagebuilder_mock.builds.set_outputs("LaunchBuildInstance", {"instanceId": "i-1"})
    a_build(imagebuilder)

    assert imagebuilder_mock.unmet == []


@instant
def test_an_order_that_a_restored_state_meets_is_met(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.fail_next()
    snapshot = imagebuilder_mock.snapshot()
    imagebuilder_mock.restore(snapshot)
    a_build(imagebuilder)
    assert imagebuilder_mock.unmet == []

    imagebuilder_mock.restore(snapshot)
    assert imagebuilder_mock.unmet == []


def test_orders_of_a_mock_can_be_read_when_it_is_off(tmp_path):
    with mock_imagebuilder() as mock:
        mock.builds.fail_next(message="no disk", times=2)
        mock.save(tmp_path / "state.json")
    assert [order.order for order in mock.unmet] == [
        "mock.builds.fail_next(message='no disk', times=2)"
    ]

    with mock_imagebuilder(state=tmp_path / "state.json") as other:
        assert other.unmet == []
    switch.excuse_orders()  # or this test would not pass


def test_the_error_is_the_same_in_another_process(imagebuilder_mock, unmet):
    imagebuilder_mock.builds.fail_next(component="web")
    with pytest.raises(UnmetOrdersError) as caught:
        imagebuilder_mock.assert_all_met()

    again = copy(caught.value)  # made again of the same parts, as by pickle

    assert (str(again), again.orders) == (str(caught.value), caught.value.orders)
    assert len(unmet()) == 1
