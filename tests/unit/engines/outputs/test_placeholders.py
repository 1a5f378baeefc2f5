"""The placeholders in the names and tags of AMIs.

Source: a captured SNS message of 2024, for milliseconds.
"""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from imagebuilder_mock.engines.outputs.amis import filled_text, has_build_date

MOMENT = datetime(2022, 10, 26, 22, 30, 5, 912619, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("web", "web"),
        ("web {{ imagebuilder:buildDate }}", "web 2022-10-26T22-30-05.912Z"),
        ("web {{imagebuilder:buildDate}}", "web 2022-10-26T22-30-05.912Z"),
        ("web {{imagebuilder:buildDate:yyyy-MM-dd}}", "web 2022-10-26"),
        ("web {{ imagebuilder:buildDate:yyyyMMddHHmmss }}", "web 20221026223005"),
        ("web {{ imagebuilder:buildVersion }}", "web 7"),
        ("{{imagebuilder:buildVersion}}.{{imagebuilder:buildDate:yyyy}}", "7.2022"),
        ("web {{ imagebuilder:other }}", "web {{ imagebuilder:other }}"),
    ],
)
def test_placeholders_are_filled(template, text):
    assert filled_text(template, build_date=MOMENT, build_number=7) == text
    assert has_build_date(template) == ("buildDate" in template)
