"""For tests of captures: the caller's credentials, and the command."""

from __future__ import annotations

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.cli.command_line import main
from tests.capture_builders import ACCOUNT, REGION


@pytest.fixture
def credentials(monkeypatch):
    """The caller's own: the account is the one that they act as."""
    with mock_imagebuilder() as mock:
        credentials = mock.credentials(ACCOUNT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials["aws_access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.fixture
def captured(tmp_path, capsys):
    """Capture the account with the command line; the answer is the file and what was told."""

    def run(*options):
        output = tmp_path / "state.json"
        status = main(["capture", "--region", REGION, "--output", str(output), *options])
        assert status == 0
        return output, capsys.readouterr().err

    return run
