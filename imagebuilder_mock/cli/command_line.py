"""``imagebuilder-mock``: run programs with the mock on, serve it, look at a real account."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.mock import ImageBuilderMock
from imagebuilder_mock.transports.http.serving import CannotListenError
from imagebuilder_mock.world.clock import moment_of
from imagebuilder_mock.world.settings import OPTIONS

from . import preview
from .capture import command as capture_command
from .check import command as check_command
from .dashes import kept
from .run import command as run_command
from .serve import command as serve_command
from .serve.command import Serving
from .serve.commands import CannotRunError
from .server import ADVICE, serve
from .verify import command as verify_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from imagebuilder_mock.world.settings import Option

_ENDING_SIGNALS = ("SIGINT", "SIGTERM")
_GLANCE = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script. Returns the exit status: 2 for wrong usage.

    Where the arguments are the process's own, a program has the mock on to the very end of the
    process, so also in what it does ``atexit``.
    """
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
        mock.start()
    except (OSError, ValueError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    try:
        yield
    finally:
        mock.stop()


# Serving


def _serve(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    serving, status = Serving.of(parser, given), 0
    options: dict[str, object] = {}
    if given.state is not None:
        if not os.access(given.state.parent, os.W_OK):
            parser.exit(
                1,
                f"{parser.prog}: The state cannot be saved to {given.state}: there is no such "
                "folder, or it is not for writing.\n",
            )
        if given.state.exists():
            options["state"] = given.state
    level = logging.WARNING if serving.command else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s")
    mock = _mock(parser, given, **options)
    with _started(parser, mock):
        try:
            with (
                _until_a_signal() as ending,
                serving.surroundings.around(mock, advice=ADVICE),
                serve(
                    mock,
                    host=given.host,
                    port=serving.port(given.port),
                    allow_remote_control=given.allow_remote_control,
                    surroundings=serving.surroundings,
                ) as url,
            ):
                status = _until_the_end(serving, mock, url, ending)
        except (CannotListenError, ModuleNotFoundError) as error:
            parser.exit(1, f"{parser.prog}: {error}\n")
        except CannotRunError as error:
            parser.exit(error.status, f"{parser.prog}: {error}\n")
        if given.state is not None:
            try:
                mock.save(given.state)
            except OSError as error:
                parser.exit(1, f"{parser.prog}: The state could not be saved: {error}\n")
            if not serving.command:
                print(f"The state is in {given.state}.", flush=True)
    return status


def _until_the_end(
    serving: Serving, mock: ImageBuilderMock, url: str, ending: threading.Event
) -> int:
    """Wait for the end of the command, or for a signal; the answer is the exit status."""
    if serving.command:
        return serving.run(mock, url)
    print(serving.greeting(url), flush=True)
    # With a time-out, because a signal does not end a wait without one everywhere.
    while not ending.wait(_GLANCE):
        pass
    return 0


@contextmanager
def _until_a_signal() -> Iterator[threading.Event]:
    """An event that the first signal to end sets; the second signal ends the process."""
    ending = threading.Event()
    before = {}

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        ending.set()

    for name in _ENDING_SIGNALS:
        number = getattr(signal, name)
        before[number] = signal.signal(number, end)
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# Arguments


def _mock(
    parser: argparse.ArgumentParser, given: argparse.Namespace, **more: object
) -> ImageBuilderMock:
    named = {name: getattr(given, name) for name in OPTIONS if name != "state"} | more
    options: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    try:
        return ImageBuilderMock(**options)
    except ValueError as error:
        parser.error(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="imagebuilder-mock", description="A mock of EC2 Image Builder, in memory."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run_command.add_to(commands, add_options=_add_options, mock_of=_mock)
    serve = commands.add_parser("serve", help="serve the mock over HTTP", allow_abbrev=False)
    serve.set_defaults(command=_serve)
    _add_options(serve, state="start from this file, if there is one, and save to it")
    serve.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    serve.add_argument(
        "--port", type=int, help="(default: 5055, or with a command a free one; 0: a free one)"
    )
    serve.add_argument(
        "--allow-remote-control",
        action="store_true",
        help="let other machines reset the mock and move its clock",
    )
    serve_command.add_to(serve)
    capture_command.add_to(commands)
    preview.add_to(commands, moment=_moment)
    check_command.add_to(commands)
    verify_command.add_to(commands)
    return parser


def _add_options(parser: argparse.ArgumentParser, **other_help: str) -> None:
    """A flag for each option of ``mock_imagebuilder``, with the environment's value as default."""
    options = parser.add_argument_group(
        "options of the mock",
        "What is not given is taken from the environment, if it is there: IMAGEBUILDER_MOCK_BUILDS "
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


def _moment(text: str) -> datetime:
    try:
        return moment_of(text)
    except ValueError:
        msg = f"{text!r} is no time; write 2024-01-31T12:00:00Z"
        raise argparse.ArgumentTypeError(msg) from None
