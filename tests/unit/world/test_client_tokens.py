"""Client tokens: examples; the laws through boto3 are in tests/properties/test_idempotency.py."""

from __future__ import annotations

from typing import Any

import pytest

from imagebuilder_mock.domain.errors import IdempotentParameterMismatchException
from imagebuilder_mock.world.tokens import ClientTokens

KEY = ("123456789012", "us-east-1", "CreateImage", "token")


def test_a_token_has_the_answer_of_the_first_request():
    tokens = ClientTokens()

    assert tokens.once(KEY, {"a": 1, "b": [{"c": 2, "d": 3}]}, dict) == {}
    assert tokens.once(KEY, {"b": [{"d": 3, "c": 2}], "a": 1}, lambda: {"arn": "web"}) == {}
    for place in range(len(KEY)):
        other: Any = (*KEY[:place], "other", *KEY[place + 1 :])
        assert tokens.once(other, {}, lambda: {"arn": "web"}) == {"arn": "web"}


@pytest.mark.parametrize("params", [{}, {"a": 2}, {"a": "1"}, {"a": 1, "b": 2}, {"b": 1}])
def test_other_parameters_are_refused(params):
    tokens = ClientTokens()
    tokens.once(KEY, {"a": 1}, dict)

    with pytest.raises(IdempotentParameterMismatchException, match="different parameters"):
        tokens.once(KEY, params, dict)


def test_the_oldest_tokens_are_forgotten(monkeypatch):
    monkeypatch.setattr("imagebuilder_mock.world.tokens.MOST_TOKENS", 2)
    tokens = ClientTokens()

    for token in ("first", "second", "third"):
        tokens.once((*KEY[:3], token), {"a": 1}, dict)

    assert [used.token for used in tokens] == ["second", "third"]
