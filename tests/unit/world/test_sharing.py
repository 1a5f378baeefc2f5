"""What other accounts see: stores that admit resources of other stores."""

from __future__ import annotations

from datetime import datetime, timezone
from random import Random

import pytest

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.world.clock import Clock
from imagebuilder_mock.world.ids import Ids
from imagebuilder_mock.world.settings import Settings
from imagebuilder_mock.world.world import World
from tests.builders import a_build, a_sharing_policy
from tests.workflow_builders import ROLE, WAIT, a_workflow

A_TIME = datetime(2026, 1, 2, tzinfo=timezone.utc)
REGION = "us-east-1"
OWNER, OTHER_OWNER, CONSUMER = "123456789012", "210987654321", "333333333333"


@pytest.fixture
def world():
    return World(
        Settings(),
        clock=Clock(lambda: A_TIME),
        ids=Ids(Random(0)),
        partition_of=lambda _: "aws",
    )


def a_component(world, version="1.0.0/1", *, account=OWNER, name="hello"):
    component = Component(
        arn=f"arn:aws:imagebuilder:{REGION}:{account}:component/{name}/{version}",
        name=name,
        date_created=A_TIME,
        owner=account,
        platform="Linux",
        type="BUILD",
        document="",
    )
    world.add(world.store(account, REGION), component)
    return component


def seen(world, account=CONSUMER):
    return [resource.arn for resource in world.shared_with(account, REGION).order(Component)]


def found(world, arn, account=CONSUMER, region=REGION):
    component = world.find(world.store(account, region), Component, arn, parameter="arn")
    return None if component is None else component.arn


def share(world, component, *accounts):
    world.share(component, frozenset(accounts))


class TestWorld:
    def test_what_is_shared_is_the_resource_itself(self, world):
        component = a_component(world)

        share(world, component, CONSUMER)

        assert world.shared_with(CONSUMER, REGION).get(Component, component.arn) is component
        assert component.shared_with == {CONSUMER}

    def test_what_runs_for_an_image_is_known_at_home_alone(self, imagebuilder, imagebuilder_mock):
        waits = {"workflowArn": a_workflow(imagebuilder, WAIT)}
        arn = a_build(imagebuilder, workflows=[waits], executionRole=ROLE)
        imagebuilder_mock.builds.finish_all()

        imagebuilder.put_image_policy(imageArn=arn, policy=a_sharing_policy(arn, CONSUMER))

        world = imagebuilder_mock._active_world("test")
        assert len(world.store(OWNER, REGION).executions.waiting) == 1
        assert len(world.shared_with(CONSUMER, REGION).executions.waiting) == 0

    def test_who_stays_is_not_touched(self, world):
        component = a_component(world)
        share(world, component, CONSUMER, OTHER_OWNER)

        share(world, component, CONSUMER)

        assert seen(world) == [component.arn]
        assert seen(world, OTHER_OWNER) == []

    def test_sharing_can_end_and_begin_again(self, world):
        first, second = a_component(world), a_component(world, "1.0.0/2")
        for component in (first, second):
            share(world, component, CONSUMER)

        for _ in range(3):
            share(world, first)
            assert seen(world) == [second.arn]
            share(world, first, CONSUMER)
            assert seen(world) == [first.arn, second.arn]

    def test_the_order_is_that_of_making(self, world):
        components = [a_component(world, f"1.0.0/{build}") for build in (1, 2, 3)]

        for component in (components[2], components[0], components[1]):
            share(world, component, CONSUMER)

        assert seen(world) == [component.arn for component in components]

    @pytest.mark.parametrize(
        ("version", "expected"),
        [("x.x.x", "1.1.0/1"), ("1.0.x", "1.0.0/2"), ("1.0.0", "1.0.0/2"), ("2.x.x", None)],
    )
    def test_a_wildcard_means_the_newest_that_is_shared(self, world, version, expected):
        for number in ("1.0.0/1", "1.0.0/2", "1.1.0/1"):
            share(world, a_component(world, number), CONSUMER)
        a_component(world, "2.0.0/1")
        base = f"arn:aws:imagebuilder:{REGION}:{OWNER}:component/hello"

        meant = found(world, f"{base}/{version}")

        assert meant == (expected and f"{base}/{expected}")

    def test_a_wildcard_means_one_account(self, world):
        theirs = a_component(world)
        others = a_component(world, "2.0.0/1", account=OTHER_OWNER)
        for component in (theirs, others):
            share(world, component, CONSUMER)

        for component in (theirs, others):
            wildcard = str(Arn.parse(component.arn).at("x.x.x"))
            assert found(world, wildcard) == component.arn

    def test_it_is_found_in_its_region_only(self, world):
        component = a_component(world)
        share(world, component, CONSUMER)

        assert found(world, component.arn) == component.arn
        assert found(world, component.arn, region="eu-west-1") is None

    def test_others_do_not_find_it(self, world):
        component = a_component(world)
        share(world, component, CONSUMER)

        assert found(world, component.arn, account=OTHER_OWNER) is None

    def test_a_reset_ends_it(self, world):
        share(world, a_component(world), CONSUMER)

        world.reset()

        assert seen(world) == []


class TestStore:
    def test_one_name_of_two_accounts_is_two_names(self, world):
        for account in (OWNER, OTHER_OWNER):
            share(world, a_component(world, account=account), CONSUMER)
        store = world.shared_with(CONSUMER, REGION)

        def accounts(entries):
            return [
                Arn.parse(resource.arn).account
                for entry in entries
                for resource in entry.newest_first()
            ]

        assert accounts(store.versions(Component)) == [OWNER, OTHER_OWNER]
        assert accounts(store.names(Component)) == [OWNER, OTHER_OWNER]

    def test_a_name_of_others_is_not_the_accounts_own(self, world):
        share(world, a_component(world, "7.0.0/7"), CONSUMER)
        store = world.shared_with(CONSUMER, REGION)
        hello = store.arn_for("component", "hello")

        assert store.next_build("component", "hello", "7.0.0") == str(hello.at("7.0.0", 1))
        assert store.family(hello).highest == {}
        assert len(store.builds_of(Component, hello.at("7.0.0"))) == 0

    def test_what_is_removed_leaves_the_other_accounts_name(self, world):
        mine, others = a_component(world), a_component(world, account=OTHER_OWNER)
        for component in (mine, others):
            share(world, component, CONSUMER)

        share(world, mine)

        store = world.shared_with(CONSUMER, REGION)
        names = [next(iter(entry.newest_first())).arn for entry in store.names(Component)]
        assert names == [others.arn]


class TestOrderedIndex:
    def test_an_older_thing_takes_its_place(self, world):
        things = [a_component(world, f"1.0.0/{build}") for build in (1, 2, 3)]
        index = OrderedIndex[Component]()

        for thing in (things[1], things[2], things[0]):
            index.add(thing)

        assert list(index) == things
        assert list(index.before(None)) == things[::-1]
        assert list(index.after(things[0].sequence)) == things[1:]
        assert len(index) == 3

    def test_a_thing_can_come_and_go_often(self, world):
        things = [a_component(world, f"1.0.0/{build}") for build in (1, 2, 3)]
        index = OrderedIndex[Component]()
        for thing in things:
            index.add(thing)

        for _ in range(200):
            index.remove(things[1])
            index.add(things[1])

        assert list(index) == things
        assert len(index._entries) < 100
