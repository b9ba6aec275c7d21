"""Run all benchmarks: `python -m benchmarks`, from the root of the project.

What is measured is the program that an install gives, compiled modules and
all: a wheel is built and installed into build/bench, unless --hotfix names a
program.  Everything else is made in a temporary folder.
"""

import argparse
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.install import install
from benchmarks.made import Content, write_package
from benchmarks.measure import Run, best, run, together

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
LZX = DATA / "lzx" / "bench_60MB_lzx21.cab"
DELTAS = DATA / "packages" / "Windows6.0-KB2999226-x64.msu"
SMALL = DATA / "packages" / "Windows6.1-KB2584475-x86.msu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        peer: What hotfix is compared with, or nothing.
        aim: In words.
        is_met: Whether the aim is met.
    """

    what: str
    ours: Run
    peer: str = ""
    theirs: Run | None = None
    aim: str = ""
    is_met: bool = True


def _reading(
    hotfix: list[object], cab: Path, what: str, work: Path, rounds: int
) -> Row:
    """Compare validate with cabextract -t and sha256sum of what it extracts."""
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    run(["cabextract", "-q", "-d", out, cab])
    files = sorted(path for path in out.rglob("*") if path.is_file())
    ours, theirs = together(
        [*hotfix, "validate", "-q", cab],
        [["cabextract", "-q", "-t", cab], ["sha256sum", *files]],
        rounds=rounds,
        codes=(0, 1),
    )
    ratio = ours.seconds / theirs.seconds
    return Row(
        what=f"`hotfix validate`, {what}",
        ours=ours,
        peer="`cabextract -t`, then `sha256sum`",
        theirs=theirs,
        aim="at most 1.2 times",
        is_met=ratio <= 1.2,
    )


def _starting(
    hotfix: list[object], words: list[object], what: str, limit: float, rounds: int
) -> Row:
    seen = best([run([*hotfix, *words], codes=(0, 1)) for _ in range(2 * rounds)])
    aim = f"under {limit} s"
    return Row(what=what, ours=seen, aim=aim, is_met=seen.seconds < limit)


def _writing(cab: Path, work: Path, rounds: int, library: str) -> Row:
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    run(["cabextract", "-q", "-d", out, cab])
    flat = work / f"flat-{library}"
    flat.mkdir()
    for path in sorted(out.rglob("file*.bin")):
        path.rename(flat / path.name)
    mine, other = work / "ours.cab", work / "theirs.cab"
    ours, theirs = together(
        [sys.executable, "-m", "benchmarks.pack", mine, flat, library],
        [["gcab", "-c", "-z", "-n", other, *sorted(flat.iterdir())]],
        rounds=rounds,
    )
    smaller = mine.stat().st_size <= other.stat().st_size
    sizes = f"{mine.stat().st_size:,} bytes against {other.stat().st_size:,}"
    return Row(
        what=f"writing MSZIP on all cores by {library} ({sizes})",
        ours=ours,
        peer="`gcab -c -z`",
        theirs=theirs,
        aim="as fast, and no larger",
        is_met=smaller and ours.seconds <= theirs.seconds,
    )


def _restoring(hotfix: list[object], work: Path, rounds: int) -> Row:
    """Compare extract with cabextract of the same containers.

    The peer leaves 86 deltas as they are, and hotfix restores what they stand
    for.  Each run writes to a folder of its own: where files were removed just
    before, file systems take longer to find room for others.
    """
    ours, theirs = work / "restored", work / "unpacked"
    run([*hotfix, "extract", DELTAS, ours])
    cabinets = [DELTAS, *sorted(ours.rglob("*.cab"))]
    mine, other = [], []
    for turn in range(rounds):
        words = [*hotfix, "extract", DELTAS, ours.with_suffix(f".{turn}")]
        peers: list[list[object]] = [
            ["cabextract", "-q", "-d", theirs / f"{turn}.{number}", cabinet]
            for number, cabinet in enumerate(cabinets)
        ]
        left, right = together(words, peers, rounds=1)
        mine.append(left)
        other.append(right)
    return Row(
        what=f"`hotfix extract`, {DELTAS.stem} and what it nests, deltas restored",
        ours=best(mine),
        peer="`cabextract` of the same cabinets, deltas left as they are",
        theirs=best(other),
    )


def _memory(hotfix: list[object], work: Path) -> Row:
    cab = work / "large.cab"
    write_package(cab, Content(files=10_240, size=100 << 10), threads=2)
    seen = run([*hotfix, "validate", "-q", cab], codes=(0, 1))
    cab.unlink()
    return Row(
        what="`hotfix validate`, 1 GiB of MSZIP in 10,240 files",
        ours=seen,
        aim="under 256 MiB",
        is_met=seen.anonymous < 256 << 20,
    )


def _rows(
    hotfix: list[object], work: Path, rounds: int, *, large: bool
) -> Iterator[Row]:
    made = work / "made.cab"
    write_package(made, Content(files=2000, size=(200 << 20) // 2000), threads=2)
    yield _reading(hotfix, made, "200 MiB of MSZIP in 2,000 files", work, rounds)
    if LZX.exists():
        yield _reading(hotfix, LZX, "60 MB of LZX:21 in 49 files", work, rounds)
    yield _starting(hotfix, ["--version"], "`hotfix --version`", 0.15, rounds)
    if SMALL.exists():
        words = ["validate", "-q", SMALL]
        what = "`hotfix validate`, a small genuine `.msu`"
        yield _starting(hotfix, words, what, 0.6, rounds)
    if DELTAS.exists():
        yield _restoring(hotfix, work, rounds)
    else:
        sys.stderr.write(f"{DELTAS.name}: left out, ../shared/data is absent\n")
    for library in ("zlib", "zlib-ng"):
        yield _writing(made, work, rounds, library)
    if large:
        yield _memory(hotfix, work)


def _times(run: Run) -> str:
    return f"{run.seconds:.2f} s ({run.work:.2f})"


def _line(row: Row) -> str:
    theirs = ratio = ""
    if row.theirs is not None:
        theirs = _times(row.theirs)
        ratio = (
            f"{row.ours.seconds / row.theirs.seconds:.2f} "
            f"({row.ours.work / row.theirs.work:.2f})"
        )
    cells = [
        row.what,
        _times(row.ours),
        row.peer,
        theirs,
        ratio,
        f"{row.ours.anonymous / (1 << 20):.0f} MiB",
        f"{row.aim}: {'met' if row.is_met else 'missed'}" if row.aim else "",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--hotfix", type=Path, help="measure this program")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each command")
    parser.add_argument("--large", action="store_true", help="also 1 GiB (slow)")
    options = parser.parse_args()
    given = None if options.hotfix is None else [options.hotfix]
    hotfix = given or install()
    machine = f"{platform.machine()}, CPython {platform.python_version()}"
    sys.stdout.write(
        f"{machine}, best of {options.rounds} in turns; "
        "in brackets: processor time; memory: anonymous\n\n"
        "| what | hotfix | peer | its time | ratio | memory | aim |\n"
        "|---|---|---|---|---|---|---|\n"
    )
    with tempfile.TemporaryDirectory() as work:
        rows = _rows(hotfix, Path(work), options.rounds, large=options.large)
        for row in rows:
            sys.stdout.write(f"{_line(row)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
