"""Verify a catalog of 100,000 members, and find 1,000 files in it.

`python -m benchmarks.catalog`, from the root of the project.  Compared with
osslsigncode, which verifies the signature and lists the members but looks for
no file, and with signify, where HOTFIX_SIGNIFY names an interpreter that has it.

Two tables of processor time: the work in one process, without the start of an
interpreter (osslsigncode has none), and whole programs, run in turns.  What is
measured is what an install gives, compiled modules and all.  signify is shown
twice: with the same work, and with the signature alone, for which it reads no
member; the target is held against who reads the members.
"""

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path

from benchmarks.install import install
from benchmarks.measure import Run, best, numbers, run
from builder.formats.cms_build import sign_catalog
from builder.formats.ctl_member import derive_list_id, flat_member
from builder.keys import development_signer
from builder.model.catalog import Catalog, MemberName

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 1, 1, tzinfo=UTC)
OSSLSIGNCODE = "osslsigncode verify -verbose"
SIGNATURE = "signify, the signature alone"


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


def _commands(hotfix: list[object], work: Path, files: int) -> dict[str, list[object]]:
    catalog, root = work / "big.cat", work / "keys" / "root.pem"
    commands: dict[str, list[object]] = {
        "hotfix": [
            *(*hotfix, "catalog", "verify", catalog),
            *("--trust-anchor", root, "--at", f"{AT:%Y-%m-%dT%H:%M:%SZ}"),
            *sorted((work / "files").iterdir()),
        ],
        OSSLSIGNCODE: [
            "osslsigncode", "verify", "-verbose", "-ignore-crl", "-CAfile", root,
            "-in", catalog,
        ],
    }  # fmt: skip
    interpreter = os.environ.get("HOTFIX_SIGNIFY")
    if interpreter:
        judge = ROOT / "tests" / "signify_judge.py"
        commands[SIGNATURE] = [interpreter, judge, f"--anchor={root}", catalog]
        peer = ROOT / "benchmarks" / "catalog_signify.py"
        path = f"PYTHONPATH={ROOT / 'tests'}"
        commands["signify"] = ["env", path, interpreter, peer, work, files]
    return commands


def _calls(
    hotfix: list[object], runs: dict[str, list[Run]], options: argparse.Namespace
) -> dict[str, float]:
    """Return processor seconds of the work in one process."""
    # Without its last words, "-m builder", the command of an install is Python.
    python = [sys.executable] if options.hotfix else hotfix[:-2]
    script = ROOT / "benchmarks" / "catalog_call.py"
    given = (options.work, options.files, options.rounds)
    took = {"hotfix": numbers([*python, script, *given])[0]}
    took[OSSLSIGNCODE] = best(runs[OSSLSIGNCODE]).work
    if "signify" in runs:
        command = _commands(hotfix, options.work, options.files)["signify"]
        took[SIGNATURE], took["signify"] = numbers(command)
    return took


def main() -> None:
    """Measure, and print two tables in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalog")
    parser.add_argument("--hotfix", type=Path, help="measure this program")
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    hotfix = install() if options.hotfix is None else [options.hotfix]
    with tempfile.TemporaryDirectory() as name:
        options.work = Path(name)
        make(options.work, options.members, options.files)
        commands = _commands(hotfix, options.work, options.files)
        runs: dict[str, list[Run]] = {what: [] for what in commands}
        for number in range(options.rounds):
            for what, command in commands.items():
                if what != "signify" or number == 0:  # it takes a quarter minute
                    runs[what].append(run(command))
        calls = _calls(hotfix, runs, options)
    sys.stdout.write("| in one process | processor | times ours |\n|---|---|---|\n")
    for what, seconds in calls.items():
        ratio = seconds / calls["hotfix"]
        sys.stdout.write(f"| {what} | {seconds:.3f} | {ratio:.1f} |\n")
    _print_runs(runs)
    peers = [calls[what] for what in (OSSLSIGNCODE, "signify") if what in calls]
    met = min(peers) >= 5 * calls["hotfix"]
    sys.stdout.write(f"\nat least 5 times faster: {'met' if met else 'missed'}\n")


def _print_runs(runs: dict[str, list[Run]]) -> None:
    ours = best(runs["hotfix"])
    head = "| whole program | seconds | processor | times ours | memory |\n"
    sys.stdout.write(f"\n{head}|---|---|---|---|---|\n")
    for what, several in runs.items():
        one = best(several)
        sys.stdout.write(
            f"| {what} | {one.seconds:.2f} | {one.work:.2f} "
            f"| {one.work / ours.work:.1f} | {one.anonymous >> 20} MiB |\n"
        )


if __name__ == "__main__":
    main()
