"""Cabinets that are written: laziness, order, folders, refusals, sameness."""

import io
import random
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_cab import checksum

from builder.errors import LimitError, PlanError
from builder.formats.cab import parse_cab
from builder.formats.cab_members import unpack_members
from builder.formats.cab_pack import CabSource, PackedCab, pack_cab
from builder.model.cabinet import MSZIP, STORED, Compression, Method

WHEN = datetime(2009, 2, 12, 5, 44, 2)  # noqa: DTZ001 - cabinets know no zone
NOISE = random.Random(3).randbytes(200_000)


def source(name: str, data: bytes, *, known: bool = True) -> CabSource:
    return CabSource(
        name=name,
        modified=WHEN,
        chunks=lambda: [data],
        size=len(data) if known else None,
    )


def packed(
    *members: CabSource, compression: Compression = MSZIP, threads: int = 1
) -> bytes:
    sink = io.BytesIO()
    result = pack_cab(members, sink=sink, compression=compression, threads=threads)
    assert result.size == len(sink.getvalue())
    return sink.getvalue()


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    return [
        (file.name, b"".join(chunks))
        for file, chunks in unpack_members(parse_cab(data), data)
    ]


def test_a_stored_cabinet_is_known_to_the_byte() -> None:
    """Written down from the specification, field by field."""
    data = packed(source("a.txt", b"hello"), compression=STORED)
    block = struct.pack("<HH", 5, 5)
    total = checksum(b"hello") ^ checksum(block)
    assert data == (
        struct.pack("<4s5I2B5H", b"MSCF", 0, 79, 0, 44, 0, 3, 1, 1, 1, 0, 0, 0)
        + struct.pack("<IHH", 66, 1, 0)
        + struct.pack("<IIHHHH", 5, 0, 0, 0x3A4C, 0x2D81, 0x20)
        + b"a.txt\0"
        + struct.pack("<I", total)
        + block
        + b"hello"
    )


@pytest.mark.parametrize("compression", [STORED, MSZIP])
@pytest.mark.parametrize("known", [True, False])
def test_what_goes_in_comes_out(compression: Compression, *, known: bool) -> None:
    files = [
        ("empty", b""),
        ("one", b"1"),
        ("full", NOISE[:32768]),
        ("more", NOISE[:32769]),
        ("text", b"text " * 20_000),
        ("last", b""),
    ]
    members = [source(name, data, known=known) for name, data in files]
    data = packed(*members, compression=compression)
    assert unpacked(data) == files
    cabinet = parse_cab(data)
    assert len(cabinet.folders) == 1
    assert cabinet.folders[0].data_end == cabinet.size
    assert {file.modified for file in cabinet.files} == {WHEN}
    assert {file.attributes for file in cabinet.files} == {0x20}


@given(
    st.lists(st.tuples(st.binary(max_size=50), st.integers(0, 3000)), min_size=1),
    st.booleans(),
)
def test_unpack_inverts_pack(parts: list[tuple[bytes, int]], known: bool) -> None:  # noqa: FBT001 - hypothesis passes by position
    files = [(f"n{n}", data * times) for n, (data, times) in enumerate(parts)]
    members = [source(name, data, known=known) for name, data in files]
    assert unpacked(packed(*members)) == files


def test_chunks_are_pulled_late_in_order_and_once() -> None:
    log: list[str] = []

    def chunks(name: str) -> Iterator[bytes]:
        log.append(f"{name} starts")
        yield b"x" * 40_000
        yield b""
        yield b"y"
        log.append(f"{name} ends")

    class Sink(io.BytesIO):
        def write(self, data: bytes, /) -> int:  # type: ignore[override] # bytes do
            log.append("write")
            return super().write(data)

    members = [
        CabSource(name=name, modified=WHEN, chunks=lambda name=name: chunks(name))  # type: ignore[misc] # mypy knows no defaults of lambdas
        for name in ("a", "b")
    ]
    result = pack_cab(members, sink=Sink(), compression=STORED)
    assert result.sizes == (40_001, 40_001)
    assert log[:7] == [
        "write",
        "a starts",
        "write",
        "a ends",
        "b starts",
        "write",
        "b ends",
    ]


@pytest.mark.parametrize("compression", [STORED, MSZIP])
def test_threads_do_not_change_a_byte(compression: Compression) -> None:
    members = [
        source("noise", NOISE),
        source("text", b"abcdefgh" * 100_000),
        source("again", NOISE),
    ]
    one = packed(*members, compression=compression)
    assert packed(*members, compression=compression, threads=2) == one
    assert packed(*members, compression=compression, threads=5) == one


def test_chunk_boundaries_do_not_change_a_byte() -> None:
    whole = CabSource(name="a", modified=WHEN, chunks=lambda: [NOISE])
    crumbs = replace(
        whole, chunks=lambda: (NOISE[at : at + 999] for at in range(0, 200_000, 999))
    )
    assert packed(whole) == packed(crumbs)


def test_history_crosses_blocks_and_files() -> None:
    half = NOISE[:16_000]
    once = len(packed(source("a", half)))
    twice = len(packed(source("a", half), source("b", half), source("c", half)))
    assert twice < once + 2000


def test_names_that_are_not_ascii_are_flagged() -> None:
    first, second = parse_cab(packed(source("a", b""), source("ü€", b""))).files
    assert (first.name, first.attributes) == ("a", 0x20)
    assert (second.name, second.attributes) == ("ü€", 0xA0)


def test_attributes_and_set_are_the_callers() -> None:
    sink = io.BytesIO()
    member = replace(source("a", b""), attributes=0x81)
    pack_cab([member], sink=sink, set_id=0xBEEF)
    cabinet = parse_cab(sink.getvalue())
    assert (cabinet.set_id, cabinet.files[0].attributes) == (0xBEEF, 0x01)


