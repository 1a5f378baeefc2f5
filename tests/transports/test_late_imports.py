"""Libraries that may come later: held when they do, and let go."""

from __future__ import annotations

import importlib
import sys

import pytest

from imagebuilder_mock.transports.late_imports import LateHold


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Write a module; the answer imports it, and forgets it at the end."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(text):
        (tmp_path / "a_late_library.py").write_text(text)
        importlib.invalidate_caches()
        return lambda: importlib.import_module("a_late_library")

    yield write
    sys.modules.pop("a_late_library", None)


@pytest.fixture
def hold():
    finders = list(sys.meta_path)
    hold = LateHold("a_late_library", "Client", "call")
    hold.take(lambda original: lambda *args: f"held {original(*args)}")
    yield hold
    hold.release()
    assert sys.meta_path == finders


CLIENT = "class Client:\n    def call(self):\n        return 'call'\n"


def test_a_module_is_held_when_it_is_imported_and_let_go(library, hold):
    module = library(CLIENT)()
    assert module.Client().call() == "held call"
    assert hold not in sys.meta_path
    assert "exec_module" not in vars(module.__loader__)

    hold.release()

    assert module.Client().call() == "call"


def test_one_that_is_loaded_already_is_held_at_once(library):
    module = library(CLIENT)()
    hold = LateHold("a_late_library", "Client", "call")

    hold.take(lambda _: lambda *_: "held")

    assert module.Client().call() == "held"
    assert hold not in sys.meta_path
    hold.release()


def test_one_that_is_imported_after_the_end_is_left_alone(library, hold):
    load = library(CLIENT)
    hold.release()

    assert load().Client().call() == "call"


def test_one_whose_import_fails_can_be_imported_again(library, hold):
    with pytest.raises(ZeroDivisionError):
        library("1 / 0")()
    assert hold in sys.meta_path
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        module = library(f"# fixed, and longer than it was\n{CLIENT}")()
    finally:
        sys.dont_write_bytecode = before

    assert module.Client().call() == "held call"


@pytest.mark.parametrize("text", ["", "class Client: pass"], ids=["class", "method"])
@pytest.mark.usefixtures("hold")
def test_one_that_has_no_such_thing_is_left_alone(library, text):
    module = library(f"{text}\nword = 'hello'")()

    assert module.word == "hello"
    assert not hasattr(getattr(module, "Client", None), "call")


def test_one_that_is_not_there_is_not_there(hold):
    with pytest.raises(ModuleNotFoundError, match="a_late_library"):
        importlib.import_module("a_late_library")
    assert hold in sys.meta_path
