"""WIM files for tests, laid out by hand: right ones and wrong ones.

Nothing here is taken from the builder, so that two equal mistakes cannot
cancel.  Everything is stored; packed files come from a program of others.
"""

import hashlib
import struct
from dataclasses import dataclass

FILETIME = 128_783_222_420_000_000  # 2009-02-05T15:44:02Z
NO_HASH = bytes(20)


def dentry(
    name: str,
    *,
    attributes: int = 0x80,
    subfolder: int = 0,
    sha1: bytes = NO_HASH,
    streams: tuple[tuple[str, bytes], ...] = (),
    length: int | None = None,
    raw_name: bytes | None = None,
) -> bytes:
    """Lay out one directory entry with its streams, padded to 8 bytes."""
    spelt = name.encode("utf-16-le") if raw_name is None else raw_name
    size = 102 + (len(spelt) + 2 if spelt else 0)
    head = struct.pack(
        "<QIi6Q20sIQ3H",
        size if length is None else length,
        attributes,
        -1,
        subfolder,
        0,
        0,
        FILETIME,
        FILETIME,
        FILETIME,
        sha1,
        0,
        0,
        len(streams),
        0,
        len(spelt),
    )
    out = _padded(head + spelt + (b"\0\0" if spelt else b""))
    for stream, digest in streams:
        word = stream.encode("utf-16-le")
        body = struct.pack("<QQ20sH", 38 + len(word), 0, digest, len(word))
        out += _padded(body + word)
    return out


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


def flat_tree(entries: list[bytes], *, security: bytes = b"") -> bytes:
    """Lay out a root folder that holds `entries`."""
    head = security or struct.pack("<II", 8, 0)
    place = len(head) + len(dentry("", attributes=0x10)) + 8
    root = dentry("", attributes=0x10, subfolder=place)
    return head + root + bytes(8) + b"".join(entries) + bytes(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """What a WIM may lie about; None is replaced by what is right."""

    magic: bytes = b"MSWIM\0\0\0"
    header: int = 208
    version: int = 0x10D00
    flags: int = 0
    chunk: int = 0
    part: tuple[int, int] = (1, 1)
    images: int | None = None
    boot: int = 0
    lookup: tuple[int, int, int] | None = None
    xml: bytes | None = None
    row_flags: int = 0
    row_part: int = 1


HONEST = Lie()


def xml_data(images: int = 1) -> bytes:
    """Spell the XML data of a file with some images."""
    inner = "".join(
        f'<IMAGE INDEX="{n}"><NAME>n{n}</NAME><FILECOUNT>2</FILECOUNT></IMAGE>'
        for n in range(1, images + 1)
    )
    return f"<WIM><TOTALBYTES>1</TOTALBYTES>{inner}</WIM>".encode("utf-16")


def make_wim(
    files: dict[str, bytes], *, tree: bytes | None = None, lie: Lie = HONEST
) -> bytes:
    """Lay out a WIM with one image that holds `files` in its root."""
    streams = {hashlib.sha1(data).digest(): data for data in files.values() if data}
    entries = [
        dentry(name, sha1=hashlib.sha1(data).digest() if data else NO_HASH)
        for name, data in files.items()
    ]
    metadata = flat_tree(entries) if tree is None else tree
    body, rows = b"", b""
    for data, flags in [*((data, 0) for data in streams.values()), (metadata, 2)]:
        rows += _resource(208 + len(body), len(data), len(data), flags | lie.row_flags)
        rows += struct.pack("<HI", lie.row_part, 1) + hashlib.sha1(data).digest()
        body += data
    place = 208 + len(body)
    xml = xml_data() if lie.xml is None else lie.xml
    lookup = (place, len(rows), 0) if lie.lookup is None else lie.lookup
    header = struct.pack(
        "<8s4I16s2HI",
        lie.magic,
        lie.header,
        lie.version,
        lie.flags,
        lie.chunk,
        b"g" * 16,
        *lie.part,
        1 if lie.images is None else lie.images,
    )
    header += _resource(lookup[0], lookup[1], lookup[1], lookup[2])
    header += _resource(place + len(rows), len(xml), len(xml), 0)
    header += _resource(0, 0, 0, 0) + struct.pack("<I", lie.boot)
    header += _resource(0, 0, 0, 0) + bytes(60)
    return header + body + rows + xml


def _resource(offset: int, size: int, unpacked: int, flags: int) -> bytes:
    return struct.pack("<QQQ", flags << 56 | size, offset, unpacked)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolidLie:
    """What a solid resource may lie about; None is replaced by what is right."""

    unpacked: int | None = None
    chunk: int = 1 << 26
    method: int = 3
    size: int | None = None
    shift: int = 0
    grown: int = 0


SOLID_HONEST = SolidLie()


def make_solid_wim(files: dict[str, bytes], *, lie: SolidLie = SOLID_HONEST) -> bytes:
    """Lay out a WIM whose tree is stored and whose files share a solid resource.

    Args:
        lie: `shift` moves every stream but the first to the left, `grown` adds
            to the size of the last one.
    """
    streams = {hashlib.sha1(data).digest(): data for data in files.values() if data}
    total = sum(map(len, streams.values()))
    unpacked = total if lie.unpacked is None else lie.unpacked
    solid = struct.pack("<QII", unpacked, lie.chunk, lie.method) + b"packed"
    tree = flat_tree(
        [
            dentry(name, sha1=hashlib.sha1(data).digest() if data else NO_HASH)
            for name, data in files.items()
        ]
    )
    rows = _row(208 + len(solid), len(tree), len(tree), 2, hashlib.sha1(tree).digest())
    size = len(solid) if lie.size is None else lie.size
    rows += _row(208, size, 1 << 32, 0x10, NO_HASH)
    place = 0
    for number, (digest, data) in enumerate(streams.items()):
        is_last = number == len(streams) - 1
        length = len(data) + (lie.grown if is_last else 0)
        rows += _row(place - (lie.shift if number else 0), length, 0, 0x10, digest)
        place += len(data)
    start, xml = 208 + len(solid) + len(tree), xml_data()
    header = struct.pack(
        *("<8s4I16s2HI", b"MSWIM\0\0\0", 208, 0xE00, 0x80002, 131_072, b"g" * 16),
        *(1, 1, 1),
    )
    header += _resource(start, len(rows), len(rows), 0)
    header += _resource(start + len(rows), len(xml), len(xml), 0)
    header += _resource(0, 0, 0, 0) + struct.pack("<I", 0)
    header += _resource(0, 0, 0, 0) + bytes(60)
    return header + solid + tree + rows + xml


def _row(offset: int, size: int, unpacked: int, flags: int, sha1: bytes) -> bytes:
    return _resource(offset, size, unpacked, flags) + struct.pack("<HI", 1, 1) + sha1
