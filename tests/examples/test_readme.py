"""Every Python example of the documentation is run, and its configuration read, as it stands.

Its commands are those that there are: of this package, of pip for its extras, of the AWS CLI.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from botocore import xform_name

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.cli import command_line
from tests.model import service_model

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

# moto's CloudFormation is imported with it.
HAS_STACKS = find_spec("openapi_spec_validator") is not None

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MODULE = re.compile(r"# ([a-z_]+\.py)\n")
_TEST = re.compile(r"^\s*(?:async )?def test_", re.MULTILINE)


@pytest.mark.needs("moto", "time_machine", "flask")
def test_the_examples_of_every_page_run(tmp_path):
    expected = {}
    for page in PAGES:
        folder = tmp_path / page.stem
        folder.mkdir()
        written = sum(_write_module(block, folder) for block in _blocks(page, "python"))
        if written and (page.name != "stacks.md" or HAS_STACKS):
            expected[str(folder)] = [0, written]
    results = tmp_path / "results.json"

    run = _python(str(Path(__file__).with_name("pages.py")), str(results), *expected, cwd=tmp_path)

    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads(results.read_text(encoding="utf-8")) == expected, run.stdout


def test_the_configuration_of_the_usage_page_is_read(tmp_path):
    [settings] = _blocks(ROOT / "docs" / "usage.md", "toml")
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    with mock_imagebuilder() as mock:
        mock.save(tmp_path / "tests" / "state.json")
    (tmp_path / "test_settings.py").write_text(
        "def test_settings(imagebuilder, imagebuilder_mock):\n"
        "    assert imagebuilder.meta.region_name == 'eu-central-1'\n"
        "    options = imagebuilder_mock.options\n"
        "    assert (options['builds'], options['account_id']) == ('instant', '111122223333')\n"
        "    assert options['quotas'] == {'image pipelines': 3, 'components': 10}\n"
        "    assert (options['seed'], options['calls_kept_bytes']) == (7, 1000000)\n"
        "    assert imagebuilder_mock.clock.now().isoformat() == '2024-02-29T12:00:00+00:00'\n",
        encoding="utf-8",
    )

    command = ("-m", "pytest", "-p", "no:cacheprovider", "-W", "error", "--strict-config")
    result = _python(*command, str(tmp_path), cwd=tmp_path)

    assert "1 passed" in result.stdout, result.stdout + result.stderr


_CHECKED_BY = """\
import pytest
from pathlib import Path
from typing import Any

from imagebuilder_mock import ImageBuilderMock

