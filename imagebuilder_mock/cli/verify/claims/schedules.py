"""The grammar of schedules."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    ACCEPTED,
    Claim,
    call,
    clash,
    invalid,
)

from .standing import PIPELINE

_END = "Unexpected end of expression."
_DETAILS = "Invalid schedule expression. Details: "
_CRON = f"{_DETAILS}Invalid CRON expression: error at position "
_RATE = f"{_DETAILS}Invalid RATE expression: error at position "
_SENTENCES = ("schedules.cron-sentences",)

# The expression, the rows, and what is said of it: nothing if it is taken.
_SCHEDULES: tuple[tuple[str, str, tuple[str, ...], str, str | None], ...] = (
    (
        "six-fields",
        "A cron expression has six fields.",
        ("schedules.cron-fields",),
        "cron(0 10 * * ? *)",
        None,
    ),
    (
        "five-fields",
        "A cron expression of five fields is refused.",
        ("schedules.cron-fields",),
        "cron(0 0 * * *)",
        f"{_CRON}9, details: {_END}",
    ),
    (
        "no-question-mark",
        "One of the two fields for days is a question mark.",
        ("schedules.cron-fields", *_SENTENCES),
        "cron(0 0 * * SUN *)",
        (
            f"{_CRON}8, details: Support for specifying both a day-of-week AND a day-of-month "
            "parameter is not implemented."
        ),
    ),
    (
        "two-question-marks",
        "Only one of the two fields for days is a question mark.",
        ("schedules.cron-fields", *_SENTENCES),
        "cron(0 0 ? * ? *)",
        f"{_CRON}8, details: '?' can only be specified for Day-of-Month -OR- Day-of-Week.",
    ),
    (
        "minute",
        "A minute is below 60.",
        _SENTENCES,
        "cron(60 0 * * ? *)",
        f"{_CRON}0, details: Minute and Second values must be between 0 and 59",
    ),
    (
        "hour",
        "An hour is below 24.",
        _SENTENCES,
        "cron(0 24 * * ? *)",
        f"{_CRON}2, details: Hour values must be between 0 and 23",
    ),
    (
        "month",
        "There is no month 0.",
        _SENTENCES,
        "cron(0 0 * 0 ? *)",
        f"{_CRON}6, details: Month values must be between 1 and 12",
    ),
    (
        "weekday",
        "Weekdays are from 1 to 7.",
        _SENTENCES,
        "cron(0 0 ? * 0 *)",
        f"{_CRON}8, details: Day-of-Week values must be between 1 and 7",
    ),
    (
        "weekday-name",
        "A weekday has one of seven names.",
        _SENTENCES,
        "cron(0 0 ? * FOO *)",
        f"{_CRON}8, details: Invalid Day-of-Week value: 'FOO'",
    ),
    (
        "step-of-none",
        "A step is above 0.",
        _SENTENCES,
        "cron(*/0 0 * * ? *)",
        f"{_CRON}2, details: Increment < 1 : 0",
    ),
    (
        "step-to-the-end",
        "A step may begin at a number.",
        ("schedules.cron-ranges",),
        "cron(10/15 0 * * ? *)",
        None,
    ),
    (
        "range-past-the-end",
        "A range of hours may run on past midnight.",
        ("schedules.cron-ranges",),
        "cron(0 20-2 * * ? *)",
        None,
    ),
    (
        "last-friday",
        "A weekday with L is the last one of the month.",
        ("schedules.cron-ranges",),
        "cron(0 0 ? * 6L *)",
        None,
    ),
    (
        "last-weekday",
        "LW is refused.",
        ("schedules.cron-letters", *_SENTENCES),
        "cron(0 0 LW * ? *)",
        f"{_CRON}5, details: Unexpected character: W",
    ),
    (
        "before-the-last-day",
        "L-3 is refused.",
        ("schedules.cron-letters", *_SENTENCES),
        "cron(0 0 L-3 * ? *)",
        f"{_CRON}5, details: Unexpected character: -",
    ),
    (
        "last-day-in-a-list",
        "L stands alone.",
        ("schedules.cron-letters", *_SENTENCES),
        "cron(0 0 1,L * ? *)",
        f"{_CRON}6, details: Unexpected character: L",
    ),
    (
        "sixth-week",
        "# is followed by a number from 1 to 5.",
        ("schedules.cron-letters", *_SENTENCES),
        "cron(0 0 ? * fri#6 *)",
        f"{_CRON}12, details: A numeric value between 1 and 5 must follow the '#' option",
    ),
    (
        "rate",
        "A rate has a number and a unit.",
        ("schedules.cron-fields",),
        "rate(7 days)",
        None,
    ),
    (
        "rate-of-weeks",
        "There are no weeks in a rate.",
        _SENTENCES,
        "rate(2 weeks)",
        f"{_RATE}2, details: Invalid unit value: 'weeks'",
    ),
    (
        "plural-of-one",
        "The unit of one is singular.",
        _SENTENCES,
        "rate(1 hours)",
        f"{_RATE}2, details: The unit is singular for 1 and plural for more than 1.",
    ),
    (
        "neither",
        "What is neither cron nor rate is refused.",
        _SENTENCES,
        "@daily",
        (
            f"{_DETAILS}Schedule expressions must have the following syntax: "
            r"rate(<number>\s?(minutes?|hours?|days?)) or cron(<cron_expression>)."
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (
    *(
        Claim(
            id=f"schedules.{key}",
            sentence=sentence,
            rows=rows,
            calls=(
                call(
                    "CreateImagePipeline",
                    {**PIPELINE, "schedule": {"scheduleExpression": expression}},
                    ACCEPTED if detail is None else invalid("schedule.scheduleExpression", detail),
                ),
            ),
        )
        for key, sentence, rows, expression, detail in _SCHEDULES
    ),
    Claim(
        id="schedules.timezone",
        sentence="A time zone that does not exist is refused.",
        rows=("schedules.cron-sentences",),
        calls=(
            call(
                "CreateImagePipeline",
                {
                    **PIPELINE,
                    "schedule": {
                        "scheduleExpression": "cron(0 0 * * ? *)",
                        "timezone": "Mars/Phobos",
                    },
                },
                invalid("schedule.timezone", "Invalid timezone: 'Mars/Phobos'."),
            ),
        ),
    ),
    Claim(
        id="schedules.no-expression",
        sentence="A schedule has an expression.",
        rows=("schedules.no-expression",),
        calls=(
            call(
                "CreateImagePipeline",
                {**PIPELINE, "schedule": {"timezone": "UTC"}},
                clash("schedule", "A schedule needs a 'scheduleExpression'."),
            ),
        ),
    ),
)
