"""An index in the order of making: see tests/properties/test_paging.py for its law."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from imagebuilder_mock.domain.ordered import OrderedIndex


@dataclass
class Thing:
    sequence: int


def test_a_walk_goes_on_while_things_come_and_go():
    index: OrderedIndex[Thing] = OrderedIndex()
    things = [Thing(number) for number in range(5)]
    for thing in things:
        index.add(thing)

    walk = index.after(None)
    seen = list(islice(walk, 2))
    index.remove(things[0])
    index.remove(things[3])

    assert [thing.sequence for thing in [*seen, *walk]] == [0, 1, 2, 4]


def test_gaps_do_not_pile_up():
    index: OrderedIndex[Thing] = OrderedIndex()
    for number in range(1000):
        thing = Thing(number)
        index.add(thing)
        if number % 100:
            index.remove(thing)

    assert len(index) == 10
    assert len(index._entries) < 100
    assert [thing.sequence for thing in index] == list(range(0, 1000, 100))
