"""Client tokens: examples; the laws through boto3 are in tests/properties/test_idempotency.py."""

from __future__ import annotations

from typing import Any

import pytest

from imagebuilder_mock.domain.errors import IdempotentParameterMismatchException
from imagebuilder_mock.world.tokens import ClientTokens

KEY = ("123456789012", "us-east-1", "CreateImage", "token")


def test_a_new_token_has_no_answer():
    assert ClientTokens().recall(KEY, {}) is None


def test_a_token_has_the_answer_of_the_first_request():
    tokens = ClientTokens()
    tokens.remember(KEY, {"a": 1, "b": [{"c": 2, "d": 3}]}, {"arn": "web"})

    assert tokens.recall(KEY, {"b": [{"d": 3, "c": 2}], "a": 1}) == {"arn": "web"}
    for place in range(len(KEY)):
        other: Any = (*KEY[:place], "other", *KEY[place + 1 :])
        assert tokens.recall(other, {}) is None


@pytest.mark.parametrize("params", [{}, {"a": 2}, {"a": "1"}, {"a": 1, "b": 2}, {"b": 1}])
def test_other_parameters_are_refused(params):
    tokens = ClientTokens()
    tokens.remember(KEY, {"a": 1}, {"arn": "web"})

    with pytest.raises(IdempotentParameterMismatchException, match="different parameters"):
        tokens.recall(KEY, params)


def test_the_oldest_tokens_are_forgotten(monkeypatch):
    monkeypatch.setattr("imagebuilder_mock.world.tokens.MOST_TOKENS", 2)
    tokens = ClientTokens()
    keys: list[Any] = [(*KEY[:3], token) for token in ("first", "second", "third")]
    for key in keys:
        tokens.remember(key, {"a": 1}, {"token": key[3]})

    assert tokens.recall(keys[0], {"a": 1}) is None
    assert [tokens.recall(key, {"a": 1}) for key in keys[1:]] == [
        {"token": "second"},
        {"token": "third"},
    ]
    assert [used.token for used in tokens] == ["second", "third"]
