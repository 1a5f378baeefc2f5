"""Clients: which are caught, when, and that nothing of it stays."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError
from botocore.stub import Stubber

from imagebuilder_mock import MockIsOffError, mock_imagebuilder
from tests.builders import an_infrastructure

KEYS: dict[str, Any] = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "example",
}


def a_client(region="us-east-1", **options):
    return boto3.client("imagebuilder", region_name=region, **options)


class Refused(Exception):
    """What these tests put in the network's place."""


@pytest.fixture
def refused_network(monkeypatch):
    def send(*_, **__):
        raise Refused

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)


class TestWhichAreCaught:
    def test_one_that_was_made_before_the_mock_was_switched_on(self):
        client = a_client(**KEYS)

        with mock_imagebuilder():
            assert client.list_images()["imageVersionList"] == []

    def test_one_that_was_made_before_the_package_was_imported(self):
        program = """
import boto3
client = boto3.client("imagebuilder", region_name="us-east-1")
from imagebuilder_mock import MockIsOffError, mock_imagebuilder
with mock_imagebuilder():
    assert client.list_images()["imageVersionList"] == []
"""
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)

    def test_one_of_a_session_of_its_own(self):
        with mock_imagebuilder():
            client = boto3.session.Session().client("imagebuilder", region_name="us-east-1")

            assert client.list_images()["imageVersionList"] == []

    def test_one_that_botocore_made(self):
        with mock_imagebuilder():
            client: Any = botocore.session.get_session().create_client("imagebuilder", "us-east-1")

            assert client.list_images()["imageVersionList"] == []

    @pytest.mark.parametrize(
        ("region", "options", "partition"),
        [
            ("us-east-1", {}, "aws"),
            ("us-gov-west-1", {}, "aws-us-gov"),
            ("cn-north-1", {}, "aws-cn"),
            ("us-east-1", {"config": Config(use_fips_endpoint=True)}, "aws"),
            ("eu-west-1", {"config": Config(use_dualstack_endpoint=True)}, "aws"),
            (
                "us-gov-east-1",
                {"config": Config(use_fips_endpoint=True, use_dualstack_endpoint=True)},
                "aws-us-gov",
            ),
            ("cn-northwest-1", {"config": Config(use_dualstack_endpoint=True)}, "aws-cn"),
            ("us-gov-west-1", {"use_ssl": False}, "aws-us-gov"),
            ("xx-future-9", {}, "aws"),
            ("eu-west-1", {"endpoint_url": "https://gateway.invalid/aws/base"}, "aws"),
            ("eu-west-1", {"endpoint_url": "https://gateway.invalid:8443/base/"}, "aws"),
            ("eu-west-1", {"endpoint_url": "http://127.0.0.1:9"}, "aws"),
        ],
        ids=[
            "plain",
            "GovCloud",
            "China",
            "FIPS",
            "dual-stack",
            "FIPS and dual-stack in GovCloud",
            "dual-stack in China",
            "without TLS",
            "a Region nobody knows",
            "custom with a path",
            "custom with a port and a path",
            "custom on this machine",
        ],
    )
    @pytest.mark.parametrize("is_listened_to", [False, True], ids=["short", "long"])
    def test_one_of_any_endpoint(self, region, options, partition, is_listened_to):
        client = a_client(region, **KEYS, **options)
        if is_listened_to:
            client.meta.events.register("before-send", lambda **_: None)

        with mock_imagebuilder():
            arn = an_infrastructure(client, name="web")

        assert arn == (
            f"arn:{partition}:imagebuilder:{region}:123456789012:infrastructure-configuration/web"
        )

    @pytest.mark.parametrize("is_listened_to", [False, True], ids=["short", "long"])
    def test_an_arn_in_the_path_of_any_endpoint(self, is_listened_to):
        client = a_client(**KEYS, endpoint_url="https://gateway.invalid/aws/base")
        if is_listened_to:
            client.meta.events.register("before-send", lambda **_: None)

        with mock_imagebuilder():
            arn = an_infrastructure(client)
            client.tag_resource(resourceArn=arn, tags={"a": "b"})

            assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}

    @pytest.mark.usefixtures("refused_network")
    @pytest.mark.parametrize("is_listened_to", [False, True], ids=["short", "long"])
    def test_none_of_them_reaches_the_network(self, is_listened_to):
        client = a_client(**KEYS)
        if is_listened_to:
            client.meta.events.register("before-send", lambda **_: None)

        with mock_imagebuilder():
            assert client.list_images()["imageVersionList"] == []

    @pytest.mark.usefixtures("refused_network")
    def test_other_services_are_not(self):
        with mock_imagebuilder(), pytest.raises(Refused):
            boto3.client("sts", region_name="us-east-1", **KEYS).get_caller_identity()


