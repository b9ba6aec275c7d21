"""`hotfix extract` and `hotfix inspect`: what they write, and what they refuse."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from make_delta_package import FILETIME, Target, cabinet, delta_package
from make_wim import Lie, make_wim
from projects import hotfix, msu

from builder.formats.schema import schema
from builder.steps.extract import extracted_name

FILES = {"a.txt": b"a" * 70_000, "x86_mpio\\mpio.sys": b"driver", "empty": b""}


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_members_are_written_below_the_folder(tmp_path: Path) -> None:
    package = put(tmp_path / "p.cab", cabinet(FILES))
    result = hotfix("extract", package, tmp_path / "out")
    assert tree(tmp_path / "out") == {
        name.replace("\\", "/"): data for name, data in FILES.items()
    }
    assert result.output == f"{tmp_path / 'out'}: 3 files, 70,006 bytes\n"


def test_quietly_only_what_was_refused_is_named(tmp_path: Path) -> None:
    package = put(tmp_path / "p.cab", cabinet(FILES))
    result = hotfix("extract", "-q", package, tmp_path / "out")
    assert result.output == ""
    assert len(tree(tmp_path / "out")) == 3
    again = hotfix("extract", "--quiet", package, tmp_path / "out", code=3)
    assert again.stdout == ""
    assert again.stderr.count("not written") == 3


def test_times_of_cabinets_are_local(tmp_path: Path) -> None:
    package = put(tmp_path / "p.cab", cabinet({"a": b"a"}))
    hotfix("extract", package, tmp_path / "out")
    written = (tmp_path / "out" / "a").stat().st_mtime
    shown = datetime.fromtimestamp(written)  # noqa: DTZ006 - local on purpose
    assert shown == datetime(2009, 2, 12, 5, 44, 2)  # noqa: DTZ001


def test_inner_containers_get_a_folder_beside_them(tmp_path: Path) -> None:
    inner = cabinet({"b": b"b", "deep.cab": cabinet({"c": b"c"})})
    package = put(tmp_path / "p.msu", cabinet({"in.cab": inner}))
    hotfix("extract", package, tmp_path / "out")
    assert set(tree(tmp_path / "out")) == {
        "in.cab",
        "in/b",
        "in/deep.cab",
        "in/deep/c",
    }


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (("p.msu", "a"), "a"),
        (("p.msu", "in.CAB", "a\\b"), "in\\a\\b"),
        (("p.msu", ".cab", "a"), ".cab.d\\a"),
        (("p.msu", "x.y", "a"), "x.y.d\\a"),
    ],
)
def test_names_below_the_folder(where: tuple[str, ...], name: str) -> None:
    assert extracted_name(where) == name


@pytest.mark.parametrize(
    "name",
    [
        "..\\evil",
        "../evil",
        "a\\..\\..\\evil",
        "\\evil",
        "/evil",
        "C:\\evil",
        "C:evil",
        "a\\\\b",
        "nul",
        "x\\COM1.txt",
        "dot.",
        "blank ",
        "bell\a",
        "what?",
        "con .txt",
    ],
)
def test_names_that_could_leave_the_folder_are_refused(
    tmp_path: Path, name: str
) -> None:
    package = put(tmp_path / "p.cab", cabinet({name: b"evil", "good": b"g"}))
    result = hotfix("extract", package, tmp_path / "out", code=3)
    assert tree(tmp_path) == {"p.cab": package.read_bytes(), "out/good": b"g"}
    assert "refused: " in result.stderr
    assert result.stderr.count("\n") == 1


def test_names_that_differ_in_case_alone_are_refused(tmp_path: Path) -> None:
    files = {"a.txt": b"first", "A.TXT": b"second", "D\\x": b"x", "d\\y": b"y"}
    package = put(tmp_path / "p.cab", cabinet(files))
    result = hotfix("extract", package, tmp_path / "out", code=3)
    assert tree(tmp_path / "out") == {"a.txt": b"first", "D/x": b"x", "D/y": b"y"}
    assert "A.TXT: refused: an earlier name, but for its case" in result.stderr


@pytest.mark.parametrize("names", [("a", "A\\b"), ("a\\b", "A")])
def test_a_name_is_a_file_or_a_folder(tmp_path: Path, names: tuple[str, str]) -> None:
    package = put(tmp_path / "p.cab", cabinet(dict.fromkeys(names, b"x")))
    hotfix("extract", package, tmp_path / "out", code=3)
    assert list(tree(tmp_path / "out")) == [names[0].replace("\\", "/")]


def test_links_on_the_way_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "d").symlink_to(outside, target_is_directory=True)
    (tmp_path / "out" / "f").symlink_to(outside / "f")
    package = put(tmp_path / "p.cab", cabinet({"d\\x": b"x", "f": b"f", "ok": b"k"}))
    hotfix("extract", package, tmp_path / "out", "--force", code=3)
    assert list(outside.iterdir()) == []
    assert (tmp_path / "out" / "ok").read_bytes() == b"k"


def test_what_exists_stays_unless_forced(tmp_path: Path) -> None:
    package = put(tmp_path / "p.cab", cabinet({"a": b"new"}))
    (tmp_path / "out").mkdir()
    put(tmp_path / "out" / "a", b"old")
    result = hotfix("extract", package, tmp_path / "out", code=3)
    assert "exists; not replaced" in result.stderr
    assert tree(tmp_path / "out") == {"a": b"old"}
    hotfix("extract", package, tmp_path / "out", "--force")
    assert tree(tmp_path / "out") == {"a": b"new"}


def test_a_damaged_file_is_not_written_at_all(tmp_path: Path) -> None:
    data = bytearray(cabinet({"good": bytes(40_000)}, {"bad": b"b" * 90_000}))
    data[-3] ^= 1
    package = put(tmp_path / "p.cab", bytes(data))
    result = hotfix("extract", package, tmp_path / "out", code=3)
    assert tree(tmp_path / "out") == {"good": bytes(40_000)}
    assert "bad: " in result.stderr


def test_a_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    package = put(tmp_path / "p.cab", cabinet({"zeros": bytes(3 << 20)}))
    options = ("--max-unpacked", "1M")
    result = hotfix("extract", package, tmp_path / "out", *options, code=3)
    assert "1,048,576 are allowed" in result.stderr
    assert not (tmp_path / "out").exists()


OLD = b"<old/>"
TARGETS = [
    Target(id="1", name="update.mum", data=OLD),
    Target(id="2", name="x\\copy", data=OLD, kind=None, basis="1"),
    Target(id="3", name="x\\later", data=b"?", kind="PA19", source="0"),
]


def test_delta_packages_give_their_targets(tmp_path: Path) -> None:
    members = {"update.mum": OLD, "0": b"?"}
    package = put(tmp_path / "p.cab", delta_package(TARGETS, members))
    result = hotfix("extract", package, tmp_path / "out", code=3)
    assert tree(tmp_path / "out") == {"update.mum": OLD, "x/copy": OLD}
    assert "x\\later: a source of the type 'PA19' is not decoded" in result.stderr
    seconds = FILETIME / 10**7 - 11_644_473_600
    assert (tmp_path / "out" / "update.mum").stat().st_mtime == seconds


def test_an_index_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """What was written are members, not the files that they stand for."""
    target = Target(id="1", name="update.mum", data=OLD, basis="1")
    package = put(tmp_path / "p.cab", delta_package([target], {"update.mum": OLD}))
    result = hotfix("extract", package, tmp_path / "out", code=3)
    assert "_manifest_.cix.xml: File 1 is its own basis (line 2)" in result.stderr


def test_raw_gives_members_as_they_are(tmp_path: Path) -> None:
    members = {"update.mum": OLD, "0": b"?"}
    package = put(tmp_path / "p.cab", delta_package(TARGETS, members))
    hotfix("extract", "--raw", package, tmp_path / "out")
    assert set(tree(tmp_path / "out")) == {"_manifest_.cix.xml", *members}


def test_a_wim_is_extracted(tmp_path: Path) -> None:
    package = put(tmp_path / "p.msu", make_wim({"a": b"a", "b": b"bb"}))
    hotfix("extract", package, tmp_path / "out")
    assert tree(tmp_path / "out") == {"a": b"a", "b": b"bb"}


def test_an_inner_wim_that_is_not_decoded_is_written_and_named(tmp_path: Path) -> None:
    lie = Lie(flags=0x80002, chunk=32768, row_flags=4)
    package = put(tmp_path / "p.msu", cabinet({"x.wim": make_wim(FILES, lie=lie)}))
    hotfix("extract", package, tmp_path / "out")
    assert list(tree(tmp_path / "out")) == ["x.wim"]
    shown = hotfix("inspect", package).output
    reason = "LZMS compression in chunks of 32,768 bytes (WIM), not decoded"
    assert f"waits directory tree: {reason}" in shown


def test_what_is_no_container_is_refused(tmp_path: Path) -> None:
    document = put(tmp_path / "update.mum", b"<a/>")
    result = hotfix("extract", document, tmp_path / "out", code=3)
    assert "is no container; expected .msu, .cab or .wim" in result.stderr


def test_inspect_shows_packages_components_files_and_catalogs(built: Path) -> None:
    text = hotfix("inspect", msu(built, "x86")).output
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0].startswith("cabinet ")
    assert any(line.startswith("package Package_for_KB967724~") for line in lines)
    assert any(line.startswith("parent ") for line in lines)
    assert any(line.startswith("component x86_mpio.inf_") for line in lines)
    assert any(line.startswith("catalog update.cat: version 1") for line in lines)
    assert any("version 6.0.6001.22375, sha256" in line for line in lines)


def judged_tree(*words: object) -> dict[str, Any]:
    """Run `hotfix inspect --json` and hold what it prints to its schema."""
    shown = json.loads(hotfix("inspect", *words, "--json").stdout)
    Draft202012Validator(json.loads(schema("tree.schema.json"))).validate(shown)
    root: dict[str, Any] = shown["tree"]
    return root


def test_inspect_prints_the_same_as_json(built: Path) -> None:
    package = msu(built, "x86")
    root = judged_tree(package)
    stack, kinds, hashes = [root], set(), set()
    while stack:
        node = stack.pop()
        kinds.add(node["kind"])
        hashes.add(node.get("sha256"))
        stack += node.get("children", [])
    assert {"cabinet", "package", "parent", "component", "file", "catalog"} <= kinds
    cab = next(name for name in root["children"] if name["kind"] == "cabinet")
    assert cab["packing"] == "MSZIP"
    assert sha256(b"").hexdigest() not in hashes


def test_depth_cuts_the_tree(built: Path) -> None:
    package = msu(built, "x86")
    assert hotfix("inspect", package, "--depth", "0").output.count("\n") == 1
    root = judged_tree(package, "--depth", "1")
    assert all("children" not in node for node in root["children"])


@pytest.mark.parametrize("options", [(), ("--raw",)], ids=str)
def test_a_wim_that_is_not_decoded_is_listed_and_named(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Header, XML data and lookup table are read; the rest is one line."""
    lie = Lie(flags=0x20002, chunk=32768, row_flags=4)
    package = put(tmp_path / "p.msu", make_wim(FILES, lie=lie))
    reason = "directory tree: XPRESS compression in chunks of 32,768 bytes (WIM)"
    root = judged_tree(package)
    assert root["waits"] == f"{reason}, not decoded"
    header, image, table = root["children"]
    assert (header["kind"], header["images"]) == ("header", 1)
    assert (image["name"], image["files"]) == ("n1", 2)
    sizes = [stream["size"] for stream in table["children"]]
    assert sizes[:-1] == [len(data) for data in FILES.values() if data]
    assert [s["directory_tree"] for s in table["children"]] == [False, False, True]
    result = hotfix("extract", *options, package, tmp_path / "out", code=3)
    assert result.stderr.splitlines() == [
        f"{package.as_posix()}: {reason}, not decoded: not written"
    ]
    shown = hotfix("validate", package, code=3).stdout
    assert shown.splitlines() == [f"{package}: unreadable: {reason}, not decoded"]


