"""Placeholders that a build fills, in the names and the tags of its AMIs.

Sources: API reference, AmiDistributionConfiguration; user guide, tag-resources, and
wfdoc-step-actions, whose sample has a date with a format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from imagebuilder_mock.domain.resources.images import Image

_BUILD_DATE = re.compile(r"\{\{\s*imagebuilder:buildDate(?::([A-Za-z._-]+))?\s*\}\}")
_BUILD_VERSION = re.compile(r"\{\{\s*imagebuilder:buildVersion\s*\}\}")
_DATE_PARTS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


def filled(template: str, image: Image) -> str:
    """The text of an image's build."""
    began = next(
        (step.moment for step in image.transitions if step.status == "BUILDING"),
        image.date_created,
    )
    return filled_text(template, build_date=began, build_number=image.build_number)


def filled_text(template: str, *, build_date: datetime, build_number: int) -> str:
    """The text with its placeholders filled; ``:`` cannot stand in an AMI's name."""
    text = _BUILD_VERSION.sub(str(build_number), template)
    return _BUILD_DATE.sub(lambda found: build_date_text(build_date, found.group(1)), text)


def has_build_date(template: str) -> bool:
    """Whether the texts made from it differ from build to build."""
    return _BUILD_DATE.search(template) is not None


def build_date_text(moment: datetime, form: str | None = None) -> str:
    """``2022-10-26T22-30-05.912619Z``, as AMI names of real builds have it, or in a format."""
    if form is None:
        return f"{moment:%Y-%m-%dT%H-%M-%S.%f}Z"
    parts = re.compile("|".join(_DATE_PARTS))
    return parts.sub(lambda found: moment.strftime(_DATE_PARTS[found.group()]), form)
