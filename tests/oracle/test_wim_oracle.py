"""WIM files that another program captured, read by us."""

import os
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


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--compress=XPRESS",), "XPRESS compression of WIM files is not decoded"),
        (("--compress=LZMS",), "LZMS compression of WIM files is not decoded"),
        (("--solid",), "LZMS compression of WIM files is not decoded"),
        (("--compress=LZX", "--pipable"), "a pipable WIM file is refused"),
    ],
    ids=str,
)
def test_what_is_not_decoded_is_named_in_one_line(
    tree: Path, tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    data = capture(tree, tmp_path, *options)
    with pytest.raises(UnsupportedError) as error:
        open_archive(data, limits=Limits())
    assert error.value.reason == sentence


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
