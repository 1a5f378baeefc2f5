"""Writes fidelity.md: what the mock does, where that comes from, and how sure it is.

    python docs/generate_fidelity.py

``fidelity.json`` has a row for each behaviour that does not follow from the model, under an id that
stays: its subject, a dot, and a name. A row has one confidence, a ``source`` or ``no_source`` (why
there is none), the operations that it is about as patterns of their names or as a parameter that
they take, and, where they are known, what contradicts it and what would settle it. Rows are in the
order of the subjects. ``generate_operations.py`` puts them into the sections of operations.md.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).with_name("fidelity.md")
DATA: dict[str, Any] = json.loads(PAGE.with_suffix(".json").read_text(encoding="utf-8"))

CONFIDENCES = {
    "verified": "AWS was asked, and its answer is on record.",
    "observed": "The service was seen to do it, in an issue, a captured answer, an acceptance "
    "test, or a sample of AWS.",
    "documented": "The user guide, the API reference or botocore's model of the service says so.",
    "decided": "The mock's own choice, because sources disagree, because the mock differs from "
    "AWS on purpose, or because the service has nothing like it.",
    "inferred": "A guess: what a careful service would do.",
}
"""What each word means, from the surest to the least sure."""

REAL = frozenset(("verified", "observed", "documented"))

_HEAD = """\
# Fidelity

<!-- Written by generate_fidelity.py from fidelity.json; do not edit. -->

Look up here what the mock does where its behaviour does not follow from botocore's model of the
service, with the source and how certain it is. There are {rows} rows.

| confidence | rows | what it means |
|---|---|---|
{counts}{contradicted}
Everything else follows from the model: members, which of them are required, patterns, bounds,
enums, HTTP statuses. An observation does not count if a later release of the service changed the
behaviour.

"TF" means hashicorp/terraform-provider-aws with its issues and acceptance tests, "UG" a page of
the user guide, and "aws-samples" aws-samples/amazon-ec2-image-builder-samples. The last column
says what to ask AWS to settle an uncertain row: [Verify the mock against AWS](verify.md).
"""

_CONTRADICTED = """
Newer evidence contradicts {count} of them; it follows **but** in the column of sources.
"""

_TABLE_HEAD = """
## {title}

| row | behaviour | source | confidence | settled by |
|---|---|---|---|---|
"""


class Row(NamedTuple):
    """An entry of fidelity.json."""

    id: str
    behaviour: str
    confidence: str
    operations: list[str]
    source: str = ""
    no_source: str = ""
    contradicted_by: str = ""
    settled_by: str = ""

    @property
    def subject(self) -> str:
        return self.id.partition(".")[0]

    @property
    def trust(self) -> str:
        """What operations.md calls it."""
        return "Real" if self.confidence in REAL else self.confidence.capitalize()

    @property
    def but(self) -> str:
        return f"**but** {self.contradicted_by}" if self.contradicted_by else ""

    @property
    def link(self) -> str:
        """The row's id, with a link to the table of its subject."""
        title = DATA["subjects"][self.subject]
        return f"[`{self.id}`]({PAGE.name}#{title.lower().replace(',', '').replace(' ', '-')})"


@cache
def rows() -> list[Row]:
    """All rows, in the order of the data."""
    return [Row(**entry) for entry in DATA["rows"]]


def page() -> str:
    """The page as it ought to be."""
    count = Counter(row.confidence for row in rows())
    contradicted = sum(bool(row.contradicted_by) for row in rows())
    head = _HEAD.format(
        rows=len(rows()),
        counts="".join(
            f"| {word} | {count[word]} | {CONFIDENCES[word]} |\n" for word in CONFIDENCES
        ),
        contradicted=_CONTRADICTED.format(count=contradicted) if contradicted else "",
    )
    return head + "".join(_table(subject, title) for subject, title in DATA["subjects"].items())


def _table(subject: str, title: str) -> str:
    lines = (_line(row) for row in rows() if row.subject == subject)
    return _TABLE_HEAD.format(title=title) + "".join(lines)


def _line(row: Row) -> str:
    origin = "; ".join(filter(None, (row.source or f"none: {row.no_source}", row.but)))
    cells = (f"`{row.id}`", row.behaviour, origin, row.confidence, row.settled_by)
    line = " | ".join(cell.replace("|", "\\|") for cell in cells)
    return f"| {line} |\n".replace("|  |", "| |")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
