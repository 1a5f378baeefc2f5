"""The errors that the documentation gives an operation, which are read from the code."""

from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"


@cache
def errors_of(operation: str) -> set[str]:
    """What an operation can answer with, as docs/operations.md says it."""
    found: set[str] = _reading()["answered_by"](operation)
    return found


@cache
def _reading() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "operation_errors.py"))
