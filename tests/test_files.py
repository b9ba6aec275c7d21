"""Several files appear together, or none of them does."""

import errno
import os
import stat
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from builder import store
from builder.errors import StoreError
from builder.files import Batch, check_target


def write_all(folder: Path, files: dict[str, bytes]) -> None:
    with Batch() as batch:
        for name, data in files.items():
            with batch.writing(folder / name, below=folder) as file:
                file.write(data)
                assert file.tell() == len(data)


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def full_from(call: int, function: Callable[..., object]) -> Callable[..., object]:
    """Return a function whose calls fail, from the given one on: a full disk."""
    calls = 0

    def failing(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls >= call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return function(*arguments, **named)

    return failing


NEW = {"a": b"new a", "x/y/b": b"new b", "c": b"new c"}


def test_all_files_appear_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old a")
    write_all(tmp_path, NEW)
    assert content(tmp_path) == NEW


def test_nothing_appears_before_all_are_whole(tmp_path: Path) -> None:
    with Batch() as batch:
        for name in ("a", "b"):
            with batch.writing(tmp_path / name) as file:
                file.write(b"whole")
            assert not (tmp_path / name).exists()
    assert content(tmp_path) == {"a": b"whole", "b": b"whole"}


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_disk_that_is_full_at_any_file_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    old = {"a": b"old a", "c": b"old c"}
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(os, "fsync", full_from(call, os.fsync))
    with pytest.raises(StoreError, match="no space left on device"):
        write_all(tmp_path, NEW)
    assert content(tmp_path) == old
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_rename_that_fails_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    old = {"a": b"old a", "c": b"old c"}
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    calls = 0
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        nonlocal calls
        calls += path.name.endswith(".partial")
        if calls == call and path.name.endswith(".partial"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(StoreError, match="permission denied"):
        write_all(tmp_path, NEW)
    assert content(tmp_path) == old
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c"]


def test_a_rename_is_undone_where_there_are_no_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"old a")

    def refuse(path: Path, target: Path) -> None:
        raise OSError(errno.EOPNOTSUPP, f"{path} {target}")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write_all(tmp_path, {"a": b"1", "b": b"2"})
    assert content(tmp_path) == {"a": b"1", "b": b"2"}
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if path.name.startswith(".b.") and path.name.endswith(".partial"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(StoreError, match="permission denied"):
        write_all(tmp_path, {"a": b"3", "b": b"4"})
    assert content(tmp_path) == {"a": b"1", "b": b"2"}


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Batch() as batch, batch.writing(tmp_path / "x" / "a") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_folders_that_were_there_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_from(2, os.fsync))
        with pytest.raises(StoreError):
            write_all(tmp_path, NEW)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert list((tmp_path / "x").iterdir()) == []


def test_a_link_on_the_way_is_refused_and_the_root_may_be_one(tmp_path: Path) -> None:
    goal = tmp_path / "goal"
    goal.mkdir()
    (tmp_path / "root").symlink_to(goal)
    write_all(tmp_path / "root", {"x/a": b"1"})
    assert content(goal) == {"x/a": b"1"}
    (goal / "link").symlink_to(tmp_path)
    with pytest.raises(StoreError, match="link: is a link on the way"):
        write_all(tmp_path / "root", {"link/a": b"1"})
    with pytest.raises(StoreError, match="a: is no folder on the way"):
        check_target(goal / "x" / "a" / "b", below=goal)
    assert not (tmp_path / "a").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device /dev/full")
def test_a_full_disk_is_told_while_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def opened(path: Path, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith(".partial"):
            return real("/dev/full", os.O_RDWR)
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", opened)
    with pytest.raises(StoreError, match="a: no space left on device"):
        store.write_document(tmp_path / "a", bytes(1 << 20))
    with pytest.raises(StoreError, match="a: no space left on device"):
        store.write_document(tmp_path / "a", b"flushed at the end")
    assert not (tmp_path / "a").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device /dev/full")
def test_a_full_temporary_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", partial(open, "/dev/full", "w+b"))
    scratch = store.Scratch()
    with pytest.raises(StoreError, match="temporary folder: no space left"):
        scratch.write(bytes(1 << 20))
    late = store.Scratch()
    late.write(b"x")
    with pytest.raises(StoreError, match="temporary folder: no space left"):
        late.buffer()


def test_no_temporary_folder_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", full_from(1, print))
    with pytest.raises(StoreError, match="temporary folder: no space left"):
        store.Scratch()


def test_a_small_file_may_shrink_while_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(100_000))
    with store.mapped(tmp_path / "a") as view:
        os.truncate(tmp_path / "a", 0)
        assert bytes(view) == bytes(100_000)


def test_a_large_file_is_mapped(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.truncate((16 << 20) + 1)
    with store.mapped(tmp_path / "a") as view:
        assert type(view.obj).__name__ == "mmap"
        assert len(view) == (16 << 20) + 1


def test_the_new_file_of_a_batch_has_an_ordinary_mode(tmp_path: Path) -> None:
    write_all(tmp_path, {"a": b"1"})
    (tmp_path / "b").write_bytes(b"1")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in "ab"]
    assert modes[0] == modes[1]