# Folders


@pytest.fixture
def small_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two blocks a folder; roomy ones, of files of unknown size, have one."""
    monkeypatch.setattr("builder.formats.cab_pack._MAX_FOLDER", 65536)
    monkeypatch.setattr("builder.formats.cab_pack._ROOMY_FOLDER", 32768)


@pytest.mark.usefixtures("small_folders")
def test_a_file_that_does_not_fit_starts_a_folder() -> None:
    sizes = (30_000, 35_536, 0, 1, 65_536, 5)
    files = [(f"f{n}", NOISE[n : n + size]) for n, size in enumerate(sizes)]
    data = packed(*(source(*file) for file in files))
    cabinet = parse_cab(data)
    assert [file.folder for file in cabinet.files] == [0, 0, 0, 1, 2, 3]
    assert [file.offset for file in cabinet.files] == [0, 30_000, 65_536, 0, 0, 0]
    assert [folder.blocks for folder in cabinet.folders] == [2, 1, 2, 1]
    assert cabinet.folders[0].first_data == cabinet.files[-1].entry + 16 + 3
    assert unpacked(data) == files


@pytest.mark.usefixtures("small_folders")
def test_files_of_unknown_size_start_folders_early() -> None:
    sizes = (30_000, 35_536, 10, 32_768, 5)
    files = [(f"f{n}", NOISE[n : n + size]) for n, size in enumerate(sizes)]
    data = packed(*(source(*file, known=False) for file in files))
    cabinet = parse_cab(data)
    assert [file.folder for file in cabinet.files] == [0, 0, 1, 1, 2]
    assert unpacked(data) == files
    room = cabinet.folders[0].first_data - (cabinet.files[-1].entry + 16 + 3)
    assert room == 2 * 8


@pytest.mark.usefixtures("small_folders")
def test_several_folders_do_not_depend_on_threads() -> None:
    members = [source(f"f{n}", NOISE[n:50_000]) for n in range(20)]
    assert packed(*members) == packed(*members, threads=3)


@pytest.mark.usefixtures("small_folders")
@pytest.mark.parametrize("known", [True, False])
def test_a_file_above_a_folder_is_refused(*, known: bool) -> None:
    with pytest.raises(LimitError, match="'big' needs more than 65,535 blocks"):
        packed(source("big", NOISE[:65_537], known=known))


@pytest.mark.usefixtures("small_folders")
def test_too_many_folders_of_unknown_size_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("builder.formats.cab_pack._ROOMY_FOLDERS", 2)
    members = [source(f"f{n}", NOISE[:40_000], known=False) for n in range(3)]
    assert len(parse_cab(packed(*members[:2])).folders) == 2
    with pytest.raises(LimitError, match="more than 2 folders"):
        packed(*members)


# Refusals


@pytest.mark.parametrize("size", [4, 6])
def test_another_size_than_promised_is_refused(size: int) -> None:
    member = replace(source("a", b"hello"), size=size)
    with pytest.raises(PlanError) as caught:
        packed(member)
    assert caught.value.reason == f"'a' has 5 bytes, {size} are promised"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "is empty"),
        ("a\0b", "is empty or has a zero"),
        ("\ud800", "is no text"),
        ("n" * 256, "has 256 bytes, a cabinet takes 255"),
        ("€" * 86, "has 258 bytes, a cabinet takes 255"),
    ],
)
def test_names_that_cannot_be_written_are_refused(name: str, reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        packed(source(name, b""))


def test_the_longest_names_are_written() -> None:
    assert [name for name, _ in unpacked(packed(source("€" * 85, b"")))] == ["€" * 85]


@pytest.mark.parametrize(
    "moment",
    [WHEN.replace(year=1979), WHEN.replace(year=2108), WHEN.replace(tzinfo=UTC)],
)
def test_dates_that_cannot_be_written_are_refused(moment: datetime) -> None:
    with pytest.raises(PlanError, match="date of 'a'"):
        packed(replace(source("a", b""), modified=moment))


def test_an_empty_cabinet_is_refused() -> None:
    with pytest.raises(PlanError, match="at least one file"):
        packed()


def test_more_files_than_the_counter_holds_are_refused() -> None:
    with pytest.raises(LimitError, match="65536 files, a cabinet takes 65535"):
        packed(*[source("a", b"")] * 65536)


@pytest.mark.parametrize("method", [Method.LZX, Method.QUANTUM])
def test_compressions_that_cannot_be_written_are_refused(method: Method) -> None:
    with pytest.raises(PlanError, match=f"{method.value} compression cannot"):
        packed(source("a", b""), compression=Compression(method=method))


@pytest.mark.parametrize("threads", [1, 2])
def test_a_cabinet_above_the_size_field_is_refused(
    monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    whole = packed(source("a", NOISE))
    monkeypatch.setattr("builder.formats.cab_pack._MAX_CABINET", len(whole))
    assert packed(source("a", NOISE), threads=threads) == whole
    monkeypatch.setattr("builder.formats.cab_pack._MAX_CABINET", len(whole) - 1)
    with pytest.raises(LimitError, match="a cabinet above"):
        packed(source("a", NOISE), threads=threads)


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_of_a_source_comes_through(threads: int) -> None:
    def chunks() -> Iterator[bytes]:
        yield NOISE
        raise EOFError("the source broke")

    member = CabSource(name="a", modified=WHEN, chunks=chunks)
    with pytest.raises(EOFError, match="the source broke"):
        packed(member, threads=threads)


def test_the_result_tells_what_was_written() -> None:
    sink = io.BytesIO()
    result = pack_cab([source("a", NOISE), source("b", b"")], sink=sink)
    assert result == PackedCab(size=len(sink.getvalue()), folders=1, sizes=(200_000, 0))
