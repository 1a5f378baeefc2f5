"""The record: the newest calls in full, all of them counted."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from imagebuilder_mock.domain.errors import ResourceNotFoundException
from imagebuilder_mock.world.record import KEPT, Record

ENOUGH = 64 * 1024**2


def record_call(record, operation="CreateImage", *, outcome=None, **parameters):
    record.add(
        operation,
        parameters,
        outcome or {},
        place=("123456789012", "us-east-1"),
        time=datetime(2026, 1, 1, tzinfo=timezone.utc),
    )


def size_of_a_call(**parameters):
    record = Record(ENOUGH)
    record_call(record, **parameters)
    return record[0].size


@pytest.fixture
def record():
    return Record(ENOUGH)


def test_calls_are_kept_in_their_order(record):
    for operation in ("CreateImage", "GetImage", "CreateImage"):
        record_call(record, operation)

    assert [call.operation for call in record] == ["CreateImage", "GetImage", "CreateImage"]
    assert (record[1].operation, record[-1]) == ("GetImage", record[2])
    assert (record.count(), record.count("CreateImage"), record.count("GetImages")) == (3, 2, 0)


def test_a_loop_over_the_calls_does_not_see_those_that_it_makes(record):
    record_call(record)

    for _ in record:
        record_call(record)

    assert len(record) == 2


# How much is kept


def test_the_newest_are_kept_and_all_are_counted(record):
    for number in range(KEPT + 1):
        record_call(record, number=number)

    assert (len(record), record.dropped()) == (KEPT, 1)
    assert record[0].parameters == {"number": 1}
    assert record.count("CreateImage") == KEPT + 1


def test_as_many_are_kept_as_fit():
    record = Record(3 * size_of_a_call(number=0))
    record_call(record, "GetImage")
    for number in range(4):
        record_call(record, number=number)

    assert [call.parameters["number"] for call in record] == [1, 2, 3]
    assert (record.dropped(), record.dropped("CreateImage"), record.dropped("GetImage")) == (
        2,
        1,
        1,
    )


@pytest.mark.parametrize(
    "large",
    [
        {"data": "x" * 10_000},
        {"outcome": {"data": "x" * 10_000}},
        {"outcome": ResourceNotFoundException("x" * 10_000)},
    ],
    ids=["parameters", "result", "error"],
)
def test_a_call_that_does_not_fit_by_itself_drives_no_other_out(large):
    record = Record(10_000)
    record_call(record, "GetImage")
    record_call(record, **large)

    assert [call.operation for call in record] == ["GetImage"]
    assert (record.count("CreateImage"), record.dropped("CreateImage")) == (1, 1)


def test_a_request_that_is_nested_too_deep_for_a_copy_is_counted(record):
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]

    record_call(record, filters=nested)

    assert (record.count(), len(record)) == (1, 0)


def test_calls_alone_are_counted_where_nothing_is_to_be_kept():
    record = Record(0)
    record_call(record)

    assert (len(record), record.count("CreateImage")) == (0, 1)


def test_a_cleared_record_knows_of_nothing_and_has_room_again():
    record = Record(size_of_a_call())
    record_call(record)

    record.clear()
    assert (len(record), record.count(), record.dropped()) == (0, 0, 0)

    record_call(record)
    assert len(record) == 1


# Copies


def test_a_call_is_not_changed_by_what_happens_to_what_it_was_made_from(record):
    parameters = {"tags": {"team": "images"}}
    result: dict[str, Any] = {"image": {"tags": {}}}
    record_call(record, outcome=result, **parameters)

    parameters["tags"]["team"] = "other"
    result["image"]["tags"]["team"] = "other"
    record[0].parameters["tags"]["team"] = "other"
    record[0].result["image"]["tags"]["team"] = "other"

    assert record[0].parameters == {"tags": {"team": "images"}}
    assert record[0].result == {"image": {"tags": {}}}


def test_an_error_is_its_code_and_its_message(record):
    class Text(str):
        __slots__ = ()

    record_call(record, outcome=ResourceNotFoundException(Text("Gone.")))

    error = record[0].error
    assert (error.code, error.message) == ("ResourceNotFoundException", "Gone.")
    assert type(error.message) is str
    assert str(error) == "ResourceNotFoundException: Gone."
    assert record[0].result is None


def test_a_call_shows_what_it_was(record):
    record_call(record, name="web", clientToken="one", outcome=ResourceNotFoundException("Gone."))

    assert repr(record[0]) == (
        "<Call 00:00:00 us-east-1 CreateImage(name='web') -> ResourceNotFoundException>"
    )
