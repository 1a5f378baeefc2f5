"""``mock.builds.timeline``: a build as data, as text and as a page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest

from tests.builders import AMAZON, OWN, a_build, a_full_recipe
from tests.clients import the_client
from tests.workflow_builders import WAIT, a_run, a_workflow

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)

pytestmark = pytest.mark.imagebuilder(builds="clock", now=NOW)


@pytest.fixture
def client(imagebuilder_mock):  # noqa: ARG001 - it is on while the client is used
    return the_client()


@pytest.fixture
def build(client):
    return a_build(client, imageRecipeArn=a_full_recipe(client, name="web"))


def shown(rows):
    """Who, which status, from when and to when, in seconds."""
    return [
        (
            row["stage"] or row["workflow"].split("/")[0] or row["step"],
            row["status"],
            (row["start"] - NOW).total_seconds(),
            None if row["end"] is None else (row["end"] - NOW).total_seconds(),
        )
        for row in rows
    ]


class TestRows:
    def test_a_build_that_just_began_has_one_row(self, imagebuilder_mock, build):
        assert imagebuilder_mock.builds.timeline(build).rows == [
            {
                "stage": "PENDING",
                "workflow": "",
                "step": "",
                "action": "",
                "status": "",
                "start": NOW,
                "end": None,
                "duration": None,
                "message": None,
            }
        ]

    def test_rows_stand_in_the_order_of_their_beginning(self, imagebuilder_mock, build):
        imagebuilder_mock.clock.advance(hours=1)

        rows = imagebuilder_mock.builds.timeline(build).rows

        assert shown(rows) == [
            ("PENDING", "", 0, 1),
            ("CREATING", "", 1, 1.45),
            ("BUILDING", "", 1.45, 558.45),
            ("build-image", "COMPLETED", 1.45, 558.45),
            ("LaunchBuildInstance", "COMPLETED", 1.45, 206.45),
            ("ApplyBuildComponents", "COMPLETED", 206.45, 266.45),
            ("InventoryCollection", "COMPLETED", 266.45, 296.45),
            ("RunSanitizeScript", "COMPLETED", 296.45, 356.45),
            ("RunSysPrepScript", "SKIPPED", 356.45, 356.45),
            ("CreateOutputAMI", "COMPLETED", 356.45, 506.45),
            ("TerminateBuildInstance", "COMPLETED", 506.45, 558.45),
            ("TESTING", "", 558.45, 875.45),
            ("test-image", "COMPLETED", 558.45, 875.45),
            ("LaunchTestInstance", "COMPLETED", 558.45, 763.45),
            ("CollectImageScanFindings", "SKIPPED", 763.45, 763.45),
            ("ApplyTestComponents", "COMPLETED", 763.45, 823.45),
            ("TerminateTestInstance", "COMPLETED", 823.45, 875.45),
            ("DISTRIBUTING", "", 875.45, 876.45),
            ("INTEGRATING", "", 876.45, 877.45),
            ("AVAILABLE", "AVAILABLE", 877.45, 877.45),
        ]
        assert rows[4]["action"] == "LaunchInstance"
        assert rows[4]["duration"] == timedelta(minutes=3, seconds=25)
        assert re.fullmatch(r"build-image/[0-9.]+/1", rows[3]["workflow"])

    def test_a_failure_is_told_where_it_was(self, imagebuilder_mock, build):
        imagebuilder_mock.builds.fail_next(step="LaunchBuildInstance", message="no capacity")
        imagebuilder_mock.clock.advance(hours=1)

        rows = imagebuilder_mock.builds.timeline(build).rows

        assert [(row["status"], row["message"]) for row in rows[3:5]] == [
            ("ROLLBACK_COMPLETED", "no capacity"),
            ("FAILED", "no capacity"),
        ]
        assert rows[-1]["stage"] == rows[-1]["status"] == "FAILED"
        assert rows[-1]["message"].endswith("no capacity")

    def test_what_runs_has_no_end(self, imagebuilder_mock, client):
        arn = a_run(client, a_workflow(client, WAIT))
        imagebuilder_mock.clock.advance(hours=1)

        *_, stage, workflow, step = imagebuilder_mock.builds.timeline(arn).rows

        assert [row["end"] for row in (stage, workflow, step)] == [None] * 3
        assert [row["duration"] for row in (stage, workflow, step)] == [None] * 3
        assert (workflow["status"], step["status"]) == ("RUNNING", "RUNNING")

    def test_a_stage_that_was_run_again_is_there_twice(self, imagebuilder_mock, client, build):
        if not hasattr(client, "retry_image"):
            pytest.skip("this botocore has no RetryImage")
        imagebuilder_mock.builds.fail_next(step="LaunchTestInstance")
        imagebuilder_mock.clock.advance(hours=1)
        client.retry_image(imageBuildVersionArn=build)
        imagebuilder_mock.clock.advance(hours=1)

        rows = imagebuilder_mock.builds.timeline(build).rows

        stages = [row["stage"] for row in rows if row["stage"]]
        assert stages[3:6] == ["TESTING", "FAILED", "TESTING"]
        tested = [row["status"] for row in rows if row["workflow"].startswith("test-image")]
        assert tested == ["ROLLBACK_COMPLETED", "COMPLETED"]

    @pytest.mark.parametrize(
        ("arn", "said"),
        [
            ("web", "'web' is no image build version ARN"),
            (f"{OWN}image/web/1.0.0/9", "There is no image arn:"),
            (f"{AMAZON}image/amazon-linux-2023-x86/x.x.x", "There is no image arn:"),
        ],
    )
    def test_without_a_build_there_is_no_timeline(self, imagebuilder_mock, arn, said):
        with pytest.raises(LookupError, match=said):
            imagebuilder_mock.builds.timeline(arn)


class TestText:
    def test_the_text_has_a_title_and_a_line_for_each_row(self, imagebuilder_mock, build):
        imagebuilder_mock.clock.advance(hours=1)
        timeline = imagebuilder_mock.builds.timeline(build)

        title, head, *lines = str(timeline).splitlines()

        assert title == f"Build of {OWN}image/web/1.0.0/1"
        assert head.split() == [
            "STAGE",
            "WORKFLOW",
            "STEP",
            "ACTION",
            "STATUS",
            "START",
            "END",
            "DURATION",
        ]
        assert len(lines) == len(timeline.rows)
        assert lines[0].split() == [
            "PENDING",
            "2026-01-01",
            "00:00:00+00:00",
            "2026-01-01",
            "00:00:01+00:00",
            "0:00:01",
        ]
        assert all(line == line.rstrip() for line in lines)


class _Page(HTMLParser):
    """What a page shows, and everything that it would load or run."""

    def __init__(self):
        super().__init__()
        self.texts: list[str] = []
        self.bars: list[dict[str, str | None]] = []
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        if tag in {"script", "link", "img", "iframe"} or {"src", "href", "onclick"} & set(given):
            self.loads.append(tag)
        if (given.get("class") or "").split()[:1] == ["bar"]:
            self.bars.append(given)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data.strip())


def parsed(path):
    text = path.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.loads == []
    assert "http" not in text
    assert "{" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    return page


class TestPage:
    def test_the_page_has_the_rows_and_a_bar_for_each(self, imagebuilder_mock, build, tmp_path):
        imagebuilder_mock.clock.advance(hours=1)
        timeline = imagebuilder_mock.builds.timeline(build)

        path = timeline.save_html(tmp_path / "deep" / "build.html")

        assert path == tmp_path / "deep" / "build.html"
        page = parsed(path)
        assert len(page.bars) == len(timeline.rows)
        for text in ("ApplyBuildComponents", "AVAILABLE", "ExecuteComponents", timeline.title):
            assert text in page.texts
        assert page.bars[2]["style"] == "left:0.17%;width:63.48%"
        assert page.bars[-1]["style"] == "left:100.00%;width:0.00%"
        assert page.bars[-1]["class"] == "bar good"

    def test_what_comes_from_outside_is_escaped(self, imagebuilder_mock, build, tmp_path):
        message = "<script>alert('{x}')</script>"
        imagebuilder_mock.builds.fail_next(step="LaunchBuildInstance", message=message)
        imagebuilder_mock.clock.advance(hours=1)

        path = imagebuilder_mock.builds.timeline(build).save_html(tmp_path / "build.html")

        text = path.read_text(encoding="utf-8")
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
        page = _Page()
        page.feed(text)
        assert message in page.texts
        assert page.loads == []
        assert "bar bad" in [bar["class"] for bar in page.bars]

    def test_a_build_of_no_time_has_a_page_too(self, imagebuilder_mock, build, tmp_path):
        page = parsed(imagebuilder_mock.builds.timeline(build).save_html(tmp_path / "build.html"))

        assert [bar["style"] for bar in page.bars] == ["left:0.00%;width:0.00%"]

    def test_a_page_can_be_written_over(self, imagebuilder_mock, build, tmp_path):
        path = str(tmp_path / "build.html")
        for _ in range(2):
            saved = imagebuilder_mock.builds.timeline(build).save_html(path)
            imagebuilder_mock.clock.advance(seconds=11)

        assert len(parsed(saved).bars) == 5
