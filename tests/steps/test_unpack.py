"""Opening containers: nested, several folders, other forms, and limits."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from hashlib import sha256
from random import Random

import pytest
from make_cab import File, Folder, make_cab
from make_delta_package import Target, cabinet, delta_package
from make_wim import Lie, make_wim

from builder.errors import FormatError, LimitError, UnsupportedError
from builder.model.limits import Limits
from builder.model.unpacked import Container, Form, Kind
from builder.steps.archive import Archive, ArchiveFile
from builder.steps.unpack import unpack, unpack_archive
from builder.store import Scratch

NOISE = Random(3).randbytes(90_000)
WIDE = [{f"f{n}\\{m}": NOISE[n * m : 9000 + n] for m in range(5)} for n in range(12)]


def opened(data: bytes, **options: object) -> tuple[Container, ...]:
    settings: dict[str, object] = {"limits": Limits(), "spool": Scratch} | options
    return unpack("top.msu", data, **settings)  # type: ignore[arg-type]  # tests vary


def test_members_of_all_folders_come_in_their_order() -> None:
    (container,) = opened(cabinet(*WIDE))
    assert [m.name for m in container.members] == [n for f in WIDE for n in f]
    assert container.form is Form.CABINET
    assert container.packing == "MSZIP"


def test_threads_change_nothing() -> None:
    data = cabinet(*WIDE)
    assert opened(data) == opened(data, threads=4)


def test_a_damage_in_one_folder_leaves_the_others() -> None:
    data = bytearray(cabinet(*WIDE))
    data[-9] ^= 1
    for threads in (1, 4):
        (container,) = opened(bytes(data), threads=threads)
        damaged = [m for m in container.members if m.damage is not None]
        assert [member.name for member in damaged] == ["f11\\3"]
        unread = [m.name for m in container.members if m.facts is None]
        assert unread == ["f11\\3", "f11\\4"]


def _packages() -> Iterator[bytes]:
    yield (whole := cabinet(*WIDE))
    yield whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    raw = Target(id="1", name="raw", data=NOISE)
    copy = Target(id="2", name="copy", data=NOISE, kind=None, basis="1")
    bad = Target(id="3", name="bad", data=NOISE, source="raw", digest="00" * 20)
    yield delta_package([raw, copy, bad], {"raw": NOISE, "a.mum": b"<a/>"})
    yield b"<assembly/>"


def test_what_is_read_is_the_same_where_nobody_asks_for_facts() -> None:
    read = []
    for package in _packages():
        (asked,) = opened(package)
        (found,) = opened(package, observes=False)
        read.append([member.is_read for member in found.members])
        assert read[-1] == [member.facts is not None for member in asked.members]
        assert {member.facts for member in found.members} == {None}
        for one, other in zip(found.members, asked.members, strict=True):
            same = replace(other, facts=None, damage=one.damage)
            assert (one, one.damage is None) == (same, other.damage is None)
    assert [each.count(False) for each in read] == [0, 2, 1, 0]


def test_behind_a_damage_members_are_known_by_name() -> None:
    files = {f"f{n}": NOISE[:40_000] for n in range(4)}
    data = bytearray(cabinet(files, packed=False))
    data[data.index(NOISE[:64]) + 50_000] ^= 1
    (container,) = opened(bytes(data))
    assert {m.name for m in container.members} == set(files)
    assert sum(m.damage is not None for m in container.members) == 1


def test_inner_containers_follow_the_outer_one() -> None:
    deepest = cabinet({"update.mum": b"<a/>"})
    data = cabinet({"a.cab": cabinet({"b.cab": deepest}), "c.cab": deepest})
    containers = opened(data)
    assert [c.where[1:] for c in containers] == [
        (),
        ("a.cab",),
        ("a.cab", "b.cab"),
        ("c.cab",),
    ]
    assert [m.kind for m in containers[0].members] == [Kind.CABINET, Kind.CABINET]
    assert containers[2].members[0].data == b"<a/>"


def test_a_wim_opens_like_a_cabinet() -> None:
    inner = cabinet({"update.mum": b"<a/>"})
    containers = opened(make_wim({"x.cab": inner, "a.txt": b"a"}))
    assert [c.form for c in containers] == [Form.WIM, Form.CABINET]
    header, image, table = containers[0].tables
    assert (header.kind, dict(header.facts)["images"]) == ("header", 1)
    assert (image.kind, image.name) == ("image", "n1")
    assert dict(table.facts)["streams"] == len(table.children) == 3
    assert containers[1].where == ("top.msu", "x.cab")


def test_an_inner_container_that_nothing_decodes_stops_or_waits() -> None:
    packed = make_wim({"a": b"a"}, lie=Lie(flags=0x20002, chunk=32768, row_flags=4))
    data = cabinet({"x.wim": packed})
    with pytest.raises(UnsupportedError, match="XPRESS"):
        opened(data)
    container, inner = opened(data, opens_all=False)
    assert container.members[0].facts is not None
    reason = "XPRESS compression in chunks of 32,768 bytes (WIM), not decoded"
    assert inner.waits == f"directory tree: {reason}"
    assert inner.members == ()


SCAN = cabinet({"package.cab": cabinet({f"core\\{n}": b"x" for n in range(9)})})


@pytest.mark.parametrize("name", ["WSUSSCAN.cab", "wsusscan.CAB"])
def test_what_update_services_read_is_left_closed(name: str) -> None:
    outer, scan = opened(cabinet({name: SCAN}))
    (member,) = outer.members
    assert member.facts is not None
    assert member.facts.sha256 == sha256(SCAN).digest()
    (inner,) = scan.members
    assert (inner.name, inner.kind, inner.facts) == ("package.cab", Kind.CABINET, None)
    assert inner.waits == "only update services read it; nothing in it is judged"
    wide = opened(cabinet({name: SCAN}), opens_scan=True)
    assert [len(container.members) for container in wide] == [1, 1, 9]


@pytest.mark.parametrize(
    "files",
    [
        {"update.mum": b"<a/>"},
        {"package.cab": SCAN, "update.mum": b"<a/>"},
        {"package.cab\\x": b"<a/>"},
    ],
)
def test_what_is_only_called_like_it_is_opened(files: dict[str, bytes]) -> None:
    containers = opened(cabinet({"WSUSSCAN.cab": cabinet(files)}))
    assert all(member.facts is not None for member in containers[1].members)
    assert [member.name for member in containers[1].members] == list(files)


def test_structure_and_signature_of_what_is_left_closed_are_read() -> None:
    (outer,) = opened(cabinet({"WSUSSCAN.cab": SCAN[:50]}))
    assert outer.members[0].damage is not None
    _, scan = opened(cabinet({"WSUSSCAN.cab": SCAN + b"more"}))
    assert scan.trailing == 4


def test_damage_of_an_inner_container_is_the_member_s() -> None:
    (container,) = opened(cabinet({"x.cab": b"MSCF but no more"}))
    assert container.members[0].damage is not None
    assert container.members[0].facts is not None


def nested(depth: int) -> bytes:
    data = b"core"
    for level in range(depth):
        data = cabinet({f"{level}.cab": data}, packed=False)
    return data


def test_a_bomb_in_layers_is_held_to_the_length_of_the_whole_file() -> None:
    """No layer alone expands a lot; all together do."""
    data = cabinet({"a.cab": cabinet({f"f{n}": bytes(30_000) for n in range(9)})})
    fits = Limits(ratio=2000, ratio_from=0)
    assert len(opened(data, limits=fits)) == 2
    most = max(len(data), 270_000 // 600)
    tight = Limits(ratio=270_000 // most, ratio_from=100_000)
    with pytest.raises(LimitError, match="unpack to more than"):
        opened(data, limits=tight)
    assert len(opened(data, limits=replace(tight, ratio_from=400_000))) == 2


def test_copies_of_inner_containers_have_a_limit() -> None:
    inner = cabinet({"f": NOISE})
    data = cabinet({"a.cab": inner, "b.cab": inner})
    assert len(opened(data, limits=Limits(spooled=2 * len(inner)))) == 3
    with pytest.raises(LimitError, match="inner containers of more than"):
        opened(data, limits=Limits(spooled=2 * len(inner) - 1))


def test_depth_is_bounded() -> None:
    assert len(opened(nested(3), limits=Limits(depth=3))) == 3
    with pytest.raises(LimitError, match="nested more than 2 deep"):
        opened(nested(3), limits=Limits(depth=2))


def test_the_number_of_containers_is_bounded() -> None:
    data = cabinet({f"{n}.cab": cabinet({"a": b"a"}) for n in range(5)})
    assert len(opened(data, limits=Limits(containers=6))) == 6
    with pytest.raises(LimitError, match="more than 5 containers"):
        opened(data, limits=Limits(containers=5))


def test_unpacked_bytes_count_across_nested_containers() -> None:
    inner = cabinet({"zeros": bytes(60_000)})
    data = cabinet({f"{n}.cab": inner for n in range(10)})
    total = 10 * (len(inner) + 60_000)
    assert len(opened(data, limits=Limits(unpacked=total))) == 11
    with pytest.raises(LimitError, match="unpacks to more than"):
        opened(data, limits=Limits(unpacked=total - 1))


def test_documents_together_are_bounded() -> None:
    data = cabinet({"a.mum": bytes(600), "b.mum": bytes(600)})
    with pytest.raises(LimitError, match="a document of 600 bytes"):
        opened(data, limits=Limits(held=1000, held_together=1000))


def test_a_spanned_set_is_named() -> None:
    data = bytearray(cabinet({"a": b"a"}))
    data[30] |= 2
    with pytest.raises(UnsupportedError, match="spanned set"):
        opened(bytes(data))


def test_quantum_is_named() -> None:
    laid = make_cab(File(size=0), folders=(Folder(kind=0x1472),))
    with pytest.raises(UnsupportedError, match="Quantum:20 compression is not decoded"):
        opened(laid)


@pytest.mark.parametrize("cut", range(0, 400, 13))
def test_a_truncated_cabinet_is_one_error(cut: int) -> None:
    data = cabinet({"a": NOISE[:300], "b": NOISE[:99]})
    assert cut < len(data)
    with pytest.raises(FormatError):
        opened(data[:cut])


def test_progress_counts_bytes_and_files() -> None:
    seen: list[tuple[int, int]] = []
    data = cabinet({"a": b"12345", "b": b"678"})
    opened(data, advance=lambda size, files: seen.append((size, files)))
    assert sum(size for size, _ in seen) == 8
    assert sum(files for _, files in seen) == 2


def folder_of(files: dict[str, bytes]) -> Archive:
    def stream(
        file: ArchiveFile, data: bytes
    ) -> Iterator[tuple[ArchiveFile, Iterator[bytes]]]:
        yield file, iter([data])

    shown = {
        ArchiveFile(name=name, size=len(data), modified=None): data
        for name, data in files.items()
    }
    return Archive(
        form=Form.FOLDER,
        packing="",
        files=tuple(shown),
        groups=tuple(partial(stream, file, data) for file, data in shown.items()),
    )


def test_a_folder_opens_like_a_container() -> None:
    archive = folder_of({"update.mum": b"<a/>", "x\\y.sys": b"y"})
    for threads in (1, 3):
        (container,) = unpack_archive(
            "dir", archive, limits=Limits(), spool=Scratch, threads=threads
        )
        assert container.form is Form.FOLDER
        assert [m.name for m in container.members] == ["update.mum", "x\\y.sys"]
        assert container.members[0].data == b"<a/>"
        facts = container.members[1].facts
        assert facts is not None
        assert facts.sha256 == sha256(b"y").digest()


def test_zoned_times_lose_their_zone_in_utc() -> None:
    (container,) = opened(make_wim({"a": b"a"}))
    (member,) = container.members
    assert member.modified is not None
    assert member.modified.tzinfo is None
    assert replace(member) == member
