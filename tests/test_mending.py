"""`hotfix check --fix` and `--diff`: one right answer, and nothing else."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import LEDGER, hotfix

from builder.formats.json_order import arrange_json
from builder.formats.json_text import parse_json
from builder.formats.recipe import parse_recipe, serialize_recipe
from builder.formats.spec import parse_spec
from builder.steps.check import mended

Files = dict[str, bytes]


def tree(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


CLEAN = tree(LEDGER)
assert len(CLEAN) == 23


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "manifests" / "kb967724"
    shutil.copytree(LEDGER, folder)
    monkeypatch.chdir(tmp_path)
    return folder


def reversed_keys(data: bytes) -> bytes:
    return json.dumps(dict(reversed(json.loads(data).items()))).encode()


def edited(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def break_everything(ledger: Path) -> None:
    edited(ledger / "x86" / "update.mum", lambda data: data.replace(b"967724", b"1"))
    edited(ledger / "kb.json", reversed_keys)
    edited(ledger / "inventory.json", lambda data: data.replace(b"  ", b"\t"))
    (ledger / "x64" / "update.mum").unlink()


def test_a_clean_ledger_needs_nothing() -> None:
    assert mended("kb967724", CLEAN) == {}


def test_what_has_one_right_answer_is_rewritten(ledger: Path) -> None:
    break_everything(ledger)
    shown = hotfix("check", "--fix")
    assert tree(ledger) == CLEAN
    assert "manifests/kb967724/x64/update.mum: rewritten" in shown.output
    assert shown.output.count("rewritten") == 4
    assert "rewritten" not in hotfix("check", "--fix").output


def test_a_layout_is_a_note_with_its_line(ledger: Path) -> None:
    edited(ledger / "kb.json", lambda data: data.replace(b'  "title', b'   "title'))
    shown = hotfix("check").output
    assert "kb.json:3: note HF906 json-not-arranged: names or layout differ" in shown


def test_line_ends_of_a_checkout_are_no_layout(ledger: Path) -> None:
    edited(ledger / "kb.json", lambda data: data.replace(b"\n", b"\r\n"))
    before = tree(ledger)
    assert "HF906" not in hotfix("check", "--fix").output
    assert tree(ledger) == before


def test_what_nothing_makes_is_reported_and_stays(ledger: Path) -> None:
    stray = ledger / "x86" / "stray.mum"
    shutil.copy(ledger / "x86" / "update.mum", stray)
    hotfix("check", "--fix", code=1)
    assert stray.exists()


def test_xml_stays_while_its_inventory_is_stale(ledger: Path) -> None:
    """It would be drafted from what is no longer promised."""
    edited(ledger / "kb.json", lambda data: data.replace(b"107504", b"107505"))
    edited(ledger / "x86" / "update.mum", lambda data: data.replace(b"967724", b"1"))
    before = tree(ledger)
    hotfix("check", "--fix", code=1)
    assert tree(ledger) == before


def test_what_cannot_be_read_stays(ledger: Path) -> None:
    edited(ledger / "kb.json", lambda data: data[:-9])
    edited(ledger / "x86" / "update.mum", lambda data: data.replace(b"967724", b"1"))
    before = tree(ledger)
    hotfix("check", "--fix", code=1)
    assert tree(ledger) == before


def test_diff_writes_nothing_and_tells_by_its_code(ledger: Path) -> None:
    assert hotfix("check", "--diff").output == ""
    break_everything(ledger)
    before = tree(ledger)
    shown = hotfix("check", "--diff", code=1).output
    assert tree(ledger) == before
    assert "--- a/manifests/kb967724/x86/update.mum\n" in shown
    assert "--- /dev/null\n+++ b/manifests/kb967724/x64/update.mum\n" in shown


def test_fix_and_diff_are_two_things() -> None:
    hotfix("check", LEDGER, "--fix", "--diff", code=2)


def test_any_file_of_a_folder_stands_for_it_once(ledger: Path) -> None:
    names = ("kb.json", "inventory.json", "x86/update.mum")
    shown = hotfix("check", *(ledger / name for name in names), "--quiet").output
    assert len(shown.splitlines()) == 1


def test_a_file_of_no_specification_is_named_and_left(ledger: Path) -> None:
    (ledger.parent / "README.md").write_text("x", "utf-8")
    shown = hotfix("check", "manifests/README.md", ledger / "kb.json").output
    assert "manifests/README.md: belongs to no specification; not checked" in shown
    assert "23 of 23 files checked" in shown


def test_pairs_keep_their_order_and_nothing_gets_lost() -> None:
    table = {"culture": "en-us", "strings": {"b": "2", "a": "1"}}
    identity = {"version": "1.0.0.0", "name": "Y"}
    component = {
        "dependencies": [{"identity": identity}],
        "version": "6.1.7600.1",
        "string_tables": [table],
        "name": "X",
    }
    value = {
        "components": [component],
        "package_version": "6.1.1.0",
        "era": "6.1",
        "$comment": "why",
    }
    data = arrange_json("recipe.schema.json", value)
    assert parse_json(data).value == value
    assert list(json.loads(data)) == [
        "$comment",
        "era",
        "package_version",
        "components",
    ]
    (written,) = json.loads(data)["components"]
    assert list(written) == ["name", "version", "dependencies", "string_tables"]
    assert list(written["dependencies"][0]["identity"]) == ["version", "name"]
    assert list(written["string_tables"][0]["strings"]) == ["b", "a"]
    recipe = parse_recipe(data)
    assert parse_recipe(serialize_recipe(recipe)) == recipe


def test_what_we_write_is_arranged(tmp_path: Path) -> None:
    hotfix("new", "KB2533552", "-o", tmp_path)
    for path in sorted((tmp_path / "kb2533552").iterdir()):
        name = path.name.replace(".json", ".schema.json")
        assert (
            arrange_json(name, parse_json(path.read_bytes()).value) == path.read_bytes()
        )
    assert (
        parse_spec((tmp_path / "kb2533552" / "kb.json").read_bytes()).number == 2533552
    )
