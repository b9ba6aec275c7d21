"""Decode the deltas of genuine packages: compiled, and as the sources stand.

`python -m benchmarks.deltas`, where `../shared/data` has the packages: every
target of theirs, in processor seconds of one process.  No other program on
these systems decodes such deltas; beside the compiled form of a wheel runs the
form that is not compiled.
"""

import argparse
import sys
from collections.abc import Sequence

from benchmarks.install import ROOT, install
from benchmarks.measure import numbers

_AIM = 50  # megabytes of targets a second


def _speed(python: Sequence[object], rounds: int) -> tuple[int, float]:
    """Return how many targets there are, and megabytes a second."""
    script = ROOT / "benchmarks" / "deltas_call.py"
    count, size, seconds = numbers([*python, script, rounds])
    return int(count), size / seconds / 1e6


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deltas")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    # Without its last words, "-m builder", the command of an install is Python.
    count, compiled = _speed(install()[:-2], options.rounds)
    _, plain = _speed([sys.executable], max(options.rounds // 10, 1))
    sys.stdout.write(
        f"{count} targets, processor time\n\n| form | MB/s | ratio |\n|---|---|---|\n"
        f"| compiled | {compiled:.1f} | {compiled / plain:.1f} |\n"
        f"| not compiled | {plain:.1f} | 1 |\n\n"
        f"at least {_AIM} MB/s compiled: {'met' if compiled >= _AIM else 'missed'}\n"
    )


if __name__ == "__main__":
    main()
