"""The structure of cabinets: what is read, and what is refused."""

import mmap
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from make_cab import DATE, TIME, Data, File, Folder, Header, make_cab, stored, zipped

from builder.errors import CabError, LimitError, UnsupportedError
from builder.formats.cab import parse_cab
from builder.formats.dos_time import parse_dos_time
from builder.model.cabinet import (
    MSZIP,
    STORED,
    CabFile,
    CabFolder,
    Cabinet,
    Compression,
    Method,
)
from builder.model.limits import Limits

A = File(name=b"a.txt", size=5)
TWO = (A, File(name=b"d\\b.txt", size=6, offset=5))
FIVE = stored(b"hello")
# Where things lie in a cabinet of one folder and `A`: 44 + 22 bytes of tables.
FOLDER, FILE, DATA = 36, 44, 66


def refused(data: bytes, *, offset: int) -> str:
    with pytest.raises(CabError) as caught:
        parse_cab(data)
    assert caught.value.offset == offset
    return caught.value.reason


def test_a_cabinet_is_read_whole() -> None:
    data = make_cab(
        *TWO, folders=(stored(b"hello world"),), header=Header(set_id=7, index=1)
    )
    moment = parse_dos_time(DATE, TIME)
    files = [
        CabFile(
            name=name,
            raw_name=name.encode(),
            size=size,
            offset=offset,
            folder=0,
            modified=moment,
            dos_date=DATE,
            dos_time=TIME,
            attributes=0x20,
            entry=entry,
        )
        for name, size, offset, entry in (
            ("a.txt", 5, 0, 44),
            ("d\\b.txt", 6, 5, 66),
        )
    ]
    folder = CabFolder(
        first_data=90, data_end=109, blocks=1, unpacked=11, compression=STORED
    )
    assert parse_cab(data) == Cabinet(
        size=109,
        set_id=7,
        index=1,
        flags=0,
        header_reserve=b"",
        folder_reserve=0,
        data_reserve=0,
        folders=(folder,),
        files=tuple(files),
        signature=None,
        trailing=0,
    )


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_will_do(kind: type[bytes | bytearray | memoryview]) -> None:
    assert parse_cab(kind(make_cab(A, folders=(FIVE,)))).files[0].name == "a.txt"


def test_a_memory_map_will_do_and_can_be_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.cab"
    path.write_bytes(make_cab(A, folders=(FIVE,)))
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held,
    ):
        cabinet = parse_cab(held)
    assert cabinet.size == path.stat().st_size


def test_reserved_areas_are_passed_over() -> None:
    block = Data(packed=b"hello", reserve=b"123")
    folder = Folder(blocks=(block,), reserve=b"fo")
    cabinet = parse_cab(
        make_cab(
            A,
            folders=(folder,),
            header=Header(flags=4),
            reserves=struct.pack("<HBB", 4, 2, 3) + b"head",
        )
    )
    assert cabinet.header_reserve == b"head"
    assert (cabinet.folder_reserve, cabinet.data_reserve) == (2, 3)
    assert cabinet.folders[0].data_end == cabinet.size


@pytest.mark.parametrize(
    ("kind", "compression"),
    [
        (0x0000, STORED),
        (0x0001, MSZIP),
        (0x1472, Compression(method=Method.QUANTUM, window_bits=20)),
        (0x0F03, Compression(method=Method.LZX, window_bits=15)),
        (0x1503, Compression(method=Method.LZX, window_bits=21)),
    ],
)
def test_compressions_are_told_apart(kind: int, compression: Compression) -> None:
    data = make_cab(A, folders=(replace(FIVE, kind=kind),))
    assert parse_cab(data).folders[0].compression == compression


@pytest.mark.parametrize("kind", [4, 15, 0x0E03, 0x1603])
def test_unknown_compressions_are_refused(kind: int) -> None:
    data = make_cab(A, folders=(replace(FIVE, kind=kind),))
    assert "compression" in (reason := refused(data, offset=42)) or "LZX" in reason


@pytest.mark.parametrize(
    ("raw", "attributes", "name"),
    [
        (b"plain.txt", 0x20, "plain.txt"),
        ("käse.txt".encode(), 0xA0, "käse.txt"),
        ("käse.txt".encode(), 0x20, "käse.txt"),
        (b"k\xe4se.txt", 0x20, "käse.txt"),
        (b"..\\C:\\x\x01", 0x20, "..\\C:\\x\x01"),
        (b"n" * 255, 0x20, "n" * 255),
    ],
)
def test_names_are_decoded_and_otherwise_kept(
    raw: bytes, attributes: int, name: str
) -> None:
    data = make_cab(File(name=raw, attributes=attributes))
    (file,) = parse_cab(data).files
    assert (file.name, file.raw_name) == (name, raw)


