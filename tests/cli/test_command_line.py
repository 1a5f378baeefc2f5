"""``imagebuilder-mock run``: an unmodified program, with the mock on."""

from __future__ import annotations

import json
import logging
import os
import py_compile
import subprocess
import sys
from importlib.metadata import entry_points
from textwrap import dedent

import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.__main__ import main as installed
from imagebuilder_mock.cli.command_line import main
from imagebuilder_mock.world.settings import OPTIONS as SETTINGS


@pytest.fixture
def program(tmp_path):
    """Write a program; the answer is its path."""

    def write(text, name="program.py"):
        path = tmp_path / name
        path.write_text(dedent(text))
        return str(path)

    return write


@pytest.fixture
def run(program, capsys):
    """Run a program with options before it and arguments behind; its output is JSON."""

    def run(text, *arguments, options=()):
        assert main(["run", *options, program(text), *arguments]) == 0
        with pytest.raises(RuntimeError):
            current_mock()
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def _own_log(monkeypatch):
    """What -v does to the log is undone."""
    logger = logging.getLogger("imagebuilder_mock")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "propagate", True)
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.mark.usefixtures("_own_log")
@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_verbose_shows_calls_on_standard_error(program, capsys, option):
    text = """
    import boto3

    client = boto3.client("imagebuilder", region_name="us-east-1")
    client.list_images()
    """

    assert main(["run", option, program(text)]) == 0

    output, told = capsys.readouterr()
    assert output == ""
    assert told == "imagebuilder-mock: 123456789012 us-east-1 ListImages(): answered\n"


# The program


def test_a_program_runs_with_the_mock_on(run):
    output = run(
        """
        import json
        import boto3

        client = boto3.client("imagebuilder", region_name="us-east-1")
        client.create_infrastructure_configuration(name="mine", instanceProfileName="builder")
        answer = client.list_infrastructure_configurations()
        [summary] = answer["infrastructureConfigurationSummaryList"]
        print(json.dumps(summary["arn"]))
        """
    )

    assert output == (
        "arn:aws:imagebuilder:us-east-1:123456789012:infrastructure-configuration/mine"
    )


def test_a_program_is_run_as_python_runs_it(program, run):
    beside = program("word = 'hello'", name="module_beside_the_program.py")
    before = (sys.argv, list(sys.path), sys.modules["__main__"])
    output = run(
        """
        import json, sys
        import module_beside_the_program

        print(json.dumps([
            __name__,
            sys.modules["__main__"].__dict__ is globals(),
            __file__ == sys.argv[0],
            sys.argv[1:],
            module_beside_the_program.word,
            sys.path[0],
        ]))
        """
    )
    del sys.modules["module_beside_the_program"]

    assert output == ["__main__", True, True, [], "hello", beside.rpartition("/")[0]]
    assert (sys.argv, sys.path, sys.modules["__main__"]) == before


def test_what_a_program_sets_is_as_before(program):
    argv, path, environment = sys.argv[:], sys.path[:], dict(os.environ)

    main(["run", program("import sys; sys.path.append('elsewhere'); sys.argv.append('more')")])

    assert (sys.argv, sys.path, dict(os.environ)) == (argv, path, environment)


@pytest.mark.parametrize(
    "arguments",
    [
        ["first", "second"],
        ["--builds", "held", "--region=x"],
        ["-h"],
        ["--", "-x", "--"],
        ["a b", ""],
    ],
    ids=str,
)
def test_all_that_stands_behind_the_program_is_its_own(run, arguments):
    assert run("import json, sys; print(json.dumps(sys.argv[1:]))", *arguments) == arguments


def test_dashes_before_the_program_end_the_options_of_the_mock(program, capsys):
    path = program("import sys; print(sys.argv[1:])")
    main(["run", "--seed", "7", "--", path, "--seed", "--"])

    assert capsys.readouterr().out == "['--seed', '--']\n"


def test_a_program_knows_of_itself_what_python_tells_it(program, monkeypatch, tmp_path):
    program(
        """
        import sys

        print(sys.argv, __file__, __name__, __package__, __spec__, type(__loader__), __builtins__)
        """
    )
    monkeypatch.chdir(tmp_path)
    by_python = subprocess.run(
        [sys.executable, "program.py", "x"], capture_output=True, text=True, check=True, timeout=60
    )

    assert imagebuilder_mock("run", "program.py", "x").stdout == by_python.stdout


