"""Files appear whole or not at all, and nothing special is read or replaced."""

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builder import store
from builder.errors import LimitError, StoreError


def partials(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir() if "partial" in entry.name]


def test_a_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "a.txt"
    with store.writing(target) as file:
        file.write(b"whole")
        assert not target.exists()
    assert target.read_bytes() == b"whole"
    assert partials(target.parent) == []


def test_nothing_is_left_when_the_block_fails(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    def fail() -> None:
        with store.writing(target) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert target.read_bytes() == b"old"
    assert partials(tmp_path) == []


def test_the_time_of_a_file_can_be_given(tmp_path: Path) -> None:
    moment = datetime(2009, 2, 12, 5, 44, tzinfo=UTC)
    with store.writing(tmp_path / "a", modified=moment) as file:
        file.write(b"x")
    assert (tmp_path / "a").stat().st_mtime == moment.timestamp()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask for files")
def test_a_new_file_has_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        store.write_document(tmp_path / "a", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_link_is_not_replaced(tmp_path: Path) -> None:
    goal = tmp_path / "goal"
    goal.write_bytes(b"keep")
    link = tmp_path / "link"
    link.symlink_to(goal)
    with pytest.raises(StoreError, match="is no regular file; not replaced"):
        store.write_document(link, b"new")
    assert goal.read_bytes() == b"keep"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
def test_a_pipe_is_neither_written_nor_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(StoreError, match="not replaced"):
        store.write_document(pipe, b"new")
    with pytest.raises(StoreError, match="is a device or pipe, not a file"):
        store.read_document(pipe)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"not a file|is a directory"):
        store.read_document(tmp_path)
    with pytest.raises(StoreError, match="not replaced"):
        store.write_document(tmp_path, b"")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gone: no such file or directory"):
        store.read_document(tmp_path / "gone")


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(StoreError, match="a"):
        store.write_document(tmp_path / "a" / "b", b"")


def test_a_document_has_a_largest_size(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(11))
    assert store.read_document(tmp_path / "a", limit=11) == bytes(11)
    with pytest.raises(LimitError, match="more than 10 bytes"):
        store.read_document(tmp_path / "a", limit=10)


def test_an_empty_file_is_mapped_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with store.mapped(tmp_path / "a") as view:
        assert bytes(view) == b""


def test_scratch_gives_back_what_was_written_and_patched() -> None:
    scratch = store.Scratch()
    scratch.write(b"____tail")
    scratch.seek(0)
    scratch.write(b"head")
    assert bytes(scratch.buffer()) == b"headtail"
    assert b"".join(scratch.chunks()) == b"headtail"
    assert bytes(store.Scratch().buffer()) == b""


def payload(tmp_path: Path, *names: str) -> Path:
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path


def test_payload_is_found_in_any_case(tmp_path: Path) -> None:
    folder = payload(tmp_path, "X86/MPIO.SYS", "x64/mpio.sys")
    found = store.find_payload(folder, "x86", "Mpio.sys", allow_flat=False)
    assert found == folder / "X86" / "MPIO.SYS"


def test_flat_payload_is_for_one_architecture(tmp_path: Path) -> None:
    folder = payload(tmp_path, "mpio.sys")
    found = store.find_payload(folder, "x86", "Mpio.sys", allow_flat=True)
    assert found == folder / "mpio.sys"
    with pytest.raises(StoreError, match="has no folder x86"):
        store.find_payload(folder, "x86", "Mpio.sys", allow_flat=False)


def test_missing_and_doubled_payload_is_named(tmp_path: Path) -> None:
    folder = payload(tmp_path, "x86/mpio.sys", "x86/MPIO.sys")
    with pytest.raises(StoreError, match=r"has no file Mpio\.inf"):
        store.find_payload(folder, "x86", "Mpio.inf", allow_flat=False)
    if len(list((folder / "x86").iterdir())) == 2:  # else the system folds case
        with pytest.raises(StoreError, match=r"several times: MPIO\.sys, mpio\.sys"):
            store.find_payload(folder, "x86", "Mpio.sys", allow_flat=False)


def _stop_half_way(below: store.Below, name: str) -> None:
    with below.writing(below.target(name)) as file:
        file.write(b"half" * 100_000)
        raise KeyboardInterrupt


def test_a_member_that_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    below = store.Below(tmp_path / "out", replace=True)
    for name in ("in\\old", "whole"):
        with below.writing(below.target(name)) as file:
            file.write(b"before")
    again = store.Below(tmp_path / "out", replace=True)
    for name in ("in\\old", "new"):
        with pytest.raises(KeyboardInterrupt):
            _stop_half_way(again, name)
    left = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert sorted(path.name for path in left) == ["old", "whole"]
    assert {path.read_bytes() for path in left} == {b"before"}


def test_a_member_that_cannot_get_its_name_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = store.Below(tmp_path)
    target = below.target("name")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(StoreError, match="no space left"), below.writing(target):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_member_is_written_whole_by_a_system_that_takes_little_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = store.Below(tmp_path)
    target = below.target("name")
    data = bytes(range(256))
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, left: write(file, left[:7]))
    with below.writing(target) as file:
        file.write(data)
        file.write(b"")
        file.write(data)
    assert file.size == 512
    assert Path(target).read_bytes() == data + data


def test_a_member_that_the_system_loses_in_the_end_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = store.Below(tmp_path)
    target = below.target("name")
    close = os.close

    def fail(descriptor: int) -> None:
        close(descriptor)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "close", fail)
    with pytest.raises(StoreError, match="no space left"), below.writing(target):
        pass
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


def test_what_appears_while_a_member_is_written_stays(tmp_path: Path) -> None:
    below = store.Below(tmp_path)
    target = below.target("name")
    with pytest.raises(StoreError, match="not replaced"), below.writing(target):
        Path(target).write_bytes(b"theirs")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"theirs"]


def test_a_file_on_the_way_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "way").write_bytes(b"")
    with pytest.raises(StoreError, match="no folder is on the way"):
        store.Below(tmp_path).target("way\\name")
