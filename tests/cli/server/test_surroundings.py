"""What is around a server: moto in its process, or an emulator elsewhere."""

from __future__ import annotations

import logging
import socket
from contextlib import closing
from datetime import datetime, timezone
from http.client import HTTPConnection
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from imagebuilder_mock import current_mock, imagebuilder_server, mock_imagebuilder
from imagebuilder_mock.transports.http.serving import CannotListenError
from tests.builders import a_recipe, an_infrastructure
from tests.emulators import serving

pytestmark = pytest.mark.needs("werkzeug", "moto", "flask", "flask_cors")

KEYS: Any = {"aws_access_key_id": "example", "aws_secret_access_key": "example"}


def aws(url, service, region="us-east-1", **options):
    return boto3.client(service, region, endpoint_url=url, **KEYS, **options)


# moto, in the server's process


def test_a_reset_empties_both():
    with imagebuilder_server(moto=True) as url:
        aws(url, "s3").create_bucket(Bucket="documents")
        requests.post(f"{url}/_imagebuilder_mock/reset", timeout=10)

        assert aws(url, "s3").list_buckets()["Buckets"] == []


def test_a_stack_makes_its_resources():
    with imagebuilder_server(moto=True) as url:
        aws(url, "cloudformation").create_stack(
            StackName="web",
            TemplateBody="""{"Resources": {"Web": {
                "Type": "AWS::ImageBuilder::InfrastructureConfiguration",
                "Properties": {"Name": "web", "InstanceProfileName": "builder"}}}}""",
        )

        [made] = current_mock().resources()
        assert made.arn.endswith(":infrastructure-configuration/web")


def test_the_amis_of_a_saved_state_are_in_ec2_again(tmp_path):
    state = tmp_path / "state.json"
    with mock_imagebuilder() as mock:
        recipe = a_recipe(mock.client())
        kept, gone = [mock.images.amis(mock.images.add(recipe=recipe))[0] for _ in range(2)]
        kept.shared_with, kept.deprecation_time = (
            frozenset(["111122223333"]),
            datetime(2030, 1, 1, tzinfo=timezone.utc),
        )
        gone.state = "deregistered"
        mock.save(state)

    with imagebuilder_server(moto=True, state=state) as url:
        for _ in range(2):
            ec2 = aws(url, "ec2")
            [found] = ec2.describe_images(Owners=["self"])["Images"]
            snapshots = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
            sharing = ec2.describe_image_attribute(
                ImageId=kept.image_id, Attribute="launchPermission"
            )

            assert (found["ImageId"], found["Name"]) == (kept.image_id, kept.name)
            assert {each["SnapshotId"] for each in snapshots} >= {*kept.snapshots, *gone.snapshots}
            assert sharing["LaunchPermissions"] == [{"UserId": "111122223333"}]
            current_mock().reset()  # goes back to the file, and moto with it


def test_an_access_key_means_one_account_to_all_services():
    with imagebuilder_server(moto=True, account_id="210987654321") as url:
        other: Any = current_mock().credentials("111122223333")
        sts = boto3.client("sts", "us-east-1", endpoint_url=url, **other)

        assert sts.get_caller_identity()["Account"] == "111122223333"
        assert aws(url, "sts").get_caller_identity()["Account"] == "210987654321"
        assumed = sts.assume_role(
            RoleArn="arn:aws:iam::444455556666:role/me", RoleSessionName="me"
        )["Credentials"]
        client = boto3.client(
            "imagebuilder",
            "us-east-1",
            endpoint_url=url,
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )
        assert ":444455556666:" in an_infrastructure(client)


def test_the_amis_of_a_state_that_is_loaded_are_in_ec2(tmp_path):
    with imagebuilder_server(moto=True) as url:
        mock = current_mock()
        image = mock.images.add(recipe=a_recipe(mock.client()))
        mock.save(tmp_path / "state.json")
        mock.reset()
        mock.load(tmp_path / "state.json")

        [ami] = mock.images.amis(image)
        assert ami.state == "available"
        assert aws(url, "ec2").describe_images(ImageIds=[ami.image_id])["Images"]


def test_the_amis_of_a_snapshot_that_is_restored_are_in_ec2():
    with imagebuilder_server(moto=True) as url:
        mock, ec2 = current_mock(), aws(url, "ec2")
        [ami] = mock.images.amis(mock.images.add(recipe=a_recipe(mock.client())))
        snapshot = mock.snapshot()
        ec2.deregister_image(ImageId=ami.image_id)

        for _ in range(2):
            mock.restore(snapshot)

            [found] = ec2.describe_images(Owners=["self"])["Images"]
            snapshots = ec2.describe_snapshots(SnapshotIds=[*ami.snapshots])["Snapshots"]
            assert (found["ImageId"], len(snapshots)) == (ami.image_id, len(ami.snapshots))


