"""For tests of ``verify``: the command, and a service whose answers are changed on their way."""

from __future__ import annotations

import json
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple

import pytest

from imagebuilder_mock import ImageBuilderMock
from imagebuilder_mock.cli.command_line import main
from imagebuilder_mock.cli.remote_control import RemoteControl
from imagebuilder_mock.cli.server import server_gateway
from imagebuilder_mock.cli.state_files import StateFiles
from imagebuilder_mock.mock import switch
from imagebuilder_mock.transports.http.serving import serving
from imagebuilder_mock.transports.http.wsgi import Application

OPTIONS = (
    "--instance-profile=builder",
    "--role=arn:aws:iam::123456789012:role/keeper",
    "--topic=arn:aws:sns:us-east-1:123456789012:news",
    "--repository=hello",
)


class Verified(NamedTuple):
    exit_code: int
    text: str
    report: dict[str, Any]

    def verdicts(self, verdict):
        return {
            claim["id"]: claim for claim in self.report["claims"] if claim["verdict"] == verdict
        }


class Sent(NamedTuple):
    query: str
    body: bytes


class Answer(NamedTuple):
    """What the service answers, before it is sent."""

    status: int
    headers: dict[str, str]
    body: Any


class Between:
    """A WSGI application that changes what another one answers: operation, answer, sent."""

    def __init__(self, application, change):
        self._application = application
        self._change = change

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        sent = Sent(environ.get("QUERY_STRING", ""), environ["wsgi.input"].read(length))
        environ["wsgi.input"] = BytesIO(sent.body)
        told: list[Any] = []
        chunks = self._application(environ, lambda *answer: told.extend(answer))
        body = json.loads(b"".join(chunks) or b"{}")
        answer = Answer(int(told[0].split()[0]), dict(told[1]), body)
        changed = self._change(environ["PATH_INFO"].strip("/"), answer, sent)
        data = json.dumps(changed.body).encode()
        headers = {**changed.headers, "Content-Length": str(len(data))}
        start_response(f"{changed.status} Changed", list(headers.items()))
        return [data]


@contextmanager
def a_service(change=None, **options):
    """The mock's service, with changed answers; the values are its URL and the mock."""
    with ImageBuilderMock(**options) as mock:
        gateway = server_gateway(mock)
        control = RemoteControl(mock, gateway.world, StateFiles(), allow_remote=False)
        application: Any = Application(gateway, control)
        if change is not None:
            application = Between(application, change)
        with serving(application, host="127.0.0.1", port=0) as served:
            switch.own_servers.add(served.host, served.port)
            try:
                yield served.url, mock
            finally:
                switch.own_servers.remove(served.host, served.port)


@pytest.fixture
def verify(monkeypatch, capsys, tmp_path):
    """Put claims to a URL, by default with all that the caller can offer."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "example")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    path = tmp_path / "report.json"

    def run(url, *only, options=OPTIONS):
        arguments = [argument for pattern in only for argument in ("--only", pattern)]
        exit_code = main(
            [
                "verify",
                "--region=us-east-1",
                f"--endpoint-url={url}",
                f"--report={path}",
                *options,
                *arguments,
            ]
        )
        return Verified(exit_code, capsys.readouterr().out, json.loads(path.read_text()))

    return run
