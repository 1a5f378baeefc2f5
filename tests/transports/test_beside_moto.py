"""Beside moto: both are on, in any order, and each answers its own."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from imagebuilder_mock import current_mock, mock_imagebuilder
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
    with moto.mock_aws():
        iam = a_client("iam")
        iam.create_user(UserName="builder")
        key = iam.create_access_key(UserName="builder")["AccessKey"]
        with mock_imagebuilder(account_id="999988887777"):
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


@pytest.mark.parametrize("outer", ["ours", "theirs"])
def test_both_keep_their_state_while_both_are_on(outer):
    mocks = [mock_imagebuilder(), moto.mock_aws()]
    first, second = mocks if outer == "ours" else reversed(mocks)
    with first, second:
        arn = an_infrastructure(a_client())
        a_client("s3").create_bucket(Bucket="mine")

        [bucket] = a_client("s3").list_buckets()["Buckets"]
        [resource] = current_mock().resources()
        assert (bucket["Name"], resource.arn) == ("mine", arn)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"config": Config(use_fips_endpoint=True)},
        {"config": Config(use_dualstack_endpoint=True)},
        {"endpoint_url": "https://gateway.invalid"},
    ],
    ids=["plain", "FIPS", "dual-stack", "custom"],
)
@pytest.mark.parametrize("is_listened_to", [False, True], ids=["short", "long"])
def test_moto_answers_none_of_ours(options, is_listened_to):
    with moto.mock_aws(), mock_imagebuilder() as mock:
        client = a_client(**options)
        if is_listened_to:
            client.meta.events.register("before-send", lambda **_: None)

        assert client.list_images()["imageVersionList"] == []
        assert mock.calls.count() == 1


def test_a_client_made_before_both_is_answered():
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
    client = a_client(**keys)

    with moto.mock_aws(), mock_imagebuilder():
        assert client.list_images()["imageVersionList"] == []


def test_without_ours_moto_says_that_it_has_no_image_builder():
    with moto.mock_aws():
        with mock_imagebuilder():
            client = a_client()
            client.list_images()

        with pytest.raises(ClientError, match="404"):
            client.list_images()


def test_the_account_of_a_key_is_that_of_the_regions_of_its_partition():
    with moto.mock_aws(), mock_imagebuilder():
        role = a_client("sts").assume_role(
            RoleArn="arn:aws:iam::222233334444:role/builder", RoleSessionName="test"
        )["Credentials"]
        session = boto3.Session(
            aws_access_key_id=role["AccessKeyId"],
            aws_secret_access_key=role["SecretAccessKey"],
            aws_session_token=role["SessionToken"],
        )
        arns = [
            an_infrastructure(session.client("imagebuilder", region_name=region), name="mine")
            for region in ("us-east-1", "eu-west-1")
        ]

        assert [arn.split(":")[3:5] for arn in arns] == [
            ["us-east-1", "222233334444"],
            ["eu-west-1", "222233334444"],
        ]


@pytest.mark.needs("freezegun")
def test_both_show_the_date_at_which_the_process_is():
    import freezegun

    with moto.mock_aws(), mock_imagebuilder() as mock:
        mock.clock.advance(days=400)
        with freezegun.freeze_time("2024-02-29T12:00:00"):
            an_infrastructure(a_client(), name="mine")
            theirs = a_client("iam").create_user(UserName="mine")["User"]["CreateDate"]

        [ours] = a_client().list_infrastructure_configurations()[
            "infrastructureConfigurationSummaryList"
        ]

    assert ours["dateCreated"] == "2024-02-29T12:00:00.000Z"
    assert theirs.isoformat() == "2024-02-29T12:00:00+00:00"
