"""The bit stream of PA30 deltas: least significant bit first.

A stream starts with three bits: the number of unused high bits in its last
byte.  The stream of a nested buffer is a stream of its own.
"""

import sys
from array import array
from collections.abc import MutableSequence

from builder.errors import DeltaError
from builder.formats.pa30_huffman import HuffmanTable

_CUT = "the bit stream ends inside a value"
# Bytes of zeros behind the stream: more than is read between two checks.
_BEHIND = 48


def _look_ahead(data: bytes) -> MutableSequence[int]:
    """Return 64 bits from each fourth byte on: 33 bits at least from any bit on."""
    size = (len(data) + _BEHIND) // 8 * 8
    padded = data.ljust(size + 8, b"\0")
    ahead = array("Q", bytes(2 * size))
    for first in (0, 4):
        words = array("Q")
        words.frombytes(padded[first : first + size])
        ahead[first // 4 :: 2] = words
    if sys.byteorder == "big":
        ahead.byteswap()
    return ahead


class BitReader:
    """A position in a bit stream.

    Positions count the bits of the outermost stream.  The codec's loop takes
    the position into a local variable and puts it back; nobody else does.

    Attributes:
        data: The bytes of the outermost stream.
        base: Offset of the first byte in the delta, for errors.
        ahead: See `_look_ahead`.
        bit: The position.
        start: Where the stream starts, behind the three bits.
        end: Where its usable bits end.
    """

    __slots__ = ("ahead", "base", "bit", "data", "end", "start")

    def __init__(self, data: bytes, *, base: int) -> None:
        self.data = data
        self.base = base
        self.ahead = _look_ahead(data)
        self.begin(0, len(data))

    def begin(self, first: int, last: int) -> None:
        """Start to read a stream, given by its first byte and the one behind it."""
        self.bit = 8 * first
        self.end = 8 * last
        if first >= last:
            raise DeltaError("a bit stream of no bytes", offset=self.offset())
        self.end -= self.bits(3)
        self.check()
        self.start = self.bit

    def offset(self) -> int:
        """Return the offset in the delta of the byte that is read next."""
        return self.base + min(self.bit >> 3, (self.end + 7) >> 3)

    def check(self) -> None:
        """Refuse to have read behind the last usable bit."""
        if self.bit > self.end:
            raise DeltaError(_CUT, offset=self.offset())

    def bits(self, count: int) -> int:
        """Read up to 32 bits as an unsigned number; the caller checks the end."""
        bit, one = self.bit, 1
        self.bit = bit + count
        if bit > self.end:
            raise DeltaError(_CUT, offset=self.offset())
        return self.ahead[bit >> 5] >> (bit & 31) & ((one << count) - 1)

    def wide(self, count: int) -> int:
        """Read up to 64 bits as an unsigned number."""
        if count <= 32:
            value = self.bits(count)
        else:
            value = self.bits(32)
            value |= self.bits(count - 32) << 32
        self.check()
        return value

    def zeros(self, most: int) -> int:
        """Read zero bits and the one bit behind them; return how many zeros."""
        count = 0
        while self.bits(1) == 0:
            count += 1
            if count > most:
                self.check()
                raise DeltaError("a number is too long", offset=self.offset())
        return count

    def number(self) -> int:
        """Read a number of up to 64 bits; one of 64 bits has a sign."""
        nibbles = self.zeros(15) + 1
        value = self.wide(4 * nibbles)
        return value - (1 << 64) if value >> 63 else value

    def symbol(self, table: HuffmanTable) -> int:
        """Read a symbol; the caller checks the end."""
        bit = self.bit
        if bit > self.end:
            raise DeltaError(_CUT, offset=self.offset())
        window = self.ahead[bit >> 5] >> (bit & 31)
        entry = table.entries[window & ((1 << table.root) - 1)]
        if entry == 0:
            raise DeltaError("a code stands for no symbol", offset=self.offset())
        self.bit = bit + (entry & 31)
        return entry >> 5

    def buffer(self) -> "BitReader | None":
        """Read a nested stream; None where the buffer is empty."""
        first = self.offset_of_buffer()
        last = self.bit >> 3
        if first == last:
            return None
        nested = BitReader.__new__(BitReader)
        nested.data, nested.base, nested.ahead = self.data, self.base, self.ahead
        nested.begin(first, last)
        return nested

    def block(self) -> bytes:
        """Read a buffer of plain bytes."""
        first = self.offset_of_buffer()
        return self.data[first : self.bit >> 3]

    def offset_of_buffer(self) -> int:
        """Skip a buffer: its size, the rest of the byte, its bytes.

        Returns:
            Where the bytes start in `data`.
        """
        size = self.number()
        first = (self.bit + 7) >> 3
        if not 0 <= size <= (self.end >> 3) - first:
            raise DeltaError("a buffer is longer than the delta", offset=self.offset())
        self.bit = 8 * (first + size)
        return first

    def restart(self) -> None:
        """Go back to the start of the stream."""
        self.bit = self.start
