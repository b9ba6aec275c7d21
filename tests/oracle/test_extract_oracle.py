"""What we extract from genuine packages, beside what cabextract extracts."""

import hashlib
import os
from pathlib import Path

import pytest
from cab_judges import ask, need
from projects import SHARED, hotfix

from builder.formats.cix import parse_index

pytestmark = [pytest.mark.oracle, pytest.mark.genuine]

PACKAGES = SHARED / "packages"
NAMES = sorted(path.name for path in PACKAGES.glob("*")) if PACKAGES.is_dir() else []
EXTRACT = ["cabextract", "-q", "-d", "{out}", "{cab}"]


def facts(folder: Path) -> dict[str, tuple[str, float]]:
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime,
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


def by_cabextract(cab: Path, out: Path) -> None:
    """Extract a cabinet, and every cabinet in it to a folder beside it."""
    out.mkdir()
    answer = ask(EXTRACT, cab=cab, out=out)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    for inner in sorted(out.glob("*.cab")):
        by_cabextract(inner, inner.with_suffix(""))


def test_all_seven_packages_are_there() -> None:
    if not PACKAGES.is_dir():
        pytest.skip(f"{PACKAGES} is absent")
    assert len(NAMES) == 7


@pytest.mark.parametrize("name", NAMES)
def test_members_and_times_are_those_of_cabextract(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("cabextract")
    monkeypatch.setenv("TZ", "UTC")
    by_cabextract(PACKAGES / name, tmp_path / "theirs")
    hotfix("extract", "--raw", PACKAGES / name, tmp_path / "ours")
    assert facts(tmp_path / "ours") == facts(tmp_path / "theirs")


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".msu")])
def test_every_target_is_what_the_index_says(name: str, tmp_path: Path) -> None:
    hotfix("extract", "--raw", PACKAGES / name, tmp_path / "raw")
    hotfix("extract", PACKAGES / name, tmp_path / "out")
    folder = tmp_path / "out" / name.removesuffix(".msu")
    text = (
        tmp_path / "raw" / name.removesuffix(".msu") / "_manifest_.cix.xml"
    ).read_bytes()
    targets = parse_index(text).targets
    assert len(targets) > 30
    for target in targets:
        data = (folder / target.name.replace("\\", os.sep)).read_bytes()
        digest = hashlib.new(target.hash.algorithm, data).digest()
        assert (len(data), digest) == (target.size, target.hash.digest)
    assert len(facts(folder)) == len(targets)


@pytest.mark.parametrize("name", NAMES)
def test_every_genuine_package_is_valid_to_its_last_file(name: str) -> None:
    shown = hotfix("validate", PACKAGES / name, "-q").output
    assert ": valid: 0 errors, 0 warnings" in shown


def test_an_extracted_package_is_as_valid_as_the_package(tmp_path: Path) -> None:
    if not NAMES:
        pytest.skip(f"{PACKAGES} is absent")
    name = "Windows6.1-KB2584475-x86.msu"
    hotfix("extract", PACKAGES / name, tmp_path / "out")
    shown = hotfix("validate", tmp_path / "out" / name.removesuffix(".msu")).output
    assert "34 of 34 files checked" in shown


def test_packages_of_a_system_need_no_payload(tmp_path: Path) -> None:
    if not NAMES:
        pytest.skip(f"{PACKAGES} is absent")
    for name in ("Windows6.1-KB2584475-x86.msu", "Windows8.1-KB2938772-x86.cab"):
        hotfix("extract", PACKAGES / name, tmp_path / name)
    store = tmp_path / "Packages"
    store.mkdir()
    for suffix in ("mum", "cat"):
        for path in tmp_path.rglob(f"[Pp]ackage_*.{suffix}"):
            path.rename(store / path.name)
    count = len(list(store.iterdir()))
    assert count == 28
    shown = hotfix("validate", store).output
    assert f": valid: 0 errors, 0 warnings, 0 notes; {count} of {count} files" in shown
    cat = next(iter(sorted(store.glob("*.cat"))))
    cat.unlink()
    assert (
        f"has no catalog {cat.name.lower()}" in hotfix("validate", store, code=1).output
    )
