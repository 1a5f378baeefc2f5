"""The command ``serve``: its options, and the server from its start to its end."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from imagebuilder_mock.cli import surroundings
from imagebuilder_mock.cli.ending import quiet_interrupts, until_a_signal
from imagebuilder_mock.cli.options import (
    KEPT_DASHES,
    add_options,
    as_written,
    explained,
    mock_of,
)
from imagebuilder_mock.cli.patience import patience
from imagebuilder_mock.cli.saving import LINGER, Saving, locked
from imagebuilder_mock.cli.server import ADVICE, serve
from imagebuilder_mock.cli.state_files import StateFiles
from imagebuilder_mock.cli.surroundings import Surroundings, account_of
from imagebuilder_mock.neighbours.at_endpoint import DEFAULT_KEY
from imagebuilder_mock.neighbours.clients import access_key_for
from imagebuilder_mock.transports.http.guarding import allowed_host, allowed_origin
from imagebuilder_mock.transports.http.wsgi import server_log
from imagebuilder_mock.world.log import logger

from .child import CannotRunError, environment_for, run

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from imagebuilder_mock.mock import ImageBuilderMock

_PORT = 5055

_OPEN = (
    "{prog}: With --host {host} other machines can connect: whoever does may use the mock, "
    "under the name localhost or one of --allow-host."
)
_ALONE = """\
Image Builder is at {url}, until Ctrl-C. With any credentials and a Region, for instance:
  aws imagebuilder list-images --endpoint-url {url}
or, for boto3 from 1.28 and the AWS CLI from 1.29 and 2.13 (older ones go to AWS): \
AWS_ENDPOINT_URL_IMAGEBUILDER={url}
In a browser: {url}/_imagebuilder_mock/ui"""
_SURROUNDED = """\
Image Builder is at {url}, until Ctrl-C, and {name} answers there for the rest of AWS.
With any credentials and a Region, for instance:
  aws ec2 describe-images --owners self --endpoint-url {url}
