"""Several packages at once, each in a process of its own."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Thread

from builder import store
from builder.cli.progress import progress
from builder.cli.siblings import Judged
from builder.model.finding import Finding, PackageReport
from builder.steps.gather import Gatherer

_TOGETHER = 1_000  # findings of one message
_FEW = 4
_SMALL = 8 << 20  # bytes

Judge = Callable[[Path], Judged]
"""Judges one file; goes to other processes by its name and arguments."""


def chosen_jobs(jobs: int | None, paths: Sequence[Path]) -> int:
    """Return how many processes judge files.

    Args:
        jobs: As asked for; None: one for each core, unless there is so little
            to do that starting them takes longer.
    """
    if jobs is not None:
        return min(jobs, len(paths))
    if len(paths) <= _FEW and sum(map(_size, paths)) < _SMALL:
        return 1
    return min(os.cpu_count() or 1, len(paths))


def _size(path: Path) -> int:
    try:
        return _SMALL if path.is_dir() else path.stat().st_size
    except OSError:
        return 0  # whoever opens it says so


class _BugError(Exception):
    """What a worker could not go on with; the text is its traceback."""


@dataclass(slots=True)
class _Worker:
    """A process, and what it is doing.

    Attributes:
        at: Number of the file that it judges.
        found: The findings that have come so far.
    """

    process: SpawnProcess
    pipe: Connection
    at: int
    found: Gatherer


def judge_all(
    judge: Judge, paths: Sequence[Path], *, jobs: int, quiet: bool
) -> tuple[Judged, ...]:
    """Judge files, several at once; the answers come in the order of the files.

    A process that ends before its answer makes its file unreadable and no
    other one.

    Args:
        jobs: Processes; with 1, this one judges all.
    """
    if jobs == 1:
        return tuple(map(judge, paths))
    answers: list[Judged | None] = [None] * len(paths)
    waiting = iter(enumerate(paths))
    crew: list[_Worker] = []
    title = f"{len(paths):,} packages"
    try:
        with progress(title, quiet=quiet) as advance:
            for at, path in islice(waiting, jobs):
                crew.append(_started(judge, at, path))
            while crew:
                ready = wait([worker.pipe for worker in crew])
                for worker in [w for w in crew if w.pipe in ready]:
                    answer = _answer(worker, paths[worker.at])
                    if answer is None:
                        continue
                    answers[worker.at] = answer
                    advance(_size(paths[worker.at]), answer[0].files)
                    _go_on(crew, worker, judge, next(waiting, None))
    finally:
        for worker in crew:
            _end(worker, kill=True)
    return tuple(answer for answer in answers if answer is not None)


def _started(judge: Judge, at: int, path: Path) -> _Worker:
    # Never a fork: it is unsafe beside threads, and Windows has none.
    context = get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, judge), daemon=True)
    with _deaf_to_ctrl_c():
        process.start()
    theirs.close()
    with suppress(OSError):  # one that is gone gives no answer
        pipe.send(path)
    return _Worker(process, pipe, at, Gatherer(store.Scratch))


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
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


def _go_on(
    crew: list[_Worker], worker: _Worker, judge: Judge, task: tuple[int, Path] | None
) -> None:
    """Give a worker its next file, or let it go; a dead one is replaced."""
    if task is None:
        crew.remove(worker)
        _end(worker, kill=False)
        return
    at, path = task
    try:
        worker.pipe.send(path)
    except OSError:
        crew.remove(worker)
        _end(worker, kill=True)
        crew.append(_started(judge, at, path))
        return
    worker.at, worker.found = at, Gatherer(store.Scratch)


def _end(worker: _Worker, *, kill: bool) -> None:
    if kill:
        worker.process.terminate()
    worker.pipe.close()  # the end of its orders
    worker.process.join()
    worker.process.close()


def _answer(worker: _Worker, path: Path) -> Judged | None:
    """Take a message; return the answer once it is complete."""
    try:
        message = worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join()
        reason = f"{path}: {_ending(worker.process.exitcode)}"
        return PackageReport(path=str(path), unreadable=reason), None
    if isinstance(message, str):
        raise _BugError(message)
    if isinstance(message, list):
        worker.found.add(message)
        return None
    report, portrait = message
    return replace(report, findings=worker.found.finish()), portrait


def _ending(code: int | None) -> str:
    """Say how a process ended; a negative code is the number of a signal."""
    how = f"code {code}"
    if code is not None and code < 0:
        try:
            how = signal.Signals(-code).name
        except ValueError:
            how = f"signal {-code}"
    return f"the process that judged it ended with {how}; is there enough memory?"


def _work(pipe: Connection, judge: Judge) -> None:
    """Judge what comes, until nothing comes any more."""
    from builder.cli import collect_seldom

    # Who presses Ctrl-C means the program: it ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_program, daemon=True).start()
    collect_seldom()
    while True:
        try:
            path = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            report, portrait = judge(path)
            for some in _batches(report):
                pipe.send(some)
            pipe.send((replace(report, findings=()), portrait))
        except BrokenPipeError:
            return
        except Exception:  # noqa: BLE001  # the program reports it as a bug
            pipe.send(traceback.format_exc())


def _end_with_the_program() -> None:
    """End at once where the program was killed: nobody waits for the answer."""
    program = parent_process()
    if program is not None:
        program.join()
        os._exit(1)


def _batches(report: PackageReport) -> Iterator[list[Finding]]:
    findings = iter(report.findings)
    while some := list(islice(findings, _TOGETHER)):
        yield some
