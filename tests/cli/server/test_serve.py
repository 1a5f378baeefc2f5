"""``imagebuilder-mock serve``: a process of its own, from its first line to its end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import boto3
import pytest
import requests

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
_SIGNED = (
    "AWS4-HMAC-SHA256 "
    "Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/imagebuilder/aws4_request, "
    "SignedHeaders=host, Signature=0a"
)

# A request that never ends: with the mock to itself, or with its connection alone.
_HANGING = """
import threading
def hang(*_):
    print("hanging", flush=True)
    threading.Event().wait()
from imagebuilder_mock.operations import HANDLERS
HANDLERS["ListImages"] = hang
"""
_SLOW = """
import threading
from imagebuilder_mock.transports.http.wsgi import Application
call = Application.__call__
def slow(self, environ, start_response):
    answer = call(self, environ, start_response)
    if environ["PATH_INFO"] == "/ListImages":
        print("hanging", flush=True)
        threading.Event().wait()
    return answer
Application.__call__ = slow
"""
# A server that waits within the save at its end, with half of the file written.
_WAITING_IN_A_SAVE = """
import threading
from imagebuilder_mock.cli.saving import Saving
from imagebuilder_mock.world.saved import files
lines, first = files.state_lines, Saving.first
def half(state):
    yield next(lines(state))
    print("saving", flush=True)
    threading.Event().wait()
def first_half(self):
    files.state_lines = half
    first(self)
Saving.first = first_half
"""
# A request that waits until the state has been saved for the first time.
_LATE = """
import threading
saved = threading.Event()
from imagebuilder_mock.cli.saving import Saving
first = Saving.first
def then_go_on(self):
    first(self)
    saved.set()
Saving.first = then_go_on
from imagebuilder_mock.transports.http.wsgi import Application
call = Application.__call__
def late(*arguments):
    print("waiting", flush=True)
    saved.wait()
    return call(*arguments)
