"""A genuine package, extracted and damaged in one place: one finding, there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import SHARED, complaints_of, hotfix, need_shared

pytestmark = pytest.mark.genuine

STEM = "x86_netrasa.inf_31bf3856ad364e35_6.3.9600.17039_none_3d49bbc96c509e43"
DRIVER = f"{STEM}.manifest"
INF = f"{STEM}/netrasa.inf"
OTHER = "x86_microsoft-windows-ndis-tdi-bindingengine_31bf3856ad364e35_6.3.9600.17039"
DLL = f"{OTHER}_none_d2efa07f40f470f6/netcfgx.dll"
LEAF, SECOND = (
    f"Package_{n}_for_KB2938772~31bf3856ad364e35~x86~~6.3.1.0" for n in "12"
)
LEVEL = "Package_for_KB2938772_RTM_GM~31bf3856ad364e35~x86~~6.3.1.0.mum"

Act = Callable[[Path, str], None]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    package = need_shared(SHARED / "packages" / "Windows8.1-KB2938772-x86.cab")
    folder = tmp_path_factory.mktemp("genuine") / "whole"
    hotfix("extract", package, folder)
    return folder


def flip(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)


def cut(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:-20])


def delete(folder: Path, name: str) -> None:
    (folder / name).unlink()


def rename(folder: Path, name: str) -> None:
    path = folder / name
    path.rename(path.with_name(f"x{path.name}"))


def copy(folder: Path, name: str) -> None:
    path = folder / name
    shutil.copyfile(path, path.with_name(f"x{path.name}"))


CASES: dict[str, tuple[Act, str, str, str]] = {
    "program, a bit": (flip, DLL, "HF209", DLL),
    "program, cut off": (cut, DLL, "HF209", DLL),
    "program, deleted": (delete, DLL, "HF208", "d2efa07f40f470f6.manifest"),
    "program, renamed": (rename, DLL, "HF208", "d2efa07f40f470f6.manifest"),
    "program, copied": (copy, DLL, "HF210", "xnetcfgx.dll"),
    "INF, a bit": (flip, INF, "HF209", INF),
    "INF, deleted": (delete, INF, "HF208", DRIVER),
    "INF, renamed": (rename, INF, "HF208", DRIVER),
    "leaf, a bit": (flip, f"{LEAF}.mum", "HF101", f"{LEAF}.mum"),
    "leaf, cut off": (cut, f"{LEAF}.mum", "HF101", f"{LEAF}.mum"),
    "leaf, deleted": (delete, f"{LEAF}.mum", "HF203", LEVEL),
    "leaf, renamed": (rename, f"{LEAF}.mum", "HF202", f"x{LEAF}.mum"),
    "leaf, copied": (copy, f"{LEAF}.mum", "HF202", f"x{LEAF}.mum"),
    "root, a bit": (flip, "update.mum", "HF505", "update.mum"),
    "root, deleted": (delete, "update.mum", "HF207", ""),
    "root, renamed": (rename, "update.mum", "HF202", "xupdate.mum"),
    "manifest, a bit": (flip, DRIVER, "HF208", DRIVER),
    "manifest, cut off": (cut, DRIVER, "HF101", DRIVER),
    "manifest, deleted": (delete, DRIVER, "HF204", f"{LEAF}.mum"),
    "manifest, renamed": (rename, DRIVER, "HF202", f"x{DRIVER}"),
    "manifest, copied": (copy, DRIVER, "HF202", f"x{DRIVER}"),
    "catalog, a bit": (flip, f"{SECOND}.cat", "HF501", f"{SECOND}.cat"),
    "catalog, cut off": (cut, f"{SECOND}.cat", "HF504", f"{SECOND}.cat"),
    "catalog, deleted": (delete, f"{SECOND}.cat", "HF508", f"{SECOND}.mum"),
    "catalog, renamed": (rename, f"{SECOND}.cat", "HF508", f"{SECOND}.mum"),
}


def test_whole_it_is_valid(whole: Path) -> None:
    assert complaints_of(whole) == []


@pytest.mark.parametrize("case", CASES)
def test_one_damage_is_one_finding(whole: Path, tmp_path: Path, case: str) -> None:
    act, name, rule, place = CASES[case]
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    act(folder, name)
    ((found, _, where),) = complaints_of(folder)
    assert found == rule
    assert where.replace("\\", "/").endswith(place)
