"""The command ``run``: its options, what is on while the program runs, and until when."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from argparse import REMAINDER
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from imagebuilder_mock.cli import surroundings
from imagebuilder_mock.cli.options import (
    KEPT_DASHES,
    REGION_VARIABLE,
    add_options,
    as_written,
    mock_of,
)
from imagebuilder_mock.cli.patience import patience
from imagebuilder_mock.cli.surroundings import Surroundings
from imagebuilder_mock.world.log import logger

from .other_services import OtherServices
from .program import NoSuchModuleError, Program, threads_ended

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from imagebuilder_mock.mock import ImageBuilderMock

_ADVICE = (
    "Nobody answers here for other services: run the program with --moto or --upstream URL, or "
    "have it switch moto's mock_aws on."
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser, and what runs it."""
    parser.description = (
        "Run a Python program with the mock on. Its requests to other AWS services are refused "
        "before they leave, unless one of --moto, --upstream and --allow-aws is given."
    )
    parser.allow_abbrev = False
    parser.set_defaults(command=_run)
    add_options(parser)
    parser.add_argument(
        "--region",
        default=os.environ.get(REGION_VARIABLE) or None,
        help="the Region of clients that name none",
    )
    group = surroundings.add_to(parser)
    group.add_argument(
        "--allow-aws",
        action="store_true",
        help="let requests for other services go to AWS, with the user's credentials",
    )
    parser.add_argument(
        "--timeline",
        type=Path,
        metavar="DIR",
        help="write a page of each build to this folder, which shows what ran and when",
    )
    parser.add_argument(
        "-m",
        dest="module",
        nargs=REMAINDER,
        metavar="MODULE",
        help="run a module, as python -m does; the rest are its arguments",
    )
    parser.add_argument("script", metavar="SCRIPT.py", nargs="?", help="the program")
    parser.add_argument("arguments", nargs=REMAINDER, help="the program's arguments")


def _run(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Run a program as ``python`` would, with its own exit status and errors."""
    program = _program(parser, given)
    around = Surroundings.of(parser, given)
    mock = mock_of(parser, given, state=given.state)
    mock.default_region = given.region
    if given.verbose:
        _log_to_stderr()
    with _on(parser, given, mock, around), threads_ended():
        try:
            program.run()
        except NoSuchModuleError as error:
            parser.error(str(error))
    return 0


def _log_to_stderr() -> None:
    """Show what the mock does; the program's own logging is its own, and has none of it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("imagebuilder-mock: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False


def _program(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Program:
    if given.module is not None:
        module, *arguments = as_written(given.module) or [""]
        return Program(module, arguments, is_module=True)
    words = [] if given.script is None else [given.script, *given.arguments]
    if words[:1] == [KEPT_DASHES]:  # the first only ends our own options
        words = words[1:]
    if not words:
        parser.error("the following arguments are required: SCRIPT.py, or -m MODULE")
    script, *arguments = as_written(words)
    if not Path(script).is_file():
        parser.error(f"there is no program {script}")
    return Program(script, arguments, is_module=False)


@contextmanager
def _on(
    parser: argparse.ArgumentParser,
    given: argparse.Namespace,
    mock: ImageBuilderMock,
    around: Surroundings,
) -> Iterator[None]:
    """The mock is on, and what stands around it, for the context or to the end of the process."""
    with ExitStack() as stack:
        try:
            with patience("starting"):
                stack.enter_context(mock)
            stack.enter_context(around.around(mock, advice=_ADVICE))
        except (OSError, ValueError, ModuleNotFoundError) as error:
            # A state file that is not there or is damaged, or moto that is not installed.
            parser.exit(1, f"{parser.prog}: {error}\n")
        if given.timeline is not None:
            mock.builds.keep_deleted()
        if not given.allow_aws:
            stack.enter_context(OtherServices(around, mock).held())
        if given.is_whole_process:
            # What is registered after this is called before it.
            atexit.register(stack.pop_all().close)
        try:
            yield
        finally:
            if given.timeline is not None:
                with patience("writing timelines"):
                    paths = mock.builds.save_timelines(given.timeline)
                for path in paths:
                    print(f"timeline: {path}", file=sys.stderr)
