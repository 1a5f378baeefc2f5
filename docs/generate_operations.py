"""Writes operations.md: every operation of the installed botocore's model, and where it is built.

    python docs/generate_operations.py

``operations.json`` has what nothing installed tells: the botocore with which an operation came,
and the pages of the user guide that it rests on. The committed page is that of the botocore which
requirements/dev.txt pins.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from botocore import xform_name

from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.protocol.model import operation_names

PAGE = Path(__file__).with_name("operations.md")
FACTS: dict[str, Any] = json.loads(PAGE.with_suffix(".json").read_text(encoding="utf-8"))
TESTS = Path(__file__).parents[1] / "tests" / "operations"

_FORMED = re.compile(r'f"([a-z]+_)\{[^}"]*\}(_[a-z_]+)"')
_AWS = "https://docs.aws.amazon.com/imagebuilder/latest"

_HEAD = """\
# Operations

<!-- Written by generate_operations.py; do not edit. -->

{built} of the {all} operations of EC2 Image Builder are built. One that a later botocore adds
raises `NotImplementedError`. An operation rests on its page of the API reference and on the pages
of the user guide that are named; what was seen of the service, and what is inferred, is in
[Fidelity](fidelity.md).

| operation | botocore | built | in | rests on | tested in |
|---|---|---|---|---|---|
"""


def page() -> str:
    """The page as it ought to be."""
    names = sorted(operation_names())
    built = [name for name in names if name in HANDLERS]
    return _HEAD.format(built=len(built), all=len(names)) + "".join(map(_row, names))


def since(name: str) -> str:
    """The botocore with which an operation came; the oldest supported one has most of them."""
    version: str | None = FACTS["since"].get(name)
    return f"{FACTS['oldest']} or before" if version is None else version


def tests_of(name: str) -> list[str]:
    """The modules in tests/operations that call an operation's method, by its name or its form."""
    method = xform_name(name)
    by_name = re.compile(rf"\b{method}\b")
    return [
        module
        for module, text in _test_modules().items()
        if by_name.search(text) or _is_formed(method, text)
    ]


def _is_formed(method: str, text: str) -> bool:
    """Whether a name such as ``f"put_{kind}_policy"`` can be the method's."""
    return any(
        method.startswith(begin) and method.endswith(end) for begin, end in _FORMED.findall(text)
    )


@cache
def _test_modules() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(TESTS.glob("test_*.py"))}


def _row(name: str) -> str:
    handler = HANDLERS.get(name)
    cells = [
        name,
        since(name),
        "no" if handler is None else "yes",
        "" if handler is None else f"`{handler.__module__.partition('.')[2]}`",
        ", ".join(_pages(name)),
        ", ".join(f"`{module}`" for module in tests_of(name)) if handler else "",
    ]
    return f"| {' | '.join(cells)} |\n".replace("|  |", "| |").replace("|  |", "| |")


def _pages(name: str) -> list[str]:
    guide = FACTS["user_guide"].get(name, ())
    return [
        f"[API]({_AWS}/APIReference/API_{name}.html)",
        *(f"[{page}]({_AWS}/userguide/{page}.html)" for page in guide),
    ]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
