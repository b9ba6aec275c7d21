"""Folders: a package that was extracted, whole or not, and a store of packages."""

import base64
from pathlib import Path

from made_packages import cabinet_of
from package_changes import SC, World
from projects import complaints_of, outside


def extracted(world: World, folder: Path, *without: str) -> Path:
    """Write a good package to a folder, but for some of its files."""
    for entry in world.x86.inner:
        if entry.name not in without and not entry.name.endswith(without):
            path = folder.joinpath(*entry.name.split("\\"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(entry.data)
    root = base64.encodebytes(world.signer.certificates[-1]).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{root}-----END CERTIFICATE-----\n"
    (folder.parent / "root.pem").write_text(pem)
    return folder


def complaints(folder: Path) -> list[tuple[str, str, str]]:
    return complaints_of(folder, "--trust-anchor", folder.parent / "root.pem")


def test_a_package_that_was_extracted_is_judged_like_its_cabinet(
    world: World, tmp_path: Path
) -> None:
    assert complaints(extracted(world, tmp_path / "whole")) == []


def test_what_was_not_extracted_is_one_finding(world: World, tmp_path: Path) -> None:
    folder = extracted(world, tmp_path / "p", f"{SC}.mum", f"{SC}.cat")
    assert complaints(folder) == [("HF203", "error", "update.mum")]
    folder = extracted(world, tmp_path / "q", "mpio.sys")
    ((rule, severity, where),) = complaints(folder)
    assert (rule, severity) == ("HF208", "error")
    assert where.endswith(".manifest")


def test_the_folder_above_a_package_is_not_the_package(
    world: World, tmp_path: Path
) -> None:
    extracted(world, tmp_path / "above" / "package")
    shown = outside("validate", tmp_path / "above").stdout
    assert "holds no .mum but in folders (package\\" in shown
    assert shown.count("HF") == 2  # the finding, and how to fix it


def test_what_lies_beside_packages_is_named(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "msu"
    folder.mkdir()
    (folder / "a.cab").write_bytes(cabinet_of(world.x86.inner))
    shown = outside("validate", folder).stdout
    assert "beside its packages" not in shown
    (folder / "evil.exe").write_bytes(b"MZ")
    shown = outside("validate", folder).stdout
    assert f"not checked: files of {folder} beside its packages: evil.exe\n" in shown


def test_a_package_without_its_root_is_no_store(world: World, tmp_path: Path) -> None:
    """A store of a system keeps manifests elsewhere."""
    folder = extracted(world, tmp_path / "p", "update.mum", "update.cat")
    assert complaints(folder) == [("HF207", "error", str(folder))]


def test_a_store_has_packages_without_what_they_bring(
    world: World, tmp_path: Path
) -> None:
    left_out = ("update.mum", "update.cat", ".manifest", ".sys", ".inf")
    assert complaints(extracted(world, tmp_path / "s", *left_out)) == []
    folder = extracted(world, tmp_path / "t", *left_out, f"{SC}.cat")
    assert complaints(folder) == [("HF412", "error", f"{SC}.mum")]
