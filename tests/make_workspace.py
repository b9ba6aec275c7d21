"""Sources of executables for the transforms: one code and one data section."""

import struct
from collections.abc import Sequence
from dataclasses import replace

from builder.formats.pa30_image import Image, Section
from builder.formats.pa30_rift import Rift
from builder.formats.pa30_workspace import Workspace

I386, AMD64 = 0x14C, 0x8664
CODE, DATA = 0x1000, 0x2000
CODE_AT, DATA_AT = 0x400, 0x800
BASE, TARGET_BASE = 0x400000, 0x10000000


def make_workspace(
    code: bytes = b"",
    data: bytes = b"",
    *,
    machine: int = I386,
    moves: Sequence[tuple[int, int]] = (),
    functions: Sequence[tuple[int, int, int]] = (),
    directories: dict[int, tuple[int, int]] | None = None,
    name: bytes = b".data\0\0\0",
    copies: int = 1,
    reported: bool = False,
    size: int = 0x3000,
    virtual: int = 0x400,
    last: int = 0x400,
) -> Workspace:
    """Lay out code at RVA 0x1000 (file 0x400), data at 0x2000 (file 0x800).

    Args:
        moves: Source RVA and what is added from there on.
        functions: The exception table, which is then the data section.
        directories: RVA and size, by index.
        copies: Rows of the section table for the code.
        reported: Do what others report.
        size: Of the image.
        virtual: Bytes of the code that are code.
        last: Bytes of the data in memory.
    """
    listed = [(0, 0)] * 16
    if functions:
        data = b"".join(struct.pack("<3I", *entry) for entry in functions)
        listed[3] = (DATA, len(data))
    for index, entry in (directories or {}).items():
        listed[index] = entry
    content = bytearray(bytes(CODE_AT) + code.ljust(0x400, b"\0"))
    content += data.ljust(0x400, b"\0")
    text = section(b".text\0\0\0", CODE, CODE_AT, 0x6000_0020, 0x100)
    sections = (
        *[replace(text, virtual_size=virtual)] * copies,
        replace(section(name, DATA, DATA_AT, 0x4000_0040, 0x128), virtual_size=last),
    )
    image = Image(
        machine=machine,
        coff=0x44,
        optional=0x58,
        is_plus=machine == AMD64,
        base=BASE,
        size=size,
        headers=CODE_AT,
        first=CODE,
        sections=sections,
        directories=tuple(listed),
    )
    return Workspace(
        content, image, Rift(moves), target_base=TARGET_BASE, reported=reported
    )


def section(name: bytes, rva: int, raw: int, flags: int, header: int) -> Section:
    return Section(
        name=name,
        virtual_size=0x400,
        rva=rva,
        raw_size=0x400,
        raw=raw,
        characteristics=flags,
        header=header,
    )
