"""The switch: starting, stopping, nesting, and what the control object shows."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest

from imagebuilder_mock import ImageBuilderMock, current_mock, mock_imagebuilder
from tests.builders import an_infrastructure

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


def a_client(region="us-east-1"):
    return boto3.client("imagebuilder", region_name=region)


def names(client):
    answer = client.list_infrastructure_configurations()
    return [entry["name"] for entry in answer["infrastructureConfigurationSummaryList"]]


class TestSwitching:
    def test_start_and_stop_give_a_world_that_is_empty_each_time(self):
        mock = mock_imagebuilder()
        for _ in range(2):
            assert mock.start() is mock
            an_infrastructure(a_client(), name="web")
            assert names(a_client()) == ["web"]
            mock.stop()

    def test_a_with_statement_gives_the_control_object(self):
        with mock_imagebuilder() as mock:
            assert isinstance(mock, ImageBuilderMock)
            assert current_mock() is mock

    def test_an_async_with_statement_does_too(self):
        async def body():
            async with mock_imagebuilder() as mock:
                an_infrastructure(a_client())
                return len(mock.resources())

        assert asyncio.run(body()) == 1

    def test_a_stray_stop_is_explained_and_changes_nothing(self):
        with mock_imagebuilder() as mock:
            an_infrastructure(a_client(), name="web")

            with pytest.raises(RuntimeError, match=r"stop\(\) without start\(\)"):
                mock_imagebuilder().stop()

            assert names(a_client()) == ["web"]
            assert current_mock() is mock

    def test_after_a_stray_stop_the_next_start_is_on(self):
        mock = mock_imagebuilder()
        with pytest.raises(RuntimeError):
            mock.stop()

        with mock:
            assert names(a_client()) == []

    def test_an_exception_in_the_body_passes_and_switches_off(self):
        with pytest.raises(KeyError, match="body"), mock_imagebuilder():
            raise KeyError("body")

        with pytest.raises(RuntimeError, match="No mock is on"):
            current_mock()

    def test_a_reset_empties_the_world_and_keeps_time_and_options(self):
        with mock_imagebuilder(now=NOON, account_id="111122223333") as mock:
            an_infrastructure(a_client())
            mock.clock.advance(hours=1)

            mock.reset()

            assert mock.resources() == []
            assert mock.calls.count() == 0
            assert mock.clock.now().hour == 13
            assert "111122223333" in an_infrastructure(a_client())


class TestNesting:
    def test_nested_mocks_are_views_of_one_world(self):
        with mock_imagebuilder() as outer:
            an_infrastructure(a_client(), name="outer")
            with mock_imagebuilder() as inner:
                an_infrastructure(a_client(), name="inner")
                assert current_mock() is inner

            assert names(a_client()) == ["outer", "inner"]
            assert [resource.name for resource in outer.resources()] == ["outer", "inner"]

    def test_the_same_object_can_be_started_twice(self):
        mock = mock_imagebuilder()
        with mock:
            with mock:
                an_infrastructure(a_client(), name="web")
            assert names(a_client()) == ["web"]

    def test_who_stops_last_clears_the_world(self):
        first, second = mock_imagebuilder(), mock_imagebuilder()
        first.start()
        second.start()
        an_infrastructure(a_client(), name="web")
        first.stop()

        assert names(a_client()) == ["web"]
        second.stop()

        with mock_imagebuilder():
            assert names(a_client()) == []

    def test_an_option_that_differs_from_the_outers_is_refused(self):
        with mock_imagebuilder(builds="held"):
            with pytest.raises(ValueError, match=r"builds='instant'.*already has builds='held'"):
                mock_imagebuilder(builds="instant").start()

            with mock_imagebuilder(builds="held"), mock_imagebuilder():
                assert names(a_client()) == []

    def test_a_refused_start_leaves_nothing_to_stop(self):
        inner = mock_imagebuilder(seed=2)
        with mock_imagebuilder(seed=1):
            with pytest.raises(ValueError, match="seed"):
                inner.start()
            with pytest.raises(RuntimeError):
                inner.stop()


class TestOptions:
    def test_an_unknown_option_is_named_and_the_known_are_listed(self):
        wrong: Any = {"build": "instant"}

        with pytest.raises(TypeError, match=r"no option 'build'.*builds, account_id"):
            mock_imagebuilder(**wrong)

    @pytest.mark.parametrize(
        ("options", "text"),
        [
            ({"builds": "fast"}, "choose one of 'observed', 'instant', 'clock', 'held'"),
            ({"account_id": "42"}, "12 digits"),
            ({"quotas": {"pipelines": 3}}, "quotas has no 'pipelines'"),
            ({"now": datetime(2026, 1, 1)}, "time zone"),  # noqa: DTZ001 - the mistake
        ],
        ids=["builds", "account_id", "quotas", "now"],
    )
    def test_a_wrong_value_says_what_to_write_instead(self, options, text):
        with pytest.raises(ValueError, match=text):
            mock_imagebuilder(**options)

    def test_the_same_seed_gives_the_same_ids_and_times(self):
        def run():
            with mock_imagebuilder(seed=3, now=NOON, builds="instant") as mock:
                answer = mock.client().list_images()
                an_infrastructure(mock.client(), name="web")
                created = mock.resources()[0].date_created
                return answer["requestId"], created

        assert run() == run()


class TestControl:
    def test_calls_tell_what_was_asked_and_answered(self):
        with mock_imagebuilder(now=NOON) as mock:
            client = a_client("eu-west-1")
            with pytest.raises(client.exceptions.ResourceNotFoundException):
                client.get_image(
                    imageBuildVersionArn="arn:aws:imagebuilder:eu-west-1:123456789012:image/a/1.0.0/1"
                )
            client.list_images(owner="Amazon", maxResults=1)

        refused, answered = mock.calls
        assert (refused.operation, refused.region) == ("GetImage", "eu-west-1")
        assert refused.error is not None
        assert refused.error.code == "ResourceNotFoundException"
        assert refused.result is None
        assert answered.parameters == {"owner": "Amazon", "maxResults": 1}
        assert answered.account_id == "123456789012"
        assert answered.time == NOON
        assert answered.result is not None
        assert "imageVersionList" in answered.result

    def test_calls_and_resources_stay_readable_after_the_mock(self):
        with mock_imagebuilder() as mock:
            an_infrastructure(a_client(), name="web")

        assert mock.calls.count("CreateInfrastructureConfiguration") == 1
        assert [resource.name for resource in mock.resources()] == ["web"]

    def test_what_moves_the_world_says_that_the_mock_is_off(self):
        with mock_imagebuilder() as mock:
            pass

        for use in (lambda: mock.clock, lambda: mock.builds, mock.client, mock.reset):
            with pytest.raises(RuntimeError, match="this mock is off"):
                use()

    def test_a_mock_that_was_never_on_has_no_calls(self):
        with pytest.raises(RuntimeError, match="never on"):
            _ = mock_imagebuilder().calls

    def test_a_client_is_made_where_things_are(self):
        with mock_imagebuilder() as mock:
            assert mock.client().meta.region_name == "us-east-1"
            an_infrastructure(a_client("eu-west-1"))
            assert mock.client().meta.region_name == "eu-west-1"
            an_infrastructure(a_client("eu-west-2"))
            assert mock.client().meta.region_name == "us-east-1"
            assert mock.client(region="ap-south-1").meta.region_name == "ap-south-1"

    def test_resources_are_those_of_one_account_and_region(self):
        with mock_imagebuilder() as mock:
            other = mock.client(region="eu-west-1", account_id="111122223333")
            an_infrastructure(other, name="theirs")
            an_infrastructure(a_client(), name="ours")

            assert [r.name for r in mock.resources(region="us-east-1")] == ["ours"]
            theirs = mock.resources(region="eu-west-1", account_id="111122223333")
            assert [r.name for r in theirs] == ["theirs"]
