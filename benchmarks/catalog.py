"""Verify a catalog of 100,000 members, and find 1,000 files in it.

`python -m benchmarks.catalog`, from the root of the project.  Compared with
osslsigncode, which verifies the signature and lists the members, and with
signify, where HOTFIX_SIGNIFY names an interpreter that has it.  Both are given
less to do: neither looks for the files.

What is measured is the program that an install gives, as for all benchmarks;
programs are run in turns.  The lines that say "call" leave out the start of the
interpreter, as in a service, and run the sources: not what is compiled.
"""

import argparse
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path

from benchmarks.install import install
from benchmarks.measure import Run, best, run
from builder.formats.cms_build import sign_catalog
from builder.formats.ctl_member import derive_list_id, flat_member
from builder.formats.facts import observe
from builder.formats.pem import CERTIFICATE, parse_pem
from builder.formats.verify import verify_members
from builder.keys import development_signer
from builder.model.catalog import Catalog, MemberName
from builder.steps.membership import find_member

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 1, 1, tzinfo=UTC)


def content(number: int) -> bytes:
    """Return the content of a listed file."""
    return b"file %d" % number


def make(work: Path, members: int, files: int) -> None:
    """Write a signed catalog, its root, and some of the files that it lists."""
    listed = []
    for number in range(members):
        name = MemberName(name="File", value=f"file{number:06}.dll", flags=0x10001)
        digest = sha1(content(number), usedforsecurity=False).digest()
        listed.append(flat_member(digest, attributes=(name,)))
    listed.sort(key=lambda member: member.tag)
    catalog = Catalog(
        version=1,
        list_id=derive_list_id(tuple(listed)),
        issued=AT,
        members=tuple(listed),
    )
    signer = development_signer(work / "keys")
    (work / "big.cat").write_bytes(sign_catalog(catalog, signer))
    folder = work / "files"
    folder.mkdir()
    for number in range(files):
        place = folder / f"{number}"
        place.write_bytes(content(number * (members // files)))


def find(work: Path) -> int:
    """Verify the catalog and look every file up; return how many were found."""
    anchors = parse_pem((work / "keys" / "root.pem").read_bytes(), CERTIFICATE)
    seen = [observe([path.read_bytes()]) for path in (work / "files").iterdir()]
    data = (work / "big.cat").read_bytes()
    index = verify_members(data, anchors=anchors, at=AT).index
    return sum(find_member(index, facts) is not None for facts in seen)


def _commands(hotfix: list[object], work: Path) -> dict[str, list[object]]:
    catalog, root = work / "big.cat", work / "keys" / "root.pem"
    commands: dict[str, list[object]] = {
        "hotfix": [
            *(*hotfix, "catalog", "verify", catalog),
            *("--trust-anchor", root, "--at", f"{AT:%Y-%m-%dT%H:%M:%SZ}"),
            *sorted((work / "files").iterdir()),
        ],
        "osslsigncode verify -verbose": [
            "osslsigncode", "verify", "-verbose", "-ignore-crl", "-CAfile", root,
            "-in", catalog,
        ],
    }  # fmt: skip
    interpreter = os.environ.get("HOTFIX_SIGNIFY")
    if interpreter:
        judge = ROOT / "tests" / "signify_judge.py"
        commands["signify"] = [interpreter, judge, f"--anchor={root}", catalog]
    return commands


def _call(work: Path, files: int) -> float:
    start = time.perf_counter()
    if find(work) != files:
        sys.exit("a file was not found")
    return time.perf_counter() - start


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalog")
    parser.add_argument("--hotfix", type=Path, help="measure this program")
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    hotfix = install() if options.hotfix is None else [options.hotfix]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        make(work, options.members, options.files)
        commands = _commands(hotfix, work)
        runs: dict[str, list[Run]] = {what: [] for what in commands}
        for _ in range(options.rounds):
            for what, command in commands.items():
                runs[what].append(run(command))
        call = min(_call(work, options.files) for _ in range(options.rounds))
    ours = best(runs["hotfix"])
    sys.stdout.write("| what | seconds | processor | times ours | memory |\n")
    sys.stdout.write("|---|---|---|---|---|\n")
    for what, several in runs.items():
        one = best(several)
        sys.stdout.write(
            f"| {what} | {one.seconds:.2f} | {one.work:.2f} "
            f"| {one.seconds / ours.seconds:.1f} | {one.anonymous >> 20} MiB |\n"
        )
    sys.stdout.write(f"| hotfix, call | {call:.2f} | | | |\n")
    peers = [
        best(several).seconds for what, several in runs.items() if what != "hotfix"
    ]
    met = min(peers) >= 5 * ours.seconds
    sys.stdout.write(f"\nat least 5 times faster: {'met' if met else 'missed'}\n")


if __name__ == "__main__":
    main()
