"""The examples that ship with the AWS CLI: what each sends, and what it prints.

They are read where the CLI is installed, in an environment of its own that ``make test`` makes.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.model import ListShape, StructureShape

from tests.model import service_model

_PYTHON = Path(__file__).parents[2] / ".venv" / "cli" / "bin" / "python"
_WHERE = "import importlib.util as u; print(*u.find_spec('awscli').submodule_search_locations)"
_COMMAND = "aws imagebuilder "
_TOP_LEVEL_KEY = re.compile(r'^ {4}"(\w+)":', re.MULTILINE)
_BLOCK = re.compile(r"^(\S.*)::\n\n((?:(?: {4}.*)?\n)+)", re.MULTILINE)
_FROM_FILE = re.compile(r"file:/{1,2}(.+)")


@dataclass(frozen=True)
class Sample:
    """One example: an operation, its parameters, and what is printed."""

    operation: str
    params: dict[str, Any]
    output: Any
    """The JSON; the names on the top level alone where it is no JSON; None where there is none."""


class NoSampleError(Exception):
    """The text of the example cannot be read, as it stands in the package."""


def sample_names() -> list[str]:
    """The commands that have an example; none where the CLI is not installed."""
    folder = _folder()
    return [] if folder is None else sorted(path.stem for path in folder.glob("*.rst"))


def sample(name: str) -> Sample:
    folder = _folder()
    assert folder is not None
    blocks = _BLOCK.findall((folder / f"{name}.rst").read_text(encoding="utf-8") + "\n")
    files: dict[str, str] = {}
    command, output = "", None
    for heading, indented in blocks:
        text = re.sub("^ {4}", "", indented, flags=re.MULTILINE)
        if text.startswith(_COMMAND):
            command = text
        elif heading.startswith("Contents of"):
            files[heading.split("``")[1]] = text
        elif heading == "Output":
            output = _output(text)
    operation, params = _request(command, files)
    return Sample(operation, params, output)


@cache
def _folder() -> Path | None:
    if not _PYTHON.exists():
        return None
    found = subprocess.run([_PYTHON, "-c", _WHERE], capture_output=True, text=True, check=True)
    return Path(found.stdout.strip()) / "examples" / "imagebuilder"


def _request(command: str, files: dict[str, str]) -> tuple[str, dict[str, Any]]:
    words = shlex.split(command.replace("\\\n", " "))[2:]
    operation = next(
        name for name in service_model().operation_names if xform_name(name, "-") == words[0]
    )
    shape: Any = service_model().operation_model(operation).input_shape
    members = {f"--{xform_name(name, '-')}": name for name in shape.members}
    params: dict[str, Any] = {}
    for option, value in zip(words[1::2], words[2::2], strict=True):
        if option == "--cli-input-json":
            params |= _contents(value, files)
        else:
            assert shape.members[members[option]].type_name == "string"
            params[members[option]] = value
    return operation, params


def _contents(address: str, files: dict[str, str]) -> dict[str, Any]:
    found = _FROM_FILE.fullmatch(address)
    # An example may name another file than the one it shows.
    [text] = [files[found[1]]] if found and found[1] in files else files.values()
    try:
        contents: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError as error:
        raise NoSampleError(str(error)) from None
    return contents


def _output(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return dict.fromkeys(_TOP_LEVEL_KEY.findall(text))


def missing(shape: Any, printed: Any, answered: Any, path: str = "") -> list[str]:
    """The members that an example prints and the answer lacks, of those that the model has.

    The items of a list are taken together: what one of them prints, one of ours has.
    """
    if isinstance(shape, ListShape):
        items = [item for item in answered or () if item is not None]
        return [
            gap
            for item in printed or ()
            for gap in _all_agree(
                [set(missing(shape.member, item, ours, f"{path}[]")) for ours in items],
                without=f"{path}[]",
            )
        ]
    if not isinstance(shape, StructureShape) or not isinstance(printed, dict):
        return []
    gaps: list[str] = []
    for name, value in printed.items():
        member = shape.members.get(name)
        if member is None:
            continue
        where = f"{path}.{name}" if path else name
        if name not in answered:
            gaps.append(where)
        else:
            gaps += missing(member, value, answered[name], where)
    return gaps


def _all_agree(gaps: list[set[str]], *, without: str) -> list[str]:
    """What every item of ours lacks; the item itself, if there is none."""
    return sorted(set.intersection(*gaps)) if gaps else [without]
