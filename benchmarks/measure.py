"""Run programs: how long they take, and how much memory of their own."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

POLL = 0.002
"""Seconds between two looks at the memory of a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a program.

    Attributes:
        seconds: Of the clock on the wall, from start to end.
        work: Seconds of all processor cores together; tells two programs apart
            on a machine that is busy with others.
        anonymous: The most bytes of memory that no file backs; 0 where the
            system does not tell (it does on Linux).
    """

    seconds: float
    work: float
    anonymous: int


def _anonymous(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) << 10
    return 0


def run(words: Sequence[object], *, codes: tuple[int, ...] = (0,)) -> Run:
    """Run a program once, its output thrown away.

    Raises:
        SystemExit: It ends with another code than those of `codes`.
    """
    command = [str(word) for word in words]
    start, before = time.perf_counter(), _work()
    with subprocess.Popen(  # noqa: S603 - the commands are our own
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    ) as process:
        most = 0
        while process.poll() is None:
            most = max(most, _anonymous(process.pid))
            time.sleep(POLL)
        seconds = time.perf_counter() - start
    if process.returncode not in codes:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(seconds=seconds, work=_work() - before, anonymous=most)


def numbers(command: Sequence[object]) -> list[float]:
    """Run a script of ours, and return the numbers that it prints."""
    words = [str(word) for word in command]
    done = subprocess.run(  # noqa: S603 - the commands are our own
        words, check=True, stdout=subprocess.PIPE, text=True
    )
    return [float(word) for word in done.stdout.split()]


def _work() -> float:
    """Return the processor time of all programs that were run so far."""
    times = os.times()
    return times.children_user + times.children_system


def best(runs: Sequence[Run]) -> Run:
    """Return the shortest time and the most memory of several runs."""
    return Run(
        seconds=min(run.seconds for run in runs),
        work=min(run.work for run in runs),
        anonymous=max(run.anonymous for run in runs),
    )


def together(
    ours: Sequence[object],
    theirs: Sequence[Sequence[object]],
    *,
    rounds: int,
    codes: tuple[int, ...] = (0,),
) -> tuple[Run, Run]:
    """Run our command and the commands of a peer in turns; return the best.

    Args:
        theirs: One after the other; their times are added.
        codes: With which our command may end.
    """
    left, right = [], []
    for _ in range(rounds):
        left.append(run(ours, codes=codes))
        parts = [run(words) for words in theirs]
        right.append(
            Run(
                seconds=sum(part.seconds for part in parts),
                work=sum(part.work for part in parts),
                anonymous=max(part.anonymous for part in parts),
            )
        )
    return best(left), best(right)
