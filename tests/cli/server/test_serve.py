"""``imagebuilder-mock serve``: a process of its own, from its first line to its end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import boto3
import pytest

from imagebuilder_mock import imagebuilder_server
from tests.builders import an_infrastructure

pytestmark = pytest.mark.needs("werkzeug")

_SERVE = "import sys; from imagebuilder_mock.cli.command_line import main; sys.exit(main())"

# Its input ends with pytest, however that does, and it with its input.
_SERVE_UNTIL_THE_INPUT_ENDS = f"""
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(3)), daemon=True).start()
{_SERVE}
"""
_PATIENCE = 60

needs_signals = pytest.mark.skipif(os.name == "nt", reason="there are no such signals on Windows")


@contextmanager
def served(*arguments, port="0"):
    watched, kept_open = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE_UNTIL_THE_INPUT_ENDS, "serve", "--port", port, *arguments],
        stdin=watched,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    os.close(watched)
    # A server that says nothing would be listened to for ever.
    too_late = threading.Timer(_PATIENCE, process.kill)
    too_late.start()
    try:
        assert process.stdout is not None
        greeting = process.stdout.readline()
        found = re.match(r"Image Builder is at (http://127\.0\.0\.1:\d+),", greeting)
        assert found, greeting + process.communicate(timeout=30)[1]
        greeting += process.stdout.readline() + process.stdout.readline()
        assert f"aws imagebuilder list-images --endpoint-url {found[1]}\n" in greeting
        assert f"AWS_ENDPOINT_URL_IMAGEBUILDER={found[1]}\n" in greeting
        yield process, found[1]
    finally:
        too_late.cancel()
        process.kill()
        process.communicate()
        os.close(kept_open)


def a_client(url):
    return boto3.client(
        "imagebuilder",
        "us-east-1",
        endpoint_url=url,
        aws_access_key_id="example",
        aws_secret_access_key="example",
    )


@needs_signals
def test_verbose_shows_calls_refusals_and_stages():
    with served("-v") as (process, url):
        a_client(url).list_images(owner="Self")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=_PATIENCE)

    assert "DEBUG 123456789012 us-east-1 ListImages(owner='Self'): answered\n" in told


def ended(process, number):
    """Exit status and output of a process that gets a signal."""
    process.send_signal(number)
    output, log = process.communicate(timeout=30)
    return process.returncode, output, log


@needs_signals
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_it_says_where_it_is_and_ends_cleanly(number):
    with served("--account-id", "111122223333", "--builds", "held") as (process, url):
        arn = an_infrastructure(a_client(url))
        status, _, log = ended(process, number)

    assert ":111122223333:" in arn
    assert status == 0
    assert "INFO PUT /CreateInfrastructureConfiguration 200" in log
    assert "Traceback" not in log


def test_a_port_that_is_taken_is_an_error_in_one_line():
    with imagebuilder_server() as url:
        port = url.rpartition(":")[2]
        done = subprocess.run(
            [sys.executable, "-c", _SERVE, "serve", "--port", port],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert done.returncode == 1
    assert done.stderr.startswith(f"imagebuilder-mock: Cannot listen at {url}: ")
    assert done.stderr.count("\n") == 1


def test_without_werkzeug_it_says_what_to_install():
    program = f"import sys; sys.modules['werkzeug.serving'] = None; {_SERVE}"
    done = subprocess.run(
        [sys.executable, "-c", program, "serve", "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "imagebuilder-mock: The server needs werkzeug: install imagebuilder-mock[server], or "
        "werkzeug itself.\n"
    )


def test_a_state_that_could_not_be_saved_is_refused_at_the_start(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _SERVE, "serve", "--state", str(tmp_path / "no" / "state.json")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("imagebuilder-mock: The state cannot be saved to ")
    assert done.stderr.count("\n") == 1


@needs_signals
def test_a_state_that_cannot_be_saved_at_the_end_is_said_in_one_line(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with served("--state", str(folder / "state.json")) as (process, _):
        folder.rmdir()
        status, _, log = ended(process, signal.SIGTERM)

    assert status == 1
    assert log.startswith("imagebuilder-mock: The state could not be saved: ")
    assert log.count("\n") == 1


@needs_signals
def test_the_state_is_there_again_at_the_next_start(tmp_path):
    state = tmp_path / "state.json"
    with served("--state", str(state)) as (process, url):
        arn = an_infrastructure(a_client(url))
        status, output, _ = ended(process, signal.SIGTERM)
    assert (status, state.exists()) == (0, True)
    assert f"The state is in {state}." in output

    with served("--state", str(state)) as (process, url):
        listed = a_client(url).list_infrastructure_configurations()
        ended(process, signal.SIGTERM)

    assert [s["arn"] for s in listed["infrastructureConfigurationSummaryList"]] == [arn]
