"""``imagebuilder-mock serve``: a process of its own, from its first line to its end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest

from imagebuilder_mock import imagebuilder_server
from imagebuilder_mock.cli.command_line import main
from tests.builders import an_infrastructure
from tests.servers import NOTHING_IGNORED, SERVE, a_client, ended, served

pytestmark = pytest.mark.needs("werkzeug")


@pytest.fixture
def refused(capsys):
    """Run a `serve` command that fails before it serves; return its only line of output."""

    def refused(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["serve", *arguments])
        output, said = capsys.readouterr()
        assert (ended.value.code, output, said.count("\n")) == (1, "", 1)
        return said

    return refused


needs_signals = pytest.mark.skipif(os.name == "nt", reason="there are no such signals on Windows")


@needs_signals
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_it_says_where_it_is_and_what_it_is_asked_and_ends_cleanly(name):
    with served("--account-id", "111122223333", "--builds", "held", "-v") as (process, url):
        arn = an_infrastructure(a_client(url))
        status, _, log = ended(process, getattr(signal, name))

    assert ":111122223333:" in arn
    assert status == 0
    assert "INFO PUT /CreateInfrastructureConfiguration 200" in log
    assert "DEBUG 111122223333 us-east-1 CreateInfrastructureConfiguration(name=" in log
    assert "Traceback" not in log


def test_a_port_that_is_taken_is_an_error_in_one_line(refused):
    with imagebuilder_server() as url:
        said = refused("--port", url.rpartition(":")[2])

    assert said.startswith(f"imagebuilder-mock serve: Cannot listen at {url}: ")


def test_without_werkzeug_it_says_what_to_install():
    program = f"import sys; sys.modules['werkzeug.serving'] = None; {SERVE}"
    done = subprocess.run(
        [sys.executable, "-c", program, "serve", "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "imagebuilder-mock serve: The server needs werkzeug: pip install "
        "'imagebuilder-mock[server]', "
        "or werkzeug itself.\n"
    )


def test_a_state_that_could_not_be_saved_is_refused_at_the_start(refused, tmp_path):
    said = refused("--state", str(tmp_path / "no" / "state.json"))

    assert said.startswith("imagebuilder-mock serve: The state cannot be saved to ")


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
        [sys.executable, "-c", NOTHING_IGNORED + interrupt],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_an_address_that_others_can_reach_is_warned_of_and_one_that_works_is_printed():
    with served("--host", "0.0.0.0") as (process, url):  # noqa: S104 - the case
        arn = an_infrastructure(a_client(url))
        process.kill()
        _, log = process.communicate(timeout=30)

    assert arn
    assert log == (
        "imagebuilder-mock serve: With --host 0.0.0.0 other machines can connect: whoever does may "
        "use "
        "the mock, under the name localhost or one of --allow-host.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "-1"], "Cannot listen at http://127.0.0.1:-1: a port is a number from 0 to"),
        (["--host", ""], "no host is named; 0.0.0.0 would be all addresses."),
        (["--files", "no-such-folder"], "There is no folder no-such-folder to save to"),
        (["--state", os.curdir], ". is not a regular file, and cannot be the state of a server."),
        (["--state", os.devnull], " is not a regular file, and cannot be the state of a server."),
    ],
    ids=["port", "host", "files", "state", "device"],
)
def test_what_cannot_be_served_is_said_in_one_line(refused, arguments, said):
    assert said in refused(*arguments)
