"""Managed (.NET) metadata: where its heaps and tables lie in a file.

Deltas describe the target's metadata; those of the source are found in it.

Source: ECMA-335, II.24; observed in deltas by others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct, error

from builder.errors import DeltaError
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_cli_schema import (
    COLUMNS,
    DRAFT_GENERIC_PARAM,
    TABLES,
    column_width,
)
from builder.formats.pa30_image import CLI_HEADER, Image

NAMES = (b"#Strings", b"#US", b"#Blob", b"#GUID", b"#~")
STRINGS_HEAP, USER_STRINGS_HEAP, BLOB_HEAP, GUID_HEAP, ROWS = range(5)
_ALIASES = {name: index for index, name in enumerate(NAMES)} | {b"#-": ROWS}
# Size of the header, runtime version, RVA and size of the metadata.  Source:
# ECMA-335, II.25.3.3.
_CLI = Struct("<I4xII")
# Signature, versions, reserved, length of the version's text.  Source:
# ECMA-335, II.24.2.1.
_ROOT = Struct("<4s8xI")
# Reserved, versions, widths of the heaps, reserved, tables that are there,
# tables that are sorted.  Source: ECMA-335, II.24.2.6.
_TABLES = Struct("<6xBxQ8x")
_EXTRA_DATA = 0x40
_COUNTS, _STREAM = Struct("<2xH"), Struct("<II")
_U32 = Struct("<I")
_LONGEST_NAME = 32
_MOST_STREAMS = 64
_RECORD = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The layout of the metadata in one file.

    Attributes:
        heaps: File offset and size of #Strings, #US, #Blob and #GUID; zeros
            where one is absent.
        rows: Number of rows of each table.
        columns: Kinds of the columns of each table.
        widths: Of these columns, in bytes.
        row_sizes: In bytes.
        starts: File offset of the first row of each table.
    """

    heaps: tuple[tuple[int, int], ...]
    rows: tuple[int, ...]
    columns: tuple[tuple[int, ...], ...]
    widths: tuple[tuple[int, ...], ...]
    row_sizes: tuple[int, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a delta says about the metadata of its target.

    Attributes:
        streams: File offset and size of the four heaps and the tables.
        wide_heaps: Whether indices of strings, GUIDs and blobs have 4 bytes.
        mask: One bit for each table that is there.
        rows: Number of rows of each table.
    """

    streams: tuple[tuple[int, int], ...]
    wide_heaps: tuple[bool, bool, bool]
    mask: int
    rows: tuple[int, ...]


def parse_record(reader: BitReader) -> Record | None:
    """Read the metadata record of a preprocess buffer, if there is one.

    Raises:
        DeltaError: It is damaged, or names a table that nobody knows.
    """
    if reader.wide(1) == 0:
        return None
    numbers = [reader.wide(32) for _ in range(_RECORD)]
    wide = [reader.wide(1) == 1 for _ in range(3)]
    offset = reader.offset()
    mask = reader.wide(64)
    if mask >> TABLES:
        raise DeltaError("metadata with a table that is unknown", offset=offset)
    rows = [reader.wide(32) if mask >> table & 1 else 0 for table in range(TABLES)]
    # The first five: place, size and RVA of all, streams, end of their headers.
    streams = zip(numbers[5::2], numbers[6::2], strict=True)
    return Record(
        streams=tuple(streams),
        wide_heaps=(wide[0], wide[1], wide[2]),
        mask=mask,
        rows=tuple(rows),
    )


def lay_out(record: Record, *, is_draft: bool) -> Metadata | None:
    """Find the tables; None where they do not fit into their stream.

    Args:
        is_draft: GenericParam has the column that drafts of the standard gave it.
    """
    columns = list(COLUMNS)
    if is_draft:
        table, kinds = DRAFT_GENERIC_PARAM
        columns[table] = kinds
    widths = tuple(
        tuple(column_width(kind, record.rows, record.wide_heaps) for kind in kinds)
        for kinds in columns
    )
    row_sizes = tuple(map(sum, widths))
    start, size = record.streams[ROWS]
    at = start + _TABLES.size + 4 * record.mask.bit_count()
    starts = []
    for rows, row_size in zip(record.rows, row_sizes, strict=True):
        starts.append(at)
        at += rows * row_size
    if at > start + size:
        return None
    return Metadata(
        heaps=record.streams[:ROWS],
        rows=record.rows,
        columns=tuple(columns),
        widths=widths,
        row_sizes=row_sizes,
        starts=tuple(starts),
    )


def _raw(image: Image, rva: int) -> int:
    """Return the file offset of an RVA in a section; raise struct.error else."""
    for section in image.sections:
        if section.rva <= rva < section.end and section.raw_size:
            return section.raw + rva - section.rva
    raise error


def _streams(
    data: bytes | bytearray, root: int, size: int
) -> tuple[tuple[int, int], ...]:
    """Return place and size of the streams; raise struct.error for nonsense."""
    signature, length = _ROOT.unpack_from(data, root)
    at = root + (_ROOT.size + length + 3) // 4 * 4
    if signature != b"BSJB" or at >= root + size:
        raise error
    (count,) = _COUNTS.unpack_from(data, at)
    at += _COUNTS.size
    found = [(0, 0)] * len(NAMES)
    if count > _MOST_STREAMS:
        raise error
    for _ in range(count):
        offset, length = _STREAM.unpack_from(data, at)
        at += _STREAM.size
        end = data.find(0, at, at + _LONGEST_NAME)
        if end < 0 or offset + length > size:
            raise error
        index = _ALIASES.get(bytes(data[at:end]))
        if index is not None:
            if found[index] != (0, 0):
                raise error  # twice
            found[index] = (root + offset, length)
        at = root + (end + 1 - root + 3) // 4 * 4
    return tuple(found)


def _row_counts(data: bytes | bytearray, start: int, size: int) -> Record:
    widths, mask = _TABLES.unpack_from(data, start)
    counted = start + _TABLES.size
    if widths & _EXTRA_DATA or mask >> TABLES:
        raise error
    if size < _TABLES.size + 4 * mask.bit_count():
        raise error
    rows = []
    for table in range(TABLES):
        if mask >> table & 1:
            rows.append(_U32.unpack_from(data, counted)[0])
            counted += 4
        else:
            rows.append(0)
    wide = bool(widths & 1), bool(widths & 2), bool(widths & 4)
    return Record(streams=(), wide_heaps=wide, mask=mask, rows=tuple(rows))


def parse_metadata(data: bytes | bytearray, image: Image) -> Record | None:
    """Find the metadata of an executable; None where there is none, or damage."""
    try:
        rva, _ = image.directory(CLI_HEADER)
        if rva == 0:
            return None
        _, start, size = _CLI.unpack_from(data, _raw(image, rva))
        root = _raw(image, start)
        if root + size > len(data):
            return None
        streams = _streams(data, root, size)
        counted = _row_counts(data, *streams[ROWS])
    except error:
        return None
    return Record(
        streams=streams,
        wide_heaps=counted.wide_heaps,
        mask=counted.mask,
        rows=counted.rows,
    )


def is_managed(image: Image) -> bool:
    """Whether an executable has a header for managed code."""
    return image.directory(CLI_HEADER)[0] != 0


def present(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """Return the tables that have rows in both."""
    return [table for table in range(TABLES) if first[table] and second[table]]
