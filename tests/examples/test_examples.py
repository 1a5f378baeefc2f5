"""The programs in examples/, run by the command line as `make demo` does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.loaders import Loader

from tests.model import needs_member

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
    return _run("golden_image.py", "--poll-seconds", "0")


@pytest.fixture(scope="module")
def failing_build():
    return _run("failing_build.py")


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
        lines = golden_image.partition("Away with the first")[2].splitlines()[1:]

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

    def test_it_names_the_image_to_use_meanwhile(self, failing_build):
        assert re.search(r"Good until fixed +│ 1\.0\.0/1: ami-[0-9a-f]{17}", failing_build)

    def test_it_runs_by_itself_too(self):
        assert "checkout 1.0.0/2: FAILED" in _python(str(EXAMPLES / "failing_build.py"))


def test_the_readme_quotes_what_the_programs_print(golden_image):
    [quoted] = _QUOTED.findall((ROOT / "README.md").read_text(encoding="utf-8"))

    printed = golden_image + _run("failing_build.py", columns=80)

    assert set(quoted.splitlines()) <= set(printed.splitlines())


def _run(program: str, *arguments: str, columns: int = 200) -> str:
    return _python(
        "-m", "imagebuilder_mock", "run", str(EXAMPLES / program), *arguments, columns=columns
    )


def _python(*arguments: str, columns: int = 200) -> str:
    nowhere = str(EXAMPLES / "no-such-file")
    environment = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "COLUMNS": str(columns),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }
    result = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
