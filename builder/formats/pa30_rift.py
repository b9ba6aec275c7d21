"""Rift tables of PA30 deltas: piecewise maps of one address space to another.

A map adds an offset that depends on the piece a position lies in.  Positions
below the first piece take the offset of the last one.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, MutableSequence
from functools import lru_cache
from operator import itemgetter

from builder.errors import DeltaError, LimitError
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_huffman import HuffmanTable, build_table

_COMPILED = not __file__.endswith((".py", ".pyc"))
# What lies beyond every position: sums of a few numbers of 60 bits.
LOWEST = -(1 << 62)
HIGHEST = 1 << 62
_LARGEST = 1 << 60
_FARTHEST = 1 << 61
_MOST_ENTRIES = 1 << 20
# How often a stretch makes room for another one: each time costs little.
_MOST_MOVES = 1 << 28
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
        self.starts = array("q", [start for start, _ in ordered])
        self.offsets = array("q", [offset for _, offset in ordered])

    @classmethod
    def ascending(cls, starts: list[int], offsets: list[int]) -> "Rift":
        """Take pieces whose starts ascend already."""
        rift = cls()
        rift.starts, rift.offsets = array("q", starts), array("q", offsets)
        return rift

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
        starts, offsets = _cover(self)
        ends = [*starts[1:], HIGHEST]
        for start, end, offset in zip(starts, ends, offsets, strict=True):
            if start < end:
                yield start, end, offset


def _cover(rift: Rift) -> tuple[MutableSequence[int], MutableSequence[int]]:
    """Return starts and offsets of pieces that cover every position."""
    starts, offsets = array("q", (LOWEST,)), array("q", rift.offsets[-1:] or (0,))
    return starts + rift.starts, offsets + rift.offsets


class Lookup:
    """A rift made ready for many questions, each answered within 64 bits."""

    __slots__ = ("_high", "_low", "_offset", "offsets", "starts")

    def __init__(self, rift: Rift) -> None:
        self.starts, self.offsets = _cover(rift)
        # The piece that answered the last question.
        self._low = self._high = self._offset = 0

    def map(self, position: int) -> int:
        """Map a position, as the rift does."""
        if not _COMPILED:
            return position + self.offsets[bisect_right(self.starts, position) - 1]
        if not self._low <= position < self._high:
            self.find(position)
        return position + self._offset

    def find(self, position: int) -> None:
        """Take the piece of a position."""
        at = max(self.place(position), 1)
        self._offset = self.offsets[at - 1]
        self._low = self.starts[at - 1]
        # What lies beyond every piece is looked up each time.
        self._high = self.starts[at] if at < len(self.starts) else HIGHEST

    def place(self, position: int) -> int:
        """Return how many pieces start at a position or in front of it."""
        if not _COMPILED:
            return bisect_right(self.starts, position)
        low, high = 0, len(self.starts)
        while low < high:
            middle = (low + high) // 2
            if self.starts[middle] <= position:
                low = middle + 1
            else:
                high = middle
        return low


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


def _near(value: int) -> int:
    """Cut a number, so that the sum of two has 64 bits in either form."""
    return min(max(value, -_FARTHEST), _FARTHEST)


def parse_rift_body(
    reader: BitReader, sources: IntegerFormat, targets: IntegerFormat
) -> Rift:
    """Read the entries of a rift table whose integer formats are known.

    Entries of 60 bits and more are dropped: no position can reach them.
    """
    offset = reader.offset()
    count = reader.number()
    # Every entry takes two bits at least.
    if not 0 <= 2 * count <= reader.end - reader.bit:
        raise DeltaError(f"{count} rift entries announced", offset=offset)
    if count > _MOST_ENTRIES:
        raise LimitError(f"{count} entries in a rift table", offset=offset)
    source = shift = 0
    starts: list[int] = []
    shifts: list[int] = []
    last, in_order = -_LARGEST, True
    for _ in range(count):
        source = _near(source + _near(sources.read(reader)))
        shift = _near(shift + _near(targets.read(reader)))
        if -_LARGEST < source < _LARGEST and -_LARGEST < shift < _LARGEST:
            starts.append(source)
            shifts.append(shift)
            in_order = in_order and last <= source
            last = source
    reader.check()
    if in_order:
        return Rift.ascending(starts, shifts)
    return Rift(zip(starts, shifts, strict=True))


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
    outer, offsets = _cover(first)
    follower = Lookup(second)
    inner, shifts = follower.starts, follower.offsets
    starts: list[int] = []
    sums: list[int] = []
    for place in range(len(outer)):
        start, offset = outer[place], offsets[place]
        end = outer[place + 1] if place + 1 < len(outer) else HIGHEST
        if start == end:
            continue
        low = start + offset if start > LOWEST else LOWEST
        high = end + offset if end < HIGHEST else HIGHEST
        index = max(follower.place(low) - 1, 0)
        while index < len(inner) and inner[index] < high:
            following = inner[index + 1] if index + 1 < len(inner) else HIGHEST
            if inner[index] < following:
                at = max(inner[index], low)
                starts.append(at - offset if at > LOWEST else LOWEST)
                sums.append(offset + shifts[index])
            index += 1
        if len(starts) > _MOST_ENTRIES:
            raise LimitError("rift tables have too many pieces together")
    return Rift.ascending(starts, sums)


class _Covered:
    """Stretches of the target that have a source, ascending and apart.

    Attributes:
        pieces: Starts and offsets of what led to a source first.
    """

    __slots__ = ("_moves", "highs", "lows", "pieces")

    def __init__(self) -> None:
        self._moves = 0
        self.lows: list[int] = []
        self.highs: list[int] = []
        self.pieces: list[tuple[int, int]] = []

    def add(self, start: int, end: int, offset: int) -> None:
        """Cover what a piece of the source reaches, as far as nothing did."""
        low = start + offset if start > LOWEST else LOWEST
        high = end + offset if end < HIGHEST else HIGHEST
        lows, highs = self.lows, self.highs
        # Stretches that touch [low, high).
        index = stop = bisect_left(highs, low)
        at = low
        while stop < len(lows) and lows[stop] <= high:
            if at < lows[stop]:
                self.pieces.append((at, -offset))
            at = max(at, highs[stop])
            stop += 1
        if at < high:
            self.pieces.append((at, -offset))
        if stop == index + 1:
            lows[index] = min(low, lows[index])
            highs[index] = max(high, at)
        else:
            self._moves += len(lows) - index
            if self._moves > _MOST_MOVES:
                raise LimitError("rift tables have too many pieces out of order")
            lows[index:stop] = [min(low, lows[index]) if index < stop else low]
            highs[index:stop] = [max(high, at)]


def invert(rift: Rift) -> Rift:
    """Return the map from targets back to sources.

    Where several pieces reach a target, the first one in the order of
    non-negative positions, then negative ones, counts.
    """
    starts, offsets = _cover(rift)
    covered = _Covered()
    for is_negative in (False, True):
        for place in range(len(starts)):
            start = starts[place]
            end = starts[place + 1] if place + 1 < len(starts) else HIGHEST
            if is_negative:
                end = min(end, 0)
            else:
                start = max(start, 0)
            if start < end:
                covered.add(start, end, offsets[place])
    return Rift(covered.pieces)
