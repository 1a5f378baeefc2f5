"""``mock.faults``: what it takes, what it refuses, and what it says of rules that never fired."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.protocol.failures import default_message, error_names, error_status


@pytest.fixture
def faults(imagebuilder_mock):
    return imagebuilder_mock.faults


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"operation": "list_images"}, "Did you mean 'ListImages'?"),
        ({"operation": "Nonsense!"}, "There is no operation 'Nonsense!'. There are: "),
        ({"error": "ServiceExcepton"}, "Did you mean 'ServiceException'?"),
        ({"error": 200}, "an HTTP status from 400 to 599"),
        ({"error": True}, "an HTTP status from 400 to 599"),
        ({"error": ValueError}, "a class of botocore.exceptions"),
        ({"error": None}, "give error=, latency= or truncated=True"),
        ({"error": None, "message": "x"}, "message='x' goes with an error"),
        ({"truncated": True}, "goes with no error="),
        ({"times": 0}, "times=0: give a whole number from 1 on"),
        ({"times": 1.5}, "times=1.5"),
        ({"times": True}, "times=True"),
        ({"probability": 0}, "probability=0: give a number above 0"),
        ({"probability": 1.5}, "probability=1.5"),
        ({"latency": 0}, "latency=0: give seconds"),
        ({"latency": -1}, "latency=-1"),
        ({"latency": True}, "latency=True"),
        ({"latency": float("inf")}, "latency=inf: give seconds"),
        ({"error": 500, "probability": "half"}, "probability='half': give a number"),
        ({"latency": timedelta(seconds=-1)}, "give seconds, or a timedelta"),
        ({"region": ""}, "region=''"),
        ({"region": 1}, "region=1"),
        ({"when": {"maxResult": 1}}, "parameter of ListImages 'maxResult'. Did you mean 'max"),
        ({"when": {"filters": [{"nam": "a"}]}}, "member of filters[0] 'nam'. Did you mean 'name'"),
    ],
    ids=str,
)
def test_a_wrong_rule_is_refused_and_says_what_there_is(faults, given, message):
    rule = {"operation": "ListImages", "error": "ServiceException", **given}

    with pytest.raises(ValueError, match=re.escape(message)):
        faults.add(**rule)

    assert len(faults) == 0


async def _never_awaited(_: object) -> bool:
    return False


@pytest.mark.parametrize("when", ["owner", _never_awaited], ids=["text", "async"])
def test_a_condition_is_a_mapping_or_a_function(faults, when):
    with pytest.raises(TypeError, match="give a mapping of parameters, or a function"):
        faults.add("ListImages", error=500, when=when)


def test_a_condition_on_every_operation_may_name_any_parameter(faults):
    faults.add("*", error=500, when={"clientToken": "a"}, optional=True)

    assert len(faults) == 1


@pytest.mark.parametrize(
    ("given", "times"),
    [({}, 1), ({"probability": 0.5}, None), ({"times": 3}, 3), ({"times": None}, None)],
    ids=["once", "probability", "number", "always"],
)
def test_a_rule_holds_once_unless_it_says_otherwise(faults, given, times):
    assert faults.add("ListImages", error=500, **given, optional=True).times == times


@pytest.mark.parametrize("name", error_names())
def test_every_error_has_a_status_and_a_message(name):
    assert 400 <= error_status(name) <= 599
    assert re.fullmatch(r"[A-Z][^<>]+", default_message(name))


def test_a_condition_narrows_a_rule(imagebuilder, faults):
    faults.add("ListImages", error="ForbiddenException", when={"owner": "Amazon"}, times=None)

    assert imagebuilder.list_images(owner="Self")["imageVersionList"] == []
    with pytest.raises(imagebuilder.exceptions.ForbiddenException):
        imagebuilder.list_images(owner="Amazon")


def test_a_condition_stays_as_it_was_given(imagebuilder, faults):
    owner = {"owner": "Amazon"}
    faults.add("ListImages", error="ForbiddenException", when=owner)
    owner["owner"] = "Self"

    assert imagebuilder.list_images(owner="Self")["imageVersionList"] == []
    with pytest.raises(imagebuilder.exceptions.ForbiddenException):
        imagebuilder.list_images(owner="Amazon")


def test_a_request_of_a_bad_form_meets_no_rule(imagebuilder, faults):
    rule = faults.add("ListImages", error="ForbiddenException", optional=True)

    with pytest.raises(ClientError, match="maxResults"):
        imagebuilder.list_images(maxResults=1000)

    assert rule.matched == 0


def test_rules_that_never_fired_are_named_with_what_was_called(imagebuilder, faults):
    never = faults.add("CreateImage", error="ServiceException", optional=True)
    unlucky = faults.add("ListImages", error="ServiceException", probability=1e-9)
    faults.add("ListImages", latency=1)
    imagebuilder.list_images()

    assert faults.unused == [never, unlucky]
    with pytest.raises(AssertionError) as caught:
        faults.assert_all_fired()

    assert str(caught.value).splitlines() == [
        "2 of 3 fault rules never fired:",
        "  add('CreateImage', error='ServiceException', times=1)",
        "  add('ListImages', error='ServiceException', probability=1e-09): 1 request(s) matched",
        "Called were: ListImages (1).",
    ]


def test_rules_that_all_fired_are_no_error(imagebuilder, faults):
    faults.add("ListImages", latency=1)
    imagebuilder.list_images()

    faults.assert_all_fired()

    assert faults.unused == []


def test_rules_can_be_taken_back(imagebuilder, faults):
    rule = faults.add("ListImages", error=ConnectTimeoutError)
    faults.add("*", error=500)
    assert rule in faults

    faults.remove(rule)
    with pytest.raises(ValueError, match="not among the rules"):
        faults.remove(rule)
    faults.clear()

    assert list(faults) == []
    assert imagebuilder.list_images()["imageVersionList"] == []


def test_a_reset_takes_back_the_rules(imagebuilder_mock, faults):
    faults.add("*", error=500)

    imagebuilder_mock.reset()

    assert len(faults) == 0


def test_unused_rules_can_be_read_when_the_mock_is_off():
    with mock_imagebuilder() as mock:
        rule = mock.faults.add("ListImages", error=500, optional=True)

    assert mock.faults.unused == [rule]


@mock_imagebuilder
class TestRulesOfAClass:
    def setup_class(self):
        current_mock().faults.add("ListImages", latency=1, times=None)

    def test_each_test_has_the_rules_of_the_class(self):
        assert len(current_mock().faults) == 1
        current_mock().faults.add("GetImage", error=500, optional=True)

    def test_each_test_has_its_own_rules_to_itself(self):
        assert len(current_mock().faults) == 1
        current_mock().faults.add("GetImage", error=500, optional=True)
