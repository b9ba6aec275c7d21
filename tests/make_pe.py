"""Portable executables for tests, laid out by hand: right ones and wrong ones.

Nothing here is taken from the builder, so that two equal mistakes cannot
cancel.
"""

import hashlib
import struct
from dataclasses import dataclass

import pefile

RESOURCES, CERTIFICATES, RUNTIME = 2, 4, 14
SUBDIRECTORY = 0x8000_0000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section: where it lies in memory and in the file, and its bytes."""

    address: int
    start: int
    data: bytes
    virtual_size: int | None = None


def make_pe(
    *parts: Part,
    plus: bool = False,
    machine: int = 0x14C,
    resources: tuple[int, int] = (0, 0),
    certificates: tuple[int, int] = (0, 0),
    runtime: tuple[int, int] = (0, 0),
    directories: int = 16,
    checksum: int = 0x1234_5678,
    pe_start: int = 64,
    alignment: int = 512,
    size: int = 1024,
    tail: bytes = b"",
) -> bytes:
    """Lay out a file: headers, the parts where they say, zeros, then a tail."""
    fixed = 112 if plus else 96
    optional = bytearray(fixed + 8 * min(directories, 16))
    struct.pack_into("<H", optional, 0, 0x20B if plus else 0x10B)
    struct.pack_into("<2I", optional, 32, 4096, alignment)
    struct.pack_into("<I", optional, 64, checksum)
    struct.pack_into("<I", optional, fixed - 4, directories)
    entries = {RESOURCES: resources, CERTIFICATES: certificates, RUNTIME: runtime}
    for index, entry in entries.items():
        if index < directories:
            struct.pack_into("<2I", optional, fixed + 8 * index, *entry)
    head = b"MZ".ljust(60, b"\0") + struct.pack("<I", pe_start)
    head = head.ljust(pe_start, b"d") + b"PE\0\0"
    flags = 0x2022 if plus else 0x2102
    head += struct.pack(
        "<2H3I2H", machine, len(parts), 0, 0, 0, len(optional), flags
    ) + bytes(optional)
    for part in parts:
        virtual = len(part.data) if part.virtual_size is None else part.virtual_size
        place = (virtual, part.address, len(part.data), part.start)
        head += b"part\0\0\0\0" + struct.pack("<4I", *place) + bytes(16)
    ends = [part.start + len(part.data) for part in parts]
    file = bytearray(max([size, len(head), *ends]))
    file[: len(head)] = head
    for part in parts:
        file[part.start : part.start + len(part.data)] = part.data
    return bytes(file) + tail


def version_block(major: int, minor: int, build: int, revision: int) -> bytes:
    """Make the first 92 bytes of a version resource."""
    fixed = struct.pack(
        "<13I",
        *(0xFEEF04BD, 0x10000, major << 16 | minor, build << 16 | revision),
        *(0, 0, 0, 0, 0, 0, 0, 0, 0),
    )
    key = "VS_VERSION_INFO\0".encode("utf-16-le")
    return struct.pack("<3H", 92, 52, 0) + key + b"\0\0" + fixed


def directory(*entries: tuple[int, int], named: int = 0) -> bytes:
    """Make a resource directory; the first `named` entries count as named."""
    head = struct.pack("<12x2H", named, len(entries) - named)
    return head + b"".join(struct.pack("<2I", *entry) for entry in entries)


def leaf(address: int, size: int = 92) -> bytes:
    return struct.pack("<4I", address, size, 0, 0)


def tree(address: int, *, before: int = 0) -> bytes:
    """Make 88 bytes of directories that lead to a version resource.

    Args:
        address: Where the version resource lies in memory.
        before: Where the tree lies behind the start of the directory.
    """
    steps = [before + 24, before + 48, before + 72]
    return (
        directory((16, SUBDIRECTORY | steps[0]))
        + directory((1, SUBDIRECTORY | steps[1]))
        + directory((0x409, steps[2]))
        + leaf(address)
    )


def image_hash(data: bytes, algorithm: str, *, padded: bool = True) -> bytes:
    """Compute an image hash over a whole file, with pefile's idea of places."""
    image = pefile.PE(data=data, fast_load=True)
    checksum = image.OPTIONAL_HEADER.get_field_absolute_offset("CheckSum")
    holes = [(checksum, 4)]
    entries = image.OPTIONAL_HEADER.DATA_DIRECTORY
    table = 0
    if len(entries) > CERTIFICATES:
        entry = entries[CERTIFICATES]
        holes.append((entry.get_file_offset(), 8))
        if entry.VirtualAddress and entry.Size:
            table = entry.Size
            holes.append((entry.VirtualAddress, entry.Size))
    hashed, start = b"", 0
    for at, length in holes:
        hashed, start = hashed + data[start:at], at + length
    hashed += data[start:]
    if padded:
        hashed += bytes(-(len(data) - table) % 8)
    return hashlib.new(algorithm, hashed).digest()
