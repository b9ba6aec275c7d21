"""The copy / insert codec of PA30 deltas.

Source and target form one buffer: the source, then the target as it grows.
A symbol is a literal byte, or a match: a slot that says how far back to copy
from, and a length.
"""

from array import array

from builder.errors import DeltaError
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_blocks import parse_blocks
from builder.formats.pa30_rift import Rift, parse_rift

_GROWTH = 1 << 20
# Runs up to this length are copied byte by byte: cheap once compiled.
_SHORT = 0 if __file__.endswith(".py") else 48
# Slots 0 to 2: bits of the number, and what is added to its magnitude.
_NEAR_BITS = (14, 16, 18)
_NEAR_BIAS = (0, 0x2000, 0xA000)
# The first entry of the main code that is a match: symbol 256.
_MATCHES = 256 << 5


def _far_slots() -> tuple["array[int]", "array[int]"]:
    """Return what the far slots say.

    Returns:
        By slot: the distance of no further bits, without the four bits that
        an aligned symbol tells; how many further bits there are beside these.
    """
    bases, widths = [0] * 8, [0] * 8
    for number in range(1, 36):
        width = number // 2 - 1
        if number > 3:
            aligned = 4 if width >= 4 else 0
            bases.append(2 + number % 2 << width - aligned)
            widths.append(width - aligned)
        else:
            bases.append(number)
            widths.append(0)
    return array("i", bases), array("i", widths)


_BASES, _WIDTHS = _far_slots()
# The first slot after the last distances, without the escape; the first with
# an aligned symbol.
_FIRST_FAR, _FIRST_ALIGNED = 8, 17


