"""``imagebuilder-mock``: run an unmodified program with the mock on; capture a real account."""

from __future__ import annotations

import argparse
import runpy
import sys
import threading
from concurrent.futures import thread as executors
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from .capture import command as capture_command
from .domain.settings import BuildMode
from .mock import ImageBuilderMock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .domain.settings import Options

_KEPT_DASHES = "\0--"


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script. The answer is the exit status: 2 for a wrong use."""
    parser = _parser()
    # argparse takes a -- away, and it is the program's.
    given = parser.parse_args(
        _with(_KEPT_DASHES, "--", sys.argv[1:] if arguments is None else arguments)
    )
    command: Callable[[argparse.Namespace], int] | None = getattr(given, "command", None)
    if command is not None:
        return command(given)
    return _run_command(parser, given)


def _run_command(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    script = Path(given.script)
    if not script.is_file():
        parser.error(f"there is no program {given.script}")
    options: Options = {"builds": given.builds}
    if given.seed is not None:
        options["seed"] = given.seed
    if given.account_id is not None:
        options["account_id"] = given.account_id
    if given.now is not None:
        options["now"] = given.now
    if given.state is not None:
        options["state"] = given.state
    try:
        mock = ImageBuilderMock(**options)
    except ValueError as error:
        parser.error(str(error))
    mock.default_region = given.region
    _run(mock, given.script, _with("--", _KEPT_DASHES, given.arguments))
    return 0


def _with(new: str, old: str, arguments: Sequence[str]) -> list[str]:
    return [new if argument == old else argument for argument in arguments]


def _run(mock: ImageBuilderMock, script: str, arguments: Sequence[str]) -> None:
    """Run the program as ``python SCRIPT ARGUMENTS`` would: its exit and its errors are its own."""
    argv, path, threads = sys.argv, sys.path[:], threading.enumerate()
    sys.argv = [script, *arguments]
    sys.path.insert(0, str(Path(script).resolve().parent))
    try:
        with mock:
            try:
                runpy.run_path(script, run_name="__main__")
            finally:
                _wait_for_threads_since(threads)
    finally:
        sys.argv, sys.path[:] = argv, path


def _wait_for_threads_since(before: Sequence[threading.Thread]) -> None:
    """Wait as Python does at a program's end; idle workers of an executor would never end."""
    workers = getattr(executors, "_threads_queues", ())
    for thread in threading.enumerate():
        if thread not in before and not thread.daemon and thread not in workers:
            thread.join()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="imagebuilder-mock", description="A mock of EC2 Image Builder, in memory."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run", help="run a Python program with the mock on", allow_abbrev=False
    )
    run.add_argument(
        "--builds",
        choices=get_args(BuildMode),
        default="observed",
        help="what moves builds on (default: a look at them)",
    )
    run.add_argument("--region", help="the Region of clients that name none")
    run.add_argument("--account-id", help="the account (default: 123456789012)")
    run.add_argument("--seed", type=int, help="for reproducible ids (default: 0)")
    run.add_argument(
        "--now",
        type=_moment,
        metavar="TIME",
        help="start the clock at this ISO time, with a time zone, and let it stand still",
    )
    run.add_argument(
        "--state", metavar="FILE", help="begin with what mock.save() or capture has written"
    )
    run.add_argument("script", metavar="SCRIPT.py", help="the program")
    run.add_argument("arguments", nargs=argparse.REMAINDER, help="its own arguments")
    capture_command.add_to(commands)
    return parser


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        msg = f"{text!r} is no time; write 2024-01-31T12:00:00Z"
        raise argparse.ArgumentTypeError(msg) from None
