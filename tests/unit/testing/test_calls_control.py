"""``mock.calls``: looking through the calls, asserting them, and allowing only some."""

from __future__ import annotations

import gc
import weakref
from contextlib import suppress
from datetime import datetime, timezone

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.world.record import UnexpectedCallError
from tests.builders import OWN, an_infrastructure

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
MISSING = f"{OWN}infrastructure-configuration/none"

pytestmark = pytest.mark.imagebuilder(now=NOON)


@pytest.fixture
def calls(imagebuilder_mock):
    return imagebuilder_mock.calls


@pytest.fixture
def _some(imagebuilder, imagebuilder_mock):
    for name in ("web", "app"):
        an_infrastructure(imagebuilder, name=name, tags={"team": name, "a": "b"})
    imagebuilder_mock.client(region="eu-west-1", account_id="111122223333").list_images()
    with pytest.raises(ClientError):
        imagebuilder.get_infrastructure_configuration(infrastructureConfigurationArn=MISSING)


@pytest.mark.usefixtures("_some")
def test_calls_are_found_by_what_is_known_of_them(calls):
    create = "CreateInfrastructureConfiguration"

    assert [call.parameters["name"] for call in calls.filter(create)] == ["web", "app"]
    assert len(calls.filter(create, name="web")) == 1
    assert len(calls.filter(create, tags={"team": "app"})) == 1
    assert calls.filter(create, tags={"team": "none"}) == []
    assert [call.operation for call in calls.filter(region="eu-west-1")] == ["ListImages"]
    assert [call.operation for call in calls.filter(account_id="111122223333")] == ["ListImages"]
    assert [call.error is None for call in calls.filter(failed=True)] == [False]
    assert len(calls.filter(failed=False)) == 3
    assert (calls.count(), calls.count(create), calls.count(create, name="web")) == (4, 2, 1)
    assert (len(calls), calls[0].operation, calls[-1].operation) == (
        4,
        create,
        "GetInfrastructureConfiguration",
    )
    assert calls[-2:] == [calls[2], calls[3]]


@pytest.mark.usefixtures("_some")
def test_an_operation_that_was_called_is_asserted(calls):
    call = calls.assert_called("CreateInfrastructureConfiguration", instanceProfileName="builder")

    assert call.parameters["name"] == "app"
    assert calls.assert_called("CreateInfrastructureConfiguration", times=2) == call
    calls.assert_not_called("GetImage")
    calls.assert_not_called("CreateInfrastructureConfiguration", name="other")


@pytest.mark.usefixtures("_some")
def test_a_failed_assertion_shows_what_was_called_and_how_it_differs(calls):
    with pytest.raises(AssertionError) as caught:
        calls.assert_called(
            "CreateInfrastructureConfiguration",
            name="lab",
            tags={"team": "app"},
            instanceTypes=["m5.large"],
        )

    assert str(caught.value).splitlines() == [
        (
            "CreateInfrastructureConfiguration was not called with name='lab', "
            "tags={'team': 'app'}, instanceTypes=['m5.large']."
        ),
        "The closest of its 2 call(s), at 2026-01-02T12:00:00+00:00:",
        "  name: expected 'lab', and it was 'app'",
        "  instanceTypes: expected ['m5.large'], and there was none",
        (
            "Called were: CreateInfrastructureConfiguration (2), "
            "GetInfrastructureConfiguration (1), ListImages (1)."
        ),
    ]


def test_an_assertion_about_a_program_that_did_nothing_says_so(calls):
    with pytest.raises(AssertionError) as caught:
        calls.assert_called("GetImage")

    assert str(caught.value) == "GetImage was not called.\nCalled were: no operations."


@pytest.mark.usefixtures("_some")
def test_another_number_of_calls_is_a_failure(calls):
    with pytest.raises(AssertionError) as caught:
        calls.assert_called("CreateInfrastructureConfiguration", times=1)
    with pytest.raises(AssertionError, match=r"^GetImage was not called 2 time\(s\)\.\n"):
        calls.assert_called("GetImage", times=2)

    first, *others = str(caught.value).splitlines()
    assert first == ("CreateInfrastructureConfiguration was not called 1 time(s), but 2 time(s).")
    assert len(others) == 2


@pytest.mark.parametrize("method", ["assert_called", "assert_not_called", "count", "filter"])
def test_a_parameter_that_the_operation_does_not_have_is_an_error(calls, method):
    with pytest.raises(
        ValueError, match=r"no parameter of GetImage 'imageArn'.*imageBuildVersionArn"
    ):
        getattr(calls, method)("GetImage", imageArn="arn:web")


@pytest.mark.parametrize(
    ("parameters", "member"),
    [
        ({"imageTestsConfiguration": {"timeoutMinute": 60}}, "imageTestsConfiguration 'timeoutM"),
        (
            {"workflows": [{}, {"parameters": [{"nam": "a"}]}]},
            r"workflows\[1\].parameters\[0\] 'na",
        ),
    ],
)
def test_a_member_that_a_parameter_does_not_have_is_an_error(calls, parameters, member):
    with pytest.raises(ValueError, match=f"no member of {member}.*Did you mean"):
        calls.assert_not_called("CreateImage", **parameters)
    with pytest.raises(ValueError, match=f"no member of {member}"):
        calls.count(**parameters)


