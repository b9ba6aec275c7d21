"""Progress is for terminals, and for people who want it."""

import io
import sys

import pytest

from builder.cli.progress import progress, wants_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def look(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Sit down at a terminal; pytest takes a fixture's one away again."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("TERM", "xterm")
    return shown


def test_a_pipe_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    with progress("x.msu") as advance:
        advance(1 << 20, 1)
    assert shown.getvalue() == ""


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = look(monkeypatch)
    with progress("x.msu", quiet=True) as advance:
        advance(1 << 20, 1)
    assert terminal.getvalue() == ""


def test_a_terminal_sees_bytes_and_files(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = look(monkeypatch)
    pytest.importorskip("rich", reason="rich is optional")
    with progress("[x].msu") as advance:
        advance(3 << 20, 2)
    assert "[x].msu: 3.0 MiB, 2 files" in terminal.getvalue()


def test_without_rich_nothing_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = look(monkeypatch)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with progress("x.msu") as advance:
        advance(1, 1)
    assert terminal.getvalue() == ""


def test_a_dumb_terminal_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = look(monkeypatch)
    assert terminal.isatty()
    assert wants_progress(quiet=False)
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_progress(quiet=False)
