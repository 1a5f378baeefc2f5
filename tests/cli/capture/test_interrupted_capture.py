"""``imagebuilder-mock capture``, where something comes between."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timezone
from typing import Any

import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.cli.capture.capturing import capture
from imagebuilder_mock.cli.capture.journal import Journal
from imagebuilder_mock.cli.command_line import main
from tests.builders import an_infrastructure
from tests.capture_builders import ACCOUNT, REGION, an_account

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("credentials")


def test_an_interrupted_capture_goes_on_where_it_was(captured, tmp_path, capsys):
    journal = tmp_path / "journal"
    with mock_imagebuilder(builds="held") as mock:
        an_account(mock)
        mock.faults.add("GetImagePipeline", error="ForbiddenException")

        arguments = ["capture", "--region", REGION, "--journal", str(journal)]
        assert main(arguments) == 1
        told = capsys.readouterr().err
        assert "ForbiddenException" in told
        assert f"What was read is in {journal}: run it again to go on." in told
        journal.write_text(journal.read_text() + '{"arn": "cut o')
        made = mock.calls.count()

        path, _ = captured("--journal", str(journal))
        assert "GetComponent" not in {call.operation for call in list(mock.calls)[made:]}

    assert not journal.exists()
    assert len(json.loads(path.read_text())["stores"][0]["resources"]) == 13


def test_who_stops_it_is_told_how_to_go_on(tmp_path, capsys, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    journal = tmp_path / "journal"
    monkeypatch.setattr("imagebuilder_mock.cli.capture.capturing.resource_from", stop)
    with mock_imagebuilder():
        an_infrastructure(current_mock().client(account_id=ACCOUNT), name="web")

        assert main(["capture", "--region", REGION, "--journal", str(journal)]) == 130

    assert capsys.readouterr().err == (
        "imagebuilder-mock capture: interrupted\n"
        f"What was read is in {journal}: run it again to go on.\n"
    )
    assert "infrastructure-configuration/web" in journal.read_text()


def test_throttling_is_waited_out(captured):
    with mock_imagebuilder(now=NOON) as mock:
        an_account(mock)
        mock.faults.add("GetImage", error="ThrottlingException", times=5)

        _, told = captured()

        assert "4 Image," in told
        assert mock.clock.now() > NOON


def test_what_is_deleted_meanwhile_is_left_out(captured):
    with mock_imagebuilder() as mock:
        an_infrastructure(mock.client(account_id=ACCOUNT))
        mock.faults.add("GetInfrastructureConfiguration", error="ResourceNotFoundException")

        _, told = captured()

    assert told == "captured: nothing is there\n"


def test_what_cannot_be_understood_is_left_out_and_named():
    class Client:
        """One infrastructure configuration, of a form that there is not."""

        arn = f"arn:aws:imagebuilder:{REGION}:{ACCOUNT}:infrastructure-configuration/web"

        def __getattr__(self, operation: str) -> Any:
            def call(**_: Any) -> dict[str, Any]:
                if operation == "list_infrastructure_configurations":
                    return {"infrastructureConfigurationSummaryList": [{"arn": self.arn}]}
                if operation.startswith("list"):
                    return defaultdict(list)
                members = {"arn": self.arn, "name": "web", "dateCreated": "yesterday"}
                return {"infrastructureConfiguration": members}

            return call

    with Journal() as journal:
        found = capture(Client(), journal)

    assert found.counts == {}
    [reason] = found.left_out.values()
    assert reason.startswith("$.date_created must be a time")


def test_without_credentials_the_error_says_so(capsys, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(RuntimeError):
        current_mock()

    assert main(["capture", "--region", REGION]) == 1

    assert "credentials" in capsys.readouterr().err.lower()


@pytest.mark.parametrize("text", ["{}", '{\n "arn": 1\n}\n', '{"arn": "web"}\n'])
def test_a_journal_that_is_another_file_is_left_alone(tmp_path, capsys, text):
    journal = tmp_path / "state.json"
    journal.write_text(text)
    with mock_imagebuilder() as mock:
        assert main(["capture", "--region", REGION, "--journal", str(journal)]) == 1

        assert mock.calls.count() == 0
    assert journal.read_text() == text
    assert capsys.readouterr().err == (
        f"imagebuilder-mock capture: {journal} is not a journal of a capture. Name another file.\n"
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--account-mask", "12"], "--account-mask '12': an account is a string of 12 digits"),
        (["--output", "none/state.json"], "cannot be written to none/state.json"),
    ],
)
def test_a_wrong_option_is_explained_before_anything_is_read(tmp_path, capsys, options, reason):
    journal = tmp_path / "journal"
    with mock_imagebuilder() as mock:
        arguments = ["capture", "--region", REGION, "--journal", str(journal), *options]
        assert main(arguments) == 1

        assert mock.calls.count() == 0
    told = capsys.readouterr().err
    assert reason in told
    assert "What was read" not in told
