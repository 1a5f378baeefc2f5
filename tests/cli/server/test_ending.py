"""How ``imagebuilder-mock serve`` ends, and what is saved then."""

from __future__ import annotations

import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
import requests

from imagebuilder_mock.cli.ending import Ending
from tests.builders import an_infrastructure
from tests.servers import FULL, SIGNED, a_client, ended, run_serve, served

pytestmark = [
    pytest.mark.needs("werkzeug"),
    pytest.mark.skipif(os.name == "nt", reason="there are no such signals on Windows"),
]

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
def first_half(self, *more):
    files.state_lines = half
    first(self, *more)
Saving.first = first_half
"""
# A request that waits until the state has been saved for the first time; then it has all the time
# that it takes.
_LATE = """
import threading
saved = threading.Event()
from imagebuilder_mock.cli import ending
from imagebuilder_mock.cli.serve import command
command.LINGER = ending.TIME_TO_END = 60.0
from imagebuilder_mock.cli.saving import Saving
first = Saving.first
def then_go_on(self, *more):
    first(self, *more)
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


# A server whose time is up before it begins to save.
_HURRIED = """
import threading
from imagebuilder_mock.cli import ending
ending.TIME_TO_END = 0.0
enforce = ending.Ending.enforce
def enforce_first(self, is_busy, status):
    goes_on = threading.Event()
    def look():
        if is_busy():
            goes_on.set()
        return is_busy()
    enforce(self, look, status)
    goes_on.wait()
ending.Ending.enforce = enforce_first
"""


@contextmanager
def asked(process, url, operation="ListImages"):
    """A request that is not answered, once it is under way."""
    parts = urlsplit(url)
    head = f"POST /{operation} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {SIGNED}\r\n\r\n"
    with closing(socket.create_connection((parts.hostname, parts.port), timeout=10)) as connection:
        connection.sendall(head.encode())
        assert process.stdout.readline() == "hanging\n"
        yield


def test_under_nohup_a_hangup_does_not_end_it():
    ignore = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    with served(before=ignore) as (process, url):
        process.send_signal(signal.SIGHUP)
        an_infrastructure(a_client(url))
        assert process.poll() is None
        assert ended(process, signal.SIGTERM)[0] == 0


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
    assert not FULL or took < 2.2  # with the end of the process; without its end, this hangs
    assert ("a request has kept the mock busy" in log) == bool(status)
    assert status or arn in state.read_text()


def test_a_second_signal_ends_it_at_once():
    with served(before=_HANGING) as (process, url), asked(process, url):
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert process.returncode in {-signal.SIGINT, -signal.SIGTERM}


def test_so_does_one_that_comes_while_the_first_is_handled(monkeypatch):
    """Before Python sets the handler of a signal, it handles what has come."""
    ending, ended_by, come = Ending(), [], [signal.SIGINT]

    def set_handler(*_):
        while come:
            ending.note(come.pop(), None)

    monkeypatch.setattr("imagebuilder_mock.cli.ending.signal.signal", set_handler)
    monkeypatch.setattr(
        "imagebuilder_mock.cli.ending._end_at_once", lambda number, _: ended_by.append(number)
    )
    ending.note(signal.SIGTERM, None)

    assert ended_by == [signal.SIGINT]


def test_it_does_not_end_before_it_has_tried_to_save(tmp_path):
    """However little a loaded machine has let it do in its time."""
    state = tmp_path / "state.json"
    with served("--state", str(state), before=_HURRIED) as (process, url):
        arn = an_infrastructure(a_client(url))
        status, _, _ = ended(process, signal.SIGTERM)

    assert status == 0
    assert arn in state.read_text()


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


def test_the_state_is_saved_now_and_then_if_something_was_asked(tmp_path):
    state = tmp_path / "state.json"
    with served("--state", str(state), "--autosave", "0.05") as (process, url):
        arn = an_infrastructure(a_client(url))
        while not (state.exists() and arn in state.read_text()):
            assert process.poll() is None
        process.kill()

    assert [*tmp_path.glob("state.json")] == [state]


def test_a_second_server_on_one_state_says_so_and_ends(tmp_path):
    state = tmp_path / "state.json"
    with served("--state", str(state)) as (process, _):
        done = run_serve("--port", "0", "--state", str(state))
        ended(process, signal.SIGTERM)

    assert (done.returncode, done.stdout) == (1, "")
    assert f"Another server has {state} (process {process.pid})." in done.stderr
    assert done.stderr.count("\n") == 1
    assert [*tmp_path.iterdir()] == [state]


@pytest.mark.parametrize(
    "kills", [2, pytest.param(8, marks=pytest.mark.skipif(not FULL, reason="takes its time"))]
)
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
