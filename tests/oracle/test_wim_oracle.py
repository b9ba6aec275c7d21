"""WIM files that another program captured, read by us."""

import os
import re
import subprocess
from pathlib import Path
from random import Random

import pytest
from cab_judges import need

from builder.errors import UnsupportedError
from builder.formats.wim import parse_wim
from builder.model.limits import Limits
from builder.steps.archive import open_archive

pytestmark = pytest.mark.oracle

NOISE = Random(7).randbytes(200_000)
TREE = {
    "update.mum": b"<assembly/>\r\n" * 3,
    "sub/noise.bin": NOISE,
    "sub/text.txt": b"the same words again and again, " * 9000,
    "sub/deep/copy.bin": NOISE,
    "sub/deep/empty.txt": b"",
    "käse €.txt": b"name",
} | {f"many/f{n:04}.txt": NOISE[:n] for n in range(400)}

FACTS = ("size", "offset", "references", "solid", "directory_tree")


def run(*words: str | Path) -> str:
    need(str(words[0]))
    answer = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
        check=False,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for name, data in TREE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (1_234_461_842, 1_234_461_842))
    return root


def capture(tree: Path, place: Path, *options: str) -> bytes:
    wim = place / "x.wim"
    run("wimlib-imagex", "capture", tree, wim, "One", "First", *options)
    return wim.read_bytes()


@pytest.mark.parametrize(
    "options",
    [
        ("--compress=none",),
        ("--compress=LZX",),
        ("--compress=LZX", "--check"),
        ("--compress=LZX", "--chunk-size=65536"),
        ("--compress=LZX", "--chunk-size=2097152"),
    ],
    ids=" ".join,
)
def test_captured_files_come_out_equal(
    tree: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    data = capture(tree, tmp_path, *options)
    archive = open_archive(data, limits=Limits())
    seen = {
        file.name.replace("\\", "/"): b"".join(chunks)
        for group in archive.groups
        for file, chunks in group()
    }
    assert seen == TREE
    assert {f.modified.timestamp() for f in archive.files if f.modified} == {
        1_234_461_842
    }
    assert archive.trailing == 0
    listed = run("7z", "l", "-slt", "-ba", tmp_path / "x.wim")
    names = {
        line.removeprefix("Path = ")
        for line in listed.splitlines()
        if line.startswith("Path = ")
    }
    assert {name.replace("\\", "/") for name in seen} <= names
    assert parse_wim(data).info[0].name == "One"


PACKED = "compression in chunks of"
SHUT: dict[tuple[str, ...], tuple[str | None, str | None]] = {
    ("--compress=XPRESS",): (f"XPRESS {PACKED} 32,768", None),
    ("--compress=LZMS",): (f"LZMS {PACKED} 131,072", None),
    ("--solid",): (f"LZMS {PACKED} 131,072", None),
    ("--compress=LZX", "--solid"): (None, f"solid LZMS {PACKED} 67,108,864"),
    ("--compress=none", "--solid", "--solid-compress=LZX"): (
        None,
        f"solid LZX {PACKED} 32,768",
    ),
    ("--compress=LZX", "--solid", "--solid-compress=XPRESS"): (
        None,
        f"solid XPRESS {PACKED} 32,768",
    ),
}


@pytest.mark.parametrize("options", SHUT, ids=" ".join)
def test_what_is_not_decoded_is_named_in_one_line(
    tree: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    archive = open_archive(capture(tree, tmp_path, *options), limits=Limits())
    of_tree, of_files = SHUT[options]
    rest = "bytes (WIM), not decoded"
    assert archive.waits == (of_tree and f"directory tree: {of_tree} {rest}")
    assert {f.waits for f in archive.files if f.size} == (
        {f"{of_files} {rest}"} if of_files else set()
    )
    if of_files:
        assert {f.name.replace("\\", "/"): f.size for f in archive.files} == {
            name: len(data) for name, data in TREE.items()
        }


@pytest.mark.parametrize(
    "options", [("--compress=none",), ("--compress=LZX",), *SHUT], ids=" ".join
)
def test_the_lookup_table_is_listed_as_others_list_it(
    tree: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    archive = open_archive(capture(tree, tmp_path, *options), limits=Limits())
    listed = run("wimlib-imagex", "info", tmp_path / "x.wim", "--blobs")
    theirs = {}
    for block in listed.strip().split("\n\n"):
        facts = dict(re.findall(r"^(.+?) += (\w+)", block, re.MULTILINE))
        place = facts.get("Offset in WIM") or facts["Solid offset"]
        theirs[facts["Hash"].removeprefix("0x")] = {
            "size": int(facts["Uncompressed size"]),
            "offset": int(place),
            "references": int(facts["Reference Count"]),
            "solid": "Solid offset" in facts,
            "directory_tree": "FLAG_METADATA" in block,
        }
    *_, table = archive.tables
    ours = {
        node.name: {name: value for name, value in node.facts if name in FACTS}
        for node in table.children
        if node.kind == "stream"
    }
    assert len(ours) > 300
    assert ours == theirs
    assert archive.trailing == 0


def test_a_pipable_file_is_refused(tree: Path, tmp_path: Path) -> None:
    data = capture(tree, tmp_path, "--compress=LZX", "--pipable")
    with pytest.raises(UnsupportedError) as error:
        open_archive(data, limits=Limits())
    assert error.value.reason == "a pipable WIM file is refused"


def test_two_images_are_listed_under_their_numbers(tree: Path, tmp_path: Path) -> None:
    capture(tree, tmp_path, "--compress=LZX")
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_bytes(b"second")
    run("wimlib-imagex", "append", other, tmp_path / "x.wim", "Two")
    archive = open_archive((tmp_path / "x.wim").read_bytes(), limits=Limits())
    seen = {
        file.name: b"".join(chunks)
        for group in archive.groups
        for file, chunks in group()
    }
    assert seen["2\\b.txt"] == b"second"
    assert seen["1\\update.mum"] == TREE["update.mum"]
    assert len(seen) == len(TREE) + 1
