"""``imagebuilder-mock``: run programs with the mock on, serve it, look at a real account."""

from __future__ import annotations

import argparse
import atexit
import builtins
import logging
import os
import runpy
import signal
import sys
import threading
from concurrent.futures import thread as executors
from contextlib import contextmanager
from functools import partial
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from io import open_code
from pathlib import Path
from pkgutil import read_code
from types import ModuleType
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.mock import ImageBuilderMock
from imagebuilder_mock.transports.http.serving import CannotListenError
from imagebuilder_mock.world.clock import moment_of
from imagebuilder_mock.world.log import logger
from imagebuilder_mock.world.settings import OPTIONS

from . import preview
from .capture import command as capture_command
from .check import command as check_command
from .server import serve
from .verify import command as verify_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from imagebuilder_mock.world.settings import Option

_KEPT_DASHES = "\0--"

_WHERE = """\
Image Builder is at {url}, until Ctrl-C. With any credentials and a Region, for instance:
  aws imagebuilder list-images --endpoint-url {url}
or, for every SDK and the CLI: AWS_ENDPOINT_URL_IMAGEBUILDER={url}"""

_ENDING_SIGNALS = ("SIGINT", "SIGTERM")
_GLANCE = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script. Returns the exit status: 2 for wrong usage.

    Where the arguments are the process's own, a program has the mock on to the very end of the
    process, so also in what it does ``atexit``.
    """
    parser = _parser()
    # argparse takes a -- away, and it is the program's.
    given = parser.parse_args(
        _with(_KEPT_DASHES, "--", sys.argv[1:] if arguments is None else arguments)
    )
    given.is_whole_process = arguments is None and _are_its_own(sys.argv[1:])
    command: Callable[[argparse.ArgumentParser, argparse.Namespace], int] = given.command
    return command(parser, given)


def _are_its_own(arguments: Sequence[str]) -> bool:
    """Whether ``sys.argv`` is still what the process was started with."""
    return sys.orig_argv[-len(arguments) :] == arguments


def _with(new: str, old: str, arguments: Sequence[str]) -> list[str]:
    return [new if argument == old else argument for argument in arguments]


# Running a program


def _run(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Run a program as ``python`` would, with its own exit status and errors."""
    words = [] if given.script is None else [given.script, *given.arguments]
    if words[:1] == [_KEPT_DASHES]:  # the first only ends our own options
        words = words[1:]
    if given.module is None and not words:
        parser.error("the following arguments are required: SCRIPT.py, or -m MODULE")
    mock = _mock(parser, given, state=given.state)
    mock.default_region = given.region
    if given.verbose:
        _log_to_stderr()
    on = _on(parser, mock, given.timeline, to_the_end=given.is_whole_process)
    if given.module is not None:
        module, *arguments = _with("--", _KEPT_DASHES, given.module) or [""]
        with _as_program([module, *arguments], first_path=str(Path.cwd())), on:
            if not _is_there(module):
                parser.error(f"there is no module {module}")
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        return 0
    script, *arguments = _with("--", _KEPT_DASHES, words)
    if not Path(script).is_file():
        parser.error(f"there is no program {script}")
    folder = str(Path(script).resolve().parent)
    with _as_program([script, *arguments], first_path=folder), on:
        _run_script(script)
    return 0


