"""The control object over HTTP."""

from __future__ import annotations

import boto3
import pytest
import requests

from imagebuilder_mock import ImageBuilderMock, current_mock, imagebuilder_server
from imagebuilder_mock.cli.remote_control import RemoteControl
from imagebuilder_mock.testing.builds import Builds
from imagebuilder_mock.transports.http.wire import RawRequest
from imagebuilder_mock.transports.http.wsgi import CONTROL_PREFIX, ControlRequest
from tests.builders import an_infrastructure

pytestmark = pytest.mark.needs("werkzeug")


@pytest.fixture
def control():
    with imagebuilder_server() as url:

        def control(method, name, **options):
            address = f"{url}{CONTROL_PREFIX}{name}"
            return requests.request(method, address, timeout=10, **options)

        yield control


def test_reset_empties_the_world(control):
    an_infrastructure(current_mock().client())

    assert control("POST", "reset").json() == {}
    assert current_mock().resources() == []


def test_the_clock_is_read_and_moved(control):
    before = current_mock().clock.now()

    answer = control("POST", "clock/advance", json={"days": 1, "hours": 2})

    assert (current_mock().clock.now() - before).days == 1
    assert answer.json()["now"] <= control("GET", "clock").json()["now"]


def test_the_calls_are_listed(control):
    client = boto3.client("imagebuilder", "eu-west-1")
    an_infrastructure(client, name="web")
    for _ in range(3):
        client.list_images()
    with pytest.raises(client.exceptions.ClientError):
        client.get_image(imageBuildVersionArn=an_infrastructure(client))

    shown = control("GET", "calls", params={"operation": "ListImages", "last": 2}).json()
    assert shown["count"] == 3
    assert [call["operation"] for call in shown["calls"]] == ["ListImages"] * 2

    everything = control("GET", "calls").json()
    assert (everything["count"], everything["dropped"]) == (6, 0)
    first, *_, last = everything["calls"]
    assert first["parameters"]["name"] == "web"
    assert (first["region"], first["accountId"]) == ("eu-west-1", "123456789012")
    assert first["result"]["infrastructureConfigurationArn"].endswith("/web")
    assert first["error"] is None
    assert first["time"].endswith("+00:00")
    assert last["result"] is None
    assert last["error"]["code"] == "InvalidParameterValueException"


@pytest.mark.parametrize(
    ("name", "owner", "method", "body"),
    [
        ("save", ImageBuilderMock, "save", {"path": "state.json"}),
        ("load", ImageBuilderMock, "load", {"path": "state.json"}),
        ("builds/fail-next", Builds, "fail_next", {"phase": "build", "times": 2}),
    ],
)
def test_what_the_control_object_has_is_called(control, monkeypatch, name, owner, method, body):
    given = []
    monkeypatch.setattr(
        owner, method, lambda _, *args, **kwargs: given.append((args, kwargs)), raising=False
    )

    assert control("POST", name, json=body).json() == {}
    assert given == [(("state.json",), {}) if "path" in body else ((), body)]


@pytest.mark.parametrize(
    ("name", "owner", "method"),
    [
        ("save", ImageBuilderMock, "save"),
        ("load", ImageBuilderMock, "load"),
        ("builds/fail-next", Builds, "fail_next"),
    ],
)
def test_what_the_control_object_has_not_is_501(control, monkeypatch, name, owner, method):
    monkeypatch.delattr(owner, method, raising=False)

    answer = control("POST", name, json={"path": "state.json"})

    assert answer.status_code == 501
    assert answer.json() == {"message": f"imagebuilder_mock does not have {method} yet."}


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("clock/advance", {"json": {"days": -1}}, "ValueError: The clock never runs backwards"),
        ("clock/advance", {"json": {"days": "1"}}, "TypeError"),
        ("clock/advance", {"json": {"years": 1}}, "TypeError"),
        ("clock/advance", {"json": {"days": 1e300}}, "OverflowError"),
        ("builds/fail-next", {"json": {"component": 7}}, "TypeError: component=7: give a string"),
        ("builds/fail-next", {"json": {"times": "1"}}, "TypeError: times='1': give a whole number"),
        ("clock/advance", {"json": []}, "the body must be a JSON object"),
        ("clock/advance", {"data": b"{"}, "JSONDecodeError"),
        ("clock/advance", {"data": b"\xff"}, "UnicodeDecodeError"),
    ],
    ids=str,
)
def test_a_mistake_is_explained(control, name, options, said):
    before = current_mock().clock.now()

    answer = control("POST", name, **options)

    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert (current_mock().clock.now() - before).days == 0


@pytest.mark.parametrize("body", [{}, {"path": ""}, {"path": 1}, {"path": "a", "more": 1}])
def test_a_file_has_to_be_named(control, body, monkeypatch):
    monkeypatch.setattr(ImageBuilderMock, "save", pytest.fail, raising=False)

    answer = control("POST", "save", json=body)

    assert (answer.status_code, "say which file" in answer.json()["message"]) == (400, True)


def test_what_there_is_is_listed(control):
    answer = control("GET", "")

    assert answer.status_code == 404
    assert "POST clock/advance" in answer.json()["message"]
    assert control("GET", "reset").status_code == 404


def test_a_body_that_is_too_large_is_refused(control):
    assert control("POST", "reset", data=b" " * (2**20 + 1)).status_code == 413


def test_the_script_of_a_web_page_is_refused(control):
    an_infrastructure(current_mock().client())

    answer = control("POST", "reset", headers={"Origin": "https://example.com"})

    assert answer.status_code == 403
    assert len(current_mock().resources()) == 1


@pytest.mark.parametrize(
    ("client", "allow_remote", "status"),
    [
        ("127.0.0.1", False, 200),
        ("127.8.8.8", False, 200),
        ("::1", False, 200),
        ("::ffff:127.0.0.1", False, 200),
        ("10.0.0.1", False, 403),
        ("::ffff:10.0.0.1", False, 403),
        ("", False, 403),
        ("localhost", False, 403),
        ("10.0.0.1", True, 200),
    ],
)
def test_it_is_for_this_machine_unless_others_are_allowed(
    imagebuilder_mock, client, allow_remote, status
):
    request = RawRequest("POST", "", f"{CONTROL_PREFIX}reset", "", None)
    control = RemoteControl(imagebuilder_mock, allow_remote=allow_remote)

    answer, said = control(ControlRequest({"REMOTE_ADDR": client}, request))

    assert answer == status
    assert ("--allow-remote-control" in str(said)) == (status == 403)