def test_a_compiled_program_runs_too(program, tmp_path, capsys):
    compiled = py_compile.compile(program("print('hello')"), cfile=str(tmp_path / "program.pyc"))

    assert main(["run", str(compiled)]) == 0
    assert capsys.readouterr().out == "hello\n"


@pytest.mark.parametrize(
    ("ending", "code"), [("sys.exit(3)", 3), ("sys.exit()", None), ("sys.exit('no')", "no")]
)
def test_the_exit_of_the_program_passes_through(program, ending, code):
    with pytest.raises(SystemExit) as end:
        main(["run", program(f"import sys\n{ending}")])

    assert end.value.code == code


def test_an_error_of_the_program_passes_through_and_the_mock_is_off(program):
    with pytest.raises(KeyError, match="mine"):
        main(["run", program("raise KeyError('mine')")])

    with pytest.raises(RuntimeError):
        current_mock()


def test_the_mock_stays_on_until_the_threads_of_the_program_have_ended(run):
    output = run(
        """
        import json, threading, time
        from concurrent.futures import ThreadPoolExecutor
        from imagebuilder_mock import current_mock

        def work():
            time.sleep(0.05)
            print(json.dumps(current_mock().calls.count()))

        ThreadPoolExecutor(1).submit(int)  # its worker stays idle, and is not waited for
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        threading.Thread(target=work).start()
        """
    )

    assert output == 0


# A module


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package where the mock is run from."""
    (tmp_path / "a_package").mkdir()
    (tmp_path / "a_package" / "__init__.py").write_text("")
    (tmp_path / "a_package" / "beside.py").write_text("word = 'hello'")
    (tmp_path / "a_package" / "__main__.py").write_text(
        dedent(
            """
            import json, sys
            import boto3
            from . import beside

            client = boto3.client("imagebuilder", region_name="us-east-1")
            print(json.dumps([
                __name__, __package__, __file__ == sys.argv[0], sys.argv[1:], sys.path[0],
                beside.word, client.list_images()["imageVersionList"],
            ]))
            """
        )
    )
    (tmp_path / "failing_module.py").write_text("raise KeyError('mine')")
    (tmp_path / "exiting_module.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    yield str(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "a_package"]:
        del sys.modules[name]


@pytest.mark.parametrize("arguments", [[], ["-x", "--builds", "held", "--", "-m"]], ids=str)
def test_a_module_is_run_as_python_runs_it(package, capsys, arguments):
    before = (sys.argv, list(sys.path), sys.modules["__main__"])

    assert main(["run", "--seed", "7", "-m", "a_package", *arguments]) == 0

    output = json.loads(capsys.readouterr().out)
    assert output == ["__main__", "a_package", True, arguments, package, "hello", []]
    assert (sys.argv, sys.path, sys.modules["__main__"]) == before


def test_the_exit_and_the_error_of_a_module_pass_through(package):
    del package
    with pytest.raises(SystemExit) as end:
        main(["run", "-m", "exiting_module"])
    assert end.value.code == 3

    with pytest.raises(KeyError, match="mine"):
        main(["run", "-m", "failing_module"])
    with pytest.raises(RuntimeError):
        current_mock()


@pytest.mark.parametrize("name", ["no_such_module", "a_package.none", "none.at.all", "", ".x"])
def test_a_module_that_is_not_there_is_named_with_exit_status_2(package, capsys, name):
    del package
    with pytest.raises(SystemExit) as end:
        main(["run", "-m", name])

    assert end.value.code == 2
    assert f"there is no module {name}" in capsys.readouterr().err


# Options

OPTIONS = """
    import json
    from imagebuilder_mock import current_mock

    mock = current_mock()
    print(json.dumps([mock.options, mock.clock.now().isoformat()], default=str))
"""


def test_the_options_of_the_mock_can_be_given(run):
    options, now = run(
        OPTIONS,
        options=[
            *("--builds", "held"),
            *("--seed", "7"),
            *("--account-id", "210987654321"),
            *("--now", "2024-01-31T12:00:00Z"),
            *("--calls-kept-bytes", "1000"),
        ],
    )

    assert (options["builds"], options["seed"]) == ("held", 7)
    assert options["calls_kept_bytes"] == 1000
    assert options["account_id"] == "210987654321"
    assert now == "2024-01-31T12:00:00+00:00"


GIVEN = """
    import json
    from imagebuilder_mock import current_mock

    print(json.dumps(current_mock().options, default=str))
