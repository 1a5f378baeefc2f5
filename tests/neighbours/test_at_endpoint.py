"""An emulator at a URL around the mock: what it has, and what it says that is not AWS's."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.cli.surroundings import surrounded
from imagebuilder_mock.neighbours import at_endpoint
from imagebuilder_mock.neighbours.at_endpoint import Endpoint
from tests.builders import a_recipe, an_image, an_infrastructure
from tests.emulators import serving

pytestmark = pytest.mark.needs("werkzeug")

ACCOUNT = "123456789012"


@contextmanager
def beside(application, **options):
    """A mock, with an application at a URL around it."""
    with (
        serving(application) as url,
        mock_imagebuilder(**options) as mock,
        surrounded(mock, Endpoint(url, default_account=ACCOUNT)),
    ):
        yield mock


class Answering:
    """A server that has one answer, and remembers the access keys."""

    def __init__(self, status, body, content_type="text/xml"):
        self.answer = status, body.encode()
        self.headers = [("Content-Type", content_type)]
        self.keys = []

    def __call__(self, environ, start_response):
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.keys.append(environ["HTTP_AUTHORIZATION"].split("Credential=")[1].split("/")[0])
        status, body = self.answer
        start_response(status, self.headers)
        return [body]


def iam_error(code):
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>"


def test_a_name_that_it_does_not_have_is_refused_whatever_else_is_there():
    with beside(Answering("404 Not Found", iam_error("NoSuchEntity"))) as mock:
        client = mock.client()

        with pytest.raises(client.exceptions.InvalidParameterValueException):
            an_infrastructure(client)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("500 Internal Server Error", iam_error("InternalFailure")),
        ("501 Not Implemented", iam_error("InternalFailure")),
        ("400 Bad Request", iam_error("InvalidAction")),
        ("404 Not Found", "no such page"),
        ("200 OK", "<html>It works!</html>"),
        ("200 OK", "{ garbage"),
    ],
    ids=["500", "501", "lacks it", "404", "a page", "garbage"],
)
@pytest.mark.parametrize("neighbours", ["auto", "strict"])
def test_what_is_no_answer_of_the_service_is_one_sentence_in_the_log(
    caplog, status, body, neighbours
):
    application = Answering(status, body)
    with beside(application, neighbours=neighbours) as mock:
        client = mock.client()
        for _ in range(2):
            if neighbours == "strict":
                with pytest.raises(client.exceptions.InvalidParameterValueException):
                    an_infrastructure(client)
            else:
                an_infrastructure(client)

    assert len(application.keys) == 2
    assert len(warnings_of(caplog)) == 1


def warnings_of(caplog):
    return [each.message for each in caplog.records if each.levelno >= logging.WARNING]


def test_so_is_an_answer_without_what_was_asked(caplog):
    with beside(Answering("200 OK", "{}", "application/x-amz-json-1.1")) as mock:
        a_recipe(mock.client(), parentImage="ssm:/golden")

    [warning] = warnings_of(caplog)
    assert "gives answers of ssm without Parameter." in warning


def test_one_that_does_not_answer_in_time_is_left_alone_for_a_while(caplog, monkeypatch):
    monkeypatch.setattr(at_endpoint, "_ANSWERING", 0.05)
    monkeypatch.setattr(at_endpoint, "_PAUSE", 3600)
    with socket.create_server(("127.0.0.1", 0)) as silent, mock_imagebuilder() as mock:
        endpoint = Endpoint(f"http://127.0.0.1:{silent.getsockname()[1]}", default_account=ACCOUNT)
        with surrounded(mock, endpoint):
            assert endpoint.are_there()
            for _ in range(2):
                an_infrastructure(mock.client())

            assert not endpoint.are_there()

    [warning] = warnings_of(caplog)
    assert "does not answer in time." in warning


def test_a_question_takes_at_most_five_seconds():
    client: Any = Endpoint("http://127.0.0.1:1", default_account=ACCOUNT).client(
        "sqs", ACCOUNT, "us-east-1"
    )
    config = client.meta.config

    assert config.connect_timeout + config.read_timeout == 5
    assert config.retries["total_max_attempts"] == 1


def test_another_account_is_named_by_the_access_key():
    application = Answering("404 Not Found", iam_error("NoSuchEntity"))
    with beside(application) as mock:
        for account in (ACCOUNT, "111122223333"):
            with pytest.raises(ClientError):
                an_infrastructure(mock.client(account_id=account))

    assert application.keys == ["test", "111122223333"]


@pytest.fixture(scope="module")
def ministack():
    """An emulator that nobody here wrote."""
    program = shutil.which("ministack")
    if program is None:
        pytest.skip("there is no ministack on the path")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    process = subprocess.Popen(
        [program],
        env={**os.environ, "GATEWAY_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url, until = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while True:
            try:
                requests.get(f"{url}/_ministack/health", timeout=1)
                break
            except requests.ConnectionError:
                assert time.monotonic() < until
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_a_build_beside_ministack(ministack):
    def aws(service):
        return boto3.client(
            service,
            "us-east-1",
            endpoint_url=ministack,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    aws("iam").create_instance_profile(InstanceProfileName="builder")
    with (
        mock_imagebuilder(builds="instant") as mock,
        surrounded(mock, Endpoint(ministack, default_account=ACCOUNT)),
    ):
        client = mock.client()
        with pytest.raises(ClientError, match="does not exist"):
            an_infrastructure(client, instanceProfileName="bilder")
        image = an_image(client)
        [ami] = client.get_image(imageBuildVersionArn=image)["image"]["outputResources"]["amis"]

    [found] = aws("ec2").describe_images(ImageIds=[ami["image"]])["Images"]
    assert found["Name"] == ami["name"]
    assert {"Key": "CreatedBy", "Value": "EC2 Image Builder"} in found["Tags"]
