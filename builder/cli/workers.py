"""Several packages at once, each in a process of its own."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path

from builder import store
from builder.cli.processes import Bug, BugError, Worker, start
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


@dataclass(slots=True)
class _Judging:
    """A process, and what it is doing.

    Attributes:
        at: Number of the file that it judges.
        found: The findings that have come so far.
    """

    worker: Worker
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
    crew: list[_Judging] = []
    title = f"{len(paths):,} packages"
    try:
        with progress(title, quiet=quiet) as advance:
            for at, path in islice(waiting, jobs):
                crew.append(_started(judge, at, path))
            while crew:
                ready = wait([judging.worker.pipe for judging in crew])
                for judging in [j for j in crew if j.worker.pipe in ready]:
                    answer = _answer(judging, paths[judging.at])
                    if answer is None:
                        continue
                    answers[judging.at] = answer
                    advance(_size(paths[judging.at]), answer[0].files)
                    _go_on(crew, judging, judge, next(waiting, None))
    finally:
        for judging in crew:
            judging.worker.end(kill=True)
    return tuple(answer for answer in answers if answer is not None)


def _started(judge: Judge, at: int, path: Path) -> _Judging:
    worker = start(partial(_judged, judge=judge))
    with suppress(OSError):  # one that is gone gives no answer
        worker.pipe.send(path)
    return _Judging(worker, at, Gatherer(store.Scratch))


def _go_on(
    crew: list[_Judging], judging: _Judging, judge: Judge, task: tuple[int, Path] | None
) -> None:
    """Give a worker its next file, or let it go; a dead one is replaced."""
    if task is None:
        crew.remove(judging)
        judging.worker.end(kill=False)
        return
    at, path = task
    try:
        judging.worker.pipe.send(path)
    except OSError:
        crew.remove(judging)
        judging.worker.end(kill=True)
        crew.append(_started(judge, at, path))
        return
    judging.at, judging.found = at, Gatherer(store.Scratch)


def _answer(judging: _Judging, path: Path) -> Judged | None:
    """Take a message; return the answer once it is complete."""
    try:
        message = judging.worker.pipe.recv()
    except (EOFError, OSError):
        reason = f"{path}: the process that judged it {judging.worker.ending()}"
        return PackageReport(path=str(path), unreadable=reason), None
    if isinstance(message, Bug):
        raise BugError(message.text)
    if isinstance(message, list):
        judging.found.add(message)
        return None
    report, portrait = message
    return replace(report, findings=judging.found.finish()), portrait


def _judged(path: Path, judge: Judge) -> Iterator[list[Finding] | Judged]:
    """Judge one file: its findings in batches, then the rest of the answer."""
    report, portrait = judge(path)
    yield from _batches(report)
    yield replace(report, findings=()), portrait


def _batches(report: PackageReport) -> Iterator[list[Finding]]:
    findings = iter(report.findings)
    while some := list(islice(findings, _TOGETHER)):
        yield some