class TestAfterTheMock:
    @pytest.mark.usefixtures("refused_network")
    def test_a_client_behaves_as_it_would_without_it(self):
        client = a_client(**KEYS)
        with mock_imagebuilder():
            client.list_images()

        with pytest.raises(Refused):
            client.list_images()

    @pytest.mark.usefixtures("refused_network")
    def test_one_without_credentials_of_its_own_refuses(self):
        with mock_imagebuilder():
            client = a_client()
            client.list_images()

        with pytest.raises(NoCredentialsError, match="the mock is off now"):
            client.list_images()

    @pytest.mark.usefixtures("refused_network")
    @pytest.mark.parametrize("event", ["before-send", "before-sign"])
    def test_one_without_credentials_refuses_those_who_listen_too(self, event):
        with mock_imagebuilder():
            client = a_client()
            client.meta.events.register(event, lambda **_: None)
            client.list_images()

        with pytest.raises(NoCredentialsError, match="made inside mock_imagebuilder"):
            client.list_images()

    @pytest.mark.usefixtures("refused_network")
    @pytest.mark.parametrize(
        "made",
        [
            lambda mock: mock.client(),
            lambda mock: a_client(**mock.credentials("111122223333")),
            lambda mock: boto3.Session(**mock.credentials("111122223333")).client(
                "imagebuilder", "eu-west-1", config=Config(use_fips_endpoint=True)
            ),
        ],
        ids=["mock.client()", "mock.credentials()", "of a session"],
    )
    def test_one_that_only_the_mock_can_have_made_refuses(self, made):
        with mock_imagebuilder() as mock:
            client = made(mock)
            client.list_images()

        with pytest.raises(MockIsOffError, match="with those of the mock, and the mock is off"):
            client.list_images()

    @pytest.mark.usefixtures("refused_network")
    def test_one_that_is_pointed_at_an_endpoint_of_the_users_goes_there(self):
        with mock_imagebuilder() as mock:
            keys = mock.credentials("111122223333")
            client = a_client(endpoint_url="http://localhost:4566", **keys)
            client.list_images()

        with pytest.raises(Refused):
            client.list_images()

    @pytest.mark.usefixtures("refused_network")
    def test_one_with_the_environments_credentials_behaves_as_it_would_without(self, monkeypatch):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS["aws_access_key_id"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["aws_secret_access_key"])
        with mock_imagebuilder():
            client = a_client()

        with pytest.raises(Refused):
            client.list_images()

    @pytest.mark.usefixtures("refused_network")
    def test_no_client_reaches_the_state_that_was(self):
        client = a_client(**KEYS)
        client.meta.events.register("before-send", lambda **_: None)
        with mock_imagebuilder() as mock:
            client.list_images()

        with pytest.raises(Refused):
            client.list_images()
        assert mock.calls.count() == 1

    def test_one_without_credentials_serves_the_next_mock(self):
        with mock_imagebuilder():
            client = a_client()

        with mock_imagebuilder():
            assert client.list_images()["imageVersionList"] == []

    @pytest.mark.parametrize("error", [None, KeyError("in the body")], ids=["ended", "raised"])
    def test_nothing_stays_patched(self, error):
        make_request = BaseClient.__dict__["_make_request"]
        create_client = botocore.session.Session.__dict__["create_client"]

        try:
            with mock_imagebuilder():
                a_client().list_images()
                if error is not None:
                    raise error
        except KeyError:
            pass

        assert BaseClient.__dict__["_make_request"] is make_request
        assert botocore.session.Session.__dict__["create_client"] is create_client

    @pytest.mark.usefixtures("refused_network")
    def test_a_wrap_that_somebody_put_round_ours_stays_and_lets_through(self, monkeypatch):
        # What is put back last is botocore's own.
        monkeypatch.setattr(BaseClient, "_make_request", BaseClient.__dict__["_make_request"])
        client = a_client(**KEYS)
        calls = []

        with mock_imagebuilder():
            ours = BaseClient.__dict__["_make_request"]

            def wrap(*args):
                calls.append(args[1].name)
                return ours(*args)

            monkeypatch.setattr(BaseClient, "_make_request", wrap)
            client.list_images()

        with pytest.raises(Refused):
            client.list_images()
        assert calls == ["ListImages", "ListImages"]

    def test_the_environment_is_as_before_to_the_byte(self, monkeypatch):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "")
        before = dict(os.environ)

        with mock_imagebuilder():
            a_client().list_images()
            assert dict(os.environ) == before

        assert dict(os.environ) == before

    def test_the_default_session_is_the_same(self):
        boto3.setup_default_session()
        session = boto3.DEFAULT_SESSION

        with mock_imagebuilder():
            a_client().list_images()

        assert boto3.DEFAULT_SESSION is session
        assert vars(vars(session)["_session"])["_credentials"] is None


