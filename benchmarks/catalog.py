"""Verify a catalog of 100,000 members, and find 1,000 files in it.

`python -m benchmarks.catalog`, from the root of the project.  Compared with
osslsigncode, which verifies the signature and lists the members, and with
signify, where HOTFIX_SIGNIFY names an interpreter that has it.  Both are given
less to do: neither looks for the files.

Ours is measured twice: as a function call, as a service would use it, and as
a program with the start of the interpreter.  `whole` reads every member.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path

from benchmarks.measure import best, run
from builder.formats.cms_build import sign_catalog
from builder.formats.ctl_member import derive_list_id, flat_member
from builder.formats.facts import observe
from builder.formats.pem import CERTIFICATE, parse_pem
from builder.formats.verify import verify_catalog, verify_members
from builder.keys import development_signer
from builder.model.catalog import Catalog, MemberName

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
    digests = [facts.sha1 for facts in seen]
    data = (work / "big.cat").read_bytes()
    return len(verify_members(data, digests, anchors=anchors, at=AT).found)


def whole(work: Path) -> int:
    """Verify the catalog with every member read; return how many there are."""
    anchors = parse_pem((work / "keys" / "root.pem").read_bytes(), CERTIFICATE)
    data = (work / "big.cat").read_bytes()
    return len(verify_catalog(data, anchors=anchors, at=AT).catalog.members)


def _timed(act: Callable[[Path], int], work: Path, expected: int, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        if act(work) != expected:
            sys.exit("a file was not found")
        times.append(time.perf_counter() - start)
    return min(times)


def _peers(work: Path, rounds: int) -> dict[str, float]:
    catalog, root = work / "big.cat", work / "keys" / "root.pem"
    commands: dict[str, list[object]] = {
        "osslsigncode verify -verbose": [
            "osslsigncode", "verify", "-verbose", "-ignore-crl", "-CAfile", root,
            "-in", catalog,
        ],
    }  # fmt: skip
    interpreter = os.environ.get("HOTFIX_SIGNIFY")
    if interpreter:
        judge = ROOT / "tests" / "signify_judge.py"
        commands["signify"] = [interpreter, judge, catalog]
    return {
        name: best([run(command) for _ in range(rounds)]).seconds
        for name, command in commands.items()
    }


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalog")
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--find", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.find is not None:
        find(options.find)
        return
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        make(work, options.members, options.files)
        rounds = options.rounds
        times = {
            "hotfix, call": _timed(find, work, options.files, rounds),
            "hotfix, call, every member": _timed(whole, work, options.members, 1),
        }
        program = [sys.executable, "-m", "benchmarks.catalog", "--find", work]
        times["hotfix, program"] = best([run(program) for _ in range(rounds)]).seconds
        peers = _peers(work, rounds)
    ours = times["hotfix, call"]
    sys.stdout.write("| what | seconds | times ours |\n|---|---|---|\n")
    for what, seconds in (times | peers).items():
        sys.stdout.write(f"| {what} | {seconds:.2f} | {seconds / ours:.1f} |\n")
    met = min(peers.values()) >= 5 * ours
    sys.stdout.write(f"\nat least 5 times faster: {'met' if met else 'missed'}\n")


if __name__ == "__main__":
    main()
