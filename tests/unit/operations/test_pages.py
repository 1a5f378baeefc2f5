"""Pages: see tests/properties/test_paging.py for the laws through boto3."""

from __future__ import annotations

from dataclasses import dataclass

from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.operations.listing import page_of


@dataclass
class Thing:
    sequence: int


def index_of(count):
    index: OrderedIndex[Thing] = OrderedIndex()
    for number in range(1, count + 1):
        index.add(Thing(number))
    return index


def nothing(_: Thing) -> Thing | None:
    return None


def numbers(page):
    shown, position = page
    return [thing.sequence for thing in shown], position


def test_a_page_has_its_size_and_the_position_of_the_next():
    index = index_of(5)

    def page(after, *, newest_first):
        return numbers(
            page_of(index, after=after, size=2, newest_first=newest_first, show=lambda one: one)
        )

    assert page(None, newest_first=False) == ([1, 2], 2)
    assert page(4, newest_first=False) == ([5], None)
    assert page(None, newest_first=True) == ([5, 4], 4)
    assert page(2, newest_first=True) == ([1], None)


def test_the_last_page_that_is_full_has_no_next():
    page = page_of(index_of(2), after=None, size=2, newest_first=False, show=lambda one: one)

    assert numbers(page) == ([1, 2], None)


def test_a_page_can_be_empty_and_have_a_next():
    """Seen: aws-cli issue 8980. What is not shown counts for the size."""
    page = page_of(index_of(3), after=None, size=2, newest_first=False, show=nothing)

    assert page == ([], 2)
