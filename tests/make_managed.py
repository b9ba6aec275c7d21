"""Managed (.NET) executables, written by the standard; nothing is the builder's.

Source: ECMA-335, II.22 to II.25.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

I386, AMD64 = 0x14C, 0x8664
RVA, RAW = 0x2000, 0x200  # of the only section
BASE = 0x400000
NATIVE_AT = 0x48  # behind the header for managed code

# One line for each table: number, name, columns.  A column is a number of 2 or
# 4 bytes, an address, a heap, a table (by number), or a coded index.
SCHEMA = """
00 Module                 2 str guid guid guid
01 TypeRef                ResolutionScope str str
02 TypeDef                4 str str TypeDefOrRef t04 t06
03 FieldPtr               t04
04 Field                  2 str blob
05 MethodPtr              t06
06 MethodDef              rva 2 2 str blob t08
07 ParamPtr               t08
08 Param                  2 2 str
09 InterfaceImpl          t02 TypeDefOrRef
0a MemberRef              MemberRefParent str blob
0b Constant               2 HasConstant blob
0c CustomAttribute        HasCustomAttribute CustomAttributeType blob
0d FieldMarshal           HasFieldMarshal blob
0e DeclSecurity           2 HasDeclSecurity blob
0f ClassLayout            2 4 t02
10 FieldLayout            4 t04
11 StandAloneSig          blob
12 EventMap               t02 t14
13 EventPtr               t14
14 Event                  2 str TypeDefOrRef
15 PropertyMap            t02 t17
16 PropertyPtr            t17
17 Property               2 str blob
18 MethodSemantics        2 t06 HasSemantics
19 MethodImpl             t02 MethodDefOrRef MethodDefOrRef
1a ModuleRef              str
1b TypeSpec               blob
1c ImplMap                2 MemberForwarded str t1a
1d FieldRVA               rva t04
1e EncLog                 4 4
1f EncMap                 4
20 Assembly               4 2 2 2 2 4 blob str str
21 AssemblyProcessor      4
22 AssemblyOS             4 4 4
23 AssemblyRef            2 2 2 2 4 blob str str blob
24 AssemblyRefProcessor   4 t23
25 AssemblyRefOS          4 4 4 t23
26 File                   4 str blob
27 ExportedType           4 4 str str Implementation
28 ManifestResource       4 4 str Implementation
29 NestedClass            t02 t02
2a GenericParam           2 2 TypeOrMethodDef str
2b MethodSpec             MethodDefOrRef blob
2c GenericParamConstraint t2a TypeDefOrRef
"""
# Bits of the tag, then the tables in the order of their tags; "-" is unused.
CODED = {
    "TypeDefOrRef": "2 02 01 1b",
    "HasConstant": "2 04 08 17",
    "HasCustomAttribute": "5 06 04 01 02 08 09 0a 00 0e 17 14 11 1a 1b 20 23 26 27 28 "
    "2a 2c 2b",
    "HasFieldMarshal": "1 04 08",
    "HasDeclSecurity": "2 02 06 20",
    "MemberRefParent": "3 02 01 1a 06 1b",
    "HasSemantics": "1 14 17",
    "MethodDefOrRef": "1 06 0a",
    "MemberForwarded": "1 04 06",
    "Implementation": "2 26 23 27",
    "CustomAttributeType": "3 - - 06 0a -",
    "ResolutionScope": "2 00 1a 23 01",
    "TypeOrMethodDef": "1 02 06",
}
COLUMNS = {
    int(line.split()[0], 16): line.split()[2:] for line in SCHEMA.strip().splitlines()
}
NAMES = {
    int(line.split()[0], 16): line.split()[1] for line in SCHEMA.strip().splitlines()
}


def coded_tables(name: str) -> tuple[int, list[int | None]]:
    """Return the bits of the tag and the tables of a coded index."""
    bits, *tables = CODED[name].split()
    return int(bits), [None if t == "-" else int(t, 16) for t in tables]


def width_of(column: str, rows: Mapping[int, int], wide: int) -> int:
    """Return the bytes of a column; `wide` is the byte of heap sizes."""
    if column in ("2", "4", "rva"):
        return {"2": 2, "4": 4, "rva": 4}[column]
    if column in ("str", "guid", "blob"):
        return 4 if wide >> ("str", "guid", "blob").index(column) & 1 else 2
    if column[0] == "t":
        return 4 if rows.get(int(column[1:], 16), 0) > 0xFFFF else 2
    bits, tables = coded_tables(column)
    most = max(rows.get(table, 0) for table in tables if table is not None)
    return 4 if most >= 1 << (16 - bits) else 2


@dataclass(frozen=True, kw_only=True)
class Managed:
    """What a managed executable holds; rows are numbers in column order."""

    tables: Mapping[int, Sequence[Sequence[int]]]
    strings: bytes = b"\0"
    user_strings: bytes = b"\0"
    blob: bytes = b"\0"
    guid: bytes = bytes(16)
    wide: int = 0
    bodies: bytes = b""
    machine: int = I386
    gap: int = 0
    extra: Mapping[int, Sequence[str]] = field(default_factory=dict)

    def columns(self, table: int) -> list[str]:
        return [*COLUMNS[table], *self.extra.get(table, ())]

    def counts(self) -> dict[int, int]:
        return {table: len(rows) for table, rows in self.tables.items()}

    def widths(self, table: int) -> list[int]:
        counts = self.counts()
        return [width_of(c, counts, self.wide) for c in self.columns(table)]


def write_tables(made: Managed) -> bytes:
    """Write the stream of tables."""
    out = bytearray(struct.pack("<I4B", 0, 2, 0, made.wide, 1))
    out += struct.pack("<2Q", sum(1 << table for table in made.tables), 0)
    for table in sorted(made.tables):
        out += struct.pack("<I", len(made.tables[table]))
    for table in sorted(made.tables):
        widths = made.widths(table)
        for row in made.tables[table]:
            for value, width in zip(row, widths, strict=True):
                out += value.to_bytes(width, "little")
    return bytes(out)


def write_metadata(made: Managed) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """Write the metadata; return them with places and sizes of the streams."""
    streams = {
        "#~": write_tables(made),
        "#Strings": made.strings,
        "#US": made.user_strings,
        "#GUID": made.guid,
        "#Blob": made.blob,
    }
    version = b"v4.0.30319\0\0"
    root = struct.pack("<4s2H2I", b"BSJB", 1, 1, 0, len(version)) + version
    root += struct.pack("<2H", 0, len(streams))
    at = len(root) + sum(8 + len(name) // 4 * 4 + 4 for name in streams)
    body, places = b"", {}
    for name, data in streams.items():
        places[name] = at, len(data)
        padded = name.encode() + bytes(4 - len(name) % 4)
        root += struct.pack("<2I", at, len(data)) + padded
        body += data + bytes(-len(data) % 4)
        at += len(data) + -len(data) % 4
    return root + body, places


def write_image(made: Managed) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """Write the executable; return it with file offsets of the streams.

    The key "" stands for all metadata.
    """
    metadata, places = write_metadata(made)
    start = NATIVE_AT + len(made.bodies) + -len(made.bodies) % 4 + made.gap
    header = struct.pack("<I2H2I", 72, 2, 5, RVA + start, len(metadata))
    header += struct.pack("<I", 1)
    section = header.ljust(NATIVE_AT, b"\0") + made.bodies
    section = section.ljust(start, b"\0") + metadata
    size = -(-len(section) // 0x200) * 0x200
    plus = made.machine == AMD64
    optional = bytearray((112 if plus else 96) + 128)
    struct.pack_into("<H", optional, 0, 0x20B if plus else 0x10B)
    struct.pack_into("<Q" if plus else "<I", optional, 24 if plus else 28, BASE)
    struct.pack_into("<2I", optional, 32, RVA, 0x200)
    struct.pack_into("<2I", optional, 56, RVA + 0x10000, RAW)
    listed = 108 if plus else 92
    struct.pack_into("<I", optional, listed, 16)
    struct.pack_into("<2I", optional, listed + 4 + 8 * 14, RVA, 72)
    head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"PE\0\0"
    head += struct.pack("<2H3I2H", made.machine, 1, 7, 0, 0, len(optional), 0x2102)
    head += bytes(optional)
    row = struct.pack("<8s4I12xI", b".text", size, RVA, size, RAW, 0x6000_0020)
    image = (head + row).ljust(RAW, b"\0") + section.ljust(size, b"\0")
    found = {name: (RAW + start + at, length) for name, (at, length) in places.items()}
    return image, found | {"": (RAW + start, len(metadata))}
