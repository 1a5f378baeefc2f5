"""What ``imagebuilder-mock check`` takes for a folder of documents, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from .timing import Table

DOCUMENTS = 500
LIMIT_SECONDS = 5.0

_STEP = """
      - name: Step{number}
        action: ExecuteBash
        inputs:
          commands:
            - dnf install --assumeyes nginx-{number}
"""
_COMPONENT = """
schemaVersion: 1.0
phases:
  - name: build
    steps:
"""


def run() -> None:
    """Print the seconds for documents of ten steps each."""
    with TemporaryDirectory() as folder:
        text = _COMPONENT + "".join(_STEP.format(number=number) for number in range(10))
        for number in range(DOCUMENTS):
            # Each its own text: one that was read before is not read again.
            document = f"name: component-{number}{text}"
            Path(folder, f"{number}.yml").write_text(document, encoding="utf-8")
        started = perf_counter()
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "imagebuilder_mock", "check", folder], check=True
        )
        taken = perf_counter() - started
    table = Table(f"Checking {DOCUMENTS} documents", "what", f"seconds (limit {LIMIT_SECONDS:g})")
    table.row("imagebuilder-mock check FOLDER", f"{taken:.1f}")
    table.show()