class TestWhatUsersPutOnClients:
    def test_a_stubber_answers_before_the_mock(self):
        client = a_client(**KEYS)
        with mock_imagebuilder(), Stubber(client) as stubber:
            stubber.add_response("list_images", {"requestId": "stubbed"}, {})

            assert client.list_images()["requestId"] == "stubbed"

    def test_an_answer_at_before_call_goes_before_the_mock(self):
        client = a_client(**KEYS)

        class Http:
            status_code = 200

        client.meta.events.register(
            "before-call.imagebuilder", lambda **_: (Http, {"requestId": "theirs"})
        )
        with mock_imagebuilder():
            assert client.list_images()["requestId"] == "theirs"

    @pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
    def test_an_error_is_raised_once_in_every_retry_mode(self, mode):
        client = a_client(**KEYS, config=Config(retries={"mode": mode, "max_attempts": 3}))
        client.meta.events.register("before-send", lambda **_: None)

        with mock_imagebuilder() as mock, pytest.raises(ClientError) as caught:
            client.get_component(
                componentBuildVersionArn=(
                    "arn:aws:imagebuilder:us-east-1:123456789012:component/none/1.0.0/1"
                )
            )

        assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
        assert mock.calls.count() == 1

    def test_parameters_are_checked_by_the_service_where_botocore_does_not(self):
        client = a_client(**KEYS, config=Config(parameter_validation=False))

        with mock_imagebuilder(), pytest.raises(ClientError) as caught:
            client.create_infrastructure_configuration(name="web")

        assert caught.value.response["Error"] == {
            "Code": "InvalidParameterValueException",
            "Message": "The value supplied for parameter 'instanceProfileName' is not valid. "
            "'instanceProfileName' is required",
        }


class TestWithoutARegion:
    def test_one_is_refused_with_how_to_give_it(self):
        with mock_imagebuilder(), pytest.raises(NoRegionError, match="specify a region") as caught:
            boto3.client("imagebuilder")

        said = str(caught.value)
        assert "region_name='us-east-1'" in said
        assert "AWS_DEFAULT_REGION" in said
        assert "mock.client()" in said

    def test_one_of_another_service_is_refused_as_ever(self):
        with mock_imagebuilder(), pytest.raises(NoRegionError) as caught:
            boto3.client("ec2", **KEYS)

        assert str(caught.value) == "You must specify a region."