"""
_SIGNATURE = re.compile(r"^(\s*(?:async )?def \w+)\(([^)]*)\):", re.MULTILINE)
_FIXTURES = {"imagebuilder_mock": "ImageBuilderMock", "mock": "ImageBuilderMock"}
_OF_THE_EXAMPLE = re.compile(
    # Every SDK fills in a client token, which the stubs require; attributes of classes in an
    # example are the reader's own; a loop over a build's states has one at least.
    r'Missing named argument "clientToken"|has no attribute "client"  \[attr-defined\]$'
    r"|\[possibly-undefined\]$"
)


@pytest.mark.needs("mypy", "mypy_boto3_imagebuilder", "moto", "time_machine")
def test_the_examples_pass_a_strict_type_checker(tmp_path):
    """As a user would have them who annotates the mock's fixture, and nothing else."""
    for page in PAGES:
        for number, block in enumerate(_blocks(page, "python")):
            named = _MODULE.match(block)
            is_imported = named is not None and named[1] not in {"conftest.py", "test_golden.py"}
            name = named[1] if named and is_imported else f"{page.stem.lower()}_{number}.py"
            text = _CHECKED_BY + _SIGNATURE.sub(_annotated, block)
            (tmp_path / name.replace("-", "_")).write_text(text, encoding="utf-8")

    result = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--no-error-summary"),
            # Strict, and with the cache of `make check`: it takes half a minute to fill one.
            *(
                "--config-file",
                str(ROOT / "pyproject.toml"),
                "--cache-dir",
                str(ROOT / ".mypy_cache"),
            ),
            str(tmp_path),
        ],
        env={**os.environ, "MYPYPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert not result.stderr
    errors = [line for line in result.stdout.splitlines() if ": error: " in line]
    assert [line for line in errors if not _OF_THE_EXAMPLE.search(line)] == []


def _annotated(signature: re.Match[str]) -> str:
    parameters = []
    for each in filter(None, map(str.strip, signature[2].split(","))):
        name, _, default = each.partition("=")
        hint = _FIXTURES.get(name, "Any")
        is_bare = name in {"self", "cls", "*"} or ":" in name
        parameters.append(each if is_bare else f"{name}: {hint}{default and f' = {default}'}")
    return f"{signature[1]}({', '.join(parameters)}) -> Any:"


# Commands

_COMMAND = re.compile(r"^\s*(?:\$|- run:) ((?:.*\\\n)*.+)", re.MULTILINE)


def _commands(begin: str) -> list[list[str]]:
    """The commands of all pages that begin so, in words, without where their output goes.

    What goes on behind a line's end belongs to them.
    """
    blocks = [
        block
        for page in PAGES
        for language in ("console", "yaml")
        for block in _blocks(page, language)
    ]
    found = [
        shlex.split(command.replace("\\\n", " ").removesuffix("&").partition(" > ")[0])
        for block in blocks
        for command in _COMMAND.findall(block)
        if command.startswith(begin)
    ]
    assert found
    return found


def test_what_the_command_line_is_told_it_takes():
    for _, *arguments in _commands("imagebuilder-mock "):
        assert callable(command_line.parser_for(arguments).parse_args(arguments).command)


def test_extras_that_are_installed_are_extras_of_the_package():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = text.partition("[project.optional-dependencies]")[2].partition("\n[")[0]

    named = [
        extra
        for words in _commands("python -m pip install")
        for word in words
        for extra in re.findall(r"^(?:\.|imagebuilder-mock)\[(\w+)\]$", word)
    ]

    assert named
    for extra in named:
        assert f"\n{extra} = [" in extras


_ANY = {"endpoint-url", "output", "profile", "query"}
"""Options that every command of the CLI has."""


def test_what_the_aws_cli_is_told_are_operations_and_their_parameters():
    methods = {xform_name(name, "-"): name for name in service_model().operation_names}

    for _, _, method, *rest in _commands("aws imagebuilder"):
        shape = service_model().operation_model(methods[method]).input_shape
        assert shape is not None
        options = {xform_name(member, "-") for member in shape.members} | _ANY
        given = {word.removeprefix("--") for word in rest if word.startswith("--")}
        assert given <= options


def test_the_yaml_of_a_page_can_be_read():
    for page in PAGES:
        for block in _blocks(page, "yaml"):
            assert yaml.safe_load(textwrap.dedent(block))


def _blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [block for found, block in _BLOCK.findall(text) if found == language]


def _write_module(block: str, folder: Path) -> int:
    """Put an example where pytest finds it; the answer is how many tests it has.

    One that begins with the name of a module is that module, for the others to import or, if it
    is conftest.py, to take fixtures from. Any other without tests becomes a test: it is run by
    being executed.
    """
    module = _MODULE.match(block)
    if module is not None:
        (folder / module[1]).write_text(block, encoding="utf-8")
        return len(_TEST.findall(block)) if module[1].startswith("test_") else 0
    number = len(list(folder.iterdir()))
    example = folder / f"test_example_{number}.py"
    tests = len(_TEST.findall(block))
    if tests == 0:
        script = example.with_name(f"example_{number}.py")
        script.write_text(block, encoding="utf-8")
        block = f"import runpy\n\ndef test_it_runs():\n    runpy.run_path({str(script)!r})\n"
    example.write_text(block, encoding="utf-8")
    return tests or 1


def _python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    # A worker of pytest-xdist must not take the run inside it for its own.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    environment["PYTHONPATH"] = str(ROOT)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
