"""Find where each character of a scalar stands in a YAML document, whatever its style."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from yaml.scanner import Scanner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    import yaml

    Place: TypeAlias = Callable[[int, int], tuple[int, int]]
    """Where a line and a column of the text stand in the document; all count from one."""

_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$", re.MULTILINE)
_PROPERTIES = re.compile(r"(?:[!&]\S*\s+)*")
_ESCAPE = re.compile(r"\\(?:x(..)|u(....)|U(........)|(.))", re.DOTALL)
_BLANK = " \t\r\n"


def place_in(scalar: yaml.ScalarNode, document: str) -> Place:
    """A function from places in a scalar's text to places in the document."""
    starts = [0, *accumulate(map(len, document.splitlines(keepends=True)))]
    written = starts[scalar.start_mark.line] + scalar.start_mark.column
    at = list(_offsets(str(scalar.value), document, written, scalar.style or ""))
    inner = [0, *accumulate(len(line) + 1 for line in str(scalar.value).split("\n"))]

    def place(line: int, column: int) -> tuple[int, int]:
        offset = at[min(inner[min(line, len(inner)) - 1] + column - 1, len(at) - 1)]
        found = bisect_right(starts, offset) - 1
        return found + 1, offset - starts[found] + 1

    return place


def _offsets(text: str, document: str, start: int, style: str) -> Iterator[int]:
    """The offset of each character of the text, and of its end.

    Folding changes blanks alone: all other characters stand in the document in their order, as
    themselves or as escapes. A blank that is not written stands where the next character does.
    """
    at = _beginning(document, start, style)
    for character in text:
        written, after = _character_at(document, at, style)
        while written != character and after > at and (written == "" or written in _BLANK):
            if character == " " and written in "\r\n":
                break
            at = after
            written, after = _character_at(document, at, style)
        yield at
        if written == character:
            at = after
    yield at


def _beginning(document: str, start: int, style: str) -> int:
    """Where the text begins: after a tag, an anchor, the quote, or the first line of a block."""
    if style in ("|", ">"):
        header = _HEADER.search(document, start)
        return start if header is None else min(header.end() + 1, len(document))
    if style:
        return document.index(style, start) + 1
    properties = _PROPERTIES.match(document, start)
    return start if properties is None else properties.end()


def _character_at(document: str, at: int, style: str) -> tuple[str, int]:
    """The character at an offset, and the offset after it; "" if the place adds no character."""
    if at >= len(document):
        return "", at
    if style == "'" and document.startswith("''", at):
        return "'", at + 2
    escape = _ESCAPE.match(document, at) if style == '"' else None
    if escape is None:
        return document[at], at + 1
    code = escape[1] or escape[2] or escape[3]
    if code:
        return chr(int(code, 16)), escape.end()
    # A line that goes on in the next one.
    is_line_end = escape[4] in "\r\n"
    return "" if is_line_end else Scanner.ESCAPE_REPLACEMENTS.get(
        escape[4], escape[4]
    ), escape.end()