def test_a_compressed_manifest_is_named_as_such(tmp_path: Path) -> None:
    name = "x86_a_31bf3856ad364e35_6.1.7601.1_none_0123456789abcdef.manifest"
    files = {name: b"DCM\x01PA30" + bytes(40)}
    package = put(tmp_path / "p.cab", cabinet(files))
    (shown,) = judged_tree(package)["children"]
    assert (shown["kind"], shown["name"]) == ("manifest", name)
    assert shown["compressed"] == "DCM, not decoded"
    text = hotfix("inspect", package).output
    assert f"manifest {name}: 48 bytes, compressed DCM, not decoded, sha256" in text
    judged = hotfix("validate", package, code=1).output
    assert f"!{name}: warning HF103 manifest-compressed: " in judged
    assert "not checked: 1 compressed manifest (DCM)" in judged


def test_a_delta_package_fits_the_schema_of_trees(tmp_path: Path) -> None:
    target = Target(id="1", name="a.txt", data=b"a", source="0")
    package = delta_package([target], {"0": b"a"})
    root = judged_tree(put(tmp_path / "p.cab", package))
    assert root["files"] == 2


def test_validate_takes_a_folder(built: Path, tmp_path: Path) -> None:
    hotfix("extract", msu(built, "x86"), tmp_path / "out")
    inner = tmp_path / "out" / "Windows6.0-KB967724-x86"
    anchor = msu(built, "x86").with_suffix(".anchor.pem")
    trust = ("--trust-anchor", anchor)
    shown = hotfix("validate", inner, *trust, "-q").output
    assert ": valid: " in shown
    for path in (*inner.glob("update.*"), *inner.glob("*.manifest")):
        path.unlink()  # a store has many packages, and no components
    shown = hotfix("validate", inner, *trust).output
    assert "references to packages, components and files outside" in shown


def test_limits_are_options(built: Path) -> None:
    package = msu(built, "x86")
    for option, value in (
        ("--max-members", 1),
        ("--max-depth", 1),
        ("--max-containers", 1),
        ("--max-unpacked", "1K"),
        ("--max-index", 10),
    ):
        for command in ("validate", "inspect"):
            hotfix(command, package, option, value, code=3)
    hotfix("inspect", package, "--max-unpacked", "lots", code=2)
