"""The transform of base relocations: addresses first, then the table itself."""

from builder.errors import LimitError
from builder.formats.pa30_image import RELOCATION
from builder.formats.pa30_reported import cut_table, map_addresses
from builder.formats.pa30_workspace import Workspace

# Source: [PE], base relocation types.
_END, _HIGH, _LOW, _HIGH_LOW, _HIGH_ADJUSTED, _WIDE = 0, 1, 2, 3, 4, 10
_PAGE = 0x1000
_MOST_ENTRIES = 1 << 22


def _move(work: Workspace, rva: int, kind: int, extra: int) -> int:
    """Move what a relocation points to; return the relocation, moved.

    One number: RVA in the target (32 bits), type (4), extra word (16).
    """
    at = work.offset_in_file(rva)
    if at >= 0:
        if kind == _HIGH_LOW:
            work.rebase(at, 4)
        elif kind == _WIDE:
            work.rebase(at, 8)
        elif kind in {_HIGH, _LOW, _HIGH_ADJUSTED}:
            work.own(at, 2)
    moved = work.steady.map(rva) & 0xFFFF_FFFF
    return moved << 20 | kind << 16 | extra


def _move_block(
    work: Workspace, at: int, end: int, page: int, found: list[int]
) -> None:
    """Move the relocations of one page; type 4 takes a second word."""
    while at + 2 <= end:
        entry = work.uint(at, 2)
        kind, extra = entry >> 12, 0
        if kind == _END:
            break
        at += 2
        if kind == _HIGH_ADJUSTED and at + 2 <= end:
            extra = work.uint(at, 2)
            at += 2
        found.append(_move(work, page + (entry & 0xFFF), kind, extra))


def _collect(work: Workspace, at: int, end: int) -> list[int]:
    """Move what the directory's relocations point to; return these, moved."""
    found: list[int] = []
    while at + 8 <= end:
        page, size = work.u32(at), work.u32(at + 4)
        if size < 8:
            break
        _move_block(work, at + 8, min(at + size, end), page, found)
        if len(found) > _MOST_ENTRIES:
            raise LimitError(f"more than {_MOST_ENTRIES} base relocations")
        at += size
    return found


def _rva(entry: int) -> int:
    return entry >> 20


def _in_order(entries: list[int]) -> list[int]:
    """Return relocations by their RVA; they nearly always are in order."""
    before = 0
    for entry in entries:
        if entry >> 20 < before:
            return sorted(entries, key=_rva)
        before = entry >> 20
    return entries


def _serialize(entries: list[int]) -> bytes:
    """Write relocations in blocks of one page each."""
    out = bytearray()
    block = bytearray()
    page = -1
    for entry in _in_order(entries):
        rva, kind = entry >> 20, entry >> 16 & 15
        if rva & -_PAGE != page:
            _finish(out, page, block)
            page, block = rva & -_PAGE, bytearray()
        block.append(rva & 0xFF)
        block.append(kind << 4 | rva >> 8 & 0xF)
        if kind == _HIGH_ADJUSTED:
            block.append(entry & 0xFF)
            block.append(entry >> 8 & 0xFF)
    _finish(out, page, block)
    return bytes(out)


def _finish(out: bytearray, page: int, block: bytearray) -> None:
    """Append a block, padded to four bytes with an entry of zero."""
    if block:
        block += bytes(len(block) % 4)
        out += page.to_bytes(4, "little")
        out += (len(block) + 8).to_bytes(4, "little")
        out += block


def map_relocations(work: Workspace) -> None:
    """Move relocated addresses, and rewrite the table as the target has it.

    The new table may be longer than the old one: it ends with the section.
    """
    rva, size = work.image.directory(RELOCATION)
    start = work.offset(rva) if rva else -1
    if start < 0 or start >= work.size:
        if work.reported:
            map_addresses(work)
        return
    entries = _collect(work, start, min(start + size, work.size))
    end = work.size
    for section in work.image.sections:
        if section.raw <= start < section.raw + section.raw_size:
            end = min(end, section.raw + section.raw_size)
            break
    table, room = _serialize(entries), max(end - start, 0)
    table = cut_table(table, room) if work.reported else table[:room]
    work.data[start : start + len(table)] = table
