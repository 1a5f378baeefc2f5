"""``imagebuilder-mock run``: an unmodified program, with the mock on."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from imagebuilder_mock.cli import main

PROGRAM = """
import sys
import boto3
client = boto3.client("imagebuilder")
answer = client.create_infrastructure_configuration(name="web", instanceProfileName="builder")
print(__name__, sys.argv[1:], answer["infrastructureConfigurationArn"])
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "program.py"

    def written(text=PROGRAM):
        path.write_text(text)
        return str(path)

    return written


def test_a_program_runs_as_itself_with_its_arguments(program, capsys):
    status = main(["run", "--region", "eu-west-1", program(), "--verbose", "web"])

    assert status == 0
    assert capsys.readouterr().out == (
        "__main__ ['--verbose', 'web'] "
        "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web\n"
    )


def test_the_account_the_time_and_the_builds_can_be_chosen(program, capsys):
    text = PROGRAM + (
        "from imagebuilder_mock import current_mock\n"
        "print(current_mock().clock.now().isoformat(), current_mock().options['builds'])\n"
    )
    options = ["--account-id", "111122223333", "--now", "2026-01-02T03:04:05Z", "--builds", "held"]

    main(["run", "--region", "us-east-1", *options, program(text)])

    out = capsys.readouterr().out
    assert ":111122223333:" in out
    assert "2026-01-02T03:04:05+00:00 held" in out


def test_without_a_region_botocores_own_error_is_raised(program):
    from botocore.exceptions import NoRegionError  # noqa: PLC0415 - beside its only use

    with pytest.raises(NoRegionError):
        main(["run", program()])


def test_the_programs_exit_and_errors_are_its_own(program):
    with pytest.raises(SystemExit) as caught:
        main(["run", program("raise SystemExit(7)")])
    assert caught.value.code == 7

    with pytest.raises(ZeroDivisionError):
        main(["run", program("1 / 0")])


def test_a_program_finds_the_modules_beside_it(program, tmp_path, capsys):
    (tmp_path / "a_neighbour_of_the_program.py").write_text("WORD = 'found'")

    main(["run", program("import a_neighbour_of_the_program as n; print(n.WORD)")])

    assert capsys.readouterr().out == "found\n"


def test_what_a_run_sets_is_as_before(program):
    argv, path, environment = sys.argv[:], sys.path[:], dict(os.environ)

    main(["run", program("import sys; sys.path.append('elsewhere')")])

    assert (sys.argv, sys.path, dict(os.environ)) == (argv, path, environment)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["run", "no-such-program.py"], "there is no program no-such-program.py"),
        (["run", "--account-id", "42", "{program}"], "12 digits"),
        (["run", "--builds", "fast", "{program}"], "invalid choice"),
        (["run", "--now", "2026-01-02", "{program}"], "time zone"),
        ([], "required"),
    ],
    ids=["program", "account", "builds", "time", "command"],
)
def test_a_wrong_use_is_explained_with_status_2(arguments, text, program, capsys):
    given = [argument.format(program=program()) for argument in arguments]

    with pytest.raises(SystemExit) as caught:
        main(given)

    assert caught.value.code == 2
    assert text in capsys.readouterr().err


def test_it_is_installed_as_a_program(program):
    [script] = entry_points(group="console_scripts", name="imagebuilder-mock")
    assert script.value == "imagebuilder_mock.cli:main"

    command = "from imagebuilder_mock.cli import main; raise SystemExit(main())"
    environment = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", command, "run", "--region", "us-east-1", program()],
        capture_output=True,
        check=True,
        env=environment,
        text=True,
        timeout=60,
    )
    assert ":infrastructure-configuration/web" in done.stdout
