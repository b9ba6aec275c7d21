"""Decode the deltas of genuine packages: compiled, and as the sources stand.

`python -m benchmarks.deltas`, where `../shared/data` has the packages: every
target of theirs, in processor seconds of one process.  No other program on
these systems decodes such deltas; beside the compiled form of a wheel runs the
form that is not compiled.

Then `hotfix extract` of a package of 650 MB, made from a genuine one, by one
process and by several, in turns; `--large` does without the first part.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.deltas_made import write_large
from benchmarks.install import ROOT, install
from benchmarks.measure import Run, best, numbers, run

_AIM = 50  # megabytes of targets a second
_TIMES = {"compiled": 250, "not compiled": 20}


def _speed(python: Sequence[object], rounds: int) -> tuple[int, float]:
    """Return how many targets there are, and megabytes a second."""
    script = ROOT / "benchmarks" / "deltas_call.py"
    count, size, seconds = numbers([*python, script, rounds])
    return int(count), size / seconds / 1e6


def _decoding(installed: Sequence[object], rounds: int) -> None:
    # Without its last words, "-m builder", the command of an install is Python.
    count, compiled = _speed(installed[:-2], rounds)
    _, plain = _speed([sys.executable], max(rounds // 10, 1))
    sys.stdout.write(
        f"{count} targets, processor time\n\n| form | MB/s | ratio |\n|---|---|---|\n"
        f"| compiled | {compiled:.1f} | {compiled / plain:.1f} |\n"
        f"| not compiled | {plain:.1f} | 1 |\n\n"
        f"at least {_AIM} MB/s compiled: {'met' if compiled >= _AIM else 'missed'}\n\n"
    )


def _extracting(hotfix: Sequence[object], package: Path, rounds: int) -> list[Run]:
    """Return the best runs by one process and by one for each core."""
    out = package.with_name("out")
    runs: dict[int, list[Run]] = {1: [], os.cpu_count() or 1: []}
    for _ in range(rounds):
        for jobs, some in runs.items():
            words = [*hotfix, "extract", "-q", "--jobs", jobs, package, out]
            some.append(run(words))
            shutil.rmtree(out)
    return [best(some) for some in runs.values()]


def _several(installed: Sequence[object], work: Path, rounds: int) -> None:
    sys.stdout.write(
        f"`hotfix extract` by one process and by {os.cpu_count()} more\n\n"
        "| form | targets | one process | several | ratio |\n|---|---|---|---|---|\n"
    )
    forms = {"compiled": installed, "not compiled": [sys.executable, "-m", "builder"]}
    for form, hotfix in forms.items():
        package = work / f"{form}.cab"
        size = write_large(package, work, times=_TIMES[form])
        one, several = _extracting(hotfix, package, rounds)
        sys.stdout.write(
            f"| {form} | {size / 1e6:.0f} MB | {one.seconds:.2f} s ({one.work:.2f}) | "
            f"{several.seconds:.2f} s ({several.work:.2f}) | "
            f"{one.seconds / several.seconds:.2f} |\n"
        )
        sys.stdout.flush()


def main() -> None:
    """Measure, and print tables in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deltas")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--large", action="store_true", help="the second part alone")
    options = parser.parse_args()
    installed = install()
    if not options.large:
        _decoding(installed, options.rounds)
    with tempfile.TemporaryDirectory() as work:
        _several(installed, Path(work), max(options.rounds // 7, 1))


if __name__ == "__main__":
    main()
