"""What is no schedule, and the words that say so.

Sources: user guide, page cron-expressions; EventBridge, pages eb-scheduled-rule-pattern and
schedule-types.
"""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.schedules.schedule import ScheduleError, TimezoneError, parse_schedule


def refusal_of(expression: str) -> str:
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(expression)
    assert caught.value.parameter == "schedule.scheduleExpression"
    return caught.value.detail


def test_five_fields_are_refused_in_the_words_that_aws_was_seen_to_use() -> None:
    # cron(0 0 * * *): hashicorp/terraform-provider-aws#17396, buildkite/image-builder#7
    assert refusal_of("cron(0 0 * * *)") == (
        "Invalid schedule expression. Details: Invalid CRON expression: "
        "error at position 9, details: Unexpected end of expression."
    )


END = "Unexpected end of expression."
SPACE = "Unexpected white space."
QUESTION_MARK = "'?' can only be specified for Day-of-Month or Day-of-Week."
NTH = "A numeric value between 1 and 5 must follow the '#' option"


@pytest.mark.parametrize(
    ("text", "position", "details"),
    [
        pytest.param("", 0, END, id="nothing"),
        pytest.param("0", 1, END, id="one field"),
        pytest.param("0 0 * * ?", 9, END, id="five fields"),
        pytest.param("0 0 * * ? ", 10, END, id="a space instead of the year"),
        pytest.param("0 0 * * ? * *", 11, SPACE, id="seven fields"),
        pytest.param(" 0 0 * * ? *", 0, SPACE, id="a leading space"),
        pytest.param("0 0 * * ? * ", 11, SPACE, id="a trailing space"),
        pytest.param("0 0  * * ? *", 4, SPACE, id="two spaces"),
        pytest.param("0 0\t* * ? *", 3, "Unexpected character: \t", id="a tab"),
        pytest.param(
            "0 0 * * SUN *",
            8,
            "Support for specifying both a day-of-week AND a day-of-month parameter "
            "is not implemented.",
            id="no question mark",
        ),
        pytest.param(
            "0 0 ? * ? *",
            8,
            "'?' can only be specified for Day-of-Month -OR- Day-of-Week.",
            id="two question marks",
        ),
        pytest.param("? 0 * * ? *", 0, QUESTION_MARK, id="a question mark for the minute"),
        pytest.param("0 0 * ? 1 *", 6, QUESTION_MARK, id="a question mark for the month"),
        pytest.param("0 0 ?,1 * ? *", 5, "Unexpected character: ,", id="a question mark listed"),
        pytest.param(
            "60 0 * * ? *", 0, "Minute and Second values must be between 0 and 59", id="minute 60"
        ),
        pytest.param("0 24 * * ? *", 2, "Hour values must be between 0 and 23", id="hour 24"),
        pytest.param("0 0 0 * ? *", 4, "Day of month values must be between 1 and 31", id="day 0"),
        pytest.param(
            "0 0 1,32 * ? *", 6, "Day of month values must be between 1 and 31", id="day 32"
        ),
        pytest.param(
            "0 0 32W * ? *", 4, "Day of month values must be between 1 and 31", id="weekday 32W"
        ),
        pytest.param("0 0 * 0 ? *", 6, "Month values must be between 1 and 12", id="month 0"),
        pytest.param("0 0 * 1-13 ? *", 8, "Month values must be between 1 and 12", id="month 13"),
        pytest.param("0 0 ? * 0 *", 8, "Day-of-Week values must be between 1 and 7", id="day 0"),
        pytest.param(
            "0 0 ? * 8L *", 8, "Day-of-Week values must be between 1 and 7", id="last day 8"
        ),
        pytest.param(
            "0 0 * * ? 1969", 10, "Year values must be between 1970 and 2199", id="year 1969"
        ),
        pytest.param(
            "0 0 * * ? 2200", 10, "Year values must be between 1970 and 2199", id="year 2200"
        ),
        pytest.param(
            "0 0 * * ? 2030-2029", 15, "Start year must be less than stop year", id="years back"
        ),
        pytest.param("0 0 ? * FOO *", 8, "Invalid Day-of-Week value: 'FOO'", id="no such weekday"),
        pytest.param("0 0 ? mon * *", 6, "Invalid Month value: 'MON'", id="a weekday for a month"),
        pytest.param(
            "0 noon * * ? *", 2, "Illegal characters for this position: 'NOO'", id="a name for hour"
        ),
        pytest.param("0 0 ? * FRIDAY *", 11, "Unexpected character: DAY", id="a long name"),
        pytest.param("0 0 ? * fr *", 8, "Unexpected character: F", id="a short name"),
        pytest.param("0 0 ? * \u0663 *", 8, "Unexpected character: \u0663", id="a foreign digit"),
        pytest.param("0 0 1, * ? *", 6, SPACE, id="nothing after the comma"),
        pytest.param("0 0 ,1 * ? *", 4, "Unexpected character: ,", id="nothing before the comma"),
        pytest.param("0 0 1- * ? *", 6, SPACE, id="nothing after the dash"),
        pytest.param("0 0 -1 * ? *", 4, "Unexpected character: -", id="nothing before the dash"),
        pytest.param("0 0 1-2-3 * ? *", 7, "Unexpected character: -", id="two dashes"),
        pytest.param("0 0 *-3 * ? *", 5, "Unexpected character: -", id="a dash after the asterisk"),
        pytest.param("0.5 0 * * ? *", 1, "Unexpected character: .", id="a fraction"),
        pytest.param("/5 0 * * ? *", 0, "Unexpected character: /", id="a step from nowhere"),
        pytest.param("0/ 0 * * ? *", 2, "'/' must be followed by an integer.", id="no step"),
        pytest.param("0/x 0 * * ? *", 2, "'/' must be followed by an integer.", id="a step by x"),
        pytest.param("*/0 0 * * ? *", 2, "Increment < 1 : 0", id="a step by none"),
        pytest.param("0/60 0 * * ? *", 2, "Increment > 60 : 60", id="a step over the hour"),
        pytest.param("0 0 1/32 * ? *", 6, "Increment > 31 : 32", id="a step over the month"),
        pytest.param("0 0 ? * 2/2 *", 9, "Unexpected character: /", id="a step over weekdays"),
        pytest.param("0 0 ? * */2 *", 9, "Unexpected character: /", id="a step over all weekdays"),
        pytest.param("0 L * * ? *", 2, "Unexpected character: L", id="a last hour"),
        pytest.param("0 0 1,L * ? *", 6, "Unexpected character: L", id="the last day listed"),
        pytest.param("0 0 L,1 * ? *", 5, "Unexpected character: ,", id="a day after the last"),
        pytest.param("0 0 5L * ? *", 5, "Unexpected character: L", id="L after a day of month"),
        pytest.param("0 0 L-3 * ? *", 5, "Unexpected character: -", id="L-3"),
        pytest.param("0 0 LW * ? *", 5, "Unexpected character: W", id="LW"),
        pytest.param("0 0 W * ? *", 4, "Unexpected character: W", id="W alone"),
        pytest.param("0 0 1,3W * ? *", 7, "Unexpected character: W", id="W in a list"),
        pytest.param("0 0 ? * 3W *", 9, "Unexpected character: W", id="W after a weekday"),
        pytest.param("0 0 ? * 1,6L *", 11, "Unexpected character: L", id="a last weekday listed"),
        pytest.param("0 0 1#2 * ? *", 5, "Unexpected character: #", id="# after a day of month"),
        pytest.param("0 0 ? * #2 *", 8, "Unexpected character: #", id="# after nothing"),
        pytest.param("0 0 ? * *#2 *", 8, "Unexpected character: *", id="# after the asterisk"),
        pytest.param("0 0 ? * fri#0 *", 12, NTH, id="week 0"),
        pytest.param("0 0 ? * fri#6 *", 12, NTH, id="week 6"),
        pytest.param("0 0 ? * fri# *", 12, NTH, id="week left out"),
        pytest.param("0 0 ? * sat#2,4 *", 13, "Unexpected character: ,", id="two weeks"),
        pytest.param("0 0 ? * 3#1,6#3 *", 11, "Unexpected character: ,", id="two weekdays' weeks"),
    ],
)
def test_a_cron_expression_outside_the_grammar_is_refused_where_it_leaves_it(
    text: str, position: int, details: str
) -> None:
    assert refusal_of(f"cron({text})") == (
        "Invalid schedule expression. Details: Invalid CRON expression: "
        f"error at position {position}, details: {details}"
    )


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "0 0 * * ? *",
        "cron(0 0 * * ? *",
        "cron 0 0 * * ? *",
        "CRON(0 0 * * ? *)",
        " cron(0 0 * * ? *)",
        "cron(0 0 * * ? *) ",
        "at(2030-01-01T00:00:00)",
        "@daily",
        "rate",
    ],
)
def test_what_is_neither_cron_nor_rate_is_refused(expression: str) -> None:
    assert refusal_of(expression) == (
        "Invalid schedule expression. Details: Schedule expressions must have the following "
        r"syntax: rate(<number>\s?(minutes?|hours?|days?)) or cron(<cron_expression>)."
    )