@pytest.mark.parametrize(
    "wrong", [{"region": "EU West"}, {"account_id": 123456789012}, {"failed": "yes"}], ids=str
)
def test_what_no_call_can_have_is_not_searched_for(calls, wrong):
    [(name, value)] = wrong.items()
    with pytest.raises((TypeError, ValueError), match=f"{name}={value!r}: "):
        calls.filter(**wrong)


def test_the_keys_of_a_map_are_free(calls, imagebuilder):
    an_infrastructure(imagebuilder, tags={"any": "key"})

    assert calls.count(tags={"any": "key"}) == 1


@pytest.mark.parametrize("method", ["count", "filter"])
def test_an_operation_that_is_given_by_keyword_is_an_error(calls, method):
    with pytest.raises(ValueError, match=r"'operation'\. An operation's name stands first"):
        getattr(calls, method)(operation="GetImage")


def test_calls_of_any_operation_are_found_by_a_parameter_that_some_have(calls, imagebuilder):
    an_infrastructure(imagebuilder, description="golden")

    assert calls.count(description="golden") == 1


def test_to_be_called_no_time_is_not_what_assert_called_asserts(calls):
    for times in (0, "2", True):
        with pytest.raises(ValueError, match=rf"times={times!r}: .* assert_not_called"):
            calls.assert_called("GetImage", times=times)


def test_no_call_is_asserted_with_assert_not_called(imagebuilder, calls):
    for _ in range(11):
        imagebuilder.list_images(owner="Amazon")

    with pytest.raises(AssertionError) as caught:
        calls.assert_not_called("ListImages", owner="Amazon")

    lines = str(caught.value).splitlines()
    assert lines[0] == "ListImages was called 11 time(s) with owner='Amazon':"
    assert lines[1] == "  12:00:00 us-east-1 ListImages(owner='Amazon')"
    assert (lines[-1], len(lines)) == ("  and 1 before", 12)


@pytest.mark.usefixtures("_some")
def test_calls_are_printed_a_line_each(calls, imagebuilder):
    lines = str(calls).splitlines()
    assert lines[2] == "12:00:00 eu-west-1 ListImages()"
    assert lines[3].endswith("configuration/none') -> ResourceNotFoundException")

    an_infrastructure(imagebuilder, description="x" * 200)
    for _ in range(8):
        imagebuilder.list_images()
    assert str(calls).splitlines()[0] == "(3 earlier calls)"
    assert "xxx…)" in str(calls)


@pytest.mark.parametrize("method", ["filter", "count", "assert_called", "expect_only"])
def test_an_operation_that_does_not_exist_is_explained(calls, method):
    with pytest.raises(ValueError, match=r"no operation 'get_image'\. Did you mean 'GetImage'"):
        getattr(calls, method)("get_image")


# What is kept


@pytest.fixture(params=["short", "long"])
def path(request, imagebuilder):
    """Programs are answered at once, or through botocore's machinery."""
    if request.param == "long":
        imagebuilder.meta.events.register("before-send.imagebuilder", lambda **_: None)


@pytest.mark.usefixtures("path")
def test_what_a_program_does_with_parameters_and_answer_changes_no_call(imagebuilder, calls):
    arn = an_infrastructure(imagebuilder)
    tags = {"team": "web"}
    imagebuilder.tag_resource(resourceArn=arn, tags=tags)
    answer = imagebuilder.get_infrastructure_configuration(infrastructureConfigurationArn=arn)
    asked, answered = calls[-2], calls[-1]

    tags["team"] = "other"
    answer["infrastructureConfiguration"]["tags"]["team"] = "other"
    imagebuilder.tag_resource(resourceArn=arn, tags={"team": "new"})

    assert asked.parameters["tags"] == {"team": "web"}
    assert answered.result["infrastructureConfiguration"]["tags"] == {"team": "web"}
    assert answered.result["requestId"] == answer["requestId"]


def _is_refused(imagebuilder_mock):
    del imagebuilder_mock


def _is_lost(imagebuilder_mock):
    imagebuilder_mock.faults.add("TagResource", error=ReadTimeoutError, times=None)


def _is_unexpected(imagebuilder_mock):
    imagebuilder_mock.calls.expect_only("GetImage")


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (_is_refused, "ResourceNotFoundException"),
        (_is_lost, "ReadTimeoutError"),
        (_is_unexpected, "UnexpectedCallError"),
    ],
)
@pytest.mark.usefixtures("path")
def test_a_call_that_failed_keeps_nothing_of_the_program_alive(
    imagebuilder, imagebuilder_mock, prepare, code
):
    class Tags(dict[str, str]):
        pass

    def program():
        tags = Tags(team="web")
        with suppress(ClientError, ReadTimeoutError, AssertionError):
            imagebuilder.tag_resource(resourceArn=MISSING, tags=tags)
        return weakref.ref(tags)

    prepare(imagebuilder_mock)
    gc.freeze()  # only what the call leaves is to be looked through
    tags = program()
    gc.collect()

    assert tags() is None
    assert imagebuilder_mock.calls[-1].error.code == code
    assert imagebuilder_mock.calls[-1].parameters["tags"] == {"team": "web"}


