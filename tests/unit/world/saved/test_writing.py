"""Where a state is written, and what is left of a save that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from imagebuilder_mock.world.saved import files, locks
from imagebuilder_mock.world.saved.files import is_state_file, remove_unfinished
from imagebuilder_mock.world.saved.locks import StateInUseError, held, try_lock

posix = pytest.mark.skipif(os.name == "nt", reason="of POSIX")

# A process that is killed while it writes: what it has written so far stays.
_KILLED = """
import os, sys
from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.world.saved import files
def lines(state):
    yield "{"
    os.kill(os.getpid(), 9)
files.state_lines = lines
with mock_imagebuilder() as mock:
    mock.save(sys.argv[1])
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.json"


@posix
def test_a_link_stays_a_link_and_what_it_leads_to_is_written(imagebuilder_mock, tmp_path, path):
    real = tmp_path / "elsewhere" / "real.json"
    real.parent.mkdir()
    path.symlink_to(real)

    imagebuilder_mock.save(path)

    assert path.readlink() == real
    assert is_state_file(real)
    assert [*real.parent.iterdir()] == [real]


@posix
@pytest.mark.parametrize("mode", [0o600, 0o666, 0o640], ids=oct)
def test_a_file_that_is_there_keeps_its_mode(imagebuilder_mock, path, mode):
    imagebuilder_mock.save(path)
    path.chmod(mode)

    imagebuilder_mock.save(path)

    assert path.stat().st_mode & 0o777 == mode


def test_a_folder_that_is_not_there_is_told_by_the_file_that_was_asked_for(imagebuilder_mock, path):
    missing = path.parent / "missing" / "state.json"

    with pytest.raises(FileNotFoundError) as caught:
        imagebuilder_mock.save(missing)

    assert caught.value.filename == os.path.realpath(missing)


def test_a_number_is_no_path_to_read_from(imagebuilder_mock):
    with pytest.raises(TypeError, match="not int"):
        imagebuilder_mock.load(0)


@posix
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_regular_file_is_left_as_it_is(imagebuilder_mock, path, kind):
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(os.devnull)

    with pytest.raises(OSError, match="it is not a regular file"):
        imagebuilder_mock.save(path)

    assert not path.is_file()
    assert [*path.parent.iterdir()] == [path]


@posix
def test_what_a_killed_save_has_left_is_gone_after_the_next(imagebuilder_mock, path):
    imagebuilder_mock.save(path)
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", _KILLED, path], check=False, timeout=60)
    assert done.returncode == -9
    [unfinished] = path.parent.glob(".state.json.*")
    others = path.with_name(".other.json.1-2-3.unfinished")
    others.write_text("{")
    assert path.read_bytes() == before

    imagebuilder_mock.save(path)

    assert not unfinished.exists()
    assert others.exists()
    remove_unfinished(path.parent)
    assert not others.exists()


def test_a_file_that_another_process_still_writes_is_left_to_it(imagebuilder_mock, path):
    """Containers that share a folder can have the same process and thread ids."""
    name = f".{path.name}.{os.getpid()}-{threading.get_ident()}-0.unfinished"
    with path.with_name(name).open("w", encoding="utf-8") as others:
        assert try_lock(others.fileno())

        imagebuilder_mock.save(path)

        assert is_state_file(path)
        assert {each.name for each in path.parent.iterdir()} == {path.name, name}


def test_a_save_begins_again_if_its_file_is_taken_for_abandoned(
    imagebuilder_mock, path, monkeypatch
):
    def slowly(descriptor):
        monkeypatch.undo()
        remove_unfinished(path)  # as another process does, before this one has locked the file
        return try_lock(descriptor)

    monkeypatch.setattr(files, "try_lock", slowly)
    imagebuilder_mock.save(path)

    assert is_state_file(path)
    assert [*path.parent.iterdir()] == [path]


@posix
def test_what_has_the_name_of_an_unfinished_file_and_is_a_link_stays(imagebuilder_mock, path):
    precious, link = path.with_name("precious"), path.with_name(".state.json.1-2-3.unfinished")
    precious.write_text("kept", encoding="utf-8")
    link.symlink_to(precious)

    imagebuilder_mock.save(path)

    assert link.is_symlink()
    assert precious.read_text(encoding="utf-8") == "kept"


def test_what_may_not_be_removed_is_no_reason_not_to_save(imagebuilder_mock, path, monkeypatch):
    """Another user's file in a folder such as /tmp, or on Windows one that is open."""
    others = path.with_name(".state.json.1-2-3.unfinished")
    others.write_text("{", encoding="utf-8")
    unlink = Path.unlink

    def unlink_own(self, *, missing_ok=False):
        if self == others:
            raise PermissionError
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink_own)
    imagebuilder_mock.save(path)

    assert is_state_file(path)
    assert others.exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", "\xff", '{"format": "other"}', "[" * 100_000])
def test_what_is_no_state_is_told_from_one_that_is(path, text):
    path.write_text(text, encoding="latin-1")

    assert not is_state_file(path)


def test_a_file_is_held_by_one_process_at_a_time(path):
    taken = f"from imagebuilder_mock.world.saved.locks import held\nwith held({str(path)!r}): pass"

    with held(path):
        with (
            pytest.raises(StateInUseError, match=f"has {path} .process {os.getpid()}."),
            held(path),
        ):
            pass
        done = subprocess.run(
            [sys.executable, "-c", taken], check=False, timeout=60, capture_output=True, text=True
        )
        assert "StateInUseError" in done.stderr

    with held(path):
        pass
    assert list(Path(path.parent).iterdir()) == []


@posix  # elsewhere a file that is open cannot be removed
def test_a_lock_on_a_file_that_its_last_owner_has_removed_is_none(path, monkeypatch):
    def slowly(descriptor):
        monkeypatch.undo()
        path.with_name(f".{path.name}.lock").unlink()  # as the owner does, at its end
        return try_lock(descriptor)

    monkeypatch.setattr(locks, "try_lock", slowly)
    with held(path), pytest.raises(StateInUseError), held(path):
        pass


def test_a_lock_whose_owner_has_not_written_its_number_yet_is_one_too(path):
    with path.with_name(f".{path.name}.lock").open("wb") as owner:
        assert try_lock(owner.fileno())

        with pytest.raises(StateInUseError, match=f"has {path}. Stop it"), held(path):
            pass
