"""The programs in examples/, run by the command line as `make demo` does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import boto3
import pytest
from botocore.loaders import Loader

from imagebuilder_mock.cli.command_line import main
from tests.model import needs_member, needs_output

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"

_STATES = ["PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING", "AVAILABLE"]
_AMI = re.compile(r"(\S+)\s+│ (ami-[0-9a-f]{17}) │ (\S+ \d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)")
_QUOTED = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = [
    pytest.mark.needs("rich"),
    pytest.mark.skipif(
        "ListImagePipelineImages"
        not in Loader().load_service_model("imagebuilder", "paginators-1")["pagination"],
        reason="this botocore has no paginators for Image Builder",
    ),
    needs_member("CreateImageRecipe", "semanticVersion", accepts="1.0.x"),
]


@pytest.fixture(scope="module")
def golden_image():
    return _run("golden_image.py", "--poll-seconds", "0", columns=80)


@pytest.fixture(scope="module")
def failing_build():
    return _run("failing_build.py")


@pytest.fixture(scope="module")
def failing_build_at_80():
    return _run("failing_build.py", columns=80)


@pytest.fixture(scope="module")
def approval_gate():
    return _run("approval_gate.py", columns=80)


class TestGoldenImage:
    def test_each_build_goes_through_every_state(self, golden_image):
        assert re.findall(r"│ ([A-Z]+) +│ \d\d:\d\d:\d\d", golden_image) == _STATES * 2

    def test_each_build_leaves_an_ami_in_every_region(self, golden_image):
        regions, amis, names = zip(*_AMI.findall(golden_image), strict=True)

        assert regions == ("us-east-1", "eu-central-1", "ap-northeast-1") * 2
        assert len(set(amis)) == 6
        assert len(set(names)) == 2

    def test_the_recipe_version_counts_up(self, golden_image):
        versions = re.findall(r"recipe +\S+:image-recipe/golden/(\S+)", golden_image)

        assert versions == ["1.0.0", "1.0.1"]

    def test_what_is_old_is_deleted_when_nothing_needs_it_any_more(self, golden_image):
        lines = golden_image.partition("Removing the first release")[2].splitlines()[1:]

        assert [(line[:10].strip(), line.rpartition(":")[2]) for line in lines] == [
            ("in use", "component/hardening/1.0.0/1"),
            ("deleted", "image-recipe/golden/1.0.0"),
            ("deleted", "image/golden/1.0.0/1"),
            ("deleted", "component/hardening/1.0.0/1"),
        ]

    def test_the_region_that_builds_comes_first(self):
        output = _run("golden_image.py", "--poll-seconds", "0", "--region", "eu-west-1")

        assert [region for region, _, _ in _AMI.findall(output)][:2] == ["eu-west-1", "us-east-1"]


class TestFailingBuild:
    def test_it_tells_why_the_build_failed(self, failing_build):
        assert "checkout 1.0.0/2: FAILED" in failing_build
        assert re.search(r"Workflow Execution ID: 'wf-[0-9a-f-]{36}' failed with", failing_build)
        assert "component/hardening/1.0.0/1 failed!" in failing_build
        assert re.search(r"State at failure +│ BUILDING", failing_build)

    @needs_output("GetImage", "image.state.failureContext")
    def test_it_tells_what_the_component_said(self, failing_build):
        for name, value in (
            ("Component", "hardening 1.0.0"),
            ("Its phase and step", "validate, ReadSshSettings"),
            ("Its error", "10-baseline.conf line 1: integer value none out of range"),
            ("Its parameters", "SshMaxAuthTries=none"),
        ):
            assert re.search(rf"│ {name} +│ {value} +│", failing_build)

    def test_it_says_that_the_failure_is_meant_and_what_to_open(self, failing_build):
        first, *_, last = failing_build.splitlines()

        assert first.startswith("No AWS account is used")
        assert first.endswith("the failure below is meant.")
        assert "--timeline DIR" in last

    def test_it_names_the_image_to_use_meanwhile(self, failing_build):
        assert re.search(r"Last good image +│ 1\.0\.0/1: ami-[0-9a-f]{17}", failing_build)

    def test_it_runs_by_itself_too(self):
        assert "checkout 1.0.0/2: FAILED" in _python("failing_build.py")


class TestApprovalGate:
    def test_one_build_goes_on_and_the_other_is_stopped(self, approval_gate):
        assert re.findall(r"answers (.*)", approval_gate) == [
            "{'Approve': 'RESUME'}",
            "{'Approve': 'STOP'}",
        ]
        assert re.search(r"release-7 1\.0\.0/1 │ AVAILABLE", approval_gate)
        assert re.search(r"wip 1\.0\.0/1 +│ FAILED ", approval_gate)
        assert "The step was stopped: " in approval_gate


@pytest.mark.needs("moto", "cryptography", "flask")
class TestBesideMoto:
    def test_the_parameters_follow_the_builds_that_succeed(self):
        output = _run("lambda_behind_a_build.py", before=("--moto",))

        rows = re.findall(r"│ 1\.0\.0/(\d) │ ([A-Z]+) +│ (ami-\w+) +│ (ami-\w+)", output)
        assert [row[:2] for row in rows] == [
            ("1", "AVAILABLE"),
            ("2", "FAILED"),
            ("3", "AVAILABLE"),
        ]
        assert rows[0][2:] == rows[1][2:]
        assert len({ami for row in rows for ami in row[2:]}) == 4

    @pytest.mark.parametrize(
        ("arguments", "images"),
        [
            pytest.param((), 61, id="as it stands", marks=pytest.mark.full),
            pytest.param(("--days-between", "100"), 8, id="fewer images"),
        ],
    )
    def test_of_two_years_the_newest_images_are_left(self, arguments, images):
        output = _run("two_years_of_images.py", *arguments, before=("--moto",))

        rows = re.findall(r"│ (before|after) +│ (\d+) +│ (\d+) +│ (\d+)", output)
        assert [(row[0], *map(int, row[1:])) for row in rows] == [
            ("before", images, 2 * images, 2 * images),
            ("after", 5, 10, 10),
        ]


@pytest.mark.parametrize(
    "output", ["golden_image", "failing_build_at_80", "approval_gate"], ids=lambda name: name
)
def test_a_line_is_no_longer_than_a_terminal_is_wide(output, request):
    printed = request.getfixturevalue(output)

    assert [line for line in printed.splitlines() if len(line) > 80] == []


def test_the_readme_quotes_what_the_programs_print(golden_image, failing_build_at_80):
    [quoted] = _QUOTED.findall((ROOT / "README.md").read_text(encoding="utf-8"))

    printed = golden_image + failing_build_at_80

    assert set(quoted.splitlines()) <= set(printed.splitlines())


# Credentials, and what tells rich that its output is a terminal's.
_OF_THE_MACHINE = re.compile(r"AWS_|FORCE_COLOR$|TTY_")


def _run(program: str, *arguments: str, before: tuple[str, ...] = (), columns: int = 200) -> str:
    """What a program prints, run by the command line in this process."""
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(StringIO()) as printed:
        patched.setattr(boto3, "DEFAULT_SESSION", None)
        patched.setenv("COLUMNS", str(columns))
        for name in filter(_OF_THE_MACHINE.match, list(os.environ)):
            patched.delenv(name)
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            patched.setenv(name, str(EXAMPLES / "no-such-file"))
        assert main(["run", *before, str(EXAMPLES / program), *arguments]) == 0
    return printed.getvalue()


def _python(program: str) -> str:
    environment = {
        name: text for name, text in os.environ.items() if not _OF_THE_MACHINE.match(name)
    }
    result = subprocess.run(
        [sys.executable, str(EXAMPLES / program)],
        env=environment | {"COLUMNS": "200", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
