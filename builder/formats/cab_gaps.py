"""Bytes of a cabinet that its tables do not speak of."""

from collections.abc import Iterator

from builder.formats.buffer import Buffer
from builder.formats.cab import (
    CFFOLDER,
    CFHEADER,
    HAS_RESERVES,
    RESERVES,
    announced_signature,
)
from builder.formats.cab_blocks import CFDATA, walk_blocks
from builder.model.cabinet import Cabinet

_PIECE = 1 << 16
_ENTRY = 16
"""Bytes of a CFFILE structure before the name.  Source: [MS-CAB], CFFILE."""


def hidden_bytes(cabinet: Cabinet, data: Buffer) -> int:
    """Count the bytes that belong to no file and to no table.

    They are what folders unpack to beyond their files, what lies between the
    tables and the data blocks, and what reserved areas hold that is not about a
    signature; there zeros do not count, which writers leave as room.

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
        reserved = _reserved(cabinet, view)
        hidden += sum(_marks(view, start, end) for start, end in reserved)
    return hidden


def _reserved(cabinet: Cabinet, view: memoryview) -> Iterator[tuple[int, int]]:
    """Yield the ranges of a cabinet that its format reserves.

    Source: [MS-CAB], CFHEADER, CFFOLDER.abReserve, CFDATA.abReserve.
    """
    yield from ((12, 16), (20, 24))
    if cabinet.signature is None:  # HF511 otherwise
        yield 4, 8
    if not cabinet.flags & HAS_RESERVES:
        return
    start = CFHEADER.size + RESERVES.size
    table = start + len(cabinet.header_reserve)
    if not _is_about_signature(cabinet):
        yield start, table
    for number in range(len(cabinet.folders)):
        end = table + (number + 1) * (CFFOLDER.size + cabinet.folder_reserve)
        yield end - cabinet.folder_reserve, end
    if not cabinet.data_reserve:
        return
    for folder in cabinet.folders:
        blocks = walk_blocks(
            view,
            first=folder.first_data,
            count=folder.blocks,
            reserve=cabinet.data_reserve,
            end=folder.data_end,
            stored=False,
        )
        for block in blocks:
            yield block.entry + CFDATA.size, block.start


def _is_about_signature(cabinet: Cabinet) -> bool:
    """Tell whether the reserved header says where a signature lies, or would."""
    announced = announced_signature(cabinet.header_reserve)
    if announced is None:
        return False
    offset, _, *rest = announced
    return offset in (0, cabinet.size) and not any(rest)


def _marks(view: memoryview, start: int, end: int) -> int:
    """Count the bytes of a range that are not zero."""
    return sum(
        len(piece) - piece.count(0)
        for at in range(start, end, _PIECE)
        if (piece := bytes(view[at : min(at + _PIECE, end)]))
    )
