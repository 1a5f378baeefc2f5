"""The loops of a component document's steps.

Source: AWSTOE looping constructs, user guide page toe-looping-constructs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import (
    integer_of,
    list_of,
    members_of,
    optional_text,
    required,
    text_of,
)

DELIMITERS = (".", ",", ";", ":", "\n", "\t", " ", "-", "_")


@dataclass(frozen=True, slots=True)
class ForLoop:
    """The whole numbers from ``start`` to ``end``, both included."""

    name: str | None
    start: int
    end: int
    update_by: int


@dataclass(frozen=True, slots=True)
class ForEachLoop:
    """The texts of a list, which may hold references."""

    name: str | None
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DelimitedLoop:
    """The parts of one text, which may be a reference, between delimiters."""

    name: str | None
    text: str
    delimiter: str


Loop: TypeAlias = ForLoop | ForEachLoop | DelimitedLoop


def parse_loop(value: object) -> Loop:
    """What stands under a step's ``loop``: exactly one of ``for`` and ``forEach``."""
    members = members_of(value, "The loop", known=("name", "for", "forEach"))
    name = optional_text(members, "name", "the loop")
    if ("for" in members) == ("forEach" in members):
        raise DocumentError("The loop requires exactly one of 'for' and 'forEach'.")
    if "for" in members:
        return _for(members["for"], name)
    values = required(members, "forEach", "The loop")
    if isinstance(values, dict):
        return _delimited(values, name)
    items = list_of(values, "The loop's 'forEach'")
    return ForEachLoop(
        name,
        tuple(text_of(item, "Every item of the loop's 'forEach'") for item in items),
    )


def _for(value: object, name: str | None) -> ForLoop:
    subject = "The loop's 'for'"
    members = members_of(value, subject, known=("start", "end", "updateBy"))
    start, end, update_by = (
        integer_of(required(members, key, subject), f"The {key} of the loop's 'for'")
        for key in ("start", "end", "updateBy")
    )
    # Zero is documented; that AWSTOE also refuses to walk away from the end is inferred from
    # "verifies that the combination does not result in an infinite loop".
    if update_by == 0 or (end - start) * update_by < 0:
        raise DocumentError(
            f"{subject} results in an infinite loop: start {start}, end {end}, "
            f"updateBy {update_by}.",
        )
    return ForLoop(name, start, end, update_by)


def _delimited(value: object, name: str | None) -> DelimitedLoop:
    subject = "The loop's 'forEach'"
    members = members_of(value, subject, known=("list", "delimiter"))
    text = text_of(required(members, "list", subject), "The list of the loop's 'forEach'")
    delimiter = text_of(members.get("delimiter", ","), "The delimiter of the loop's 'forEach'")
    if delimiter not in DELIMITERS:
        raise DocumentError(
            f"Invalid delimiter '{delimiter}' of the loop's 'forEach'. Valid delimiters are "
            r". , ; : \n \t space - _.",
        )
    return DelimitedLoop(name, text, delimiter)
