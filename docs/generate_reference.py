"""Writes quotas.md, catalogue.md and control.md, from the tables that the mock itself works with.

python docs/generate_reference.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.catalogue.records import (
    managed_components,
    managed_images,
    managed_workflows,
)
from imagebuilder_mock.cli.remote_control import rows as control_rows
from imagebuilder_mock.domain.quotas import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DOCS = Path(__file__).parent
_WRITTEN = "<!-- Written by generate_reference.py; do not edit. -->"

_QUOTAS = """\
# Quotas

{written}

How many of each thing an account may have in a Region: the service's defaults, from the AWS General
Reference, "EC2 Image Builder endpoints and quotas". A request that would exceed one is refused with
`ServiceQuotaExceededException`. `quotas={{"image pipelines": 3}}` sets some of them by these
names, and `quotas=False` lifts all. Lengths are in characters, sizes in bytes.

{table}
"""

_CATALOGUE = """\
# Catalogue

{written}

What Amazon, and others through it, offer to every account and Region. The names are real; the
versions, dates and documents are samples. ARNs have the name in lower case with hyphens, as in
`arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x`, and wildcards mean the
newest version. `mock.catalogue.publish(name, version)` adds a newer one.

## Images

{images}

## Components

What a component runs on is empty where it suits every version of its platform.

{components}

## Workflows

{workflows}
"""


_CONTROL = """\
# Control over HTTP

{written}

The requests by which a test in another language or process controls a
[server](transports.md#control-over-http). Each stands behind `/_imagebuilder_mock/`, as in
`POST /_imagebuilder_mock/builds/fail`. The arguments are members of a JSON object in the body, for
GET of the query; those in bold have to be given. Times are ISO text with a zone.
`GET /_imagebuilder_mock/` answers the same table as JSON, with schemas.

{parts}
"""


def control() -> str:
    """The page of control over HTTP as it ought to be."""
    parts: dict[str, list[tuple[str, ...]]] = {}
    for row in control_rows():
        part = str(row["request"]).partition(" ")[2].rpartition("/")[0] or "the mock"
        parts.setdefault(part, []).append(_control_cells(row))
    head = ("request", "does", "arguments", "example")
    tables = (
        f"## {part[0].upper()}{part[1:]}\n\n{_table(head, cells)}" for part, cells in parts.items()
    )
    return _CONTROL.format(written=_WRITTEN, parts="\n\n".join(tables))


def _control_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    arguments = (
        f"**`{name}`**" if name in row["required"] else f"`{name}`" for name in row["arguments"]
    )
    does = row["does"].replace("``", "`").replace("|", "\\|")
    example = f"`{json.dumps(row['example'])}`" if row["example"] else ""
    return f"`{row['request']}`", does, ", ".join(arguments), example


def quotas() -> str:
    """The page of quotas as it ought to be."""
    limits = sorted(DEFAULTS.items(), key=lambda limit: limit[0].lower())
    rows = ((f"`{name}`", f"{limit:,}") for name, limit in limits)
    return _QUOTAS.format(written=_WRITTEN, table=_table(("name", "default"), rows))


def catalogue() -> str:
    """The page of the catalogue as it ought to be."""
    return _CATALOGUE.format(
        written=_WRITTEN,
        images=_table(
            ("name", "in ARNs", "type", "platform", "operating system", "versions"),
            (
                (
                    image.name,
                    f"`{image.account}:image/{image.slug}`",
                    image.type,
                    image.platform,
                    image.os_version,
                    _numbers(image.versions),
                )
                for image in managed_images()
            ),
        ),
        components=_table(
            ("name", "in ARNs", "type", "platform", "runs on", "versions"),
            (
                (
                    component.name,
                    f"`{component.account}:component/{component.slug}`",
                    component.type,
                    component.platform,
                    ", ".join(component.supported_os_versions),
                    _numbers(component.versions),
                )
                for component in managed_components()
            ),
        ),
        workflows=_table(
            ("name", "type", "what it does", "versions"),
            (
                (f"`{each.name}`", each.type, each.description, _numbers(each.versions))
                for each in managed_workflows()
            ),
        ),
    )


PAGES = {"quotas.md": quotas, "catalogue.md": catalogue, "control.md": control}


def _numbers(versions: Iterable[tuple[str, object]]) -> str:
    return ", ".join(number for number, _ in versions)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in lines)


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
