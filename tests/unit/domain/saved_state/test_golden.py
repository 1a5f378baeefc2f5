"""State files that an earlier version of the package wrote: they are read, and lose nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imagebuilder_mock import mock_imagebuilder

FILES = sorted(Path(__file__).with_name("golden").glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_an_earlier_version_is_read_and_saved_as_it_was(path, tmp_path):
    with mock_imagebuilder(state=path, builds="held") as mock:
        mock.save(tmp_path / "again.json")

    files = (path, tmp_path / "again.json")
    before, after = (json.loads(file.read_text("utf-8")) for file in files)
    if not before.get("stands_still", False):
        # Such a clock has gone on.
        assert after["time"] > before["time"]
        after["time"] = before["time"]
    assert after == before


def test_there_is_a_file_whose_clock_stands_still_and_one_whose_clock_is_ahead():
    documents = [json.loads(path.read_text("utf-8")) for path in FILES]

    assert any(document.get("stands_still") for document in documents)
    assert any(document.get("offset") for document in documents)