@pytest.fixture
def forgetful(imagebuilder, imagebuilder_mock):
    """The calls of a mock that remembers the last ListImages of three, and no CreateComponent."""
    for _ in range(3):
        imagebuilder.list_images(owner="Self")
    with pytest.raises(ClientError):
        imagebuilder.create_component(
            name="web", semanticVersion="1.0.0", platform="Linux", data="x" * 20_000
        )
    assert len(imagebuilder_mock.calls) == 1
    return imagebuilder_mock.calls


FORGETFUL = pytest.mark.imagebuilder(calls_kept_bytes=900)
NOT_KEPT = "Not kept: 3 of 4 calls (at most 10,000 are, in calls_kept_bytes=900)."


@FORGETFUL
def test_what_was_forgotten_is_told(forgetful):
    assert (forgetful.dropped, forgetful.count(), forgetful.count("ListImages")) == (3, 4, 3)
    assert str(forgetful).splitlines() == [
        NOT_KEPT,
        "12:00:00 us-east-1 ListImages(owner='Self')",
    ]


@FORGETFUL
def test_calls_that_are_forgotten_are_asserted_by_their_number(forgetful):
    assert forgetful.assert_called("ListImages", times=3).parameters == {"owner": "Self"}
    assert forgetful.assert_called("ListImages", owner="Self") == forgetful[0]
    forgetful.assert_not_called("GetImage")


@FORGETFUL
@pytest.mark.parametrize(
    ("name", "operation", "known", "message"),
    [
        ("assert_not_called", "CreateComponent", {}, "CreateComponent was called 1 time(s):"),
        (
            "assert_not_called",
            "CreateComponent",
            {"name": "app"},
            "CreateComponent was called, perhaps with name='app': not all calls are kept.",
        ),
        (
            "assert_called",
            "CreateComponent",
            {},
            "CreateComponent was called 1 time(s), and none of these calls is kept.",
        ),
        (
            "assert_called",
            "CreateComponent",
            {"name": "web"},
            "CreateComponent was not called with name='web', as far as its calls are kept.",
        ),
        (
            "assert_called",
            "ListImages",
            {"times": 1},
            "ListImages was not called 1 time(s), but 3 time(s).",
        ),
        (
            "assert_called",
            "ListImages",
            {"times": 1, "owner": "Self"},
            (
                "ListImages was not called 1 time(s) with owner='Self', but 1 time(s), as far as "
                "its calls are kept."
            ),
        ),
    ],
)
def test_no_assertion_passes_on_what_was_forgotten(forgetful, name, operation, known, message):
    with pytest.raises(AssertionError) as caught:
        getattr(forgetful, name)(operation, **known)

    lines = str(caught.value).splitlines()
    assert (lines[0], lines[-1]) == (message, NOT_KEPT)


@pytest.mark.imagebuilder(calls_kept_bytes=0)
def test_an_unexpected_call_is_found_though_no_call_is_kept(imagebuilder, calls):
    calls.expect_only()
    with suppress(AssertionError):
        imagebuilder.list_images()

    with pytest.raises(AssertionError, match=r"^1 call\(s\) were not expected:\nNot kept: 1 of 1 "):
        calls.assert_expected()


# Only what is expected


def test_what_is_not_expected_raises_and_changes_nothing(imagebuilder, imagebuilder_mock, calls):
    calls.expect_only("ListImages", "GetImage")
    imagebuilder.list_images()

    with pytest.raises(UnexpectedCallError, match="expects only GetImage, ListImages"):
        an_infrastructure(imagebuilder)

    assert imagebuilder_mock.resources() == []
    assert calls[-1].error.message.startswith("CreateInfrastructureConfiguration was called")


def test_an_unexpected_call_raises_on_the_long_path_too(imagebuilder, calls):
    imagebuilder.meta.events.register("before-send.imagebuilder", lambda **_: None)
    calls.expect_only()

    with pytest.raises(AssertionError, match="expects only no operation"):
        imagebuilder.list_images()


def test_an_unexpected_call_that_the_program_hides_is_found_at_the_end(imagebuilder, calls):
    calls.expect_only("ListImages")
    calls.assert_expected()
    try:
        an_infrastructure(imagebuilder)
    except AssertionError:
        imagebuilder.list_images()

    with pytest.raises(
        AssertionError, match=r"1 call\(s\) were not expected:\n.*-> UnexpectedCallError"
    ):
        calls.assert_expected()


@pytest.mark.parametrize("lift", ["expect_anything", "reset"])
def test_everything_can_be_expected_again(imagebuilder, imagebuilder_mock, calls, lift):
    calls.expect_only()

    getattr(imagebuilder_mock if lift == "reset" else calls, lift)()

    assert imagebuilder.list_images()["imageVersionList"] == []


def test_calls_can_be_looked_through_when_the_mock_is_off():
    with mock_imagebuilder() as mock:
        mock.client().list_images()

    mock.calls.assert_called("ListImages", times=1)
