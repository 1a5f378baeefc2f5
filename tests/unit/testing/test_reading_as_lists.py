"""The calls, events and fault rules of a mock are read as lists are."""

from __future__ import annotations

import re

import pytest

from tests.builders import a_build

pytestmark = pytest.mark.imagebuilder(builds="instant")


@pytest.fixture(params=["calls", "events", "faults"])
def kept(request, imagebuilder, imagebuilder_mock):
    imagebuilder.get_image(imageBuildVersionArn=a_build(imagebuilder))
    for operation in ("GetImage", "ListImages", "GetImage", "DeleteImage"):
        imagebuilder_mock.faults.add(operation, error="ServiceException", optional=True)
    return getattr(imagebuilder_mock, request.param)


@pytest.mark.parametrize(
    "part",
    [slice(-3, None), slice(1, 3), slice(None, None, -2), slice(2, 1000), slice(2, 1)],
    ids=["the newest", "a middle", "backwards", "beyond the end", "empty"],
)
def test_a_slice_is_the_list_that_a_list_gives(kept, part):
    assert len(list(kept)) > 3
    assert kept[part] == list(kept)[part]


def test_a_position_is_that_of_a_list(kept):
    positions = range(-len(kept), len(kept))

    assert [kept[position] for position in positions] == list(kept) * 2
    assert list(reversed(kept)) == list(kept)[::-1]
    assert all(each in kept for each in kept)


def test_a_position_that_is_not_there_is_explained(kept):
    said = f"{len(kept)} is out of range: {kept!r} has length {len(kept)}."

    with pytest.raises(IndexError, match=f"^{re.escape(said)}$"):
        kept[len(kept)]
