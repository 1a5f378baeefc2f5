"""The command line says what it is, and shows how it is used."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from imagebuilder_mock import __version__
from imagebuilder_mock.cli import command_line, help_texts
from imagebuilder_mock.cli.help_texts import EXAMPLES


@pytest.fixture(autouse=True)
def _usual_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_help_of_a_command_has_examples_that_it_takes(name, capsys):
    with pytest.raises(SystemExit, match="0"):
        command_line.main([*name.split(), "--help"])

    told = capsys.readouterr().out
    for example in EXAMPLES[name]:
        assert f"\n    {example}\n" in told
        program, *arguments = shlex.split(example.partition(" > ")[0])
        assert (program, arguments[: len(name.split())]) == ("imagebuilder-mock", name.split())
        assert callable(command_line.parser_for(arguments).parse_args(arguments).command)


def test_every_command_has_examples():
    commands = {
        name
        for command in command_line.COMMANDS
        for name, _ in help_texts.commands_of(command_line.parser_for([command]))
    }

    assert commands - {"lifecycle"} == set(EXAMPLES)


@pytest.mark.parametrize("command", ["serve --autosave 1", "run nowhere.py"])
def test_wrong_usage_is_told_with_how_the_command_is_used(command, capsys):
    with pytest.raises(SystemExit, match="2"):
        command_line.main(command.split())

    name = command.partition(" ")[0]
    told = capsys.readouterr().err
    assert told.startswith(f"usage: imagebuilder-mock {name} ")
    assert f"\nimagebuilder-mock {name}: error: " in told


def test_the_module_tells_its_version_without_any_command_and_without_the_mock():
    command = [sys.executable, "-X", "importtime", "-m", "imagebuilder_mock", "--version"]

    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == f"imagebuilder-mock {__version__}\n"
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "imagebuilder_mock.cli.command_line" in loaded
    modules = {command.module for command in command_line.COMMANDS.values()}
    assert not loaded & {f"imagebuilder_mock.cli{module}" for module in modules}
    assert not loaded & {"imagebuilder_mock.mock", "botocore", "yaml"}
