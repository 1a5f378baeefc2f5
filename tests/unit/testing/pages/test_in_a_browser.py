"""The pages as a browser lays them out, on a phone, a tablet and a desk, in light and in dark."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from html import escape, unescape

import pytest

from imagebuilder_mock import current_mock, imagebuilder_server, mock_imagebuilder
from tests.lifecycle_builders import a_rule
from tests.servers import FULL

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
_BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

pytestmark = [
    pytest.mark.skipif(not FULL, reason="takes a minute; in the full profile"),
    pytest.mark.skipif(_BROWSER is None, reason="there is no Chromium here"),
]

# What the page would do on a phone cannot be seen in its text, so a script measures it. Text that
# is laid out over other text is found by the boxes of the elements that have text of their own.
# A window is never as narrow as a phone, but a frame in it can be.
_FRAME = """\
<!DOCTYPE html>
<html style="color-scheme: light dark">
<title></title>
<iframe style="width: {width}px; height: 1500px; border: 0" srcdoc="{text}"></iframe>
"""
_MEASURE = """
<script>
document.querySelectorAll("details").forEach(each => each.open = true);
const boxes = [...document.body.querySelectorAll("*")]
  .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .filter(each => each.tagName !== "SCRIPT")
  .map(each => ({each, text: each.textContent.slice(0, 30), box: each.getBoundingClientRect()}));
const over = [];
boxes.forEach((one, number) => boxes.slice(number + 1).forEach(other => {
  if (one.each.contains(other.each)) return;
  const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
  const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
  if (wide > 1 && high > 1) over.push(one.text + " / " + other.text);
}));
const shown = {
  width: innerWidth,
  scrolls: document.documentElement.scrollWidth - innerWidth,
  loads: performance.getEntriesByType("resource").map(each => each.name),
  isDark: getComputedStyle(document.body).backgroundColor !== "rgb(255, 255, 255)",
  over: over.slice(0, 5),
};
parent.document.title = "measured " + JSON.stringify(shown);
</script>
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    with mock_imagebuilder(builds="clock", now=NOW) as mock:
        client = mock.client(region="us-east-1")
        web = mock.pipelines.add(regions=["eu-west-1"], created=NOW - timedelta(days=730))
        mock.images.add(pipeline=web.arn, created=[NOW - timedelta(days=d) for d in (9, 99, 700)])
        mock.lifecycle.preview(
            [a_rule("DEPRECATE", 30), a_rule("DELETE", 90)], runs="settled"
        ).save_html(folder / "preview.html")
        mock.builds.fail_next(component="web", message="no " * 99 + "x" * 99)
        failing = client.start_image_pipeline_execution(imagePipelineArn=web.arn, clientToken="one")
        mock.clock.advance(hours=1)
        arn = failing["imageBuildVersionArn"]
        mock.builds.timeline(arn).save_html(folder / "build.html")
    with mock_imagebuilder() as mock:
        web = mock.pipelines.add()
        mock.images.add(pipeline=web.arn)
        [image] = mock.resources("image")
        mock.builds.timeline(image.arn).save_html(folder / "no-time.html")
    pytest.importorskip("werkzeug")
    requests = pytest.importorskip("requests")
    with imagebuilder_server() as url:
        web = current_mock().pipelines.add()
        current_mock().images.add(pipeline=web.arn, reason="The disk is full.")
        current_mock().client().list_images(owner="Self")
        text = requests.get(f"{url}/_imagebuilder_mock/ui", timeout=10).text
        (folder / "ui.html").write_text(text, encoding="utf-8")
    return folder


def measured(path, *, width, is_dark, tmp_path):
    page = tmp_path / "measured.html"
    text = path.read_text(encoding="utf-8")
    text = escape(text.replace("</body>", f"{_MEASURE}</body>"))
    page.write_text(_FRAME.format(width=width, text=text), encoding="utf-8")
    dumped = subprocess.run(
        [
            str(_BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if is_dark else 1}",
            "--window-size=1400,1600",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    ).stdout
    found = re.search(r"<title>measured (.*?)</title>", dumped)
    assert found, dumped[:2_000]
    return json.loads(unescape(found[1]))


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1280])
@pytest.mark.parametrize("name", ["build", "no-time", "preview", "ui"])
def test_a_page_fits_and_loads_nothing(pages, tmp_path, name, width, is_dark):
    shown = measured(pages / f"{name}.html", width=width, is_dark=is_dark, tmp_path=tmp_path)

    assert shown == {
        "width": width,
        "scrolls": 0,
        "loads": [],
        "isDark": is_dark,
        "over": [],
    }
