"""``mock.snapshot()`` and ``mock.restore()``."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.builders import a_build, a_component

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


@pytest.mark.imagebuilder(builds="held", now=NOON)
def test_everything_is_as_it_was(imagebuilder, imagebuilder_mock):
    arn = a_build(imagebuilder)
    before = imagebuilder_mock.snapshot()
    a_component(imagebuilder)
    imagebuilder_mock.builds.complete(arn)
    imagebuilder_mock.clock.advance(days=1)

    imagebuilder_mock.restore(before)

    assert imagebuilder_mock.builds.running == [arn]
    assert "Component" not in {type(each).__name__ for each in imagebuilder_mock.resources()}
    assert imagebuilder_mock.clock.now() == NOON
    assert repr(before) == "<Snapshot of 2026-01-02T12:00:00+00:00>"


def test_a_snapshot_can_be_restored_again_and_again(imagebuilder, imagebuilder_mock):
    a_component(imagebuilder)
    snapshot = imagebuilder_mock.snapshot()

    for _ in range(2):
        imagebuilder_mock.resources()[0].tags["changed"] = "yes"
        imagebuilder_mock.restore(snapshot)
        assert imagebuilder_mock.resources()[0].tags == {}


def test_calls_and_fault_rules_stay(imagebuilder, imagebuilder_mock):
    snapshot = imagebuilder_mock.snapshot()
    imagebuilder_mock.faults.add("GetImage", error=500, optional=True)
    imagebuilder.list_images()

    imagebuilder_mock.restore(snapshot)

    assert (len(imagebuilder_mock.calls), len(imagebuilder_mock.faults)) == (1, 1)


def test_durations_are_as_they_were(imagebuilder_mock):
    durations = imagebuilder_mock.builds.durations
    usual = durations["CREATING"]
    durations["TESTING"] = timedelta(hours=1)
    snapshot = imagebuilder_mock.snapshot()

    for _ in range(2):
        imagebuilder_mock.builds.durations["CREATING"] = timedelta(hours=2)
        imagebuilder_mock.restore(snapshot)
        assert imagebuilder_mock.builds.durations["CREATING"] == usual
        assert imagebuilder_mock.builds.durations["TESTING"] == timedelta(hours=1)


def test_a_snapshot_of_another_mock_can_be_restored():
    with mock_imagebuilder() as mock:
        mock.clock.advance(days=3)
        a_component(mock.client())
        snapshot = mock.snapshot()

    with mock_imagebuilder() as other:
        other.restore(snapshot)
        assert len(other.resources()) == 1
        assert other.clock.now() - datetime.now(timezone.utc) > timedelta(days=2)


def test_what_is_no_snapshot_is_not_restored(imagebuilder_mock):
    with pytest.raises(TypeError, match=r"restore\(None\): give what mock\.snapshot\(\)"):
        imagebuilder_mock.restore(None)


def test_a_mock_that_is_off_has_no_snapshot():
    with mock_imagebuilder() as mock:
        snapshot = mock.snapshot()

    with pytest.raises(RuntimeError, match="this mock is off"):
        mock.snapshot()
    with pytest.raises(RuntimeError, match="this mock is off"):
        mock.restore(snapshot)
