"""`hotfix check`: what CI sees of a repository of specifications."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import LEDGER, ROOT, hotfix

TOKEN = "31bf3856ad364e35"  # it is public
SC = f"x86/package_for_kb967724_sc~{TOKEN}~x86~~6.0.1.0.mum"
MANIFEST = f"ia64/ia64_mpio.inf_{TOKEN}_6.0.6001.22375_none_1d777326a8a424cc.manifest"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    folder = tmp_path / "manifests" / "kb967724"
    shutil.copytree(LEDGER, folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new.encode(), 1))


def unix(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\r", b""))


def write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def copy(path: Path, target: Path) -> None:
    shutil.copy(path, target)


def test_the_ledger_of_this_project_is_clean() -> None:
    result = hotfix("check", ROOT / "manifests")
    assert "21 of 21 documents drafted again are equal" in result.output


@pytest.mark.parametrize("path", ["kb.json", ".", ".."])
def test_a_ledger_a_folder_and_a_file_are_all_checked(ledger: Path, path: str) -> None:
    assert "valid: 0 errors" in hotfix("check", ledger / path).output


def findings(ledger: Path) -> list[tuple[str, str, int | None]]:
    """Return rule, relative place and line of everything that is found."""
    output = hotfix("check", ledger, "--format", "json", code=1).output
    (package,) = json.loads(output)["packages"]
    return [
        (
            finding["rule"],
            Path(finding["where"][0]).relative_to(ledger).as_posix(),
            finding.get("line"),
        )
        for finding in package["findings"]
    ]


Change = Callable[[Path], None]
PARENT = "".join((LEDGER / SC).read_bytes().decode().splitlines(keepends=True)[4:7])

CASES: dict[str, tuple[Change, list[tuple[str, str, int | None]]]] = {
    "an edited .mum": (
        lambda f: edit(f / SC, "Fix for KB967724", "Fix for KB967723"),
        [("HF903", SC, 2)],
    ),
    "a wrong enumeration in a .mum": (
        lambda f: edit(f / SC, 'restart="possible"', 'restart="perhaps"'),
        [("HF102", SC, 4)],
    ),
    "a .mum that is no XML": (
        lambda f: edit(f / SC, "</package>", "</packet>"),
        [("HF101", SC, 12)],
    ),
    "text where a manifest may have none": (
        lambda f: edit(f / MANIFEST, 'xmldsig#">', 'xmldsig#">A'),
        [("HF102", MANIFEST, 7)],
    ),
    "a changed identity": (
        lambda f: edit(f / SC, 'version="6.0.1.0"', 'version="6.0.1.1"'),
        [("HF202", SC, 3)],
    ),
    "a .mum without its parents": (
        lambda f: edit(f / SC, PARENT, ""),
        [("HF221", SC, 3), ("HF903", SC, 5)],  # a warning hides no error
    ),
    "a missing .mum": (
        lambda f: (f / SC).unlink(),
        [("HF903", SC, None)],
    ),
    "a .mum too many": (
        lambda f: copy(f / SC, f / "x86" / "update-bf.mum"),
        [("HF903", "x86/update-bf.mum", None)],
    ),
    "line ends that were converted": (
        lambda f: unix(f / SC),
        [("HF903", SC, 1)],
    ),
    "a wrong enumeration in kb.json": (
        lambda f: edit(f / "kb.json", '"restart": "required"', '"restart": "yes"'),
        [("HF901", "kb.json", 10)],
    ),
    "a field too many in kb.json": (
        lambda f: edit(f / "kb.json", '"replaces": [],', '"replaces": [], "x": 1,'),
        [("HF901", "kb.json", 11)],
    ),
    "a stale inventory: the article has another size now": (
        lambda f: edit(f / "kb.json", '"size": 3760', '"size": 3761'),
        [("HF902", "inventory.json", 5)],
    ),
    "an inventory of another article": (
        lambda f: edit(f / "inventory.json", "967724", "967725"),
        [("HF902", "inventory.json", None)],
    ),
    "an inventory that is no JSON": (
        lambda f: edit(f / "inventory.json", '"files": [', '"files": ['[:-1]),
        [("HF901", "inventory.json", 12)],
    ),
    "a size that no draft has": (
        lambda f: edit(f / "kb.json", '"size": 1421', '"size": 1420'),
        [("HF901", "kb.json", None)],
    ),
    "a recipe that changes the XML": (
        lambda f: write(f / "recipe.json", '{\n  "display_name": "defaulT"\n}\n'),
        [
            ("HF903", name, 2)
            for name in sorted(
                path.relative_to(LEDGER).as_posix() for path in LEDGER.rglob("*.mum")
            )
        ],
    ),
    "a recipe with a misspelt field": (
        lambda f: write(f / "recipe.json", '{\n"compani": "x"}'),
        [("HF901", "recipe.json", 2)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_fault_is_found_at_its_place_and_nothing_else(
    ledger: Path, case: str
) -> None:
    change, promised = CASES[case]
    change(ledger)
    assert findings(ledger) == promised


def test_files_that_nothing_makes_are_found(ledger: Path) -> None:
    (ledger / "x86" / "Mpio.sys").write_bytes(b"")
    (ledger / "x64" / "old").mkdir()
    assert findings(ledger) == [
        ("HF903", "x64/old", None),
        ("HF903", "x86/Mpio.sys", None),
    ]


def test_what_is_compared_with_nothing_is_not_counted_as_checked(
    ledger: Path,
) -> None:
    count = len([path for path in ledger.rglob("*") if path.is_file()])
    assert f"; {count} of {count} files checked" in hotfix("check", ledger).output
    edit(ledger / "kb.json", '"kb": 967724', '"kb": "967724"')
    output = hotfix("check", ledger, code=1).output
    assert f"; 0 of {count} files checked" in output
    assert "generated XML that could not be drafted again" in output


def test_a_changed_digest_makes_the_manifest_stale(ledger: Path) -> None:
    data = json.loads((ledger / "inventory.json").read_bytes())
    data["files"][0]["sha256"] = "00" * 32
    write(ledger / "inventory.json", json.dumps(data, indent=2) + "\n")
    name = next((ledger / "x86").glob("*.manifest")).name
    assert [(r, p) for r, p, _ in findings(ledger)] == [("HF903", f"x86/{name}")]


def test_a_deleted_inventory_does_not_switch_the_check_off(ledger: Path) -> None:
    (ledger / "inventory.json").unlink()
    assert [(r, p) for r, p, _ in findings(ledger)] == [("HF904", ".")]
    edit(ledger / SC, "Fix for KB967724", "Fix for KB967723")
    assert [(r, p) for r, p, _ in findings(ledger)] == [("HF904", "."), ("HF903", SC)]


def test_without_an_inventory_a_manifest_too_many_is_found(ledger: Path) -> None:
    (ledger / "inventory.json").unlink()
    copy(ledger / MANIFEST, ledger / "x86" / Path(MANIFEST).name)
    name = f"x86/{Path(MANIFEST).name}"
    assert [(r, p) for r, p, _ in findings(ledger)] == [("HF904", "."), ("HF903", name)]


def test_without_an_inventory_there_is_a_warning(ledger: Path) -> None:
    (ledger / "inventory.json").unlink()
    shutil.rmtree(ledger / "x86")
    shutil.rmtree(ledger / "x64")
    shutil.rmtree(ledger / "ia64")
    assert "HF904 inventory-absent" in hotfix("check", ledger).output
    hotfix("check", ledger, "--strict", code=1)


def test_a_place_without_specifications_is_an_error(tmp_path: Path) -> None:
    assert "no kb.json" in hotfix("check", tmp_path, code=3).output
    assert "no such file" in hotfix("check", tmp_path / "gone", code=3).output
