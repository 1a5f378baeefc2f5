"""Beside moto: both are on, in any order, and each answers its own."""

from __future__ import annotations

import boto3
import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.builders import an_infrastructure

moto = pytest.importorskip("moto")


def a_client(service="imagebuilder", **options):
    return boto3.client(service, region_name="us-east-1", **options)


def both_answer():
    assert a_client().list_images()["imageVersionList"] == []
    listening = a_client()
    listening.meta.events.register("before-send", lambda **_: None)
    assert listening.list_images()["imageVersionList"] == []
    assert a_client("s3").list_buckets()["Buckets"] == []


def test_ours_inside_theirs():
    with moto.mock_aws(), mock_imagebuilder():
        both_answer()


def test_theirs_inside_ours():
    with mock_imagebuilder(), moto.mock_aws():
        both_answer()


def test_stacked_decorators():
    moto.mock_aws(mock_imagebuilder(both_answer))()
    mock_imagebuilder(moto.mock_aws(both_answer))()


def test_started_and_stopped_crosswise():
    theirs, ours = moto.mock_aws(), mock_imagebuilder()
    theirs.start()
    ours.start()
    both_answer()
    theirs.stop()
    assert a_client().list_images()["imageVersionList"] == []
    theirs.start()
    ours.stop()
    assert a_client("s3").list_buckets()["Buckets"] == []
    theirs.stop()


def test_the_account_is_that_of_the_assumed_role():
    with moto.mock_aws(), mock_imagebuilder():
        role = a_client("sts").assume_role(
            RoleArn="arn:aws:iam::222233334444:role/builder", RoleSessionName="test"
        )["Credentials"]
        client = a_client(
            aws_access_key_id=role["AccessKeyId"],
            aws_secret_access_key=role["SecretAccessKey"],
            aws_session_token=role["SessionToken"],
        )

        assert an_infrastructure(client).split(":")[4] == "222233334444"


def test_a_key_of_motos_own_account_means_that_account():
    with moto.mock_aws(), mock_imagebuilder(account_id="999988887777"):
        iam = a_client("iam")
        iam.create_user(UserName="builder")
        key = iam.create_access_key(UserName="builder")["AccessKey"]
        client = a_client(
            aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
        )

        assert an_infrastructure(client).split(":")[4] == "123456789012"
        assert an_infrastructure(a_client()).split(":")[4] == "999988887777"


def test_a_key_of_moto_means_nothing_once_moto_is_off():
    with mock_imagebuilder():
        with moto.mock_aws():
            role = a_client("sts").assume_role(
                RoleArn="arn:aws:iam::222233334444:role/builder", RoleSessionName="test"
            )["Credentials"]
        client = a_client(
            aws_access_key_id=role["AccessKeyId"], aws_secret_access_key=role["SecretAccessKey"]
        )

        assert an_infrastructure(client).split(":")[4] == "123456789012"
