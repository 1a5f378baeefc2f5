"""``imagebuilder-mock``: run programs with the mock on, serve it, look at a real account."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from . import help_texts
from .ending import quiet_interrupts
from .options import with_kept_dashes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class _Command(NamedTuple):
    module: str
    """Its ``add_to`` adds the options to the command's parser; loaded only with the command."""
    help: str


COMMANDS: Mapping[str, _Command] = {
    "run": _Command(".run.command", "run a Python program with the mock on"),
    "serve": _Command(".serve.command", "serve the mock over HTTP"),
    "capture": _Command(".capture.command", "read a real account into a state file"),
    "lifecycle": _Command(".preview", "preview what lifecycle policies would do"),
    "check": _Command(".check.command", "find what the service would refuse in documents"),
    "schema": _Command(".check.schemas", "print the JSON Schema of documents, for editors"),
    "verify": _Command(
        ".verify.command",
        "compare the mock with a real account, by calls that cost nothing",
    ),
}
"""By name, in the order of the help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script. Returns the exit status: 2 for wrong usage.

    Where the arguments are the process's own, a program has the mock on to the very end of the
    process, so also in what it does ``atexit``.
    """
    with quiet_interrupts():
        words = with_kept_dashes(sys.argv[1:] if arguments is None else arguments)
        parser = parser_for(words)
        given = parser.parse_args(words)
    if "command" not in given:
        parser.error(f"give a command: {', '.join(COMMANDS)}")
    given.is_whole_process = arguments is None and _are_its_own(sys.argv[1:])
    command: Callable[[argparse.ArgumentParser, argparse.Namespace], int] = given.command
    # A command's own parser tells of wrong usage, and how that command is used.
    return command(given.parser, given)


def _are_its_own(arguments: Sequence[str]) -> bool:
    """Whether ``sys.argv`` is still what the process was started with."""
    return sys.orig_argv[-len(arguments) :] == arguments


def parser_for(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of a command line; of the commands only the one that it names has its options."""
    parser = argparse.ArgumentParser(
        prog="imagebuilder-mock",
        description="A mock of AWS EC2 Image Builder: it answers from memory, never from AWS.",
    )
    commands = parser.add_subparsers(metavar="COMMAND")
    # The options before it take no values.
    named = next((word for word in words if not word.startswith("-")), None)
    for name, command in COMMANDS.items():
        command_parser = commands.add_parser(name, help=command.help)
        if name == named:
            import_module(command.module, __package__).add_to(command_parser)
    for _, command_parser in help_texts.commands_of(parser):
        command_parser.set_defaults(parser=command_parser)
    help_texts.add_to(parser)
    return parser