class _Codec:
    """The state of one run: buffer, position, codes, rift, last distances."""

    __slots__ = (
        "aligned",
        "blocks",
        "buffer",
        "end",
        "lengths",
        "main",
        "next_block",
        "pos",
        "reader",
        "recent0",
        "recent1",
        "recent2",
        "rift_at",
        "rift_offsets",
        "rift_starts",
    )

    def __init__(
        self, reader: BitReader, buffer: bytearray, size: int, rift: Rift
    ) -> None:
        start = len(buffer)
        effective = _effective(parse_rift(reader), rift, start)
        self.reader = reader
        self.buffer = buffer
        self.pos = start
        self.end = start + size
        self.rift_starts = array("q", effective.starts)
        self.rift_offsets = array("q", effective.offsets)
        self.rift_at = 0
        self.recent0 = self.recent1 = self.recent2 = 0
        self.blocks = parse_blocks(reader)
        self.next_block = 0

    def run(self) -> None:
        """Decode symbols until the target is full."""
        while self.pos < self.end:
            stop = self.enter_block()
            while self.pos < stop:
                self.decode_symbols(stop)
                if self.pos < stop:
                    self.decode_symbol()
        self.reader.check()

    def enter_block(self) -> int:
        """Put the block at the position in force; return where it ends."""
        at = self.next_block
        while at < len(self.blocks) and self.blocks[at].start <= self.pos:
            at += 1
        if at == 0:
            raise DeltaError("no codes are in force", offset=self.reader.offset())
        self.next_block = at
        self.main, self.lengths, self.aligned = self.blocks[at - 1].tables()
        if at < len(self.blocks):
            return min(self.end, self.blocks[at].start)
        return self.end

    def decode_symbols(  # noqa: C901, PLR0912, PLR0915  one loop, without calls
        self, stop: int
    ) -> None:
        """Decode literals and matches up to `stop`, while nothing is special.

        It ends in front of a symbol that `decode_symbol` has to look at: the
        rift, a rare slot, a long match, want of room, or damage.
        """
        # Longer than a function should be: this loop decides about the speed
        # of the whole, and a call for each match would cost a tenth of it.
        ahead, main, lengths, aligned = (
            self.reader.ahead,
            self.main.entries,
            self.lengths.entries,
            self.aligned.entries,
        )
        one, bases, widths = 1, _BASES, _WIDTHS
        main_mask = (one << self.main.root) - 1
        lengths_mask = (one << self.lengths.root) - 1
        aligned_mask = (one << self.aligned.root) - 1
        recent0, recent1, recent2 = self.recent0, self.recent1, self.recent2
        out, pos, room = self.buffer, self.pos, len(self.buffer)
        limit, short = min(stop, room), _SHORT
        bit, end = self.reader.bit, self.reader.end
        while pos < limit and bit < end:
            window = ahead[bit >> 5] >> (bit & 31)
            entry = main[window & main_mask]
            if entry < _MATCHES:
                if entry == 0:
                    break
                out[pos] = entry >> 5
                pos += 1
                bit += entry & 31
                continue
            at = bit + (entry & 31)
            slot = (entry >> 8) - 32
            length = (entry >> 5 & 7) + 1
            if slot >= _FIRST_FAR:
                width = widths[slot]
                distance = bases[slot]
                distance += window >> (entry & 31) & ((one << width) - 1)
                at += width
                if slot >= _FIRST_ALIGNED:
                    entry = aligned[ahead[at >> 5] >> (at & 31) & aligned_mask]
                    if entry == 0:
                        break
                    distance = distance << 4 | entry >> 5
                    at += entry & 31
            elif slot == 4:
                distance = recent0
            elif slot == 5:
                distance = recent1
            elif slot == 6:
                distance = recent2
            else:
                break
            if length == 1:
                entry = lengths[ahead[at >> 5] >> (at & 31) & lengths_mask]
                if entry < 32:
                    break
                length = (entry >> 5) + 8
                at += entry & 31
            if distance <= 0 or distance > pos or length > room - pos:
                break
            bit = at
            start = pos - distance
            if distance != recent0:
                if distance != recent1:
                    recent2 = recent1
                recent1 = recent0
                recent0 = distance
            if length <= short or length > distance:
                for index in range(length):
                    out[pos + index] = out[start + index]
            else:
                out[pos : pos + length] = out[start : start + length]
            pos += length
        self.recent0, self.recent1, self.recent2 = recent0, recent1, recent2
        self.reader.bit, self.pos = bit, pos

    def decode_symbol(self) -> None:
        """Decode one literal or match, whatever it is."""
        self.reader.check()
        symbol = self.reader.symbol(self.main)
        if symbol > 255:
            self.match(symbol - 256)
            return
        if self.pos == len(self.buffer):
            self.grow(1)
        self.buffer[self.pos] = symbol
        self.pos += 1

    def grow(self, size: int) -> None:
        """Make room for `size` bytes at the position, and for some more."""
        room = len(self.buffer)
        wanted = max(self.pos + size, room + min(max(_GROWTH, room // 2), 1 << 26))
        self.buffer.extend(bytes(min(wanted, self.end) - room))

    def match(self, symbol: int) -> None:
        """Copy what a symbol behind the literals stands for."""
        slot = symbol >> 3
        if slot == 3:
            self.follow(self.match_length(symbol & 7))
            return
        if slot > 6:
            distance = self.far(slot)
        elif slot == 4:
            distance = self.recent0
        elif slot == 5:
            distance = self.recent1
        elif slot == 6:
            distance = self.recent2
        else:
            distance = self.near(slot)
        length = self.match_length(symbol & 7)
        self.copy(distance, length)
        self.remember(distance)

    def near(self, slot: int) -> int:
        """Read a distance that is close to what the rift expects."""
        width = _NEAR_BITS[slot]
        value = self.reader.bits(width) - (1 << (width - 1))
        value += -_NEAR_BIAS[slot] if value < 0 else _NEAR_BIAS[slot]
        return value - self.rift_offset()

    def far(self, slot: int) -> int:
        """Read a distance as such, in the manner of LZX."""
        reader = self.reader
        number = slot - 7
        if number == 0:
            if reader.bits(1) == 0:
                number = 36 + reader.bits(2)
            elif reader.bits(1) == 0:
                number = 40 + reader.bits(3)
            else:
                number = 48 + reader.bits(4)
        if number <= 3:
            return number
        width = number // 2 - 1
        top = 2 + number % 2
        if width < 4:
            return (top << width) + reader.bits(width)
        high = (top << (width - 4)) + reader.bits(width - 4)
        return (high << 4) + reader.symbol(self.aligned)

    def match_length(self, small: int) -> int:
        """Read the rest of a match's length."""
        if small > 0:
            return small + 1
        reader = self.reader
        symbol = reader.symbol(self.lengths)
        if symbol > 0:
            return symbol + 8
        width = reader.zeros(23) + 8
        length = 1
        length = (length << width) + reader.bits(width)
        return length + 8

    def rift_offset(self) -> int:
        """Return what the rift adds at the position, which only grows."""
        starts = self.rift_starts
        at = self.rift_at + 1
        while at < len(starts) and starts[at] <= self.pos:
            at += 1
        self.rift_at = at - 1
        return self.rift_offsets[at - 1]

    def follow(self, length: int) -> None:
        """Copy along the rift, piece by piece; remember the first distance."""
        first = -self.rift_offset()
        while length > 0:
            offset = self.rift_offset()
            piece = length
            at = self.rift_at + 1
            if at < len(self.rift_starts):
                piece = min(piece, self.rift_starts[at] - self.pos)
            self.copy(-offset, piece)
            length -= piece
        self.remember(first)

    def remember(self, distance: int) -> None:
        """Move a distance to the front of the last three."""
        if distance == self.recent0:
            return
        if distance != self.recent1:
            self.recent2 = self.recent1
        self.recent1 = self.recent0
        self.recent0 = distance

    def copy(self, distance: int, length: int) -> None:
        """Append `length` bytes from `distance` back; they may overlap."""
        pos, buffer = self.pos, self.buffer
        if not 1 <= distance <= pos or length > self.end - pos:
            self.reader.check()
            place = "starts outside the buffer" if length <= self.end - pos else ""
            raise DeltaError(
                f"a match {place or 'ends behind the target'}",
                offset=self.reader.offset(),
            )
        if pos + length > len(buffer):
            self.grow(length)
        start = pos - distance
        if distance >= length:
            buffer[pos : pos + length] = buffer[start : start + length]
        else:
            pattern = buffer[start:pos] * (min(length, _GROWTH) // distance + 1)
            for at in range(pos, pos + length, len(pattern)):
                piece = min(pos + length - at, len(pattern))
                buffer[at : at + piece] = pattern[:piece]
        self.pos = pos + length


def _effective(base: Rift, rift: Rift, start: int) -> Rift:
    """Merge the rift of the stream with the caller's.

    Only what lies behind the start of the target counts: at the start
    itself the position in the source is 0.
    """
    pieces = [(start, -start)]
    for table in (base, rift):
        for at, offset in zip(table.starts, table.offsets, strict=True):
            if start < at < 1 << 62 and abs(offset) < 1 << 62:
                pieces.append((at, offset))
    return Rift(pieces)


def decode_patch(
    patch: BitReader, buffer: bytearray, size: int, *, rift: Rift
) -> bytearray:
    """Apply a patch to a source.

    Args:
        buffer: The source, which the target is appended to.
        size: Of the target, in bytes; the caller has bounded it.
        rift: Maps positions of the target, counted from the start of the
            buffer, to positions of the source.

    Returns:
        The target; `buffer` is used up.

    Raises:
        DeltaError: The patch is damaged, or does not fit the source.
        LimitError: A table is larger than any real one.
    """
    start = len(buffer)
    _Codec(patch, buffer, size, rift).run()
    del buffer[:start]
    return buffer
