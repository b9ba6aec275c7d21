"""Cabinets for tests, laid out by hand: right ones and wrong ones.

Nothing here is taken from the builder, so that two equal mistakes cannot
cancel.
"""

import struct
import zlib
from dataclasses import dataclass

DATE, TIME = 0x3A4C, 0x2D81  # 2009-02-12, 05:44:02


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A CFFILE, every field as it shall be written."""

    name: bytes = b"a.txt"
    size: int = 0
    offset: int = 0
    folder: int = 0
    date: int = DATE
    time: int = TIME
    attributes: int = 0x20
    end: bytes = b"\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A CFDATA; None is replaced by what is right."""

    packed: bytes
    unpacked: int | None = None
    packed_size: int | None = None
    checksum: int | None = None
    reserve: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A CFFOLDER with its blocks; None is replaced by what is right."""

    blocks: tuple[Data, ...] = ()
    kind: int = 0
    first: int | None = None
    count: int | None = None
    reserve: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a CFHEADER may lie about; None is replaced by what is right."""

    magic: bytes = b"MSCF"
    size: int | None = None
    first_file: int | None = None
    minor: int = 3
    major: int = 1
    folders: int | None = None
    files: int | None = None
    flags: int = 0
    set_id: int = 0
    index: int = 0


def checksum(data: bytes) -> int:
    """Sum the way the specification spells it, one word after the other."""
    total, whole = 0, len(data) // 4 * 4
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        total ^= word
    rest = 0
    for byte in data[whole:]:
        rest = rest << 8 | byte
    return total ^ rest


def mszip(data: bytes, history: bytes = b"") -> bytes:
    """Pack one MSZIP block."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -15, 8, 0, history)
    return b"CK" + stream.compress(data) + stream.flush()


def serialize_data(data: Data) -> bytes:
    unpacked = len(data.packed) if data.unpacked is None else data.unpacked
    size = len(data.packed) if data.packed_size is None else data.packed_size
    sizes = struct.pack("<HH", size, unpacked)
    total = data.checksum
    if total is None:
        total = checksum(data.packed) ^ checksum(sizes + data.reserve)
    return struct.pack("<I", total) + sizes + data.reserve + data.packed


def serialize_file(file: File) -> bytes:
    numbers = (file.size, file.offset, file.folder, file.date, file.time)
    return struct.pack("<IIHHHH", *numbers, file.attributes) + file.name + file.end


def make_cab(
    *files: File,
    folders: tuple[Folder, ...] = (Folder(),),
    header: Header | None = None,
    reserves: bytes = b"",
    gap: bytes = b"",
    tail: bytes = b"",
) -> bytes:
    """Lay out a cabinet: header, reserves, folders, files, gap, data, tail.

    Args:
        files: In the order of the table.
        folders: Data follows in the same order.
        header: The right header where it is None.
        reserves: The sizes of the reserved areas and the first of them.
        gap: Between the tables and the data.
        tail: After the cabinet; not counted in its size.
    """
    header = header or Header()
    table = b"".join(map(serialize_file, files))
    start = 36 + len(reserves) + sum(8 + len(folder.reserve) for folder in folders)
    offset = start + len(table) + len(gap)
    entries, data = b"", b""
    for folder in folders:
        first = offset + len(data) if folder.first is None else folder.first
        count = len(folder.blocks) if folder.count is None else folder.count
        entries += struct.pack("<IHH", first, count, folder.kind) + folder.reserve
        data += b"".join(map(serialize_data, folder.blocks))
    size = offset + len(data) if header.size is None else header.size
    first_file = start if header.first_file is None else header.first_file
    head = struct.pack("<4s5I", header.magic, 0, size, 0, first_file, 0)
    head += struct.pack(
        "<2B5H",
        header.minor,
        header.major,
        len(folders) if header.folders is None else header.folders,
        len(files) if header.files is None else header.files,
        header.flags,
        header.set_id,
        header.index,
    )
    return head + reserves + entries + table + gap + data + tail


def stored(data: bytes) -> Folder:
    """Make a folder that is not compressed."""
    blocks = [data[at : at + 32768] for at in range(0, len(data), 32768)]
    return Folder(blocks=tuple(Data(packed=block) for block in blocks))


def zipped(data: bytes) -> Folder:
    """Make an MSZIP folder with history between its blocks."""
    blocks, history = [], b""
    for at in range(0, len(data), 32768):
        block = data[at : at + 32768]
        blocks.append(Data(packed=mszip(block, history), unpacked=len(block)))
        history = block
    return Folder(blocks=tuple(blocks), kind=1)
