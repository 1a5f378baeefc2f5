"""``imagebuilder-mock run``: what becomes of a program's requests to other services of AWS."""

from __future__ import annotations

import json
import socket
from textwrap import dedent
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.credentials import CredentialResolver
from botocore.httpsession import URLLib3Session
from urllib3.connectionpool import HTTPConnectionPool

from imagebuilder_mock.cli.command_line import main
from imagebuilder_mock.cli.run.other_services import (
    RequestRefusedError,
    at_upstream,
    service_of,
)

OPTIONS = ("--moto", "--upstream URL", "--allow-aws")
KEYS: Any = {"aws_access_key_id": "example", "aws_secret_access_key": "example"}


@pytest.fixture
def run(tmp_path, capsys):
    """Run a program with options before it; its output is JSON."""

    def run(text, *options):
        program = tmp_path / "program.py"
        program.write_text(dedent(text))
        assert main(["run", *options, str(program)]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def refusal(tmp_path):
    """What a program is refused with, for a piece of its code."""

    def refusal(code, *options):
        program = tmp_path / "program.py"
        program.write_text(dedent(code))
        with pytest.raises(RequestRefusedError) as refused:
            main(["run", *options, str(program)])
        return str(refused.value)

    return refusal


# Refused


def test_a_refusal_names_service_and_operation_and_the_three_options(refusal):
    sentence = refusal('import boto3; boto3.client("sqs", "us-east-1").list_queues()')

    assert sentence.startswith("SQS ListQueues was not sent to AWS: ")
    assert all(option in sentence for option in OPTIONS)


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (
            """
            import requests
            requests.get("https://documents.s3.us-west-2.amazonaws.com/web.yml")
            """,
            "s3 GET /web.yml",
        ),
        (
            """
            import urllib3
            urllib3.PoolManager().request(
                "POST", "https://ssm.us-east-1.amazonaws.com/",
                headers={"X-Amz-Target": "AmazonSSM.GetParameter"},
            )
            """,
            "ssm GetParameter",
        ),
        (
            """
            import urllib.request
            urllib.request.urlopen("https://api.ecr.us-east-1.amazonaws.com/")
            """,
            "A request to ecr (api.ecr.us-east-1.amazonaws.com)",
        ),
    ],
    ids=["requests", "urllib3", "urllib"],
)
def test_so_is_a_request_without_a_client(refusal, code, what):
    assert refusal(code).startswith(f"{what} was not sent to AWS: ")


def test_a_client_from_before_is_held_in_every_thread(run, monkeypatch):
    old = boto3.client("sqs", "us-east-1", **KEYS)
    monkeypatch.setattr("builtins.the_old_client", old, raising=False)

    seen = run(
        """
        import json
        from concurrent.futures import ThreadPoolExecutor

        def ask(_):
            try:
                return the_old_client.list_queues()
            except RuntimeError as error:
                return str(error)

        with ThreadPoolExecutor(2) as threads:
            print(json.dumps(list(threads.map(ask, range(2)))))
        """
    )

    assert [each[:36] for each in seen] == ["SQS ListQueues was not sent to AWS: "] * 2


@pytest.mark.needs("aiobotocore")
def test_so_are_those_of_aiobotocore(refusal):
    sentence = refusal(
        """
        import asyncio
        from aiobotocore.session import get_session

        async def main():
            async with get_session().create_client("sqs", region_name="us-east-1") as client:
                await client.list_queues()

        asyncio.run(main())
        """
    )

    assert sentence.startswith("SQS ListQueues was not sent to AWS: ")


def test_nobody_is_asked_for_credentials(run, tmp_path, monkeypatch):
    config = tmp_path / "config"
    config.write_text(
        "[default]\nrole_arn = arn:aws:iam::111122223333:role/me\n"
        "credential_source = Ec2InstanceMetadata\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    key = run(
        """
        import json, boto3
        print(json.dumps(boto3.Session().get_credentials().access_key))
        """
    )

    assert key == "AKIAMOCK123456789012"