or, for boto3 from 1.28 and the AWS CLI from 1.29 and 2.13 (older ones go to AWS): \
AWS_ENDPOINT_URL={url}
In a browser: {url}/_imagebuilder_mock/ui"""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser, and what runs it."""
    parser.allow_abbrev = False
    parser.set_defaults(command=_serve)
    add_options(parser, state="start from this file, if there is one, and save to it")
    parser.add_argument(
        "--host", default="127.0.0.1", help="where to listen (default: %(default)s)"
    )
    parser.add_argument(
        "--port",
        type=int,
        help="the port (default: 5055, or with a command any free one; 0: any free one)",
    )
    parser.add_argument(
        "--autosave",
        type=explained(_seconds),
        metavar="SECONDS",
        help="also save to the file of --state this often, if there were requests meanwhile",
    )
    parser.add_argument(
        "--files",
        type=Path,
        metavar="DIR",
        help="the folder that control over HTTP may save states to and load them from "
        "(default: the file of --state alone)",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        type=explained(allowed_host),
        metavar="NAME",
        help="answer under this name too, such as mock or *.example.com; otherwise only under "
        "localhost, the address of --host, and names of AWS's endpoints. May be repeated",
    )
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        type=explained(allowed_origin),
        metavar="ORIGIN",
        help="let web pages of this origin, such as http://localhost:3000, use and control the "
        "mock. May be repeated",
    )
    parser.add_argument(
        "--allow-remote-control",
        action="store_true",
        help="let other machines control the mock over HTTP too: read the state and every call "
        "with its parameters, replace or reset the state, move the clock, make builds and calls "
        "fail, and write and read state files (--state, --files)",
    )
    surroundings.add_to(parser)
    parser.add_argument(
        "--keep-credentials",
        action="store_true",
        help="leave the user's AWS credentials in the environment of COMMAND; else it gets "
        "placeholders",
    )
    parser.add_argument(
        "command_line",
        nargs="...",
        metavar="-- COMMAND",
        help="serve while this command runs, with the server as its AWS, and exit with its status",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < threading.TIMEOUT_MAX:
        msg = f"{text!r} is not a number of seconds above 0"
        raise ValueError(msg)
    return seconds


def _serve(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    with quiet_interrupts():  # until there is something to save
        around, command = Surroundings.of(parser, given), _command(parser, given)
        _check_saving(parser, given, command)
        try:
            with locked(given.state):
                return _serve_with(parser, given, around, command)
        except CannotRunError as error:
            parser.exit(error.status, f"{parser.prog}: {error}\n")
        except (OSError, ModuleNotFoundError) as error:
            parser.exit(1, f"{parser.prog}: {error}\n")


def _command(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Sequence[str]:
    """The words behind ``--``; none without a command."""
    words = list(given.command_line)
    if words and words[0] != KEPT_DASHES:
        parser.error(f"unrecognized arguments: {' '.join(words)} (a command stands behind --)")
    if words == [KEPT_DASHES]:
        parser.error("there is no command behind --")
    return as_written(words[1:])


def _check_saving(
    parser: argparse.ArgumentParser, given: argparse.Namespace, command: Sequence[str]
) -> None:
    if given.autosave is not None and given.state is None:
        parser.error("--autosave needs --state: the file to save to")
    if given.autosave is not None and command:
        parser.error("--autosave is for a server without a command: with one it saves at its end")
    if given.state is not None and not os.access(given.state.parent, os.W_OK):
        parser.exit(
            1,
            f"{parser.prog}: The state cannot be saved to {given.state}: there is no such "
            "folder, or it is not for writing.\n",
        )


def _serve_with(
    parser: argparse.ArgumentParser,
    given: argparse.Namespace,
    around: Surroundings,
    command: Sequence[str],
) -> int:
    options = {"state": given.state} if given.state is not None and given.state.exists() else {}
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    if given.verbose:
        server_log.setLevel(logging.INFO)
        logger.setLevel(logging.DEBUG)
    mock, status = mock_of(parser, given, **options), 0
    with _started(parser, mock), until_a_signal() as ending, around.around(mock, advice=ADVICE):
        ending.is_of_the_process = given.is_whole_process
        # A command is told the port; people know the usual one.
        port = given.port if given.port is not None else 0 if command else _PORT
        with serve(
            mock,
            host=given.host,
            port=port,
            files=StateFiles(given.files, own=given.state),
            surroundings=around,
            allow_remote_control=given.allow_remote_control,
            allow_host=given.allow_host,
            allow_origin=given.allow_origin,
            linger=LINGER,
        ) as served:
            saving = Saving(given.state, mock, ending, lambda: served.connections.answered)
            if served.is_open:
                print(_OPEN.format(host=given.host, prog=parser.prog), file=sys.stderr, flush=True)
            if command:
                status = run(command, _environment(given, around, mock, served.url))
                ending.begin()
            else:
                words = _SURROUNDED if around else _ALONE
                print(words.format(url=served.url, name=around.name), flush=True)
                ending.wait(given.autosave, saving.now_and_then)
            saving.first(status)
        saving.last()
        if given.state is not None and saving.status == 0 and not command:
            print(f"The state is in {given.state}.", flush=True)
    return status or saving.status


@contextmanager
def _started(parser: argparse.ArgumentParser, mock: ImageBuilderMock) -> Iterator[None]:
    """The mock is on for the context; a damaged state file is explained with exit status 1."""
    try:
        with patience("starting"):
            mock.start()
    except ValueError as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    try:
        yield
    finally:
        mock.stop()


def _environment(
    given: argparse.Namespace, around: Surroundings, mock: ImageBuilderMock, url: str
) -> dict[str, str]:
    """The environment in which the command finds the server."""
    key = DEFAULT_KEY if around.upstream else access_key_for(account_of(mock))
    return environment_for(
        url,
        os.environ,
        is_all_of_aws=bool(around),
        access_key=None if given.keep_credentials else key,
    )
