"""``imagebuilder-mock check``: what the service would refuse of documents."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from imagebuilder_mock.cli.patience import patience

from .problems import KINDS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .problems import DocumentKind, DocumentProblem, Findings

STANDARD_INPUT = "-"
_FORMATS = ("text", "json", "github")
_SUFFIXES = frozenset((".yaml", ".yml", ".json", ".template", ".dockerfile", ""))
"""The files that are looked at in a folder."""
_LARGEST = 1_048_576
"""A larger file in a folder is none of ours: no document, and no template, may be so large."""
_BOLD, _RED, _YELLOW, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[0m"


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser, and what runs it."""
    parser.description = (
        "Checks components, workflows, Dockerfile templates and lifecycle policies, also those "
        "within CloudFormation templates. Exit status: 0 if the service would accept all of them, "
        "1 if it would refuse one, 2 for wrong usage."
    )
    parser.allow_abbrev = False
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a document, a folder to look for documents in, or - for standard input",
    )
    parser.add_argument(
        "--kind", choices=KINDS, help="what the files are (default: known from their content)"
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="(default: %(default)s)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")
    parser.set_defaults(command=run)


class _Checked(NamedTuple):
    path: str
    findings: Findings


def run(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Check files and print what is wrong. Returns the exit status."""
    checked: list[_Checked] = []
    wrong_use: list[str] = []
    notes: list[str] = []
    is_typed = STANDARD_INPUT in given.files
    with nullcontext() if is_typed else patience("checking"):
        for file in given.files:
            try:
                found = list(_checked(file, given.kind))
            except _WrongUseError as error:
                wrong_use.append(str(error))
            else:
                checked += found
                if not found:
                    notes.append(f"no documents in {file}")
    _FORMATTERS[given.format](checked)
    for message in [*notes, *wrong_use]:
        print(f"{parser.prog}: {message}", file=sys.stderr)
    if wrong_use:
        return 2
    problems = [problem for each in checked for problem in each.findings.problems]
    return int(any(given.strict or problem.severity == "error" for problem in problems))


class _WrongUseError(Exception):
    """A file cannot be checked."""


def _checked(file: str, kind: DocumentKind | None) -> Iterator[_Checked]:
    # With the parsers comes a third of what the package takes to load.
    from .checking import findings_of  # noqa: PLC0415

    path = Path(file)
    if file != STANDARD_INPUT and path.is_dir():
        for inner in _files_in(path):
            text = _text_of(inner, is_named=False)
            findings = None if text is None else findings_of(text, kind, is_named=False)
            if findings is not None:
                yield _Checked(str(inner), findings)
        return
    findings = findings_of(_text_of(path) or "", kind)
    if findings is None:
        raise _WrongUseError(
            f"{file} is not a document of a known kind. Name it with --kind: {', '.join(KINDS)}."
        )
    yield _Checked("<stdin>" if file == STANDARD_INPUT else file, findings)


def _files_in(folder: Path) -> Iterator[Path]:
    """The files that may be documents, in order; hidden ones and their folders are left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            is_dockerfile = "dockerfile" in name.lower()
            is_wanted = path.suffix.lower() in _SUFFIXES or is_dockerfile
            if is_wanted and not name.startswith(".") and path.is_file():
                yield path


def _text_of(path: Path, *, is_named: bool = True) -> str | None:
    """What a file holds; None for one that nobody has named and that is no text."""
    try:
        if str(path) == STANDARD_INPUT:
            return sys.stdin.buffer.read().decode("utf-8-sig")
        if not is_named and path.stat().st_size > _LARGEST:
            return None
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        if is_named:
            raise _WrongUseError(f"{path} is not UTF-8 text.") from None
        return None
    except OSError as error:
        raise _WrongUseError(f"{path} cannot be read: {error.strerror}.") from None


# What is printed


def _print_text(checked: Sequence[_Checked]) -> None:
    paint = _painter(sys.stdout)
    for each in checked:
        for problem in each.findings.problems:
            place = paint(f"{each.path}:{problem.line}:{problem.column}:", _BOLD)
            print(place, _severity(problem, paint) + problem.message)
        for note in each.findings.notes:
            print(f"{each.path}:{note.line}:{note.column}: note: {note.message}", file=sys.stderr)


def _severity(problem: DocumentProblem, paint: Callable[[str, str], str]) -> str:
    if problem.severity == "warning":
        return paint("warning:", _YELLOW) + " "
    # In plain text what is refused needs no word, and a colour shows it on a terminal.
    return paint("refused: ", _RED) if paint("", _RED) else ""


def _painter(stream: TextIO) -> Callable[[str, str], str]:
    """What puts a text in a colour, on a terminal whose user wants colours (no-color.org)."""
    is_wanted = stream.isatty() and not os.environ.get("NO_COLOR")
    return lambda text, colour: f"{colour}{text}{_PLAIN}" if is_wanted else text


def _print_json(checked: Sequence[_Checked]) -> None:
    answer = {
        "files": [each.path for each in checked],
        "problems": [
            {"file": each.path, **problem.as_json()}
            for each in checked
            for problem in each.findings.problems
        ],
        "notes": [
            {"file": each.path, **note._asdict()}
            for each in checked
            for note in each.findings.notes
        ],
    }
    print(json.dumps(answer, indent=2))


_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = _IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


def _print_github(checked: Sequence[_Checked]) -> None:
    """GitHub's workflow commands, which it shows at the lines of a pull request."""
    for each in checked:
        file = each.path.translate(_IN_PROPERTIES)
        for problem in each.findings.problems:
            place = f"file={file},line={problem.line},col={problem.column}"
            title = f"EC2 Image Builder {problem.kind}"
            message = problem.message.translate(_IN_MESSAGES)
            print(f"::{problem.severity} {place},title={title}::{message}")
        for note in each.findings.notes:
            place = f"file={file},line={note.line},col={note.column}"
            print(f"::notice {place}::{note.message.translate(_IN_MESSAGES)}")


_FORMATTERS: Mapping[str, Callable[[Sequence[_Checked]], None]] = {
    "text": _print_text,
    "json": _print_json,
    "github": _print_github,
}
