"""One account on both sides: what a key, an option or MOTO_ACCOUNT_ID names here, it names in moto.

The order in which moto looks for an account is that of ``BaseResponse.get_current_account``.
"""

from __future__ import annotations

import boto3
import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.builders import a_component

MOTOS = "123456789012"
OTHER = "210987654321"
THIRD = "333333333333"


def aws(service, **credentials):
    """A client of the account that has its say now."""
    return boto3.client(service, region_name="us-east-1", **credentials)


def account_in_moto(**credentials):
    return aws("sts", **credentials).get_caller_identity()["Account"]


def account_here(**credentials):
    arn = a_component(aws("imagebuilder", **credentials))
    return arn.split(":")[4]


@pytest.fixture(autouse=True)
def _moto(moto):
    """moto is on for every test here, and ours where the test says."""


def test_credentials_of_an_account_are_that_account_in_moto_too():
    with mock_imagebuilder() as mock:
        credentials = mock.credentials(OTHER)
        vpc = aws("ec2", **credentials).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]

        assert account_in_moto(**credentials) == account_here(**credentials) == OTHER
        assert vpc["OwnerId"] == OTHER
        assert account_in_moto() == account_here() == MOTOS


def test_credentials_of_an_account_leave_no_key_behind_in_moto(mock):
    credentials = mock.credentials(OTHER)
    iam = aws("iam", **credentials)

    assert account_in_moto(**credentials) == OTHER
    assert iam.list_users()["Users"] == []
    # Nothing was made: an unknown profile stands for one that the test is not about.
    mock.client(account_id=OTHER).create_infrastructure_configuration(
        name="web", instanceProfileName="nobody-made-it"
    )


def test_a_role_of_the_account_is_found_for_its_client(mock):
    aws("iam", **mock.credentials(OTHER)).create_instance_profile(InstanceProfileName="builder")
    theirs = mock.client(account_id=OTHER)

    theirs.create_infrastructure_configuration(name="web", instanceProfileName="builder")

    with pytest.raises(theirs.exceptions.InvalidParameterValueException, match="does not exist"):
        theirs.create_infrastructure_configuration(name="app", instanceProfileName="bilder")


def test_the_account_of_the_option_is_the_default_in_moto():
    with mock_imagebuilder(account_id=OTHER) as mock:
        vpc = aws("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]

        assert account_in_moto() == account_here() == vpc["OwnerId"] == OTHER
        assert account_in_moto(**mock.credentials(THIRD)) == THIRD


def test_motos_own_ways_to_name_an_account_go_before_the_option():
    with mock_imagebuilder(account_id=OTHER):
        sts = aws("sts")
        sts.meta.events.register(
            "before-call",
            lambda params, **_: params["headers"].update({"x-moto-account-id": THIRD}),
        )

        assert sts.get_caller_identity()["Account"] == THIRD


def test_a_role_that_moto_assumed_names_its_account_on_both_sides():
    with mock_imagebuilder(account_id=OTHER):
        given = aws("sts").assume_role(
            RoleArn=f"arn:aws:iam::{THIRD}:role/builder", RoleSessionName="tests"
        )["Credentials"]
        credentials = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

        vpc = aws("ec2", **credentials).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]

        assert account_here(**credentials) == vpc["OwnerId"] == THIRD


@pytest.mark.parametrize("is_set_first", [True, False], ids=["before the start", "after it"])
def test_the_default_account_is_the_one_that_moto_is_told(monkeypatch, is_set_first):
    if is_set_first:
        monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER)
    with mock_imagebuilder() as mock:
        monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER)

        assert account_in_moto() == account_here() == OTHER
        assert [each.account_id for each in mock.calls] == [OTHER]
        assert mock.resources()
        # A key of ours names its account all the same.
        assert account_in_moto(**mock.credentials(THIRD)) == THIRD


def test_an_account_that_the_mock_is_given_goes_before_the_one_that_moto_is_told(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", THIRD)
    with mock_imagebuilder(account_id=OTHER):
        assert account_in_moto() == account_here() == OTHER


def test_an_inner_mock_may_name_the_account_that_moto_gave(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER)
    with mock_imagebuilder():
        with mock_imagebuilder(account_id=OTHER):
            assert account_here() == OTHER
        with pytest.raises(ValueError, match=OTHER):
            mock_imagebuilder(account_id=THIRD).start()


def test_what_was_made_in_motos_account_is_found_when_moto_is_off(monkeypatch):
    from moto import mock_aws

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_imagebuilder() as mock:
        monkeypatch.setenv("MOTO_ACCOUNT_ID", OTHER)
        with mock_aws():
            a_component(aws("imagebuilder"))

    assert len(mock.resources()) == 1


def test_moto_is_as_before_when_the_mock_is_off():
    from moto.core.responses import BaseResponse

    before = BaseResponse.get_current_account
    with mock_imagebuilder(account_id=OTHER) as mock:
        credentials = mock.credentials(OTHER)
        assert account_in_moto() == OTHER

    assert BaseResponse.get_current_account is before
    assert account_in_moto() == account_in_moto(**credentials) == MOTOS


def test_a_presigned_request_is_of_the_account_of_its_key(mock):
    import requests

    url = boto3.client("sts", "us-east-1", **mock.credentials(OTHER)).generate_presigned_url(
        "get_caller_identity"
    )

    assert OTHER in requests.get(url, timeout=5).text
