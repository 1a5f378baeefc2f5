"""Writes operations.md: of every operation its errors, its pages of AWS, and the rows about it.

    python docs/generate_operations.py

The errors are those of the model and of the code (``operation_errors.py``); the rows are those of
fidelity.json. ``operations.json`` has what nothing else tells: the
botocore with which an operation came, and the pages of the user guide that it rests on.
The committed page is that of the botocore which requirements/dev.txt pins.
"""

from __future__ import annotations

import json
import re
import runpy
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from botocore import xform_name

from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.protocol.failures import default_message, error_names, error_status
from imagebuilder_mock.protocol.model import operation_names, service_model

PAGE = Path(__file__).with_name("operations.md")
FACTS: dict[str, Any] = json.loads(PAGE.with_suffix(".json").read_text(encoding="utf-8"))
ERRORS = runpy.run_path(str(PAGE.with_name("operation_errors.py")))
FIDELITY = runpy.run_path(str(PAGE.with_name("generate_fidelity.py")))
TESTS = Path(__file__).parents[1] / "tests" / "operations"

_FORMED = re.compile(r'f"([a-z]+_)\{[^}"]*\}(_[a-z_]+)"')
_AWS = "https://docs.aws.amazon.com/imagebuilder/latest"

# What is said once, of all of them.
_SHARED = {
    "Every operation": "*",
    "Every operation with a client token": "clientToken",
    "Every operation with a dry run": "dryRun",
    "Every list": "List*",
    "Every list with filters": "filters",
}

_HEAD = """\
# Operations

<!-- Written by generate_operations.py; do not edit. -->

Look up here the errors of an operation, and what is known about its behaviour. The mock has {built}
of the {all} operations of EC2 Image Builder; one that a later botocore adds raises
`NotImplementedError`.

The section of an operation has

- the **errors** that it can answer with, and those that it answers only if `mock.faults` orders
  them;
- the pages of AWS that **document** it, and the modules in `tests/operations` that test it;
- the rows of [Fidelity](fidelity.md) about it: **real** (verified, observed or documented),
  **decided** by the mock, and **inferred**. A link leads to the table that has the row, with what
  the mock does and its source. Everything else follows from the model.

| operation | since botocore | in |
|---|---|---|
"""

_ERRORS_HEAD = """\
## Errors

The texts are the model's; errors that the model does not have are common to AWS's services.

| error | status | |
|---|---|---|
"""


def page() -> str:
    """The page as it ought to be."""
    names = sorted(operation_names())
    built = [name for name in names if name in HANDLERS]
    table = _HEAD.format(built=len(built), all=len(names)) + "".join(map(_row, names))
    shared = (_shared(title, pattern) for title, pattern in _SHARED.items())
    return "\n".join([table, _errors(), *shared, *(_section(name) for name in built)])


def tests_of(name: str) -> list[str]:
    """The modules in tests/operations that call an operation's method, by its name or its form."""
    method = xform_name(name)
    by_name = re.compile(rf"\b{method}\b")
    return [
        module
        for module, text in _test_modules().items()
        if by_name.search(text) or _is_formed(method, text)
    ]


def is_meant(name: str, pattern: str) -> bool:
    """Whether an operation is one of those that a pattern is about."""
    if pattern[:1].islower():
        return pattern in service_model().operation_model(name).input_shape.members
    return fnmatchcase(name, pattern)


def _is_formed(method: str, text: str) -> bool:
    """Whether a name such as ``f"put_{kind}_policy"`` can be the method's."""
    return any(
        method.startswith(begin) and method.endswith(end) for begin, end in _FORMED.findall(text)
    )


@cache
def _test_modules() -> dict[str, str]:
    paths = sorted(TESTS.rglob("test_*.py"))
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def _row(name: str) -> str:
    is_built = name in HANDLERS
    cells = [
        f"[{name}](#{name.lower()})" if is_built else name,
        FACTS["since"].get(name, ""),  # the oldest supported one has most of them
        f"`{ERRORS['function_of'](name).__module__.partition('.')[2]}`" if is_built else "",
    ]
    return f"| {' | '.join(cells)} |\n".replace("|  |", "| |").replace("|  |", "| |")


def _errors() -> str:
    rows = (
        f"| `{name}` | {error_status(name)} | {default_message(name)} |\n" for name in error_names()
    )
    return _ERRORS_HEAD + "".join(rows)


def _shared(title: str, pattern: str) -> str:
    about = [row for row in FIDELITY["rows"]() if pattern in row.operations]
    return f"## {title}\n\n{_list(about)}"


def _section(name: str) -> str:
    answered: set[str] = ERRORS["answered_by"](name)
    declared: set[str] = ERRORS["declared_by"](name)
    about = [
        row
        for row in FIDELITY["rows"]()
        if not _SHARED_PATTERNS.intersection(row.operations)
        and any(is_meant(name, pattern) for pattern in row.operations)
    ]
    return "\n".join(
        [
            f"## {name}\n",
            f"**Errors:** {_listed(answered)}\n",
            f"**Only with `mock.faults`:** {_listed(declared - answered)}\n",
            f"**Documented in:** {', '.join(_pages(name))}\n",
            f"**Tested in:** {', '.join(f'`{module}`' for module in tests_of(name))}\n",
            _list(about),
        ]
    )


_SHARED_PATTERNS = frozenset(_SHARED.values())


def _list(about: list[Any]) -> str:
    """The rows of fidelity.json, the surest first."""
    parts = []
    for trust in ("Real", "Decided", "Inferred"):
        links = [row.link for row in about if row.trust == trust]
        if links:
            parts.append(f"**{trust}:** {', '.join(links)}\n")
    return "\n".join(parts)


def _listed(errors: set[str]) -> str:
    return ", ".join(f"`{error}`" for error in sorted(errors))


def _pages(name: str) -> list[str]:
    guide = FACTS["user_guide"].get(name, ())
    return [
        f"[API reference]({_AWS}/APIReference/API_{name}.html)",
        *(f"[{page}]({_AWS}/userguide/{page}.html)" for page in guide),
    ]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
