"""Tables that a test can read as data, print, or save as a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = TypeVar("Row", bound=Mapping[str, object])

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }}
body {{ margin: 2rem; }}
h1 {{ font-size: 1.2rem; }}
div {{ overflow-x: auto; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: .3rem .8rem; text-align: left; vertical-align: top; }}
th {{ border-bottom: 2px solid; white-space: nowrap; }}
td {{ border-bottom: 1px solid #8885; }}
li {{ list-style: none; }}
ul {{ margin: 0; padding: 0; }}
.bad {{ background: #d3302f26; }}
.warning {{ background: #e0820026; }}
.good {{ background: #2e7d3226; }}
</style>
</head>
<body>
<h1>{title}</h1>
{summary}{figure}
<div><table>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table></div>
</body>
</html>
"""

# How a row is shaded, by the word in the column that marks it.
SHADES = {
    **dict.fromkeys(("DELETE", "DELETED", "FAILED"), "bad"),
    **dict.fromkeys(("DEPRECATE", "DISABLE", "CANCELLED", "SKIP", "SKIPPED"), "warning"),
    **dict.fromkeys(("AVAILABLE", "COMPLETED", "KEEP", "SUCCESS"), "good"),
}


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
    def summary(self) -> str:
        """What the rows come to, in a line; empty if nothing is summed up."""
        return ""

    def data(self) -> dict[str, object]:
        """What JSON has of the table."""
        return {"title": self.title, "rows": self.rows}

    @property
    def columns(self) -> list[str]:
        """The names of the columns that are not empty, in their order."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        return [name for name in names if any(_lines(row.get(name)) for row in self.rows)]

    def __str__(self) -> str:
        columns = self.columns
        lines = [
            [column.replace("_", " ").upper() for column in columns],
            *(["; ".join(_lines(row.get(name))) for name in columns] for row in self.rows),
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

    def _page(self) -> str:
        columns = self.columns
        head = "".join(
            f"<th>{escape(name.replace('_', ' ').capitalize())}</th>" for name in columns
        )
        body = "\n".join(
            f"<tr{self._shade(row)}>"
            + "".join(f"<td>{_cell(_lines(row.get(name)))}</td>" for name in columns)
            + "</tr>"
            for row in self.rows
        )
        summary = f"<p>{escape(self.summary)}</p>\n" if self.summary else ""
        return _PAGE.format(
            title=escape(self.title), summary=summary, figure=self.figure(), head=head, body=body
        )

    def __repr__(self) -> str:
        held = self.summary or f"{len(self.rows):,} rows"
        return f"<{type(self).__name__} {self.title!r}: {held}>"

    def _repr_html_(self) -> str:
        """The page, in a frame of a notebook that leaves the notebook's own style alone."""
        return (
            f'<iframe title="{escape(self.title)}" srcdoc="{escape(self._page())}" '
            'style="width: 100%; height: 30em; border: 0"></iframe>'
        )

    def figure(self) -> str:
        """HTML that the page shows above the table."""
        return ""

    def _shade(self, row: Row) -> str:
        shade = None if self._marked_by is None else SHADES.get(str(row.get(self._marked_by)))
        return "" if shade is None else f' class="{shade}"'


def _cell(lines: Sequence[str]) -> str:
    if len(lines) > 1:
        return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
    return "".join(map(escape, lines))


def _lines(value: object) -> list[str]:
    """A value as text: a list has a line for each entry, and an empty value none."""
    if value is None or value == "":
        return []
    if isinstance(value, datetime):
        return [value.isoformat(sep=" ", timespec="seconds")]
    if isinstance(value, Mapping):
        return [" ".join(line for each in value.values() for line in _lines(each))]
    if isinstance(value, (list, tuple)):
        return [line for each in value for line in _lines(each)]
    return [str(value)]
