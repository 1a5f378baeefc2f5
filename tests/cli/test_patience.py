"""What lasts is told to whoever watches a terminal, and to nobody else."""

from __future__ import annotations

import inspect
import io
from threading import Event, Thread

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.cli.ending import Ending
from imagebuilder_mock.cli.patience import patience
from imagebuilder_mock.cli.saving import Saving
from imagebuilder_mock.cli.server import server_gateway


class Terminal(io.StringIO):
    def __init__(self):
        super().__init__()
        self.is_told = Event()

    def isatty(self):
        return True

    def write(self, text):
        self.is_told.set()
        return super().write(text)


def test_a_terminal_is_told_what_lasts_and_the_line_is_gone_when_it_is_over(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)

    with pytest.raises(ValueError, match="damaged"), patience("reading state.json", every=0):
        assert terminal.is_told.wait(60)
        raise ValueError("damaged")

    *_, told, cleared, nothing = terminal.getvalue().split("\r")
    assert told.startswith("reading state.json … ")
    assert (cleared, nothing) == (" " * len(told), "")


def test_what_is_quick_is_not_told(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)

    with patience("reading state.json"):
        pass

    assert terminal.getvalue() == ""


def test_no_other_stream_is_told(capsys):
    with patience("reading state.json", every=0):
        pass

    assert capsys.readouterr().err == ""


def test_a_server_tells_that_it_saves(monkeypatch, tmp_path):
    terminal, is_held, ending = Terminal(), Event(), Ending()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setitem(inspect.unwrap(patience).__kwdefaults__, "every", 0)
    ending.is_of_the_process = False

    with mock_imagebuilder() as mock:

        def hold():
            with server_gateway(mock).world.lock:
                is_held.set()
                terminal.is_told.wait(60)

        holder = Thread(target=hold)
        holder.start()
        assert is_held.wait(60)
        Saving(tmp_path / "state.json", mock, ending, lambda: 0).first(0)
        holder.join()

    assert "saving the state … 1 s" in terminal.getvalue()
    assert (tmp_path / "state.json").exists()