"""

AS_TEXTS = {
    "builds": "held",
    "account_id": "000000000001",
    "quotas": "image pipelines=3",
    "seed": "7",
    "now": "2026-01-01T00:00:00+00:00",
    "inspector": "false",
    "neighbours": "off",
    "unknown_members": "ignore",
    "state": "state.json",
    "calls_kept_bytes": "0",
}


def as_values(texts):
    values = {name: SETTINGS[name].read(text) for name, text in texts.items()}
    return json.loads(json.dumps(values, default=str))


def test_every_option_of_the_mock_has_a_flag_and_a_variable(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with mock_imagebuilder() as mock:
        mock.save("state.json")
    expected = as_values(AS_TEXTS)
    assert AS_TEXTS.keys() == SETTINGS.keys()

    flags = [f"--{name.replace('_', '-')}={text}" for name, text in AS_TEXTS.items()]
    assert run(GIVEN, options=flags) == expected

    for name, text in AS_TEXTS.items():
        monkeypatch.setenv(f"IMAGEBUILDER_MOCK_{name.upper()}", text)
    assert run(GIVEN) == expected
    assert run(GIVEN, options=["--builds=clock", "--seed=8"]) == expected | {
        "builds": "clock",
        "seed": 8,
    }


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("SEED", "seven", "IMAGEBUILDER_MOCK_SEED='seven': give a whole number."),
        ("BUILDS", "slow", "IMAGEBUILDER_MOCK_BUILDS='slow': choose one of 'observed', 'instant'"),
    ],
)
def test_a_wrong_variable_is_explained_with_exit_status_2(
    program, capsys, monkeypatch, name, text, message
):
    monkeypatch.setenv(f"IMAGEBUILDER_MOCK_{name}", text)
    with pytest.raises(SystemExit) as end:
        main(["run", program("pass")])

    assert end.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("command", [["run"], ["serve", "--port=0", "--", "true"]])
def test_a_misspelt_variable_is_explained_with_exit_status_2(program, capsys, monkeypatch, command):
    monkeypatch.setenv("IMAGEBUILDER_MOCK_BUILD", "instant")
    with pytest.raises(SystemExit) as end:
        main([*command, program("pass")])

    assert end.value.code == 2
    said = "IMAGEBUILDER_MOCK_BUILD: there is no such variable. Did you mean IMAGEBUILDER_MOCK_BUIL"
    assert said in capsys.readouterr().err


def test_a_variable_of_the_users_own_may_begin_as_the_mocks_do(run, monkeypatch):
    monkeypatch.setenv("IMAGEBUILDER_MOCK_URL", "http://localhost:5055")
    monkeypatch.setenv("IMAGEBUILDER_MOCK_BUILD", "")

    assert "builds" not in run(GIVEN)


def test_a_wrong_flag_is_named_beside_a_wrong_variable(program, capsys, monkeypatch):
    monkeypatch.setenv("IMAGEBUILDER_MOCK_CALLS_KEPT_BYTES", "many")
    with pytest.raises(SystemExit):
        main(["run", "--calls-kept-bytes", "-1", program("pass")])

    assert "--calls-kept-bytes -1: give a number of bytes" in capsys.readouterr().err


REGION_OF_A_CLIENT = """
    import json
    import boto3

    given = {given}
    print(json.dumps(boto3.Session().client("imagebuilder", **given).meta.region_name))
