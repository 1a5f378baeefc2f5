"""``imagebuilder-mock serve -- COMMAND``: a command whose AWS is the server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from imagebuilder_mock.cli.command_line import main
from imagebuilder_mock.cli.serve.child import environment_for

pytestmark = pytest.mark.needs("werkzeug")

URL = "http://127.0.0.1:5055"
OURS = {"AWS_ACCESS_KEY_ID": "AKIAMOCK123456789012", "AWS_SECRET_ACCESS_KEY": "imagebuilder-mock"}


def environment(given, *, is_all_of_aws=False, access_key=OURS["AWS_ACCESS_KEY_ID"]):
    return environment_for(URL, given, is_all_of_aws=is_all_of_aws, access_key=access_key)


def python(code):
    return [sys.executable, "-c", code]


# Its environment


def test_image_builder_alone_is_at_the_server():
    assert environment({"PATH": "/bin"}) == {
        "PATH": "/bin",
        "AWS_ENDPOINT_URL_IMAGEBUILDER": URL,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        **OURS,
    }


def test_with_the_rest_of_aws_all_of_it_is():
    given = {
        "AWS_ENDPOINT_URL_IMAGEBUILDER": "http://elsewhere",
        "AWS_ENDPOINT_URL_S3": "http://s3",
    }
    found = environment(given, is_all_of_aws=True)

    assert found["AWS_ENDPOINT_URL"] == URL
    assert found["AWS_ENDPOINT_URL_S3"] == "http://s3"
    assert "AWS_ENDPOINT_URL_IMAGEBUILDER" not in found


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_its_region_is_the_users(name):
    found = environment({name: "eu-west-1"})

    assert (found["AWS_REGION"], found["AWS_DEFAULT_REGION"]) == ("eu-west-1", "eu-west-1")


USERS = {
    "AWS_ACCESS_KEY_ID": "mine",
    "AWS_SECRET_ACCESS_KEY": "mine",
    "AWS_SESSION_TOKEN": "mine",
    "AWS_PROFILE": "mine",
}


def test_it_gets_placeholders_for_the_users_credentials():
    found = environment(USERS | {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"})

    assert {name: found.get(name) for name in USERS} == {
        **OURS,
        "AWS_SESSION_TOKEN": None,
        "AWS_PROFILE": None,
    }
    assert "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" not in found


def test_or_keeps_them():
    assert environment(USERS, access_key=None).items() >= USERS.items()


# How it runs


def test_it_meets_the_service_and_its_status_is_ours(tmp_path, capfd):
    state = tmp_path / "state.json"
    code = """
import boto3, sys
client = boto3.client("imagebuilder")
client.create_infrastructure_configuration(name="web", instanceProfileName="builder")
print(sys.argv[1:])
sys.exit(7)
"""
    status = main(["serve", "--state", str(state), "--", *python(code), "--", "--port", "x"])

    assert status == 7
    assert capfd.readouterr().out == "['--', '--port', 'x']\n"
    assert "infrastructure-configuration/web" in json.dumps(json.loads(state.read_text()))


@pytest.mark.needs("moto", "flask", "flask_cors")
def test_and_with_moto_the_rest_of_aws():
    code = """
import boto3
sts = boto3.client("sts")
assert sts.get_caller_identity()["Account"] == "123456789012"
"""
    assert main(["serve", "--moto", "--", *python(code)]) == 0


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        ("no-such-command", 127, "There is no command no-such-command."),
        (str(Path.cwd()), 126, "cannot be run"),
    ],
    ids=["not found", "not executable"],
)
def test_one_that_cannot_be_started_is_told_as_by_a_shell(capsys, command, status, message):
    with pytest.raises(SystemExit) as end:
        main(["serve", "--", command])

    assert end.value.code == status
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--"], "there is no command behind --"), (["true"], "unrecognized arguments: true")],
)
def test_without_a_command_it_says_so(capsys, arguments, message):
    with pytest.raises(SystemExit) as end:
        main(["serve", *arguments])

    assert end.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals on Windows")
@pytest.mark.parametrize(
    ("waits", "status"),
    [
        ("signal.signal(signal.SIGTERM, lambda *_: sys.exit(9)); ", 9),
        ("", 128 + signal.SIGTERM),
    ],
    ids=["it ends by itself", "it is ended"],
)
def test_a_signal_is_handed_on(waits, status):
    code = f"import signal, sys; {waits}print('ready', flush=True); signal.pause()"
    serve = "import sys; from imagebuilder_mock.cli.command_line import main; sys.exit(main())"
    process = subprocess.Popen(
        [*python(serve), "serve", "--", *python(code)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    finally:
        process.kill()

    assert process.returncode == status
