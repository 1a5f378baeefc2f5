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


def test_the_keys_of_a_profile_are_taken(tmp_path, monkeypatch):
    with mock_imagebuilder() as mock:
        keys = mock.credentials("444455556666")
    path = tmp_path / "credentials"
    path.write_text("[mine]\n" + "".join(f"{name} = {value}\n" for name, value in keys.items()))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))

    with mock_imagebuilder():
        assert account(a_client(boto3.Session(profile_name="mine"))) == "444455556666"


def test_the_keys_of_a_session_go_before_all_others(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    with mock_imagebuilder() as mock:
        keys: Any = mock.credentials("444455556666")
        session = boto3.Session(**keys)

        assert account(a_client(session)) == "444455556666"


def test_a_session_is_given_no_credentials():
    session = boto3.Session()
    with mock_imagebuilder():
        a_client(session).list_images()

    assert vars(vars(session)["_session"])["_credentials"] is None


def test_keys_of_the_environment_that_have_expired_are_taken_as_they_are(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")

    with mock_imagebuilder():
        assert account(a_client(boto3.Session())) == "123456789012"


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
    "web identity": (
        "[default]\nrole_arn = arn:aws:iam::111122223333:role/dev\n"
        "web_identity_token_file = /no/such/token\n"
    ),
    "sso of old": (
        "[default]\nsso_region = us-east-1\nsso_start_url = https://corp.invalid\n"
        "sso_account_id = 111122223333\nsso_role_name = dev\n"
    ),
    "defaults mode": "[default]\ndefaults_mode = auto\n",
    "nothing": "",
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


@pytest.mark.parametrize(
    "environment",
    [
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/role"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/role"},
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/x"},
        {"AWS_DEFAULTS_MODE": "auto"},
        {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""},
    ],
    ids=lambda environment: next(iter(environment)),
)
def test_no_provider_is_asked_that_the_environment_names(environment, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with mock_imagebuilder():
        assert account(a_client(boto3.Session())) == "123456789012"


@pytest.mark.parametrize("default", [False, True], ids=["of the client", "of the session"])
def test_the_metadata_service_is_not_asked_for_the_region_the_program_runs_in(default):
    config: Any = Config(defaults_mode="auto", user_agent_extra="mine/1.0")  # type: ignore[arg-type] # the stubs take the mode for a flag
    session: Any = botocore.session.get_session()
    options = {}
    if default:
        session.set_default_client_config(config)
    else:
        options["config"] = config

    with mock_imagebuilder():
        client = session.create_client("imagebuilder", "us-east-1", **options)

        assert account(client) == "123456789012"
    assert client.meta.config.user_agent_extra == "mine/1.0"


def test_a_credentials_object_of_somebody_elses_making_is_left_alone():
    class Slotted:
        __slots__ = ()
        method = "mine"

        @property
        def access_key(self):
            raise AssertionError("somebody asked for the key")

        def get_deferred_property(self, name):
            return lambda: getattr(self, name)

    session: Any = botocore.session.get_session()
    session._credentials = Slotted()

    with mock_imagebuilder():
        assert account(session.create_client("imagebuilder", "us-east-1")) == "123456789012"


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
