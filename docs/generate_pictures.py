"""Writes the pages in pictures/, which the documentation shows: what the mock itself writes.

    python docs/generate_pictures.py

The pictures of them are taken by hand, in docs/pictures, with any Chromium, and saved with a
palette, so that they are small; a page is as high as its chart (build 540, failed-build 470,
lifecycle-preview 580):

    chromium --headless --no-sandbox --hide-scrollbars --window-size=1200,540 \
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


def save(folder: Path) -> None:
    """Write all pages to a folder."""
    save_builds(folder)
    save_preview(folder)


if __name__ == "__main__":
    save(PICTURES)
