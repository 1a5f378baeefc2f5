"""Who asks, and where: partitions of Regions, accounts of access keys."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config
from botocore.loaders import Loader

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.neighbours.clients import access_key_for
from imagebuilder_mock.protocol.identity import account_of, partition_of
from tests.builders import a_component

PARTITIONS = {
    region: partition["id"]
    for partition in Loader().load_data("partitions")["partitions"]
    for region in partition["regions"]
}
ROLE = "arn:aws:iam::{account}:role/builder"
TRUST = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture
def moto():
    return pytest.importorskip("moto")


# Partitions


def test_every_region_that_botocore_lists_has_its_partition():
    assert {region: partition_of(region) for region in PARTITIONS} == PARTITIONS


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-9", "aws"),
        ("me-southeast-3", "aws"),
        ("cn-south-1", "aws-cn"),
        ("us-gov-north-1", "aws-us-gov"),
        ("us-iso-south-1", "aws-iso"),
        ("us-isob-south-1", "aws-iso-b"),
        ("eu-isoe-south-1", "aws-iso-e"),
        ("us-isof-north-1", "aws-iso-f"),
        ("mars-olympus-1", "aws"),
        ("local", "aws"),
        ("", "aws"),
    ],
)
def test_an_unknown_region_has_the_partition_of_its_form(region, partition):
    assert partition_of(region) == partition


@pytest.mark.parametrize(
    ("region", "prefix"),
    [
        ("us-east-1", "arn:aws:imagebuilder:us-east-1:"),
        ("us-east-1-fips", "arn:aws:imagebuilder:us-east-1:"),
        ("fips-us-gov-west-1", "arn:aws-us-gov:imagebuilder:us-gov-west-1:"),
        ("us-gov-east-1", "arn:aws-us-gov:imagebuilder:us-gov-east-1:"),
        ("cn-north-1", "arn:aws-cn:imagebuilder:cn-north-1:"),
    ],
)
def test_an_arn_is_of_the_clients_region_and_partition(region, prefix):
    with mock_imagebuilder():
        component = a_component(boto3.client("imagebuilder", region_name=region))

    assert component.startswith(prefix)


@pytest.mark.parametrize(
    "config",
    [Config(use_fips_endpoint=True), Config(use_dualstack_endpoint=True)],
    ids=["fips", "dual stack"],
)
def test_the_kind_of_endpoint_changes_no_region(config):
    with mock_imagebuilder():
        client = boto3.client("imagebuilder", region_name="us-gov-west-1", config=config)
        component = a_component(client)

    assert component.startswith("arn:aws-us-gov:imagebuilder:us-gov-west-1:")


# Accounts, without moto


def test_a_key_of_ours_names_its_account():
    assert account_of(access_key_for("210987654321"), default="123456789012") == "210987654321"


@pytest.mark.parametrize(
    "key",
    [
        None,
        "",
        "testing",
        "AKIAIOSFODNN7EXAMPLE",
        "AKIAMOCK",
        "AKIAMOCK12345678901",
        "AKIAMOCK1234567890123",
        "AKIAMOCK12345678901x",
        "xAKIAMOCK123456789012",
    ],
)
def test_any_other_key_is_the_default_account(key):
    assert account_of(key, default="123456789012") == "123456789012"


@pytest.mark.parametrize("loaded", ["moto.iam.models", "moto.core.models", None])
def test_moto_is_asked_only_if_it_is_loaded(monkeypatch, loaded):
    for name in ["moto.iam.models", "moto.core.models"]:
        monkeypatch.setitem(sys.modules, name, SimpleNamespace() if name == loaded else None)

    assert account_of("testing", default="123456789012") == "123456789012"


# Accounts, with moto


def test_a_key_that_moto_made_names_its_account(moto):
    with moto.mock_aws():
        key = _user_key("210987654321")

        assert account_of(key, default="111111111111") == "210987654321"


def test_a_key_that_moto_made_in_its_own_account_names_that_one(moto):
    with moto.mock_aws():
        key = boto3.client("iam", region_name="us-east-1")
        key.create_user(UserName="builder")
        made = key.create_access_key(UserName="builder")["AccessKey"]["AccessKeyId"]

        assert account_of(made, default="111111111111") == "123456789012"


def test_a_key_that_moto_does_not_know_is_the_default_account(moto):
    with moto.mock_aws():
        boto3.client("iam", region_name="us-east-1").list_users()

        assert account_of("AKIAIOSFODNN7EXAMPLE", default="111111111111") == "111111111111"


def test_a_key_of_ours_needs_no_moto(moto):
    with moto.mock_aws():
        boto3.client("iam", region_name="us-east-1").list_users()

        assert account_of(access_key_for("210987654321"), default="1") == "210987654321"


def test_an_assumed_role_acts_in_its_account(moto):
    with moto.mock_aws():
        assumed = _assume(ROLE.format(account="210987654321"))

        assert account_of(assumed["AccessKeyId"], default="111111111111") == "210987654321"


def test_a_key_of_moto_means_nothing_once_moto_is_off(moto):
    with moto.mock_aws():
        key = _assume(ROLE.format(account="210987654321"))["AccessKeyId"]

    assert account_of(key, default="111111111111") == "111111111111"


def test_two_accounts_of_moto_do_not_see_each_others_components(moto):
    with moto.mock_aws(), mock_imagebuilder():
        assumed = _assume(ROLE.format(account="210987654321"))
        theirs = boto3.client(
            "imagebuilder",
            region_name="us-east-1",
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )
        ours = boto3.client("imagebuilder", region_name="us-east-1")

        component = a_component(theirs)

        assert ":210987654321:" in component
        assert ours.list_components()["componentVersionList"] == []
        assert len(theirs.list_components()["componentVersionList"]) == 1


def _assume(role):
    sts = boto3.client("sts", region_name="us-east-1")
    return sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]


def _user_key(account):
    assumed = _assume(ROLE.format(account=account))
    iam = boto3.client(
        "iam",
        region_name="us-east-1",
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )
    iam.create_user(UserName="builder")
    return iam.create_access_key(UserName="builder")["AccessKey"]["AccessKeyId"]
