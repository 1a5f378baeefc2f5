"""``mock.load()``: a saved world in the place of what there is."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.world.saved.damage import StateError
from tests.builders import a_build, a_component, an_infrastructure

SUMMARIES = "infrastructureConfigurationSummaryList"
NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
A_PUBLICATION = {
    "account": "aws",
    "kind": "image",
    "slug": "nothing",
    "version": "1.0.0",
    "created": "2026-01-02T12:00:00+00:00",
}


@pytest.fixture
def saved(tmp_path):
    """A file of noon, with a build under way and a duration and page tokens of its own."""
    path = tmp_path / "state.json"
    with mock_imagebuilder(builds="held", now=NOON, seed=7) as mock:
        a_build(mock.client())
        mock.builds.durations["CREATING"] = timedelta(hours=1)
        mock.save(path)
    return path


def summary(mock):
    return (
        [resource.arn for resource in mock.resources(region="us-east-1")],
        mock.builds.running,
        dict(mock.builds.durations),
        mock.clock.now(),
    )


def test_what_the_file_has_takes_the_place_of_all_that_there_is(saved):
    with mock_imagebuilder(state=saved) as mock:
        expected = summary(mock)

    with mock_imagebuilder(now=NOON) as mock:
        a_component(mock.client())
        mock.builds.durations["TESTING"] = timedelta(hours=2)

        mock.load(saved)

        assert summary(mock) == expected
        [arn] = mock.builds.running
        mock.builds.complete(arn)
        image = mock.client().get_image(imageBuildVersionArn=arn)["image"]
        assert image["state"]["status"] == "AVAILABLE"


def test_what_a_test_of_a_class_loads_is_gone_after_it(saved):
    passed = []

    class Suite:
        def setup_class(self):
            for _ in range(2):
                an_infrastructure(current_mock().client())
            self.token = first_page()["nextToken"]

        def setup_method(self):
            with suppress(ClientError):
                passed.append(len(first_page(nextToken=self.token)[SUMMARIES]))
            current_mock().load(saved)

    suite: Any = mock_imagebuilder(Suite)()
    suite.setup_class()
    for _ in range(2):
        suite.setup_method()
        suite.teardown_method()
    suite.teardown_class()

    assert passed == [1, 1]


def first_page(**params):
    return current_mock().client().list_infrastructure_configurations(maxResults=1, **params)


def test_a_reset_goes_back_to_the_file_that_the_mock_began_with(saved, tmp_path):
    with mock_imagebuilder() as mock:
        for _ in range(2):
            an_infrastructure(mock.client())
        mock.builds.durations["TESTING"] = timedelta(hours=2)
        mock.save(tmp_path / "first.json")
        expected = summary(mock)[:-1]
        token = first_page()["nextToken"]

    with mock_imagebuilder(state=tmp_path / "first.json") as mock:
        mock.load(saved)

        mock.reset()

        assert summary(mock)[:-1] == expected
        assert len(first_page(nextToken=token)[SUMMARIES]) == 1


def test_a_file_can_be_loaded_again_and_again(saved):
    with mock_imagebuilder() as mock:
        for _ in range(2):
            mock.load(saved)
            assert len(mock.builds.running) == 1
            mock.builds.finish_all()


@pytest.mark.parametrize(
    ("hours", "expected"), [(-1, NOON), (1, NOON + timedelta(hours=1))], ids=["ahead", "behind"]
)
def test_the_clock_goes_forward_to_the_time_of_the_file(saved, hours, expected):
    with mock_imagebuilder(now=NOON + timedelta(hours=hours)) as mock:
        mock.load(saved)

        assert mock.clock.now() == expected


def test_calls_fault_rules_and_options_stay(saved):
    with mock_imagebuilder(builds="instant", quotas={"components": 1}) as mock:
        client = mock.client(region="us-east-1")
        a_component(client)
        mock.faults.add("GetImage", error=500, optional=True)

        mock.load(saved)

        mock.calls.assert_called("CreateComponent", times=1)
        assert len(mock.faults) == 1
        assert mock.options == {"builds": "instant", "quotas": {"components": 1}}
        a_component(client)
        with pytest.raises(client.exceptions.ServiceQuotaExceededException):
            a_component(client)


def damage_of(member, value):
    def damage(path):
        document = json.loads(path.read_text(encoding="utf-8"))
        document[member] = value
        path.write_text(json.dumps(document), encoding="utf-8")

    return damage


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_text("{", encoding="utf-8"), ":1:2: not JSON"),
        (damage_of("version", 99), "was written by a newer imagebuilder_mock"),
        (damage_of("seed", "seven"), r"\$\.seed"),
        # What is found last, when all else has been read.
        (damage_of("publications", [A_PUBLICATION]), r"\$\.publications\[0\] is of nothing"),
        (damage_of("page_key", "no digits"), r"\$\.page_key must be hexadecimal"),
    ],
    ids=["no JSON", "newer", "type", "publication", "page key"],
)
def test_a_damaged_file_changes_nothing(saved, damage, message):
    damage(saved)
    with mock_imagebuilder(now=NOON - timedelta(hours=1)) as mock:
        client = mock.client()
        an_infrastructure(client)
        a_build(client)
        mock.builds.durations["TESTING"] = timedelta(hours=2)
        before = summary(mock)

        with pytest.raises(StateError, match=message):
            mock.load(saved)

        assert summary(mock) == before
        mock.builds.finish_all()


def test_a_file_that_is_not_there_changes_nothing(tmp_path):
    with mock_imagebuilder(now=NOON) as mock:
        a_component(mock.client())
        before = summary(mock)

        with pytest.raises(FileNotFoundError):
            mock.load(tmp_path / "none.json")

        assert summary(mock) == before


def test_a_mock_that_is_off_loads_nothing(saved):
    with mock_imagebuilder() as mock:
        pass

    with pytest.raises(RuntimeError, match="this mock is off"):
        mock.load(saved)
    with pytest.raises(RuntimeError, match="was never on"):
        mock_imagebuilder().load(saved)
