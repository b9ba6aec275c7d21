"""Where the heaps and rows of managed metadata go, from source to target."""

from functools import cache

from builder.errors import LimitError
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_cli_schema import CODED_TABLES, TAG_BITS, UNUSED
from builder.formats.pa30_rift import (
    Lookup,
    Rift,
    parse_integer_format,
    parse_rift_body,
)

_HEAPS = 3  # that have integer formats of their own: #Strings, #US, #Blob
_GUID = 3
_TABLES = 64
_MOST_ENTRIES = 1 << 21
_ROW_BITS = 24


class CliMap:
    """The maps of a delta, ready to be asked; without any, nothing moves.

    Attributes:
        heaps: #Strings, #US and #Blob by offset, #GUID by number from 1.
        tables: By row number from 1.
    """

    __slots__ = ("_heaps", "_rows", "heaps", "tables")

    def __init__(self, heaps: list[Rift], tables: list[Rift]) -> None:
        self.heaps = heaps
        self.tables = tables
        self._heaps = [Lookup(rift) for rift in heaps]
        self._rows = [Lookup(rift) for rift in tables]

    def heap(self, index: int, offset: int) -> int:
        """Map an offset in a heap, or the number of a GUID; zero stays zero."""
        lookup = self._heaps[index]
        return lookup.map(offset) if offset else 0

    def row(self, table: int, number: int) -> int:
        """Map the number of a row; zero stays zero."""
        lookup = self._rows[table]
        return lookup.map(number) if number else 0

    def coded(self, kind: int, value: int) -> int:
        """Map a coded index; `kind` counts from the first kind of these."""
        tables, bits, one = CODED_TABLES[kind], TAG_BITS[kind], 1
        tag = value & ((one << bits) - 1)
        if tag >= len(tables):
            return value
        table = tables[tag]
        if table == UNUSED:
            return value
        mapped = self.row(table, value >> bits)
        room = one << (32 - bits)
        # What has no room stays; so does what is mapped before the first row.
        return mapped << bits | tag if 0 <= mapped < room else value

    def token(self, value: int) -> int:
        """Map a metadata token: a table and a row, or a user string."""
        table, number = value >> _ROW_BITS, value & ((1 << _ROW_BITS) - 1)
        if table < _TABLES:
            mapped = self.row(table, number)
        elif table == 0x70:
            mapped = self.heap(1, number)
        else:
            return value
        return value - number + mapped if 0 <= mapped < 1 << _ROW_BITS else value


@cache
def _nothing_moves() -> CliMap:
    return CliMap([Rift()] * 4, [Rift()] * _TABLES)


def parse_map(reader: BitReader) -> CliMap:
    """Read the maps of a preprocess buffer, which may be absent.

    Raises:
        DeltaError: They are damaged.
        LimitError: They have too many entries together.
    """
    if reader.wide(1) == 0:
        return _nothing_moves()
    formats = [parse_integer_format(reader) for _ in range(4)]
    rifts = []
    count = 0
    for index in range(4 + _TABLES):
        of_heap = index < _HEAPS
        sources, targets = formats[:2] if of_heap else formats[2:]
        rifts.append(parse_rift_body(reader, sources, targets))
        count += len(rifts[-1].starts)
        if count > _MOST_ENTRIES:
            raise LimitError("maps of metadata have too many entries together")
    return CliMap(rifts[:4], rifts[4:])
