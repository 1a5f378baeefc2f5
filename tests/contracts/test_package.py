"""What is built can be installed beside its own requirements alone, and has what it needs."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.metadata import PathDistribution, distribution, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import imagebuilder_mock

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "imagebuilder_mock"

# Python source, deflated module by module, is most of it, 50 kB of that the claims that are put to
# AWS and 30 kB the check of documents; the archive's own entries are 60 kB.
MOST_KILOBYTES = 700


# Names


def test_the_public_names_are_those_and_no_others():
    names = [
        "Call",
        "CallError",
        "DocumentProblem",
        "Event",
        "ImageBuilderMock",
        "MockIsOffError",
        "StateError",
        "UnexpectedCallError",
        "UnmetOrdersError",
        "__version__",
        "check_document",
        "current_mock",
        "imagebuilder_server",
        "mock_imagebuilder",
    ]

    assert sorted(imagebuilder_mock.__all__) == names
    assert set(names) <= set(dir(imagebuilder_mock))
    for name in set(names) - {"__version__"}:
        assert getattr(imagebuilder_mock, name).__module__.startswith("imagebuilder_mock.")
    assert imagebuilder_mock.__version__ == version("imagebuilder-mock")
    with pytest.raises(AttributeError, match="no attribute 'mock_image_builder'"):
        imagebuilder_mock.mock_image_builder  # noqa: B018 - it is looked up


# What is built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return _build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """Built from the sdist, as whoever installs that does."""
    source = tmp_path_factory.mktemp("source")
    with tarfile.open(sdist) as archive:
        archive.extractall(source, filter="data")
    [folder] = source.iterdir()
    return _build("wheel", folder, tmp_path_factory.mktemp("wheel"))


def test_the_sdist_has_the_tests_and_the_documentation(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"LICENSE", "CHANGELOG.md", "docs/index.md", "tests/conftest.py"} <= names


def test_the_wheel_has_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    described = {name for name in names if ".dist-info/" in name}

    assert names - described == {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    assert {
        "imagebuilder_mock/py.typed",
        "imagebuilder_mock/catalogue/data/catalogue.json",
    } <= names
    assert {name.partition("/")[2] for name in described} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_the_wheel_is_small(wheel):
    assert wheel.stat().st_size <= MOST_KILOBYTES * 1000


def test_the_metadata_says_what_the_files_say(wheel):
    about = _described(wheel).metadata
    license_text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert (about["Name"], about["License-Expression"]) == ("imagebuilder-mock", "Apache-2.0")
    assert "Apache License\n                           Version 2.0" in license_text


def test_the_readme_that_is_built_in_has_no_link_to_a_file(wheel):
    """A registry has no other files of the project."""
    readme = _described(wheel).metadata.get_payload()

    assert readme.startswith("# imagebuilder-mock")
    assert "](" not in readme.replace("](https://", "")


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        (None, "[A](https://example.com/a), B and [C](#c)"),
        (
            "https://example.com/blob/v1",
            "[A](https://example.com/a), [B](https://example.com/blob/v1/docs/b.md#b) and [C](#c)",
        ),
    ],
)
def test_links_to_files_lead_to_the_source_if_there_is_an_address(files, shown):
    with_links_to = runpy.run_path(str(ROOT / "hatch_build.py"))["with_links_to"]

    assert with_links_to(files, "[A](https://example.com/a), [B](docs/b.md#b) and [C](#c)") == shown


# The public CI


def test_the_workflows_call_targets_of_make():
    targets = set(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )

    called = {
        line.removeprefix("make ").replace("${{ matrix.botocore }}", botocore)
        for workflow in _workflows()
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if (line := step.get("run", "")).startswith("make ")
        for botocore in job.get("strategy", {}).get("matrix", {}).get("botocore", [""])
    }

    assert {"check", "docs", "release-check", "test-newest", "test-oldest"} <= called <= targets


def test_the_pythons_of_the_classifiers_are_those_that_the_workflows_test(wheel):
    [tests] = [each["jobs"]["test"] for each in _workflows() if "test" in each["jobs"]]
    classifiers = _described(wheel).metadata.get_all("Classifier")

    assert tests["strategy"]["matrix"]["python"] == [
        found[1] for each in classifiers if (found := re.fullmatch(r".* :: (3\.\d+)", each))
    ]


def _workflows():
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


# Installed


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The Python of an environment with the wheel, and with what it requires and nothing more."""
    folder = tmp_path_factory.mktemp("environment")
    builder = venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt")
    builder.create(folder)
    python = builder.ensure_directories(folder).env_exe
    asked = "import sysconfig; print(sysconfig.get_path('purelib'), end='')"
    packages = Path(_run([python, "-c", asked]))
    for name in _required(_described(wheel)):
        for path in _top_level(distribution(name)):
            (packages / path.name).symlink_to(path)
    _run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps"],
        ["--no-index", "--disable-pip-version-check", "--no-compile", str(wheel)],
    )
    return Path(python)


PROGRAM = """
import sys
from pathlib import Path

import boto3
import imagebuilder_mock
from imagebuilder_mock import mock_imagebuilder

assert Path(imagebuilder_mock.__file__).is_relative_to(sys.prefix), imagebuilder_mock.__file__
with mock_imagebuilder(builds="instant") as mock:
    client = boto3.client("imagebuilder", "us-east-1")
    recipe = client.create_image_recipe(
        name="web",
        semanticVersion="1.0.0",
        parentImage="arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x",
        components=[
            {"componentArn": "arn:aws:imagebuilder:us-east-1:aws:component/update-linux/x.x.x"}
        ],
    )["imageRecipeArn"]
    infrastructure = client.create_infrastructure_configuration(
        name="web", instanceProfileName="builder"
    )["infrastructureConfigurationArn"]
    build = client.create_image(
        imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure
    )["imageBuildVersionArn"]
    print(client.get_image(imageBuildVersionArn=build)["image"]["state"]["status"])
"""


def test_it_works_with_its_requirements_alone(installed):
    assert _run([installed, "-I", "-c", PROGRAM]) == "AVAILABLE\n"


def test_its_program_runs_programs(installed, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        'import boto3; print(boto3.client("imagebuilder").list_images()["imageVersionList"])',
        encoding="utf-8",
    )

    command = [installed.with_name("imagebuilder-mock"), "run", "--region", "eu-west-1", program]

    assert _run(command, cwd=tmp_path) == "[]\n"


def test_serving_without_its_extra_says_what_to_install(installed):
    said = _run([installed.with_name("imagebuilder-mock"), "serve", "--port", "0"], status=1)

    assert "pip install 'imagebuilder-mock[server]'" in said


def _build(target, source, folder):
    _run([sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder], cwd=source)
    [built] = folder.iterdir()
    return built


def _described(wheel):
    root = zipfile.Path(wheel)
    [folder] = [path for path in root.iterdir() if path.name.endswith(".dist-info")]
    return PathDistribution(folder)


def _required(dist, known=frozenset()):
    """The names of what a distribution requires, and of what that requires."""
    names = set(known)
    for line in dist.requires or ():
        requirement = Requirement(line)
        is_needed = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if is_needed and requirement.name not in names:
            names |= _required(distribution(requirement.name), names | {requirement.name})
    return names


def _top_level(dist):
    """Where a distribution's files are: its packages, modules and description."""
    for first in sorted({path.parts[0] for path in dist.files if path.parts[0] != ".."}):
        if first != "__pycache__":
            yield Path(dist.locate_file(first))


def _run(command, more=(), *, cwd=None, status=0):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    done = subprocess.run(
        [*command, *more],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert done.returncode == status, done.stdout
    return done.stdout
