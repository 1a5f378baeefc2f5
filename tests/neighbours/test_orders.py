"""Both mocks in any order: which neighbours there are follows whether moto is on at that moment."""

from __future__ import annotations

import subprocess
import sys

import boto3
import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.builders import DOCUMENT, an_infrastructure
from tests.refusals import refusal_of

moto = pytest.importorskip("moto")

PARAMS = {"name": "hello", "semanticVersion": "1.0.0", "platform": "Linux"}


def a_client():
    return boto3.client("imagebuilder", region_name="us-east-1")


def both_are_one_cloud():
    aws("s3").create_bucket(Bucket="documents")
    aws("s3").put_object(Bucket="documents", Key="hello.yml", Body=DOCUMENT)
    aws("iam").create_instance_profile(InstanceProfileName="builder")
    client = a_client()

    client.create_component(uri="s3://documents/hello.yml", **PARAMS)
    an_infrastructure(client, instanceProfileName="builder")
    assert not is_taken(client)


def is_taken(client):
    """Whether a profile is taken that nobody has made."""
    try:
        an_infrastructure(client, instanceProfileName="missing")
    except client.exceptions.InvalidParameterValueException:
        return False
    return True


def test_ours_inside_theirs():
    with moto.mock_aws(), mock_imagebuilder():
        both_are_one_cloud()


def test_theirs_inside_ours():
    with mock_imagebuilder(), moto.mock_aws():
        both_are_one_cloud()


def test_stacked_decorators():
    moto.mock_aws(mock_imagebuilder(both_are_one_cloud))()
    mock_imagebuilder(moto.mock_aws(both_are_one_cloud))()


def test_started_and_stopped_crosswise():
    theirs, ours = moto.mock_aws(), mock_imagebuilder()
    theirs.start()
    ours.start()
    both_are_one_cloud()
    theirs.stop()
    assert is_taken(a_client())
    assert (
        "switch moto's mock_aws on"
        in refusal_of(a_client().create_component, uri="s3://documents/hello.yml", **PARAMS).message
    )
    theirs.start()
    assert is_taken(a_client())
    aws("iam").create_instance_profile(InstanceProfileName="builder")
    assert not is_taken(a_client())
    ours.stop()
    theirs.stop()


def test_the_users_settings_do_not_reach_the_questions(monkeypatch):
    """An endpoint of the user's own is not moto's, and nothing of ours may go there."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", "http://192.0.2.1")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    with moto.mock_aws(), mock_imagebuilder(neighbours="strict"):
        assert not is_taken(a_client())


def test_questions_are_asked_in_the_account_of_an_assumed_role():
    with moto.mock_aws(), mock_imagebuilder():
        keys = aws("sts").assume_role(
            RoleArn="arn:aws:iam::111122223333:role/builder", RoleSessionName="test"
        )["Credentials"]
        session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        there = session.client("imagebuilder", region_name="us-east-1")
        session.client("iam").create_instance_profile(InstanceProfileName="builder")

        assert an_infrastructure(there, instanceProfileName="builder")
        assert not is_taken(there)
        assert is_taken(a_client())


@pytest.mark.parametrize(
    "program",
    [
        "import imagebuilder_mock",
        (
            "import imagebuilder_mock, boto3\n"
            "with imagebuilder_mock.mock_imagebuilder(neighbours='strict'):\n"
            "    client = boto3.client('imagebuilder', 'us-east-1')\n"
            "    client.list_images()\n"
            "    try:\n"
            "        client.create_infrastructure_configuration(\n"
            "            name='web', instanceProfileName='builder')\n"
            "    except client.exceptions.InvalidParameterValueException:\n"
            "        pass\n"
            "    else:\n"
            "        raise SystemExit('it was taken')\n"
        ),
    ],
    ids=["import", "use"],
)
def test_ours_never_imports_moto(program):
    check = (
        "\nimport sys\n"
        "loaded = [name for name in sys.modules if name.split('.')[0] == 'moto'\n"
        "          or 'beside_moto' in name]\n"
        "sys.exit(str(loaded) if loaded else 0)"
    )

    subprocess.run([sys.executable, "-c", program + check], check=True, timeout=60)
