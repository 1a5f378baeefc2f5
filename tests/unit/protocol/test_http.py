"""An answer's headers and bytes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock.protocol.http import Answer, HttpRequest

MOMENT = datetime(2020, 1, 27, 20, 43, 30, 306_000, tzinfo=timezone.utc)


def test_a_request_is_a_method_and_a_path_at_least():
    request = HttpRequest("GET", "/GetImage")

    assert (dict(request.query), request.body) == ({}, b"")


def test_an_answer_carries_its_request_id():
    assert Answer(200, {}, "request-1").headers == {
        "content-type": "application/json",
        "x-amzn-requestid": "request-1",
    }


def test_an_error_carries_its_name_too():
    headers = Answer(404, {}, "request-1", error_code="ResourceNotFoundException").headers

    assert headers["x-amzn-errortype"] == "ResourceNotFoundException"


def test_headers_are_the_readers_own():
    answer = Answer(200, {}, "request-1")

    answer.headers["x-other"] = "1"

    assert "x-other" not in answer.headers


@pytest.mark.parametrize("text", ["", "plain", "\u00e9\u4e2d\U0001f600", '"\\\n\x00\x7f', "\ud800"])
def test_any_text_can_be_written(text):
    assert json.loads(Answer(200, {"text": text}, "request-1").body) == {"text": text}


def test_text_is_written_as_utf_8():
    assert Answer(200, {"name": "\u00e9"}, "request-1").body == b'{"name": "\xc3\xa9"}'


@pytest.mark.parametrize("zone", [timezone.utc, timezone(timedelta(hours=5, minutes=30))])
def test_times_are_epoch_seconds_with_milliseconds(zone):
    members = {"moment": MOMENT.astimezone(zone), "all": [MOMENT + timedelta(microseconds=400)]}

    body = json.loads(Answer(200, members, "request-1").body)

    assert body == {"moment": 1580157810.306, "all": [1580157810.306]}


def test_what_the_protocol_does_not_have_is_a_mistake():
    with pytest.raises(TypeError, match="not a value of the protocol"):
        _ = Answer(200, {"members": {1}}, "request-1").body
