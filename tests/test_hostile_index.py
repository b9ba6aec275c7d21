"""Indexes of delta packages that are meant to do harm: one clear sentence each."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from make_delta_package import Target, cabinet, delta_package
from make_pa30 import Patch, insert, make_delta
from projects import hotfix

from builder.errors import LimitError
from builder.model.limits import Limits
from builder.steps.unpack import unpack
from builder.store import Scratch

NEW = b"new bytes of a file " * 9
DELTA = make_delta(insert(NEW), NEW)
RAW = Target(id="1", name="plain", data=NEW)
MADE = Target(
    id="2", name="x\\new.sys", data=NEW, kind="PA30", source="7", source_data=DELTA
)
MEMBERS = {"plain": NEW, "7": DELTA}
LENGTH = 10_000


def put(folder: Path, *targets: Target, **members: bytes) -> Path:
    path = folder / "p.cab"
    path.write_bytes(delta_package(targets, MEMBERS | members))
    return path


@pytest.mark.parametrize(
    "name",
    [
        "..\\evil.sys",
        "x\\..\\..\\evil.sys",
        "x/../../evil.sys",
        "\\evil.sys",
        "C:\\evil.sys",
        "\\\\host\\share\\evil.sys",
        "x\\con",
        "plain:stream",
    ],
)
def test_a_file_outside_of_the_package_is_named_and_never_written(
    name: str, tmp_path: Path
) -> None:
    package = put(tmp_path, RAW, replace(MADE, name=name))
    judged = hotfix("validate", package, code=1).output
    assert judged.count("error HF401 member-name-unsafe") == 1
    assert f"!{name}: error HF401" in judged
    before = set(tmp_path.rglob("*"))
    refused = hotfix("extract", package, tmp_path / "out", code=3).stderr
    assert f"!{name}: refused: " in refused
    written = {path.name for path in set(tmp_path.rglob("*")) - before}
    assert written == {"out", "plain"}


@pytest.mark.parametrize("name", ["x\\new.sys", "X\\NEW.SYS", "x/new.sys"])
def test_a_file_that_is_named_twice_is_one_finding(name: str, tmp_path: Path) -> None:
    package = put(tmp_path, RAW, MADE, replace(MADE, id="3", name=name))
    judged = hotfix("validate", package, code=1).output
    assert judged.count("error HF402 member-doubled") == 1
    assert f"!{name}: error HF402" in judged


def round_trip(length: int) -> list[Target]:
    """A ring of files, each of which is based on the one before."""
    return [
        replace(MADE, id=str(n), name=f"x\\{n}", basis=str(n - 1 or length))
        for n in range(1, length + 1)
    ]


@pytest.mark.parametrize("length", [1, 2, LENGTH])
def test_bases_that_go_round_are_one_finding(length: int, tmp_path: Path) -> None:
    package = put(tmp_path, *round_trip(length))
    judged = hotfix("validate", package, code=1).output
    assert judged.count("error HF410 index-unreadable") == 1
    assert "File 1 is its own basis" in judged
    assert "HF411" not in judged


def test_a_chain_of_ten_thousand_is_followed_in_seconds(tmp_path: Path) -> None:
    copy = make_delta(Patch().match(3, len(NEW)).done(), NEW)
    chain = [
        replace(MADE, id=str(n), name=f"x\\{n}", source_data=copy, basis=str(n - 1))
        for n in range(2, LENGTH)
    ]
    package = put(tmp_path, RAW, *chain, **{"7": copy})
    started = time.process_time()
    (container,) = unpack("p.cab", package.read_bytes(), limits=Limits(), spool=Scratch)
    assert time.process_time() - started < 60
    assert not any(m.damage or m.waits for m in container.members)
    assert len(container.members) == LENGTH
    # From a damage on, nothing is made, and the damage is named once.
    broken = replace(RAW, digest="0" * 40)
    package = put(tmp_path, broken, *chain, **{"7": copy})
    judged = hotfix("validate", package, code=1).output
    assert judged.count("HF411 target-not-restored: the sha1 is") == 1
    assert judged.count("it rests on plain, which is damaged") <= 1


def test_files_that_are_said_to_be_huge_are_refused_before_they_are_made() -> None:
    size = 1 << 40
    delta = make_delta(insert(NEW), NEW, size=size)
    huge = replace(MADE, source_data=delta, size=size)
    data = delta_package([RAW, huge], MEMBERS | {"7": delta})
    with pytest.raises(LimitError, match="the targets have 1,099,511,627,956 bytes"):
        unpack("p.cab", data, limits=Limits(), spool=Scratch)
    (container,) = unpack("p.cab", data, limits=Limits(unpacked=1 << 50), spool=Scratch)
    (damaged,) = [m.damage for m in container.members if m.damage is not None]
    assert damaged.reason.endswith("; the limit is 1,073,741,824")


def test_another_basis_than_the_right_one_is_one_finding(tmp_path: Path) -> None:
    """The index vouches for it; what comes out is another file."""
    delta = make_delta(Patch().match(3, 8).literals(NEW[8:]).done(), NEW)
    made = replace(MADE, source_data=delta, basis="1")
    other = replace(RAW, data=b"another file")
    package = put(tmp_path, other, made, **{"plain": other.data, "7": delta})
    judged = hotfix("validate", package, code=1).output
    assert judged.count("HF411 target-not-restored: the target's md5 is") == 1
    assert judged.count(" error HF411") == 1


def test_an_index_that_was_taken_away_is_one_finding(tmp_path: Path) -> None:
    package = tmp_path / "p.cab"
    package.write_bytes(cabinet({"update.mum": b"<assembly/>", "0": DELTA, "1": DELTA}))
    judged = hotfix("validate", package, code=1).output
    assert "HF505" not in judged
    assert f"{package}: error HF410 index-unreadable: _manifest_.cix.xml is" in judged
    refused = hotfix("extract", package, tmp_path / "out", code=3).stderr
    assert "_manifest_.cix.xml is absent" in refused
    hotfix("extract", package, tmp_path / "raw", "--raw")
    assert (tmp_path / "raw" / "0").read_bytes() == DELTA


def test_without_a_delta_no_index_is_missed(tmp_path: Path) -> None:
    package = tmp_path / "p.cab"
    package.write_bytes(cabinet({"update.mum": b"<assembly/>", "1": NEW}))
    assert "HF410" not in hotfix("validate", package, code=1).output
