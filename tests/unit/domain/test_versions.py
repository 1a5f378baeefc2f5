"""Versions: examples; the laws are in tests/properties/test_versions.py."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.errors import InvalidVersionNumberException
from imagebuilder_mock.domain.versions import (
    Version,
    VersionPattern,
    VersionTemplate,
    counted_in,
)


def test_the_bounds_of_a_node():
    """User guide, ibhow-semantic-versioning: 30 bits."""
    assert Version.parse("0.0.1073741823") == (0, 0, 1073741823)
    with pytest.raises(InvalidVersionNumberException, match="between 0 and 1073741823"):
        Version.parse("0.0.1073741824")


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("x.x.x", (9, 9, 9), None),
        ("1.x.x", (1, 9, 9), (2, 0, 0)),
        ("1.0.x", (1, 0, 9), (1, 1, 0)),
        ("1.0.0", (1, 0, 0), (1, 0, 1)),
    ],
)
def test_what_a_pattern_holds(pattern, inside, outside):
    parsed = VersionPattern.parse(pattern, parameter="arn")

    assert Version(*inside) in parsed
    assert outside is None or Version(*outside) not in parsed


def test_a_template_without_x_is_a_version():
    assert VersionTemplate.parse("1.2.3").filled({(1, 2, None): 7}) == (1, 2, 3)


def test_an_x_is_the_next_number_in_its_place():
    template = VersionTemplate.parse("1.x.3")

    assert template.filled({}) == (1, 0, 3)
    assert template.filled({(1, None, 3): 7, (1, None, 4): 9}) == (1, 8, 3)


def test_an_x_beside_another_is_refused():
    with pytest.raises(InvalidVersionNumberException, match="required format"):
        VersionTemplate.parse("x.1.x")


def test_a_version_counts_in_three_places():
    assert dict(counted_in(Version(1, 2, 3))) == {
        (None, 2, 3): 1,
        (1, None, 3): 2,
        (1, 2, None): 3,
    }