def test_credentials_of_the_program_stay(run, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")

    key = run("import json, boto3; print(json.dumps(boto3.Session().get_credentials().access_key))")

    assert key == "mine"


def test_a_document_in_s3_is_refused_with_what_to_do(run):
    message = run(
        """
        import json, boto3
        client = boto3.client("imagebuilder", "us-east-1")
        try:
            client.create_component(
                name="web", semanticVersion="1.0.0", platform="Linux", uri="s3://documents/web.yml"
            )
        except client.exceptions.ClientError as error:
            print(json.dumps(str(error)))
        """
    )

    assert "run the program with --moto or --upstream URL" in message


# It decides last


def test_what_a_program_has_of_its_own_answers_first(run):
    seen = run(
        """
        import json
        import boto3, requests, responses
        from botocore.stub import Stubber

        client = boto3.client("sqs", "us-east-1")
        with Stubber(client) as stubber:
            stubber.add_response("list_queues", {"QueueUrls": ["stubbed"]})
            stubbed = client.list_queues()["QueueUrls"]
        with responses.RequestsMock() as mock:
            mock.get("https://sqs.us-east-1.amazonaws.com/", "mocked")
            mocked = requests.get("https://sqs.us-east-1.amazonaws.com/").text
        print(json.dumps([stubbed, mocked]))
        """
    )

    assert seen == [["stubbed"], "mocked"]


@pytest.mark.needs("moto")
def test_and_its_own_moto(run):
    seen = run(
        """
        import json
        import boto3
        from moto import mock_aws

        with mock_aws():
            ssm = boto3.client("ssm", "us-east-1")
            ssm.put_parameter(Name="a", Value="b", Type="String")
            print(json.dumps(ssm.get_parameter(Name="a")["Parameter"]["Value"]))
        """
    )

    assert seen == "b"


def test_an_endpoint_that_is_not_aws_is_reached(run):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = run(
        f"""
        import json, boto3
        from botocore.config import Config
        client = boto3.client(
            "sqs", "us-east-1", endpoint_url="http://127.0.0.1:{port}",
            config=Config(retries={{"total_max_attempts": 1}}),
        )
        try:
            client.list_queues()
        except Exception as error:
            print(json.dumps(type(error).__name__))
        """
    )

    assert error == "EndpointConnectionError"


# Let go, and off


def test_they_go_to_aws_only_when_it_is_asked_for(run, monkeypatch):
    sent = []

    def send(_, request):
        sent.append(request.url)
        raise ConnectionError

    monkeypatch.setattr(URLLib3Session, "send", send)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    run(
        """
        import json, boto3
        try:
            boto3.client("sqs", "us-east-1").list_queues()
        except ConnectionError:
            print(json.dumps("sent"))
        """,
        "--allow-aws",
    )

    assert sent == ["https://sqs.us-east-1.amazonaws.com/"]


def test_nothing_stays_patched(run):
    def patched():
        return [
            vars(BaseClient)["_make_request"],
            URLLib3Session.send,
            HTTPConnectionPool.urlopen,
            CredentialResolver.load_credentials,
            socket.getaddrinfo,
        ]

    before = patched()
    run("print(0)")

    assert patched() == before


# Answered


ANSWERED = """
    import json
    import boto3, requests, urllib3

    s3 = boto3.client("s3", "us-west-2")
    s3.create_bucket(
        Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    s3.put_object(Bucket="documents", Key="a folder/ü.yml", Body=b"hello")
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": "documents", "Key": "a folder/ü.yml"}
    )
    seen = [
        s3.get_object(Bucket="documents", Key="a folder/ü.yml")["Body"].read(),
        requests.get(url).content,
        urllib3.PoolManager().request("GET", url).data,
    ]
    imagebuilder = boto3.client("imagebuilder", "us-west-2")
    try:
        imagebuilder.create_component(
            name="web", semanticVersion="1.0.0", platform="Linux",
            uri="s3://documents/a folder/ü.yml",
        )
    except imagebuilder.exceptions.ClientError as error:
        seen.append(str(error).encode())
    print(json.dumps([each.decode() for each in seen]))
"""


@pytest.mark.needs("moto")
def test_moto_answers(run):
    *read, refused = run(ANSWERED, "--moto")

    assert read == ["hello"] * 3
    assert "could not be read" not in refused


@pytest.mark.needs("moto")
def test_it_answers_a_client_from_before(run, monkeypatch):
    old = boto3.client("sqs", "us-east-1", **KEYS)
    monkeypatch.setattr("builtins.the_old_client", old, raising=False)

    made = run(
        """
        import json
        print(json.dumps(the_old_client.create_queue(QueueName="builds")["QueueUrl"]))
        """,
        "--moto",
    )

    assert made.endswith("/builds")


@pytest.mark.needs("moto")
def test_what_moto_does_not_have_is_refused_too(refusal):
    sentence = refusal(
        'import urllib3; urllib3.PoolManager().request("GET", "https://dualstack.us-east-1.api.aws/")',
        "--moto",
    )

    assert "moto has no answer to it" in sentence


@pytest.mark.needs("moto", "flask", "flask_cors")
def test_another_emulator_answers(run, emulator):
    *read, refused = run(ANSWERED, "--upstream", emulator)

    assert read == ["hello"] * 3
    assert "could not be read" not in refused


@pytest.fixture
def emulator():
    """moto's server, as any emulator at a URL."""
    from tests.emulators import moto_server

    with moto_server() as url:
        yield url


def test_an_upstream_that_is_aws_is_refused(capsys):
    with pytest.raises(SystemExit) as end:
        main(["run", "--upstream", "https://sts.us-east-1.amazonaws.com", __file__])

    assert end.value.code == 2
    assert "is AWS itself" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("ec2.us-east-1.amazonaws.com", "ec2"),
        ("iam.amazonaws.com", "iam"),
        ("documents.s3.us-gov-west-1.amazonaws.com", "s3"),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "ecr"),
        ("s3.dualstack.us-east-1.amazonaws.com", "s3"),
    ],
)
def test_a_host_tells_its_service(host, service):
    assert service_of(host) == service


@pytest.mark.parametrize(
    "url",
    [
        "https://documents.s3.us-west-2.amazonaws.com/a%20b?x=y%2F",
        "https://documents.s3.amazonaws.com/a%20b?x=y%2F",
        "https://s3.us-west-2.amazonaws.com/documents/a%20b?x=y%2F",
        "https://documents.s3.dualstack.us-west-2.amazonaws.com/a%20b?x=y%2F",
    ],
)
def test_a_bucket_is_a_step_of_the_path_at_an_emulator(url):
    assert (
        at_upstream("http://localhost:4566", url) == "http://localhost:4566/documents/a%20b?x=y%2F"
    )
