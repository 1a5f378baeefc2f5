"""The state over HTTP: as a body, as snapshots by name, and in files of a folder that is given."""

from __future__ import annotations

import os

import pytest
import requests

from imagebuilder_mock import current_mock, imagebuilder_server, mock_imagebuilder
from imagebuilder_mock.cli import state_files
from imagebuilder_mock.cli.state_files import StateFiles
from imagebuilder_mock.transports.http.wsgi import BODY_LIMIT, CONTROL_PREFIX
from tests.builders import an_infrastructure

pytestmark = pytest.mark.needs("werkzeug")

posix = pytest.mark.skipif(os.name == "nt", reason="of POSIX")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "states"
    folder.mkdir()
    return folder


@pytest.fixture
def control(folder):
    with imagebuilder_server(files=folder) as url:

        def control(method, name, **options):
            address = f"{url}{CONTROL_PREFIX}{name}"
            answer = requests.request(method, address, timeout=10, **options)
            return answer.status_code, answer.json()

        yield control


def made():
    return an_infrastructure(current_mock().client())


def there():
    return [resource.arn for resource in current_mock().resources()]


# As a body


def test_a_state_is_answered_and_taken_back(control):
    arn = made()
    status, state = control("GET", "state")
    current_mock().reset()

    assert (status, control("PUT", "state", json=state)) == (200, (200, {}))
    assert there() == [arn]
    assert control("GET", "state")[1]["stores"] == state["stores"]


def test_a_state_may_be_larger_than_a_request_to_the_service(control):
    _, state = control("GET", "state")

    assert control("PUT", "state", json=state)[0] == 200
    padded = (b" " * (BODY_LIMIT + 1)) + b"{}"
    status, answer = control("PUT", "state", data=padded)
    assert (status, answer["message"].startswith("StateError: the body: $ is not a state")) == (
        400,
        True,
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "other"}, "the body: $ is not a state"),
        ({"version": 99}, "was written by a newer imagebuilder_mock"),
        ({"account_id": "1"}, "the body: $.account_id must be the 12 digits"),
        ({"stores": [{}]}, "the body: $.stores[0]"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_state_is_said_and_nothing_changes(control, change, said):
    arn = made()
    _, state = control("GET", "state")

    status, answer = control("PUT", "state", json={**state, **change})

    assert (status, said in answer["message"]) == (400, True)
    assert there() == [arn]


# Snapshots


def test_a_snapshot_has_a_name(control):
    arn = made()
    assert control("POST", "snapshot", json={"name": "one"}) == (200, {})
    made()
    assert control("POST", "snapshot", json={"name": "two"}) == (200, {})

    assert control("POST", "restore", json={"name": "one"}) == (200, {})
    assert there() == [arn]
    assert control("POST", "restore", json={"name": "two"}) == (200, {})
    assert len(there()) == 2
    assert control("GET", "snapshots") == (200, {"names": ["one", "two"]})
    assert control("POST", "forget", json={"name": "two"}) == (200, {})
    status, answer = control("POST", "restore", json={"name": "two"})
    assert status == 400
    assert "there is no snapshot 'two'. There are: 'one'." in answer["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "POST snapshot needs the argument 'name'. Its arguments are: name."),
        ({"name": ""}, "name='': give a string that is not empty."),
        ({"name": 7}, "name=7: give a string"),
        ({"name": "a", "path": "b"}, "POST snapshot has no argument 'path'."),
    ],
    ids=str,
)
def test_a_snapshot_without_a_name_is_explained(control, body, said):
    status, answer = control("POST", "snapshot", json=body)

    assert (status, said in answer["message"]) == (400, True)


@pytest.mark.parametrize("last", ["9" * 5000, "9" * 20, "-1", "1e3", "", "\u0663"])
def test_how_many_calls_is_a_number(control, last):
    status, answer = control("GET", "calls", params={"last": last, "operation": "GetImage"})

    assert status == (400 if last else 200)
    assert not last or "give a whole number." in answer["message"]


def test_a_parameter_that_calls_do_not_have_is_named(control):
    status, answer = control("GET", "calls", params={"operations": "GetImage"})

    assert status == 400
    assert "GET calls has no argument 'operations'. Did you mean 'operation'?" in answer["message"]


# Files


