"""What importing costs, in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from .timing import Table, within

RUNS = 9
PACKAGE_LIMIT_MS = 30
PLUGIN_LIMIT_MS = 5

_A_CLIENT = """
import boto3
boto3.client(
    "imagebuilder", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
)
"""


def _milliseconds(before: str, measured: str) -> float:
    program = (
        f"import time\n{before}\nstarted = time.perf_counter()\n{measured}\n"
        "print((time.perf_counter() - started) * 1e3)"
    )
    command = [sys.executable, "-c", program]
    return median(
        float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)  # noqa: S603 - our own program
        for _ in range(RUNS)
    )


def run() -> None:
    table = Table("Imports", "what", "ms")
    cases: tuple[tuple[str, str, str, float | None], ...] = (
        (
            "import imagebuilder_mock, on top of boto3",
            "import boto3",
            "import imagebuilder_mock",
            PACKAGE_LIMIT_MS,
        ),
        (
            "what the first mock loads, on top of a client",
            _A_CLIENT,
            "from imagebuilder_mock import mock_imagebuilder",
            None,
        ),
        (
            "the pytest plugin, on top of pytest",
            "import pytest",
            "import imagebuilder_mock.pytest_plugin",
            PLUGIN_LIMIT_MS,
        ),
    )
    for name, before, measured, limit in cases:
        value = _milliseconds(before, measured)
        table.row(name, f"{value:.1f}" if limit is None else within(value, limit))
    table.show()
