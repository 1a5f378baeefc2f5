"""Versions: their order and bounds, what a wildcard selects, what an ``x`` counts up to.

Source: user guide, ibhow-semantic-versioning; API reference, CreateImageRecipe.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.errors import (
    InvalidParameterValueException,
    InvalidVersionNumberException,
)
from imagebuilder_mock.domain.versions import (
    HIGHEST_NODE,
    Version,
    VersionPattern,
    VersionTemplate,
    latest_version_references,
)
from tests.builders import OWN, a_component, a_recipe
from tests.clients import the_client
from tests.model import needs_member
from tests.refusals import refusal_of

NODES = st.integers(0, HIGHEST_NODE)
FEW_NODES = st.integers(0, 2)
VERSIONS = st.tuples(NODES, NODES, NODES)
FEW_VERSIONS = st.tuples(FEW_NODES, FEW_NODES, FEW_NODES)


def text_of(nodes):
    return ".".join(str(node) for node in nodes)


@st.composite
def patterns(draw):
    """``1.0.0``, ``1.0.x``, ``1.x.x`` or ``x.x.x``."""
    fixed = draw(st.lists(FEW_NODES, max_size=3))
    return text_of([*fixed, "x", "x", "x"][:3])


def matches(nodes, pattern):
    return all(
        wanted in {"x", str(node)} for node, wanted in zip(nodes, pattern.split("."), strict=True)
    )


@given(VERSIONS, VERSIONS)
def test_versions_have_the_order_of_their_tuples(one, other):
    first, second = Version.parse(text_of(one)), Version.parse(text_of(other))

    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


@given(VERSIONS)
def test_a_version_survives_text(nodes):
    assert Version.parse(str(Version(*nodes))) == nodes


@given(VERSIONS, st.integers(0, 5000))
def test_leading_zeros_say_nothing(nodes, zeros):
    assert Version.parse("0" * zeros + text_of(nodes)) == nodes


@given(
    st.lists(FEW_NODES, min_size=2, max_size=2),
    st.integers(0, 2),
    st.one_of(st.integers(min_value=HIGHEST_NODE + 1), st.integers(300, 5000).map(lambda n: 10**n)),
)
def test_a_node_over_30_bits_is_refused(others, position, too_high):
    digits = str(too_high) if too_high < 10**300 else "1" + "0" * 5000
    nodes = [str(node) for node in others]
    nodes.insert(position, digits)

    for parse in (Version.parse, VersionTemplate.parse):
        with pytest.raises(InvalidVersionNumberException):
            parse(".".join(nodes))
    with pytest.raises(InvalidVersionNumberException):
        VersionPattern.parse(".".join(nodes), parameter="arn")


@pytest.mark.parametrize("text", ["x.0.x", "x.2.x", "1.x.8", "x.x.1"])
def test_a_number_after_a_wildcard_is_refused(text):
    with pytest.raises(InvalidParameterValueException, match="'parentImage'"):
        VersionPattern.parse(text, parameter="parentImage")


@given(st.sets(FEW_VERSIONS), patterns())
def test_a_pattern_holds_what_its_text_says_and_nothing_of_it_lies_over_its_ceiling(
    versions, pattern
):
    parsed = VersionPattern.parse(pattern, parameter="arn")

    for nodes in versions:
        assert (Version(*nodes) in parsed) == matches(nodes, pattern)
        if nodes < parsed.ceiling and not matches(nodes, pattern):
            assert all(nodes < other for other in versions if matches(other, pattern)), (
                "what lies below the ceiling lies below the whole pattern"
            )
        if matches(nodes, pattern):
            assert nodes < parsed.ceiling


@given(st.sets(FEW_VERSIONS, min_size=1, max_size=6), patterns(), st.data())
def test_a_wildcard_selects_the_highest_version_that_matches(versions, pattern, data):
    gone = data.draw(st.sets(st.sampled_from(sorted(versions))))
    with mock_imagebuilder():
        client = the_client()
        made = {
            nodes: a_component(client, name="Web", semanticVersion=text_of(nodes))
            for nodes in data.draw(st.permutations(sorted(versions)))
        }
        for nodes in gone:
            client.delete_component(componentBuildVersionArn=made[nodes])
        expected = max((n for n in versions - gone if matches(n, pattern)), default=None)
        asked = f"{OWN}component/web/{pattern}"

        if expected is None:
            refusal = refusal_of(client.get_component, componentBuildVersionArn=asked)
            assert refusal.code == "ResourceNotFoundException"
        else:
            found = client.get_component(componentBuildVersionArn=asked)["component"]
            assert found["arn"] == made[expected]


@given(
    st.lists(
        st.tuples(FEW_VERSIONS, st.sampled_from([0, 1, 2, None]), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
@needs_member("CreateImageRecipe", "semanticVersion", accepts="1.0.x")
def test_an_x_is_one_above_the_highest_number_ever_used_in_its_place(steps):
    used: set[tuple[int, ...]] = set()
    there: set[tuple[int, ...]] = set()
    with mock_imagebuilder():
        client = the_client()
        for nodes, place, is_deletion in steps:
            if is_deletion and there:
                oldest = min(there)
                client.delete_image_recipe(
                    imageRecipeArn=f"{OWN}image-recipe/web/{text_of(oldest)}"
                )
                there.remove(oldest)
                continue
            asked: list[object] = list(nodes)
            expected = list(nodes)
            if place is not None:
                asked[place] = "x"
                rivals = [one[place] for one in used if matches(one, text_of(asked))]
                expected[place] = max(rivals, default=-1) + 1
            elif tuple(expected) in there:
                continue
            made = a_recipe(client, name="Web", semanticVersion=text_of(asked))
            assert made == f"{OWN}image-recipe/web/{text_of(expected)}"
            used.add(tuple(expected))
            there.add(tuple(expected))


@needs_member("CreateImageRecipe", "semanticVersion", accepts="1.0.x")
@pytest.mark.parametrize("version", ["x.x.0", "x.0.x", "1.x.x", "x.x.x"])
def test_two_x_in_a_new_version_are_refused(imagebuilder, version):
    refusal = refusal_of(lambda: a_recipe(imagebuilder, semanticVersion=version))

    assert refusal.code == "InvalidVersionNumberException"


@pytest.mark.parametrize("template", ["x.0.0", "0.x.0", "0.0.x"])
def test_an_x_with_no_number_left_is_refused(template):
    nodes = tuple(None if node == "x" else 0 for node in template.split("."))

    with pytest.raises(InvalidVersionNumberException, match="No number is left"):
        VersionTemplate.parse(template).filled({nodes: HIGHEST_NODE})  # type: ignore[dict-item] # three nodes


@given(VERSIONS, st.sampled_from(["", "/7"]))
def test_latest_version_references_follow_the_name_at_every_level(nodes, build):
    major, minor, patch = nodes
    base = f"{OWN}component/web"

    assert latest_version_references(f"{base}/{major}.{minor}.{patch}{build}") == {
        "latestVersionArn": f"{base}/x.x.x",
        "latestMajorVersionArn": f"{base}/{major}.x.x",
        "latestMinorVersionArn": f"{base}/{major}.{minor}.x",
        "latestPatchVersionArn": f"{base}/{major}.{minor}.{patch}",
    }


def test_amazons_own_workflows_are_followed_at_x_x_x_alone():
    workflow = "arn:aws:imagebuilder:us-east-1:aws:workflow/build/build-image"

    assert latest_version_references(f"{workflow}/1.0.0/1") == {
        "latestVersionArn": f"{workflow}/x.x.x"
    }
