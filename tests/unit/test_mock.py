"""The switch: one world per process, from the first start to the last stop."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from typing import Any

import boto3
import botocore.client
import botocore.session
import pytest

import imagebuilder_mock
from imagebuilder_mock import ImageBuilderMock, current_mock, mock_imagebuilder
from tests.builders import a_build, a_component, a_recipe, an_infrastructure

NOON = datetime(2024, 1, 31, 12, tzinfo=timezone.utc)


def client(region="us-east-1"):
    return boto3.client("imagebuilder", region_name=region)


def names(mock, **where):
    return [resource.name for resource in mock.resources(**where)]


@pytest.fixture
def off():
    """No mock is on before the test, and none after it."""
    with pytest.raises(RuntimeError):
        current_mock()
    yield
    with pytest.raises(RuntimeError):
        current_mock()


pytestmark = pytest.mark.usefixtures("off")


# On and off


def test_the_package_has_these_public_names():
    assert set(imagebuilder_mock.__all__) <= set(dir(imagebuilder_mock))
    for name in set(imagebuilder_mock.__all__) - {"__version__"}:
        assert getattr(imagebuilder_mock, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'mock_image_builder'"):
        _ = imagebuilder_mock.mock_image_builder


def test_importing_the_package_imports_no_botocore():
    program = "import imagebuilder_mock, sys; sys.exit('botocore' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_a_context_manager_gives_the_mock_that_is_on():
    with mock_imagebuilder() as mock:
        assert isinstance(mock, ImageBuilderMock)
        assert current_mock() is mock


def test_an_async_context_manager_gives_the_mock_that_is_on():
    async def look():
        async with mock_imagebuilder() as mock:
            await asyncio.sleep(0)
            return current_mock() is mock

    assert asyncio.run(look()) is True


def test_start_gives_the_mock_and_stop_switches_it_off():
    mock = mock_imagebuilder()

    assert mock.start() is mock is current_mock()
    mock.stop()


def test_an_exception_passes_through_and_the_mock_is_off():
    with pytest.raises(KeyError, match="mine"), mock_imagebuilder():
        raise KeyError("mine")


def test_a_stray_stop_is_refused():
    with pytest.raises(RuntimeError, match=r"stop\(\) without start\(\)"):
        mock_imagebuilder().stop()


def test_a_stray_stop_of_another_mock_changes_nothing():
    with mock_imagebuilder() as mock:
        a_component(client(), name="mine")
        with pytest.raises(RuntimeError, match="this mock is not on"):
            mock_imagebuilder().stop()

        assert names(mock) == ["mine"]
        assert current_mock() is mock


def test_after_a_stray_stop_the_next_start_is_on():
    mock = mock_imagebuilder()
    with pytest.raises(RuntimeError):
        mock.stop()

    with mock:
        assert current_mock() is mock


def test_a_mock_can_be_started_again_and_begins_with_an_empty_world():
    mock = mock_imagebuilder()
    for _ in range(2):
        with mock:
            a_component(client(), name="mine")
            assert names(mock) == ["mine"]
            assert mock.calls.count() == 1


def test_nothing_stays_patched():
    def patchable():
        held = (botocore.client.BaseClient, botocore.session.Session)
        return [dict(vars(cls)) for cls in held], dict(os.environ), boto3.DEFAULT_SESSION

    before = patchable()
    with pytest.raises(KeyError), mock_imagebuilder():
        a_component(boto3.Session().client("imagebuilder", region_name="us-east-1"))
        raise KeyError

    assert patchable() == before


def test_the_environment_is_left_as_it_was_empty_values_too(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    before = dict(os.environ)
    inside: dict[str, str] = {}

    with mock_imagebuilder():
        boto3.client("imagebuilder").list_images()
        inside.update(os.environ)

    assert inside == before == dict(os.environ)


# Nesting


def test_nested_mocks_share_the_world_of_the_outermost():
    with mock_imagebuilder() as outer:
        a_component(client(), name="outside")
        with mock_imagebuilder() as inner:
            a_component(client(), name="inside")
            assert current_mock() is inner
            assert names(inner) == ["outside", "inside"]

        assert current_mock() is outer
        assert names(outer) == ["outside", "inside"]


def test_a_mock_can_be_nested_in_itself():
    mock = mock_imagebuilder()
    with mock:
        with mock:
            a_component(client(), name="inside")
        assert names(mock) == ["inside"]
        assert current_mock() is mock


def test_the_world_lives_until_the_last_stop_in_whatever_order():
    first, second = mock_imagebuilder(), mock_imagebuilder()
    first.start()
    second.start()
    a_component(client(), name="mine")
    first.stop()

    assert current_mock() is second
    assert names(second) == ["mine"]
    second.stop()


def test_an_option_that_differs_from_the_outer_mocks_is_refused_and_nothing_changes():
    with mock_imagebuilder(builds="held") as outer:
        with pytest.raises(ValueError, match=r"builds='instant'.*already has builds='held'"):
            mock_imagebuilder(builds="instant").start()

        assert current_mock() is outer


def test_a_start_that_was_refused_leaves_nothing_to_stop():
    inner = mock_imagebuilder(seed=2)
    with mock_imagebuilder(seed=1):
        with pytest.raises(ValueError, match="seed=2"):
            inner.start()
        with pytest.raises(RuntimeError, match="this mock is not on"):
            inner.stop()


def test_a_default_of_the_outer_mock_is_an_option_too():
    with mock_imagebuilder(), pytest.raises(ValueError, match="already has seed=0"):
        mock_imagebuilder(seed=1).start()


def test_the_same_option_or_none_can_be_given_to_a_nested_mock():
    with mock_imagebuilder(builds="held", quotas={"components": 3}, now=NOON) as outer:
        with mock_imagebuilder(builds="held", quotas={"components": 3}, now=NOON, seed=0):
            pass
        with mock_imagebuilder() as inner:
            assert inner.clock.now() == NOON

        assert current_mock() is outer


# Options


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"build": "held"}, TypeError, r"no option 'build'\. Did you mean 'builds'\? It has: b"),
        ({"builds": "slow"}, ValueError, "choose one of 'observed', 'instant', 'clock', 'held'"),
        ({"account_id": "1234"}, ValueError, "12 digits"),
        ({"account_id": 123456789012}, ValueError, "12 digits"),
        ({"seed": "7"}, TypeError, "give int, not str"),
        ({"now": NOON.replace(tzinfo=None)}, ValueError, "time zone"),
        ({"now": "2024-01-31"}, TypeError, "write datetime\\(2024, "),
        ({"quotas": {"pipelines": 1}}, ValueError, "quotas has no 'pipelines'"),
        ({"unknown_members": "keep"}, ValueError, "choose one of 'refuse', 'ignore'"),
    ],
)
def test_a_wrong_option_is_refused_with_what_exists(options, error, message):
    with pytest.raises(error, match=message):
        mock_imagebuilder(**options)


@pytest.mark.parametrize(
    ("of", "attribute", "meant"), [("", "build", "builds"), ("builds", "fail_nxt", "fail_next")]
)
def test_an_attribute_that_is_not_there_is_told_with_the_one_that_was_meant(of, attribute, meant):
    with mock_imagebuilder() as mock:
        owner = getattr(mock, of) if of else mock

        with pytest.raises(AttributeError, match=f"'{attribute}'. Did you mean '{meant}'?"):
            getattr(owner, attribute)


def test_options_are_taken_by_keyword_only():
    with pytest.raises(TypeError):
        ImageBuilderMock("held")  # type: ignore[call-arg] # that is the test


# Reset


def test_reset_empties_the_world_and_keeps_clock_and_options():
    with mock_imagebuilder(builds="held", now=NOON) as mock:
        a_build(client())
        mock.clock.advance(hours=1)
        usual = dict(mock.builds.durations)
        mock.builds.durations["CREATING"] = timedelta(hours=1)
        mock.reset()

        assert mock.resources() == []
        assert mock.builds.durations == usual
        assert (mock.builds.running, mock.calls.count()) == ([], 0)
        assert mock.clock.now() == NOON.replace(hour=13)
        assert mock.builds.advance(a_build(client())) == "CREATING"


def test_what_was_reset_away_can_be_made_again():
    with mock_imagebuilder() as mock:
        arns = []
        for _ in range(2):
            arns.append(a_component(client(), name="same", clientToken="t" * 36))
            mock.reset()

    assert arns[0] == arns[1]


@pytest.mark.parametrize(
    "use",
    [
        ImageBuilderMock.reset,
        ImageBuilderMock.client,
        lambda mock: mock.clock,
        lambda mock: mock.builds,
    ],
    ids=["reset", "client", "clock", "builds"],
)
def test_what_needs_a_world_says_so_when_the_mock_is_off(use):
    mock = mock_imagebuilder()
    with pytest.raises(RuntimeError, match="was never on"):
        use(mock)
    with mock:
        use(mock)
    with pytest.raises(RuntimeError, match="is off"):
        use(mock)


def test_calls_tell_what_was_asked_and_answered():
    arn = "arn:aws:imagebuilder:eu-west-1:123456789012:image/a/1.0.0/1"
    with mock_imagebuilder(now=NOON) as mock:
        there = client("eu-west-1")
        with pytest.raises(there.exceptions.ResourceNotFoundException):
            there.get_image(imageBuildVersionArn=arn)
        there.list_images(owner="Amazon", maxResults=1)

    refused, answered = mock.calls
    assert (refused.operation, refused.region, refused.result) == ("GetImage", "eu-west-1", None)
    assert refused.error is not None
    assert refused.error.code == "ResourceNotFoundException"
    assert answered.parameters == {"owner": "Amazon", "maxResults": 1}
    assert (answered.account_id, answered.time) == ("123456789012", NOON)
    assert answered.result is not None
    assert "imageVersionList" in answered.result


def test_calls_and_resources_stay_readable_until_the_next_start():
    mock = mock_imagebuilder()
    with mock:
        a_component(client(), name="mine")

    assert names(mock) == ["mine"]
    assert [call.operation for call in mock.calls] == ["CreateComponent"]
    with mock:
        assert (names(mock), len(mock.calls)) == ([], 0)


def test_calls_of_a_mock_that_was_never_on_say_so():
    with pytest.raises(RuntimeError, match="calls: this mock was never on"):
        _ = mock_imagebuilder().calls


def test_current_mock_says_so_when_none_is_on():
    with pytest.raises(RuntimeError, match="No mock is on"):
        current_mock()


# Where: accounts, Regions, partitions


def test_state_is_kept_per_region_and_account():
    with mock_imagebuilder() as mock:
        a_component(client(), name="here")
        a_component(client("eu-west-1"), name="there")
        a_component(mock.client(region="us-east-1", account_id="210987654321"), name="theirs")

        assert names(mock, region="us-east-1") == ["here"]
        assert names(mock, region="eu-west-1") == ["there"]
        assert names(mock, region="us-east-1", account_id="210987654321") == ["theirs"]
        assert names(mock, region="ap-south-1") == []


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-east-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_an_arn_names_the_partition_of_its_region(region, partition):
    with mock_imagebuilder():
        arn = an_infrastructure(client(region), name="mine")

    kind = "infrastructure-configuration"
    assert arn == f"arn:{partition}:imagebuilder:{region}:123456789012:{kind}/mine"


def test_the_account_of_the_mock_is_that_of_clients_without_one():
    with mock_imagebuilder(account_id="210987654321") as mock:
        assert ":210987654321:" in a_component(client())
        assert ":210987654321:" in a_component(mock.client())
        assert len(mock.resources()) == 2


def test_a_session_can_act_as_an_account():
    with mock_imagebuilder() as mock:
        keys: Any = mock.credentials("210987654321")
        session = boto3.Session(**keys, region_name="us-east-1")

        assert ":210987654321:" in a_component(session.client("imagebuilder"))


@pytest.mark.parametrize("account_id", ["", "12", "12345678901x"])
def test_credentials_are_made_for_accounts_only(account_id):
    with pytest.raises(ValueError, match="12 digits"):
        mock_imagebuilder().credentials(account_id)


@pytest.mark.parametrize("name", ["client", "resources"])
def test_what_is_no_account_or_no_region_is_refused(name):
    with mock_imagebuilder() as mock:
        use = getattr(mock, name)
        with pytest.raises(ValueError, match="12 digits"):
            use(account_id="1234")
        with pytest.raises(ValueError, match="give a Region's name"):
            use(region="")


def test_without_a_region_the_only_one_in_use_is_meant():
    with mock_imagebuilder() as mock:
        assert mock.client().meta.region_name == "us-east-1"
        a_component(client("eu-west-1"), name="there")
        client("ap-south-1").list_images()

        assert mock.client().meta.region_name == "eu-west-1"
        assert names(mock) == ["there"]


def test_without_a_region_and_several_in_use_us_east_1_is_meant():
    with mock_imagebuilder() as mock:
        a_component(client("eu-west-1"))
        a_component(client("eu-west-2"))

        assert mock.client().meta.region_name == "us-east-1"
        assert mock.resources() == []


def test_a_client_of_the_mock_needs_no_profile(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with mock_imagebuilder() as mock:
        assert mock.client().list_images()["imageVersionList"] == []


def test_resources_come_in_the_order_of_their_making():
    with mock_imagebuilder() as mock:
        made = [a_component(client()), a_recipe(client()), an_infrastructure(client())]

        assert [resource.arn for resource in mock.resources()] == made


# Reproducible


def test_the_same_seed_gives_the_same_answers():
    def answers(seed):
        with mock_imagebuilder(seed=seed, now=NOON, builds="instant"):
            image = a_build(
                client(),
                imageRecipeArn=a_recipe(client(), name="same"),
                infrastructureConfigurationArn=an_infrastructure(client(), name="same"),
            )
            answer = client().get_image(imageBuildVersionArn=image)
        return answer["requestId"], answer["image"]

    assert answers(7) == answers(7)
    assert answers(7) != answers(8)


@pytest.mark.parametrize("option", ["quotas", "seed", "builds", "now"])
def test_an_option_is_not_set_on_a_mock(option):
    """It would do nothing: the world has been made, or will be made of the options."""
    with (
        mock_imagebuilder() as mock,
        pytest.raises(AttributeError, match=rf"_imagebuilder\({option}="),
    ):
        setattr(mock, option, False)


@pytest.mark.parametrize("part", [None, "clock", "events", "builds.durations", "calls"])
def test_a_misspelt_attribute_is_not_set(part):
    with mock_imagebuilder() as mock:
        whole = mock if part is None else attrgetter(part)(mock)
        with pytest.raises(AttributeError, match="defaultt_region"):
            whole.defaultt_region = "eu-west-1"
