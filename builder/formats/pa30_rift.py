"""Rift tables of PA30 deltas: piecewise maps of one address space to another.

A map adds an offset that depends on the piece a position lies in.  Positions
below the first piece take the offset of the last one.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter

from builder.errors import DeltaError, LimitError
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_huffman import HuffmanTable, build_table

_COMPILED = not __file__.endswith((".py", ".pyc"))
LOWEST = -(1 << 63)
HIGHEST = 1 << 63
_LARGEST = 1 << 62
_MOST_ENTRIES = 1 << 20
_MAGNITUDES = 126


class Rift:
    """A piecewise map; built once, never changed.

    Attributes:
        starts: First positions of the pieces, ascending.  Of equal ones the
            last counts.
        offsets: What the piece adds, as many as `starts`.
    """

    __slots__ = ("offsets", "starts")

    def __init__(self, pieces: Iterable[tuple[int, int]] = ()) -> None:
        """Sort pieces, given as start and offset, by their start."""
        ordered = sorted(pieces, key=itemgetter(0))
        self.starts = [start for start, _ in ordered]
        self.offsets = [offset for _, offset in ordered]

    def __bool__(self) -> bool:
        return bool(self.starts)

    def map(self, position: int) -> int:
        """Map a position; an empty table maps every position to itself."""
        if not self.starts:
            return position
        # Index -1, below the first piece, is the last offset on purpose.
        return position + self.offsets[bisect_right(self.starts, position) - 1]

    def pieces(self) -> Iterator[tuple[int, int, int]]:
        """Yield start, end and offset of pieces that cover every position."""
        if not self.starts:
            yield LOWEST, HIGHEST, 0
            return
        if self.starts[0] > LOWEST:
            yield LOWEST, self.starts[0], self.offsets[-1]
        ends = [*self.starts[1:], HIGHEST]
        for start, end, offset in zip(self.starts, ends, self.offsets, strict=True):
            if start < end:
                yield start, end, offset


class Lookup:
    """A rift made ready for many questions, each answered within 64 bits."""

    __slots__ = ("offsets", "starts")

    def __init__(self, rift: Rift) -> None:
        self.starts = array("q", rift.starts or (0,))
        self.offsets = array("q", rift.offsets or (0,))

    def map(self, position: int) -> int:
        """Map a position, as the rift does."""
        if not _COMPILED:
            return position + self.offsets[bisect_right(self.starts, position) - 1]
        low, high = 0, len(self.starts)
        while low < high:
            middle = (low + high) // 2
            if self.starts[middle] <= position:
                low = middle + 1
            else:
                high = middle
        # Below the first piece, the offset of the last one counts.
        return position + self.offsets[(low or len(self.offsets)) - 1]


class IntegerFormat:
    """A code for signed numbers: small ones in few bits."""

    __slots__ = ("table",)

    def __init__(self, table: HuffmanTable) -> None:
        self.table = table

    def read(self, reader: BitReader) -> int:
        """Read a number of at most 63 bits and a sign."""
        symbol = reader.symbol(self.table)
        magnitude = symbol % _MAGNITUDES
        if magnitude > 3:
            width = magnitude // 2 - 1
            magnitude = ((2 + magnitude % 2) << width) + reader.wide(width)
        return magnitude if symbol < _MAGNITUDES else -1 - magnitude


@lru_cache(maxsize=32)
def _format_of(lengths: bytes) -> IntegerFormat:
    """Build a format; half of a package's are two that tell little."""
    return IntegerFormat(build_table(lengths, offset=0))


def parse_integer_format(reader: BitReader) -> IntegerFormat:
    """Read the code lengths of an integer format."""
    offset = reader.offset()
    positive, negative = reader.wide(8), reader.wide(8)
    regular = reader.wide(8)
    rest = 2 * _MAGNITUDES - positive - negative
    if max(positive, negative) > _MAGNITUDES or regular > rest:
        raise DeltaError("an integer format names too many codes", offset=offset)
    lengths = bytearray(2 * _MAGNITUDES)
    for symbol in range(positive):
        lengths[symbol] = reader.bits(4) + 1
    for symbol in range(negative):
        lengths[_MAGNITUDES + symbol] = reader.bits(4) + 1
    usual = reader.bits(4) + 1
    reader.check()
    others = bytes([usual]) * regular + bytes([usual - 1]) * (rest - regular)
    gap = _MAGNITUDES - positive
    lengths[positive:_MAGNITUDES] = others[:gap]
    lengths[_MAGNITUDES + negative :] = others[gap:]
    try:
        return _format_of(bytes(lengths))
    except DeltaError as error:
        error.offset = offset
        raise


