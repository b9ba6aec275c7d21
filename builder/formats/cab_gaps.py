"""Bytes of a cabinet that its tables do not speak of."""

from builder.formats.buffer import Buffer
from builder.model.cabinet import Cabinet

_PIECE = 1 << 16
_ENTRY = 16
"""Bytes of a CFFILE structure before the name.  Source: [MS-CAB], CFFILE."""


def hidden_bytes(cabinet: Cabinet, data: Buffer) -> int:
    """Count the bytes that belong to no file and to no table.

    They are what folders unpack to beyond their files, and what lies between
    the tables and the data blocks; there zeros do not count, which writers
    leave as room for tables.

    Args:
        data: The bytes of the cabinet.
    """
    sizes = [0] * len(cabinet.folders)
    for file in cabinet.files:
        sizes[file.folder] += file.size
    # A folder that is shorter than its files is damaged: reading it says so.
    hidden = sum(
        max(folder.unpacked - size, 0)
        for folder, size in zip(cabinet.folders, sizes, strict=True)
    )
    # Behind the last entry; headers and the table of folders come before.
    reached = max(
        (file.entry + _ENTRY + len(file.raw_name) + 1 for file in cabinet.files),
        default=cabinet.size,
    )
    ranges = sorted((folder.first_data, folder.data_end) for folder in cabinet.folders)
    with memoryview(data) as view:
        for start, end in (*ranges, (cabinet.size, cabinet.size)):
            hidden += _marks(view, reached, start)
            reached = max(reached, end)
    return hidden


def _marks(view: memoryview, start: int, end: int) -> int:
    """Count the bytes of a range that are not zero."""
    return sum(
        len(piece) - piece.count(0)
        for at in range(start, end, _PIECE)
        if (piece := bytes(view[at : min(at + _PIECE, end)]))
    )
