"""A line of progress on a terminal: bytes and files, on standard error."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_EVERY = 0.1
"""Seconds between two updates."""

Advance = Callable[[int, int], None]
"""Is told how many bytes and how many files have been read since last time."""


def _ignore(size: int, files: int) -> None:
    del size, files


def wants_progress(*, quiet: bool) -> bool:
    """Tell whether somebody looks: a terminal that can move its cursor."""
    dumb = os.environ.get("TERM", "") in ("dumb", "unknown")
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    return is_terminal and not quiet and not dumb


@contextmanager
def progress(title: str, *, quiet: bool = False) -> Iterator[Advance]:
    """Show how much has been read while the block runs.

    Nothing is shown with `quiet`, elsewhere than on a terminal, or where rich
    is not installed.  NO_COLOR is respected.
    """
    if not wants_progress(quiet=quiet):
        yield _ignore
        return
    try:
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import Progress, SpinnerColumn, TextColumn
    except ImportError:
        yield _ignore
        return
    columns = SpinnerColumn(), TextColumn("{task.description}")
    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(escape(title), total=None)
        seen = [0, 0]
        due = [0.0]

        def advance(size: int, files: int) -> None:
            seen[0] += size
            seen[1] += files
            now = time.monotonic()
            if now >= due[0]:
                due[0] = now + _EVERY
                text = f"{seen[0] / (1 << 20):,.1f} MiB, {seen[1]:,} files"
                shown.update(task, description=f"{escape(title)}: {text}")

        yield advance
