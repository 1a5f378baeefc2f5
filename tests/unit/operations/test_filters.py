"""Filters: values mean or, filters mean and; only names know a wildcard (API reference, Filter)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from imagebuilder_mock.domain.errors import InvalidParameterValueException
from imagebuilder_mock.operations.listing import matching


@dataclass
class Thing:
    name: str = "My web server"
    platform: str | None = "Linux"
    versions: tuple[str, ...] = ("Amazon Linux 2", "Amazon Linux 2023")


KNOWN = {
    "name": lambda thing: thing.name,
    "platform": lambda thing: thing.platform,
    "supportedOsVersion": lambda thing: thing.versions,
}


def admits(thing, *filters):
    requested: list[Any] = [{"name": name, "values": values} for name, values in filters]
    return matching(requested, KNOWN)(thing)


@pytest.mark.parametrize(
    ("value", "is_admitted"),
    [
        ("My web server", True),
        ("my web server", False),
        ("My web", False),
        ("My web*", True),
        ("web*", False),
        ("*web*", True),
        ("*Web*", False),
        ("*server", False),
        ("My*server", False),
        ("*", True),
    ],
)
def test_a_name_is_whole_begun_or_contained(value, is_admitted):
    assert admits(Thing(), ("name", [value])) == is_admitted


def test_another_filter_knows_no_wildcard():
    assert not admits(Thing(), ("platform", ["Lin*"]))


@pytest.mark.parametrize(
    ("filters", "is_admitted"),
    [
        ([("platform", ["Windows", "Linux"])], True),
        ([("platform", ["Windows"])], False),
        ([("name", ["nothing", "*web*"]), ("platform", ["Linux"])], True),
        ([("name", ["*web*"]), ("platform", ["Windows"])], False),
        ([("platform", ["Linux"]), ("platform", ["Windows"])], False),
        ([("supportedOsVersion", ["Amazon Linux 2023"])], True),
        ([("supportedOsVersion", ["Amazon Linux"])], False),
        ([], True),
    ],
)
def test_values_mean_or_and_filters_mean_and(filters, is_admitted):
    assert admits(Thing(), *filters) == is_admitted


def test_a_thing_without_the_attribute_meets_no_value():
    assert not admits(Thing(platform=None), ("platform", ["Linux", "None"]))


def test_a_filter_without_values_is_met_by_nothing():
    assert not matching([{"name": "platform"}], KNOWN)(Thing())


def test_an_unknown_filter_is_refused_by_position_with_those_there_are():
    with pytest.raises(InvalidParameterValueException) as caught:
        matching([{"name": "name", "values": ["web"]}, {"name": "Platform"}], KNOWN)

    assert caught.value.message == (
        "The value supplied for parameter 'filters[1].name' is not valid. 'Platform' is not a "
        "filter of this operation. Valid filters are: name, platform, supportedOsVersion."
    )