def parse_rift_body(
    reader: BitReader, sources: IntegerFormat, targets: IntegerFormat
) -> Rift:
    """Read the entries of a rift table whose integer formats are known.

    Entries beyond 62 bits are dropped: no position can reach them.
    """
    offset = reader.offset()
    count = reader.number()
    # Every entry takes two bits at least.
    if not 0 <= 2 * count <= reader.end - reader.position():
        raise DeltaError(f"{count} rift entries announced", offset=offset)
    if count > _MOST_ENTRIES:
        raise LimitError(f"{count} entries in a rift table", offset=offset)
    source = shift = 0
    pieces = []
    for _ in range(count):
        source += sources.read(reader)
        shift += targets.read(reader)
        if max(abs(source), abs(shift)) < _LARGEST:
            pieces.append((source, shift))
    reader.check()
    return Rift(pieces)


def parse_rift(reader: BitReader) -> Rift:
    """Read a rift table with its presence bit and its integer formats."""
    if reader.wide(1) == 0:
        return Rift()
    sources = parse_integer_format(reader)
    targets = parse_integer_format(reader)
    return parse_rift_body(reader, sources, targets)


def compose(first: Rift, second: Rift) -> Rift:
    """Return the map that applies `first`, then `second`.

    Raises:
        LimitError: The result has too many pieces.
    """
    inner = list(second.pieces())
    starts = [start for start, _, _ in inner]
    pieces: list[tuple[int, int]] = []
    for start, end, offset in first.pieces():
        low = start + offset if start > LOWEST else LOWEST
        high = end + offset if end < HIGHEST else HIGHEST
        index = max(bisect_right(starts, low) - 1, 0)
        stop = bisect_left(starts, high)
        if len(pieces) + stop - index > _MOST_ENTRIES:
            raise LimitError("rift tables have too many pieces together")
        for begin, _, shift in inner[index:stop]:
            at = max(begin, low)
            source = at - offset if at > LOWEST else LOWEST
            pieces.append((source, offset + shift))
    return Rift(pieces)


def _from_zero(rift: Rift) -> Iterator[tuple[int, int, int]]:
    """Yield the pieces of non-negative positions, then those below zero."""
    pieces = list(rift.pieces())
    for start, end, offset in pieces:
        if end > 0:
            yield max(start, 0), end, offset
    for start, end, offset in pieces:
        if start < 0:
            yield start, min(end, 0), offset


def invert(rift: Rift) -> Rift:
    """Return the map from targets back to sources.

    Where several pieces reach a target, the first one in the order of
    non-negative positions, then negative ones, counts.
    """
    lows: list[int] = []
    highs: list[int] = []
    pieces: list[tuple[int, int]] = []
    for start, end, offset in _from_zero(rift):
        low = max(start + offset if start > LOWEST else LOWEST, LOWEST)
        high = min(end + offset if end < HIGHEST else HIGHEST, HIGHEST)
        if low >= high:
            continue
        if not highs or low > highs[-1]:
            pieces.append((low, -offset))
            lows.append(low)
            highs.append(high)
            continue
        # Covered stretches that touch [low, high), as they stand now.
        index = bisect_left(highs, low)
        stop = bisect_right(lows, high)
        at = low
        for covered, until in zip(lows[index:stop], highs[index:stop], strict=True):
            if at < covered:
                pieces.append((at, -offset))
            at = max(at, until)
        if at < high:
            pieces.append((at, -offset))
        if index < stop:
            low, high = min(low, lows[index]), max(high, highs[stop - 1])
        lows[index:stop] = [low]
        highs[index:stop] = [high]
    return Rift(pieces)
