"""Writes what the documentation shows to pictures/: pages of the mock's own, and its layers.

    python docs/generate_pictures.py

The layers are those of the import contract in pyproject.toml. The pictures of the pages are taken
by hand, in docs/pictures, with any Chromium, cut at their last line, and saved with a palette, so
that they are small:

    chromium --headless --no-sandbox --hide-scrollbars --window-size=1200,1500 \
        --screenshot=build.png build.html
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType

from imagebuilder_mock import mock_imagebuilder

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures"

_PROGRAM = re.compile(r"^```python\n(# golden\.py\n.*?)^```$", re.MULTILINE | re.DOTALL)
_FRIDAY = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)

_LAYERS = re.compile(r"^layers = \[\n(.*?)^\]$", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">
<style>
.page {{ fill: #fff; }}
.passed {{ fill: #2b5c8a; }}
.beside {{ fill: #8fa9c2; }}
.arrow {{ fill: none; stroke: #888; stroke-width: 2; }}
text {{ fill: #fff; font: bold 14px monospace; text-anchor: middle; }}
</style>
<rect class="page" width="{width}" height="{height}"/>
{layers}
</svg>
"""
_STEP, _HEIGHT, _WIDTH, _EDGE = 46, 32, 400, 12


def golden() -> ModuleType:
    """The program of the tutorial."""
    found = _PROGRAM.search((DOCS / "tutorial.md").read_text(encoding="utf-8"))
    if found is None:
        msg = "the tutorial has no golden.py"
        raise LookupError(msg)
    module = ModuleType("golden")
    exec(found[1], module.__dict__)  # noqa: S102 - the documentation's own
    return module


def save_builds(folder: Path) -> None:
    """A build that ends well, and one whose tests fail, on the mock's own time."""
    with mock_imagebuilder(builds="clock", now=_FRIDAY) as mock:
        client = mock.client(region="us-east-1")
        pipeline = golden().set_up(client)
        for name, fails in (("build.html", False), ("failed-build.html", True)):
            if fails:
                mock.builds.fail_next(component="hardening", phase="test")
            build = client.start_image_pipeline_execution(imagePipelineArn=pipeline)
            mock.clock.advance(hours=1)
            mock.builds.timeline(build["imageBuildVersionArn"]).save_html(folder / name)


def save_preview(folder: Path) -> None:
    """What the policy of the tutorial would do to its images."""
    with mock_imagebuilder(now=_FRIDAY) as mock:
        client = mock.client(region="us-east-1")
        golden().set_up(client)
        for days, state, tags in (
            (10, "AVAILABLE", {}),
            (70, "AVAILABLE", {}),
            (190, "DEPRECATED", {"keep": "yes"}),
            (250, "DEPRECATED", {}),
            (300, "DEPRECATED", {}),
        ):
            created = _FRIDAY - timedelta(days=days)
            mock.images.add(recipe="golden", created=created, state=state, tags=tags)
        [policy] = client.list_lifecycle_policies()["lifecyclePolicySummaryList"]
        mock.lifecycle.preview(policy["arn"]).save_html(folder / "lifecycle-preview.html")


def layers() -> list[list[str]]:
    """The layers from the top, each with the modules that stand beside each other in it."""
    found = _LAYERS.search((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    if found is None:
        msg = "pyproject.toml has no layers"
        raise LookupError(msg)
    return [layer.split(" | ") for layer in re.findall(r'"(.*)"', found[1])]


def passed() -> set[str]:
    """The modules that a request passes, by the drawing of its line in architecture.md."""
    found = _LINE.search((DOCS / "architecture.md").read_text(encoding="utf-8"))
    if found is None:
        msg = "architecture.md has no line of a request"
        raise LookupError(msg)
    return set(re.findall(r"\w+", found[1]))


def save_architecture(folder: Path) -> None:
    """Draw the layers: imports point down, and what a request passes is dark."""
    on_the_way = passed()
    drawn = [_layer(names, row, on_the_way) for row, names in enumerate(layers())]
    picture = _SVG.format(
        width=_WIDTH + 2 * _EDGE,
        height=len(drawn) * _STEP + _EDGE,
        layers="\n".join(drawn),
    )
    (folder / "architecture.svg").write_text(picture, encoding="utf-8")


def _layer(names: list[str], row: int, on_the_way: set[str]) -> str:
    top, width = _EDGE + row * _STEP, _WIDTH // len(names)
    parts = []
    if row:
        middle = _EDGE + _WIDTH // 2
        parts.append(f'<path class="arrow" d="M{middle} {top - 13}v9m-4 -5l4 5l4 -5"/>')
    for number, name in enumerate(names):
        left = _EDGE + number * width
        shade = "passed" if name in on_the_way else "beside"
        parts.append(
            f'<rect class="{shade}" x="{left + 2}" y="{top}" width="{width - 4}" '
            f'height="{_HEIGHT}" rx="4"/>'
            f'<text x="{left + width // 2}" y="{top + 21}">{name}</text>'
        )
    return "\n".join(parts)


def save(folder: Path) -> None:
    """Write all of it to a folder."""
    save_builds(folder)
    save_preview(folder)
    save_architecture(folder)


if __name__ == "__main__":
    save(PICTURES)
