"""The command line says what it is, and shows how it is used."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from imagebuilder_mock import __version__
from imagebuilder_mock.cli import command_line, help_texts
from imagebuilder_mock.cli.help_texts import EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_help_of_a_command_has_examples_that_it_takes(name, capsys):
    with pytest.raises(SystemExit, match="0"):
        command_line.main([*name.split(), "--help"])

    told = capsys.readouterr().out
    for example in EXAMPLES[name]:
        assert f"\n    {example}\n" in told
        program, *arguments = shlex.split(example.partition(" > ")[0])
        assert (program, arguments[: len(name.split())]) == ("imagebuilder-mock", name.split())
        assert callable(command_line._parser().parse_args(arguments).command)


def test_every_command_has_examples():
    commands = {name for name, _ in help_texts._commands(command_line._parser())}

    assert commands - {"lifecycle"} == set(EXAMPLES)


def test_the_module_tells_its_version():
    command = [sys.executable, "-m", "imagebuilder_mock", "--version"]

    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    assert told == f"imagebuilder-mock {__version__}\n"