"""


@pytest.mark.parametrize(
    ("given", "environment", "region"),
    [
        ("{}", None, "eu-west-1"),
        ("{'region_name': 'eu-west-2'}", None, "eu-west-2"),
        ("{}", "eu-west-3", "eu-west-3"),
        (
            "{'config': __import__('botocore.config').config.Config(region_name='eu-south-1')}",
            None,
            "eu-south-1",
        ),
    ],
    ids=["the option", "its own", "AWS_DEFAULT_REGION", "its config"],
)
def test_the_region_is_that_of_clients_that_have_none(run, monkeypatch, given, environment, region):
    if environment is not None:
        monkeypatch.setenv("AWS_DEFAULT_REGION", environment)

    output = run(REGION_OF_A_CLIENT.format(given=given), options=["--region", "eu-west-1"])

    assert output == region


def test_clients_of_other_services_get_it_too(run):
    program = """
        import boto3
        import json
        print(json.dumps(boto3.session.Session().client("ec2").meta.region_name))
    """

    assert run(program, options=["--region", "eu-west-1"]) == "eu-west-1"


def test_without_the_option_a_client_needs_a_region_as_ever(program):
    from botocore.exceptions import NoRegionError

    with pytest.raises(NoRegionError):
        main(["run", program(REGION_OF_A_CLIENT.format(given="{}"))])


# Wrong uses


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a command: run, serve, capture, "),
        (["run"], "the following arguments are required: SCRIPT.py, or -m MODULE"),
        (["run", "-m"], "there is no module "),
        (["serve", "--port", "x"], "argument --port: invalid int value: 'x'"),
        (["serve", "--account-id", "1234"], "an account is a string of 12 digits"),
        (["serve", "program.py"], "unrecognized arguments: program.py"),
        (["run", "no-such-program.py"], "there is no program no-such-program.py"),
        (["run", "--builds", "slow", "x.py"], "argument --builds: invalid choice: 'slow'"),
        (["run", "--seed", "seven", "x.py"], "argument --seed: 'seven': give a whole number."),
        (["run", "--now", "noon", "x.py"], "argument --now: 'noon': give a time such as 2024-01"),
        (
            ["run", "--now", "2024-01-31", __file__],
            "--now: '2024-01-31': give a time with its zone",
        ),
        (["run", "--account-id", "1234", __file__], "--account-id '1234': an account is a string"),
        (["serve", "--calls-kept-bytes", "-1"], "--calls-kept-bytes -1: give a number of bytes"),
        (["serve", "--autosave", "0", "--state", "x"], "'0' is not a number of seconds above 0"),
        (["serve", "--autosave", "5"], "--autosave needs --state"),
        (["serve", "--allow-host", "http://mock"], "'http://mock' is not a host"),
        (["serve", "--allow-origin", "localhost"], "'localhost' is not an origin"),
        (["run", "--build", "held", "x.py"], "unrecognized arguments"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, list) else "",
)
def test_a_wrong_use_is_explained_with_exit_status_2(capsys, arguments, message):
    with pytest.raises(SystemExit) as end:
        main(arguments)

    assert end.value.code == 2
    assert message in capsys.readouterr().err


# As a process of its own


def test_it_is_installed_as_a_program():
    [script] = entry_points(group="console_scripts", name="imagebuilder-mock")

    assert script.load() is installed


def imagebuilder_mock(*arguments):
    console_script = (
        "import sys; from imagebuilder_mock.cli.command_line import main; sys.exit(main())"
    )
    return subprocess.run(
        [sys.executable, "-c", console_script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_status_and_traceback_of_a_process_are_those_of_the_program(program):
    path = program(
        """
        def fail():
            raise KeyError("mine")

        print("before")
        fail()
        """
    )
    done = imagebuilder_mock("run", path)

    assert (done.returncode, done.stdout) == (1, "before\n")
    assert done.stderr.startswith("Traceback")
    assert f'File "{path}", line 3, in fail' in done.stderr
    assert done.stderr.endswith("KeyError: 'mine'\n")


def test_the_mock_is_on_in_what_a_program_does_at_its_exit(program):
    done = imagebuilder_mock(
        "run",
        program(
            """
            import atexit
            import boto3

            def clean_up():
                client = boto3.client("imagebuilder", "us-east-1")
                print(client.list_images()["imageVersionList"])

            atexit.register(clean_up)
            """
        ),
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_arguments_that_a_test_has_set_are_not_the_end_of_the_process(program, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["imagebuilder-mock", "run", program("pass")])

    assert main() == 0
    with pytest.raises(RuntimeError):
        current_mock()


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe breaks in another way there")
def test_who_stops_reading_gets_no_traceback():
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run(
        [sys.executable, "-m", "imagebuilder_mock", "schema", "component"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def test_help_lists_the_options():
    done = imagebuilder_mock("run", "--help")

    assert done.returncode == 0
    for option in ("--builds", "--region", "--account-id", "--seed", "--now", "SCRIPT.py"):
        assert option in done.stdout
