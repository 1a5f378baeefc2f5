"""Credentials: none are needed, nobody is asked for any, and they name the account."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import PartialCredentialsError

from imagebuilder_mock import mock_imagebuilder
from tests.builders import an_infrastructure


def a_client(session=boto3, **options):
    return session.client("imagebuilder", region_name="us-east-1", **options)


def account(client):
    return an_infrastructure(client).split(":")[4]


def test_a_client_needs_none():
    with mock_imagebuilder(account_id="111122223333"):
        assert account(a_client()) == "111122223333"


def test_an_unknown_key_means_the_account_of_the_mock():
    with mock_imagebuilder(account_id="111122223333"):
        client = a_client(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")

        assert account(client) == "111122223333"


def test_the_mocks_own_credentials_name_an_account():
    with mock_imagebuilder() as mock:
        client = a_client(**mock.credentials("444455556666"))

        assert account(client) == "444455556666"
        assert account(mock.client(account_id="444455556666")) == "444455556666"


def test_an_account_that_is_none_is_explained():
    with mock_imagebuilder() as mock, pytest.raises(ValueError, match="12 digits"):
        mock.credentials("12345")


def test_half_a_pair_of_keys_is_refused_as_ever():
    with mock_imagebuilder(), pytest.raises(PartialCredentialsError):
        a_client(aws_access_key_id="AKIAIOSFODNN7EXAMPLE")


def test_an_unsigned_client_stays_one():
    with mock_imagebuilder():
        client = a_client(config=Config(signature_version=UNSIGNED))
        client.meta.events.register("before-sign", lambda **_: None)

        assert account(client) == "123456789012"


def test_the_environments_keys_are_taken(monkeypatch):
    with mock_imagebuilder() as mock:
        keys = mock.credentials("444455556666")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["aws_access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["aws_secret_access_key"])

    with mock_imagebuilder():
        assert account(a_client(boto3.session.Session())) == "444455556666"


CONFIGURATIONS = {
    "process": "[default]\ncredential_process = /bin/no-such-program\n",
    "sso": (
        "[default]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = dev\n"
        "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.invalid\n"
    ),
    "role": (
        "[default]\nrole_arn = arn:aws:iam::111122223333:role/dev\nsource_profile = base\n"
        "[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
    ),
    "metadata": (
        "[default]\nrole_arn = arn:aws:iam::111122223333:role/dev\n"
        "credential_source = Ec2InstanceMetadata\n"
    ),
}


@pytest.mark.parametrize("text", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_no_provider_is_asked_that_would_go_out(text, tmp_path, monkeypatch):
    """The network guard of all tests would report one that did."""
    config = tmp_path / "config"
    config.write_text(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    with mock_imagebuilder():
        client = a_client(boto3.session.Session())
        client.meta.events.register("before-send", lambda **_: None)

        assert account(client) == "123456789012"


@pytest.mark.parametrize("is_listened_to", [False, True], ids=["short", "long"])
def test_a_clients_credentials_are_not_refreshed(is_listened_to):
    def refresh():
        message = "somebody asked for new credentials"
        raise AssertionError(message)

    session: Any = botocore.session.get_session()
    session._credentials = RefreshableCredentials.create_from_metadata(
        {
            "access_key": "AKIAIOSFODNN7EXAMPLE",
            "secret_key": "x",
            "token": "x",
            "expiry_time": "2020-01-01T00:00:00Z",
        },
        refresh_using=refresh,
        method="test",
    )
    client = session.create_client("imagebuilder", "us-east-1")
    if is_listened_to:
        client.meta.events.register("before-sign", lambda **_: None)

    with mock_imagebuilder():
        assert account(client) == "123456789012"
