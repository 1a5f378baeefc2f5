"""What the page on clients tells of the AWS CLI is what the CLI does."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from imagebuilder_mock import imagebuilder_server

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
AWS = ROOT / ".venv" / "cli" / "bin" / "aws"
PORT = "http://127.0.0.1:5055"

pytestmark = [
    pytest.mark.needs("werkzeug", "moto", "flask", "flask_cors"),
    pytest.mark.skipif(not AWS.exists(), reason="no AWS CLI in .venv/cli: make test puts it there"),
]


def test_its_examples_run_and_answer_what_stands_there(tmp_path):
    _, *blocks = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    [profile] = re.findall(r"^```ini\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).splitlines()
    shown = [line for line in lines if not line.startswith("$ ")]
    with imagebuilder_server(moto=True) as url:
        (tmp_path / "config").write_text(profile.replace(PORT, url), encoding="utf-8")
        program = "\n".join(line[2:] for line in lines if line.startswith("$ "))
        done = subprocess.run(
            ["bash", "-e"],  # noqa: S607 - which one is the machine's business
            input=program.replace(PORT, url),
            env={
                "PATH": f"{AWS.parent}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(tmp_path),
                "AWS_CONFIG_FILE": str(tmp_path / "config"),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line] == shown
    assert "AWS_ENDPOINT_URL=" in program
