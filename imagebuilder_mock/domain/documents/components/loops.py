"""The loops of a component document's steps.

Source: AWSTOE looping constructs, user guide page toe-looping-constructs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagebuilder_mock.domain.documents.members import (
    TEXTS,
    Member,
    Members,
    OneOf,
    integer,
    text,
)
from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from imagebuilder_mock.domain.documents.members import Node

DELIMITERS = (".", ",", ";", ":", "\n", "\t", " ", "-", "_")


class ForLoop(Value):
    """The whole numbers from ``start`` to ``end``, both included."""

    name: str | None
    start: int
    end: int
    update_by: int


class ForEachLoop(Value):
    """The texts of a list, which may hold references."""

    name: str | None
    values: tuple[str, ...]


class DelimitedLoop(Value):
    """The parts of one text, which may be a reference, between delimiters."""

    name: str | None
    text: str
    delimiter: str


Loop: TypeAlias = ForLoop | ForEachLoop | DelimitedLoop


class _For(Members):
    start = Member[int | None](integer, None, required=True)
    end = Member[int | None](integer, None, required=True)
    update_by = Member[int | None](integer, None, required=True)


class _Delimited(Members):
    list_ = Member(text, "", required=True)
    delimiter = Member(
        OneOf(
            DELIMITERS,
            "Invalid delimiter '{value}' of the loop's 'forEach'. Valid delimiters are "
            r". , ; : \n \t space - _.",
        ),
        ",",
    )


def _for(node: Node) -> tuple[int, int, int] | None:
    members = _For(node)
    start, end, update_by = members.start, members.end, members.update_by
    if start is None or end is None or update_by is None:
        return None
    # Zero is documented; that AWSTOE also refuses to walk away from the end is inferred from
    # "verifies that the combination does not result in an infinite loop".
    if update_by == 0 or (end - start) * update_by < 0:
        node.refuse(
            f"{node.subject} results in an infinite loop: start {start}, end {end}, "
            f"updateBy {update_by}.",
        )
    return start, end, update_by


def _for_each(node: Node) -> tuple[str, ...] | _Delimited | None:
    return _Delimited(node) if isinstance(node.value, dict) else TEXTS(node)


class _Loop(Members):
    name = Member[str | None](text, None)
    for_ = Member(_for, (0, 0, 1), called="The loop's 'for'")
    for_each = Member[tuple[str, ...] | _Delimited](
        _for_each, (), called="The loop's 'forEach'", required=True
    )


def parse_loop(node: Node) -> Loop:
    """Read a step's ``loop``, which has exactly one of ``for`` and ``forEach``."""
    node = node.called("The loop")
    members = _Loop(node)
    name, given = members.name, members.given
    if given is not None and ("for" in given) == ("forEach" in given):
        node.refuse("The loop requires exactly one of 'for' and 'forEach'.")
        return ForEachLoop(name, ())
    if given is not None and "for" in given:
        return ForLoop(name, *members.for_)
    each = members.for_each
    if isinstance(each, _Delimited):
        return DelimitedLoop(name, each.list_, each.delimiter)
    return ForEachLoop(name, each)
