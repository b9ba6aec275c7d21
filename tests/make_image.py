"""A small executable with tables for every transform, as bytes."""

import struct

I386, AMD64 = 0x14C, 0x8664
CODE, DATA = 0x1000, 0x2000
BASE = 0x400000


def make_image(
    machine: int = I386,
    *,
    code: bytes = b"",
    code_at: int = 0x400,
    data_at: int = 0x800,
    data: bytes | None = None,
    rva: int = CODE,
    data_rva: int = DATA,
    base: int = BASE,
    stamp: int = 0x1111,
    checksum: int = 0x2222,
    directories: dict[int, tuple[int, int]] | None = None,
) -> bytes:
    """Lay out headers, a code section of 0x400 bytes and one of data behind it."""
    plus = machine == AMD64
    optional = bytearray((112 if plus else 96) + 128)
    struct.pack_into("<H", optional, 0, 0x20B if plus else 0x10B)
    struct.pack_into("<Q" if plus else "<I", optional, 24 if plus else 28, base)
    struct.pack_into("<I", optional, 56, 0x8000)
    struct.pack_into("<I", optional, 64, checksum)
    listed = 108 if plus else 92
    struct.pack_into("<I", optional, listed, 16)
    for index, entry in (directories or {}).items():
        struct.pack_into("<2I", optional, listed + 4 + 8 * index, *entry)
    head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"PE\0\0"
    head += struct.pack("<2H3I2H", machine, 2, stamp, 0, 0, len(optional), 0x102)
    head += bytes(optional)
    row = "<8s4I12xI"
    head += struct.pack(row, b".text", 0x400, rva, 0x400, code_at, 0x6000_0020)
    head += struct.pack(row, b".data", 0x400, data_rva, 0x400, data_at, 0xC000_0040)
    content = bytearray(data_at + 0x400)
    content[: len(head)] = head
    content[code_at : code_at + len(code)] = code
    tables = data or b""
    content[data_at : data_at + len(tables)] = tables
    return bytes(content)


def make_tables(machine: int) -> tuple[bytes, dict[int, tuple[int, int]]]:
    """Write one of every table into the data section."""
    out = bytearray(0x400)
    wide = machine == AMD64
    struct.pack_into("<10I", out, 0, 0, 0, 0, DATA + 0x60, 1, 1, 1, *[DATA + 0x48] * 3)
    struct.pack_into("<I", out, 0x48, CODE)
    struct.pack_into("<5I", out, 0x80, DATA + 0xC0, 7, 9, DATA + 0x68, DATA + 0xE0)
    for start in (0xC0, 0xE0):
        struct.pack_into("<2Q" if wide else "<2I", out, start, DATA + 0x100, 0)
    out[0x100:0x106] = b"\1\0Beep"
    struct.pack_into("<2H4I", out, 0x14C, 1, 1, 0x8000_0030, 0x8000_0020, 3, 0x50)
    struct.pack_into("<2H2I", out, 0x16C, 0, 1, 1033, 0x50)
    struct.pack_into("<4I", out, 0x190, DATA + 0x1A0, 4, 0, 0)
    kind = 0xA000 if wide else 0x3000
    struct.pack_into("<2I4H", out, 0x200, CODE, 16, kind | 0x80, kind | 0x90, 0, 0)
    struct.pack_into("<3I", out, 0x240, CODE, CODE + 0x100, DATA + 0x260)
    struct.pack_into("<4BI", out, 0x260, 9, 0, 1, 0, 0)
    struct.pack_into("<I", out, 0x268, CODE + 8)
    listed = {
        0: (DATA, 0x60),
        1: (DATA + 0x80, 0x28),
        2: (DATA + 0x140, 0x60),
        3: (DATA + 0x240, 12),
        5: (DATA + 0x200, 16),
        11: (0x300, 0x20),
    }
    return bytes(out), listed
