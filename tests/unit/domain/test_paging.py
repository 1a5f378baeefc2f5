"""Page tokens and pages: see tests/properties/test_paging.py for the laws through boto3."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.errors import InvalidPaginationTokenException
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.operations.listing import page_of
from imagebuilder_mock.world.tokens import PageTokens


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


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.integers(0))
def test_a_token_is_read_as_the_position_that_it_was_made_of(scope, position):
    tokens = PageTokens(b"key")

    assert tokens.decode(scope, tokens.encode(scope, position)) == position


@pytest.mark.parametrize(
    ("scope", "key"), [("other", b"key"), ("list", b"other key")], ids=["list", "world"]
)
def test_a_token_of_another_list_or_world_is_refused(scope, key):
    token = PageTokens(b"key").encode("list", 1)

    with pytest.raises(InvalidPaginationTokenException, match="'nextToken' must be a token from"):
        PageTokens(key).decode(scope, token)


@pytest.mark.parametrize("token", ["", "x", "=", "é", "AAAA", "AAAAAAAAAAAAAAAAAAAA"])
def test_garbage_is_refused(token):
    with pytest.raises(InvalidPaginationTokenException):
        PageTokens(b"key").decode("list", token)


@pytest.mark.parametrize("addition", ["\n", " ", "!", "="])
def test_a_token_has_one_spelling(addition):
    """Base64 readers pass over what is no base64."""
    tokens = PageTokens(b"key")

    with pytest.raises(InvalidPaginationTokenException):
        tokens.decode("list", tokens.encode("list", 1) + addition)


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
