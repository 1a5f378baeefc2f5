"""The options are checked; a wrong one is answered with what exists."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from imagebuilder_mock.domain.records import members_of
from imagebuilder_mock.world.settings import OPTIONS, Options, Settings

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
        {"account_id": None, "now": None, "state": None},
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
        (
            {"account_id": "１２３４５６７８９０１２"},  # noqa: RUF001 - digits, and not those of ASCII
            ValueError,
            "account_id='１２３４５６７８９０１２': an account is a string of 12 digits.",  # noqa: RUF001
        ),
        (
            {"now": "today"},
            TypeError,
            "now= needs a datetime with a time zone, not 'today': write datetime(2024, ",
        ),
        ({"now": NOW.replace(tzinfo=None)}, ValueError, "now= needs a datetime with a time zone"),
        ({"quotas": None}, TypeError, "quotas=None: give Mapping, not NoneType."),
        ({"quotas": {"lines": 1}}, ValueError, "quotas has no 'lines'. It has: "),
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


# As texts: in ini files, on the command line, in the environment


def test_every_option_has_a_row_a_type_and_a_default():
    assert list(OPTIONS) == list(Options.__annotations__) == [x.name for x in members_of(Settings)]
    assert all(option.help and option.name == name for name, option in OPTIONS.items())


TEXTS = {
    "builds": ("held", "held"),
    "account_id": ("000000000001", "000000000001"),
    "quotas": ("image pipelines=3, components = 10", {"image pipelines": 3, "components": 10}),
    "seed": ("7", 7),
    "now": ("2026-01-01T00:00:00Z", NOW),
    "inspector": ("False", False),
    "neighbours": ("off", "off"),
    "unknown_members": ("ignore", "ignore"),
    "state": ("a/state.json", Path("a/state.json")),
    "calls_kept_bytes": ("0", 0),
}


@pytest.mark.parametrize("option", OPTIONS.values(), ids=list(OPTIONS))
def test_every_option_can_be_read_from_a_text(option):
    text, value = TEXTS[option.name]

    assert option.read(text) == value
    assert getattr(Settings.from_options({option.name: value}), option.name) == value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("seed", "seven", "give a whole number."),
        ("inspector", "on", "give true or false."),
        ("now", "noon", "give a time such as 2024-01-31T12:00:00Z."),
        ("quotas", "components", "give true, false, or some quotas, such as 'image pipelines=3, "),
        ("quotas", "components=many", "give true, false, or some quotas"),
    ],
)
def test_a_text_that_is_no_value_says_what_to_give(name, text, message):
    with pytest.raises(ValueError, match=message):
        OPTIONS[name].read(text)