@pytest.mark.parametrize(("date", "time"), [(0, 0), (DATE, 0xFFFF), (0xFFFF, TIME)])
def test_a_date_that_is_none_is_kept_as_written(date: int, time: int) -> None:
    (file,) = parse_cab(make_cab(File(date=date, time=time))).files
    assert (file.modified, file.dos_date, file.dos_time) == (None, date, time)


def test_folders_may_lie_in_any_order_and_apart() -> None:
    data = make_cab(
        A,
        replace(A, folder=1),
        folders=(replace(FIVE, first=109), replace(FIVE, first=96)),
    )
    assert [f.first_data for f in parse_cab(data).folders] == [109, 96]


def test_bytes_between_tables_and_data_and_in_no_file_are_allowed() -> None:
    cabinet = parse_cab(
        make_cab(replace(A, size=2, offset=1), folders=(FIVE,), gap=b"gap")
    )
    assert cabinet.folders[0].first_data == 69


def test_empty_files_may_lie_anywhere_in_their_folder() -> None:
    empty = [File(offset=offset) for offset in (0, 3, 5)]
    assert len(parse_cab(make_cab(A, *empty, folders=(FIVE,))).files) == 4


def test_a_folder_without_blocks_holds_empty_files() -> None:
    assert parse_cab(make_cab(File())).folders[0].unpacked == 0


# What is refused


@pytest.mark.parametrize("length", range(36))
def test_a_cut_header_is_refused(length: int) -> None:
    data = make_cab(A, folders=(FIVE,))[:length]
    assert refused(data, offset=0) == f"{length} bytes cannot hold a cabinet header"


LIES = [
    (Header(magic=b"MSCE"), 0, "signature is b'MSCE', not b'MSCF'"),
    (Header(size=35), 8, "35 bytes announced, too few for a header"),
    (Header(size=80), 8, "80 bytes announced, 79 present"),
    (Header(size=0xFFFF_FFFF), 8, "4294967295 bytes announced, 79 present"),
    (Header(size=78), DATA, "a data block is cut off"),
    (Header(size=73), DATA, "the header of a data block is cut off"),
    (Header(size=65), FILE + 16, "a name does not end within 255 bytes and"),
    (Header(size=61), 28, "1 files do not fit"),
    (Header(size=43), 26, "1 folders do not fit"),
    (Header(first_file=43), 16, "files are said to start at 0x2b, folders end at"),
    (Header(first_file=0), 16, "files are said to start at 0x0, folders end at"),
    (Header(first_file=66), 16, "files are said to start at 0x42, folders end at"),
    (Header(minor=2), 24, "version 1.2 is not 1.3"),
    (Header(major=2), 24, "version 2.3 is not 1.3"),
    (Header(folders=0), 26, "a cabinet without folders"),
    (Header(folders=2), 16, "files are said to start at 0x2c, folders end at"),
    (Header(folders=0xFFFF), 26, "65535 folders do not fit"),
    (Header(files=0), 28, "a cabinet without files"),
    (Header(files=0xFFFF), 28, "65535 files do not fit"),
    (Header(flags=1), 30, "a part of a spanned set of cabinets is refused"),
    (Header(flags=2), 30, "a part of a spanned set of cabinets is refused"),
    (Header(flags=4), 36, "66 reserved bytes do not fit"),
]


@pytest.mark.parametrize(("header", "offset", "reason"), LIES)
def test_a_header_that_lies_is_refused(
    header: Header, offset: int, reason: str
) -> None:
    data = make_cab(A, folders=(FIVE,), header=header)
    assert len(data) == 79
    assert refused(data, offset=offset).startswith(reason)


def test_more_files_than_the_table_has_are_refused() -> None:
    """The second one is read from the data that follows."""
    data = make_cab(A, folders=(FIVE,), header=Header(files=2), tail=bytes(99))
    data = data[:8] + struct.pack("<I", len(data)) + data[12:]
    assert refused(data, offset=82) == "a name is empty"


@pytest.mark.parametrize("size", [84, 92, 99, 100])
def test_a_table_that_is_cut_is_refused(size: int) -> None:
    long = replace(A, name=b"n" * 23)
    data = make_cab(long, A, folders=(FIVE,), header=Header(size=size))
    assert refused(data, offset=84) == "the file table is cut off"


def test_reserved_areas_that_do_not_fit_are_refused() -> None:
    cut = make_cab(header=Header(flags=4, size=38, folders=1, files=1))
    assert "are cut off" in refused(cut, offset=36)


