"""The record: the newest calls whole, all of them counted."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from imagebuilder_mock.domain.record import KEPT, Call, Record


def a_call(operation="CreateImage", **received):
    return Call(
        operation=operation,
        received=received,
        region="us-east-1",
        account_id="123456789012",
        time=datetime(2026, 1, 1, tzinfo=timezone.utc),
        result={},
        error=None,
    )


def test_calls_are_kept_in_their_order():
    record = Record()
    calls = [a_call(), a_call("GetImage"), a_call()]
    for call in calls:
        record.add(call)

    assert list(record) == calls
    assert (record[0], record[-1]) == (calls[0], calls[2])
    with pytest.raises(IndexError):
        record[3]
    assert (record.count(), record.count("CreateImage"), record.count("GetImages")) == (3, 2, 0)


def test_a_loop_over_the_calls_does_not_see_those_that_it_makes():
    record = Record()
    record.add(a_call())

    for _ in record:
        record.add(a_call())

    assert len(record) == 2


def test_the_newest_are_kept_and_all_are_counted():
    record = Record()
    for number in range(KEPT + 1):
        record.add(a_call(number=number))

    assert len(record) == KEPT
    assert record[0].parameters == {"number": 1}
    assert record.count("CreateImage") == KEPT + 1


def test_parameters_are_a_copy_that_may_be_changed():
    call = a_call(tags={"team": "images"})
    parameters: Any = call.parameters

    parameters["tags"]["team"] = "other"

    assert call.parameters == {"tags": {"team": "images"}}


def test_a_cleared_record_knows_of_nothing():
    record = Record()
    record.add(a_call())

    record.clear()

    assert (len(record), record.count()) == (0, 0)