@pytest.mark.parametrize(
    ("text", "position", "details"),
    [
        pytest.param("", 0, "The value must be a positive number.", id="nothing"),
        pytest.param("0 minutes", 0, "The value must be a positive number.", id="zero"),
        pytest.param("-5 minutes", 0, "The value must be a positive number.", id="negative"),
        pytest.param("1.5 hours", 0, "The value must be a positive number.", id="a fraction"),
        pytest.param("one day", 0, "The value must be a positive number.", id="a word"),
        pytest.param("5", 1, END, id="no unit"),
        pytest.param("5 ", 2, END, id="a space instead of the unit"),
        pytest.param("2 weeks", 2, "Invalid unit value: 'weeks'", id="weeks"),
        pytest.param("2 Hours", 2, "Invalid unit value: 'Hours'", id="upper case"),
        pytest.param("2  hours", 2, "Invalid unit value: ' hours'", id="two spaces"),
        pytest.param("2 hours ", 2, "Invalid unit value: 'hours '", id="a trailing space"),
        pytest.param("5minutes", 0, "The value must be a positive number.", id="no space"),
        pytest.param(
            "1 hours", 2, "The unit is singular for 1 and plural for more than 1.", id="1 hours"
        ),
        pytest.param(
            "5 hour", 2, "The unit is singular for 1 and plural for more than 1.", id="5 hour"
        ),
    ],
)
def test_a_rate_outside_the_grammar_is_refused(text: str, position: int, details: str) -> None:
    assert refusal_of(f"rate({text})") == (
        "Invalid schedule expression. Details: Invalid RATE expression: "
        f"error at position {position}, details: {details}"
    )


@pytest.mark.parametrize("expression", ["cron(0 0 * * ? *)", "rate(1 day)"])
@pytest.mark.parametrize("zone", ["Mars/Phobos", "Europe", "../Europe/Berlin", "PST", ""])
def test_a_time_zone_that_does_not_exist_is_refused_as_such(expression: str, zone: str) -> None:
    with pytest.raises(TimezoneError) as caught:
        parse_schedule(expression, zone)

    assert caught.value.parameter == "schedule.timezone"
    assert caught.value.detail == f"Invalid timezone: '{zone}'."
