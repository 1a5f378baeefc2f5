"""The options are checked; a wrong one is answered with what exists."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from imagebuilder_mock.world.settings import Settings

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"builds": "held"},
        {"account_id": "000000000001"},
        {"quotas": False},
        {"quotas": {"components": 0}},
        {"seed": 7},
        {"now": NOW},
        {"inspector": False},
        {"neighbours": "strict"},
        {"unknown_members": "ignore"},
        {"calls_kept_bytes": 0},
    ],
)
def test_what_an_option_can_be(options):
    settings = Settings.from_options(options)

    for name, value in options.items():
        assert getattr(settings, name) == value


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"builds": "slow"},
            ValueError,
            "builds='slow': choose one of 'observed', 'instant', 'clock', 'held'.",
        ),
        (
            {"unknown_members": True},
            ValueError,
            "unknown_members=True: choose one of 'refuse', 'ignore'.",
        ),
        (
            {"neighbours": "moto"},
            ValueError,
            "neighbours='moto': choose one of 'auto', 'strict', 'off'.",
        ),
        ({"seed": "1"}, TypeError, "seed='1': give int, not str."),
        ({"seed": True}, TypeError, "seed=True: give int, not bool."),
        ({"calls_kept_bytes": "1 MB"}, TypeError, "calls_kept_bytes='1 MB': give int, not str."),
        ({"calls_kept_bytes": True}, TypeError, "calls_kept_bytes=True: give int, not bool."),
        (
            {"calls_kept_bytes": -1},
            ValueError,
            "calls_kept_bytes=-1: give a number of bytes, or 0 to keep no calls.",
        ),
        ({"inspector": 1}, TypeError, "inspector=1: give bool, not int."),
        ({"account_id": "12"}, ValueError, "account_id='12': an account is a string of 12 digits."),
        (
            {"account_id": 123456789012},
            ValueError,
            "account_id=123456789012: an account is a string of 12 digits.",
        ),
        (
            {"account_id": "12345678901x"},
            ValueError,
            "account_id='12345678901x': an account is a string of 12 digits.",
        ),
        ({"now": "today"}, TypeError, "now='today': give datetime, not str."),
        ({"now": NOW.replace(tzinfo=None)}, ValueError, "now= needs a datetime with a time zone"),
        ({"quotas": None}, TypeError, "quotas=None: give Mapping, not NoneType."),
        ({"quotas": {"pipelines": 1}}, ValueError, "quotas has no 'pipelines'. It has: "),
        (
            {"quotas": {"components": -1}},
            ValueError,
            "quotas['components']=-1: give a whole number of at least 0.",
        ),
        (
            {"quotas": {"components": True}},
            ValueError,
            "quotas['components']=True: give a whole number of at least 0.",
        ),
        (
            {"region": "eu-west-1"},
            TypeError,
            (
                "mock_imagebuilder() has no option 'region'. It has: builds, account_id, quotas, "
                "seed, now, inspector, neighbours, unknown_members, state, "
                "calls_kept_bytes."
            ),
        ),
    ],
)
def test_a_wrong_option_is_explained(options, error, message):
    with pytest.raises(error) as caught:
        Settings.from_options(options)

    assert str(caught.value).startswith(message)
