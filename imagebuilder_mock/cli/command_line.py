"""``imagebuilder-mock``: run programs with the mock on, serve it, look at a real account."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from . import help_texts, preview
from .capture import command as capture_command
from .check import command as check_command
from .ending import quiet_interrupts
from .options import with_kept_dashes
from .run import command as run_command
from .serve import command as serve_command
from .verify import command as verify_command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script. Returns the exit status: 2 for wrong usage.

    Where the arguments are the process's own, a program has the mock on to the very end of the
    process, so also in what it does ``atexit``.
    """
    with quiet_interrupts():
        parser = _parser()
        given = parser.parse_args(
            with_kept_dashes(sys.argv[1:] if arguments is None else arguments)
        )
    given.is_whole_process = arguments is None and _are_its_own(sys.argv[1:])
    command: Callable[[argparse.ArgumentParser, argparse.Namespace], int] = given.command
    # A command's own parser tells of wrong usage, and how that command is used.
    return command(given.parser, given)


def _are_its_own(arguments: Sequence[str]) -> bool:
    """Whether ``sys.argv`` is still what the process was started with."""
    return sys.orig_argv[-len(arguments) :] == arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="imagebuilder-mock",
        description="A mock of AWS EC2 Image Builder: it answers from memory, never from AWS.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    # In the order of the help.
    for command in (
        run_command,
        serve_command,
        capture_command,
        preview,
        check_command,
        verify_command,
    ):
        command.add_to(commands)
    for _, command_parser in help_texts.commands_of(parser):
        command_parser.set_defaults(parser=command_parser)
    help_texts.add_to(parser)
    return parser