def test_moto_is_off_behind_it():
    with imagebuilder_server(moto=True):
        pass
    from moto.core.models import botocore_stubber

    assert not botocore_stubber.enabled


def test_without_flask_it_says_what_to_install(monkeypatch):
    from imagebuilder_mock.neighbours.in_moto import switching

    monkeypatch.setattr(switching, "find_spec", lambda name: None if name == "flask" else name)

    with (
        pytest.raises(
            ModuleNotFoundError, match=r"pip install 'moto\[server\]', or moto, flask and"
        ),
        imagebuilder_server(moto=True),
    ):
        pass


# An emulator elsewhere


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"upstream": "https://s3.amazonaws.com"}, "is AWS itself"),
        ({"upstream": "https://ec2.cn-north-1.amazonaws.com.cn"}, "is AWS itself"),
        ({"upstream": "localhost:4566"}, "is not the URL of a server: write it as http://"),
        ({"upstream": "http://localhost:99999"}, "is not the URL of a server"),
        ({"upstream": "http://[::1"}, "is not the URL of a server"),
        ({"upstream": "http://me:secret@localhost:4566"}, "is not the URL of a server"),
        ({"upstream": "http://localhost:4566?region=any"}, "is not the URL of a server"),
        ({"upstream": "http://localhost:4566", "moto": True}, "give one of them"),
    ],
)
def test_what_cannot_be_an_upstream_is_refused(given, message):
    with pytest.raises(ValueError, match=message), imagebuilder_server(**given):
        pass


def test_nor_is_the_server_its_own_upstream(monkeypatch):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    monkeypatch.setattr("imagebuilder_mock.transports.http.serving._listening", lambda *_: listener)

    with (
        pytest.raises(CannotListenError, match="is this server itself"),
        imagebuilder_server(port=port, upstream=f"http://localhost:{port}"),
    ):
        pass


def test_without_any_a_refusal_says_how_to_have_one():
    with imagebuilder_server() as url:
        client = aws(url, "imagebuilder")

        with pytest.raises(client.exceptions.ClientError, match="start the server with --moto or"):
            client.create_component(
                name="web", semanticVersion="1.0.0", platform="Linux", uri="s3://documents/web.yml"
            )


def test_requests_and_answers_pass_as_they_are():
    seen: dict[str, Any] = {}

    def application(environ, start_response):
        seen.update(environ, body=environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response("418 Short And Stout", [("X-Answer", "a"), ("X-Answer", "b")])
        return [b"first ", b"second"]

    target = "/bucket//a%2Fb/../%C3%BC?x=%2F&y"
    with (
        serving(application) as there,
        imagebuilder_server(upstream=f"{there}/base/") as url,
        closing(HTTPConnection(url.removeprefix("http://"), timeout=10)) as connection,
    ):
        connection.request("PUT", target, b"\x00\xff", {"X-Amz-Date": "é"})
        answer = connection.getresponse()
        body = answer.read()

    assert (answer.status, answer.reason, body) == (418, "Short And Stout", b"first second")
    assert answer.headers.get_all("X-Answer") == ["a", "b"]
    assert (seen["REQUEST_METHOD"], seen["REQUEST_URI"]) == ("PUT", f"/base{target}")
    assert (seen["HTTP_X_AMZ_DATE"], seen["body"]) == ("é", b"\x00\xff")
    assert seen["HTTP_HOST"] == url.removeprefix("http://")


def test_an_upstream_that_is_not_there_is_an_error_of_a_gateway(caplog):
    once = Config(retries={"total_max_attempts": 1})
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # so that the port is no other's, and does not listen
        there = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with imagebuilder_server(upstream=there) as url:
            client = aws(url, "sts", config=once)
            with pytest.raises(client.exceptions.ClientError, match="502"):
                client.get_caller_identity()
            imagebuilder = aws(url, "imagebuilder")
            for name in ("web", "app"):
                imagebuilder.create_infrastructure_configuration(
                    name=name, instanceProfileName="any"
                )

    warnings = [each.message for each in caplog.records if each.levelno >= logging.WARNING]
    forwarding, asking = warnings
    assert forwarding.startswith(f"{there} could not be asked")
    assert asking.startswith(f"{there} cannot be reached. What Image Builder would ask there is ")


def test_an_answer_that_breaks_off_is_one_sentence_in_the_log(caplog):
    def application(_, start_response):
        start_response("200 OK", [("Content-Length", "1000")])
        return [b"the beginning"]

    with (
        serving(application) as there,
        imagebuilder_server(upstream=there) as url,
        pytest.raises(requests.exceptions.ChunkedEncodingError),
    ):
        requests.get(f"{url}/bucket/key", timeout=10)

    [broken] = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert broken.message.startswith(f"{there} broke off its answer: ")
    assert broken.exc_info is None
