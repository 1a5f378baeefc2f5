"""A program, run in this process as ``python`` would run it."""

from __future__ import annotations

import builtins
import os
import runpy
import sys
import threading
from concurrent.futures import thread as executors
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from io import open_code
from pathlib import Path
from pkgutil import read_code
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class NoSuchModuleError(Exception):
    """There is no module of the name."""


class Program(NamedTuple):
    """A script or a module, and its arguments."""

    name: str
    arguments: Sequence[str]
    is_module: bool

    def run(self) -> None:
        """Run it to its end. NoSuchModuleError if there is no such module."""
        if self.is_module:
            with _as_program([self.name, *self.arguments], first_path=str(Path.cwd())):
                if not _is_there(self.name):
                    msg = f"there is no module {self.name}"
                    raise NoSuchModuleError(msg)
                runpy.run_module(self.name, run_name="__main__", alter_sys=True)
            return
        folder = str(Path(self.name).resolve().parent)
        with _as_program([self.name, *self.arguments], first_path=folder):
            _run_script(self.name)


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


def _is_there(module: str) -> bool:
    try:
        return bool(module) and find_spec(module) is not None
    except (ImportError, ValueError):
        return False


@contextmanager
def threads_ended() -> Iterator[None]:
    """Wait for the context's threads, as Python does; idle workers of executors are left out."""
    before = threading.enumerate()
    try:
        yield
    finally:
        workers = getattr(executors, "_threads_queues", ())
        for thread in threading.enumerate():
            if thread not in before and not thread.daemon and thread not in workers:
                thread.join()