@pytest.mark.parametrize(
    ("file", "offset", "reason"),
    [
        (replace(A, folder=1), 52, "folder 1 of 1 does not exist"),
        (replace(A, folder=0xFFFC), 52, "folder 65532 of 1 does not exist"),
        (replace(A, size=0xFFFF_FFFF), 44, "a file lies outside its folder"),
        (replace(A, offset=0xFFFF_FFFF), 44, "a file lies outside its folder"),
        (replace(A, size=6), 44, "bytes 0 to 6 of a folder of 5"),
        (replace(A, offset=1), 44, "bytes 1 to 6 of a folder of 5"),
        (replace(A, name=b""), 60, "a name is empty"),
        (replace(A, name=b"n" * 256), 60, "a name does not end within 255 bytes"),
        (
            replace(A, name=b"a\xff", attributes=0x80),
            61,
            "a name is flagged as UTF-8 and is not: invalid start byte",
        ),
        (
            replace(A, name=b"\xed\xa0\x80", attributes=0x80),
            60,
            "a name is flagged as UTF-8 and is not: invalid continuation byte",
        ),
    ],
)
def test_a_file_that_lies_is_refused(file: File, offset: int, reason: str) -> None:
    data = make_cab(file, folders=(FIVE,))
    assert refused(data, offset=offset).startswith(reason)


@pytest.mark.parametrize("folder", [0xFFFD, 0xFFFE, 0xFFFF])
def test_files_from_other_cabinets_are_refused_by_name(folder: int) -> None:
    data = make_cab(replace(A, folder=folder), folders=(FIVE,))
    with pytest.raises(UnsupportedError, match="spanned sets are refused"):
        parse_cab(data)


def test_an_unterminated_table_is_refused() -> None:
    data = make_cab(replace(A, end=b""), folders=(Folder(),))
    assert "does not end within" in refused(data, offset=60)


@pytest.mark.parametrize(
    ("offset", "size", "entry"), [(0, 3, 44), (2, 1, 66), (4, 1, 66), (6, 4, 66)]
)
def test_files_that_share_bytes_are_refused(offset: int, size: int, entry: int) -> None:
    """The later one is named, in the order of their bytes."""
    first = replace(A, offset=2, size=5)
    other = replace(A, name=b"b", offset=offset, size=size)
    data = make_cab(first, other, folders=(stored(b"0123456789"),))
    assert "shares bytes with" in refused(data, offset=entry)


@pytest.mark.parametrize(("offset", "size"), [(0, 2), (7, 3), (4, 0)])
def test_files_side_by_side_are_allowed_in_any_order(offset: int, size: int) -> None:
    first = replace(A, offset=2, size=5)
    other = replace(A, name=b"b", offset=offset, size=size)
    data = make_cab(first, other, folders=(stored(b"0123456789"),))
    assert [file.offset for file in parse_cab(data).files] == [2, offset]


def test_two_files_of_the_same_bytes_are_refused() -> None:
    data = make_cab(A, replace(A, name=b"b"), folders=(FIVE,))
    assert refused(data, offset=66) == "'b' shares bytes with 'a.txt'"


@pytest.mark.parametrize("first", [0, 36, 44, 65, 80, 0xFFFF_FFFF])
def test_data_outside_or_in_the_tables_is_refused(first: int) -> None:
    data = make_cab(A, folders=(replace(FIVE, first=first),))
    assert "overlaps other data or lies outside" in refused(data, offset=FOLDER)


@pytest.mark.parametrize("first", [80, 0xFFFF_FFFF])
def test_an_empty_folder_lies_inside_as_well(first: int) -> None:
    data = make_cab(File(), folders=(Folder(first=first),))
    assert "overlaps other data or lies outside" in refused(data, offset=FOLDER)


@pytest.mark.parametrize("first", [74, 75, 86])
def test_folders_that_share_data_are_refused(first: int) -> None:
    data = make_cab(A, folders=(replace(FIVE, first=74), replace(FIVE, first=first)))
    assert "overlaps other data" in refused(data, offset=44)


def test_many_folders_over_the_same_blocks_cost_one_walk() -> None:
    """Refused at the second folder, not after 4,096 walks of 65,535 blocks."""
    blocks = tuple(Data(packed=b"x", unpacked=32768) for _ in range(20_000))
    start = 36 + 4096 * 8 + 22
    many = tuple(
        Folder(first=start, count=20_000, kind=1, blocks=blocks if n == 0 else ())
        for n in range(4096)
    )
    assert "overlaps" in refused(make_cab(A, folders=many), offset=44)


def test_more_blocks_than_there_are_is_refused() -> None:
    data = make_cab(A, folders=(replace(zipped(bytes(32768)), count=2),))
    assert "header of a data block is cut off" in refused(data, offset=len(data))


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(members=1), "2 files, at most 1 allowed"),
        (Limits(folders=1), "2 folders, at most 1 allowed"),
    ],
)
def test_limits_are_kept(limits: Limits, reason: str) -> None:
    data = make_cab(A, replace(A, folder=1), folders=(FIVE, FIVE))
    with pytest.raises(LimitError) as caught:
        parse_cab(data, limits=limits)
    assert caught.value.reason == reason
