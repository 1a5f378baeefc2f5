"""``mock.calls``: looking through the calls, asserting them, and allowing only some."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from botocore.exceptions import ClientError

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain import record
from imagebuilder_mock.domain.record import UnexpectedCallError
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


@pytest.mark.parametrize("method", ["count", "filter"])
def test_an_operation_that_is_given_by_keyword_is_an_error(calls, method):
    with pytest.raises(ValueError, match=r"'operation'\. An operation's name stands first"):
        getattr(calls, method)(operation="GetImage")


def test_calls_of_any_operation_are_found_by_a_parameter_that_some_have(calls, imagebuilder):
    an_infrastructure(imagebuilder, description="golden")

    assert calls.count(description="golden") == 1


def test_to_be_called_no_time_is_not_what_assert_called_asserts(calls):
    with pytest.raises(ValueError, match=r"times=0: .* assert_not_called"):
        calls.assert_called("GetImage", times=0)


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


def test_a_record_that_has_forgotten_says_so(imagebuilder, calls, monkeypatch):
    monkeypatch.setattr("imagebuilder_mock.testing.calls.KEPT", 1)
    assert record.KEPT == 10_000
    imagebuilder.list_images()
    imagebuilder.list_images()

    with pytest.raises(AssertionError, match="Of 2 calls, only the newest 1 are kept"):
        calls.assert_called("GetImage")


@pytest.mark.parametrize("method", ["filter", "count", "assert_called", "expect_only"])
def test_an_operation_that_does_not_exist_is_explained(calls, method):
    with pytest.raises(ValueError, match=r"no operation 'get_image'\. Did you mean 'GetImage'"):
        getattr(calls, method)("get_image")


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
