"""``imagebuilder-mock``: run programs with the mock on, serve it, look at a real account."""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.mock import ImageBuilderMock
from imagebuilder_mock.transports.http.guarding import allowed_host, allowed_origin
from imagebuilder_mock.transports.http.wsgi import server_log
from imagebuilder_mock.world.clock import moment_of
from imagebuilder_mock.world.log import logger
from imagebuilder_mock.world.settings import OPTIONS

from . import help_texts, preview
from .capture import command as capture_command
from .check import command as check_command
from .dashes import kept
from .ending import quiet_interrupts, until_a_signal
from .patience import patience
from .run import command as run_command
from .saving import LINGER, Saving
from .serve import command as serve_command
from .serve.command import Serving
from .serve.commands import CannotRunError
from .server import ADVICE, serve
from .state_files import OwnFile, StateFiles
from .verify import command as verify_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from imagebuilder_mock.world.settings import Option

_OPEN = (
    "{prog}: With --host {host} other machines can connect: whoever does may use the mock, "
    "under the name localhost or one of --allow-host."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script. Returns the exit status: 2 for wrong usage.

    Where the arguments are the process's own, a program has the mock on to the very end of the
    process, so also in what it does ``atexit``.
    """
    with quiet_interrupts():
        parser = _parser()
        given = parser.parse_args(kept(sys.argv[1:] if arguments is None else arguments))
    given.is_whole_process = arguments is None and _are_its_own(sys.argv[1:])
    command: Callable[[argparse.ArgumentParser, argparse.Namespace], int] = given.command
    return command(parser, given)


def _are_its_own(arguments: Sequence[str]) -> bool:
    """Whether ``sys.argv`` is still what the process was started with."""
    return sys.orig_argv[-len(arguments) :] == arguments


@contextmanager
def _started(parser: argparse.ArgumentParser, mock: ImageBuilderMock) -> Iterator[None]:
    """The mock is on for the context.

    A state file that is not there, or is damaged, is explained with exit status 1.
    """
    try:
        with patience("starting"):
            mock.start()
    except (OSError, ValueError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    try:
        yield
    finally:
        mock.stop()


# Serving


def _serve(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    with quiet_interrupts():  # until there is something to save
        return _serve_quietly(parser, given)


def _serve_quietly(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    serving, own = Serving.of(parser, given), OwnFile(given.state)
    if given.autosave is not None and given.state is None:
        parser.error("--autosave needs --state: the file to save to")
    if given.autosave is not None and serving.command:
        parser.error("--autosave is for a server without a command: with one it saves at its end")
    if given.state is not None and not os.access(given.state.parent, os.W_OK):
        parser.exit(
            1,
            f"{parser.prog}: The state cannot be saved to {given.state}: there is no such "
            "folder, or it is not for writing.\n",
        )
    try:
        with own.held():
            return _serve_with(parser, given, serving, own)
    except CannotRunError as error:
        parser.exit(error.status, f"{parser.prog}: {error}\n")
    except (OSError, ModuleNotFoundError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")


def _serve_with(
    parser: argparse.ArgumentParser, given: argparse.Namespace, serving: Serving, own: OwnFile
) -> int:
    options = {"state": given.state} if given.state is not None and given.state.exists() else {}
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    if given.verbose:
        server_log.setLevel(logging.INFO)
        logger.setLevel(logging.DEBUG)
    mock, status = _mock(parser, given, **options), 0
    with (
        _started(parser, mock),
        until_a_signal() as ending,
        serving.surroundings.around(mock, advice=ADVICE),
    ):
        ending.is_of_the_process = given.is_whole_process
        saving = Saving(own, mock, ending)
        with serve(
            mock,
            host=given.host,
            port=serving.port(given.port),
            files=StateFiles(given.files, own=given.state),
            surroundings=serving.surroundings,
            allow_remote_control=given.allow_remote_control,
            allow_host=given.allow_host,
            allow_origin=given.allow_origin,
            linger=LINGER,
        ) as served:
            saving.of(served)
            if served.is_open:
                print(_OPEN.format(host=given.host, prog=parser.prog), file=sys.stderr, flush=True)
            if serving.command:
                status = serving.run(mock, served.url)
                ending.begin()
            else:
                print(serving.greeting(served.url), flush=True)
                ending.wait(given.autosave, saving.now_and_then)
            saving.first(status)
        saving.last()
        if given.state is not None and saving.status == 0 and not serving.command:
            print(f"The state is in {given.state}.", flush=True)
    return status or saving.status


# Arguments


def _mock(
    parser: argparse.ArgumentParser, given: argparse.Namespace, **more: object
) -> ImageBuilderMock:
    named = {name: getattr(given, name) for name in OPTIONS if name != "state"} | more
    options: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    try:
        return ImageBuilderMock(**options)
    except ValueError as error:
        # The mock names its options as Python does.
        parser.error(re.sub("^([a-z_]+)=", lambda found: _source(found[1], named), str(error)))


def _source(name: str, given: Mapping[str, object]) -> str:
    """Where the user has said an option: in the environment, or else as a flag."""
    option = OPTIONS[name]
    try:
        is_variable = option.read(os.environ.get(option.variable) or "") == given[name]
    except ValueError:
        # The flag has been given beside a variable that is no better, or that is not there.
        is_variable = False
    return f"{option.variable}=" if is_variable else f"{option.flag} "


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="imagebuilder-mock",
        description="A mock of AWS EC2 Image Builder: it answers from memory, never from AWS.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run_command.add_to(commands, add_options=_add_options, mock_of=_mock)
    serve = commands.add_parser("serve", help="serve the mock over HTTP", allow_abbrev=False)
    serve.set_defaults(command=_serve)
    _add_options(serve, state="start from this file, if there is one, and save to it")
    serve.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    serve.add_argument(
        "--port",
        type=int,
        help="the port (default: 5055, or with a command any free one; 0: any free one)",
    )
    serve.add_argument(
        "--autosave",
        type=_seconds,
        metavar="SECONDS",
        help="also save to the file of --state this often, if something was asked meanwhile",
    )
    serve.add_argument(
        "--files",
        type=Path,
        metavar="DIR",
        help="the folder that control over HTTP may save states to and load them from "
        "(default: the file of --state alone)",
    )
    serve.add_argument(
        "--allow-host",
        action="append",
        default=[],
        type=_allowed(allowed_host),
        metavar="NAME",
        help="answer under this name too, such as mock or *.example.com; otherwise only under "
        "localhost, the address of --host, and names of AWS's endpoints. May be repeated",
    )
    serve.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        type=_allowed(allowed_origin),
        metavar="ORIGIN",
        help="let web pages of this origin, such as http://localhost:3000, use and control the "
        "mock. May be repeated",
    )
    serve.add_argument(
        "--allow-remote-control",
        action="store_true",
        help="let other machines do all that control over HTTP can: read the state and every call "
        "with its parameters, replace or reset the state, move the clock, make builds and calls "
        "fail, and write and read state files (--state, --files)",
    )
    serve_command.add_to(serve)
    capture_command.add_to(commands)
    preview.add_to(commands, moment=_moment)
    check_command.add_to(commands)
    verify_command.add_to(commands)
    help_texts.add_to(parser)
    return parser


def _add_options(parser: argparse.ArgumentParser, **other_help: str) -> None:
    """A flag for each option of ``mock_imagebuilder``, with the environment's value as default."""
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show each call, each refusal with its rule, and each stage of a build",
    )
    options = parser.add_argument_group(
        "options of the mock",
        "An option that is not given is taken from the environment: IMAGEBUILDER_MOCK_BUILDS "
        "and so on.",
    )
    for option in OPTIONS.values():
        options.add_argument(
            option.flag,
            type=partial(_read, option),
            choices=option.choices or None,
            metavar=option.metavar,
            default=os.environ.get(option.variable) or None,  # argparse reads it if it is used
            help=other_help.get(option.name, option.help),
        )


def _read(option: Option, text: str) -> object:
    try:
        return option.read(text)
    except ValueError as error:
        source = f"{option.variable}=" if text == os.environ.get(option.variable) else ""
        msg = f"{source}{text!r}: {error}"
        raise argparse.ArgumentTypeError(msg) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < threading.TIMEOUT_MAX:
        msg = f"{text!r} is no number of seconds above 0"
        raise argparse.ArgumentTypeError(msg)
    return seconds


def _allowed(check: Callable[[str], str]) -> Callable[[str], str]:
    def checked(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked


def _moment(text: str) -> datetime:
    try:
        moment = moment_of(text)
    except ValueError:
        msg = f"{text!r} is no time; write 2024-01-31T12:00:00Z"
        raise argparse.ArgumentTypeError(msg) from None
    if moment.tzinfo is None:
        msg = f"{text!r} has no time zone; write 2024-01-31T12:00:00Z, or +01:00 in place of the Z"
        raise argparse.ArgumentTypeError(msg)
    return moment
