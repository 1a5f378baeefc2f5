"""The tokens of pages: see tests/properties/test_paging.py for the laws through boto3."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.errors import InvalidPaginationTokenException
from imagebuilder_mock.world.tokens import PageTokens


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
