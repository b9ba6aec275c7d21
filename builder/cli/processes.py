"""Processes that work for this one, and end with it."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Thread
from typing import Any

from builder.errors import HotfixError

Answer = Callable[[Any], Iterable[object]]
"""What a process does with a message; goes there by its name and arguments."""


@dataclass(frozen=True, slots=True)
class Bug:
    """What a process could not go on with; the text is its traceback."""

    text: str


class BugError(Exception):
    """A bug in another process."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A process, and the pipe to it: messages there, answers back."""

    process: SpawnProcess
    pipe: Connection

    def end(self, *, kill: bool) -> None:
        """Wait for its end: at once, or after the answer that it works on."""
        if kill:
            self.process.kill()
        self.pipe.close()  # the end of its orders
        self.process.join()
        self.process.close()

    def ending(self) -> str:
        """Say how it ended; a negative code is the number of a signal."""
        self.process.join()
        code = self.process.exitcode
        how = f"code {code}"
        if code is not None and code < 0:
            try:
                how = signal.Signals(-code).name
            except ValueError:
                how = f"signal {-code}"
        return f"ended with {how}; is there enough memory?"


def start(answer: Answer) -> Worker:
    """Start a process that answers messages one after the other.

    Raises:
        HotfixError: The system allows no more processes, or open files.
    """
    # Never a fork: it is unsafe beside threads, and Windows has none.
    context = get_context("spawn")
    try:
        pipe, theirs = context.Pipe()
        with theirs:
            process = context.Process(target=_serve, args=(theirs, answer), daemon=True)
            try:
                with deaf_to_ctrl_c():
                    process.start()
            except OSError:
                pipe.close()
                raise
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise HotfixError(f"no process can be started: {reason}") from error
    return Worker(process, pipe)


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes to whom Ctrl-C says nothing, also before they run our code.

    Who is interrupted while it imports writes a traceback that is not ours.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # a start of it would take the mask away
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, answer: Answer) -> None:
    """Answer what comes, until nothing comes any more."""
    from builder.cli import collect_seldom

    # Who presses Ctrl-C means the program: it ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_program, daemon=True).start()
    collect_seldom()
    while True:
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            for part in answer(message):
                pipe.send(part)
        except BrokenPipeError:
            return
        except Exception:  # noqa: BLE001  # the program reports it as a bug
            pipe.send(Bug(traceback.format_exc()))


def _end_with_the_program() -> None:
    """End at once where the program was killed: nobody waits for the answer."""
    program = parent_process()
    if program is not None:
        program.join()
        os._exit(1)
