"""Writes operations.md: every operation of the installed botocore's model, and where it is built.

    python docs/generate_operations.py

The committed file is that of the botocore which requirements/dev.txt pins.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

from pathlib import Path

from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.protocol.model import operation_names

PAGE = Path(__file__).with_name("operations.md")

_HEAD = """\
# Operations

<!-- Written by generate_operations.py; do not edit. -->

{built} of the {all} operations of EC2 Image Builder are built. The others raise
`NotImplementedError`.

| operation | built | module |
|---|---|---|
"""


def page() -> str:
    """The page as it ought to be."""
    names = sorted(operation_names())
    built = [name for name in names if name in HANDLERS]
    return _HEAD.format(built=len(built), all=len(names)) + "".join(map(_row, names))


def _row(name: str) -> str:
    handler = HANDLERS.get(name)
    if handler is None:
        return f"| {name} | no | |\n"
    return f"| {name} | yes | `{handler.__module__.partition('.')[2]}` |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
