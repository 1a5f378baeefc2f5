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

Look up here what the option `quotas` can set, such as `quotas={{"image pipelines": 3}}`;
`quotas=False` lifts all quotas. A quota limits what an account may have in a Region, and a
request that would exceed it is refused with `ServiceQuotaExceededException`. The defaults are
those of the AWS General Reference, "EC2 Image Builder endpoints and quotas". Lengths are in
characters, sizes in bytes.

{table}
"""

_CATALOGUE = """\
# Catalogue

{written}

Look up here the images, components and workflows that Amazon and others offer to every account
and Region. The names are real; the versions, dates and documents are samples.

An ARN has the name in lower case with hyphens, and a wildcard means the newest version:
`arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x`.
`mock.catalogue.publish(name, version)` adds a newer version.

## Images

{images}

## Components

If the column "runs on" is empty, the component runs on every version of its platform.

{components}

## Workflows

{workflows}
"""


_CONTROL = """\
# Control over HTTP

{written}

Look up here the requests by which a test in another language or process controls a
[server](transports.md#control-over-http). The path of each begins with `/_imagebuilder_mock/`, as
in `POST /_imagebuilder_mock/builds/fail`. `GET /_imagebuilder_mock/` returns the same table as
JSON, with schemas of the arguments.

- The arguments are members of a JSON object in the body, or for GET parameters of the query;
  those in bold are required, and `**` stands for members of any name. Times are ISO text with a
  zone, and durations are seconds.
- The answer is what the method returns, or `{{}}` for nothing. Members of objects have names such
  as `accountId`.
- A mistake, or an assertion that does not hold, is answered with 400 and a `message` that
  explains it.
- `PUT state` takes at most 256 MiB.
- Requests from other machines are refused unless the server was started with
  `--allow-remote-control` (`allow_remote_control=True`). [Which requests are
  accepted](transports.md#which-requests-are-accepted) has the other rules.

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
