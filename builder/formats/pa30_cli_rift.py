"""Where the bytes of the target's metadata lie in the source.

Source: observed in deltas by others, in two descriptions that differ where
rows change their width and where a map starts late.
"""

from collections.abc import Iterator

from builder.errors import LimitError
from builder.formats.pa30_cli_map import CliMap
from builder.formats.pa30_cli_metadata import GUID_HEAP, Metadata, present
from builder.formats.pa30_rift import Rift

Piece = tuple[int, int]
"""A file offset in the target, and one in the source."""

_GUID_SIZE = 16
_LAST_SOURCE = 0xFFFF_FFFF
_MOST_ENTRIES = 1 << 21


def metadata_pieces(
    source: Metadata,
    target: Metadata,
    moves: CliMap,
    data: bytearray,
    *,
    reported: bool,
) -> list[Piece]:
    """Return where runs of the target's heaps and tables start in the source.

    Args:
        data: The transformed source.
        reported: Follow the second description.

    Raises:
        LimitError: There are too many.
    """
    found: list[Piece] = []
    for index, (start, size) in enumerate(source.heaps):
        new_start, new_size = target.heaps[index]
        if size and new_size:
            run = _Run(start, new_start, 1, 1, has_rows=False)
            if index == GUID_HEAP:
                run = _Run(start, new_start, _GUID_SIZE, _GUID_SIZE, has_rows=True)
            found += run.pieces(moves.heaps[index], reported=reported)
    zeros = data.find(b"\0\0")
    if zeros < 0:
        zeros = len(data)
    for table in present(source.rows, target.rows):
        changed = source.widths[table] != target.widths[table]
        if not (changed and reported):
            run = _Run(
                source.starts[table],
                target.starts[table],
                source.row_sizes[table],
                target.row_sizes[table],
                has_rows=True,
            )
            found += run.pieces(moves.tables[table], reported=reported)
        if changed:
            widen = _cells_reported if reported else _cells
            for piece in widen(source, target, moves, table, zeros):
                found.append(piece)
                if len(found) > _MOST_ENTRIES:
                    raise LimitError("rows of metadata make too many pieces")
    return found


class _Run:
    """A heap or a table in both files: places, and bytes of one item."""

    __slots__ = ("has_rows", "new_size", "new_start", "size", "start")

    def __init__(
        self, start: int, new_start: int, size: int, new_size: int, *, has_rows: bool
    ) -> None:
        self.start = start
        self.new_start = new_start
        self.size = size
        self.new_size = new_size
        self.has_rows = has_rows

    def _place(self, number: int, start: int, size: int) -> int:
        """Return where an item starts; rows count from 1, and 0 is no row."""
        if self.has_rows and number > 0:
            return start + (number - 1) * size
        return start + number * (1 if self.has_rows else size)

    def _piece(self, number: int, mapped: int) -> Piece:
        return (
            self._place(mapped, self.new_start, self.new_size),
            self._place(number, self.start, self.size),
        )

    def pieces(self, rift: Rift, *, reported: bool) -> Iterator[Piece]:
        """Yield a piece for each entry of the map; one where there is none."""
        if not rift.starts:
            yield self.new_start, self.start
            return
        entries = [
            (start, start + offset)
            for start, offset in zip(rift.starts, rift.offsets, strict=True)
            if start <= _LAST_SOURCE
        ]
        if reported:
            entries = self._from_first(entries, rift)
        for number, mapped in entries:
            yield self._piece(number, mapped)

    def _from_first(
        self, entries: list[tuple[int, int]], rift: Rift
    ) -> list[tuple[int, int]]:
        """Start at the first item; what the map says of row 0 is said of row 1."""
        first = 1 if self.has_rows else 0
        late = rift.starts[0] > first and first + rift.offsets[-1] >= first
        found = [(first, first + rift.offsets[-1])] if late else []
        for index, (number, mapped) in enumerate(entries):
            if not self.has_rows or number != 0:
                found.append((number, mapped))
            elif index + 1 == len(entries) or entries[index + 1][0] > 1:
                found.append((1, mapped + 1))
        return found


def _starts(metadata: Metadata, table: int, number: int) -> list[int]:
    """Return where the cells of a row start, and where it ends."""
    at = metadata.starts[table] + (number - 1) * metadata.row_sizes[table]
    places = [at]
    for width in metadata.widths[table]:
        at += width
        places.append(at)
    return places


def _cells(
    source: Metadata, target: Metadata, moves: CliMap, table: int, zeros: int
) -> Iterator[Piece]:
    """Yield pieces around cells that have another width in the target.

    The upper half of a cell that became wide is copied from two zeros.
    """
    widths = source.widths[table], target.widths[table]
    last = len(widths[0]) - 1
    for number in range(1, source.rows[table] + 1):
        old = _starts(source, table, number)
        new = _starts(target, table, moves.row(table, number))
        for column, (width, new_width) in enumerate(zip(*widths, strict=True)):
            at, new_at = old[column], new[column]
            if width < new_width:
                yield new_at + 2, zeros
                if column != last:
                    yield new_at + 4, at + 2
            elif width > new_width and column != last:
                yield new_at + 2, at + 4


def _cells_reported(
    source: Metadata, target: Metadata, moves: CliMap, table: int, zeros: int
) -> Iterator[Piece]:
    """Yield pieces for the cells of all rows but the last, without a row's own.

    Within a row, a piece that goes on where the one before ends is left out.
    """
    widths = source.widths[table], target.widths[table]
    for number in range(1, source.rows[table]):
        mapped = moves.row(table, number)
        if mapped == 0:
            continue
        shift: int | None = None
        old, new = _starts(source, table, number), _starts(target, table, mapped)
        for column, (width, new_width) in enumerate(zip(*widths, strict=True)):
            pieces = [(new[column], old[column])]
            if width < new_width:
                pieces.append((new[column] + width, zeros))
            for new_at, at in pieces:
                if at - new_at != shift:
                    yield new_at, at
                    shift = at - new_at
