"""Judge 10,000 manifests of 5 to 50 KB: parse, schema and all rules.

`python -m benchmarks.manifests`, from the root of the project.  Judged is one
package of them all with the files that they promise, as it comes from an
unpacked container; what unpacking and catalogs cost is measured elsewhere.
In turns with it run xmllint of libxml2, which holds the same files to the
same schemas and does no more, and lxml, which only parses them.

All numbers are processor time of one core.  `--many` judges ten times as many
as well: time per manifest must stay as it is.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from lxml import etree

from benchmarks.corpus import Made, container_of, corpus
from benchmarks.measure import run
from builder.cli import collect_seldom
from builder.model.trust import Trust
from builder.model.unpacked import Container
from builder.steps.judge import judge
from builder.store import Scratch

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 1, 1, tzinfo=UTC)
_TOGETHER = 2000  # files of one command line


def judged(container: Container) -> float:
    """Judge a package; return the seconds of one core."""
    trust = Trust(anchors=(), crls=(), at=AT)
    start = time.process_time()
    report = judge("bench", (container,), spec=None, trust=trust, spool=Scratch)
    seconds = time.process_time() - start
    found = [finding.rule for finding in report.findings]
    if found != ["HF505"]:  # there is no catalog
        sys.exit(f"the corpus breaks {sorted(set(found))}")
    return seconds


def parsed(documents: list[Made]) -> float:
    """Parse documents, no more; return the seconds of one core."""
    start = time.process_time()
    for made in documents:
        etree.fromstring(made.data)
    return time.process_time() - start


def xmllint(places: list[Path]) -> float:
    """Hold files to the schemas with xmllint; return the seconds of one core."""
    seconds = 0.0
    for suffix, schema in ((".mum", "mum.xsd"), (".manifest", "manifest.xsd")):
        files = [place for place in places if place.suffix == suffix]
        words = ["xmllint", "--noout", "--nonet", "--schema", ROOT / "schemas" / schema]
        for start in range(0, len(files), _TOGETHER):
            seconds += run([*words, *files[start : start + _TOGETHER]]).work
    return seconds


def _written(documents: list[Made], folder: Path) -> list[Path]:
    places = [folder / made.name for made in documents]
    for place, made in zip(places, documents, strict=True):
        place.write_bytes(made.data)
    return places


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.manifests")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--many", action="store_true", help="ten times as many, too")
    options = parser.parse_args()
    collect_seldom()  # as the command does
    documents = list(corpus(options.count))
    sizes = sorted(len(made.data) for made in documents)
    median, mean = sizes[len(sizes) // 2], sum(sizes) // len(sizes)
    sys.stdout.write(
        f"{len(documents):,} manifests, median {median:,} bytes, mean {mean:,}; "
        f"best of {options.rounds} in turns\n\n"
        "| what | a second per core | times the time of xmllint |\n|---|---|---|\n"
    )
    with tempfile.TemporaryDirectory() as work:
        places = _written(documents, Path(work))
        container = container_of(documents)
        acts: dict[str, Callable[[], float]] = {
            "hotfix: parse, schema, all rules": lambda: judged(container),
            "`xmllint --schema`": lambda: xmllint(places),
            "lxml: parse": lambda: parsed(documents),
        }
        rounds = [
            {what: act() for what, act in acts.items()} for _ in range(options.rounds)
        ]
    best = {what: min(times[what] for times in rounds) for what in acts}
    theirs = best["`xmllint --schema`"]
    for what, seconds in best.items():
        rate = len(documents) / seconds
        sys.stdout.write(f"| {what} | {rate:,.0f} | {seconds / theirs:.2f} |\n")
    ours = len(documents) / best["hotfix: parse, schema, all rules"]
    met = "met" if ours >= 2000 else "missed"
    sys.stdout.write(f"\nat least 2,000 a second per core: {met}\n")
    if options.many:
        del documents, container
        # Each number in a process of its own, as a package has in the command.
        with ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), max_tasks_per_child=1
        ) as pool:
            counts = (options.count, 10 * options.count)
            few, many = pool.map(_alone, counts, (options.rounds,) * len(counts))
        ratio = many[1] / few[1]
        sys.stdout.write(
            f"{many[0]:,} in one package: {1 / many[1]:,.0f} a second per core, "
            f"{ratio:.2f} times the time for each of {few[0]:,}; "
            f"at most 1.1: {'met' if ratio <= 1.1 else 'missed'}\n"
        )


def _alone(count: int, rounds: int) -> tuple[int, float]:
    """Return how many manifests a corpus has, and the seconds for each."""
    collect_seldom()
    container = container_of(corpus(count))
    number = sum(member.content is not None for member in container.members)
    return number, min(judged(container) for _ in range(rounds)) / number


if __name__ == "__main__":
    main()
