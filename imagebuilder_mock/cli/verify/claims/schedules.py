"""The grammar of schedules."""

from __future__ import annotations

from typing import Any

from imagebuilder_mock.domain.errors import invalid_combination, invalid_value

from .standing import Case, cases

_DETAILS = "Invalid schedule expression. Details: "
_CRON = f"{_DETAILS}Invalid CRON expression: error at position "
_RATE = f"{_DETAILS}Invalid RATE expression: error at position "
_SENTENCES = ("schedules.cron-sentences",)


def _at(expression: str, **more: str) -> dict[str, Any]:
    return {"schedule": {"scheduleExpression": expression, **more}}


_SCHEDULES: tuple[Case, ...] = (
    Case(
        "six-fields",
        "A cron expression has six fields.",
        ("schedules.cron-fields",),
        _at("cron(0 10 * * ? *)"),
    ),
    Case(
        "five-fields",
        "A cron expression of five fields is refused.",
        ("schedules.cron-fields",),
        _at("cron(0 0 * * *)"),
        f"{_CRON}9, details: Unexpected end of expression.",
    ),
    Case(
        "no-question-mark",
        "One of the two fields for days is a question mark.",
        ("schedules.cron-fields", *_SENTENCES),
        _at("cron(0 0 * * SUN *)"),
        (
            f"{_CRON}8, details: Support for specifying both a day-of-week AND a day-of-month "
            "parameter is not implemented."
        ),
    ),
    Case(
        "two-question-marks",
        "Only one of the two fields for days is a question mark.",
        ("schedules.cron-fields", *_SENTENCES),
        _at("cron(0 0 ? * ? *)"),
        f"{_CRON}8, details: '?' can only be specified for Day-of-Month -OR- Day-of-Week.",
    ),
    Case(
        "minute",
        "A minute is below 60.",
        _SENTENCES,
        _at("cron(60 0 * * ? *)"),
        f"{_CRON}0, details: Minute and Second values must be between 0 and 59",
    ),
    Case(
        "hour",
        "An hour is below 24.",
        _SENTENCES,
        _at("cron(0 24 * * ? *)"),
        f"{_CRON}2, details: Hour values must be between 0 and 23",
    ),
    Case(
        "month",
        "Months are from 1 to 12.",
        _SENTENCES,
        _at("cron(0 0 * 0 ? *)"),
        f"{_CRON}6, details: Month values must be between 1 and 12",
    ),
    Case(
        "weekday",
        "Weekdays are from 1 to 7.",
        _SENTENCES,
        _at("cron(0 0 ? * 0 *)"),
        f"{_CRON}8, details: Day-of-Week values must be between 1 and 7",
    ),
    Case(
        "weekday-name",
        "A weekday has one of seven names.",
        _SENTENCES,
        _at("cron(0 0 ? * FOO *)"),
        f"{_CRON}8, details: Invalid Day-of-Week value: 'FOO'",
    ),
    Case(
        "step-of-none",
        "A step is above 0.",
        _SENTENCES,
        _at("cron(*/0 0 * * ? *)"),
        f"{_CRON}2, details: Increment < 1 : 0",
    ),
    Case(
        "step-to-the-end",
        "A step may begin at a number.",
        ("schedules.cron-ranges",),
        _at("cron(10/15 0 * * ? *)"),
    ),
    Case(
        "range-past-the-end",
        "A range of hours may run on past midnight.",
        ("schedules.cron-ranges",),
        _at("cron(0 20-2 * * ? *)"),
    ),
    Case(
        "last-friday",
        "A weekday followed by L is the last such day of the month.",
        ("schedules.cron-ranges",),
        _at("cron(0 0 ? * 6L *)"),
    ),
    Case(
        "last-weekday",
        "LW is refused as a day of the month.",
        ("schedules.cron-letters", *_SENTENCES),
        _at("cron(0 0 LW * ? *)"),
        f"{_CRON}5, details: Unexpected character: W",
    ),
    Case(
        "before-the-last-day",
        "L-3 is refused as a day of the month.",
        ("schedules.cron-letters", *_SENTENCES),
        _at("cron(0 0 L-3 * ? *)"),
        f"{_CRON}5, details: Unexpected character: -",
    ),
    Case(
        "last-day-in-a-list",
        "L cannot be one of several days.",
        ("schedules.cron-letters", *_SENTENCES),
        _at("cron(0 0 1,L * ? *)"),
        f"{_CRON}6, details: Unexpected character: L",
    ),
    Case(
        "sixth-week",
        "A number from 1 to 5 follows #.",
        ("schedules.cron-letters", *_SENTENCES),
        _at("cron(0 0 ? * fri#6 *)"),
        f"{_CRON}12, details: A numeric value between 1 and 5 must follow the '#' option",
    ),
    Case(
        "rate",
        "A rate has a number and a unit.",
        ("schedules.cron-fields",),
        _at("rate(7 days)"),
    ),
    Case(
        "rate-of-weeks",
        "The unit of a rate cannot be weeks.",
        _SENTENCES,
        _at("rate(2 weeks)"),
        f"{_RATE}2, details: Invalid unit value: 'weeks'",
    ),
    Case(
        "plural-of-one",
        "With the number 1, the unit is singular.",
        _SENTENCES,
        _at("rate(1 hours)"),
        f"{_RATE}2, details: The unit is singular for 1 and plural for more than 1.",
    ),
    Case(
        "neither",
        "An expression that is neither cron nor rate is refused.",
        _SENTENCES,
        _at("@daily"),
        (
            f"{_DETAILS}Schedule expressions must have the following syntax: "
            r"rate(<number>\s?(minutes?|hours?|days?)) or cron(<cron_expression>)."
        ),
    ),
    Case(
        "timezone",
        "A time zone that does not exist is refused.",
        _SENTENCES,
        _at("cron(0 0 * * ? *)", timezone="Mars/Phobos"),
        invalid_value("schedule.timezone", "Invalid timezone: 'Mars/Phobos'."),
    ),
    Case(
        "no-expression",
        "A schedule needs an expression.",
        ("schedules.no-expression",),
        {"schedule": {"timezone": "UTC"}},
        invalid_combination("schedule", "A schedule needs a 'scheduleExpression'."),
    ),
)

CLAIMS = tuple(
    cases("schedules", "ImagePipeline", _SCHEDULES, parameter="schedule.scheduleExpression")
)