Application.__call__ = late
"""

needs_time = pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") != "full", reason="takes its time; in the full profile"
)
needs_signals = pytest.mark.skipif(os.name == "nt", reason="there are no such signals on Windows")


@contextmanager
def served(*arguments, port="0", before=""):
    watched, kept_open = os.pipe()
    program = before + _SERVE_UNTIL_THE_INPUT_ENDS
    process = subprocess.Popen(
        [sys.executable, "-c", program, "serve", "--port", port, *arguments],
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


def ended(process, number):
    """Exit status and output of a process that gets a signal."""
    process.send_signal(number)
    output, log = process.communicate(timeout=30)
    return process.returncode, output, log


@needs_signals
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_it_says_where_it_is_and_ends_cleanly(name):
    with served("--account-id", "111122223333", "--builds", "held", "-v") as (process, url):
        arn = an_infrastructure(a_client(url))
        status, _, log = ended(process, getattr(signal, name))

    assert ":111122223333:" in arn
    assert status == 0
    assert "INFO PUT /CreateInfrastructureConfiguration 200" in log
    assert "Traceback" not in log


def run_serve(*arguments):
    """A server that does not come so far as to serve."""
    return subprocess.run(
        [sys.executable, "-c", _SERVE, "serve", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_port_that_is_taken_is_an_error_in_one_line():
    with imagebuilder_server() as url:
        port = url.rpartition(":")[2]
        done = run_serve("--port", port)

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
    done = run_serve("--state", str(tmp_path / "no" / "state.json"))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("imagebuilder-mock: The state cannot be saved to ")
    assert done.stderr.count("\n") == 1


@needs_signals
def test_a_state_that_cannot_be_saved_at_the_end_is_said_in_one_line(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with served("--state", str(folder / "state.json")) as (process, _):
        shutil.rmtree(folder)
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


@contextmanager
def asked(process, url, operation="ListImages"):
    """A request that is not answered, once it is under way."""
    parts = urlsplit(url)
    head = f"POST /{operation} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {_SIGNED}\r\n\r\n"
    with closing(socket.create_connection((parts.hostname, parts.port), timeout=10)) as connection:
        connection.sendall(head.encode())
        assert process.stdout.readline() == "hanging\n"
        yield


@needs_signals
def test_under_nohup_a_hangup_does_not_end_it():
    ignore = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    with served(before=ignore) as (process, url):
        process.send_signal(signal.SIGHUP)
        an_infrastructure(a_client(url))
        assert process.poll() is None
        assert ended(process, signal.SIGTERM)[0] == 0


@needs_signals
@pytest.mark.parametrize(
    ("before", "status"), [(_HANGING, 1), (_SLOW, 0)], ids=["with the mock", "with its connection"]
)
def test_it_saves_if_it_can_and_ends_within_two_seconds_whatever_hangs(tmp_path, before, status):
    state = tmp_path / "state.json"
    with served("--state", str(state), before=before) as (process, url):
        arn = an_infrastructure(a_client(url))
        with asked(process, url):
            started = time.monotonic()
            seen, _, log = ended(process, signal.SIGTERM)
            took = time.monotonic() - started

    assert seen == status
    assert took < 2.2  # with the end of the process itself
    assert ("a request has kept the mock busy" in log) == bool(status)
    assert status or arn in state.read_text()


@needs_signals
def test_a_second_signal_ends_it_at_once():
    with served(before=_HANGING) as (process, url), asked(process, url):
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert process.returncode in {-signal.SIGINT, -signal.SIGTERM}


@needs_signals
def test_what_is_answered_after_the_first_save_is_saved_too(tmp_path):
    state = tmp_path / "state.json"
    with (
        served("--state", str(state), before=_LATE) as (process, url),
        ThreadPoolExecutor(1) as pool,
    ):
        arn = pool.submit(an_infrastructure, a_client(url))
        assert process.stdout.readline() == "waiting\n"
        status, _, _ = ended(process, signal.SIGTERM)

    assert status == 0
    assert arn.result() in state.read_text()


@needs_signals
def test_the_state_is_saved_now_and_then_if_something_was_asked(tmp_path):
    state = tmp_path / "state.json"
    with served("--state", str(state), "--autosave", "0.05") as (process, url):
        arn = an_infrastructure(a_client(url))
        while not (state.exists() and arn in state.read_text()):
            assert process.poll() is None
        process.kill()

    assert [*tmp_path.glob("state.json")] == [state]


@needs_signals
def test_a_second_server_on_one_state_says_so_and_ends(tmp_path):
    state = tmp_path / "state.json"
    with served("--state", str(state)) as (process, _):
        done = run_serve("--port", "0", "--state", str(state))
        ended(process, signal.SIGTERM)

    assert (done.returncode, done.stdout) == (1, "")
    assert f"Another server has {state} (process {process.pid})." in done.stderr
    assert done.stderr.count("\n") == 1
    assert [*tmp_path.iterdir()] == [state]


@needs_signals
@pytest.mark.parametrize("kills", [pytest.param(2), pytest.param(8, marks=needs_time)])
def test_a_server_that_is_killed_while_it_saves_loses_nothing_that_was_saved(tmp_path, kills):
    """The next start finds the state of the save before, and nothing else in the folder."""
    state = tmp_path / "state.json"
    made: list[str] = []
    for number in range(kills):
        with served("--state", str(state), before=_WAITING_IN_A_SAVE) as (process, url):
            client = a_client(url)
            listed = client.list_infrastructure_configurations()
            names = [each["name"] for each in listed["infrastructureConfigurationSummaryList"]]
            assert names == made
            assert not [*tmp_path.glob("*.unfinished")]
            client.create_infrastructure_configuration(
                name=f"web-{number}", instanceProfileName="builder"
            )
            requests.post(f"{url}/_imagebuilder_mock/save", timeout=10).raise_for_status()
            made.append(f"web-{number}")
            client.create_infrastructure_configuration(name="lost", instanceProfileName="builder")
            process.send_signal(signal.SIGTERM)
            assert process.stdout.readline() == "saving\n"
            process.kill()
        assert len([*tmp_path.glob(".state.json.*.unfinished")]) == 1


@needs_signals
def test_ctrl_c_while_it_is_loaded_is_no_traceback():
    """A module that is imported late in its start interrupts it, as Ctrl-C does."""
    interrupt = """
import os, runpy, signal, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name in {"botocore.loaders", "imagebuilder_mock.cli.server"}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["imagebuilder-mock", "serve", "--port", "0"]
runpy.run_module("imagebuilder_mock", run_name="__main__", alter_sys=True)
"""
    done = subprocess.run(
        [sys.executable, "-c", interrupt], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_an_address_that_others_can_reach_is_warned_of_and_one_that_works_is_printed():
    with served("--host", "0.0.0.0") as (process, url):  # noqa: S104 - the case
        arn = an_infrastructure(a_client(url))
        process.kill()
        _, log = process.communicate(timeout=30)

    assert arn
    assert log == (
        "imagebuilder-mock: With --host 0.0.0.0 other machines can connect: whoever does may use "
        "the mock, under the name localhost or one of --allow-host.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "-1"], "Cannot listen at http://127.0.0.1:-1: a port is a number from 0 to"),
        (["--host", ""], "no host is named; 0.0.0.0 would be all addresses."),
        (["--files", "no-such-folder"], "There is no folder no-such-folder to save to"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_served_is_said_in_one_line(arguments, said):
    done = run_serve(*arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
