"""Tables that a test can read as data, print, or save as a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from .frame import SHADES, page, readable, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = TypeVar("Row", bound=Mapping[str, object])


class Table(Generic[Row]):
    """``rows`` is the data: for each row a mapping from the names of the columns to values.

    ``str()`` gives aligned text, and ``save_html`` writes a page. Both leave out empty columns, and
    begin with the ``summary`` of a table that has one.
    """

    __slots__ = ("_marked_by", "rows", "title")

    def __init__(self, title: str, rows: Sequence[Row], *, marked_by: str | None = None) -> None:
        """``marked_by`` is the column whose words shade the rows of the page."""
        self.title = title
        self.rows = list(rows)
        self._marked_by = marked_by

    @property
    def headline(self) -> str:
        """The headline of its page."""
        return self.title

    @property
    def summary(self) -> str:
        """A line that sums up the rows; empty if there is none."""
        return ""

    def data(self) -> dict[str, object]:
        """The table as JSON has it."""
        return {"title": self.title, "rows": self.rows}

    @property
    def columns(self) -> list[str]:
        """The names of the columns that are not empty, in their order."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        return [name for name in names if any(lines_of(row.get(name)) for row in self.rows)]

    def __str__(self) -> str:
        columns = self.columns
        lines = [
            [column.replace("_", " ").upper() for column in columns],
            *(["; ".join(lines_of(row.get(name))) for name in columns] for row in self.rows),
        ]
        widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        table = (
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
            for cells in lines
        )
        heading = [self.title, self.summary] if self.summary else [self.title]
        return "\n".join([*heading, *(line.rstrip() for line in table)])

    def save_html(self, path: str | Path) -> Path:
        """Write the table as one HTML page without scripts or links, and return its path.

        Missing folders are created.
        """
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self._page(), encoding="utf-8")
        return target

    def parts(self) -> Iterable[str]:
        """What its page shows below the headline, as HTML."""
        yield summary(self.summary)
        yield self.html(self.rows, self.columns)

    def html(self, rows: Sequence[Row], columns: Sequence[str]) -> str:
        """Rows as a table of HTML; on a phone each is a card."""
        head = "".join(f"<th>{_label(name)}</th>" for name in columns)
        body = "\n".join(
            f"<tr{self._shade(row)}>{''.join(self._cell(row, name) for name in columns)}</tr>"
            for row in rows
        )
        return (
            f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n'
            "</tbody>\n</table></div>"
        )

    def shown(self, row: Row, name: str) -> Sequence[str]:
        """The lines of a cell of the page."""
        return lines_of(row.get(name))

    def line(self, _row: Row, _name: str, line: str) -> str:
        """One of these lines as HTML."""
        return escape(line)

    def shade(self, row: Row) -> str | None:
        """How a row of the page is shaded."""
        return None if self._marked_by is None else SHADES.get(str(row.get(self._marked_by)))

    def _page(self) -> str:
        return page(self.headline, self.parts())

    def __repr__(self) -> str:
        held = self.summary or f"{len(self.rows):,} rows"
        return f"<{type(self).__name__} {self.title!r}: {held}>"

    def _repr_html_(self) -> str:
        """The page in a frame, so that it leaves the style of a notebook alone."""
        return (
            f'<iframe title="{escape(self.title)}" srcdoc="{escape(self._page())}" '
            'style="width: 100%; height: 30em; border: 0"></iframe>'
        )

    def _cell(self, row: Row, name: str) -> str:
        lines = [self.line(row, name, line) for line in self.shown(row, name)]
        kind = ' class="marking"' if name == self._marked_by else ""
        text = "".join(lines)
        if len(lines) > 1:
            text = f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
        return f'<td{kind} data-label="{_label(name)}">{text}</td>'

    def _shade(self, row: Row) -> str:
        shade = self.shade(row)
        return "" if shade is None else f' class="{shade}"'


def _label(name: str) -> str:
    return escape(name.replace("_", " ").capitalize())


def lines_of(value: object) -> list[str]:
    """A value as text: a list has a line for each entry, and an empty value none."""
    if value is None or value == "":
        return []
    if isinstance(value, datetime):
        return [value.isoformat(sep=" ", timespec="seconds")]
    if isinstance(value, timedelta):
        return [readable(value)]
    if isinstance(value, Mapping):
        return [" ".join(line for each in value.values() for line in lines_of(each))]
    if isinstance(value, (list, tuple)):
        return [line for each in value for line in lines_of(each)]
    return [str(value)]
