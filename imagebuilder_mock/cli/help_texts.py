"""The version that the command line prints, and an example of each command for its help."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

import imagebuilder_mock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "run": {
        "imagebuilder-mock run release.py --stage beta": "run a program, with its own arguments",
        "imagebuilder-mock run --builds instant --timeline pages -m my_package": "run a module, "
        "with builds that end at once, and write a page about each",
        "imagebuilder-mock run --moto clean_up.py": "let moto answer for the rest of AWS",
    },
    "serve": {
        "imagebuilder-mock serve --port 5055 --state world.json": "serve until Ctrl-C, and keep "
        "the state for the next time",
        "imagebuilder-mock serve --moto -- npm test": "run a command, with all of AWS mocked",
    },
    "capture": {
        "imagebuilder-mock capture --region eu-west-1 --output account.json": (
            "read what is in an account into a file"
        ),
    },
    "lifecycle preview": {
        "imagebuilder-mock lifecycle preview account.json policy.json --at 2026-12-01T00:00:00Z": (
            "show what a policy would do to a captured account on that day"
        ),
        "imagebuilder-mock lifecycle preview account.json policy.json --runs settled": (
            "show what would be left in the end"
        ),
    },
    "check": {
        "imagebuilder-mock check components/*.yml": "check components",
        "imagebuilder-mock check --kind workflow --format github build.yml": "annotate a pull "
        "request",
    },
    "schema": {
        "imagebuilder-mock schema component > component.schema.json": "write a schema for an "
        "editor",
    },
    "verify": {
        "imagebuilder-mock verify --region eu-west-1 --plan": "show what would be asked, and stop",
        "imagebuilder-mock verify --region eu-west-1 --report report.json": "ask, and write a "
        "report",
    },
}
"""By command: what one writes, and what it does."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add ``--version``, and to the help of each command its examples."""
    parser.add_argument("--version", action=_Version, help="print the version, and exit")
    parser.epilog = "imagebuilder-mock COMMAND --help has the options of a command, and an example."
    for name, command in commands_of(parser):
        if name in EXAMPLES:
            command.formatter_class = _Formatter
            command.epilog = _written(EXAMPLES[name])


def commands_of(
    parser: argparse.ArgumentParser, before: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The commands of a parser and their own commands, under the names that a user types."""
    for action in parser._actions:  # noqa: SLF001 - argparse lists them nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - nor has it a name
            for name, command in action.choices.items():
                yield f"{before}{name}", command
                yield from commands_of(command, f"{before}{name} ")


def _written(examples: Mapping[str, str]) -> str:
    told = (f"  {what}:\n    {command}" for command, what in examples.items())
    return "\n".join(("examples:" if len(examples) > 1 else "example:", *told))


class _Formatter(argparse.HelpFormatter):
    """Fills paragraphs, and leaves the lines of examples alone."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("example") else super()._fill_text(text, width, indent)


class _Version(argparse.Action):
    """Like argparse's own action, but it looks up the version only when it is used."""

    def __init__(self, option_strings: list[str], dest: str, help: str | None = None) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(parser.prog, imagebuilder_mock.__version__)
        parser.exit()
