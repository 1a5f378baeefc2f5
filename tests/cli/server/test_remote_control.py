"""The control object over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from inspect import signature

import boto3
import pytest
import requests

from imagebuilder_mock import ImageBuilderMock, current_mock, imagebuilder_server
from imagebuilder_mock.cli.remote_control import RemoteControl, own_methods, published_methods
from imagebuilder_mock.cli.server import server_gateway
from imagebuilder_mock.cli.state_files import StateFiles
from imagebuilder_mock.transports.http.wire import RawRequest
from imagebuilder_mock.transports.http.wsgi import CONTROL_PREFIX, ControlRequest
from imagebuilder_mock.world.record import UnexpectedCallError
from imagebuilder_mock.world.saved.hints import annotations_of
from tests.builders import OWN, a_build, an_infrastructure
from tests.container_builders import TEMPLATE, a_container_recipe

# What takes a path or a function, and what is changed in place.
NOT_PUBLISHED = {"builds": {"durations", "keep_deleted", "save_timelines"}}

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
    ("name", "options", "said"),
    [
        ("clock/advance", {"json": {"days": -1}}, "ValueError: The clock never runs backwards"),
        ("clock/advance", {"json": {"days": "1"}}, "TypeError"),
        ("clock/advance", {"json": {"years": 1}}, "TypeError"),
        (
            "clock/advance",
            {"json": {"years": 1}},
            "clock/advance has no argument 'years'. Its arguments are: days, hours, ",
        ),
        ("builds/advance", {"json": {}}, "builds/advance needs the argument 'arn'"),
        ("clock/move_to", {"json": {"moment": "noon"}}, "moment='noon': give a time with its zone"),
        (
            "findings/end_scan",
            {"json": {"arn": "a", "status": "DONE"}},
            "TypeError: status='DONE': give one of 'FAILED', 'TIMED_OUT'",
        ),
        ("builds/advance", {"json": {"arn": "web"}}, "LookupError: 'web' is not an image build"),
        ("clock/advance", {"json": {"days": 1e300}}, "The calendar ends with the year 9999"),
        ("builds/fail-next", {"json": {"component": 7}}, "TypeError: component=7: give a string"),
        ("builds/fail-next", {"json": {"times": "1"}}, "TypeError: times='1': give a whole number"),
        (
            "images/add",
            {"json": {"pipeline": "web", "packages": ["nginx"]}},
            "TypeError: packages[0] must be a list, and is 'nginx'.",
        ),
        ("clock/advance", {"json": []}, "the body must be a JSON object"),
        (
            "clock/advance?days=1",
            {},
            "a POST has its arguments in the body, as JSON, not in the qu",
        ),
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


def test_what_is_not_there_says_what_may_be_meant(control):
    answer = control("GET", "nothing")

    assert answer.status_code == 404
    assert answer.json()["message"] == (
        "There is no control 'GET nothing'. GET /_imagebuilder_mock/ lists all."
    )
    assert control("GET", "reset").status_code == 404
    hints = {
        "clock/advanse": "Did you mean 'POST clock/advance'?",
        "calls": "Did you mean 'GET calls'?",
        "events": "Of events there are: POST events/sent_to",
    }
    for name, hint in hints.items():
        assert hint in control("POST", name).json()["message"]
    assert "Did you mean" not in control("POST", "stop").json()["message"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("operation=GetImag", "no operation 'GetImag'. Did you mean 'GetImage'?"),
        ("oparation=GetImage", "no argument 'oparation'. Did you mean 'operation'?"),
    ],
)
def test_calls_that_cannot_be_meant_are_no_empty_list(control, query, message):
    answer = control("GET", f"calls?{query}")

    assert (answer.status_code, message in answer.json()["message"]) == (400, True)


def test_the_arguments_of_a_get_are_in_the_query(control):
    answer = control("GET", "calls", json={"operation": "GetImage"})

    assert (answer.status_code, "in the query" in answer.json()["message"]) == (400, True)


def test_the_published_methods_are_listed_with_arguments_and_examples(control):
    rows = {row["request"]: row for row in control("GET", "").json()["requests"]}

    assert rows["POST builds/fail"] == {
        "request": "POST builds/fail",
        "does": "Make a build FAILED at once, with the ``reason`` that ``GetImage`` shows.",
        "arguments": {"arn": {"type": "string"}, "reason": {"type": "string"}},
        "required": ["arn"],
        "example": {"arn": f"{OWN}image/web/1.0.0/1", "reason": "The disk is full."},
    }
    assert rows["POST snapshot"]["required"] == ["name"]
    assert {"GET calls", "GET state", "PUT state", "POST save", "POST load"} <= rows.keys()
    assert rows["POST clock/move_to"]["arguments"]["moment"]["format"] == "date-time"


@pytest.mark.parametrize("method", [*own_methods(), *published_methods()], ids=lambda x: x.request)
def test_each_example_is_one_that_the_method_takes(method):
    positional, named = method.arguments(method.mark.example)

    signature(method.function).bind(None, *positional, **named)


def test_what_is_not_for_json_is_not_published():
    faces = "builds calls catalogue clock documents faults findings lifecycle pipelines"
    for face in faces.split():
        cls = annotations_of(vars(ImageBuilderMock)[face].fget)["return"]
        offered = {
            each.function.__name__ for each in published_methods() if f" {face}/" in each.request
        }
        own = {name for name in vars(cls) if not name.startswith("_")}
        assert own - offered == NOT_PUBLISHED.get(face, set())


def test_a_build_is_moved_and_failed(control):
    client = boto3.client("imagebuilder", "us-east-1")
    build = a_build(client)

    assert control("POST", "builds/running").json() == [build]
    assert control("POST", "builds/advance", json={"arn": build}).json() == "CREATING"
    assert control("POST", "builds/fail", json={"arn": build, "reason": "No."}).json() == {}
    assert client.get_image(imageBuildVersionArn=build)["image"]["state"]["reason"] == "No."
    timeline = control("POST", "builds/timeline", json={"arn": build}).json()
    assert timeline["title"] == f"Build of {build}"
    assert timeline["rows"][0]["start"].endswith("+00:00")
    assert timeline["rows"][0]["duration"] >= 0


def test_a_world_is_made(control):
    """A pipeline, its history and a document, each in one request."""
    uri, now = "s3://documents/Dockerfile", current_mock().clock.now()
    assert control("POST", "documents/put", json={"uri": uri, "text": TEMPLATE}).json() == {}
    pipeline = control("POST", "pipelines/add", json={"regions": ["eu-west-1"]}).json()
    dates = [(now - timedelta(days=days)).isoformat() for days in (1, 30)]
    finding = {"vulnerability_id": "CVE-2026-0001", "severity": "HIGH"}
    added = {"pipeline": "web", "created": dates, "findings": [finding]}

    arns = control("POST", "images/add", json=added).json()
    one = control("POST", "images/add", json={"pipeline": pipeline["arn"]}).json()

    assert [*arns, one] == [f"{OWN}image/web/1.0.0/{number}" for number in (2, 1, 3)]
    assert pipeline["recipeArn"] == f"{OWN}image-recipe/web/1.0.0"
    client = boto3.client("imagebuilder", "us-east-1")
    assert len(client.list_image_scan_findings()["findings"]) == 2
    container = a_container_recipe(client, dockerfileTemplateData=None, dockerfileTemplateUri=uri)
    assert ":container-recipe/" in container
    answer = control("POST", "builds/advance", json={"arn": a_build(client), "to": "TESTING"})
    assert answer.json() == "TESTING"


def test_times_are_iso_text_and_lengths_of_time_seconds(control):
    moment = "2130-01-31T12:00:00+00:00"

    now = control("POST", "clock/move_to", json={"moment": moment}).json()["now"]

    assert datetime.fromisoformat(now) >= datetime.fromisoformat(moment)
    rule = {"operation": "ListImages", "latency": 2.5, "when": {"owner": "Self"}, "optional": True}
    assert control("POST", "faults/add", json=rule).json()["latency"] == 2.5


def test_orders_that_nothing_has_met_are_told(control):
    control("POST", "builds/fail-next", json={"component": "web"})

    assert control("POST", "unmet").json() == {
        "orders": [
            {
                "order": "mock.builds.fail_next(component='web')",
                "nearest": "No build has started.",
            }
        ]
    }
    refused = control("POST", "assert-all-met")
    assert refused.status_code == 400
    assert "UnmetOrdersError: Nothing has met 1 order" in refused.json()["message"]
    control("POST", "reset")


def test_faults_are_added_and_removed_by_their_number(control):
    number = control("POST", "faults/add", json={"operation": "*", "error": 503}).json()["number"]
    unused = control("POST", "faults/assert_all_fired")

    assert (unused.status_code, "never fired" in unused.json()["message"]) == (400, True)
    assert control("POST", "faults/remove", json={"rule": number}).json() == {}
    assert control("POST", "faults/unused").json() == []


def test_calls_are_asserted_with_their_parameters(control):
    boto3.client("imagebuilder", "us-east-1").list_images(owner="Self")

    called = {"operation": "ListImages", "owner": "Self"}
    assert control("POST", "calls/count", json=called).json() == 1
    assert control("POST", "calls/assert_called", json=called).json()["parameters"] == {
        "owner": "Self"
    }
    assert control("POST", "calls/assert_not_called", json=called).status_code == 400
    assert control("POST", "calls/expect_only", json={"operations": ["GetImage"]}).json() == {}
    with pytest.raises(UnexpectedCallError):
        current_mock().client().list_images()


def test_the_events_since_those_that_were_seen(control):
    client = boto3.client("imagebuilder", "us-east-1")
    control("POST", "builds/complete", json={"arn": a_build(client)})
    seen = control("POST", "events/since").json()
    control("POST", "builds/complete", json={"arn": a_build(client)})

    new = control("POST", "events/since", json={"number": len(seen)}).json()

    assert seen + new == control("POST", "events/since", json={"number": 0}).json()
    assert {event["accountId"] for event in new} == {"123456789012"}


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
    world = server_gateway(imagebuilder_mock).world
    control = RemoteControl(imagebuilder_mock, world, StateFiles(), allow_remote=allow_remote)

    answer, said = control(ControlRequest({"REMOTE_ADDR": client, "CONTENT_LENGTH": "0"}, request))

    assert answer == status
    assert ("--allow-remote-control" in str(said)) == (status == 403)
