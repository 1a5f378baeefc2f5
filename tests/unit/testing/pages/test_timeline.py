"""``mock.builds.timeline``: a build as data, as text and as a page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from tests.builders import AMAZON, OWN, a_build, a_full_recipe
from tests.clients import the_client
from tests.workflow_builders import WAIT, a_run, a_step, a_workflow

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
                "log": [],
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
            ("web", "'web' is not an image build version ARN"),
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

        title, summary, head, *lines = str(timeline).splitlines()

        assert title == f"Build of {OWN}image/web/1.0.0/1"
        assert summary == "AVAILABLE after 14 min 37 s"
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
            "1",
            "s",
        ]
        assert all(line == line.rstrip() for line in lines)


class _Page(HTMLParser):
    """What a page shows, and everything that it would load or run."""

    def __init__(self):
        super().__init__()
        self.texts: list[str] = []
        self.bars: list[dict[str, str | None]] = []
        self.rows: list[str] = []
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in {"meta", "wbr"}:
            self.open.append(tag)
        if tag in {"script", "link", "img", "iframe"} or {"src", "href", "onclick"} & set(given):
            self.loads.append(tag)
        if tag == "li":
            self.rows.append(given["class"])
        if given.get("class") == "bar":
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
    assert "{" not in re.sub(r"<(style|pre)>.*?</\1>", "", text, flags=re.DOTALL)
    return page


class TestPage:
    def test_the_page_has_the_rows_and_a_bar_for_each(self, imagebuilder_mock, build, tmp_path):
        imagebuilder_mock.clock.advance(hours=1)
        timeline = imagebuilder_mock.builds.timeline(build)

        path = timeline.save_html(tmp_path / "deep" / "build.html")

        assert path == tmp_path / "deep" / "build.html"
        page = parsed(path)
        assert len(page.bars) == len(timeline.rows)
        for text in ("ApplyBuildComponents", "AVAILABLE", "ExecuteComponents", "3 min 25 s"):
            assert text in page.texts
        assert page.bars[2]["style"] == "left:0.17%;width:63.48%"
        assert page.bars[-1]["style"] == "left:100.00%;width:0.00%"
        assert page.rows[:5] == [
            "stage plain",
            "stage plain",
            "stage plain",
            "workflow good",
            "step good",
        ]

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
        assert "step bad" in page.rows

    def test_a_build_of_no_time_has_a_page_too(self, imagebuilder_mock, build, tmp_path):
        page = parsed(imagebuilder_mock.builds.timeline(build).save_html(tmp_path / "build.html"))

        assert [bar["style"] for bar in page.bars] == ["left:0.00%;width:100.00%"]

    def test_a_failure_is_on_top_with_its_place(self, imagebuilder_mock, client, tmp_path):
        web = imagebuilder_mock.pipelines.add(region="us-east-1", regions=["eu-west-1"])
        imagebuilder_mock.builds.fail_next(component="web", phase="test")
        started = client.start_image_pipeline_execution(imagePipelineArn=web.arn)
        imagebuilder_mock.clock.advance(hours=1)
        timeline = imagebuilder_mock.builds.timeline(started["imageBuildVersionArn"])

        texts = [text for text in parsed(timeline.save_html(tmp_path / "b.html")).texts if text]

        above = texts[: texts.index("PENDING")]
        assert timeline.summary == "FAILED after 14 min 43 s"
        assert above.index(timeline.summary) < above.index(timeline.rows[-1]["message"])
        known = dict(pairwise(above))
        assert known["Component"] == "web/1.0.0/1"
        assert (known["Phase"], known["Its step"]) == ("test", "Probe")
        assert (known["Stage"], known["Step"]) == ("TESTING", "ApplyTestComponents")
        assert (known["Recipe"], known["Pipeline"]) == ("web/1.0.0", "web")
        assert known["Parent image"].startswith("amazon-linux-2023-x86/20")
        assert known["AMIs"].startswith("us-east-1: ami-")

    def test_a_step_has_the_lines_of_the_log_that_are_about_it(self, imagebuilder_mock, build):
        imagebuilder_mock.clock.advance(hours=1)

        logs = {row["step"]: row["log"] for row in imagebuilder_mock.builds.timeline(build).rows}

        assert logs["CreateOutputAMI"] == [
            "00:05:56 Started step CreateOutputAMI with action CreateImage"
        ]
        assert len(logs["RunSanitizeScript"]) == 4
        assert "00:04:26 Sending command to instance to run" in logs["ApplyBuildComponents"]

    def test_lines_of_workflows_beside_each_other_are_not_mixed(self, imagebuilder_mock, client):
        """Of what a step does at its end too, when another has begun meanwhile."""
        inputs = {
            "documentName": "AWS-RunShellScript",
            "parameters": {"commands": ["true"]},
            "instanceId": "i-0123456789abcdef0",
        }
        probe = a_workflow(client, a_step("Probe", "RunCommand", inputs=inputs))
        tests = [{"workflowArn": probe, "parallelGroup": "tests"} for _ in range(2)]
        build = a_run(client, *tests)
        imagebuilder_mock.clock.advance(hours=1)

        rows = imagebuilder_mock.builds.timeline(build).rows

        logs = [row["log"] for row in rows if row["step"] == "Probe"]
        assert len(logs) == 2
        assert [sum("Sending command" in line for line in log) for log in logs] == [1, 1]

    def test_where_no_time_passed_widths_are_equal(self, imagebuilder_mock, client, tmp_path):
        imagebuilder_mock.clock.advance(hours=1)
        imagebuilder_mock.images.add(pipeline=imagebuilder_mock.pipelines.add().arn)
        [image] = client.list_images(owner="Self")["imageVersionList"]
        timeline = imagebuilder_mock.builds.timeline(f"{image['arn']}/1")

        page = parsed(timeline.save_html(tmp_path / "build.html"))

        assert timeline.summary == "AVAILABLE"
        assert any(text.startswith("No mock time passed in the steps") for text in page.texts)
        widths = [
            bar["style"].partition("width:")[2]
            for bar, row in zip(page.bars, timeline.rows, strict=True)
            if row["step"]
        ]
        assert len(widths) == 11
        assert set(widths) == {"6.25%"}

    def test_what_became_of_the_image_later_is_no_part_of_the_chart(
        self, imagebuilder_mock, client, build, tmp_path
    ):
        imagebuilder_mock.clock.advance(hours=1)
        client.create_lifecycle_policy(
            name="tidy",
            executionRole="lifecycle",
            resourceType="AMI_IMAGE",
            policyDetails=[
                {
                    "action": {"type": "DEPRECATE", "includeResources": {"amis": True}},
                    "filter": {"type": "AGE", "value": 30, "unit": "DAYS"},
                }
            ],
            resourceSelection={"recipes": [{"name": "web", "semanticVersion": "1.0.0"}]},
            clientToken="once",
        )
        imagebuilder_mock.clock.advance(days=40)

        timeline = imagebuilder_mock.builds.timeline(build)

        assert timeline.summary == "AVAILABLE after 14 min 37 s, DEPRECATED now"
        page = parsed(timeline.save_html(tmp_path / "build.html"))
        assert len(page.bars) == len(timeline.rows) - 1
        assert page.bars[2]["style"] == "left:0.17%;width:63.48%"

    def test_a_page_can_be_written_over(self, imagebuilder_mock, build, tmp_path):
        path = str(tmp_path / "build.html")
        for _ in range(2):
            saved = imagebuilder_mock.builds.timeline(build).save_html(path)
            imagebuilder_mock.clock.advance(seconds=11)

        assert len(parsed(saved).bars) == 5
