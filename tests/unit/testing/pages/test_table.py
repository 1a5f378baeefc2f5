"""Tables: data, text, a page."""

from __future__ import annotations

from datetime import datetime, timezone
from html.parser import HTMLParser

from imagebuilder_mock.testing.pages.table import Table

ROWS: list[dict[str, object]] = [
    {"name": "one", "made": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc), "parts": []},
    {"name": "<two>", "made": None, "parts": [{"id": 1, "why": None}, {"id": 2, "why": "old"}]},
]


class Page(HTMLParser):
    """What a page loads and runs."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.addresses = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in {"src", "href"}]


def test_the_rows_are_the_data():
    assert Table("Things", ROWS).rows == ROWS


def test_text_is_aligned():
    assert str(Table("Things", ROWS)) == (
        "Things\n"
        "NAME   MADE                       PARTS\n"
        "one    2026-01-02 03:04:05+00:00\n"
        "<two>                             1; 2 old"
    )


def test_a_column_without_anything_is_left_out():
    table = Table("Things", [{"name": "one", "why": None, "parts": ()}])

    assert table.columns == ["name"]
    assert str(table) == "Things\nNAME\none"


def test_without_rows_there_is_the_title():
    assert str(Table("Nothing", [])) == "Nothing\n"


def test_the_page_is_whole_in_itself(tmp_path):
    path = Table("Things & more", ROWS).save_html(tmp_path / "reports" / "things.html")

    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.addresses == []
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert page.tags.count("tr") == 3
    assert "<title>Things &amp; more</title>" in text
    assert '<td data-label="Name">&lt;two&gt;</td>' in text
    assert "<ul><li>1</li><li>2 old</li></ul>" in text


def test_rows_are_shaded_by_the_column_that_marks_them(tmp_path):
    rows = [{"fate": "DELETE"}, {"fate": "KEEP"}, {"fate": "other"}]

    text = Table("Things", rows, marked_by="fate").save_html(str(tmp_path / "t.html")).read_text()

    assert '<tr class="bad"><td class="marking" data-label="Fate">DELETE</td></tr>' in text
    assert '<tr class="good"><td class="marking" data-label="Fate">KEEP</td></tr>' in text
    assert '<tr><td class="marking" data-label="Fate">other</td></tr>' in text
