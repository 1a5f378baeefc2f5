"""A world: what an ARN means in it, and what is needed."""

from __future__ import annotations

from datetime import datetime, timezone
from random import Random

import pytest

from imagebuilder_mock.domain.errors import InvalidParameterValueException
from imagebuilder_mock.domain.records import replace
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.recipes import ImageRecipe
from imagebuilder_mock.world.clock import Clock
from imagebuilder_mock.world.ids import Ids
from imagebuilder_mock.world.settings import Settings
from imagebuilder_mock.world.world import PARTS, World
from tests.builders import MANAGED_PARENT, OWN

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
ACCOUNT, OTHER = "123456789012", "210987654321"
COMPONENT = f"{OWN}component/web"


@pytest.fixture
def world():
    return World(
        Settings(),
        clock=Clock(lambda: NOW),
        ids=Ids(Random(0)),
        partition_of=lambda region: "aws-cn" if region.startswith("cn-") else "aws",
    )


@pytest.fixture
def store(world):
    return world.store(ACCOUNT, "us-east-1")


def add_component(world, store, at):
    component = Component(
        arn=f"{COMPONENT}/{at}",
        name="web",
        date_created=NOW,
        owner=ACCOUNT,
        platform="Linux",
        type="BUILD",
        document="",
    )
    world.add(store, component)
    return component


def a_recipe(*components, version="1.0.0"):
    return ImageRecipe(
        arn=f"{OWN}image-recipe/web/{version}",
        name="web",
        date_created=NOW,
        owner=ACCOUNT,
        platform="Linux",
        parent_image="ami-12345678",
        components=[{"componentArn": arn} for arn in components],
    )


def find(world, arn, cls=Component, *, region="us-east-1", account=ACCOUNT):
    return world.find(world.store(account, region), cls, arn, parameter="arn")


def test_an_account_has_one_store_in_each_region(world, store):
    assert world.store(ACCOUNT, "us-east-1") is store
    assert world.store(ACCOUNT, "eu-west-1") is not store
    assert world.store("210987654321", "us-east-1") is not store
    assert world.store(ACCOUNT, "cn-north-1").partition == "aws-cn"


@pytest.mark.parametrize("at", ["1.0.0/2", "1.0.0", "1.0.x", "1.x.x", "x.x.x"])
def test_a_version_and_a_wildcard_mean_the_newest_build(world, store, at):
    add_component(world, store, "1.0.0/1")
    newest = add_component(world, store, "1.0.0/2")

    assert find(world, f"{COMPONENT}/{at}") is newest


def test_a_recipe_is_its_exact_version_or_a_wildcards(world, store):
    recipe = a_recipe()
    world.add(store, recipe)

    for at in ("1.0.0", "1.x.x"):
        assert find(world, f"{OWN}image-recipe/web/{at}", ImageRecipe) is recipe
    assert find(world, f"{OWN}image-recipe/web/1.0.1", ImageRecipe) is None


def test_where_nothing_was_made_nothing_is_found(world):
    assert find(world, f"{COMPONENT}/1.0.0/1") is None
    assert find(world, f"{COMPONENT}/x.x.x") is None


def test_an_account_sees_the_region_that_it_asks_and_what_is_its_own(world, store):
    component = add_component(world, store, "1.0.0/1")

    assert find(world, component.arn, region="eu-west-1") is None
    assert find(world, component.arn, account=OTHER) is None


def test_what_is_shared_is_seen_by_those_it_is_shared_with(world, store):
    component = add_component(world, store, "1.0.0/1")

    world.share(component, frozenset([OTHER]))
    assert find(world, f"{COMPONENT}/x.x.x", account=OTHER) is component
    assert find(world, component.arn, account="000000000001") is None

    world.share(component, frozenset())
    assert find(world, component.arn, account=OTHER) is None
    assert find(world, component.arn) is component


def test_amazons_own_are_found_in_every_region(world):
    arn = MANAGED_PARENT.replace("us-east-1", "eu-west-1")
    found = find(world, arn, Image, region="eu-west-1")

    assert found is not None
    assert found.arn.startswith("arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-x86/")


def test_a_wildcard_before_a_number_is_refused_by_parameter(world):
    with pytest.raises(InvalidParameterValueException, match="'arn'"):
        find(world, f"{COMPONENT}/x.0.0")


def test_a_wildcard_needs_the_newest_match_alone(world, store):
    old, new = add_component(world, store, "1.0.0/1"), add_component(world, store, "1.1.0/1")
    world.add(store, a_recipe(f"{COMPONENT}/1.x.x"))

    assert world.is_needed(new)
    assert not world.is_needed(old)

    world.remove(store, new)
    assert world.is_needed(old)


def test_what_only_a_removed_or_replaced_resource_referred_to_is_not_needed(world, store):
    one, other = add_component(world, store, "1.0.0/1"), add_component(world, store, "2.0.0/1")
    recipe = a_recipe(one.arn)
    world.add(store, recipe)

    changed = replace(recipe, components=[{"componentArn": other.arn}])
    world.replace(store, changed)
    assert (world.is_needed(one), world.is_needed(other)) == (False, True)

    world.remove(store, changed)
    assert not world.is_needed(other)


def test_what_is_not_there_cannot_be_replaced(world, store):
    with pytest.raises(KeyError):
        world.replace(store, a_recipe())


def test_a_reference_to_what_cannot_be_selected_any_more_needs_nothing(world, store):
    component = add_component(world, store, "1.0.0/1")
    world.add(store, a_recipe(f"{COMPONENT}/x.x.x"))
    component.state = replace(component.state, status="DISABLED")

    assert not world.is_needed(component)


def test_a_reset_empties_the_world_and_leaves_the_time(world, store):
    component = add_component(world, store, "1.0.0/1")
    world.clock.set_forward(NOW.replace(hour=1))

    world.reset()

    assert find(world, component.arn) is None
    assert world.clock.now() == NOW.replace(hour=1)


def test_each_attribute_of_a_world_is_one_of_its_parts_or_does_not_change(world):
    """A new one has a row in ``PARTS``, or stands here with the reason why it needs none."""
    parts = [part.name for part in PARTS]

    assert len(parts) == len(set(parts))
    assert set(vars(world)) - set(parts) == {
        "beginning",  # what a reset goes back to
        "_account",  # the last account that it was told
        "default_account",  # handed in
        "deleted",  # for who asked to remember: what is deleted stays deleted
        "is_in_the_past",  # for as long as a block is run
        "lock",
        "models",  # what is made after them follows from what is there, with them or without
        "neighbours",  # handed in
        "quotas",  # an option
        "settings",  # the options
        "step_at_work",  # for as long as a block is run
        "_partition_of",
    }


def test_each_part_is_another_in_a_block_and_the_same_after_it(world):
    before = {part.name: getattr(world, part.name) for part in PARTS}
    for _ in range(2):
        with pytest.raises(LookupError), world.restored_afterwards():
            inside = [name for name, part in before.items() if getattr(world, name) is part]
            world.reset()
            raise LookupError

        # The lock tells what waits in it, and a forked child has another.
        assert inside == ["outbox"]
        assert {part.name: getattr(world, part.name) for part in PARTS} == before


def test_a_forked_child_has_a_lock_that_nobody_holds(world):
    world.lock.acquire()
    held = world.lock

    world.renew_lock()

    assert world.lock is not held
    held.release()
