"""``mock.clock`` and ``mock.builds``: time and builds in the test's hands."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import freezegun
import pytest
import time_machine

from imagebuilder_mock import mock_imagebuilder
from tests.builders import a_build, a_component

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


def status(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"]


class TestClock:
    def test_it_follows_the_real_time(self):
        with mock_imagebuilder() as mock:
            before = datetime.now(timezone.utc)
            assert before <= mock.clock.now() <= datetime.now(timezone.utc)

    def test_it_stands_still_from_now_on(self):
        with mock_imagebuilder(now=NOON) as mock:
            assert mock.clock.now() == mock.clock.now() == NOON

    def test_it_is_advanced_and_moved(self):
        with mock_imagebuilder(now=NOON) as mock:
            mock.clock.advance(days=1, hours=2, minutes=3, seconds=4)
            assert mock.clock.now() == NOON + timedelta(days=1, hours=2, minutes=3, seconds=4)

            mock.clock.move_to(datetime(2027, 1, 1, tzinfo=timezone.utc))
            assert mock.clock.now().year == 2027

    def test_it_never_runs_backwards(self):
        with mock_imagebuilder(now=NOON) as mock:
            with pytest.raises(ValueError, match="never runs backwards"):
                mock.clock.advance(days=-1)
            with pytest.raises(ValueError, match="never runs backwards"):
                mock.clock.move_to(NOON - timedelta(seconds=1))

            assert mock.clock.now() == NOON

    def test_a_moment_without_time_zone_is_explained(self):
        with mock_imagebuilder() as mock, pytest.raises(ValueError, match=r"timezone\.utc"):
            mock.clock.move_to(datetime(2030, 1, 1))  # noqa: DTZ001 - the mistake

    def test_freezegun_is_followed(self):
        with mock_imagebuilder() as mock, freezegun.freeze_time("2031-05-06") as frozen:
            assert mock.clock.now() == datetime(2031, 5, 6, tzinfo=timezone.utc)
            frozen.tick(60)
            assert mock.clock.now() == datetime(2031, 5, 6, 0, 1, tzinfo=timezone.utc)

    def test_time_machine_is_followed(self):
        with time_machine.travel(NOON, tick=False) as traveller, mock_imagebuilder() as mock:
            traveller.shift(timedelta(days=3))

            assert mock.clock.now() == NOON + timedelta(days=3)

    def test_real_time_that_is_set_back_does_not_set_it_back(self):
        with time_machine.travel(NOON, tick=False) as traveller, mock_imagebuilder() as mock:
            mock.clock.now()
            traveller.move_to(NOON - timedelta(hours=1))

            assert mock.clock.now() == NOON

    def test_dates_of_resources_are_its_own(self):
        with mock_imagebuilder(now=NOON) as mock:
            client = mock.client()
            arn = a_component(client)

            component = client.get_component(componentBuildVersionArn=arn)["component"]
            assert component["dateCreated"] == "2026-01-02T12:00:00.000Z"


class TestBuilds:
    def test_a_build_is_advanced_stage_by_stage(self):
        with mock_imagebuilder(builds="held") as mock:
            arn = a_build(mock.client())

            assert mock.builds.advance(arn) == "CREATING"
            assert mock.builds.advance(arn) == "BUILDING"
            assert status(mock.client(), arn) == "BUILDING"

    def test_running_are_those_that_have_not_ended(self):
        with mock_imagebuilder(builds="held") as mock:
            first, second = a_build(mock.client()), a_build(mock.client())
            assert mock.builds.running == [first, second]

            mock.builds.complete(first)
            assert mock.builds.running == [second]

            mock.builds.finish_all()
            assert mock.builds.running == []
            assert status(mock.client(), second) == "AVAILABLE"

    def test_a_failed_build_shows_the_reason_and_the_stage(self):
        with mock_imagebuilder(builds="held") as mock:
            arn = a_build(mock.client())
            mock.builds.advance(arn)
            mock.builds.fail(arn, reason="Out of luck.")

            image = mock.client().get_image(imageBuildVersionArn=arn)["image"]
            assert image["state"]["reason"] == "Out of luck."
            assert image["state"]["status"] == "FAILED"

    def test_an_unknown_build_is_named_beside_those_there_are(self):
        with mock_imagebuilder(builds="held") as mock:
            arn = a_build(mock.client())

            with pytest.raises(LookupError, match=f"no image build version ARN.*{arn}"):
                mock.builds.complete("web")
            with pytest.raises(LookupError, match="There is no image"):
                mock.builds.complete(arn.replace("/1.0.0/1", "/9.0.0/1"))

    def test_a_build_that_has_ended_cannot_be_moved(self):
        with mock_imagebuilder(builds="instant") as mock:
            arn = a_build(mock.client())

            with pytest.raises(LookupError, match="has ended: it is AVAILABLE"):
                mock.builds.fail(arn)

    @pytest.mark.parametrize(
        ("mode", "expected"),
        [("observed", "AVAILABLE"), ("clock", "AVAILABLE"), ("held", "PENDING")],
    )
    def test_advancing_the_clock_moves_builds_but_held_ones(self, mode, expected):
        with mock_imagebuilder(builds=mode, now=NOON) as mock:
            arn = a_build(mock.client())
            mock.clock.advance(hours=1)

            assert status(mock.client(), arn) == expected