def test_a_file_of_the_folder_is_written_and_read(control, folder):
    arn = made()
    (folder / "deep").mkdir()
    assert control("POST", "save", json={"path": "deep/state.json"}) == (200, {})
    current_mock().reset()

    assert control("POST", "load", json={"path": "deep/state.json"}) == (200, {})
    assert there() == [arn]
    assert [*(folder / "deep").iterdir()] == [folder / "deep" / "state.json"]


@pytest.mark.parametrize("action", ["save", "load"])
@pytest.mark.parametrize(
    "path",
    ["../state.json", "a/../../state.json", "/state.json", "..", ".", "a\0b", "{folder}/a"],
)
def test_no_file_outside_the_folder_is_touched(control, folder, action, path):
    status, answer = control("POST", action, json={"path": path.format(folder=folder)})

    assert (status, "is refused: give a path below the folder" in answer["message"]) == (400, True)
    assert [*folder.parent.iterdir()] == [folder]


@posix
@pytest.mark.parametrize("action", ["save", "load"])
@pytest.mark.parametrize("path", ["link.json", "out/state.json"])
def test_no_link_leads_out_of_the_folder(control, folder, action, path):
    secret = folder.parent / "secret.json"
    secret.write_text('{"format": "imagebuilder-mock state"}')
    (folder / "link.json").symlink_to(secret)
    (folder / "out").symlink_to(folder.parent)

    status, answer = control("POST", action, json={"path": path})

    assert (status, "it leads out of the folder" in answer["message"]) == (400, True)
    assert secret.read_text() == '{"format": "imagebuilder-mock state"}'


@posix
@pytest.mark.parametrize("action", ["save", "load"])
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("no/state.json", "'no/state.json': No such file or directory."),
        ("x" * 300, f"'{'x' * 300}': File name too long."),
        ("\ud800", "'\\ud800' is refused: no file can have that name."),
    ],
    ids=["no folder", "too long", "no text"],
)
def test_the_system_s_own_refusals_tell_nothing_of_where_the_folder_is(control, action, path, said):
    status, answer = control("POST", action, json={"path": path})

    assert (status, answer["message"].partition(": ")[2]) == (400, said)


@pytest.mark.parametrize("text", ["", "precious", "{}"])
def test_what_is_no_state_is_never_written_over(control, folder, text):
    (folder / "notes.txt").write_text(text)

    status, answer = control("POST", "save", json={"path": "notes.txt"})

    assert (status, "something other than a state" in answer["message"]) == (400, True)
    assert (folder / "notes.txt").read_text() == text


@posix
@pytest.mark.parametrize("action", ["save", "load"])
def test_what_is_no_regular_file_is_neither_written_nor_waited_for(control, folder, action):
    os.mkfifo(folder / "pipe")

    status, answer = control("POST", action, json={"path": "pipe"})

    assert (status, "it is not a regular file" in answer["message"]) == (400, True)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(control, folder):
    (folder / "large.json").write_text("{}")
    os.truncate(folder / "large.json", state_files.SIZE_LIMIT + 1)

    status, answer = control("POST", "load", json={"path": "large.json"})

    assert (status, "it has 1,073,741,825 bytes, and may have" in answer["message"]) == (400, True)


def test_without_a_folder_no_file_is_named():
    with imagebuilder_server() as url:
        for name in ("save", "load"):
            for body, said in (({}, "GET state answers"), ({"path": "a"}, "--files DIR")):
                answer = requests.post(f"{url}{CONTROL_PREFIX}{name}", json=body, timeout=10)
                assert (answer.status_code, said in answer.json()["message"]) == (400, True)


def test_a_server_s_own_file_is_meant_by_no_name_and_by_its_own(folder):
    own = folder / "own.json"
    with mock_imagebuilder() as mock:
        mock.save(own)
        before = own.read_bytes()
        files = StateFiles(own=own)

        assert files.load(None) == files.load("own.json")
        with pytest.raises(PermissionError, match="files are named only if"):
            files.load("other.json")

    assert own.read_bytes() == before


def test_a_folder_has_to_be_there_and_loses_what_killed_saves_have_left(folder):
    left = folder / ".a.json.1-2-3.unfinished"
    left.write_text("{")
    StateFiles(folder)

    assert not left.exists()
    with pytest.raises(NotADirectoryError, match="There is no folder"):
        StateFiles(folder / "no")