def _log_to_stderr() -> None:
    """Show what the mock does; the program's own logging is its own, and has none of it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("imagebuilder-mock: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False


def _run_script(path: str) -> None:
    """Run a file in a new ``__main__``: its ``__file__`` is absolute, its ``sys.argv`` as given."""
    file = os.path.abspath(path)  # noqa: PTH100 - links stay, as Python leaves them
    with open_code(file) as stream:
        code = read_code(stream)
    if code is None:
        code = compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)
    program = ModuleType("__main__")
    program.__file__ = file
    program.__loader__ = SourceFileLoader("__main__", file)
    program.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = program
    exec(code, program.__dict__)  # noqa: S102 - this is what we are asked for


@contextmanager
def _as_program(argv: list[str], *, first_path: str) -> Iterator[None]:
    """What ``python`` sets for a program: its arguments, and where it imports from."""
    before = sys.argv, sys.path[:], sys.modules["__main__"]
    sys.argv = argv
    sys.path.insert(0, first_path)
    try:
        yield
    finally:
        sys.argv, sys.path[:], sys.modules["__main__"] = before


@contextmanager
def _on(
    parser: argparse.ArgumentParser,
    mock: ImageBuilderMock,
    timelines: Path | None,
    *,
    to_the_end: bool,
) -> Iterator[None]:
    """The mock is on until the threads of the program have ended too."""
    threads = threading.enumerate()
    with _started(parser, mock, to_the_end=to_the_end):
        try:
            yield
        finally:
            _wait_for_threads_since(threads)
            if timelines is not None:
                for path in mock.builds.save_timelines(timelines):
                    print(f"timeline: {path}", file=sys.stderr)


@contextmanager
def _started(
    parser: argparse.ArgumentParser, mock: ImageBuilderMock, *, to_the_end: bool = False
) -> Iterator[None]:
    """The mock is on, for the context or to the end of the process.

    A state file that is not there, or is damaged, is explained with exit status 1.
    """
    try:
        mock.start()
    except (OSError, ValueError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    if to_the_end:
        # What is registered after this is called before it.
        atexit.register(mock.stop)
        yield
        return
    try:
        yield
    finally:
        mock.stop()


def _is_there(module: str) -> bool:
    try:
        return bool(module) and find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _wait_for_threads_since(before: Sequence[threading.Thread]) -> None:
    """Wait for threads, as Python does at the end; idle workers of executors are left out."""
    workers = getattr(executors, "_threads_queues", ())
    for thread in threading.enumerate():
        if thread not in before and not thread.daemon and thread not in workers:
            thread.join()


# Serving


def _serve(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    options: dict[str, object] = {}
    if given.state is not None:
        if not os.access(given.state.parent, os.W_OK):
            parser.exit(
                1,
                f"{parser.prog}: The state cannot be saved to {given.state}: there is no such "
                "folder, or it is not for writing.\n",
            )
        if given.state.exists():
            options["state"] = given.state
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if given.verbose:
        logger.setLevel(logging.DEBUG)
    mock = _mock(parser, given, **options)
    with _started(parser, mock):
        try:
            with (
                _until_a_signal() as ending,
                serve(
                    mock,
                    host=given.host,
                    port=given.port,
                    allow_remote_control=given.allow_remote_control,
                ) as url,
            ):
                print(_WHERE.format(url=url), flush=True)
                # With a time-out, because a signal does not end a wait without one everywhere.
                while not ending.wait(_GLANCE):
                    pass
        except (CannotListenError, ModuleNotFoundError) as error:
            parser.exit(1, f"{parser.prog}: {error}\n")
        if given.state is not None:
            try:
                mock.save(given.state)
            except OSError as error:
                parser.exit(1, f"{parser.prog}: The state could not be saved: {error}\n")
            print(f"The state is in {given.state}.", flush=True)
    return 0


@contextmanager
def _until_a_signal() -> Iterator[threading.Event]:
    """An event that the first signal to end sets; the second signal ends the process."""
    ending = threading.Event()
    before = {}

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        ending.set()

    for name in _ENDING_SIGNALS:
        number = getattr(signal, name)
        before[number] = signal.signal(number, end)
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# Arguments


def _mock(
    parser: argparse.ArgumentParser, given: argparse.Namespace, **more: object
) -> ImageBuilderMock:
    named = {name: getattr(given, name) for name in OPTIONS if name != "state"} | more
    options: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    try:
        return ImageBuilderMock(**options)
    except ValueError as error:
        parser.error(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="imagebuilder-mock", description="A mock of EC2 Image Builder, in memory."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run", help="run a Python program with the mock on", allow_abbrev=False
    )
    run.set_defaults(command=_run)
    _add_options(run)
    run.add_argument(
        "--region",
        default=os.environ.get("IMAGEBUILDER_MOCK_REGION") or None,
        help="the Region of clients that name none",
    )
    run.add_argument(
        "--timeline",
        type=Path,
        metavar="DIR",
        help="write a page of each build to this folder, which shows what ran and when",
    )
    run.add_argument(
        "-m",
        dest="module",
        nargs=argparse.REMAINDER,
        metavar="MODULE",
        help="run a module, as python -m does; what stands behind it is its own",
    )
    run.add_argument("script", metavar="SCRIPT.py", nargs="?", help="the program")
    run.add_argument("arguments", nargs=argparse.REMAINDER, help="its own arguments")

    serve = commands.add_parser("serve", help="serve the mock over HTTP", allow_abbrev=False)
    serve.set_defaults(command=_serve)
    _add_options(serve, state="start from this file, if there is one, and save to it")
    serve.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    serve.add_argument(
        "--port", type=int, default=5055, help="(default: %(default)s; 0: a free one)"
    )
    serve.add_argument(
        "--allow-remote-control",
        action="store_true",
        help="let other machines reset the mock and move its clock",
    )
    capture_command.add_to(commands)
    preview.add_to(commands, moment=_moment)
    check_command.add_to(commands)
    verify_command.add_to(commands)
    return parser


def _add_options(parser: argparse.ArgumentParser, **other_help: str) -> None:
    """A flag for each option of ``mock_imagebuilder``, with the environment's value as default."""
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show each call, each refusal with its rule, and each stage of a build",
    )
    options = parser.add_argument_group(
        "options of the mock",
        "What is not given is taken from the environment, if it is there: IMAGEBUILDER_MOCK_BUILDS "
        "and so on.",
    )
    for option in OPTIONS.values():
        options.add_argument(
            option.flag,
            type=partial(_read, option),
            choices=option.choices or None,
            metavar=option.metavar,
            default=os.environ.get(option.variable) or None,  # argparse reads it if it is used
            help=other_help.get(option.name, option.help),
        )


def _read(option: Option, text: str) -> object:
    try:
        return option.read(text)
    except ValueError as error:
        source = f"{option.variable}=" if text == os.environ.get(option.variable) else ""
        msg = f"{source}{text!r}: {error}"
        raise argparse.ArgumentTypeError(msg) from None


def _moment(text: str) -> datetime:
    try:
        return moment_of(text)
    except ValueError:
        msg = f"{text!r} is no time; write 2024-01-31T12:00:00Z"
        raise argparse.ArgumentTypeError(msg) from None
